"""Rows picked from a table, as an embedding does."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.batched import zeros
from minigrad.rules.table import Case, Rule, linear


def _add_rows(g: Any, shape: Any, index: Any, padding: int, by_frequency: bool) -> Any:
    rows = zeros(shape, g)
    flat, values = index.reshape(-1), g.reshape(index.size, *shape[1:])
    if by_frequency:
        counts = np.bincount(flat, minlength=shape[0])
        values = values / counts[flat].reshape(-1, *[1] * (len(shape) - 1))
    np.add.at(rows, flat, values)
    if padding >= 0:
        rows[padding] = 0
    return rows


def _tangent_rows(t: Any, index: Any, padding: int, by_frequency: bool) -> Any:
    """The transpose of `_add_rows`, which leaves out the padding row."""
    if padding >= 0:
        t = t.copy()
        t[padding] = 0
    rows = t[index]
    if by_frequency:
        counts = np.bincount(index.reshape(-1), minlength=len(t))
        rows = rows / counts[index].reshape(*index.shape, *[1] * (t.ndim - 1))
    return rows


_INDEX = np.array([[0, 2], [2, 3]])

embedding: Rule = linear(
    "embedding",
    lambda x, index, padding, by_frequency: x[index],
    lambda g, x_shape, index, padding, by_frequency: embedding_backward(
        g, x_shape, index, padding, by_frequency
    ),
    params=("index", "padding", "by_frequency"),
    formula=("adds each back to its row",),
    note="a row picked twice receives both cotangents; the padding row none",
    cases=(Case(((4, 3),), (_INDEX, -1, False)),),
)

embedding_backward: Rule = linear(
    "embedding_backward",
    _add_rows,
    lambda g, index, padding, by_frequency: embedding_rows(g, index, padding, by_frequency),
    params=("shape", "index", "padding", "by_frequency"),
    formula=("the same rows",),
    cases=(
        Case(((2, 2, 3),), ((4, 3), _INDEX, -1, False)),
        Case(((2, 2, 3),), ((4, 3), _INDEX, 2, True)),
    ),
)

embedding_rows: Rule = linear(
    "embedding_rows",
    _tangent_rows,
    lambda g, x_shape, index, padding, by_frequency: embedding_backward(
        g, x_shape, index, padding, by_frequency
    ),
    params=("index", "padding", "by_frequency"),
    formula=("adds each back to its row",),
    cases=(Case(((4, 3),), (_INDEX, 2, True)),),
)
