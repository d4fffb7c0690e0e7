"""What people added to automatic marks: points, extra credit, comments, late penalties.

The formgrader writes them into the gradebook; reports are of what ran. Whatever is shown to
students or counted over a class is both together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sql
from nbgrader import api

from graders.gradebook import connected
from graders.report import Question, Report, Status


@dataclass(slots=True)
class ByHand:
    """One student's; keys are cells' ids as reports have them."""

    points: dict[str, float] = field(default_factory=dict)
    extra: dict[str, float] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0


def read_by_hand(url: str, assignment: str) -> dict[str, ByHand]:
    """By student, those of whom there is anything to say."""
    task, submission, book, notebook, base = (
        model.__table__
        for model in (
            *(api.Assignment, api.SubmittedAssignment, api.SubmittedNotebook),
            *(api.Notebook, api.BaseCell),
        )
    )
    grade, comment = api.Grade.__table__, api.Comment.__table__
    found: dict[str, ByHand] = defaultdict(ByHand)

    def joined(columns: tuple, rows: sql.Table | None = None) -> sql.Select:
        chosen = (
            sql.select(submission.c.student_id, notebook.c.name.label("notebook"), *columns)
            .select_from(task)
            .join(submission, submission.c.assignment_id == task.c.id)
            .join(book, book.c.assignment_id == submission.c.id)
            .join(notebook, notebook.c.id == book.c.notebook_id)
        )
        if rows is not None:
            chosen = chosen.join(rows, rows.c.notebook_id == book.c.id)
            chosen = chosen.join(base, base.c.id == rows.c.cell_id)
        return chosen.where(task.c.name == assignment)

    with connected(url) as connection:
        count = sql.select(sql.func.count()).select_from(task).join(notebook)
        several = connection.execute(count.where(task.c.name == assignment)).scalar_one() > 1

        def name(row: sql.Row) -> str:
            return f"{row.notebook}/{row.name}" if several else row.name

        columns = (
            base.c.name,
            grade.c.manual_score,
            grade.c.extra_credit,
            grade.c.needs_manual_grade,
        )
        given = grade.c.manual_score.is_not(None) | (grade.c.extra_credit > 0)
        for row in connection.execute(joined(columns, grade).where(given)):
            one = found[row.student_id]
            if row.manual_score is not None and not row.needs_manual_grade:
                one.points[name(row)] = row.manual_score
            if row.extra_credit:
                one.extra[name(row)] = row.extra_credit
        columns = base.c.name, comment.c.manual_comment
        said = comment.c.manual_comment.is_not(None) & (comment.c.manual_comment != "")
        for row in connection.execute(joined(columns, comment).where(said)):
            found[row.student_id].comments[name(row)] = row.manual_comment
        late = book.c.late_submission_penalty
        for row in connection.execute(joined((late,)).where(late > 0)):
            found[row.student_id].penalty += row.late_submission_penalty
    return dict(found)


def settled(report: Report, by_hand: Mapping[str, ByHand]) -> Report:
    """The report with what a person decided in the place of what was open or otherwise."""
    given = by_hand.get(report.submission)
    if given is None:
        return report
    questions = tuple(_settled(question, given) for question in report.questions)
    problem = report.problem
    if problem is not None and all(question.id in given.points for question in questions):
        problem = None  # marked by hand as a whole
    return replace(report, questions=questions, problem=problem)


def _settled(question: Question, given: ByHand) -> Question:
    extra = given.extra.get(question.id, 0.0)
    if question.id not in given.points:
        if question.points is None or not extra:
            return question
        return replace(question, points=question.points + extra)
    points = given.points[question.id]
    if points >= question.max_points:
        status = Status.PASSED
    else:
        status = Status.PARTIAL if points > 0 else Status.FAILED
    # What the tests said is no longer the reason for the mark, unless they agree.
    agreed = question.points == points
    return replace(
        question,
        points=points + extra,
        status=question.status if agreed else status,
        message=question.message if agreed else "",
        misconception=question.misconception if agreed else None,
    )
