"""Normalisation: numbers brought to mean 0 and variance 1, then stretched and shifted.

One entry serves layer, group, instance and batch normalisation; they differ in the axes over
which mean and variance are taken, which come as parameters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.batched import as_array
from minigrad.node import Node
from minigrad.rules.elementwise import FLOAT32, FLOAT64, READABLE_SIZE
from minigrad.rules.reductions import count
from minigrad.rules.reductions import sum as sum_
from minigrad.rules.table import Case, general

Axes = tuple[int, ...]


def standard(x: Any, dim: Axes, eps: float) -> tuple[Any, Any]:
    """x with mean 0 and variance 1 along the axes, and what it was divided by, inverted."""
    n = float(count(x.shape, dim) or 1)
    away = x - sum_(x, dim, True) / n
    scale = 1 / np.sqrt(sum_(away * away, dim, True) / n + eps)
    return away * scale, scale


def _affine(x: Any, weight: Any, bias: Any) -> Any:
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def _normalise(x: Any, weight: Any, bias: Any, dim: Axes, eps: float, name: str) -> Any:
    values = x.astype(FLOAT64) if x.dtype is FLOAT32 and x.size <= READABLE_SIZE else x
    out = _affine(standard(values, dim, eps)[0], weight, bias)
    return as_array(out).astype(x.dtype, copy=False)


def _centred(t: Any, x: Any, dim: Axes, eps: float) -> Any:
    """What is left of a change of x once mean and variance are as before; symmetric."""
    out, scale = standard(x, dim, eps)
    n = float(count(x.shape, dim) or 1)
    lost = sum_(t, dim, True) / n + out * (sum_(t * out, dim, True) / n)
    return (t - lost) * scale


def _vjp_x(g: Any, x: Any, weight: Any, dim: Axes, eps: float) -> Any:
    return _centred(g if weight is None else g * weight, x, dim, eps)


def _jvp_x(t: Any, x: Any, weight: Any, dim: Axes, eps: float) -> Any:
    moved = _centred(t, x, dim, eps)
    return moved if weight is None else moved * weight


def _by_weight(g: Any, x: Any, dim: Axes, eps: float) -> Any:
    return g * standard(x, dim, eps)[0]


def _name(node: Node) -> str:
    if not node.kept or "name" not in node.plan.names:
        return "NormalizeBackward0"
    return str(node.kept[node.plan.names.index("name")])


normalize = general(
    "normalize",
    _normalise,
    [
        lambda g, x, weight, dim, eps, name: _vjp_x(g, x, weight, dim, eps),
        lambda g, x, dim, eps, name: _by_weight(g, x, dim, eps),
        lambda g, name: g,
    ],
    [
        lambda t, x, weight, dim, eps: _jvp_x(t, x, weight, dim, eps),
        lambda t, x, dim, eps: _by_weight(t, x, dim, eps),
        lambda t: t,
    ],
    inputs=("x", "weight", "bias"),
    params=("dim", "eps", "name"),
    node_name=_name,
    formula=("w (I - 1/n - h hᵀ/n)/σ", "h", "1"),
    note="w h + b with h = (x - mean)/σ, σ = √(variance + ε)",
    cases=(
        Case(((3, 4), (4,), (4,)), ((1,), 1e-5, "NativeLayerNormBackward0")),
        Case(((2, 3, 4), (3, 1), (3, 1)), ((0, 2), 1e-3, "NativeBatchNormBackward0")),
        Case(((2, 3, 4), None, None), ((2,), 1e-3, "NativeGroupNormBackward0")),
    ),
)


def _by_statistics(x: Any, weight: Any, bias: Any, mean: Any, scale: Any) -> Any:
    return as_array(_affine((x - mean) * scale, weight, bias)).astype(x.dtype, copy=False)


normalize_by = general(
    "normalize_by",
    _by_statistics,
    [
        lambda g, weight, scale: g * scale if weight is None else g * scale * weight,
        lambda g, x, mean, scale: g * ((x - mean) * scale),
        lambda g: g,
    ],
    [
        lambda t, weight, scale: t * scale if weight is None else t * scale * weight,
        lambda t, x, mean, scale: t * ((x - mean) * scale),
        lambda t: t,
    ],
    inputs=("x", "weight", "bias"),
    params=("mean", "scale"),
    node_name="NativeBatchNormBackward0",
    formula=("w/σ", "(x - mean)/σ", "1"),
    note="batch normalisation by statistics of the past, which are constants",
    cases=(
        Case(((3, 4), (4,), (4,)), (np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 2, 3, 4]))),
    ),
)


def _length(v: Any, dim: Axes) -> Any:
    return np.sqrt(sum_(v * v, dim, True))


def _turned(t: Any, v: Any, g: Any, dim: Axes) -> Any:
    """What is left of a change of v once its length is as before; symmetric."""
    length = _length(v, dim)
    along = sum_(t * v, dim, True) / (length * length)
    return (t - v * along) * (g / length)


weight_norm = general(
    "weight_norm",
    lambda v, g, dim: v * (g / _length(v, dim)),
    [
        lambda t, v, g, dim: _turned(t, v, g, dim),
        lambda t, v, dim: sum_(t * v, dim, True) / _length(v, dim),
    ],
    [
        lambda t, v, g, dim: _turned(t, v, g, dim),
        lambda t, v, dim: t * (v / _length(v, dim)),
    ],
    inputs=("v", "g"),
    params=("dim",),
    node_name="WeightNormInterfaceBackward0",
    formula=("g (I - v vᵀ/|v|²)/|v|", "v/|v|"),
    note="v with the length g: g v/|v|, of all dimensions but one",
    cases=(Case(((3, 4), (3, 1)), ((1,),)), Case(((2, 3, 4), (1, 1, 4)), ((0, 1),))),
)
