"""Search folders, files and archives for answers, hidden tests and keys.

PATH is what students would get. Every line of the course's solutions, hidden tests, mark
schemes and keys is looked for, also inside archives, notebooks and compiled files.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.plaintext import one_line
from graders.problems import UserProblem


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    shared.add_course(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course
    from graders.release import canaries_of

    if lost := [str(path) for path in options.paths if not path.exists()]:
        raise UserProblem(f"there is no {', '.join(lost)}.")
    canaries = canaries_of(Course(options.course))
    found = list(canaries.search(options.paths))
    if options.json:
        for finding in found:
            print(json.dumps(asdict(finding)))
    if options.json or options.quiet:
        return LOOK if found else OK
    for finding in found:
        show.CONSOLE.print(
            f"{one_line(finding.where)}: {one_line(finding.text, 60)}  (from {finding.origin})",
            markup=False,
            soft_wrap=True,
        )
    count = f"{len(canaries.wanted()):,} lines that are not for students"
    show.CONSOLE.print(f"{count}: {len(found)} found" if found else f"{count}: none found")
    return LOOK if found else OK
