"""Pulling the plug: whatever fails in the middle, the same command again ends the same.

GRADERS_KILLS says how often a run is killed at a random moment (default 12).
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from engine import engine
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks, waiting

from graders.batch import Watch, grade_assignment, reports
from graders.course import Course
from graders.gradebook import GradebookProblem
from graders.pool import WorkerPool
from graders.report import Status
from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]

KILLS = int(os.environ.get("GRADERS_KILLS", "12"))
STUDENTS = 40
ENOUGH = 12  # students where what fails is not left to chance
BESIDE = Path(__file__).parent


def make_class(folder, students=ENOUGH):
    make_course(folder)
    answers = [{"df": GOOD_F, "dg": GOOD_G}, {"df": GOOD_F, "dg": BAD_G}, {"why": "Because."}]
    for number in range(students):
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
    """What counts: marks, what waits for a person, every report but its timings, and the
    graded notebooks to the byte."""
    found = [
        [(q.id, q.points, q.status, q.message) for q in report.questions]
        for report in reports(Course(folder), "ps1")
    ]
    graded = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / "autograded").rglob("*.ipynb"))
    }
    return marks(folder), waiting(folder), found, graded


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1) as workers:
        yield workers


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, pool):
    folder = make_class(tmp_path_factory.mktemp("undisturbed"))
    grade_assignment(Course(folder), "ps1", executor=pool)
    return folder


@pytest.fixture
def course(tmp_path):
    return make_class(tmp_path / "course")


class After(Watch):
    """Does something once, when so many submissions are written."""

    def __init__(self, submissions, act):
        self._left, self._act = submissions, act

    def done(self, student, reports, *, fresh):
        self._left -= 1
        if self._left == 0:
            self._act()


def test_killed_at_random_moments_it_ends_with_the_same_marks(tmp_path):
    undisturbed = make_class(tmp_path / "undisturbed", STUDENTS)
    began = time.monotonic()
    assert start(undisturbed).wait() == 1
    whole = time.monotonic() - began

    disturbed = make_class(tmp_path / "disturbed", STUDENTS)
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


def test_any_process_of_a_run_may_be_killed(tmp_path):
    """The coordinator, the worker, its templates, a guest, a judge: whichever it hits."""
    undisturbed = make_class(tmp_path / "undisturbed", STUDENTS)
    assert start(undisturbed).wait() == 1
    disturbed = make_class(tmp_path / "disturbed", STUDENTS)
    chance = random.Random(20260302)
    killed = 0
    process = start(disturbed)
    while killed < KILLS:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice([process.pid, *descendants(process.pid)]), signal.SIGKILL)
        killed += 1
        time.sleep(chance.uniform(0.0, 0.3))
        if process.poll() is not None:
            process = start(disturbed)
    process.wait()
    assert start(disturbed).wait() == 1
    assert result(disturbed) == result(undisturbed)


def descendants(pid):
    """All processes below this one, in whatever namespace."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, new = [], [pid]
    while new:
        new = [child for one in new for child in children.get(one, ())]
        found += new
    return found


def test_a_guest_that_is_killed_from_outside_is_no_fault_of_the_students():
    """The kernel may take it, where the machine as a whole is short of memory."""
    answer = (
        "import ctypes, time\n"
        "ctypes.CDLL(None).prctl(15, b'the first cell', 0, 0, 0)  # PR_SET_NAME\n"
        "time.sleep(1)\n"
        "def f():\n    return 1"
    )
    killed = threading.Event()

    def kill():
        while not killed.is_set():
            for pid in descendants(os.getpid()):
                with contextlib.suppress(OSError):
                    if Path(f"/proc/{pid}/comm").read_text() == "the first cell\n":
                        os.kill(pid, signal.SIGKILL)
                        killed.set()

    killer = threading.Thread(target=kill, daemon=True)
    with engine() as grader:
        killer.start()
        question = grader.ask(answer, "assert f() == 1")
    assert killed.is_set()
    assert (question.points, question.status) == (2, Status.PASSED)


