"""The instructor's notebook with only the student's answers laid in.

A student's notebook is data, never authority: its points, tags, metadata, kernel and test cells
count for nothing. Every cell that is graded, given or explained comes from the instructor's
notebook, in the instructor's order; from the student come the texts of the answer cells and the
cells that the student added, which stay behind the cell that they followed. A student's cell is
recognised by nbgrader's id, else by Jupyter's cell id, else by its text, else by what it
defines, else by its place, so that a notebook that lost its metadata still finds its marks.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graders.conventions import (
    SCHEMA_VERSION,
    Conventions,
    Marking,
    SourceProblem,
    checksum,
    marking,
)
from graders.notebook import UNNAMED, read_notebook

LIKE = 0.75  # from here on two texts are versions of one another
COMPARED_CHARACTERS = 2_000
COMPARED_CELLS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a rebuilt notebook.

    `role`: "text" (Markdown, raw), "given" (the instructor's code), "answer" (the student's
    code), "test" (a graded test cell, hidden tests included), "manual" (an answer or a task
    that a person marks; code or Markdown), "extra" (code that the student added; run, never
    trusted). `missing`: an answer that was deleted, left empty or left as it was released.
    """

    index: int
    role: str
    source: str
    grade_id: str | None = None
    points: float = 0.0
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`notebook` is the nbformat dictionary that `cells` was read from, without outputs.

    `problem` says in a sentence why nothing of the submission could be used; then every answer
    is missing and there is no reason to run anything.
    """

    cells: tuple[Cell, ...]
    notebook: dict[str, Any]
    notes: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell of the instructor's notebook, and how it looked when it was released."""

    cell: dict[str, Any]
    role: str
    mark: Marking | None
    released: str

    @property
    def open(self) -> bool:
        """Whether the student's text belongs in it."""
        return self.mark is not None and self.mark.solution


Slots = tuple[Slot, ...]
Cells = list[dict[str, Any]]
Matched = dict[int, int]  # from the index of a slot to that of the student's cell
Pairs = Iterator[tuple[int, int]]
Laid = tuple[dict[str, Any], str, Slot | None, bool]  # contents, role, slot, missing


