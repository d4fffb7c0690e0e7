"""Put submissions downloaded from a learning management system into the course folder.

PATH is a ZIP or TAR file, or a folder, as Canvas, Moodle, Gradescope or Blackboard hand it out,
or a folder with one folder a student; which of them it is, the names of the files tell. The
latest submission of each student counts. What is not taken is listed with the reason and
written to not_collected.csv; what was there before is kept in .graders/earlier.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.text import Text

from graders.collecting.collect import Collected, collect
from graders.collecting.layouts import LAYOUTS
from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.plaintext import one_line
from graders.roster import read_roster
from graders.words import counted

SHOWN = 12
# What a person need not read twice: the systems' own files.
_EXPECTED = ("It is made by", "It is Blackboard's own", "It says whose")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="FILE.csv",
        help="who is in the class (default: roster.csv of the course, if there is one)",
    )
    parser.add_argument(
        "--from",
        dest="system",
        choices=tuple(LAYOUTS),
        help="where it comes from, if the names of the files mislead",
    )
    parser.add_argument(
        "--timezone",
        type=_zone,
        metavar="ZONE",
        help="of Blackboard's times, such as Europe/Berlin (default: this machine's)",
    )
    shared.add_course(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course

    course = Course(options.course)
    roster_file = options.roster or course.roster_file
    roster = read_roster(roster_file) if options.roster or roster_file.is_file() else {}
    result = collect(
        course,
        options.assignment,
        options.paths,
        roster=roster,
        system=options.system,
        timezone=options.timezone or datetime.now().astimezone().tzinfo or UTC,
    )
    if options.json:
        _print_json(result)
    elif not options.quiet:
        _show(result, options.assignment)
    return LOOK if _unexpected(result) or not result.taken else OK


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(
            f"{name!r} is no time zone; write one like Europe/Berlin or America/New_York"
        ) from None


def _unexpected(result: Collected) -> list[tuple[str, str]]:
    return [
        (one.where, one.why) for one in result.not_taken if not one.why.startswith(_EXPECTED)
    ]


def _print_json(result: Collected) -> None:
    for one in result.taken:
        print(
            json.dumps(
                {
                    "student": one.student,
                    "from": one.where,
                    "time": one.when.astimezone(UTC).isoformat() if one.when else None,
                    "late": one.late,
                    "new": one.new,
                    "notes": list(one.notes),
                }
            )
        )
    for left in result.not_taken:
        print(json.dumps({"not_taken": left.where, "why": left.why}))


def _show(result: Collected, assignment: str) -> None:
    for path, system in result.systems.items():
        shown = "plain folders" if system == "folders" else system.capitalize()
        _line(f"{one_line(path)}: {shown}")
    new = sum(one.new for one in result.taken)
    before = len(result.taken) - new
    as_before = f", {before:,} as before" if before else ""
    _line(
        f"{counted(len(result.taken), 'student')}: {new:,} collected{as_before}", style="bold"
    )
    remarks = [(one.student, note) for one in result.taken for note in one.notes]
    _list(remarks, "worth knowing", "yellow")
    _list(_unexpected(result), "not taken", "bold red")
    expected = Counter(one.why for one in result.not_taken if one.why.startswith(_EXPECTED))
    for why, count in expected.items():
        _line(f"{count:,} left out: {why}", style="dim")
    if result.absent:
        _line(f"nothing from {len(result.absent):,} of the roster", style="dim")
    if result.not_taken:
        _line(f"everything that was not taken: {result.table}")
    if result.taken:
        _line(f"next: graders grade {assignment}")


def _list(rows: list[tuple[str, str]], heading: str, style: str) -> None:
    for where, why in rows[:SHOWN]:
        show.CONSOLE.print(
            Text.assemble((heading, style), f"  {one_line(where, 100)}: {one_line(why, 300)}"),
            soft_wrap=True,
        )
    if len(rows) > SHOWN:
        _line(f"and {len(rows) - SHOWN:,} more")


def _line(text: str, style: str = "") -> None:
    show.CONSOLE.print(Text(text, style=style), soft_wrap=True)
