"""Grade a class on a disk that is full; started by test_faults with mounts of its own."""

import json
import subprocess
import sys
from pathlib import Path

from test_faults import make_class, result

from graders.batch import reports
from graders.course import Course

STEP = 12 * 1024
COMMAND = [sys.executable, "-m", "graders", "grade", "ps1", "--workers", "1"]


def used(folder):
    return int(subprocess.check_output(["du", "-s", "-B1", folder]).split()[0])


def main(disk, undisturbed):
    options = ["-o", "size=16m,mode=755"]
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", disk], check=True)
    course = make_class(disk / "course")
    # No room at all; room for the empty gradebook; and on from there a little at a time.
    empty = used(disk)
    sizes = [empty, empty + (undisturbed / "gradebook.db").stat().st_size]
    stopped = []
    while True:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)
        ran = subprocess.run(COMMAND, cwd=course, capture_output=True, text=True, check=False)
        if ran.returncode != 2:
            break
        stopped.append({"said": ran.stderr, "graded": len([*reports(Course(course), "ps1")])})
        sizes[-1] += STEP
    assert ran.returncode == 1, ran.stderr
    assert result(course) == result(undisturbed)
    print(json.dumps(stopped))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
