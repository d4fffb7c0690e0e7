"""Begin a question: a section of the source notebook, and its key.

Both are made from a template that works as it stands: 'graders check-keys' has nothing to mend
in it. Change it into your own from there. ASSIGNMENT is begun if it is new; NAME is what
students are asked to define. A person marks 'written' and 'plot', so these have no key.
"""

from __future__ import annotations

import argparse
import json

from graders.authoring.templates import KINDS
from graders.commands import options as shared
from graders.commands import show
from graders.exits import OK


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--kind", choices=KINDS, required=True, help="what students hand in")
    shared.add_course(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.authoring.question import make_question
    from graders.course import Course

    made = make_question(Course(options.course), options.assignment, options.name, options.kind)
    if options.json:
        key = None if made.key is None else str(made.key)
        print(json.dumps({"notebook": str(made.notebook), "key": key}))
    if options.json or options.quiet:
        return OK
    lines = [f"notebook  {made.notebook} (the last section)"]
    if made.key is not None:
        lines.append(f"key       {made.key}")
        lines.append(f"next      graders check-keys {options.assignment}.{options.name}")
    show.CONSOLE.print("\n".join(lines), markup=False, soft_wrap=True)
    return OK
