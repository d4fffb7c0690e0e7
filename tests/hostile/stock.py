"""One case of the cheat suite, graded by stock nbgrader or otter-grader; run by `compare.py`.

Neither shuts student code in, so everything happens in namespaces of this process's own, in
which all but one folder in memory is read-only, and as nobody. The marks are read when every
other process has been ended.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = Path("/tmp/work")
SECONDS = 60  # for one submission, after which it is ended as a person would end it
CELL_SECONDS = 5
_HIDDEN_BY_MEMORY = ("/root", "/home", "/mnt", "/run", "/var/tmp", "/dev/shm", "/tmp")

OTTER_TEST = """from otter.test_files import test_case
OK_FORMAT = False
name = {name!r}
points = {points}
@test_case(points={points}, hidden=False)
def test_it(env):
    globals().update({{k: v for k, v in env.items() if not k.startswith("_")}})
{body}
"""


def close_in(needed: list[str]) -> None:
    """Leave nothing to be written but folders in memory; `needed` paths are seen as ever."""
    from graders.sandbox import linux

    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    kept = {path: os.open(path, os.O_PATH) for path in needed}
    for path in filter(os.path.isdir, _HIDDEN_BY_MEMORY):
        linux.mount("tmpfs", path, "tmpfs", linux.MS_NOSUID, "mode=755,size=1m")
    for path, descriptor in kept.items():
        if not os.path.exists(path):
            os.makedirs(path)
            bind = linux.MS_BIND | linux.MS_REC
            linux.mount(f"/proc/self/fd/{descriptor}", path, None, bind)
        os.close(descriptor)
    WORK.mkdir()
    linux.make_read_only("/")
    linux.mount("tmpfs", "/dev/shm", "tmpfs", linux.MS_NOSUID, "mode=1777,size=64m")
    linux.mount("tmpfs", str(WORK), "tmpfs", linux.MS_NOSUID, "mode=1777,size=256m")
    # Kernels are talked to over the loopback device, which a new network has but not up.
    with socket.socket() as device:
        fcntl.ioctl(device, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def as_nobody(command: list[str], folder: Path, **environment: str) -> str:
    """How the command ended; whatever it left running is ended too."""
    nobody = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", "nobody", WORK], check=True)
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        env={"PATH": f"{Path(command[0]).parent}:/usr/bin:/bin", "HOME": str(WORK)}
        | {"LANG": "C.UTF-8", "TMPDIR": str(WORK), "OPENBLAS_NUM_THREADS": "1"}
        | environment,
        start_new_session=True,
    )
    try:
        return f"exit code {process.wait(SECONDS)}"
    except subprocess.TimeoutExpired:
        return f"ended after {SECONDS} s"
    finally:
        end_all_others()


def end_all_others() -> None:
    """This process is pid 1 here, so a signal to all is to all but itself."""
    for _ in range(50):
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if len([name for name in os.listdir("/proc") if name.isdigit()]) == 1:
            return
        time.sleep(0.1)


def by_nbgrader(
    source: bytes, submission: bytes, prepared: Path
) -> tuple[str, dict[str, float]]:
    """The marks in the gradebook, by grade_id, as an export would count them.

    `prepared` is the gradebook after `nbgrader generate_assignment`, where it has been kept.
    """
    for folder, data in (("source", source), ("submitted/someone", submission)):
        path = WORK / folder / "ps1" / "p1.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    (WORK / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.ExecutePreprocessor.timeout = {CELL_SECONDS}\n"
    )
    nbgrader = [sys.executable, "-m", "nbgrader"]
    book = WORK / "gradebook.db"
    if prepared.exists():
        shutil.copyfile(prepared, book)
    else:
        released = as_nobody([*nbgrader, "generate_assignment", "ps1"], WORK)
        if released != "exit code 0":
            raise SystemExit(f"nbgrader generate_assignment: {released}")
        print(base64.b64encode(book.read_bytes()).decode())
    ended = as_nobody([*nbgrader, "autograde", "ps1"], WORK)
    with contextlib.closing(sqlite3.connect(book)) as connection:
        rows = connection.execute(
            "select name, coalesce(manual_score, auto_score, 0) from grade "
            "join base_cell on base_cell.id = grade.cell_id"
        ).fetchall()
    return ended, dict(rows)


def by_otter(python: str, submission: bytes, tests: dict) -> tuple[str, dict[str, float]]:
    """The scores in results.json, by test."""
    (WORK / "out").mkdir()
    (WORK / "submission.ipynb").write_bytes(submission)
    with zipfile.ZipFile(WORK / "autograder.zip", "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for name in ("requirements.txt", "environment.yml", "setup.sh", "run_autograder"):
            archive.writestr(name, "")
        archive.writestr("run_otter.py", "")
        for name, (points, body) in tests.items():
            indented = "\n".join(f"    {line}" for line in body.splitlines())
            test = OTTER_TEST.format(name=name, points=points, body=indented)
            archive.writestr(f"tests/{name}.py", test)
    otter = [str(Path(python).parent / "otter"), "run", "-a", "autograder.zip", "-o", "out"]
    ended = as_nobody(
        [python, *otter, "submission.ipynb"], WORK, PYTHONPATH=str(HERE.parent.parent)
    )
    try:
        found = json.loads((WORK / "out" / "results.json").read_text())["tests"]
    except (OSError, ValueError, KeyError):
        return ended, {}
    return ended, {test["name"]: test["score"] for test in found if "score" in test}


def main(system: str, family: str, name: str) -> None:
    os.umask(0o022)
    sys.path[:0] = [str(HERE), str(HERE.parent.parent)]
    from suite import COMPARED, cases, notebook, source, tests_of

    case = next(case for case in cases(family) if case.name == name)
    submission = json.dumps(notebook(case.answer, family in COMPARED)).encode()
    places = {sys.base_prefix, sys.prefix, str(HERE.parent.parent)}
    if system != "nbgrader":
        places.add(str(Path(system).parent.parent))
    close_in(sorted(places, key=len))
    if system == "nbgrader":
        prepared = HERE.parent.parent / "build" / "comparison" / f"{family}.db"
        ended, marks = by_nbgrader(source(family), submission, prepared)
    else:
        ended, marks = by_otter(system, submission, tests_of(family))
    print(json.dumps({"case": name, "ended": ended, "marks": marks}))


if __name__ == "__main__":
    if os.getpid() != 1:
        sys.exit("compare.py starts this inside its guard; by itself it would be dangerous.")
    main(*sys.argv[1:])
