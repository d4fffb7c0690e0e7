"""Grade an assignment of an nbgrader course folder.

Marks go to nbgrader's gradebook and the graded notebooks to its 'autograded' folder, where the
formgrader, 'nbgrader export' and 'nbgrader generate_feedback' find them. Submissions that have
not changed since they were graded are not run again. A run that was stopped, in whatever way,
goes on where it was when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.jobs import why_unusable
from graders.plaintext import one_line
from graders.pool import patience
from graders.report import Report
from graders.words import counted

if TYPE_CHECKING:
    from graders.batch import Summary
    from graders.course import Course

SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument(
        "--student",
        action="append",
        default=[],
        metavar="ID",
        help="only this student; repeatable",
    )
    parser.add_argument(
        "--force", action="store_true", help="run again what has not changed too"
    )
    parser.add_argument(
        "--diff",
        action="store_true",
        help="write nothing; show the marks in the gradebook that would change",
    )
    shared.add_course(parser)
    where = parser.add_mutually_exclusive_group()
    shared.add_workers(where)
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786",
    )
    shared.add_isolation(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    if options.scheduler is None:
        shared.require_isolation(options.isolation)
    from graders.course import Course

    course = Course(options.course)
    began = time.monotonic()
    watch = Onlooker(lines=options.json and not options.diff, bar=not options.quiet)
    if options.diff:
        return _rehearse(options, course, watch)
    with _executor(options, course) as executor, watch:
        from graders.batch import grade_assignment  # while the workers start

        summary = grade_assignment(
            course,
            options.assignment,
            students=options.student,
            force=options.force,
            isolation=options.isolation,
            executor=executor,
            watch=watch,
        )
    if options.json:
        for note in watch.notes:
            print(json.dumps({"note": note}))
    elif not options.quiet:
        _show(course, options.assignment, summary, watch.notes, time.monotonic() - began)
    return LOOK if summary.unusable or watch.strays else OK


def _show(
    course: Course, assignment: str, summary: Summary, notes: Sequence[str], seconds: float
) -> None:
    from graders.gradebook import shown_url

    show.CONSOLE.print(
        f"\n{assignment}: {counted(summary.submissions, 'submission')}, "
        f"{summary.fresh:,} graded in {seconds:.1f} s"
        + (
            f", {summary.submissions - summary.fresh:,} as before"
            if summary.fresh < summary.submissions
            else ""
        )
        + (f", {summary.standing:,} of their questions stand" if summary.standing else "")
    )
    show.CONSOLE.print(show.statuses(summary.statuses))
    for student, reason in sorted(summary.unusable)[:SHOWN]:
        show.CONSOLE.print(
            Text.assemble(
                ("needs a look  ", "bold red"), one_line(student, 40), "  ", one_line(reason)
            ),
            soft_wrap=True,
        )
    if len(summary.unusable) > SHOWN:
        show.CONSOLE.print(f"and {len(summary.unusable) - SHOWN:,} more that need a look")
    _show_notes(notes)
    show.CONSOLE.print(
        f"\ngradebook  {shown_url(course.directory.db_url)}\n"
        f"next       graders report {assignment}: class report, marks, feedback\n"
        "           the formgrader in JupyterLab: marks by hand\n"
        "           nbgrader export: every mark as CSV",
        soft_wrap=True,
    )


def _show_notes(notes: Sequence[str]) -> None:
    for note in notes:
        show.CONSOLE.print(Text(f"note: {one_line(note, 400)}", style="dim"), soft_wrap=True)


def _rehearse(options: argparse.Namespace, course: Course, watch: Onlooker) -> int:
    with _executor(options, course) as executor, watch:
        from graders.rehearsal import rehearse  # while the workers start

        summary, changes = rehearse(
            course,
            options.assignment,
            executor=executor,
            students=options.student,
            force=options.force,
            isolation=options.isolation,
            watch=watch,
        )
    if options.json:
        for change in changes:
            print(json.dumps(asdict(change)))
    if options.json or options.quiet:
        return OK
    if changes:
        show.CONSOLE.print(show.changes(changes))
    students = len({change.student for change in changes})
    show.CONSOLE.print(
        f"{counted(len(changes), 'mark')} of {counted(students, 'student')} would change; "
        f"{summary.fresh:,} of {counted(summary.submissions, 'submission')} had to run. "
        "Nothing was written.",
        soft_wrap=True,
    )
    _show_notes(watch.notes)
    return OK


def _executor(options: argparse.Namespace, course: Course) -> Executor:
    if options.scheduler is None:
        from graders.jobs import local_pool

        settings = course.settings(options.isolation)
        pool = local_pool(settings, shared.workers(options.workers))
        if not course.journal(options.assignment).exists():
            pool.start()  # for there is something to grade
        return pool
    from graders.cluster import Cluster

    seconds = patience(course.limits)
    return Cluster(options.scheduler, isolation=options.isolation, seconds=seconds)


class Onlooker:
    """A progress bar with rate and estimate, and what there is to say afterwards.

    With `lines`, each submission is printed as a JSON object as soon as it is written.
    """

    def __init__(self, *, lines: bool = False, bar: bool = True) -> None:
        self._lines = lines
        self.notes: list[str] = []
        self.strays = 0
        self._slowest = (0.0, "")
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(compact=True),
            TextColumn("[dim]{task.fields[slowest]}"),
            console=show.ERRORS,
            transient=True,
            disable=not (bar and show.ERRORS.is_terminal),
        )
        self._task = self._bar.add_task("reading the course", total=None, slowest="")

    def __enter__(self) -> Onlooker:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begin(self, total: int) -> None:
        self._bar.update(self._task, total=total, description="grading")

    def done(self, student: str, reports: Sequence[Report], *, fresh: bool) -> None:
        if self._lines:
            about = {
                "student": student,
                "score": sum(report.score for report in reports),
                "max_score": sum(report.max_score for report in reports),
                "fresh": fresh,
                "look": next(filter(None, map(why_unusable, reports)), None),
            }
            print(json.dumps(about), flush=True)
        if fresh:
            for report in reports:
                for question in report.questions:
                    self._slowest = max(self._slowest, (question.seconds, question.id))
        seconds, name = self._slowest
        slowest = f"slowest {name} {seconds:.1f} s" if seconds >= 0.1 else ""
        self._bar.update(self._task, advance=1, slowest=slowest)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def waiting(self, text: str) -> None:
        self._bar.console.print(Text(one_line(text, 400), style="yellow"), soft_wrap=True)

    def stray(self, text: str) -> None:
        self.strays += 1
        self.notes.append(text)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "", style="cyan")
