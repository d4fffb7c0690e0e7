"""Grading beside nbgrader: `python -m benchmarks.grading [STUDENTS [ROUNDS [CLASS]]]`.

Honest submissions of a notebook of 13 cells (the first of problem set 1) are graded in turn by
`nbgrader autograde` and by `graders grade`, each as a whole command on a fresh copy of the
course folder: student code shut in, gradebook written. Marks are compared as well: speed with
other marks would be none. Ratios are of the same round, so that a machine which is busy with
something else is busy for both.

Then what a class of CLASS costs the coordinator, whose workers are replaced by answers that are
ready: its memory, and how fast the real command finds that nothing has changed.
"""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from graders.batch import grade_assignment
from graders.course import Course
from graders.jobs import Job, Outcome, Settings, grade_job
from graders.sample import ASSIGNMENT, sample_class, write_sample_course

EXERCISES = Path(__file__).parents[1] / "notebooks" / "exercises"
HONEST = ("right", "misconceptions")
CELLS = 13
SMALL_CLASS = 100
BIN = Path(sys.executable).parent
CONTESTANTS = {
    "nbgrader autograde": [BIN / "nbgrader", "autograde", ASSIGNMENT],
    "graders grade --workers 1": [BIN / "graders", "grade", ASSIGNMENT, "--workers", "1"],
    "graders grade --workers 2": [BIN / "graders", "grade", ASSIGNMENT, "--workers", "2"],
}


def run(command: Sequence[object], folder: Path) -> float:
    """Seconds that a command took in a course folder; what it printed is shown if it fails."""
    begin = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - begin


def environment() -> dict[str, str]:
    """nbgrader looks for its helper programs on the PATH."""
    return os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def make_course(folder: Path) -> list[bytes]:
    """A released assignment without submissions; honest ones to hand in."""
    write_sample_course(folder, EXERCISES, hostile=False)
    path = folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    source = path.read_bytes()
    path.write_bytes(beginning(source))
    shutil.rmtree(folder / "submitted")
    (folder / "roster.csv").unlink()
    run([BIN / "nbgrader", "generate_assignment", ASSIGNMENT], folder)
    honest = (sample.data for sample in sample_class(source) if sample.what.startswith(HONEST))
    return [beginning(data) for data in honest]


def beginning(notebook: bytes) -> bytes:
    """The first `CELLS` cells."""
    document = json.loads(notebook)
    return json.dumps(document | {"cells": document["cells"][:CELLS]}).encode()


def hand_in(folder: Path, honest: Sequence[bytes], students: int) -> None:
    for number, data in enumerate(islice(cycle(honest), students)):
        target = folder / "submitted" / f"student{number:06d}" / ASSIGNMENT
        target.mkdir(parents=True)
        (target / f"{ASSIGNMENT}.ipynb").write_bytes(data)


def marks(folder: Path) -> list[tuple[str, str, float | None]]:
    """Every automatic mark in the gradebook."""
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        return gradebook.execute(
            "select s.student_id, b.name, g.auto_score from grade g"
            " join submitted_notebook n on g.notebook_id = n.id"
            " join submitted_assignment s on n.assignment_id = s.id"
            " join base_cell b on g.cell_id = b.id order by 1, 2"
        ).fetchall()


# -- beside nbgrader --------------------------------------------------------------------------


def race(course: Path, students: int, rounds: int) -> bool:
    """Print how fast each contestant was; whether all gave the same marks."""
    seconds: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    graded: dict[str, list[tuple[str, str, float | None]]] = {}
    first: list[float] = []
    copy = course.with_name("copy")
    for _ in range(rounds):
        for name, command in CONTESTANTS.items():
            shutil.copytree(course, copy)
            seconds[name].append(run(command, copy))
            graded[name] = marks(copy)
            shutil.rmtree(copy)
        shutil.copytree(course, copy)
        first.append(seconds_to_first_mark(copy))
        shutil.rmtree(copy)
    stock, one, two = CONTESTANTS
    print(f"{students} honest submissions of {CELLS} cells, medians of {rounds} rounds")
    for name, times in seconds.items():
        rate = students / statistics.median(times)
        times_stock = ratio(seconds[stock], times)
        print(f"{name:27}{rate:8.2f} submissions/s{times_stock:8.1f} times nbgrader")
    print(f"two workers beside one     {ratio(seconds[one], seconds[two]):8.2f} times")
    print(f"first mark on the screen   {statistics.median(first):8.2f} s")
    return graded[one] == graded[two] == graded[stock]


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """The median over the rounds."""
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))


def seconds_to_first_mark(folder: Path) -> float:
    """From the command to a count that is not zero, on a terminal."""
    begin = time.perf_counter()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [BIN / "graders", "grade", ASSIGNMENT],
        cwd=folder,
        env=environment() | {"TERM": "xterm", "COLUMNS": "120"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    said, found = b"", 0.0
    while True:
        try:
            said += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not found and re.search(rb"(?<!\d)[1-9]\d*/\d", said):
            found = time.perf_counter() - begin
    os.close(ours)
    process.wait()
    if not found:
        sys.exit("no progress bar was shown")
    return found


# -- the coordinator --------------------------------------------------------------------------


class Ready(Executor):
    """Answers at once: each different submission is graded once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Outcome] = {}

    def submit(self, fn: Any, settings: Settings, jobs: tuple[Job, ...]) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(tuple(self._outcome(settings, job) for job in jobs))
        return future

    def _outcome(self, settings: Settings, job: Job) -> Outcome:
        if job.submission not in self._known:
            self._known[job.submission] = grade_job(settings, job)
        known = self._known[job.submission]
        return replace(known, report=replace(known.report, submission=job.label))


def coordinate(folder: Path) -> None:
    """Grade with answers that are ready and print this process's memory; runs by itself."""
    grade_assignment(Course(folder), ASSIGNMENT, executor=Ready())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def coordinator(course: Path, honest: Sequence[bytes], students: int) -> None:
    """Print its memory for a small and a large class, and how fast it sees no change."""
    for size in (SMALL_CLASS, students):
        copy = course.with_name(f"class{size}")
        shutil.copytree(course, copy)
        hand_in(copy, honest, size)
        code = "import sys; from pathlib import Path; from benchmarks.grading import coordinate"
        done = subprocess.run(
            [sys.executable, "-c", f"{code}; coordinate(Path(sys.argv[1]))", copy],
            capture_output=True,
            text=True,
            check=True,
        )
        print(f"memory for {size:>7,}         {int(done.stdout) / 1024:8.0f} MiB")
    seconds = run([BIN / "graders", "grade", ASSIGNMENT], copy)
    print(f"nothing changed in {size:>7,} {size / seconds:8.0f} submissions/s")


def main(students: int = 60, rounds: int = 3, large: int = 20_000) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        honest = make_course(course)
        coordinator(course, honest, large)
        hand_in(course, honest, students)
        same = race(course, students, rounds)
    print("the same marks" if same else "DIFFERENT MARKS")
    sys.exit(not same)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
