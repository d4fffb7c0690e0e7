"""Say what this machine has for safe grading, and what it lacks.

Every wall that student code is shut in by is tried, now and here; then the packages, nbgrader
and the disk. What is missing is followed by what mends it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.markup import escape

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK

NEEDED = ("numpy", "matplotlib", "nbgrader", "nbformat", "msgpack", "rich", "sqlalchemy")
ROOM = 2 * 2**30  # bytes below which a class of notebooks may not fit


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `needed`: without it grading does not work, or is not safe."""

    part: str
    name: str
    good: bool
    needed: bool
    said: str
    remedy: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    findings = [*_isolation(), *_software(), *_machine()]
    if options.json:
        for finding in findings:
            print(json.dumps(asdict(finding)))
    elif not options.quiet:
        _show(findings)
    return LOOK if any(f.needed and not f.good for f in findings) else OK


def _isolation() -> Iterator[Finding]:
    from graders.sandbox import layers

    for layer in layers():
        yield Finding(
            "isolation", layer.name, layer.present, layer.needed, layer.meaning, layer.remedy
        )


def _software() -> Iterator[Finding]:
    good = sys.version_info >= (3, 11)
    yield Finding(
        "software",
        "Python",
        good,
        True,
        platform.python_version(),
        "" if good else "Python 3.11 or newer is needed.",
    )
    for name in NEEDED:
        try:
            yield Finding("software", name, True, True, version(name))
        except PackageNotFoundError:
            yield Finding("software", name, False, True, "not installed", "make setup")


def _machine() -> Iterator[Finding]:
    processors = len(os.sched_getaffinity(0))
    yield Finding("machine", "processors", True, False, f"{processors} may be used")
    free = shutil.disk_usage(Path.cwd()).free
    yield Finding(
        "machine",
        "disk",
        free >= ROOM,
        False,
        f"{free / 2**30:.1f} GiB free here",
        "" if free >= ROOM else "Graded notebooks need room; free some.",
    )


def _show(findings: list[Finding]) -> None:
    part = ""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        if finding.part != part:
            part = finding.part
            show.CONSOLE.print(f"[bold]{part}[/bold]")
        if finding.good:
            word = "[green]yes[/green]    "
        elif finding.needed:
            word = "[bold red]missing[/bold red]"
        else:
            word = "[yellow]no[/yellow]     "
        line = f"  {word}  {finding.name:<{width}}  {escape(finding.said)}"
        show.CONSOLE.print(line, soft_wrap=True)
        if not finding.good and finding.remedy:
            show.CONSOLE.print(
                f"           [dim]{escape(finding.remedy)}[/dim]", soft_wrap=True
            )
    lacking = [f.name for f in findings if f.needed and not f.good]
    walls = [f for f in findings if f.part == "isolation"]
    if lacking:
        show.CONSOLE.print(f"\n[bold]Not ready:[/bold] {', '.join(lacking)}")
        if any(f.needed and not f.good for f in walls):
            show.CONSOLE.print("Grading refuses to run, unless it is told --isolation none.")
    else:
        show.CONSOLE.print("\nReady: student code can be shut in on this machine.")
