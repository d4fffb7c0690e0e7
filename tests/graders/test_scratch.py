"""Folders that killed workers left behind go; those of live ones, and other people's, stay."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from engine import ISOLATION

from graders.sandbox import cgroup
from graders.sandbox.scratch import STALE_SECONDS, Scratch

HELD = (
    "import time\nfrom graders.sandbox.scratch import Scratch\n"
    "scratch = Scratch()\nprint(scratch.path, flush=True)\ntime.sleep(60)"
)
WORKER = (
    "import time\nfrom graders.grading import Worker\n"
    "worker = Worker()\ntemplate = worker._template('guest')\n"
    "print('at', *(template.cgroup.paths if template.cgroup else ()), flush=True)\n"
    "time.sleep(60)"
)


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def _started(code, folder=None):
    environment = os.environ | ({"TMPDIR": str(folder)} if folder else {})
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    )
    with process.stdout:
        return process, process.stdout.readline().split()


def _killed(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def _age(path):
    then = time.time() - 2 * STALE_SECONDS
    os.utime(path, (then, then))


def test_the_folder_of_a_killed_worker_goes_and_that_of_a_live_one_stays(tmp_path):
    dead, (left,) = _started(HELD, tmp_path)
    (Path(left) / "cache").mkdir()
    _killed(dead)
    live, (kept,) = _started(HELD, tmp_path)
    try:
        assert Path(left).is_dir()  # too young to be told from one that is being made
        for path in (left, kept):
            _age(path)
        Scratch().remove()
        assert sorted(tmp_path.iterdir()) == [Path(kept)]
    finally:
        _killed(live)


def test_what_only_looks_like_one_stays(tmp_path):
    course = tmp_path / "graders-sandbox-autumn-term"
    aimed = tmp_path / "course"
    link = tmp_path / "graders-sandbox-abcdefgh"
    course.mkdir(), aimed.mkdir()
    (aimed / "gradebook.db").touch()
    link.symlink_to(aimed)
    for path in (course, aimed):
        _age(path)
    os.utime(link, (0, 0), follow_symlinks=False)
    Scratch().remove()
    assert sorted(tmp_path.iterdir()) == sorted([course, aimed, link])
    assert (aimed / "gradebook.db").exists()


@pytest.mark.skipif(ISOLATION == "none", reason="control groups come with the sandbox")
def test_the_control_groups_of_a_killed_worker_go():
    process, (_, *groups) = _started(WORKER)
    paths = [Path(group) for group in groups]
    if not paths:
        _killed(process)
        pytest.skip("no control groups on this machine")
    for path in paths:
        _age(path)
        cgroup._sweep(path.parent)
    assert all(path.exists() for path in paths)  # its owner lives
    _killed(process)
    ends = time.monotonic() + 60
    while any(path.exists() for path in paths) and time.monotonic() < ends:
        for path in paths:
            cgroup._sweep(path.parent)
        time.sleep(0.05)
    assert not any(path.exists() for path in paths)
