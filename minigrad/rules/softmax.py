"""Scores into probabilities, and their logarithms: the softmax family, in one piece each."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.rules.elementwise import exp, exp_, log_
from minigrad.rules.reductions import sum as sum_
from minigrad.rules.table import Case, general

_CASES = (Case(((3, 4),), (1,)), Case(((2, 3, 4),), (0,)), Case(((5,),), (0,)))


def _shifted(x: Any, dim: int) -> Any:
    """Scores minus the largest, which changes no probability and overflows nowhere."""
    if not x.size:
        return x
    return x - np.maximum.reduce(x, axis=dim, keepdims=True)


def _softmax(x: Any, dim: int) -> Any:
    weights = exp_(_shifted(x, dim))
    return weights / np.add.reduce(weights, axis=dim, keepdims=True)


def _softmax_product(g: Any, out: Any, dim: int) -> Any:
    """The Jacobian diag(p) - p pᵀ is symmetric, so this serves both ways."""
    weighted = g * out
    return weighted - out * sum_(weighted, (dim,), True)


softmax = general(
    "softmax",
    _softmax,
    [_softmax_product],
    [_softmax_product],
    params=("dim",),
    formula=("diag(p) - p pᵀ",),
    note="p = eˣ/Σeˣ",
    cases=_CASES,
)


def _log_softmax(x: Any, dim: int) -> Any:
    shifted = _shifted(x, dim)
    return shifted - log_(np.add.reduce(exp_(shifted), axis=dim, keepdims=True))


log_softmax = general(
    "log_softmax",
    _log_softmax,
    [lambda g, out, dim: g - exp(out) * sum_(g, (dim,), True)],
    [lambda t, out, dim: t - sum_(exp(out) * t, (dim,), True)],
    params=("dim",),
    formula=("I - 1 pᵀ",),
    note="x - ln Σeˣ",
    cases=_CASES,
)
