"""Write the marks as the CSV file that a learning management system takes.

Marks are those of the gradebook, by hand and automatic, the late penalty taken off. Where
something is undecided, or nothing was handed in, the mark is left blank and listed; there
'nbgrader export' writes 0. --into fills a file that the system exported (Canvas's gradebook,
Moodle's grading worksheet), which is the sure way to hit its columns; without it a fresh file
is made.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.text import Text

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.files import write_whole
from graders.plaintext import one_line
from graders.problems import UserProblem
from graders.words import counted

SYSTEMS = ("canvas", "moodle", "gradescope", "csv")
SHOWN = 12
_NEXT = {
    "canvas": "in Canvas: Grades > Import (it makes an assignment of this name if it has none)",
    "moodle": "in Moodle: Grades > Import > CSV file; map by 'ID number' or 'Email address'",
    "gradescope": "these are the columns of Gradescope's own export of marks",
    "csv": "",
}
_WORKSHEET = "in Moodle: the assignment > View all submissions > Upload grading worksheet"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument(
        "--for", dest="system", choices=SYSTEMS, default="csv", help="(default: csv)"
    )
    parser.add_argument(
        "--into", type=Path, metavar="FILE.csv", help="fill this export of Canvas or Moodle"
    )
    parser.add_argument("--column", metavar="NAME", help="the column to fill, with --into")
    parser.add_argument(
        "--out-of", type=float, metavar="POINTS", help="convert the marks to this many points"
    )
    parser.add_argument(
        "--zero-for-missing",
        action="store_true",
        help="0, not blank, for who handed in nothing",
    )
    parser.add_argument(
        "--to", type=Path, metavar="FILE.csv", help="default: reports/ASSIGNMENT/"
    )
    shared.add_course(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course
    from graders.export.lms import FRESH, Marks, merge
    from graders.export.standing import standings

    if options.into and options.system not in ("canvas", "moodle"):
        raise UserProblem(
            "--into fills a file of Canvas or Moodle: say --for canvas or moodle."
        )
    if options.column and not options.into:
        raise UserProblem("--column names a column of the file that --into names.")
    if options.out_of is not None and not options.out_of > 0:
        raise UserProblem("--out-of must be above zero.")
    course = Course(options.course)
    course.refresh_penalties(options.assignment)
    found = standings(course.directory.db_url, options.assignment)
    if not found:
        raise UserProblem("there is no student in the gradebook; 'graders roster' adds some.")
    full = found[0].max_mark
    marks = Marks(options.assignment, found, options.out_of or full, options.zero_for_missing)
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    if options.into:
        merged = merge(marks, options.into, column=options.column)
        content, unknown = merged.content, merged.unknown
        absent = tuple(
            one.student.id
            for one in found
            if one.handed_in and one.student.id in merged.not_in_file
        )
    else:
        content = FRESH[options.system](marks)
    target = options.to or (
        course.root / "reports" / options.assignment / f"{options.system}.csv"
    )
    if options.into and target.resolve() == options.into.resolve():
        raise UserProblem(f"{target} is the file that --into reads; name another with --to.")
    write_whole(target, content)
    blank = [(one.student.id, one.why) for one in found if marks.value(one) is None]
    if options.json:
        about = {
            "file": str(target),
            "students": len(found),
            "blank": dict(blank),
            "unknown": list(unknown),
            "not_in_file": list(absent),
        }
        print(json.dumps(about))
    elif not options.quiet:
        _show(options, target, len(found), blank, unknown, absent)
    undecided = any(one.undecided for one in found)
    return LOOK if undecided or unknown or absent else OK


def _show(
    options: argparse.Namespace,
    target: Path,
    students: int,
    blank: list[tuple[str, str]],
    unknown: tuple[str, ...],
    absent: tuple[str, ...],
) -> None:
    _line(
        f"{students - len(blank):,} of {counted(students, 'student')} with a mark: {target}",
        "bold",
    )
    undecided = [(student, why) for student, why in blank if why.startswith("undecided")]
    _list("left blank", [f"{student}: {why}" for student, why in undecided])
    missing = len(blank) - len(undecided)
    if missing:
        _line(f"{missing:,} handed in nothing and are left blank", "dim")
    _list("in the file, not in the course", list(unknown))
    _list("in the course, not in the file", list(absent))
    moodle_sheet = options.into and options.system == "moodle"
    after = _WORKSHEET if moodle_sheet else _NEXT[options.system]
    if after:
        _line(f"next: {after}")


def _list(heading: str, rows: list[str]) -> None:
    for row in rows[:SHOWN]:
        show.CONSOLE.print(
            Text.assemble((heading, "bold red"), f"  {one_line(row, 200)}"), soft_wrap=True
        )
    if len(rows) > SHOWN:
        _line(f"and {len(rows) - SHOWN:,} more")


def _line(text: str, style: str = "") -> None:
    show.CONSOLE.print(Text(text, style=style), soft_wrap=True)
