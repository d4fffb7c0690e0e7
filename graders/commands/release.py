"""Make the students' bundle.

Releases every assignment as nbgrader does and puts lectures, released exercises, minigrad and
the public checks into one folder and one ZIP file under build/. The bundle is searched for
answers, hidden tests and keys, and is not made if one is found.

An assignment in c.Variants.assignments (nbgrader_config.py) is left out of the bundle: every
student in roster.csv gets a notebook with numbers of their own, in minigrad-course-personal/.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.exits import OK


def arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_course(parser)
    parser.add_argument(
        "--to", type=Path, default=None, metavar="FOLDER", help="default: build/ of the course"
    )
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course
    from graders.release import release

    course = Course(options.course)
    build = options.to or course.root / "build"
    build.mkdir(parents=True, exist_ok=True)
    bundle = release(course, build)
    size = bundle.archive.stat().st_size / 2**20
    if options.json:
        personal = None if bundle.personal is None else str(bundle.personal)
        about = {"bundle": str(bundle.archive), "assignments": bundle.assignments}
        print(json.dumps(about | {"personal": personal}))
    if options.json or options.quiet:
        return OK
    show.CONSOLE.print(
        f"released  {', '.join(bundle.assignments)}\n"
        f"searched  {bundle.canaries:,} lines that are not for students, none found\n"
        f"bundle    {bundle.archive} ({size:.1f} MiB)",
        soft_wrap=True,
    )
    if bundle.personal is not None:
        show.CONSOLE.print(
            f"personal  {bundle.personal}: a folder for each of {bundle.students}",
            soft_wrap=True,
        )
    return OK
