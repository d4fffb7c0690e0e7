"""Ask the real engine about one answer and one test cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graders.grading import Graded, Worker
from graders.limits import MEBIBYTE, Limits
from graders.rebuild import rebuild
from graders.report import Question
from graders.sandbox import missing_layers

LIMITS = Limits(
    cell_seconds=5,
    question_seconds=5,
    submission_seconds=60,
    memory_bytes=300 * MEBIBYTE,
    value_bytes=16 * MEBIBYTE,
    output_bytes=200_000,
)
ISOLATION = "none" if missing_layers() else "full"


@contextmanager
def engine() -> Iterator[Engine]:
    with Worker(LIMITS, isolation=ISOLATION, secret=b"test") as worker:
        yield Engine(worker)


class Engine:
    """Grades notebooks of one given cell, one answer and one test."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def graded(
        self,
        answer: str,
        *tests: str,
        given: str = "import numpy as np",
        solution: str = "pass",
        tags: tuple[str, ...] = (),
        files: dict[str, bytes] | None = None,
        points: float = 2,
    ) -> Graded:
        """`solution` is what the instructor wrote where the student wrote `answer`."""
        source = _notebook(given, solution, tests, tags, points)
        submission = _notebook(given, answer, tests, tags, points)
        rebuilt = rebuild(source, submission)
        return self._worker.grade_rebuilt(rebuilt, source=source, files=files)

    def ask(self, answer: str, test: str, **options: Any) -> Question:
        return self.graded(answer, test, **options).report.questions[0]


def _notebook(
    given: str, answer: str, tests: tuple[str, ...], tags: tuple[str, ...], points: float
) -> bytes:
    cells = [
        _cell("given", given, locked=True),
        _cell("answer", answer, solution=True),
        *(
            _cell(f"q{i}", test, grade=True, locked=True, points=points, tags=tags)
            for i, test in enumerate(tests)
        ),
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


def _cell(
    grade_id: str,
    source: str,
    points: float | None = None,
    tags: tuple[str, ...] = (),
    **marks: bool,
) -> dict[str, Any]:
    marking: dict[str, Any] = {"grade": False, "solution": False, "locked": False}
    marking |= marks | {"task": False, "grade_id": grade_id, "schema_version": 3}
    if points is not None:
        marking["points"] = points
    return {
        "cell_type": "code",
        "id": grade_id,
        "metadata": {"nbgrader": marking, "tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
