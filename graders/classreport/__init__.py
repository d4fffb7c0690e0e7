"""The class report: one HTML page that says how an assignment went and what is still to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np

from graders import pages, words
from graders.classreport import tables
from graders.classreport.figures import pictures
from graders.classreport.likeness import Cluster
from graders.classreport.statistics import (
    FEWEST_FOR_DISCRIMINATION,
    ClassStatistics,
    Misconception,
    class_statistics,
    mark,
    pending_by_hand,
    question_ids,
)
from graders.classreport.tables import Column, Table
from graders.report import Report, Status

__all__ = ["class_report"]

MOST_FREQUENT = 4
MOST_ALIKE = 12


def class_report(
    reports: Iterable[Report],
    *,
    title: str,
    names: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    made: str = "",
    alike: Sequence[Cluster] = (),
) -> str:
    """A self-contained HTML page about a class, for the instructor.

    `names` maps a report's `submission` to the student's name and `titles` a question's id to
    words; what they lack is shown by its id. `made` is a date to print on the page: the same
    arguments give the same bytes. `alike` are those whose answers are nearly the same.
    """
    reports = list(reports)
    names = names or {}
    titles = {name: words.question(name) for name in question_ids(reports)} | dict(titles or {})
    everyone = sorted(
        reports, key=lambda r: (_name(r.submission, names).casefold(), r.submission)
    )
    statistics = class_statistics(everyone)
    marks = statistics.marks
    return pages.render(
        __name__,
        script=pages.asset(__name__, "tables.js"),
        title=title,
        made=made,
        statistics=statistics,
        median=float(np.median(marks)) if len(marks) else None,
        quartiles=np.percentile(marks, [25, 75]).tolist() if len(marks) else None,
        full_marks=int((marks >= statistics.max_score).sum()),
        pictures=pictures(statistics, titles),
        titles=titles,
        fewest=FEWEST_FOR_DISCRIMINATION,
        questions=_questions_table(statistics, titles),
        misconceptions=_by_question(statistics, titles),
        alike=_alike_table(alike, names, titles),
        looks=_looks_table(statistics, names, titles),
        everyone=_everyone_table(everyone, names, titles),
        statuses=[tables.shown_outcome((None, at)) for at in range(len(Status))],
        shown_outcome=tables.shown_outcome,
        legend=tables.legend(),
    )


def _name(submission: str, names: Mapping[str, str]) -> str:
    return names.get(submission, submission)


def _questions_table(statistics: ClassStatistics, titles: Mapping[str, str]) -> Table:
    columns = (
        Column("question"),
        Column("points", "number", "full marks"),
        Column("difficulty", "share", "mean share of the full marks; 100 % is easy"),
        Column("discrimination", "correlation", "correlation with the rest of the assignment"),
        Column("median time, ms", "number"),
        Column("95 % within, ms", "number"),
        Column("worth knowing"),
    )
    rows = [
        (
            titles.get(item.id, item.id),
            item.max_points,
            item.difficulty,
            item.discrimination,
            _milliseconds(item.seconds, 50),
            _milliseconds(item.seconds, 95),
            " ".join(item.remarks),
        )
        for item in statistics.items
    ]
    return Table("questions", columns, rows)


def _milliseconds(seconds: np.ndarray, percentile: float) -> float | None:
    if not len(seconds):
        return None
    return float(f"{1000 * np.percentile(seconds, percentile):.3g}")


def _by_question(
    statistics: ClassStatistics, titles: Mapping[str, str]
) -> list[tuple[str, list[Misconception], list[Misconception]]]:
    """The title of each question, its most frequent misconceptions, and the rest of them."""
    grouped = groupby(statistics.misconceptions, key=lambda found: found.question)
    ranked = [(titles.get(question, question), list(found)) for question, found in grouped]
    return [(title, found[:MOST_FREQUENT], found[MOST_FREQUENT:]) for title, found in ranked]


def _looks_table(
    statistics: ClassStatistics, names: Mapping[str, str], titles: Mapping[str, str]
) -> Table:
    who, cells = _who([look.submission for look in statistics.looks], names)
    columns = (*who, Column("question"), Column("what"), Column("why"))
    first_to_decide = sorted(statistics.looks, key=lambda look: not look.decide)
    rows = [
        (
            *cells(look.submission),
            titles.get(look.question, look.question) if look.question else "whole submission",
            look.label,
            look.why,
        )
        for look in first_to_decide
    ]
    return Table("looks", columns, rows, search=len(rows) > 20)


def _alike_table(
    alike: Sequence[Cluster], names: Mapping[str, str], titles: Mapping[str, str]
) -> Table:
    columns = (Column("who"), Column("questions", "number"), Column("which"))
    rows = [
        (
            "; ".join(_who_is(student, names) for student in cluster.students[:MOST_ALIKE])
            + (
                f"; and {len(cluster.students) - MOST_ALIKE} more"
                if len(cluster.students) > MOST_ALIKE
                else ""
            ),
            float(len(cluster.questions)),
            ", ".join(titles.get(question, question) for question in cluster.questions),
        )
        for cluster in alike
    ]
    return Table("alike", columns, rows, search=len(rows) > 20)


def _who_is(submission: str, names: Mapping[str, str]) -> str:
    name = names.get(submission)
    return f"{name} ({submission})" if name and name != submission else submission


def _everyone_table(
    reports: Sequence[Report], names: Mapping[str, str], titles: Mapping[str, str]
) -> Table:
    ids, pending = question_ids(reports), pending_by_hand(reports)
    who, cells = _who([report.submission for report in reports], names)
    columns = (
        *who,
        Column(
            "mark", "number", "of the points given so far; blank where somebody must decide"
        ),
        *(Column(titles.get(question, question), "outcome") for question in ids),
    )
    rows = []
    for report in reports:
        questions = {question.id: question for question in report.questions}
        rows.append(
            (
                *cells(report.submission),
                mark(report, pending),
                *(tables.outcome(questions.get(question)) for question in ids),
            )
        )
    return Table("everyone", columns, rows, search=True)


def _who(
    submissions: Iterable[str], names: Mapping[str, str]
) -> tuple[tuple[Column, ...], Callable[[str], tuple[str, ...]]]:
    """The columns that name a submission, and its cells: two students may share a name."""
    if any(submission in names for submission in submissions):
        return (
            (Column("student"), Column("submission")),
            lambda submission: (_name(submission, names), submission),
        )
    return (Column("submission"),), lambda submission: (submission,)
