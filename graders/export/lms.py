"""Marks as the CSV that Canvas, Moodle or Gradescope knows, or as a plain table.

An undecided mark is an empty cell in a fresh file, and in a file of the instructor's keeps what
stands there: Canvas takes an empty cell for the wish to delete the mark.

Text from students that a spreadsheet would run as a formula gets an apostrophe before it in a
fresh file. In an instructor's own file every cell but those of the marks stays as it is, for
the system finds the student by it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.export.standing import Standing
from graders.marks import spreadsheet_text as text
from graders.problems import UserProblem
from graders.roster import Person, Students, delimiter

POINTS_POSSIBLE = "    Points Possible"  # as Canvas indents it
_CANVAS_ID = re.compile(r"\s\((\d+)\)$")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is exported: the assignment, who has which mark, and out of how many points."""

    assignment: str
    standings: Sequence[Standing]
    out_of: float
    zero_for_missing: bool = False

    def __post_init__(self) -> None:
        if self.out_of and any(not one.max_mark for one in self.standings):
            raise UserProblem(
                f"{self.assignment} has no points, so that there is nothing to convert to "
                f"{number(self.out_of)}; leave --out-of out."
            )

    def value(self, one: Standing) -> float | None:
        """The mark on the scale that is asked for."""
        if not one.handed_in:
            return 0.0 if self.zero_for_missing else None
        if one.mark is None:
            return None
        return (
            one.mark if self.out_of == one.max_mark else one.mark * self.out_of / one.max_mark
        )

    def cell(self, one: Standing) -> str:
        return number(self.value(one))


def number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 4):.10g}"


def plain(marks: Marks) -> str:
    """Everything there is to say, a student a line."""
    heads = (
        *("id", "first_name", "last_name", "email", "assignment", "mark", "max_mark"),
        *("certain", "late_penalty", "submitted", "why"),
    )
    rows = [
        (
            text(one.student.id),
            *(text(part) for part in (one.student.first_name, one.student.last_name)),
            text(one.student.email),
            text(marks.assignment),
            marks.cell(one),
            number(marks.out_of),
            number(one.certain),
            number(one.penalty),
            one.submitted.isoformat(" ", "seconds") if one.submitted else "",
            text(one.why),
        )
        for one in marks.standings
    ]
    return _csv([heads, *rows])


def canvas(marks: Marks) -> str:
    """Canvas's gradebook import finds students by ID, or by SIS Login ID where that is empty.

    The columns are those that instructure/canvas-lms asks for in lib/gradebook_importer.rb.
    """
    heads = ("Student", "ID", "SIS Login ID", "Section", marks.assignment)
    possible = (POINTS_POSSIBLE, "", "", "", number(marks.out_of))
    rows = [
        (
            text(", ".join(filter(None, (one.student.last_name, one.student.first_name)))),
            one.student.lms_user_id if one.student.lms_user_id.isdigit() else "",
            text(one.student.id),
            "",
            marks.cell(one),
        )
        for one in marks.standings
    ]
    return _csv([heads, possible, *rows])


def moodle(marks: Marks) -> str:
    """For Moodle's Grades > Import > CSV file; map 'ID number' or 'Email address' there."""
    heads = ("ID number", "First name", "Last name", "Email address", marks.assignment)
    rows = [
        (
            text(one.student.id),
            text(one.student.first_name),
            text(one.student.last_name),
            text(one.student.email),
            marks.cell(one),
        )
        for one in marks.standings
    ]
    return _csv([heads, *rows])


def gradescope(marks: Marks) -> str:
    """The columns of Gradescope's own grade export, for what reads that."""
    name = marks.assignment
    heads = ("First Name", "Last Name", "SID", "Email", name)
    about = ("Max Points", "Submission Time", "Lateness (H:M:S)")
    rows = [
        (
            text(one.student.first_name),
            text(one.student.last_name),
            text(one.student.id),
            text(one.student.email),
            marks.cell(one),
            number(marks.out_of),
            f"{one.submitted:%Y-%m-%d %H:%M:%S} +0000" if one.submitted else "",
            _hours(one.late_seconds) if one.submitted else "",
        )
        for one in marks.standings
    ]
    return _csv([(*heads, *(f"{name} - {part}" for part in about)), *rows])


FRESH: dict[str, Callable[[Marks], str]] = {
    "canvas": canvas,
    "moodle": moodle,
    "gradescope": gradescope,
    "csv": plain,
}


