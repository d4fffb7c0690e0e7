"""What a class's reports say as a whole: marks, items, misconceptions, what to decide.

Pure arithmetic on `Report`s. What a person has still to decide is counted beside the marks,
never as a zero in them: a question that waits to be marked by hand is left out of everybody's
mark, and a submission that the harness could not decide is left out as a whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graders.report import Question, Report, Status
from graders.words import words

FEWEST_FOR_DISCRIMINATION = 10
FEWEST_FOR_REMARKS = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One question over the class.

    `difficulty` is the mean share of the full marks (the facility index: 1 is easy) and
    `discrimination` the correlation between the marks of this question and of the rest of the
    assignment over the same submissions (corrected item-total correlation). Either is None
    where it would mean nothing: no decided mark, fewer than ten, or no spread.
    `seconds` holds the running time of every submission that ran.
    """

    id: str
    max_points: float
    difficulty: float | None
    discrimination: float | None
    counts: Counter[Status]
    seconds: np.ndarray
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misconception:
    """A named wrong answer: how many have it, and what share of the class that is."""

    question: str
    name: str
    lecture: str | None
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Questions of one status that wait for a person, or submissions that could not be read."""

    question: str | None
    label: str
    count: int
    advice: str
    example: str  # the most frequent reasons, in sentences


@dataclass(frozen=True, slots=True)
class Look:
    """One submission, one reason to look at it; `decide` when its mark does not stand yet."""

    submission: str
    question: str | None
    label: str
    why: str
    decide: bool


@dataclass(frozen=True, slots=True)
class ClassStatistics:
    """`marks` are those of the submissions that need no decision, in points.

    `max_score` is what could be reached in them, and `by_hand` the points of the questions that
    wait to be marked by hand and are in neither.
    """

    size: int
    marks: np.ndarray
    max_score: float
    by_hand: float
    items: tuple[Item, ...]
    misconceptions: tuple[Misconception, ...]
    decisions: tuple[Decision, ...]
    looks: tuple[Look, ...]

    @property
    def undecided(self) -> int:
        return self.size - len(self.marks)


def class_statistics(reports: Sequence[Report]) -> ClassStatistics:
    pending = pending_by_hand(reports)
    items = _items(reports)
    marks = [mark(report, pending) for report in reports]
    return ClassStatistics(
        size=len(reports),
        marks=np.array([points for points in marks if points is not None], dtype=float),
        max_score=sum(item.max_points for item in items if item.id not in pending),
        by_hand=sum(item.max_points for item in items if item.id in pending),
        items=items,
        misconceptions=_misconceptions(reports),
        decisions=_decisions(reports),
        looks=tuple(look for report in reports for look in looks(report)),
    )


def question_ids(reports: Iterable[Report]) -> tuple[str, ...]:
    """Every question that any report names, in the order of first sight."""
    return tuple(dict.fromkeys(q.id for report in reports for q in report.questions))


def pending_by_hand(reports: Iterable[Report]) -> frozenset[str]:
    """The questions that still wait to be marked by hand for any of these submissions."""
    return frozenset(
        question.id
        for report in reports
        for question in report.questions
        if question.status is Status.NEEDS_MANUAL
    )


def mark(report: Report, pending: Container[str]) -> float | None:
    """The points outside the `pending` questions; None when a person has to decide first."""
    if report.problem is not None:
        return None
    counted = [question.points for question in report.questions if question.id not in pending]
    return None if None in counted else float(sum(counted))


def looks(report: Report) -> tuple[Look, ...]:
    """Every reason why a person should look at this submission, the weightiest first.

    That a question is marked by hand is no reason: it is so for the whole class.
    """
    found = []
    if report.problem is not None:
        # It explains every question, which need not be listed one by one.
        return (Look(report.submission, None, "not graded", report.problem, True),)
    found += [
        Look(report.submission, q.id, words(q.status).label, _why(q), True)
        for q in report.questions
        if not q.status.decided and q.status is not Status.NEEDS_MANUAL
    ]
    found += [Look(report.submission, None, "note", note, False) for note in report.notes]
    return tuple(found)


def _why(question: Question) -> str:
    # The last line of a traceback is the one that names the error.
    last_line = question.detail.strip().rpartition("\n")[2].strip()
    return last_line or question.message or words(question.status).instructor


def _items(reports: Sequence[Report]) -> tuple[Item, ...]:
    ids = question_ids(reports)
    column = {question_id: index for index, question_id in enumerate(ids)}
    points = np.full((len(reports), len(ids)), np.nan)
    max_points = np.zeros(len(ids))
    counts: list[Counter[Status]] = [Counter() for _ in ids]
    seconds: list[list[float]] = [[] for _ in ids]
    for row, report in enumerate(reports):
        for question in report.questions:
            at = column[question.id]
            max_points[at] = max(max_points[at], question.max_points)
            counts[at][question.status] += 1
            if question.seconds > 0:
                seconds[at].append(question.seconds)
            # A notebook that could not be read says nothing about how hard a question is.
            if question.points is not None and report.problem is None:
                points[row, at] = question.points
    return tuple(
        _item(
            question_id,
            points,
            at,
            max_points,
            counts[at],
            np.array(seconds[at], dtype=float),
        )
        for question_id, at in column.items()
    )


def _item(
    question_id: str,
    points: np.ndarray,
    at: int,
    max_points: np.ndarray,
    counts: Counter[Status],
    seconds: np.ndarray,
) -> Item:
    decided = points[~np.isnan(points[:, at]), at]
    full = float(max_points[at])
    difficulty = float(decided.mean()) / full if len(decided) and full else None
    discrimination = _discrimination(points, at, max_points)
    return Item(
        id=question_id,
        max_points=full,
        difficulty=difficulty,
        discrimination=discrimination,
        counts=counts,
        seconds=seconds,
        remarks=_remarks(difficulty, discrimination, len(decided), counts),
    )


def _discrimination(points: np.ndarray, at: int, max_points: np.ndarray) -> float | None:
    others = np.delete(points, at, axis=1)
    possible = (~np.isnan(others)) @ np.delete(max_points, at)
    used = ~np.isnan(points[:, at]) & (possible > 0)
    own = points[used, at]
    # The share of what was decided, so that a question still to be marked costs nobody.
    rest = np.nansum(others[used], axis=1) / possible[used]
    if len(own) < FEWEST_FOR_DISCRIMINATION or np.ptp(own) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(own, rest)[0, 1])


def _remarks(
    difficulty: float | None,
    discrimination: float | None,
    decided: int,
    counts: Counter[Status],
) -> tuple[str, ...]:
    remarks = []
    if difficulty is not None and decided >= FEWEST_FOR_REMARKS:
        if difficulty <= 0.05:
            remarks.append("Almost nobody has it: check the test and the wording.")
        elif difficulty >= 0.98:
            remarks.append("Almost everybody has it.")
    # Twice the standard error of a correlation of zero: less is chance.
    if discrimination is not None and discrimination < -2 / np.sqrt(decided):
        remarks.append("Those who did well elsewhere did worse here: check the test.")
    broken = counts[Status.HARNESS_ERROR]
    if broken:
        remarks.append(f"{broken} undecided: the test or the grader failed.")
    return tuple(remarks)


def _misconceptions(reports: Sequence[Report]) -> tuple[Misconception, ...]:
    order = {question_id: index for index, question_id in enumerate(question_ids(reports))}
    counts: Counter[tuple[str, str]] = Counter()
    lectures: dict[tuple[str, str], str | None] = {}
    for report in reports:
        for question in report.questions:
            if question.misconception is not None:
                key = (question.id, question.misconception)
                counts[key] += 1
                lectures[key] = lectures.get(key) or question.lecture
    ranked = sorted(counts, key=lambda key: (order[key[0]], -counts[key], key[1]))
    return tuple(
        Misconception(*key, lectures[key], counts[key], counts[key] / len(reports))
        for key in ranked
    )


def _decisions(reports: Sequence[Report]) -> tuple[Decision, ...]:
    waiting: dict[tuple[str | None, str, str], list[str]] = defaultdict(list)
    for report in reports:
        if report.problem is not None:
            advice = "Read the reason; ask for the file again, or mark it by hand."
            waiting[None, "not graded", advice].append(report.problem)
            continue
        for question in report.questions:
            if not question.status.decided:
                shown = words(question.status)
                key = (question.id, shown.label, shown.instructor)
                by_hand = question.status is Status.NEEDS_MANUAL
                waiting[key].append("" if by_hand else _why(question))
    most_first = sorted(waiting.items(), key=lambda item: -len(item[1]))
    return tuple(
        Decision(question, label, len(reasons), advice, _most_frequent(reasons))
        for (question, label, advice), reasons in most_first
    )


def _most_frequent(reasons: Sequence[str]) -> str:
    return " ".join(reason for reason, _ in Counter(reasons).most_common(3))