def test_a_worker_that_hangs_is_ended_and_its_work_done_again(course, undisturbed):
    """Stopped by a signal it answers nobody, as on a machine whose disk is gone."""
    with WorkerPool(1, seconds=20) as stopped:

        def stop():
            pid = stopped.submit(os.getpid).result()
            os.kill(pid, signal.SIGSTOP)

        grade_assignment(Course(course), "ps1", executor=stopped, watch=After(3, stop))
    assert result(course) == result(undisturbed)


def test_a_gradebook_that_is_locked_in_the_middle_loses_nothing(
    course, undisturbed, pool, monkeypatch
):
    monkeypatch.setattr("graders.gradebook.SECONDS_IN_SILENCE", 0.05)
    monkeypatch.setattr("graders.gradebook.SECONDS_FOR_A_LOCK", 0.2)
    holder = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    said = []

    class Held(After):
        def waiting(self, text):
            said.append(text)

    watch = Held(3, lambda: holder.execute("BEGIN IMMEDIATE"))
    with pytest.raises(GradebookProblem, match="Another program is writing"):
        grade_assignment(Course(course), "ps1", executor=pool, watch=watch)
    assert "waiting" in said[0]
    holder.close()
    grade_assignment(Course(course), "ps1", executor=pool)
    assert result(course) == result(undisturbed)


def test_a_gradebook_that_may_not_be_written_loses_nothing(course, undisturbed, pool):
    config = course / "nbgrader_config.py"
    as_it_was = config.read_text()
    students = [f"student{number:02}" for number in range(3)]
    grade_assignment(Course(course), "ps1", executor=pool, students=students)
    read_only = f"sqlite:///file:{course / 'gradebook.db'}?mode=ro&uri=true"
    config.write_text(f"{as_it_was}c.CourseDirectory.db_url = {read_only!r}\n")
    with pytest.raises(GradebookProblem, match="may not be written"):
        grade_assignment(Course(course), "ps1", executor=pool)
    config.write_text(as_it_was)
    grade_assignment(Course(course), "ps1", executor=pool)
    assert result(course) == result(undisturbed)


@pytest.mark.parametrize("seed", range(8))
def test_a_journal_that_was_damaged_costs_work_and_no_marks(tmp_path, undisturbed, pool, seed):
    """Cut off anywhere, or with bytes changed anywhere."""
    folder = tmp_path / "course"
    shutil.copytree(undisturbed, folder)
    journal = folder / ".graders" / "ps1.journal"
    data = bytearray(journal.read_bytes())
    chance = random.Random(seed)
    if seed % 2:
        del data[chance.randrange(len(data)) :]
    else:
        for _ in range(5):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    journal.write_bytes(data)
    summary = grade_assignment(Course(folder), "ps1", executor=pool)
    assert summary.fresh > 0
    assert result(folder) == result(undisturbed)


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path, pool, monkeypatch):
    """A day back at every look, within a run and between two, and files from 1970."""

    def better(folder):
        path = hand_in(folder, "student01", handed_in(df=GOOD_F, dg=GOOD_G))
        os.utime(path, (0, 0))
        return folder

    undisturbed = better(make_class(tmp_path / "undisturbed"))
    grade_assignment(Course(undisturbed), "ps1", executor=pool)
    now = [time.time()]

    def earlier():
        now[0] -= 86400
        return now[0]

    monkeypatch.setattr(time, "time", earlier)
    course = make_class(tmp_path / "course")
    students = [f"student{number:02}" for number in range(0, ENOUGH, 2)]
    grade_assignment(Course(course), "ps1", executor=pool, students=["student01", *students])
    better(course)
    summary = grade_assignment(Course(course), "ps1", executor=pool)
    assert summary.fresh == ENOUGH - len(students)
    assert result(course) == result(undisturbed)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_full_again_and_again_loses_nothing(tmp_path, undisturbed):
    """On a disk of its own that grows a little whenever the run has stopped."""
    ran = subprocess.run(
        ["unshare", "--mount", sys.executable, BESIDE / "small_disk.py", tmp_path, undisturbed],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    stopped = json.loads(ran.stdout)
    assert any(0 < stop["graded"] < ENOUGH for stop in stopped), stopped
    for stop in stopped:
        assert "is lost" in stop["said"], stop
        assert "Traceback" not in stop["said"]
