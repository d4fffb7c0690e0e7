"""Feedback on its way to students: as a ZIP that the system takes, or by nbgrader's exchange.

What was given out is written down, so that after a regrade only those are told whose marks
changed.
"""

from __future__ import annotations

import io
import json
import logging
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graders.by_hand import ByHand
from graders.course import Course
from graders.files import write_whole
from graders.problems import UserProblem
from graders.report import Report

Marks = dict[str, dict[str, float | None]]  # by student and question
_LATE = "late penalty"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """A student's mark before and now; None where there was or is none."""

    student: str
    before: float | None
    now: float | None


def marks_of(reports: Iterable[Report], by_hand: Mapping[str, ByHand]) -> Marks:
    """What a student is told, in numbers."""
    marks: Marks = {}
    for report in reports:
        points: dict[str, float | None] = {q.id: q.points for q in report.questions}
        if report.problem is not None:
            points = dict.fromkeys(points)
        given = by_hand.get(report.submission)
        if given is not None and given.penalty:
            points[_LATE] = -given.penalty
        marks[report.submission] = points
    return marks


def total(points: Mapping[str, float | None] | None) -> float | None:
    """The decided points; None where there are none."""
    decided = [value for value in (points or {}).values() if value is not None]
    return max(0.0, sum(decided)) if decided else None


def changes(before: Marks, now: Marks) -> list[Change]:
    """Whoever's marks are not what they were, also where the sum is."""
    return [
        Change(student, total(before.get(student)), total(points))
        for student, points in sorted(now.items())
        if before.get(student) != points
    ]


# -- what was given out -----------------------------------------------------------------------


def record_file(course: Course, assignment: str) -> Path:
    return course.state / f"{assignment}.feedback.jsonl"


def given_out(course: Course, assignment: str, *, before: datetime | None = None) -> Marks:
    """What each student was told last, or last before a time.

    A line that was cut off is passed over: to tell somebody twice is the smaller harm.
    """
    told: Marks = {}
    try:
        lines = record_file(course, assignment).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return told
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if before is None or datetime.fromisoformat(record["time"]) < before:
            told |= record["marks"]
    return told


def write_down(course: Course, assignment: str, marks: Marks) -> None:
    """Remember that these marks were given out now."""
    path = record_file(course, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {"time": datetime.now(UTC).isoformat(), "marks": marks}
    cut_off = path.exists() and not path.read_bytes().endswith(b"\n")
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n" * cut_off + json.dumps(entry, sort_keys=True) + "\n")


# -- ways out ---------------------------------------------------------------------------------


def zip_name(system: str, student: str, prefix: str, assignment: str) -> str | None:
    """A page's place in the ZIP; None if the system could not tell whose it is.

    Canvas and Moodle find the student by the name that their own download had (instructure/
    canvas-lms, infer_comment_context_from_filename; moodle/moodle, importziplib.php).
    """
    page = f"{assignment}_feedback.html"
    if system == "folders":
        return f"{student}/{page}"
    if not prefix:
        return None
    return f"{prefix}/{page}" if system == "moodle" else f"{prefix}{page}"


def zipped(pages: Mapping[str, str]) -> bytes:
    """The pages by their names in a ZIP; the same pages give the same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in sorted(pages.items()):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, page)
    return data.getvalue()


def to_exchange(course: Course, assignment: str, pages: Mapping[str, str]) -> list[str]:
    """Release pages by nbgrader's exchange, whichever the course has; students left out.

    Those are left out whose submission did not come by the exchange: it finds the student's
    own copy by what it wrote beside the submission.

    Raises:
        UserProblem: the exchange refused; its own words say why.
    """
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeError, ExchangeFactory

    notebooks = sorted(course.sources(assignment))
    directory = course.directory
    factory = ExchangeFactory(config=course.config)
    left_out = []
    for student, page in sorted(pages.items()):
        submitted = course.submitted_folder(student, assignment)
        marks = [submitted / name for name in ("timestamp.txt", "submission_secret.txt")]
        if not all(map(Path.is_file, marks)):
            left_out.append(student)
            continue
        folder = Path(directory.format_path(directory.feedback_directory, student, assignment))
        for mark in marks:
            write_whole(folder / mark.name, mark.read_text(encoding="utf-8"))
        for name in notebooks:
            write_whole(folder / f"{name}.html", page)
        with warnings.catch_warnings(), chdir(course.root):
            warnings.simplefilter("ignore")
            directory.assignment_id, directory.student_id = assignment, student
            try:
                release = factory.ReleaseFeedback(
                    coursedir=directory,
                    authenticator=Authenticator(config=course.config),
                    config=course.config,
                )
                release.log = logging.getLogger("graders.feedback")
                release.log.setLevel(logging.CRITICAL + 1)
                release.start()
            except ExchangeError as error:
                raise UserProblem(
                    f"the exchange does not take the feedback: {error}. Look at "
                    "c.Exchange.root in nbgrader_config.py."
                ) from None
            finally:
                directory.assignment_id, directory.student_id = "", "*"
    return left_out
