"""Running sums, products and extremes along an axis, and picking elements along one."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.batched import anywhere, zeros
from minigrad.node import Node
from minigrad.rules.elementwise import exp
from minigrad.rules.table import Case, Rule, general, linear

# --- Picking ------------------------------------------------------------------------


def _pick(x: Any, index: Any, dim: int, keepdim: bool, name: str) -> Any:
    picked = np.take_along_axis(x, index, dim)
    return picked if keepdim else np.squeeze(picked, dim)[()]


def _place(x: Any, shape: tuple[int, ...], index: Any, dim: int, keepdim: bool) -> Any:
    whole = zeros(shape, x)
    if not keepdim:
        x = np.expand_dims(x, dim)
    if index.shape[dim] == 1:
        np.put_along_axis(whole, index, x, dim)
        return whole
    places = list(np.indices(index.shape, sparse=True))
    places[dim] = index
    np.add.at(whole, tuple(places), x)
    return whole


def _name_of_pick(node: Node) -> str:
    """The operation that picked."""
    return str(node.kept[node.plan.names.index("name")]) if node.kept else "PickBackward0"


_INDEX = np.array([[2], [0], [1]])
_SEVERAL = np.array([[2, 2], [0, 3], [1, 1]])

pick: Rule = linear(
    "pick",
    _pick,
    lambda g, x_shape, index, dim, keepdim, name: place(g, x_shape, index, dim, keepdim),
    params=("index", "dim", "keepdim", "name"),
    node_name=_name_of_pick,
    formula=("1 for each element picked",),
    note="the elements at given places along an axis, as the maxima are",
    cases=(
        Case(((3, 4),), (_INDEX, 1, False, "MaxBackward0")),
        Case(((3, 4),), (_SEVERAL, 1, True, "CummaxBackward0")),
    ),
)

place: Rule = linear(
    "place",
    _place,
    lambda g, index, dim, keepdim: pick(g, index, dim, keepdim, "GatherBackward0"),
    params=("shape", "index", "dim", "keepdim"),
    node_name="ValueSelectingReductionBackward0",
    formula=("the elements at those places",),
    cases=(
        Case(((3,),), ((3, 4), _INDEX, 1, False)),
        Case(((3, 2),), ((3, 4), _SEVERAL, 1, True)),
    ),
)


# --- Running sums ---------------------------------------------------------------------

_CASES = (Case(((3, 4),), (1,)), Case(((2, 3, 4),), (0,)))

cumsum: Rule = linear(
    "cumsum",
    lambda x, dim: np.cumsum(x, dim, dtype=x.dtype),
    lambda g, dim: reverse_cumsum(g, dim),
    params=("dim",),
    formula=("1 for this and all later sums",),
    cases=_CASES,
)

reverse_cumsum: Rule = linear(
    "reverse_cumsum",
    lambda x, dim: np.flip(np.cumsum(np.flip(x, dim), dim, dtype=x.dtype), dim),
    lambda g, dim: cumsum(g, dim),
    params=("dim",),
    formula=("1 for this and all earlier sums",),
    cases=_CASES,
)


def _later(n: int) -> Any:
    """For element i of n and place k: whether k is not before i."""
    return np.triu(np.ones((n, n), bool))


# --- Running products ---------------------------------------------------------------------


def _products_without(x: Any) -> Any:
    """[..., i, k]: the product of the elements up to k, without element i; 0 for k < i."""
    n = x.shape[-1]
    rows = np.where(np.eye(n, dtype=bool), 1.0, x[..., None, :])
    return np.where(_later(n), cumprod(rows, rows.ndim - 1), 0.0)


def _cumprod_vjp(g: Any, x: Any, out: Any, dim: int) -> Any:
    if not anywhere(x == 0):
        return reverse_cumsum(g * out, dim) / x
    weighted = g.swapaxes(dim, -1)[..., None, :] * _products_without(x.swapaxes(dim, -1))
    return weighted.sum(-1).swapaxes(dim, -1)


def _cumprod_jvp(t: Any, x: Any, out: Any, dim: int) -> Any:
    if not anywhere(x == 0):
        return out * cumsum(t / x, dim)
    weighted = t.swapaxes(dim, -1)[..., :, None] * _products_without(x.swapaxes(dim, -1))
    return weighted.sum(-2).swapaxes(dim, -1)


cumprod: Rule = general(
    "cumprod",
    lambda x, dim: np.cumprod(x, dim, dtype=x.dtype),
    [_cumprod_vjp],
    [_cumprod_jvp],
    params=("dim",),
    formula=("for each product with x in it: the product of its others",),
    note="with a 0 among n elements the derivative takes n² numbers",
    cases=(
        Case(((3, 4),), (1,), 0.5, 2.0),
        Case(((2, 3, 4),), (0,), 0.5, 2.0),
        Case((np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]),), (1,)),
    ),
)

# --- Running logarithms of sums of exponentials ---------------------------------------------


def _weights(x: Any, out: Any) -> Any:
    """[..., i, k]: the share of element i in the sum up to k; 0 for k < i."""
    # The exponent is never positive where it counts, so nothing overflows.
    exponent = x[..., :, None] - out[..., None, :]
    return exp(np.where(_later(x.shape[-1]), exponent, -np.inf))


def _logcumsumexp_vjp(g: Any, x: Any, out: Any, dim: int) -> Any:
    weights = _weights(x.swapaxes(dim, -1), out.swapaxes(dim, -1))
    return (g.swapaxes(dim, -1)[..., None, :] * weights).sum(-1).swapaxes(dim, -1)


def _logcumsumexp_jvp(t: Any, x: Any, out: Any, dim: int) -> Any:
    weights = _weights(x.swapaxes(dim, -1), out.swapaxes(dim, -1))
    return (t.swapaxes(dim, -1)[..., :, None] * weights).sum(-2).swapaxes(dim, -1)


logcumsumexp = general(
    "logcumsumexp",
    lambda x, dim: np.logaddexp.accumulate(x, axis=dim),
    [_logcumsumexp_vjp],
    [_logcumsumexp_jvp],
    params=("dim",),
    formula=("eˣ/Σeˣ for this and all later sums",),
    note="the derivative takes n² numbers for n elements",
    cases=_CASES,
)
