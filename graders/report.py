"""What grading one submission says: a status and a mark for every question.

A mark that the harness could not decide is never a silent zero: its points are None and its
status says why, so that whoever exports the marks has to look.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How one question ended."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"  # a test ran and said no
    ERROR = "error"  # the student's code raised an exception
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"  # more printed or written than the limit
    CRASHED = "crashed"  # the student's process ended by itself
    MISSING = "missing"  # no answer, or no notebook that could be read
    NEEDS_MANUAL = "needs_manual"  # a person gives the marks
    HARNESS_ERROR = "harness_error"  # our fault, or the test cell's: undecided

    @property
    def decided(self) -> bool:
        """Whether the mark stands without a person looking at it."""
        return self not in (Status.NEEDS_MANUAL, Status.HARNESS_ERROR)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the visible check of a question says, as it does in the student's own notebook.

    The three rows are points, the student's derivative there and the numerical one, where a
    function of one number was checked; a number that is not finite is None.
    """

    line: str
    x: tuple[float | None, ...] = ()
    yours: tuple[float | None, ...] = ()
    numerical: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The outcome of one graded cell.

    `message` is for the student and never shows a hidden test, a hidden input or an expected
    value; `detail` (a traceback, say) is for the instructor alone. `seen` is there when the
    answer failed and its visible check says why.
    """

    id: str
    points: float | None
    max_points: float
    status: Status
    message: str = ""
    seconds: float = 0.0
    misconception: str | None = None
    lecture: str | None = None
    detail: str = ""
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one submission, in the order of the source notebook's graded cells.

    `problem` says in a sentence why nothing of it could be graded (not a notebook, say);
    `notes` are things that a person may want to know (a test cell had been edited, say).
    """

    submission: str
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    problem: str | None = None
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The decided points."""
        return sum(q.points for q in self.questions if q.points is not None)

    @property
    def max_score(self) -> float:
        return sum(q.max_points for q in self.questions)

    @property
    def needs_look(self) -> bool:
        """Whether a person should look before this mark is used."""
        return self.problem is not None or any(not q.status.decided for q in self.questions)

    def to_json(self) -> str:
        """One line of JSON, the same bytes for the same report."""
        record = asdict(self) | {"score": self.score, "max_score": self.max_score}
        return json.dumps(record, ensure_ascii=True, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> Report:
        record = json.loads(line)
        record.pop("score"), record.pop("max_score")
        record["questions"] = _questions(record["questions"])
        record["notes"] = tuple(record["notes"])
        return cls(**record)


def _questions(records: Iterable[dict]) -> tuple[Question, ...]:
    return tuple(
        Question(**(r | {"status": Status(r["status"]), "seen": seen_from(r.get("seen"))}))
        for r in records
    )


def seen_from(record: dict[str, Any] | None) -> Seen | None:
    """What `dataclasses.asdict` made of a `Seen`, as one again."""
    if record is None:
        return None
    rows = {name: tuple(record[name]) for name in ("x", "yours", "numerical")}
    return Seen(record["line"], **rows)
