"""What a test cell's end says: a status, points, and words for the student and the instructor.

A value is read by nbgrader's rule, an exception by where it came from: of what happened in a
hidden line or a key, a student learns that it happened and no more.
"""

from __future__ import annotations

import math
import traceback
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graders.plaintext import one_line, printable, storable
from graders.remote import is_handle
from graders.report import Status

DETAIL_CHARACTERS = 20_000
MESSAGE_CHARACTERS = 500
_BEGIN_HIDDEN, _END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


@dataclass(slots=True)
class Verdict:
    """How one test cell ended; `points` is None where it could not be decided."""

    status: Status
    points: float | None
    message: str = ""
    detail: str = ""
    misconception: str | None = None
    lecture: str | None = None
    seconds: float = 0.0
    outputs: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, Any] | None = None

    def to_record(self) -> dict[str, Any]:
        record = {name: getattr(self, name) for name in self.__slots__}
        return record | {"status": str(self.status)}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Verdict:
        return cls(**(record | {"status": Status(record["status"])}))


def grade_value(value: Any, maximum: float) -> Verdict:
    """nbgrader's rule for a test that ran to its end: a number is the points, else all of them.

    A number above the maximum, or none at all (NaN), is a fault of the test: undecided.
    """
    if (
        is_handle(value)
        or type(value) is bool
        or not isinstance(value, (int, float, np.number))
    ):
        return Verdict(Status.PASSED, maximum)
    if isinstance(value, (complex, np.complexfloating)):
        return Verdict(Status.PASSED, maximum)
    points = float(value)
    if math.isnan(points) or points > maximum:
        return undecided(
            "The test gave no valid number of points.",
            f"The last expression is {points}; it must lie between 0 and {maximum}.",
        )
    if points < 0:  # nbgrader takes it for an output like any other
        return Verdict(Status.PASSED, maximum)
    status = Status.PARTIAL if 0 < points < maximum else Status.PASSED
    if points == 0 < maximum:
        status = Status.FAILED
    return Verdict(status, points)


def undecided(message: str, detail: str) -> Verdict:
    said = "This could not be graded automatically; your instructor will look at it."
    return Verdict(Status.HARNESS_ERROR, None, said, f"{message}\n{detail}")


def describe_failure(
    error: BaseException, cell: dict[str, Any], name: str, detail: str
) -> Verdict:
    """Status and message of a test that said no, or of the student's exception in it."""
    elsewhere = _optional_text(error, "for_instructor")
    if elsewhere is not None:  # only a key sets it: right, but in another student's notebook
        return Verdict(Status.NEEDS_MANUAL, None, printable(str(error)), elsewhere)
    theirs = getattr(error, "_student_lines", None)
    status = Status.FAILED if theirs is None else Status.ERROR
    kind = type(error).__name__
    if isinstance(error, NameError) and theirs is None:
        status = Status.ERROR
    if isinstance(error, NotImplementedError) and theirs is not None:
        return Verdict(Status.MISSING, 0.0, "There is no answer here yet.", detail)
    said = getattr(error, "student_message", None)
    # Only a key can have set it: of a student's exception nothing but type and text crosses.
    if isinstance(said, str):
        message = said
    elif in_hidden_part(error, cell["source"], name):
        message = "A hidden test failed."
        if status is Status.ERROR:
            message = f"In a hidden test, your code stopped with {_builtin_name(error)}."
            if isinstance(error, NameError) and theirs is None:
                message = f"A hidden test needs {error.name!r}, which is not defined."
    else:
        text = one_line(_text(error), MESSAGE_CHARACTERS)
        line = _failing_line(error, cell["source"], name)
        message = f"{kind}: {text}" if text else f"The test failed: {line}" if line else kind
    return Verdict(
        status,
        0.0,
        printable(message),
        detail,
        misconception=_optional_text(error, "misconception"),
        lecture=_optional_text(error, "lecture"),
    )


def _optional_text(error: BaseException, name: str) -> str | None:
    value = getattr(error, name, None)
    return value if isinstance(value, str) else None


def hidden_lines(source: str) -> set[int]:
    """The numbers, from 1, of the lines that students never see."""
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = inside or _BEGIN_HIDDEN in line
        if inside:
            hidden.add(number)
        inside = inside and _END_HIDDEN not in line
    return hidden


def public_part(source: str) -> str:
    hidden = hidden_lines(source)
    lines = enumerate(source.split("\n"), start=1)
    return "\n".join(line for number, line in lines if number not in hidden)


def in_hidden_part(error: BaseException, source: str, name: str) -> bool:
    """Whether an exception passed through a hidden line, or through a private key."""
    hidden = hidden_lines(source)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == name and line in hidden:
            return True
        if frame.f_globals.get("__name__", "").startswith("graders.keys"):
            return True
    return False


def _builtin_name(error: BaseException | None) -> str:
    """The kind of an error, in no word of the student's, who may name a class after a value."""
    kinds = type(error).__mro__
    return next(kind.__name__ for kind in kinds if kind.__module__ == "builtins")


def _failing_line(error: BaseException, source: str, name: str) -> str:
    lines = source.split("\n")
    found = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == name and 0 < line <= len(lines):
            found = lines[line - 1].strip()
    return one_line(found)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def full_text(error: BaseException) -> str:
    """The whole traceback, the student's part included, for the instructor."""
    try:
        text = "".join(traceback.format_exception(error))
    except Exception:
        text = type(error).__name__
    theirs = getattr(error, "_student_lines", None)
    if theirs:
        text += f"\nIn the student's process:\n{theirs}"
    return printable(text[-DETAIL_CHARACTERS:])


def outputs_of_test(
    printed: str,
    value: Any,
    error: BaseException | None,
    verdict: Verdict,
    cell: dict[str, Any],
) -> list[dict[str, Any]]:
    """A test cell's outputs, from which nbgrader reads the same points as we do."""
    outputs: list[dict[str, Any]] = []
    if printed and not hidden_lines(cell["source"]):
        text = storable(printed)
        outputs.append({"output_type": "stream", "name": "stdout", "text": text})
    if error is not None or verdict.status is Status.HARNESS_ERROR:
        text = verdict.message
        output = {"output_type": "error", "ename": _builtin_name(error), "evalue": text}
        outputs.append(output | {"traceback": [text]})
    elif verdict.points is not None and verdict.points != cell["points"]:
        data = {"text/plain": repr(verdict.points)}
        result = {"output_type": "execute_result", "data": data, "metadata": {}}
        outputs.append(result | {"execution_count": None})
    return outputs
