"""What comes out of a graded assignment: the class report, the marks as CSV, the feedback."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders import words
from graders.by_hand import ByHand
from graders.classreport import class_report
from graders.classreport.likeness import Cluster
from graders.conventions import Conventions
from graders.feedback import feedback_page
from graders.files import write_whole
from graders.marks import write_csv
from graders.plaintext import one_line
from graders.rebuild import template
from graders.report import Report

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_MARKUP = re.compile(r"[*_`]+(?=\S)|(?<=\S)[*_`]+|\\(?=[()])")


@dataclass(frozen=True, slots=True)
class Published:
    """Where the files are; `feedback` holds one a submission."""

    report: Path
    marks: Path
    feedback: tuple[Path, ...]


def publish(
    reports: Iterable[Report],
    folder: Path,
    *,
    title: str,
    names: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    made: str = "",
    by_hand: Mapping[str, ByHand] | None = None,
    alike: Sequence[Cluster] = (),
) -> Published:
    """Write `class_report.html` and `marks.csv` into `folder`, and feedback for each student.

    Args:
        title: the assignment's name.
        names: what students are called, by submission.
        titles: what questions are called for students, who know their headings and not the ids.
        by_hand: what graders added, by submission.
        alike: whose answers are nearly the same.

    Every file appears whole or not at all, so a run that is stopped leaves no half of one.
    """
    reports = list(reports)
    names, titles = names or {}, titles or {}
    pages = feedback_pages(
        reports, title=title, names=names, titles=titles, made=made, by_hand=by_hand or {}
    )
    written = [
        write_whole(folder / "feedback" / file_name(submission), page)
        for submission, page in pages
    ]
    table = io.StringIO(newline="")
    write_csv(table, reports, names=names)
    page = class_report(reports, title=title, names=names, made=made, alike=alike)
    return Published(
        report=write_whole(folder / "class_report.html", page),
        marks=write_whole(folder / "marks.csv", table.getvalue()),
        feedback=tuple(written),
    )


def feedback_pages(
    reports: Iterable[Report],
    *,
    title: str,
    names: Mapping[str, str],
    titles: Mapping[str, str],
    made: str,
    by_hand: Mapping[str, ByHand],
) -> Iterator[tuple[str, str]]:
    """Each submission and its page of feedback."""
    for report in reports:
        given = by_hand.get(report.submission, ByHand())
        yield (
            report.submission,
            feedback_page(
                report,
                title=title,
                student=names.get(report.submission, report.submission),
                titles=titles,
                made=made,
                comments=given.comments,
                penalty=given.penalty,
            ),
        )


def cells_of_questions(source: bytes, conventions: Conventions | None = None) -> dict[str, str]:
    """By the id of an answer's cell, the question that it answers: the next that is graded."""
    slots, _ = template(source, conventions or Conventions())
    found: dict[str, str] = {}
    waiting: list[str] = []
    for slot in slots:
        if slot.mark is None:
            continue
        waiting.append(slot.mark.grade_id)
        if slot.mark.grade or slot.mark.task:
            found |= dict.fromkeys(waiting, slot.mark.grade_id)
            waiting = []
    return found


def question_titles(source: bytes, conventions: Conventions | None = None) -> dict[str, str]:
    """What each question of an instructor's notebook is called: the heading above its cell."""
    slots, _ = template(source, conventions or Conventions())
    titles: dict[str, str] = {}
    heading = ""
    for slot in slots:
        if slot.cell["cell_type"] == "markdown":
            found = _HEADING.findall(slot.released)
            heading = found[-1] if found else heading
        if slot.mark is not None and (slot.mark.grade or slot.mark.task) and heading:
            titles[slot.mark.grade_id] = one_line(_MARKUP.sub("", heading), 80)
    return _apart(titles)


def _apart(titles: dict[str, str]) -> dict[str, str]:
    """Questions under one heading are told apart by their short names."""
    shared = {title for title, count in Counter(titles.values()).items() if count > 1}
    return {
        name: f"{title}: {words.question(name)}" if title in shared else title
        for name, title in titles.items()
    }


def file_name(submission: str) -> str:
    """A file name of its own for each submission, whatever it is called."""
    safe = re.sub(r"[^\w.@+-]", "_", submission).lstrip(".")[:80]
    if safe and safe == submission:
        return f"{safe}.html"
    digest = hashlib.sha256(submission.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{safe}-{digest[:8]}.html"
