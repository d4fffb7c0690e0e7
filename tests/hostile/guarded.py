"""Grade the cases of one family with one worker; started inside the outer guard."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
GUARD = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
MEMORY_BYTES = 6 << 30


def guarded(family: str, name: str = "") -> subprocess.CompletedProcess[str]:
    """Run this file in a process namespace of its own, under limits of its own."""
    guard = list(GUARD)
    if os.geteuid():
        guard[1:1] = ["--user", "--map-root-user"]
    return subprocess.run(
        [*guard, sys.executable, __file__, family, name],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=os.environ | {"INSIDE_GUARD": "1", "PYTHONPATH": str(HERE.parent.parent)},
    )


def can_guard() -> bool:
    """Whether this machine lets the outer guard be put up."""
    if shutil.which("unshare") is None:
        return False
    guard = list(GUARD)
    if os.geteuid():
        guard[1:1] = ["--user", "--map-root-user"]
    return subprocess.run([*guard, "true"], capture_output=True, check=False).returncode == 0


def grade(family: str, name: str) -> None:
    from suite import cases, source

    from graders.grading import Worker
    from graders.limits import MEBIBYTE, Limits

    seconds = 1 if family == "resources" else 3  # resources use up what they are given
    limits = Limits(
        cell_seconds=seconds,
        question_seconds=seconds,
        submission_seconds=40,
        cpu_seconds=20,
        memory_bytes=300 * MEBIBYTE,
        processes=20,
        disk_bytes=8 * MEBIBYTE,
        output_bytes=100_000,
        value_bytes=16 * MEBIBYTE,
    )
    with Worker(limits, secret=b"the secret of the course") as worker:
        for case in cases(family):
            if name and case.name != name:
                continue
            graded = worker.grade_rebuilt(case.rebuilt(), case.name, source=source(family))
            record = json.loads(graded.report.to_json())
            record["notebook"] = graded.notebook
            print(json.dumps(record), flush=True)


if __name__ == "__main__":
    if "INSIDE_GUARD" not in os.environ:
        ran = guarded(*sys.argv[1:])
        sys.stdout.write(ran.stdout)
        sys.stderr.write(ran.stderr)
        sys.exit(ran.returncode)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    sys.path.insert(0, str(HERE))
    grade(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
