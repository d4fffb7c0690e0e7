"""Where one stands in a notebook, from within it:

    from graders import progress

    progress()

What is answered is read from the file as it was last saved; the visible checks are run again
on what you have defined. There are hidden tests too, so a check that passes is no mark yet.
"""

from __future__ import annotations

import contextlib
import html
import io
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.student.exercise import Exercise, ExerciseProblem, Question, number, read

_SIGNS = {"passes": "●", "fails": "×", "a person marks it": "?", "not answered": "–"}


@dataclass(frozen=True, slots=True)
class Line:
    """One question: `state` is a key of the signs, `said` what its check said."""

    question: Question
    state: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Shown as a table in a notebook and as text elsewhere."""

    lines: tuple[Line, ...]
    saved: str

    @property
    def attempted(self) -> int:
        return sum(line.question.answered for line in self.lines)

    @property
    def checked(self) -> int:
        return sum(bool(line.question.test) for line in self.lines)

    @property
    def passed(self) -> int:
        return sum(line.state == "passes" for line in self.lines)

    @property
    def summary(self) -> str:
        possible = sum(line.question.points for line in self.lines)
        reached = sum(line.question.points for line in self.lines if line.state == "passes")
        return (
            f"{self.attempted} of {len(self.lines)} questions attempted, "
            f"{self.passed} of {self.checked} checks pass, "
            f"worth up to {number(reached)} of {number(possible)} points."
        )

    @property
    def note(self) -> str:
        return (
            f"Attempted: in the file as saved at {self.saved}. Checks: on what is defined now. "
            "Hidden tests follow when it is graded."
        )

    def __repr__(self) -> str:
        width = max((len(line.question.title) for line in self.lines), default=0)
        rows = [
            f"{_SIGNS[line.state]} {line.question.title:<{width}}  "
            f"{number(line.question.points):>4}  {line.state}"
            + (f": {line.said}" if line.said else "")
            for line in self.lines
        ]
        return "\n".join([self.summary, *rows, self.note])

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            f"<td>{_SIGNS[line.state]}</td>"
            f"<td style='text-align:left'>{html.escape(line.question.title)}</td>"
            f"<td>{number(line.question.points)}</td>"
            f"<td style='text-align:left'>{line.state}"
            + (f"<br><small>{html.escape(line.said)}</small>" if line.said else "")
            + "</td></tr>"
            for line in self.lines
        )
        return (
            f"<p><strong>{html.escape(self.summary)}</strong></p><table><thead><tr><th></th>"
            "<th style='text-align:left'>question</th><th>points</th>"
            f"<th style='text-align:left'>check</th></tr></thead><tbody>{rows}</tbody></table>"
            f"<p><small>{html.escape(self.note)}</small></p>"
        )


def progress(notebook: str | os.PathLike[str] | None = None) -> Progress:
    """How far you are in this notebook.

    Args:
        notebook: its file; this notebook's when it is not given.

    Raises:
        ExerciseProblem: it is not known which notebook this is, or it cannot be read.
    """
    names = _namespace()
    exercise = read(Path(notebook) if notebook is not None else _this_notebook(names))
    if not exercise.questions:
        raise ExerciseProblem(f"There are no questions in {exercise.path.name}.")
    lines = tuple(_line(question, names) for question in exercise.questions)
    return Progress(lines, _saved(exercise))


def _line(question: Question, names: Mapping[str, Any]) -> Line:
    if not question.test:
        state = "a person marks it" if question.answered else "not answered"
        return Line(question, state)
    if not question.answered:
        return Line(question, "not answered")
    said = _failure(question.test, names)
    return Line(question, "passes") if said is None else Line(question, "fails", said)


def _failure(test: str, names: Mapping[str, Any]) -> str | None:
    """What a check says when it fails; None when it passes. Nothing it defines stays."""
    with _silence():
        try:
            exec(compile(test, "<check>", "exec"), dict(names))
        except Exception as error:
            first = str(error).strip().partition("\n")[0]
            if isinstance(error, AssertionError):
                return first or "it does not hold"
            return f"{type(error).__name__}: {first}"
    return None


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    try:
        from IPython.utils.capture import capture_output
    except ImportError:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    else:
        with capture_output():
            yield


def _namespace() -> Mapping[str, Any]:
    """What the notebook has defined."""
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            return shell.user_ns
    return vars(sys.modules["__main__"])


def _this_notebook(names: Mapping[str, Any]) -> Path:
    """As Jupyter's servers and VS Code tell; else the only one in this folder."""
    told = [names.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")]
    for path in (Path(str(one)) for one in told if one):
        for candidate in (path, Path.cwd() / path.name):
            if candidate.suffix == ".ipynb" and candidate.is_file():
                return candidate
    here = [path for path in Path.cwd().glob("*.ipynb") if not path.name.startswith(".")]
    if len(here) == 1:
        return here[0]
    raise ExerciseProblem(
        "It is not known which notebook this is; write its name: progress('ps1.ipynb')."
    )


def _saved(exercise: Exercise) -> str:
    return time.strftime("%H:%M", time.localtime(exercise.path.stat().st_mtime))
