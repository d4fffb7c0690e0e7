"""Landlock by itself, with no other wall: what it refuses, and what it lets pass."""

import json
import socket
import subprocess
import sys

import pytest

from graders.sandbox import landlock

pytestmark = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")

TRIES = """
import json, os, signal, socket, sys
from graders.sandbox import landlock, linux
private, outside, port, other = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
linux.forbid_new_privileges()
if other:
    landlock.restrict(private)

def works(act):
    try:
        act()
    except PermissionError:
        return False
    return True

def write(path):
    with open(path, "w") as file:
        file.write("x")

def move():
    os.mkdir(private + "/folder")
    os.rename(private + "/a", private + "/folder/a")

print(json.dumps({
    "write inside": works(lambda: write(private + "/a")),
    "move inside": works(move),
    "write to null": works(lambda: write("/dev/null")),
    "read": works(lambda: open(outside + "/there").read()),
    "write outside": works(lambda: write(outside + "/b")),
    "change outside": works(lambda: write(outside + "/there")),
    "remove outside": works(lambda: os.remove(outside + "/gone")),
    "connect": works(lambda: socket.create_connection(("127.0.0.1", port)).close()),
    "signal": works(lambda: os.kill(other or os.getpid(), 0)),
}))
"""


def tried(tmp_path, port, other):
    private, outside = tmp_path / "private", tmp_path / "outside"
    for folder in (private, outside):
        folder.mkdir()
    for name in ("there", "gone"):
        (outside / name).write_text("x")
    arguments = [str(a) for a in (private, outside, port, other)]
    ran = subprocess.run(
        [sys.executable, "-c", TRIES, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_only_the_private_folder_may_be_written(tmp_path):
    other = subprocess.Popen(["sleep", "600"])
    (tmp_path / "free").mkdir()
    (tmp_path / "locked").mkdir()
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            without = tried(tmp_path / "free", port, 0)
            locked = tried(tmp_path / "locked", port, other.pid)
    finally:
        other.kill()
        other.wait()
    assert set(without.values()) == {True}
    allowed = {name for name, worked in locked.items() if worked}
    refused = {"write outside", "change outside", "remove outside"}
    if landlock.version() >= 4:
        refused.add("connect")
    if landlock.version() >= 6:
        refused.add("signal")
    assert set(locked) - allowed == refused
