"""Grade notebooks against a source notebook.

SOURCE is the instructor's notebook, with solutions and hidden tests in nbgrader's format.
Reports are printed in the order of the submissions, each as soon as it is there; with --json
each is one JSON object on a line of its own.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from graders.commands import options as shared
from graders.commands import show
from graders.conventions import Conventions, SourceProblem
from graders.course import limits_of
from graders.exits import LOOK, OK
from graders.jobs import (
    Job,
    Settings,
    Task,
    graded,
    local_pool,
    not_handed_in,
    why_unusable,
)
from graders.limits import Limits
from graders.notebook import bytes_of
from graders.pool import WorkerPool
from graders.problems import UserProblem
from graders.rebuild import rebuild
from graders.report import Report
from graders.version import versions


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SOURCE.ipynb")
    parser.add_argument("submissions", type=Path, nargs="+", metavar="SUBMISSION.ipynb")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="cell_seconds=5, memory_bytes=2e8 and the like; repeatable",
    )
    shared.add_workers(parser)
    shared.add_isolation(parser)
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    source = _source(options.source)
    # Without a course there is no secret; the hidden tests in the source serve as one.
    secret = hashlib.sha256(source).digest()
    settings = Settings(_limits(options.limit), options.isolation, Conventions(), secret)
    shared.require_isolation(options.isolation)
    workers = min(shared.workers(options.workers), len(options.submissions))
    code = OK
    with local_pool(settings, workers) as pool:
        for report in _reports(pool, settings, source, options.submissions, 3 * workers):
            if why_unusable(report) is not None:
                code = LOOK
            if options.json:
                print(report.to_json(), flush=True)
            elif not options.quiet:
                show.report(report)
    return code


def _limits(given: Sequence[str]) -> Limits:
    values = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            values[name] = float(number)
        except ValueError:
            raise UserProblem(f"--limit {text}: write NAME=NUMBER.") from None
    return limits_of(values, "--limit ")


def _source(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserProblem(f"{path}: {error.strerror}") from None
    try:
        rebuild(data, b"")
    except SourceProblem as problem:
        raise UserProblem(f"{path} cannot be graded against: {problem}") from None
    return data


def _reports(
    pool: WorkerPool, settings: Settings, source: bytes, paths: Sequence[Path], ahead: int
) -> Iterator[Report]:
    """One report a path, in the order of the paths."""
    unreadable: dict[int, str] = {}

    def task(index: int, path: Path) -> Task:
        try:
            return Task(index, (Job(str(path), source, bytes_of(path)),))
        except OSError as error:
            unreadable[index] = f"The file could not be read: {error.strerror}."
            return Task(index, ())

    early: dict[int, Report] = {}
    following = 0
    tasks = (task(index, path) for index, path in enumerate(paths))
    for done, outcomes in chain.from_iterable(graded(pool, settings, tasks, lambda: ahead)):
        if outcomes:
            early[done.tag] = outcomes[0].report
        else:
            reason = unreadable[done.tag]
            blank = rebuild(source, b"", settings.conventions)
            nothing = not_handed_in(str(paths[done.tag]), blank, reason)
            early[done.tag] = replace(nothing, problem=reason)
        while following in early:
            yield replace(early.pop(following), versions=versions())
            following += 1
