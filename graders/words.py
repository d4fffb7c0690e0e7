"""What each status is called, drawn as and answered with, wherever people read it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graders.report import Status


def counted(number: int, noun: str) -> str:
    """`1 page`, `2 pages`, `1,000 pages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How a status is shown.

    `label` and `symbol` are for tables (the symbol differs in shape, not only in colour);
    `student` is the sentence for a student whose question has no message of its own;
    `instructor` says what a person should do about it, and is empty when nothing is due.
    """

    label: str
    symbol: str
    student: str
    instructor: str = ""


_BY_STATUS = {
    Status.PASSED: StatusWords("passed", "●", "Right."),
    Status.PARTIAL: StatusWords("partly", "◐", "Part of this is right."),
    Status.FAILED: StatusWords("wrong", "○", "The result is not right yet."),
    Status.ERROR: StatusWords("error", "×", "Your code stopped with an error."),
    Status.TIMEOUT: StatusWords("too slow", "△", "Your code ran too long and was stopped."),
    Status.MEMORY: StatusWords(
        "memory", "▽", "Your code needed more memory than it may have and was stopped."
    ),
    Status.OUTPUT: StatusWords("output", "◇", "Your code printed more than it may."),
    Status.CRASHED: StatusWords(
        "crashed", "□", "Your code ended the process that it ran in, so nothing came back."
    ),
    Status.MISSING: StatusWords("missing", "–", "There is no answer here."),
    Status.NEEDS_MANUAL: StatusWords(
        "to mark",
        "?",
        "A person marks this question; the marks follow.",
        "Mark it by hand in the formgrader.",
    ),
    Status.HARNESS_ERROR: StatusWords(
        "undecided",
        "?",
        "This could not be marked automatically, through no fault of yours. "
        "Your instructor will look at it.",
        "The test or the grader failed, not the student. "
        "Read the reason, mend it, grade again.",
    ),
}


def words(status: Status) -> StatusWords:
    return _BY_STATUS[status]


def points(value: float | None) -> str:
    """Points as people write them: `2`, `1.5`, and `?` while undecided."""
    return "?" if value is None else f"{round(value, 2):.10g}"


_TEST = re.compile(r"^tests?[-_](?=.)|(?<=.)[-_]tests?$")
_NUMBERED = re.compile(r"0*(\d+)_(.+)", re.DOTALL)


def question(name: str) -> str:
    """A question's short name: its cell's id without the word `test` around it."""
    return _TEST.sub("", name)


def lecture(name: str) -> str:
    """A lecture's file name as people say it: `02_chain_rule` is `lecture 2, chain rule`."""
    numbered = _NUMBERED.fullmatch(name)
    return f"lecture {numbered[1]}, {numbered[2].replace('_', ' ')}" if numbered else name
