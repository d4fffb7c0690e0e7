"""A class graded on a Dask cluster of two workers in folders of their own, one of them lost."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from distributed import Client
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks

import graders
from graders.batch import Watch, grade_assignment
from graders.cli import main
from graders.cluster import Cluster, ClusterProblem, run_here
from graders.course import Course
from graders.exits import OK, USAGE
from graders.journal import Journal
from graders.sandbox import missing_layers
from graders.version import ingredients

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]

STUDENTS = 24
DEADLINE = 300  # seconds, for what never takes a tenth of that
PACKAGES = Path(graders.__file__).parent.parent


def until(condition, what):
    end = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)
    return value


class Machines:
    """A scheduler and workers, each a process in an empty folder of its own."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.address = self._started("scheduler", "--port", "0", "--no-dashboard")

    def worker(self, name, *, packages=PACKAGES, threads=1):
        self._started(
            "worker", self.address, "--no-nanny", "--nthreads", str(threads), "--name", name,
            "--no-dashboard", name=name, packages=packages,
        )  # fmt: skip
        return self.processes[-1]

    def _started(self, kind, *arguments, name="scheduler", packages=PACKAGES):
        place = self.folder / name
        place.mkdir()
        log = place / "log"
        with open(log, "wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *arguments],
                cwd=place,
                stdout=file,
                stderr=file,
                env=os.environ | {"PYTHONPATH": str(packages), "HOME": str(place)},
            )
        self.processes.append(process)
        said = "Scheduler at:" if kind == "scheduler" else "Registered to:"

        def line():
            assert process.poll() is None, log.read_text()
            found = [line for line in log.read_text().splitlines() if said in line]
            return found and found[0].split()[-1]

        return until(line, log)

    def end(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def machines(tmp_path):
    started = Machines(tmp_path)
    yield started
    started.end()


def make_class(folder):
    make_course(folder)
    answers = [{"df": GOOD_F, "dg": GOOD_G}, {"df": GOOD_F, "dg": BAD_G}, {"why": "Because."}]
    for number in range(STUDENTS):
        hand_in(folder, f"student{number:02}", handed_in(**answers[number % 3]))
    return folder


class Plug(Watch):
    """Ends a worker as soon as some submissions are written and it is busy with another."""

    def __init__(self, address, name, process):
        self._client = Client(address, set_as_default=False)
        self._name, self._process, self._written, self.pulled = name, process, 0, False

    def done(self, student, reports, *, fresh):
        self._written += 1
        if self._written < 4 or self.pulled:
            return
        workers = self._client.scheduler_info()["workers"]
        address = next(a for a, worker in workers.items() if worker["name"] == self._name)
        if self._client.processing()[address]:
            self._process.kill()
            self.pulled = True


def test_a_worker_lost_in_the_middle_costs_and_doubles_nothing(machines, tmp_path):
    here, there = make_class(tmp_path / "here"), make_class(tmp_path / "there")
    grade_assignment(Course(here), "ps1")

    machines.worker("stays")
    plug = Plug(machines.address, "goes", machines.worker("goes"))
    with Cluster(machines.address, seconds=DEADLINE) as cluster:
        assert cluster.workers == 2
        grade_assignment(Course(there), "ps1", executor=cluster, watch=plug)
    assert plug.pulled
    assert marks(there) == marks(here)
    assert len(marks(there)) == STUDENTS
    with Journal(Course(there).journal("ps1"), read_only=True) as journal:
        times = Counter(record["student"] for _, record in journal if "graded" in record)
    assert set(times.values()) == {1}


def test_the_command_and_a_scheduler_that_is_gone(machines, tmp_path, monkeypatch, capsys):
    folder = make_class(tmp_path / "course")
    machines.worker("one")
    monkeypatch.chdir(folder)
    assert main(["grade", "ps1", "--scheduler", machines.address]) == OK
    assert f"{STUDENTS} submissions, {STUDENTS} graded" in capsys.readouterr().out
    machines.end()
    monkeypatch.setattr("graders.cluster.CONNECT_SECONDS", 1)
    assert main(["grade", "ps1", "--scheduler", machines.address]) == USAGE
    assert "no Dask scheduler answers at" in capsys.readouterr().err
    assert main(["grade", "ps1", "--scheduler", "nonsense"]) == USAGE
    assert "no Dask scheduler answers at 'nonsense'" in capsys.readouterr().err


def test_a_worker_of_another_version_is_refused(machines, tmp_path):
    other = tmp_path / "other"
    for name in ("graders", "minigrad"):
        shutil.copytree(PACKAGES / name, other / name)
    with open(other / "graders" / "judge.py", "a") as file:
        file.write("# changed\n")
    machines.worker("old", packages=other)
    with pytest.raises(ClusterProblem, match=r"graders and minigrad \w+ \(here \w+\)"):
        Cluster(machines.address, seconds=DEADLINE)


def test_a_worker_without_the_suite_is_refused(machines, tmp_path):
    bare = tmp_path / "packages"
    (bare / "graders").mkdir(parents=True)
    absent = "raise ModuleNotFoundError('No module named graders', name='graders')"
    (bare / "graders" / "__init__.py").write_text(absent)  # what Python says where it is not
    machines.worker("bare", packages=bare)
    with pytest.raises(ClusterProblem, match=r"cannot grade: .*No module named graders"):
        Cluster(machines.address, seconds=DEADLINE)


def test_a_scheduler_without_workers_says_how_to_start_one(machines, monkeypatch):
    monkeypatch.setattr("graders.cluster.JOIN_SECONDS", 0.2)
    with pytest.raises(ClusterProblem, match="--nthreads 1"):
        Cluster(machines.address, seconds=DEADLINE)


def test_a_scheduler_lost_in_the_middle_keeps_what_was_graded(machines, tmp_path):
    folder = make_class(tmp_path / "course")
    machines.worker("one")

    class Cut(Watch):
        def done(self, student, reports, *, fresh):
            machines.processes[0].kill()

    with (
        pytest.raises(ClusterProblem, match="is gone"),
        Cluster(machines.address, seconds=DEADLINE) as cluster,
    ):
        grade_assignment(Course(folder), "ps1", executor=cluster, watch=Cut())
    kept = marks(folder)
    assert 0 < len(kept) < STUDENTS
    summary = grade_assignment(Course(folder), "ps1")
    assert summary.fresh == STUDENTS - len(kept)


def test_a_worker_that_joined_later_is_checked_with_every_job():
    assert run_here(ingredients(), DEADLINE, len, "abc") == 3
    with pytest.raises(ClusterProblem, match="a worker that joined would not give"):
        run_here(ingredients() | {"numpy": "1.0"}, DEADLINE, len, "abc")


def test_a_job_that_hangs_takes_its_process_with_it():
    code = (
        "import time\nfrom graders.cluster import run_here\n"
        "from graders.version import ingredients\n"
        f"run_here(ingredients(), 0.1, time.sleep, {10 * DEADLINE})"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=False, timeout=DEADLINE)
    assert ran.returncode == 1


def test_two_threads_of_a_worker_grade_at_once(machines, tmp_path):
    """Dask starts as many threads as there are processors, unless it is told otherwise."""
    folder = make_class(tmp_path / "course")
    machines.worker("threads", threads=2)
    with Cluster(machines.address, seconds=DEADLINE) as cluster:
        grade_assignment(Course(folder), "ps1", executor=cluster)
    found = Counter(json.dumps(one, sort_keys=True) for one in marks(folder).values())
    assert sorted(found.values()) == [STUDENTS // 3] * 3
