"""Small notebooks for the tests: cells as one would describe them, not as JSON."""

from __future__ import annotations

import json
from typing import Any


def cell(
    source: str,
    grade_id: str | None = None,
    *,
    kind: str = "code",
    points: float | None = None,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    task: bool = False,
    **more: Any,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if grade_id is not None:
        metadata["nbgrader"] = {
            "grade_id": grade_id,
            "grade": grade,
            "solution": solution,
            "locked": locked,
            "task": task,
            "schema_version": 3,
        }
        if points is not None:
            metadata["nbgrader"]["points"] = points
    built = {"cell_type": kind, "metadata": metadata, "source": source} | more
    if kind == "code":
        built |= {"outputs": [], "execution_count": None}
    return built


def given(source: str, **more: Any) -> dict[str, Any]:
    return cell(source, **more)


def text(source: str, **more: Any) -> dict[str, Any]:
    return cell(source, kind="markdown", **more)


def answer(grade_id: str, source: str, **more: Any) -> dict[str, Any]:
    return cell(source, grade_id, solution=True, **more)


def graded(grade_id: str, source: str, points: float = 1.0, **more: Any) -> dict[str, Any]:
    return cell(source, grade_id, grade=True, locked=True, points=points, **more)


def manual(grade_id: str, source: str, points: float = 1.0, **more: Any) -> dict[str, Any]:
    return cell(
        source,
        grade_id,
        grade=True,
        solution=True,
        points=points,
        **({"kind": "markdown"} | more),
    )


def notebook(*cells: dict[str, Any], version: int = 4, **more: Any) -> bytes:
    return json.dumps(
        {
            "cells": list(cells),
            "metadata": {
                "kernelspec": {
                    "name": "python3",
                    "display_name": "Python 3",
                    "language": "python",
                }
            },
            "nbformat": version,
            "nbformat_minor": 4 if version == 4 else 0,
        }
        | more
    ).encode()


SOLVED = "### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
STUB = "# YOUR CODE HERE\n    raise NotImplementedError()"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert df(7) == 14\n### END HIDDEN TESTS"


def source() -> bytes:
    """One answer, one test with a hidden part, a second pair, and one answer in words."""
    return notebook(
        text("# Slopes"),
        given("import math"),
        answer("df", f"def df(x):\n    {SOLVED}"),
        graded("df_test", f"assert df(1) == 2\n{HIDDEN}", 2),
        answer("dg", f"def dg(x):\n    {SOLVED}"),
        graded("dg_test", "assert dg(3) == 6", 3),
        manual("why", "Because of the limit.", 4),
    )


def submission(**answers: str) -> list[dict[str, Any]]:
    """What a student gets from `source`, with some of the answers given."""
    return [
        text("# Slopes"),
        given("import math"),
        answer("df", answers.get("df", f"def df(x):\n    {STUB}")),
        graded("df_test", "assert df(1) == 2", 2),
        answer("dg", answers.get("dg", f"def dg(x):\n    {STUB}")),
        graded("dg_test", "assert dg(3) == 6", 3),
        manual("why", answers.get("why", "YOUR ANSWER HERE"), 4),
    ]
