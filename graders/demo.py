"""The demonstration: the course released, and a sample class graded for real.

Nothing here is special to the demonstration but the class itself: the course folder is one that
nbgrader knows, and release, grading, gradebook and report are those of any course. Since every
submission says what it should earn, the demonstration is a test at the same time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from graders.batch import Summary, grade_assignment, reports
from graders.commands import show
from graders.commands.grade import Onlooker
from graders.course import Course
from graders.exits import LOOK, OK
from graders.marks import legend, looks_table, marks_table
from graders.plaintext import one_line
from graders.publish import Published, publish, question_titles
from graders.release import Bundle, release
from graders.report import Report
from graders.sample import ASSIGNMENT, Sample, write_sample_course

_TOP = Path(__file__).resolve().parent.parent


def demo(*, workers: int, isolation: str = "full", console: Console = show.CONSOLE) -> int:
    """Release this course, then grade the sample class in `build/demo`; the exit code."""
    build = _TOP / "build"
    build.mkdir(exist_ok=True)
    with console.status("releasing the course"):
        bundle = release(Course(_TOP), build)
    _show_bundle(console, bundle)
    return grade_sample(
        build / "demo",
        _TOP / "notebooks" / "exercises",
        workers=workers,
        isolation=isolation,
        console=console,
    )


def grade_sample(
    folder: Path, exercises: Path, *, workers: int, isolation: str, console: Console
) -> int:
    """Make the sample class in `folder`, grade it, show what came out; the exit code.

    `folder` is kept between runs, gradebook included: what has not changed is not run again.
    Without isolation nobody in the class is hostile.
    """
    samples = write_sample_course(folder, exercises, hostile=isolation == "full")
    kinds = "right, mistaken, awkward, hostile" if isolation == "full" else "nobody is hostile"
    console.print(f"class     {len(samples)} students hand in {ASSIGNMENT}: {kinds}")
    course = Course(folder)
    began = time.monotonic()
    with Onlooker() as watch:
        summary = grade_assignment(
            course, ASSIGNMENT, workers=workers, isolation=isolation, watch=watch
        )
    seconds = time.monotonic() - began
    graded = list(reports(course, ASSIGNMENT))
    names = {sample.student.id: sample.student.name for sample in samples}
    titles = question_titles(course.sources(ASSIGNMENT)[ASSIGNMENT], course.conventions)
    _show_marks(console, graded, names, {s.student.id: s.what for s in samples})
    out = publish(
        graded, folder / "reports" / ASSIGNMENT, title=ASSIGNMENT, names=names, titles=titles
    )
    console.print()
    code = _show_verdict(console, samples, graded, summary, seconds)
    _show_files(console, out, folder)
    return code


def _show_bundle(console: Console, bundle: Bundle) -> None:
    console.print(
        Text.assemble(
            f"released  {', '.join(bundle.assignments)}, as students get it: ",
            _from_here(bundle.archive),
        ),
        soft_wrap=True,
    )


def _show_marks(
    console: Console,
    graded: Sequence[Report],
    names: Mapping[str, str],
    about: Mapping[str, str],
) -> None:
    console.print(marks_table(graded, names=names, about=about))
    console.print(legend(graded))
    console.print(Text("\nworth a look", style="bold"))
    console.print(looks_table(graded, names=names))


def _show_verdict(
    console: Console,
    samples: Sequence[Sample],
    graded: Sequence[Report],
    summary: Summary,
    seconds: float,
) -> int:
    by_student = {report.submission: report for report in graded}
    wrong = {
        sample.student: found
        for sample in samples
        if (found := sample.expected.differences(by_student.get(sample.student.id)))
    }
    before = summary.submissions - summary.fresh
    ran = f"{summary.fresh} graded in {seconds:.1f} s" if summary.fresh else "none run again"
    ran += f", {before} as before" if before and summary.fresh else ""
    kept = f"{len(samples) - len(wrong)} of {len(samples)} submissions at their expected marks"
    console.print(f"{kept}, {ran}", style="bold red" if wrong else "green")
    for student, found in wrong.items():
        console.print(Text(f"  {student.name}: {one_line('; '.join(found), 160)}"))
    return LOOK if wrong else OK


def _show_files(console: Console, out: Published, folder: Path) -> None:
    places = {
        "class report": out.report,
        "marks": out.marks,
        "feedback": out.feedback[0].parent,
        "gradebook": folder / "gradebook.db",
    }
    console.print()
    for what, path in places.items():
        # One line each whatever the width, so that a terminal makes them links.
        line = Text.assemble((f"{what:<14}", "bold"), _from_here(path))
        console.print(line, soft_wrap=True)


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
