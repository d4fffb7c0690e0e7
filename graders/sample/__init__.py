"""A sample class: a course folder as nbgrader knows it, with some thirty submissions in it.

Every submission is made from the keys by a script, so it follows them, and comes with what it
should earn: the tests and the demonstration hold the grader to that.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from graders.sample.cases import HOSTILE, Student, submissions
from graders.sample.draft import Assignment, Expected

ASSIGNMENT = "ps1_derivatives"

_CONFIG = """\
c = get_config()

c.CourseDirectory.course_id = "sample"

# The formgrader would run a script in a student's Markdown with your rights.
c.HTMLExporter.filters = {"markdown2html": "graders.showing.markdown2html"}

# Some of these submissions never end or eat memory: stop them early.
c.Limits.cell_seconds = 3
c.Limits.question_seconds = 3
c.Limits.memory_bytes = 512 * 1024 * 1024
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One submission of the sample class; `what` says in a few words what it is."""

    student: Student
    what: str
    hostile: bool
    data: bytes
    expected: Expected


def sample_class(source: bytes) -> tuple[Sample, ...]:
    """The class's submissions to the assignment whose notebook is `source`; always the same."""
    keys = import_module(f"graders.keys.{ASSIGNMENT}")
    assignment = Assignment(source, {name: getattr(keys, name) for name in keys.__all__})
    return tuple(
        Sample(student, case.what, case in HOSTILE, draft.data, draft.expected)
        for student, case, draft in submissions(assignment)
    )


def write_sample_course(
    folder: Path, exercises: Path, *, hostile: bool = True
) -> tuple[Sample, ...]:
    """Write the course folder, source and submissions, as they were handed in.

    What is there of an earlier one is replaced; a gradebook beside it is left alone.
    `exercises` is the folder that holds the assignment's own; without `hostile` nobody in the
    class tries to harm the machine.
    """
    source = folder / "source" / ASSIGNMENT
    for stale in (source, folder / "submitted"):
        shutil.rmtree(stale, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(exercises / ASSIGNMENT, source)
    (folder / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
    everyone = sample_class((source / f"{ASSIGNMENT}.ipynb").read_bytes())
    samples = tuple(sample for sample in everyone if hostile or not sample.hostile)
    for number, sample in enumerate(samples):
        target = folder / "submitted" / sample.student.id / ASSIGNMENT
        target.mkdir(parents=True)
        (target / f"{ASSIGNMENT}.ipynb").write_bytes(sample.data)
        (target / "timestamp.txt").write_text(f"2025-10-05 18:{number:02d}:00 UTC\n")
    _write_roster(folder / "roster.csv", samples)
    return samples


def _write_roster(path: Path, samples: tuple[Sample, ...]) -> None:
    """As `nbgrader db student import` reads it, with a word on what each of them does."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "first_name", "last_name", "submission"])
        for sample in samples:
            student = sample.student
            writer.writerow([student.id, student.first_name, student.last_name, sample.what])
