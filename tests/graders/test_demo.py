"""The sample class at its expected marks, by the real engine; the demonstration as a whole."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graders.grading import Worker
from graders.limits import Limits
from graders.rebuild import rebuild
from graders.sample import ASSIGNMENT, sample_class
from graders.sandbox.survey import missing_layers

TOP = Path(__file__).parents[2]
EXERCISES = TOP / "notebooks" / "exercises"

# Hostile code never runs without a guard around the sandbox that is being tested.
GUARD = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
SCRIPT = """\
import resource, sys
from pathlib import Path
from rich.console import Console
from graders.demo import grade_sample

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    console = Console(width=100, file=sys.stdout)
    folder, exercises = map(Path, sys.argv[1:])
    sys.exit(grade_sample(folder, exercises, workers=2, isolation="full", console=console))
"""


def test_everybody_who_means_no_harm_is_at_the_expected_marks():
    source = (EXERCISES / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    isolation = "none" if missing_layers() else "full"
    wrong = {}
    with Worker(Limits(), isolation=isolation, secret=b"a secret") as worker:
        for sample in sample_class(source):
            if sample.hostile:
                continue
            rebuilt = rebuild(source, sample.data)
            report = worker.grade_rebuilt(rebuilt, sample.student.id, source=source).report
            if found := sample.expected.differences(report):
                wrong[sample.student.id] = found
    assert wrong == {}


@pytest.mark.slow
def test_the_whole_class_twice(tmp_path):
    if missing_layers() or shutil.which("unshare") is None:
        pytest.skip("student code cannot be shut in on this machine")
    script = tmp_path / "demonstrate.py"
    script.write_text(SCRIPT)
    guard = list(GUARD)
    if os.geteuid():
        guard[1:1] = ["--user", "--map-root-user"]
    course = tmp_path / "the course"

    def demonstrate():
        return subprocess.run(
            [*guard, sys.executable, script, course, EXERCISES],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env=os.environ | {"PYTHONPATH": str(TOP)},
        )

    first = demonstrate()
    assert "31 of 31 submissions at their expected marks" in first.stdout, first.stdout
    assert first.returncode == 0
    assert "\x1b" not in first.stdout
    second = demonstrate()
    assert "none run again" in second.stdout
    assert second.returncode == 0
    reports = course / "reports" / ASSIGNMENT
    assert sorted(path.name for path in reports.iterdir()) == [
        "class_report.html",
        "feedback",
        "marks.csv",
    ]
    with open(reports / "marks.csv", encoding="utf-8", newline="") as file:
        marks = list(csv.DictReader(file))
    assert [row["submission"] for row in marks if row["stands"] == "yes"] == []
    unreadable = [row for row in marks if row["decided_points"] == ""]
    assert len(unreadable) == 2
