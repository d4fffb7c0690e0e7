"""Options that several commands share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from graders.problems import UserProblem


def add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the course folder (default: this one, or the nearest above it)",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """How much is said; errors are said in any case."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object a line")
    how.add_argument("--quiet", action="store_true", help="nothing but errors")


def add_isolation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--isolation",
        choices=("full", "none"),
        default="full",
        help="'none' runs student code without a sandbox: for code that you wrote yourself",
    )


def add_workers(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--workers",
        type=at_least_one,
        default=None,
        metavar="N",
        help="submissions graded at once (default: one a processor, at most 8)",
    )


def workers(asked: int | None) -> int:
    """How many workers to start."""
    return asked or min(8, len(os.sched_getaffinity(0)))


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def require_isolation(isolation: str) -> None:
    """Refuse before anything runs if this machine cannot shut student code in.

    Raises:
        UserProblem: it cannot, and the caller did not say that it need not.
    """
    from graders.sandbox import missing_layers

    if isolation == "full" and (missing := missing_layers()):
        raise UserProblem(
            "student code cannot be shut in on this machine: "
            + "; ".join(missing)
            + ". 'graders doctor' says how to mend it. For code that you wrote yourself, "
            "--isolation none runs it without a sandbox."
        )
