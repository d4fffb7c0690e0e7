"""Take the class list of a learning management system into the course.

FILE is a CSV: the gradebook that Canvas exports, Moodle's participants or grading worksheet,
Gradescope's roster, or nbgrader's own columns (id, first_name, last_name, email, lms_user_id).
It is added to roster.csv in the course folder and to the gradebook; nobody is taken out, and
what it does not say of a student stays as it was.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.exits import OK
from graders.roster import joined, read_roster, write_roster
from graders.words import counted


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    shared.add_course(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course
    from graders.gradebook import Gradebook

    course = Course(options.course)
    there = read_roster(course.roster_file) if course.roster_file.is_file() else {}
    added = read_roster(options.file)
    roster = joined(there, added)
    write_roster(course.roster_file, roster)
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.enrol({student: row.values() for student, row in roster.items()})
    new = len(roster) - len(there)
    if options.json:
        print(json.dumps({"students": len(roster), "new": new}))
    elif not options.quiet:
        show.CONSOLE.print(
            f"{counted(len(roster), 'student')}, {new:,} of them new, in {course.roster_file}",
            markup=False,
            soft_wrap=True,
        )
    return OK
