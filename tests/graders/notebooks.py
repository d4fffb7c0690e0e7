"""Notebooks made by hand for the tests of the engine."""

from __future__ import annotations

from typing import Any

from graders.rebuild import Cell, Rebuilt


def rebuilt(*cells: tuple[Any, ...]) -> Rebuilt:
    """A rebuilt notebook of code cells, each `(role, source)` or `(role, source, points)`.

    A graded cell is called `q` and its place, from 0.
    """
    made, notebook = [], []
    for index, (role, source, *rest) in enumerate(cells):
        options = dict(rest[1]) if len(rest) > 1 else {}
        grade_id = f"q{index}" if role in ("test", "manual") else None
        points = float(rest[0]) if rest else 0.0
        made.append(
            Cell(index, role, source, grade_id, points, missing=options.get("missing", False))
        )
        notebook.append(
            {
                "cell_type": "code",
                "source": source,
                "metadata": {"tags": options.get("tags", [])},
                "outputs": [],
                "execution_count": None,
                "id": f"cell-{index}",
            }
        )
    content = {"cells": notebook, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return Rebuilt(tuple(made), content)