@dataclass(frozen=True, slots=True)
class Merged:
    """An instructor's file with the marks in it, and whom each side does not know."""

    content: str
    column: str
    filled: int
    unknown: tuple[str, ...]
    not_in_file: tuple[str, ...]


def merge(marks: Marks, path: Path, *, column: str | None = None) -> Merged:
    """Fill the marks into a gradebook of Canvas's or a grading worksheet of Moodle's.

    Args:
        column: the heading to fill, where the assignment's name is not in the file.

    Raises:
        UserProblem: the file cannot be read, has no such column, or counts in other points.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
        separator = delimiter(content)
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    except OSError as error:
        raise UserProblem(f"{path}: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserProblem(f"{path} is not readable as CSV in UTF-8: {error}.") from None
    if not rows:
        raise UserProblem(f"{path} is empty; export the gradebook of the course first.")
    heads = [head.strip() for head in rows[0]]
    at = _mark_column(path, heads, marks.assignment, column)
    find = _finder(heads, [one.student for one in marks.standings])
    by_id = {one.student.id: one for one in marks.standings}
    unknown, seen, filled = [], set(), 0
    for row in rows[1:]:
        row += [""] * (len(heads) - len(row))
        if row[0].strip().startswith("Points Possible"):
            _same_points(path, marks, row[at])
            continue
        student = find(row)
        if student is None:
            if who := " ".join(filter(None, map(str.strip, row[:2]))):
                unknown.append(who)  # and not Canvas's row on how marks are posted
            continue
        if "Maximum Grade" in heads:
            _same_points(path, marks, row[heads.index("Maximum Grade")])
        seen.add(student)
        if cell := marks.cell(by_id[student]):
            row[at], filled = cell, filled + 1
    content = _csv(_only(rows, heads, at), separator)
    missing = tuple(student for student in by_id if student not in seen)
    return Merged(content, heads[at], filled, tuple(unknown), missing)


def _mark_column(path: Path, heads: list[str], assignment: str, column: str | None) -> int:
    wanted = (column or assignment).casefold()
    found = [
        i
        for i, head in enumerate(heads)
        if wanted in (head.casefold(), _CANVAS_ID.sub("", head).casefold())
    ]
    if not found and column is None and "Identifier" in heads and "Grade" in heads:
        found = [heads.index("Grade")]  # Moodle's worksheet is of one assignment
    if len(found) != 1:
        problem = "several columns" if found else "no column"
        raise UserProblem(
            f"{path} has {problem} {column or assignment!r}; name the right one with --column. "
            f"There are: {', '.join(heads)}."
        )
    return found[0]


def _finder(heads: list[str], people: list) -> Callable[[list[str]], str | None]:
    """Who a row is about: by number, then by id and e-mail, then by name."""
    students = Students(people)
    columns = {head.casefold(): i for i, head in enumerate(heads)}

    def cell(row: list[str], name: str) -> str:
        return row[columns[name]].strip() if name in columns else ""

    def find(row: list[str]) -> str | None:
        number = re.sub(r"^Participant\s*", "", cell(row, "id") or cell(row, "identifier"))
        name = cell(row, "student") or cell(row, "full name")
        email = cell(row, "email address") or cell(row, "email")
        ids = [cell(row, c) for c in ("sis login id", "sis user id", "id number", "sid")]
        for person in (
            Person(lms_id=number),
            *(Person(id=one) for one in (*ids, email, number) if one),
            Person(email=email),
            Person(lms_id=number, name=name.replace(",", " ")),
        ):
            if student := students.find(person):
                return student
        return None

    return find


def _same_points(path: Path, marks: Marks, cell: str) -> None:
    try:
        theirs = float(cell.strip().replace(",", "."))
    except ValueError:
        return  # empty, or "(read only)"
    if abs(theirs - marks.out_of) > 1e-6:
        raise UserProblem(
            f"{path} gives {number(theirs)} points for it and the marks are out of "
            f"{number(marks.out_of)}; --out-of {number(theirs)} converts them, or change the "
            "points there."
        )


def _only(rows: list[list[str]], heads: list[str], at: int) -> list[list[str]]:
    """Canvas's columns about the student, and the one of the marks: others might undo a mark
    that was given there in the meantime. Moodle's worksheet as it is."""
    if "Section" not in heads:
        return rows
    keep = [*range(heads.index("Section") + 1), at]
    return [[row[i] for i in keep] for row in rows]


def _hours(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _csv(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue()
