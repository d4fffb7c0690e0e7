"""Make the file that a student hands in, and say what is missing from it.

EXERCISE is a folder with a notebook in it. Students have the same as 'python pack.py' in their
bundle.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.problems import UserProblem
from graders.student.exercise import ExerciseProblem
from graders.student.pack import find, pack


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("exercise", metavar="EXERCISE")
    parser.add_argument(
        "--to", type=Path, default=Path(), metavar="FOLDER", help="default: this folder"
    )
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    try:
        packed = pack(find(options.exercise, Path("exercises")), options.to)
    except ExerciseProblem as problem:
        raise UserProblem(str(problem)) from None
    if options.json:
        print(json.dumps({"file": str(packed.file), "look": packed.worries}))
    elif not options.quiet:
        for line in (*packed.summary, *packed.worries, f"hand in  {packed.file}"):
            show.CONSOLE.print(line, markup=False, soft_wrap=True)
    return LOOK if packed.worries else OK
