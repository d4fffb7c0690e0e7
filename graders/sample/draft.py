"""A submission in the making: the released notebook, filled in, and what it should earn.

Whoever changes the notebook says at the same time what that is worth, so the expected marks are
written down before any grader has seen the submission.
"""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.conventions import Conventions
from graders.keys.key import Key
from graders.rebuild import Slot, template
from graders.report import Report, Status
from graders.sample.answers import labels, written

LETTER = """\
Dear author, the first of your two numbers is the slope of the whole chain, so the inner slope
is in it already, and you multiply by it once more. That is why x cancels and you print the same
number everywhere. One difference quotient at x = 5 gives 0.4."""
Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a fair grader finds: a status for every question, and the misconceptions by name.

    `any_of` lists the statuses that are fair for a question: how a machine stops runaway code
    decides between, say, too much memory and a crash, and the mark is the same.
    """

    any_of: Mapping[str, tuple[Status, ...]]
    misconceptions: Mapping[str, str] = field(default_factory=dict)
    unreadable: bool = False

    def differences(self, report: Report | None) -> list[str]:
        """Where `report` says something else, in words; empty when it is as expected."""
        if report is None:
            return ["there is no report"]
        found = []
        if (report.problem is not None) != self.unreadable:
            found.append(f"problem: {report.problem or 'none'}")
        asked = {question.id: question for question in report.questions}
        if asked.keys() != self.any_of.keys():
            return [*found, f"questions: {', '.join(asked) or 'none'}"]
        for name, statuses in self.any_of.items():
            question = asked[name]
            if question.status not in statuses:
                wanted = " or ".join(statuses)
                found.append(f"{name}: {question.status}, expected {wanted}")
            if question.points != _points(question.status, question.max_points):
                found.append(f"{name}: {question.points} points for {question.status}")
            wanted = self.misconceptions.get(name)
            if wanted != question.misconception:
                found.append(f"{name}: {question.misconception}, expected {wanted}")
        return found


def _points(status: Status, max_points: float) -> float | None:
    if not status.decided:
        return None
    return max_points if status is Status.PASSED else 0.0


class Assignment:
    """The instructor's notebook: its slots, and which cells belong to which key."""

    def __init__(self, source: bytes, keys: Mapping[str, Key]):
        self.slots, self.metadata = template(source, Conventions())
        self.keys = dict(keys)
        self.tests = {name: self._test_of(name) for name in keys}
        self.asked = {name: _asked(slot, name) for name, slot in self.tests.items()}
        self.answers = {name: self._answer_to(name) for name in keys}
        self.by_hand = [s for s in self.slots if s.role == "manual"]

    def _answer_to(self, name: str) -> Slot:
        wanted = set(self.asked[name].split(", "))
        (slot,) = (s for s in self.slots if s.role == "answer" and wanted <= _defined(s.cell))
        return slot

    def _test_of(self, name: str) -> Slot:
        (slot,) = (
            s for s in self.slots if s.role == "test" and f"key.{name}." in s.cell["source"]
        )
        return slot

    def released(self) -> dict[str, Any]:
        """The notebook that students get."""
        cells = [copy.deepcopy(s.cell) | {"source": s.released} for s in self.slots]
        return {
            "cells": cells,
            "metadata": copy.deepcopy(self.metadata),
            "nbformat": 4,
            "nbformat_minor": 5,
        }


def _asked(test: Slot, name: str) -> str:
    """What the hidden test takes from the student: a name, or several with commas."""
    for node in ast.walk(ast.parse(test.cell["source"])):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if called.startswith(f"key.{name}.") and called.endswith(".test"):
            return ast.unparse(node.args[0]).strip("()")
    raise LookupError(f"no test of {name} in {test.mark.grade_id}")


def _defined(cell: Cell) -> set[str]:
    names = set()
    for node in ast.parse(cell["source"]).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


class Draft:
    """One student's copy of the notebook; every question starts out right."""

    def __init__(self, assignment: Assignment):
        self.assignment = assignment
        self.notebook = assignment.released()
        self._cells = {_grade_id(cell): cell for cell in self.notebook["cells"]}
        self.settled: set[str] = set()  # the questions that somebody has decided about
        self.any_of: dict[str, tuple[Status, ...]] = {}
        self.misconceptions: dict[str, str] = {}
        self.unreadable = False
        self._finish: Callable[[bytes], bytes] = lambda data: data
        for name in assignment.keys:
            self.right(name)
        self.settled.clear()
        for slot in assignment.by_hand:
            self.cell(slot)["source"] = _by_hand(slot)
            self.any_of[slot.mark.grade_id] = (Status.NEEDS_MANUAL,)

    # -- answers ------------------------------------------------------------------------------

    def right(self, question: str, style: int = 0) -> None:
        """Answer as the reference (0) or one of the alternatives does."""
        key = self.assignment.keys[question]
        styles = labels(key)
        text = written(key, styles[style % len(styles)], self.assignment.asked[question])
        self.answer(question, text, Status.PASSED)

    def wrong(self, question: str, misconception: str) -> None:
        """Answer with a known misconception, which the report should name."""
        key = self.assignment.keys[question]
        text = written(key, misconception, self.assignment.asked[question])
        self.answer(question, text, Status.FAILED)
        self.misconceptions[self.test_id(question)] = misconception

    def answer(self, question: str, text: str, *any_of: Status) -> None:
        """Type `text` into the answer cell; `any_of` are the statuses that are fair for it."""
        self.answer_cell(question)["source"] = text
        self.expect(question, *any_of)

    def expect(self, question: str, *any_of: Status) -> None:
        """Say what a question is worth without touching its answer."""
        self.settled.add(question)
        self.any_of[self.test_id(question)] = any_of
        self.misconceptions.pop(self.test_id(question), None)

    # -- cells --------------------------------------------------------------------------------

    def test_id(self, question: str) -> str:
        return self.assignment.tests[question].mark.grade_id

    def cell(self, slot: Slot) -> Cell:
        """The student's copy of a cell of the instructor's."""
        return self._cells[slot.mark.grade_id]

    def answer_cell(self, question: str) -> Cell:
        return self.cell(self.assignment.answers[question])

    def test_cell(self, question: str) -> Cell:
        return self.cell(self.assignment.tests[question])

    def delete(self, cell: Cell) -> None:
        self.notebook["cells"].remove(cell)

    def insert_before(self, cell: Cell, text: str) -> None:
        """Add a code cell of the student's own."""
        added = {
            "cell_type": "code",
            "execution_count": None,
            "id": f"own-{len(self.notebook['cells'])}",
            "metadata": {},
            "outputs": [],
            "source": text,
        }
        self.notebook["cells"].insert(self.notebook["cells"].index(cell), added)

    # -- the file -----------------------------------------------------------------------------

    def spoil(self, finish: Callable[[bytes], bytes]) -> None:
        """Make the file one that cannot be read: no question is answered."""
        self._finish, self.unreadable = finish, True
        self.settled = set(self.assignment.keys)
        self.any_of = dict.fromkeys(self.any_of, (Status.MISSING,))
        self.misconceptions = {}

    @property
    def data(self) -> bytes:
        text = json.dumps(self.notebook, ensure_ascii=False, indent=1, sort_keys=True)
        return self._finish(f"{text}\n".encode())

    @property
    def expected(self) -> Expected:
        return Expected(dict(self.any_of), dict(self.misconceptions), self.unreadable)


def _grade_id(cell: Cell) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _by_hand(slot: Slot) -> str:
    if slot.cell["cell_type"] != "code":
        return LETTER
    lines = slot.cell["source"].split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith("###"))
