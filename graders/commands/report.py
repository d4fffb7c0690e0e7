"""Write what comes out of a graded assignment.

The class report (one HTML page), the marks as CSV, and a page of feedback for each student, all
from the results of the last 'graders grade'.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.problems import UserProblem


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    shared.add_course(parser)
    parser.add_argument(
        "--to", type=Path, default=None, metavar="FOLDER", help="default: reports/ASSIGNMENT"
    )


def run(options: argparse.Namespace) -> int:
    from graders.batch import reports
    from graders.course import Course
    from graders.publish import publish, question_titles

    course = Course(options.course)
    found = list(reports(course, options.assignment))
    if not found:
        raise UserProblem(
            f"{options.assignment} has not been graded yet; "
            f"'graders grade {options.assignment}' does that."
        )
    titles: dict[str, str] = {}
    sources = course.sources(options.assignment)
    for name, source in sources.items():
        prefix = f"{name}/" if len(sources) > 1 else ""
        named = question_titles(source, course.conventions)
        titles |= {f"{prefix}{key}": title for key, title in named.items()}
    folder = options.to or course.root / "reports" / options.assignment
    published = publish(
        found,
        folder,
        title=options.assignment,
        names=course.student_names(),
        titles=titles,
        made=date.today().isoformat(),
    )
    show.CONSOLE.print(
        f"class report  {published.report}\n"
        f"marks         {published.marks}\n"
        f"feedback      {len(published.feedback):,} pages, {published.feedback[0]} and so on",
        markup=False,
        soft_wrap=True,
    )
    return LOOK if any(report.needs_look for report in found) else OK
