"""The progress bar of `graders grade`: what a terminal shows, and what a pipe does not."""

import os
import pty
import re
import subprocess
import sys

import pytest
from small_course import GOOD_F, GOOD_G, hand_in, handed_in, make_course

from graders.sandbox import missing_layers

pytestmark = pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")
COMMAND = [sys.executable, "-m", "graders", "grade", "ps1", "--workers", "1"]
SLOW_G = "import time\ndef dg(x):\n    time.sleep(0.5)\n    return 2 * x"


@pytest.fixture
def course(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=SLOW_G))
    hand_in(folder, "bob", handed_in(df=GOOD_F, dg=GOOD_G))
    return folder


def test_a_terminal_shows_count_rate_estimate_and_the_slowest_question(course):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        COMMAND,
        cwd=course,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 65536)
        except OSError:  # the command has ended
            break
    os.close(ours)
    assert process.wait() == 0
    shown = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", said).decode()
    lines = [line for line in re.split(r"[\r\n]+", shown) if "2/2" in line]
    # On a busy machine the other question may have been the slower one.
    wanted = r"grading .* 2/2 [\d.]+/s [\d:]+ slowest d[fg]_test \d"
    assert re.search(wanted, lines[-1]), lines[-1][-80:]


def test_a_pipe_gets_no_bar(course):
    done = subprocess.run(COMMAND, cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "2 submissions, 2 graded" in done.stdout
