"""Notebooks in which every student has numbers of their own.

Which assignments are handed out so stands in the course's `nbgrader_config.py`:

    c.Variants.assignments = ["ps1_derivatives"]

A student's source is the instructor's with the passages of each question that has versions
exchanged (see `graders.keys.variants`). It is a whole notebook, solution and hidden tests
included, so whatever releases, rebuilds or judges takes it like any other.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graders.conventions import Conventions, SourceProblem, checksum
from graders.keys.variants import Family, Parameters, shown
from graders.notebook import read_notebook
from graders.problems import UserProblem
from graders.rebuild import Slot, template

if TYPE_CHECKING:
    from graders.course import Course

_MODULE = re.compile(r"^from graders\.keys import (\w+) as key$", re.MULTILINE)
_USED = re.compile(r"\bkey\.(\w+)\.variant\(")


@dataclass(frozen=True, slots=True)
class Variants:
    """Who has which version of the questions of an assignment."""

    assignment: str
    secret: bytes = field(repr=False)

    def version(self, question: str, family: Family, student: str) -> Parameters:
        return family.of(student, question, self.assignment, self.secret)

    def versions(self, source: bytes, student: str) -> dict[str, Parameters]:
        """The parameters of each question that has versions."""
        families = _families(source)
        return {name: self.version(name, family, student) for name, family in families.items()}

    def source(self, source: bytes, student: str) -> bytes:
        """The instructor's notebook as if it had been written for `student`.

        Raises:
            SourceProblem: a passage of the default version is not in the notebook.
        """
        versions = self.versions(source, student)
        return _exchanged(source, tuple((q, tuple(p.items())) for q, p in versions.items()))

    def whose(
        self, source: bytes, submission: bytes, student: str, everybody: Iterable[str]
    ) -> str | None:
        """A remark, when a submission shows another version than the student's own.

        The bytes are searched and not parsed: what a student hands in is read in a worker.
        """
        for question, family in _families(source).items():
            mine = self.version(question, family, student)
            if _shows(submission, _public(source, family, mine)):
                continue
            for theirs in (*family.members, family.default):
                if theirs == mine or not _shows(submission, _public(source, family, theirs)):
                    continue
                owners = [
                    other
                    for other in everybody
                    if other != student and self.version(question, family, other) == theirs
                ]
                who = f"that of {_few(owners)}" if owners else "no student's of this class"
                return (
                    f"The notebook has {question} in another version than {student}'s "
                    f"({shown(theirs)} for {shown(mine)}): it is {who}."
                )
        return None


def variants_of(course: Course, assignment: str) -> Variants | None:
    """The variants of an assignment; None where all students have the same notebook.

    Raises:
        UserProblem: the configuration names an assignment that there is not.
    """
    chosen = course.config.get("Variants", {}).get("assignments", [])
    if unknown := sorted(set(chosen) - set(course.assignments())):
        raise UserProblem(
            f"nbgrader_config.py: c.Variants.assignments names {', '.join(unknown)}, and there "
            f"is no such assignment. There are: {', '.join(course.assignments())}."
        )
    if assignment not in chosen:
        return None
    if not any(map(_families, course.sources(assignment).values())):
        raise UserProblem(
            f"nbgrader_config.py: c.Variants.assignments names {assignment}, but none of its "
            "hidden tests says 'key.QUESTION.variant(...).test(...)'."
        )
    return Variants(assignment, course.secret)


def released(source: bytes, conventions: Conventions) -> bytes:
    """A source as students get it: what `nbgrader generate_assignment` makes of it."""
    slots, metadata = template(source, conventions)
    cells = [_as_released(slot) for slot in slots]
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _as_released(slot: Slot) -> dict[str, Any]:
    cell = {**slot.cell, "source": slot.released, "metadata": {**slot.cell["metadata"]}}
    if slot.mark is not None:
        digest = checksum(cell, slot.mark)
        cell["metadata"]["nbgrader"] = {**cell["metadata"]["nbgrader"], "checksum": digest}
    if cell["cell_type"] == "code":
        cell |= {"outputs": [], "execution_count": None}
    return cell


@lru_cache(maxsize=256)  # a class shares versions
def _exchanged(source: bytes, versions: tuple[tuple[str, tuple[Any, ...]], ...]) -> bytes:
    """The notebook with the default's passages exchanged for those of `versions`."""
    exchanged: dict[str, str] = {}
    for question, parameters in versions:
        family = _families(source)[question]
        mine = family.texts(question, dict(parameters))
        for what, text in family.texts(question, family.default).items():
            if exchanged.setdefault(text, mine[what]) != mine[what]:
                raise SourceProblem(f"{text!r} stands for more than one question's {what}.")
    notebook = read_notebook(source).notebook or {"cells": []}
    lost = set(exchanged)
    # The longest first: a passage may begin another.
    parts = "|".join(map(re.escape, sorted(exchanged, key=len, reverse=True)))

    def mine_for(found: re.Match[str]) -> str:
        lost.discard(found.group())
        return exchanged[found.group()]

    for cell in notebook["cells"]:
        cell["source"] = re.sub(parts, mine_for, cell["source"])
    if lost:
        raise SourceProblem(
            f"the notebook does not contain {min(lost)!r}, which differs from student to "
            "student; write it as the key does."
        )
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


@lru_cache(maxsize=16)
def _families(source: bytes) -> dict[str, Family]:
    """The questions of a notebook that have versions, by the calls in its hidden tests."""
    found: dict[str, Family] = {}
    for cell in (read_notebook(source).notebook or {"cells": []})["cells"]:
        for module in _MODULE.findall(cell["source"]):
            for question in _USED.findall(cell["source"]):
                key = getattr(importlib.import_module(f"graders.keys.{module}"), question, None)
                if key is None or key.family is None:
                    raise SourceProblem(
                        f"the hidden test of {question} names a variant, and the key has none."
                    )
                found[question] = key.family
    return found


def _public(source: bytes, family: Family, parameters: Parameters) -> Iterator[bytes]:
    """The passages of a version that a student's notebook shows, as they stand in its JSON."""
    shown_text = b"".join(
        slot.released.encode() for slot in template(source, Conventions())[0] if not slot.open
    )
    for what, text in family.passages(**parameters).items():
        default = family.passages(**family.default)[what]
        if text.isascii() and default.encode() in shown_text:
            yield json.dumps(text)[1:-1].encode()


def _shows(data: bytes, passages: Iterable[bytes]) -> bool:
    return all(passage in data for passage in passages)


def _few(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and others"
