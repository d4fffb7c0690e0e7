"""nbgrader's conventions: what a cell is for, and what of it a student gets to see.

Metadata and delimiters are those of nbgrader
(https://nbgrader.readthedocs.io/en/stable/user_guide/creating_and_grading_assignments.html and
https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html). They are read here
without importing nbgrader, which a grading worker does not need.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.problems import UserProblem

SCHEMA_VERSION = 3
GRADE_ID = re.compile(r"[a-zA-Z0-9_\-]+")
AUTOTEST = re.compile(r"^\s*###\s*(HASHED\s+)?AUTOTEST\b", re.MULTILINE)


class SourceProblem(UserProblem):
    """The instructor's notebook cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What nbgrader's metadata make of one cell, whichever version of the schema it is."""

    grade_id: str
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float = 0.0

    @property
    def role(self) -> str:
        """The cell's role in `graders.rebuild.Cell`, for a code cell or a graded text."""
        if self.task or (self.grade and self.solution):
            return "manual"
        if self.grade:
            return "test"
        return "answer" if self.solution else "given"

    @property
    def is_locked(self) -> bool:
        """Whether nbgrader puts the instructor's text back before it grades."""
        return not self.solution and (self.grade or self.locked or self.task)


def marking(cell: Mapping[str, Any]) -> Marking | None:
    """The marking of one of the instructor's cells, or None if nbgrader has no part in it.

    Raises:
        SourceProblem: the metadata contradict themselves.
    """
    metadata = cell["metadata"].get("nbgrader")
    if not isinstance(metadata, Mapping):
        return None
    if not any(metadata.get(key) for key in ("grade", "solution", "locked", "task")):
        return None
    grade_id = metadata.get("grade_id")
    if not isinstance(grade_id, str) or not GRADE_ID.fullmatch(grade_id):
        raise SourceProblem(
            f"a cell of the instructor's notebook has the nbgrader id {grade_id!r}; "
            "an id is made of letters, digits, '-' and '_'. Set it in JupyterLab's "
            f"'Create Assignment' panel. The cell begins: {cell['source'][:60]!r}"
        )
    version = metadata.get("schema_version", 0)
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise SourceProblem(
            f"cell {grade_id!r} has nbgrader's metadata in version {version}; this harness "
            f"knows versions up to {SCHEMA_VERSION}."
        )
    found = Marking(
        grade_id,
        grade=bool(metadata.get("grade", False)),
        solution=bool(metadata.get("solution", False)),
        locked=bool(metadata.get("locked", False)),
        task=bool(metadata.get("task", False)),
        points=_points(metadata.get("points"), grade_id),
    )
    if cell["cell_type"] != "code" and found.grade and not found.solution:
        raise SourceProblem(
            f"cell {grade_id!r} is a graded test but holds text; make it a code cell, or "
            "'Manually graded answer' in JupyterLab's 'Create Assignment' panel."
        )
    return found


def _points(value: Any, grade_id: str) -> float:
    if value is None or value == "":
        return 0.0
    try:
        points = float(value)
    except (TypeError, ValueError):
        points = float("nan")
    if not points < float("inf"):
        raise SourceProblem(f"cell {grade_id!r} is worth {value!r} points, which is no number.")
    return max(points, 0.0)


@dataclass(frozen=True, slots=True)
class Conventions:
    """The delimiters and stubs of a course; nbgrader's own unless its configuration differs."""

    begin_solution: str = "BEGIN SOLUTION"
    end_solution: str = "END SOLUTION"
    begin_hidden: str = "BEGIN HIDDEN TESTS"
    end_hidden: str = "END HIDDEN TESTS"
    begin_scheme: str = "BEGIN MARK SCHEME"
    end_scheme: str = "END MARK SCHEME"
    code_stub: str = "# YOUR CODE HERE\nraise NotImplementedError()"
    text_stub: str = "YOUR ANSWER HERE"

    def stub(self, source: str, cell_type: str) -> str:
        """An answer cell as it was released: every solution region replaced by a stub."""
        stub = (self.code_stub if cell_type == "code" else self.text_stub).split("\n")
        lines, found = self._without(source, self.begin_solution, self.end_solution, stub)
        return lines if found else "\n".join(stub)

    def visible(self, source: str) -> str:
        """A test, task or given cell as it was released."""
        source, _ = self._without(source, self.begin_hidden, self.end_hidden, [])
        source, _ = self._without(source, self.begin_scheme, self.end_scheme, [])
        return source

    def secret(self, source: str) -> str:
        """Only what `stub` and `visible` take away, for the search for leaks."""
        regions = (
            (self.begin_solution, self.end_solution),
            (self.begin_hidden, self.end_hidden),
            (self.begin_scheme, self.end_scheme),
        )
        kept: list[str] = []
        for begin, end in regions:
            inside = False
            for line in source.split("\n"):
                if begin in line:
                    inside = True
                elif end in line:
                    inside = False
                elif inside:
                    kept.append(line)
        return "\n".join(kept)

    def _without(self, source: str, begin: str, end: str, stub: list[str]) -> tuple[str, bool]:
        kept: list[str] = []
        inside = found = False
        for line in source.split("\n"):
            if begin in line:
                if inside:
                    raise SourceProblem(
                        f"'{begin}' stands twice before '{end}': {line.strip()!r}"
                    )
                inside = found = True
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + stub_line for stub_line in stub]
            elif end in line:
                inside = False
            elif not inside:
                kept.append(line)
        if inside:
            raise SourceProblem(f"'{begin}' has no '{end}' after it, in: {source[:60]!r}")
        return "\n".join(kept), found


def checksum(cell: Mapping[str, Any], mark: Marking) -> str:
    """nbgrader's checksum of a cell, in hexadecimal (MD5 over its text, type and marking)."""
    parts = [
        cell["source"],
        cell["cell_type"],
        str(mark.grade),
        str(mark.solution),
        str(mark.is_locked if not mark.task else mark.locked),
        mark.grade_id,
    ]
    if mark.grade:
        parts.append(str(mark.points))
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part.encode())
    return digest.hexdigest()
