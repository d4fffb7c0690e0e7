"""Submissions a second beside nbgrader: `python -m benchmarks.grading [STUDENTS [ROUNDS]]`.

The same honest submissions of the first problem set are graded in turn by `nbgrader autograde`
and by `graders grade`, each as a whole command on a fresh copy of the course folder, gradebook
written, student code shut in. Marks are compared as well: speed with other marks would be none.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from graders.sample import ASSIGNMENT, sample_class, write_sample_course

EXERCISES = Path(__file__).parents[1] / "notebooks" / "exercises"
HONEST = ("right", "misconceptions")
BIN = Path(sys.executable).parent
CONTESTANTS = {
    "nbgrader autograde": [BIN / "nbgrader", "autograde", ASSIGNMENT],
    "graders grade --workers 1": [BIN / "graders", "grade", ASSIGNMENT, "--workers", "1"],
    "graders grade --workers 2": [BIN / "graders", "grade", ASSIGNMENT, "--workers", "2"],
}


def run(command: list[object], folder: Path) -> None:
    """Run a command in a course folder; what it printed is shown if it fails."""
    # nbgrader looks for its helper programs on the PATH.
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def make_course(folder: Path, students: int) -> None:
    """A released assignment with as many honest submissions."""
    write_sample_course(folder, EXERCISES, hostile=False)
    source = (folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    honest = [s for s in sample_class(source) if s.what.startswith(HONEST)]
    shutil.rmtree(folder / "submitted")
    (folder / "roster.csv").unlink()
    for number, sample in enumerate(islice(cycle(honest), students)):
        target = folder / "submitted" / f"student{number:04d}" / ASSIGNMENT
        target.mkdir(parents=True)
        (target / f"{ASSIGNMENT}.ipynb").write_bytes(sample.data)
    run([BIN / "nbgrader", "generate_assignment", ASSIGNMENT], folder)


def marks(folder: Path) -> list[tuple[str, str, float | None]]:
    """Every automatic mark in the gradebook."""
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        return gradebook.execute(
            "select s.student_id, b.name, g.auto_score from grade g"
            " join submitted_notebook n on g.notebook_id = n.id"
            " join submitted_assignment s on n.assignment_id = s.id"
            " join base_cell b on g.cell_id = b.id order by 1, 2"
        ).fetchall()


def main(students: int = 24, rounds: int = 3) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    graded: dict[str, list[tuple[str, str, float | None]]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        make_course(course, students)
        for _ in range(rounds):
            for name, command in CONTESTANTS.items():
                copy = Path(temporary) / "copy"
                shutil.copytree(course, copy)
                begin = time.perf_counter()
                run(command, copy)
                seconds[name].append(time.perf_counter() - begin)
                graded[name] = marks(copy)
                shutil.rmtree(copy)
    stock, *ours = CONTESTANTS
    print(f"{students} honest submissions of {ASSIGNMENT}, medians of {rounds} rounds")
    for name, times in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(seconds[stock], times, strict=True))
        rate = students / statistics.median(times)
        print(f"{name:27}{rate:8.2f} submissions/s{ratio:8.1f} times nbgrader")
    same = all(graded[name] == graded[stock] for name in ours)
    print("the same marks" if same else "DIFFERENT MARKS")
    sys.exit(not same)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
