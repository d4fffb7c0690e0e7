"""Write a page of feedback for each student, and put them up for handing back.

A page opens without a network: marks, what was wrong in words, where to read again, and what
graders wrote. --for makes the ZIP file that Canvas or Moodle takes back for a whole class, or
one with a folder a student; --exchange releases it by nbgrader's exchange. What is given out
is remembered: after a regrade, --only-changed tells only those whose marks changed.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path

from rich.text import Text

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.files import write_whole
from graders.plaintext import one_line
from graders.words import counted, points

SHOWN = 12


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument(
        "--for", dest="system", choices=("canvas", "moodle", "folders"), help="make a ZIP file"
    )
    parser.add_argument(
        "--exchange", action="store_true", help="release by nbgrader's exchange"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--only-changed",
        action="store_true",
        help="whose marks are not what they were told last",
    )
    which.add_argument(
        "--changed-since",
        type=_day,
        metavar="DAY",
        help="whose marks are not what they were told before",
    )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="default: reports/ASSIGNMENT")
    shared.add_course(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    from graders.collecting.collect import people
    from graders.course import Course
    from graders.feedback import given
    from graders.publish import feedback_pages, file_name
    from graders.results import results

    course, assignment = Course(options.course), options.assignment
    found = results(course, assignment)
    pages = dict(
        feedback_pages(
            found.reports,
            title=assignment,
            names=found.names,
            titles=found.titles,
            made=date.today().isoformat(),
            by_hand=found.by_hand,
        )
    )
    marks = given.marks_of(found.reports, found.by_hand)
    told = given.given_out(course, assignment, before=options.changed_since)
    changes = given.changes(told, marks)
    if options.only_changed or options.changed_since:
        changed = {change.student for change in changes}
        pages = {student: page for student, page in pages.items() if student in changed}
    folder = options.to or course.root / "reports" / assignment
    for student, page in pages.items():
        write_whole(folder / "feedback" / file_name(student), page)
    about: dict[str, object] = {"pages": len(pages), "folder": str(folder / "feedback")}
    ways: list[tuple[set[str], str]] = []  # who cannot be reached so, and why
    if options.system:
        prefixes = _prefixes(people(course, assignment), options.system)
        named = {
            student: name
            for student in pages
            if (
                name := given.zip_name(
                    options.system, student, prefixes.get(student, ""), assignment
                )
            )
        }
        archive = folder / f"feedback_{options.system}.zip"
        write_whole(archive, given.zipped({name: pages[s] for s, name in named.items()}))
        about["zip"] = str(archive)
        not_from = f"not collected from {options.system.capitalize()}"
        ways.append((pages.keys() - named.keys(), not_from))
    if options.exchange:
        missed = given.to_exchange(course, assignment, pages)
        ways.append((set(missed), "not handed in by the exchange"))
    told_now = {s: marks[s] for s in pages if any(s not in missed for missed, _ in ways)}
    if told_now:
        given.write_down(course, assignment, told_now)
    left_out = {
        student: ", ".join(why for missed, why in ways if student in missed)
        for student in sorted(pages)
        if any(student in missed for missed, _ in ways)
    }
    about["left_out"] = list(left_out)
    shown = [change for change in changes if change.student in pages] if told else []
    if options.json:
        about["changes"] = {change.student: [change.before, change.now] for change in shown}
        print(json.dumps(about))
    elif not options.quiet:
        _line(f"{counted(len(pages), 'page')} in {folder / 'feedback'}")
        if options.system:
            _line(f"to upload: {about['zip']}")
        for change in shown[:SHOWN]:
            _line(
                f"changed  {one_line(change.student, 40)}: {_mark(change.before)} before, "
                f"{_mark(change.now)} now"
            )
        if len(shown) > SHOWN:
            _line(f"and {len(shown) - SHOWN:,} more")
        for student, why in list(left_out.items())[:SHOWN]:
            _line(f"left out  {one_line(student, 40)}: {why}", "bold red")
        if len(left_out) > SHOWN:
            _line(f"and {len(left_out) - SHOWN:,} more that are left out")
        if not ways:
            _line("nothing is given out yet: --for canvas, moodle or folders, or --exchange")
    return LOOK if left_out else OK


def _prefixes(known: dict[str, dict[str, str]], system: str) -> dict[str, str]:
    """What the system wants before the name of a file, by student, of those it knows."""
    return {s: one["prefix"] for s, one in known.items() if one["system"] == system}


def _mark(value: float | None) -> str:
    return "none" if value is None else points(value)


def _day(text: str) -> datetime:
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write YYYY-MM-DD") from None
    return day if day.tzinfo else day.astimezone().astimezone(UTC)


def _line(text: str, style: str = "") -> None:
    show.CONSOLE.print(Text(text, style=style), soft_wrap=True)
