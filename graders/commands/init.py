"""Start a course folder of your own.

It holds this course, lectures and exercises, for you to change; with --empty one example of an
assignment, with a question of each kind. Its README says what every file is.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.exits import OK


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--empty", action="store_true", help="one example and nothing else")
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.starter import start_course

    assignments = start_course(options.folder, empty=options.empty)
    if options.json:
        print(json.dumps({"folder": str(options.folder), "assignments": assignments}))
    elif not options.quiet:
        first = assignments[0]
        show.CONSOLE.print(
            f"{options.folder} holds {', '.join(assignments)}\n"
            "      README.md says what each file is\n"
            f"next  cd {options.folder}\n"
            "      graders doctor             can this machine shut student code in?\n"
            "      graders lab                write and change assignments in source/\n"
            "      graders roster FILE.csv    the class list of Canvas, Moodle, ...\n"
            "      graders release            what students get, in build/\n"
            f"      graders collect {first} DOWNLOADS.zip",
            markup=False,
            soft_wrap=True,
        )
    return OK
