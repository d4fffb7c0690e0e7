"""A student's notebook as a list of questions: what is asked, what is answered.

Read from the file, by nbgrader's metadata. What was released, if it is known, tells which
questions are gone altogether.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RELEASED = Path(__file__).with_name("released.json")  # written into the students' bundle
_STUBS = ("raise NotImplementedError()", "YOUR ANSWER HERE")
_COMMENT = "YOUR CODE HERE"
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


class ExerciseProblem(Exception):
    """The notebook cannot be read; the text says what to do."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the sentence, and not the way here."""
        return [str(self)]


@dataclass(slots=True)
class Question:
    """One graded cell with its answers. `test` is empty where a person marks."""

    id: str
    title: str
    points: float
    answers: list[str] = field(default_factory=list)
    test: str = ""

    @property
    def answered(self) -> bool:
        """Whether every cell of it says something else than when it was released."""
        return bool(self.answers) and all(map(_answered, self.answers))


@dataclass(frozen=True, slots=True)
class Exercise:
    """A notebook: its questions in order, and its cells as they are."""

    path: Path
    questions: tuple[Question, ...]
    cells: tuple[Mapping[str, Any], ...]


def read(path: Path) -> Exercise:
    """The exercise in a notebook file.

    Raises:
        ExerciseProblem: there is no such file, or it is no notebook with questions in it.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(_cell(cell) for cell in notebook["cells"])
    except FileNotFoundError:
        raise ExerciseProblem(f"There is no {path}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ExerciseProblem(
            f"{path.name} is no notebook that can be read. Open it in JupyterLab and save it; "
            "if that does not work, take a fresh copy and put your answers into it."
        ) from None
    return Exercise(path, _questions(cells), cells)


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    source = cell.get("source", "")
    return {
        **cell,
        "source": source if isinstance(source, str) else "".join(source),
        "metadata": cell.get("metadata") or {},
    }


def _questions(cells: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    found: list[Question] = []
    answers: list[str] = []
    title = ""
    for cell in cells:
        marks = cell["metadata"].get("nbgrader") or {}
        if cell.get("cell_type") == "markdown" and not marks.get("solution"):
            headings = _HEADING.findall(cell["source"])
            title = headings[-1] if headings else title
        if marks.get("solution") or marks.get("task"):
            answers.append(cell["source"])
        if marks.get("grade") or marks.get("task"):
            name = str(marks.get("grade_id", ""))
            test = "" if marks.get("solution") or marks.get("task") else cell["source"]
            points = float(marks.get("points") or 0)
            found.append(Question(name, _plain(title) or name, points, answers, test))
            answers = []
    return tuple(found)


def _plain(heading: str) -> str:
    return re.sub(r"[*_`$\\]", "", heading)


def _answered(source: str) -> bool:
    text = source.strip()
    return bool(text) and _COMMENT not in text and not any(stub in text for stub in _STUBS)


def number(value: float) -> str:
    """Points as people write them."""
    return f"{round(value, 2):.10g}"


def released(assignment: str, notebook: str) -> list[tuple[str, str]] | None:
    """The questions that a notebook had when it was given out: ids and titles."""
    try:
        known = json.loads(RELEASED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    questions = known.get(assignment, {}).get(notebook)
    return None if questions is None else [(name, title) for name, title in questions]


def as_released(notebooks: Mapping[str, Mapping[str, Path]]) -> str:
    """The text of `RELEASED`, for the notebooks of each assignment."""
    known = {
        assignment: {
            name: [[asked.id, asked.title] for asked in read(path).questions]
            for name, path in paths.items()
        }
        for assignment, paths in notebooks.items()
    }
    return json.dumps(known, indent=1, ensure_ascii=False) + "\n"
