"""Write what comes out of a graded assignment.

The class report (one HTML page), the marks as CSV, and a page of feedback for each student, all
from the results of the last 'graders grade'.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK

if TYPE_CHECKING:
    from graders.publish import Published


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    shared.add_course(parser)
    parser.add_argument(
        "--to", type=Path, default=None, metavar="FOLDER", help="default: reports/ASSIGNMENT"
    )
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course
    from graders.publish import publish
    from graders.results import alike, results

    course = Course(options.course)
    found = results(course, options.assignment)
    folder = options.to or course.root / "reports" / options.assignment
    published = publish(
        found.reports,
        folder,
        title=options.assignment,
        names=found.names,
        titles=found.titles,
        made=date.today().isoformat(),
        by_hand=found.by_hand,
        alike=alike(course, options.assignment),
    )
    if options.json:
        files = {"report": published.report, "marks": published.marks}
        print(json.dumps({name: str(path) for name, path in files.items()}))
    elif not options.quiet:
        _show(published, options.assignment)
    return LOOK if any(report.needs_look for report in found.reports) else OK


def _show(published: Published, assignment: str) -> None:
    show.CONSOLE.print(
        f"class report  {published.report}\n"
        f"marks         {published.marks}\n"
        f"feedback      {len(published.feedback):,} pages, {published.feedback[0]} and so on\n"
        f"next          graders export {assignment} --for canvas (or moodle, gradescope, csv)\n"
        f"              graders feedback {assignment} --for canvas (or moodle, folders)",
        markup=False,
        soft_wrap=True,
    )
