"""What each student's mark for an assignment is, as the gradebook has it now.

The sum is nbgrader's: a mark by hand before an automatic one, extra credit added, the late
penalty taken off, never below zero. But a mark of which something is undecided is None here,
where nbgrader's own export counts what is undecided as zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql
from nbgrader import api

from graders.gradebook import GradebookProblem, connected
from graders.roster import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """One student and one assignment.

    `mark` is None where something is undecided or nothing was handed in; `certain` is what is
    decided so far, penalty taken off, and `undecided` names the questions.
    """

    student: Row
    handed_in: bool
    mark: float | None
    certain: float
    max_mark: float
    penalty: float = 0.0
    undecided: tuple[str, ...] = ()
    submitted: datetime | None = None
    late_seconds: float = 0.0

    @property
    def why(self) -> str:
        """Why there is no mark; empty if there is one."""
        if not self.handed_in:
            return "nothing was handed in"
        return f"undecided: {', '.join(self.undecided)}" if self.undecided else ""


def standings(url: str, assignment: str) -> list[Standing]:
    """Every student in the gradebook, by id.

    Raises:
        GradebookProblem: the assignment is not in it.
    """
    tables = api.Assignment.__table__, api.SubmittedAssignment.__table__, api.Student.__table__
    task, submission, person = tables
    with connected(url) as connection:
        found = connection.execute(sql.select(task).where(task.c.name == assignment)).first()
        if found is None:
            raise GradebookProblem(
                f"{assignment} is not in the gradebook; 'graders grade {assignment}' puts it "
                "there."
            )
        cells = _cells(connection, found.id)
        names, points, penalties = _grades(connection, found.id, cells)
        largest = sum(cell.max_score for cell in cells)
        rows = connection.execute(
            sql.select(person, submission.c.id.label("work"), submission.c.timestamp,
                       submission.c.extension)
            .join(submission, (submission.c.student_id == person.c.id)
                  & (submission.c.assignment_id == found.id), isouter=True)
            .order_by(person.c.id)
        ).all()  # fmt: skip
    result = []
    for row in rows:
        undecided = tuple(names.get(row.work, ()))
        penalty = penalties.get(row.work, 0.0)
        certain = max(0.0, points.get(row.work, 0.0) - penalty)
        handed_in = row.work is not None and row.work in points
        result.append(
            Standing(
                Row(row.id, row.first_name or "", row.last_name or "", row.email or "",
                    row.lms_user_id or ""),
                handed_in,
                certain if handed_in and not undecided else None,
                certain,
                largest,
                penalty,
                undecided,
                row.timestamp,
                _late(row.timestamp, found.duedate, row.extension),
            )
        )  # fmt: skip
    return result


def _late(when: datetime | None, due: datetime | None, extension: object) -> float:
    if when is None or due is None:
        return 0.0
    if extension is not None:
        due += extension
    return max(0.0, (when - due).total_seconds())


def _cells(connection: sql.Connection, assignment: str) -> list[sql.Row]:
    """The questions: id, name and max_score."""
    base, book = api.BaseCell.__table__, api.Notebook.__table__
    found: list[sql.Row] = []
    for marked in (api.GradeCell.__table__, api.TaskCell.__table__):
        query = (
            sql.select(base.c.id, base.c.name, marked.c.max_score)
            .join(base, base.c.id == marked.c.id)
            .join(book, book.c.id == base.c.notebook_id)
            .where(book.c.assignment_id == assignment)
        )
        found += connection.execute(query).all()
    return found


def _grades(
    connection: sql.Connection, assignment: str, cells: list[sql.Row]
) -> tuple[dict[str, list[str]], dict[str, float], dict[str, float]]:
    """By submission: the undecided questions, the points, the late penalty.

    A question that was added after a submission was graded has no mark there, and no zero.
    """
    submission, book, grade, base = (
        model.__table__
        for model in (api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.BaseCell)
    )
    ours = submission.c.assignment_id == assignment
    undecided: dict[str, list[str]] = defaultdict(list)
    points: dict[str, float] = {}
    marked: dict[str, set[str]] = defaultdict(set)
    query = (
        sql.select(submission.c.id, grade.c.cell_id, base.c.name, grade.c.auto_score,
                   grade.c.manual_score, grade.c.extra_credit, grade.c.needs_manual_grade)
        .join(book, book.c.assignment_id == submission.c.id)
        .join(grade, grade.c.notebook_id == book.c.id)
        .join(base, base.c.id == grade.c.cell_id)
        .where(ours)
    )  # fmt: skip
    for row in connection.execute(query):
        given = row.auto_score if row.manual_score is None else row.manual_score
        points[row.id] = points.get(row.id, 0.0) + (given or 0.0) + (row.extra_credit or 0.0)
        marked[row.id].add(row.cell_id)
        if given is None or row.needs_manual_grade:
            undecided[row.id].append(row.name)
    for work, there in marked.items():
        undecided[work] = sorted(
            undecided[work] + [cell.name for cell in cells if cell.id not in there]
        )
    query = (
        sql.select(submission.c.id, sql.func.sum(book.c.late_submission_penalty))
        .join(book, book.c.assignment_id == submission.c.id)
        .where(ours)
        .group_by(submission.c.id)
    )
    penalties = {work: float(taken or 0.0) for work, taken in connection.execute(query)}
    return undecided, points, penalties
