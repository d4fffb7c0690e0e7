"""Pulling the plug: killed at random moments, it ends with the same marks.

GRADERS_KILLS says how many times (default 12).
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks, waiting

from graders.batch import reports
from graders.course import Course
from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]

KILLS = int(os.environ.get("GRADERS_KILLS", "12"))
STUDENTS = 40


def make_class(folder):
    make_course(folder)
    answers = [{"df": GOOD_F, "dg": GOOD_G}, {"df": GOOD_F, "dg": BAD_G}, {"why": "Because."}]
    for number in range(STUDENTS):
        data = handed_in(**answers[number % 3])
        hand_in(folder, f"student{number:02}", data if number % 7 else data[: number * 9])
    return folder


def start(folder):
    command = [sys.executable, "-m", "graders", "grade", "ps1", "--workers", "1"]
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def result(folder):
    """What counts: marks, what waits for a person, and every report without its timings."""
    found = [
        [(q.id, q.points, q.status, q.message) for q in report.questions]
        for report in reports(Course(folder), "ps1")
    ]
    return marks(folder), waiting(folder), found


def test_killed_at_random_moments_it_ends_with_the_same_marks(tmp_path):
    undisturbed = make_class(tmp_path / "undisturbed")
    began = time.monotonic()
    assert start(undisturbed).wait() == 1
    whole = time.monotonic() - began

    disturbed = make_class(tmp_path / "disturbed")
    chance = random.Random(20260301)
    cut_short = 0
    while cut_short < KILLS:
        process = start(disturbed)
        time.sleep(chance.uniform(0.1, 1.0) * whole)
        if process.poll() is None:
            # The coordinator alone, or it and its workers: the plug of the whole machine.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if cut_short % 2 else process.kill()
            cut_short += 1
        else:
            # It ended first, and proves nothing: aim earlier from now on.
            whole *= 0.9
        process.wait()
        if process.returncode == 1 or (cut_short % 4 == 0 and cut_short < KILLS):
            # All is graded, or early moments are due to be hit again: begin anew.
            (disturbed / "gradebook.db").unlink(missing_ok=True)
            (disturbed / ".graders/ps1.journal").unlink(missing_ok=True)
    assert start(disturbed).wait() == 1
    assert result(disturbed) == result(undisturbed)
    left = [p.name for p in disturbed.rglob(".*.new")]
    assert left == []
