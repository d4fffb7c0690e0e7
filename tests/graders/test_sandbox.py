"""The walls around student code, tried from inside; a worker that outlives its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from engine import ISOLATION, LIMITS, Engine, engine

from graders.grading import Worker
from graders.report import Status
from graders.sandbox import layers, missing_layers
from graders.sandbox.process import SandboxError, Template

shut_in = pytest.mark.skipif(bool(missing_layers()), reason="; ".join(missing_layers()))


@pytest.fixture(scope="module")
def worker():
    with Worker(LIMITS, isolation=ISOLATION, secret=b"test") as made:
        yield made


@pytest.fixture(scope="module")
def grader(worker):
    return Engine(worker)


def inside(grader: Engine, code: str, expression: str) -> object:
    """The value of an expression in the student's process, as the judge prints it."""
    graded = grader.graded(code, f"print(repr({expression}))")
    question = graded.report.questions[0]
    assert question.status is Status.PASSED, question.detail
    return eval(graded.notebook["cells"][-1]["outputs"][0]["text"])


def test_every_layer_is_told_in_words() -> None:
    for layer in layers():
        assert layer.name
        assert layer.meaning
        assert layer.present or layer.remedy


@shut_in
def test_only_libraries_are_there(grader: Engine) -> None:
    code = (
        "import os\nseen = sorted(os.listdir('/'))\n"
        "import graders\nkept = sorted(os.listdir(os.path.dirname(graders.__file__)))"
    )
    seen = inside(grader, code, "seen")
    assert not set(seen) & {"proc", "sys", "home", "boot", "mnt", "media", "run", "srv", "opt"}
    assert inside(grader, code, "kept") == ["__init__.py", "check"]


@shut_in
def test_course_folder_and_repository_are_not_there(grader: Engine, tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_text("marks")
    top = Path(__file__).resolve().parents[2]
    paths = [str(tmp_path / "gradebook.db"), str(top / "tests"), str(top / "notebooks")]
    paths += [str(top / "graders" / "keys"), "/etc/passwd", "/etc/shadow", "/root/.bashrc"]
    code = f"import os\nfound = [p for p in {paths} if os.path.exists(p)]"
    assert inside(grader, code, "found") == []


@shut_in
def test_nothing_is_inherited(grader: Engine) -> None:
    code = (
        "import os, resource\n"
        "def isopen(n):\n    try: os.fstat(n)\n    except OSError: return 0\n    return 1\n"
        "descriptors = [n for n in range(3, 256) if isopen(n)]\n"
        "names = sorted(os.environ)\nids = os.getuid(), os.getgid(), os.getpid()\n"
        "limit = resource.getrlimit(resource.RLIMIT_NPROC)[1]"
    )
    assert len(inside(grader, code, "descriptors")) == 1  # the channel to the judge
    assert not {"USER", "PWD", "VIRTUAL_ENV"} & set(inside(grader, code, "names"))
    assert inside(grader, code, "ids") == (1000, 1000, 2)
    assert inside(grader, code, "limit") == LIMITS.processes


@shut_in
def test_no_capability_is_left(grader: Engine) -> None:
    code = (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "kept = [c for c in range(41) if libc.prctl(23, c, 0, 0, 0) == 1]\n"
        "new = libc.prctl(39, 0, 0, 0, 0)\nfiltered = libc.prctl(21, 0, 0, 0, 0)"
    )
    assert inside(grader, code, "kept") == []
    assert inside(grader, code, "new") == 1
    assert inside(grader, code, "filtered") in (2, -1)


@shut_in
@pytest.mark.parametrize("victim", ["guest", "judge"])
def test_worker_outlives_its_templates(worker: Worker, grader: Engine, victim: str) -> None:
    assert grader.ask("x = 1", "assert x == 1").status is Status.PASSED
    process = worker._templates[victim]._process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert grader.ask("x = 1", "assert x == 1").status is Status.PASSED


def test_nothing_is_left_behind() -> None:
    """Neither processes nor control groups nor folders, when a worker is closed."""
    with Worker(LIMITS, isolation=ISOLATION) as worker:
        Engine(worker).ask("x = 1", "assert x == 1")
        pids = [t._process.pid for t in worker._templates.values()]
        folders = [t._scratch.path for t in worker._templates.values()]
        groups = [t.cgroup for t in worker._templates.values() if t.cgroup]
        own_groups = [path for group in groups for path in group.paths]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.killpg(pid, 0)
    assert not any(os.path.exists(folder) for folder in folders)
    for group in own_groups:
        assert not group.exists()


@shut_in
def test_a_killed_coordinator_takes_everything_with_it(tmp_path: Path) -> None:
    code = (
        "import time\nfrom graders.grading import Worker\nfrom graders.rebuild import Rebuilt\n"
        "worker = Worker()\nworker._template('guest')\n"
        "print(worker._templates['guest']._process.pid, flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    template = int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(template, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError("the template outlived its coordinator")


def test_closing_again_waits_for_nothing(monkeypatch) -> None:
    """A worker process closes its templates when it ends, and once more when Python does."""
    template = Template("graders.sandbox.guest", LIMITS, isolation=ISOLATION)
    template.close()
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits"))
    template.close()


def test_a_template_that_cannot_start_says_why() -> None:
    template = Template("no_such_module", LIMITS, isolation="none")
    with pytest.raises(SandboxError, match="no_such_module"):
        template.wait()
    template.close()


def test_isolation_is_one_of_two_words() -> None:
    with pytest.raises(ValueError, match="'full' or 'none'"):
        Worker(isolation="some")


STRAY = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("def f(): return 1", Status.PASSED),
        ("import os\nos._exit(3)", Status.CRASHED),
        ("while True: pass", Status.TIMEOUT),
        (f"{STRAY}\ndef f(): return 1", Status.PASSED),
    ],
)  # fmt: skip
def test_without_a_sandbox_limits_still_hold(answer: str, status: Status) -> None:
    with Worker(LIMITS, isolation="none") as worker:
        question = Engine(worker).ask(answer, "assert f() == 1", solution="def f(): pass")
    assert question.status is status


def test_a_temporary_folder_that_nobody_else_may_enter_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    with engine() as grader:
        assert grader.ask("x = 1", "assert x == 1").status is Status.PASSED