def rebuild(
    source: bytes, submission: bytes, conventions: Conventions | None = None
) -> Rebuilt:
    """Lay the answers found in `submission` into the notebook in `source`.

    Any bytes will do for `submission`.

    Raises:
        SourceProblem: `source` is not a notebook that can be graded.
    """
    slots, metadata = template(source, conventions or Conventions())
    reading = read_notebook(submission)
    students = reading.notebook["cells"] if reading.notebook else []
    matched = _match(slots, students)
    notes = [*reading.notes, *_notes(slots, students, matched)]
    problem = reading.problem
    answers = [i for i, slot in enumerate(slots) if slot.open]
    if problem is None and answers and not any(i in matched for i in answers):
        problem = (
            f"None of the {len(answers)} answer cells is in this notebook; "
            "it may belong to another assignment."
        )
    cells: list[Cell] = []
    contents: list[dict[str, Any]] = []
    for content, role, slot, missing in _laid_out(slots, students, matched):
        mark = slot.mark if slot is not None else None
        graded = mark is not None and (mark.grade or mark.task)
        cells.append(
            Cell(
                index=len(contents),
                role=role,
                source=content["source"],
                grade_id=mark.grade_id if mark else None,
                points=mark.points if mark and graded else 0.0,
                missing=missing,
            )
        )
        contents.append(content)
    _keep_ids_apart(contents)
    notebook = {
        "cells": contents,
        "metadata": copy.deepcopy(metadata),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Rebuilt(
        tuple(cells), notebook, tuple(notes if problem is None else reading.notes), problem
    )


# -- the instructor's notebook ----------------------------------------------------------------


@lru_cache(maxsize=64)
def template(
    source: bytes, conventions: Conventions
) -> tuple[tuple[Slot, ...], dict[str, Any]]:
    """The cells of the instructor's notebook, and its metadata; neither is to be changed.

    Raises:
        SourceProblem: it is not a notebook, or its nbgrader metadata contradict themselves.
    """
    reading = read_notebook(source)
    if reading.notebook is None:
        raise SourceProblem(reading.problem or "")
    slots = tuple(_slot(cell, conventions) for cell in reading.notebook["cells"])
    seen: set[str] = set()
    for slot in slots:
        if slot.mark is None:
            continue
        if slot.mark.grade_id in seen:
            raise SourceProblem(
                f"two cells have the nbgrader id {slot.mark.grade_id!r}; give one of them "
                "another id in JupyterLab's 'Create Assignment' panel."
            )
        seen.add(slot.mark.grade_id)
    return slots, reading.notebook["metadata"]


def _slot(cell: dict[str, Any], conventions: Conventions) -> Slot:
    mark = marking(cell)
    if mark is None or (mark.role == "given" and cell["cell_type"] != "code"):
        role = "given" if cell["cell_type"] == "code" else "text"
    else:
        role = mark.role
    released = cell["source"]
    if mark is not None and mark.solution:
        released = conventions.stub(released, cell["cell_type"])
    released = conventions.visible(released)
    cell["metadata"].pop("nbgrader", None)
    if mark is not None:
        cell["metadata"]["nbgrader"] = _metadata(cell, mark, released)
    return Slot(cell, role, mark, released)


def _metadata(cell: dict[str, Any], mark: Marking, released: str) -> dict[str, Any]:
    """What nbgrader writes into a released cell (schema 3)."""
    shown = released if mark.solution else cell["source"]
    metadata = {
        "cell_type": cell["cell_type"],
        "checksum": checksum(cell | {"source": shown}, mark),
        "grade": mark.grade,
        "grade_id": mark.grade_id,
        "locked": mark.is_locked,
        "schema_version": SCHEMA_VERSION,
        "solution": mark.solution,
        "task": mark.task,
    }
    if mark.grade or mark.task:
        metadata["points"] = mark.points
    return metadata


# -- which of the student's cells is which ----------------------------------------------------


def _match(slots: Slots, students: Cells) -> Matched:
    """The index of the student's cell that stands for each slot, as far as one is found."""
    matched: Matched = {}
    used: set[int] = set()
    for find in (_by_grade_id, _by_cell_id, _by_text, _by_likeness, _by_place):
        for slot, student in find(slots, students, matched, used):
            if slot not in matched and student not in used:
                matched[slot] = student
                used.add(student)
    return matched


def _by_grade_id(slots: Slots, students: Cells, matched: Matched, used: set[int]) -> Pairs:
    holders: dict[str, list[int]] = defaultdict(list)
    for j, cell in enumerate(students):
        grade_id = _claimed_id(cell)
        if grade_id is not None:
            holders[grade_id].append(j)
    unique = {}
    for i, slot in enumerate(slots):
        if slot.mark is not None and len(holders[slot.mark.grade_id]) == 1:
            unique[i] = holders[slot.mark.grade_id][0]
    yield from unique.items()
    for i, slot in enumerate(slots):
        copies = holders[slot.mark.grade_id] if slot.mark is not None else []
        if len(copies) > 1:
            yield i, _best_copy(slot, i, copies, students, unique)


def _best_copy(slot: Slot, i: int, copies: list[int], students: Cells, unique: Matched) -> int:
    """Of several cells with one id: an answered one, in place, and of those the last.

    The others stay where they are and run as added cells, so what the student's code does is
    what it did in the student's own notebook.
    """
    low, high = _gap(i, unique, len(students))
    return max(
        copies,
        key=lambda j: (not _same_text(students[j], slot.released), low < j < high, j),
    )


def _by_cell_id(slots: Slots, students: Cells, matched: Matched, used: set[int]) -> Pairs:
    by_id = {cell["id"]: j for j, cell in enumerate(students) if j not in used}
    for i, slot in enumerate(slots):
        identifier = slot.cell["id"]
        if i not in matched and identifier in by_id and not identifier.startswith(UNNAMED):
            yield i, by_id[identifier]


def _by_text(slots: Slots, students: Cells, matched: Matched, used: set[int]) -> Pairs:
    places: dict[str, list[int]] = defaultdict(list)
    for j, cell in enumerate(students):
        if j not in used:
            places[_stripped(cell["source"])].append(j)
    for i, slot in enumerate(slots):
        text = _stripped(slot.released)
        if i in matched or not text or not places[text]:
            continue
        low, high = _gap(i, matched, len(students))
        here = [j for j in places[text] if low < j < high]
        place = (here or places[text])[0]
        places[text].remove(place)
        yield i, place


def _by_likeness(slots: Slots, students: Cells, matched: Matched, used: set[int]) -> Pairs:
    for i, slot in enumerate(slots):
        if i in matched:
            continue
        low, high = _gap(i, matched, len(students))
        free = _free(slots, students, used)
        near = [j for j in free if low < j < high]
        for group in (near, free) if slot.open else (near,):
            scored = [
                (_likeness(slot, students[j]["source"]), -j) for j in group[:COMPARED_CELLS]
            ]
            if scored and max(scored)[0] >= LIKE:
                yield i, -max(scored)[1]
                break


def _by_place(slots: Slots, students: Cells, matched: Matched, used: set[int]) -> Pairs:
    """Where between two known cells as many cells of a type are left as slots.

    First all that could have been edited, then the answers alone.
    """
    for open_only in (False, True):
        gaps: dict[tuple[int, int, str], list[int]] = defaultdict(list)
        for i, slot in enumerate(slots):
            if i not in matched and (slot.open or (slot.mark is None and not open_only)):
                gap = _gap(i, matched, len(students))
                gaps[*gap, slot.cell["cell_type"]].append(i)
        free = _free(slots, students, used)
        for (low, high, kind), lost in gaps.items():
            left = [j for j in free if low < j < high and students[j]["cell_type"] == kind]
            if len(left) == len(lost):
                yield from zip(lost, left, strict=True)


def _claimed_id(cell: dict[str, Any]) -> str | None:
    metadata = cell["metadata"].get("nbgrader")
    grade_id = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _free(slots: Slots, students: Cells, used: set[int]) -> list[int]:
    """The student's cells that are not taken and do not claim to be a copy of some other."""
    known = {slot.mark.grade_id for slot in slots if slot.mark is not None}
    return [
        j
        for j in range(len(students))
        if j not in used and _claimed_id(students[j]) not in known
    ]


def _gap(i: int, matched: Matched, end: int) -> tuple[int, int]:
    """The student's cells between which slot `i` should be, both ends excluded."""
    low = next((matched[k] for k in range(i - 1, -1, -1) if k in matched), -1)
    high = min((j for k, j in matched.items() if k > i and j > low), default=end)
    return low, high


def _likeness(slot: Slot, text: str) -> float:
    """Between 0 and 1; 1 if both define the same functions or names."""
    stub = slot.released
    wanted = _defined(stub)
    if slot.open and wanted:
        return 1.0 if wanted <= _defined(text) else 0.0
    matcher = difflib.SequenceMatcher(
        None, stub[:COMPARED_CHARACTERS], text[:COMPARED_CHARACTERS], autojunk=False
    )
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKE else 0.0


def _defined(text: str) -> set[str]:
    found = re.finditer(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=(?!=)", text, re.MULTILINE)
    return {match[1] or match[2] for match in found}


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _same_text(cell: dict[str, Any], released: str) -> bool:
    text = _stripped(cell["source"])
    return (not text or text == _stripped(released)) and not cell.get("attachments")


# -- laying out -------------------------------------------------------------------------------


def _laid_out(slots: Slots, students: Cells, matched: Matched) -> Iterator[Laid]:
    """Every cell of the rebuilt notebook, in order."""
    slot_of = {j: i for i, j in matched.items()}
    added: dict[int, list[int]] = defaultdict(list)
    anchor = -1
    for j in range(len(students)):
        anchor = slot_of.get(j, anchor)
        if j not in slot_of:
            added[anchor].append(j)
    yield from (_added(students[j]) for j in added[-1])
    for i, slot in enumerate(slots):
        student = students[matched[i]] if i in matched else None
        yield _filled(slot, student)
        if student is not None and _is_own_version(slot, student):
            yield _added(student)
        yield from (_added(students[j]) for j in added[i])


def _filled(slot: Slot, student: dict[str, Any] | None) -> Laid:
    content = copy.deepcopy(slot.cell)
    if not slot.open:
        return content, slot.role, slot, False
    missing = student is None or _same_text(student, slot.released)
    content["source"] = slot.released if student is None else student["source"]
    content.pop("attachments", None)
    if student is not None and "attachments" in student and content["cell_type"] == "markdown":
        content["attachments"] = student["attachments"]
    return content, slot.role, slot, missing


def _added(student: dict[str, Any]) -> Laid:
    content = student | {"metadata": {}}
    return content, "extra" if content["cell_type"] == "code" else "text", None, False


def _is_own_version(slot: Slot, student: dict[str, Any]) -> bool:
    """Whether the student made something of a cell that could be edited but asks nothing.

    An import added to the first cell is as good as a cell of one's own. Code in a locked cell
    is put back, as nbgrader does, but words written there are shown to whoever marks.
    """
    if slot.open or _same_text(student, slot.released):
        return False
    return slot.mark is None or student["cell_type"] != "code"


def _keep_ids_apart(contents: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for index, content in enumerate(contents):
        if content["id"] in seen:
            content["id"] = f"added-{index}"
        seen.add(content["id"])


def _notes(slots: Slots, students: Cells, matched: Matched) -> Iterator[str]:
    """What a person may want to know about how the notebook differed from what was released."""
    copies = Counter(_claimed_id(cell) for cell in students)
    lost = 0
    for i, slot in enumerate(slots):
        if slot.mark is None:
            continue
        name = slot.mark.grade_id
        what = "The answer" if slot.open else "The test" if slot.mark.grade else "The read-only"
        if i not in matched:
            then = "it counts as not answered" if slot.open else "it is put back"
            yield f"{what} cell {name} had been deleted; {then}."
            continue
        student = students[matched[i]]
        if copies[name] > 1:
            yield f"Cell {name} is there {copies[name]} times; one is graded, the rest are run."
        elif not copies[name]:
            lost += 1
        if student["cell_type"] != slot.cell["cell_type"]:
            yield f"Cell {name} had been changed from {slot.cell['cell_type']} to another type."
        if not slot.open and not _same_text(student, slot.released):
            yield f"{what} cell {name} had been edited; the instructor's version is used."
    if lost:
        cells, are = ("cell", "is") if lost == 1 else ("cells", "are")
        yield f"{lost} {cells} without an nbgrader id {are} known by text or place."
