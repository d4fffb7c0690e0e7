"""Which marks would change: a class graded with nothing written, beside the gradebook as it is.

The gradebook may have been filled by this harness or by `nbgrader autograde`; either way its
automatic marks are compared with those that `graders grade` would write now.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from graders.batch import Run, Summary, Watch, Work
from graders.course import Course
from graders.gradebook import (
    GradebookProblem,
    Marked,
    Standing,
    connected,
    source_text,
    standing_marks,
)
from graders.jobs import Outcome
from graders.journal import Journal
from graders.report import Question, Report, Status


@dataclass(frozen=True, slots=True)
class Change:
    """One mark that would be another; None where there is none, or it is undecided.

    `by_hand` is a mark that a person gave; it counts, and would stay.
    """

    student: str
    notebook: str
    question: str
    before: float | None
    after: float | None
    max_points: float
    status: Status
    by_hand: float | None = None


def rehearse(
    course: Course,
    assignment: str,
    *,
    executor: Executor,
    students: Sequence[str] = (),
    force: bool = False,
    isolation: str = "full",
    watch: Watch | None = None,
) -> tuple[Summary, list[Change]]:
    """Grade as `graders.batch.grade_assignment` would, and write nothing.

    Raises:
        CourseProblem, SourceProblem, GradebookProblem: before anything is graded.
    """
    with Journal(course.journal(assignment), read_only=True) as journal:
        settings = course.settings(isolation)
        run = _Rehearsal(course, assignment, settings, journal, None, watch or Watch(), force)
        return run.grade(executor, 1, students), run.changes


class _Rehearsal(Run):
    """A run that keeps what would change instead of writing it."""

    def _released(self, name: str) -> Mapping[str, str]:
        with contextlib.suppress(GradebookProblem), connected(self._url) as connection:
            return source_text(connection, self.assignment, name)
        return {}

    def _open(self) -> None:
        self.changes: list[Change] = []
        self._standing: Mapping[tuple[str, str, str], Standing] = {}
        with contextlib.suppress(GradebookProblem), connected(self._url) as connection:
            self._standing = standing_marks(connection, self.assignment)

    @property
    def _url(self) -> str:
        return self.course.directory.db_url

    def _close(self) -> None:
        self.changes.sort(key=lambda c: (c.student, c.notebook, c.question))

    def _remember_tried(self, key: str) -> None:
        pass

    def _confirm(self, work: Work, marked: Sequence[Marked]) -> None:
        for one in marked:
            self._compare(work.submission.student, one.notebook, one.report)

    def _write(self, ready: Sequence[tuple[Work, Mapping[str, Outcome]]]) -> None:
        for work, outcomes in ready:
            for name, outcome in outcomes.items():
                self._compare(work.submission.student, name, outcome.report)
            self._count_standing(outcomes.values())
            self._tell(work, [outcome.report for outcome in outcomes.values()], fresh=True)

    def _compare(self, student: str, notebook: str, report: Report) -> None:
        for question in report.questions:
            now = self._standing.get((student, notebook, question.id), Standing(None, None))
            if not _equal(now.automatic, question.points):
                self.changes.append(_change(student, notebook, question, now))


def _change(student: str, notebook: str, question: Question, now: Standing) -> Change:
    return Change(
        *(student, notebook, question.id, now.automatic, question.points),
        *(question.max_points, question.status, now.by_hand),
    )


def _equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, abs_tol=1e-9)
