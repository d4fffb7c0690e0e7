"""Operations that make one number of many: sums, means, extremes."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from minigrad.node import Node
from minigrad.rules.shapes import expand, reshape
from minigrad.rules.table import Case, linear

Axes = tuple[int, ...] | None
# NumPy's sum without the several layers of Python around it.
_add: Any = np.add.reduce


def spread(g: Any, x_shape: tuple[int, ...], dim: Axes, keepdim: bool) -> Any:
    """Copy each number of a reduced array along the axes that were reduced."""
    if dim is not None and not keepdim:
        kept = tuple([1 if i in dim else n for i, n in enumerate(x_shape)])
        g = reshape(g, kept)
    if isinstance(g, np.ndarray | np.generic):
        spread_out = np.empty(x_shape, g.dtype)
        spread_out[...] = g
        return spread_out
    return expand(g, x_shape)


def count(x_shape: tuple[int, ...], dim: Axes) -> int:
    """How many elements one result is made of."""
    return prod(x_shape if dim is None else [x_shape[i] for i in dim])


def _sum(x: Any, dim: Axes, keepdim: bool) -> Any:
    return _add(x, axis=dim, keepdims=keepdim)


def _mean(x: Any, dim: Axes, keepdim: bool) -> Any:
    total = _add(x, axis=dim, keepdims=keepdim)
    return total / total.dtype.type(count(x.shape, dim))


def one_or_zero(node: Node) -> str:
    """PyTorch numbers the forms of a reduction: over everything 0, over some axes 1."""
    dim = node.kept[node.plan.names.index("dim")] if node.kept else None
    return f"{node.plan.rule.name.capitalize()}Backward{0 if dim is None else 1}"


_CASES = (
    Case(((3, 4),), (None, False)),
    Case(((2, 3, 4),), ((1,), False)),
    Case(((2, 3, 4),), ((0, 2), True)),
    Case(((),), (None, False)),
)

sum = linear(
    "sum",
    _sum,
    lambda g, x_shape, dim, keepdim: spread(g, x_shape, dim, keepdim),
    params=("dim", "keepdim"),
    node_name=one_or_zero,
    formula=("1 for each summand",),
    cases=_CASES,
)

mean = linear(
    "mean",
    _mean,
    lambda g, x_shape, dim, keepdim: spread(
        g / float(count(x_shape, dim)), x_shape, dim, keepdim
    ),
    params=("dim", "keepdim"),
    node_name=one_or_zero,
    formula=("1/n for each of n",),
    note="NaN for no numbers at all",
    cases=_CASES,
)
