"""Loss functions in one piece, where that saves passes over the data.

Most are a value for each pair of elements, then a mean, a sum or neither: `pairwise` makes
their entries from the value and its two slopes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from minigrad.batched import as_array, zeros
from minigrad.node import Node
from minigrad.rules.activations import softplus
from minigrad.rules.elementwise import exp_, log_, sigmoid
from minigrad.rules.reductions import sum as sum_
from minigrad.rules.table import Case, Rule, general, linear
from minigrad.rules.transcendental import log1p

# Slopes of logarithms are held off infinity by this, as in PyTorch.
TINY = 1e-12


def _mean_factor(reduction: str, *shapes: tuple[int, ...]) -> float:
    """What each element counts in the result."""
    return 1 / max(prod(np.broadcast_shapes(*shapes)), 1) if reduction == "mean" else 1.0


def _tangent_total(t: Any, reduction: str) -> Any:
    return t if reduction == "none" else sum_(t, None, False)


def _total(values: Any, reduction: str) -> Any:
    if reduction == "none":
        return values
    total = np.add.reduce(values, axis=None)
    return total if reduction == "sum" else total / total.dtype.type(values.size)


def pairwise(
    name: str,
    value: Callable[..., Any],
    slope_x: Callable[..., Any],
    slope_y: Callable[..., Any],
    *,
    option: Any = None,
    scale: float = 1.0,
    broadcasts: bool = True,
    formula: tuple[str, str],
    low: Any = -2.0,
    high: Any = 2.0,
    **details: Any,
) -> Rule:
    """An entry from `value(x, y, option)` and its slopes in x and y, called alike.

    The slopes are to be multiplied by `scale`.
    `option` is what the loss has besides, as the beta of smooth_l1_loss; here an example.
    """

    def vjp(slope: Callable[..., Any]) -> Any:
        def back(
            g: Any, x: Any, y: Any, x_shape: Any, y_shape: Any, reduction: str, option: Any
        ) -> Any:
            return g * (_mean_factor(reduction, x_shape, y_shape) * scale * slope(x, y, option))

        return back

    def jvp(slope: Callable[..., Any]) -> Any:
        back = vjp(slope)

        def forth(
            t: Any, x: Any, y: Any, x_shape: Any, y_shape: Any, reduction: str, option: Any
        ) -> Any:
            return _tangent_total(back(t, x, y, x_shape, y_shape, reduction, option), reduction)

        return forth

    return general(
        name,
        lambda x, y, reduction, option: _total(value(x, y, option), reduction),
        [vjp(slope_x), vjp(slope_y)],
        [jvp(slope_x), jvp(slope_y)],
        params=("reduction", "option"),
        saved_as={"y": "target"},
        formula=formula,
        cases=(
            *[Case(((3, 4), (3, 4)), (r, option), low, high) for r in ("mean", "sum", "none")],
            *[Case(((2, 1), (3,)), ("mean", option), low, high)] * broadcasts,
        ),
        **details,
    )


# --- Distances -----------------------------------------------------------------------


def _square(x: Any, y: Any, option: None) -> Any:
    residual = x - y
    return residual * residual


mse_loss = pairwise(
    "mse_loss",
    _square,
    lambda x, y, option: x - y,
    lambda x, y, option: y - x,
    scale=2.0,
    formula=("2 (x - y) / n", "2 (y - x) / n"),
)


def _bent(x: Any, y: Any, width: float) -> Any:
    """The distance, or its square over 2 width where it is below the width."""
    distance = abs(x - y)
    bent = np.where(
        distance < width, distance * distance * (0.5 / width), distance - 0.5 * width
    )
    return bent.astype(distance.dtype, copy=False)


def _bent_slope(x: Any, y: Any, width: float) -> Any:
    residual = x - y
    return np.where(
        residual <= -width, -1.0, np.where(residual >= width, 1.0, residual / width)
    )


smooth_l1_loss = pairwise(
    "smooth_l1_loss",
    _bent,
    _bent_slope,
    lambda x, y, width: _bent_slope(y, x, width),
    option=0.7,
    formula=("(x - y)/β, held between ±1", "(y - x)/β, held between ±1"),
    low=((-0.3), 1.0),
    high=(0.3, 2.0),
)

huber_loss = pairwise(
    "huber_loss",
    lambda x, y, delta: _bent(x, y, delta) * (x.dtype.type(delta)),
    lambda x, y, delta: delta * _bent_slope(x, y, delta),
    lambda x, y, delta: delta * _bent_slope(y, x, delta),
    option=0.6,
    formula=("x - y, held between ±δ", "y - x, held between ±δ"),
    low=((-0.3), 1.0),
    high=(0.3, 2.0),
)


def _soft_margin(x: Any, y: Any, option: None) -> Any:
    return log1p(exp_(-x * y))


soft_margin_loss = pairwise(
    "soft_margin_loss",
    _soft_margin,
    lambda x, y, option: -y * sigmoid(-x * y),
    lambda x, y, option: -x * sigmoid(-x * y),
    formula=("-y/(1 + eˣʸ)", "-x/(1 + eˣʸ)"),
    note="ln(1 + e⁻ˣʸ)",
)

# --- Probabilities of two outcomes ------------------------------------------------------


def _bce(x: Any, y: Any, weight: Any) -> Any:
    # A logarithm is at least -100, so that no loss is infinite.
    there = np.maximum(log_(x), -100.0)
    not_there = np.maximum(log1p(-x), -100.0)
    loss = (y - 1) * not_there - y * there
    loss = loss if weight is None else loss * weight
    return as_array(loss).astype(x.dtype, copy=False)


def _bce_slope(x: Any, y: Any, weight: Any) -> Any:
    slope = (x - y) / np.maximum((1 - x) * x, TINY)
    return slope if weight is None else slope * weight


def _bce_target_slope(x: Any, y: Any, weight: Any) -> Any:
    slope = np.maximum(np.log(1 - x), -100.0) - np.maximum(np.log(x), -100.0)
    return slope if weight is None else slope * weight


binary_cross_entropy = pairwise(
    "binary_cross_entropy",
    _bce,
    _bce_slope,
    _bce_target_slope,
    formula=("(x - y)/(x(1 - x))", "ln((1 - x)/x)"),
    note="0 < x < 1; the weights are not differentiated",
    broadcasts=False,
    low=0.2,
    high=0.8,
)


def _weighted(values: Any, weight: Any) -> Any:
    return values if weight is None else values * weight


def _bce_logits(x: Any, y: Any, option: Any) -> Any:
    weight, positive = option or (None, None)
    # ln(1 + e⁻ˣ), without overflow.
    bent = log1p(exp_(-abs(x))) + np.maximum(-x, 0)
    if positive is not None:
        bent = bent * (1 + (positive - 1) * y)
    loss = _weighted((1 - y) * x + bent, weight)
    return as_array(loss).astype(x.dtype, copy=False)


def _bce_logits_slope(x: Any, y: Any, option: Any) -> Any:
    weight, positive = option or (None, None)
    if positive is None:
        return _weighted(sigmoid(x) - y, weight)
    return _weighted((positive * y + 1 - y) * sigmoid(x) - positive * y, weight)


def _bce_logits_target_slope(x: Any, y: Any, option: Any) -> Any:
    weight, positive = option or (None, None)
    if positive is None:
        return _weighted(-x, weight)
    return _weighted((positive - 1) * softplus(-x, 1.0, 50.0) - x, weight)


binary_cross_entropy_with_logits = pairwise(
    "binary_cross_entropy_with_logits",
    _bce_logits,
    _bce_logits_slope,
    _bce_logits_target_slope,
    option=(np.array(2.0), np.array(3.0)),
    formula=("s - y, s = 1/(1 + e⁻ˣ)", "-x"),
    note="with a weight p of positive targets: (p y + 1 - y) s - p y, (p - 1) ln(1 + e⁻ˣ) - x",
    broadcasts=False,
    low=0.2,
    high=0.8,
)

# --- Probabilities of several outcomes ---------------------------------------------------


def _nll(x: Any, places: Any, coefficients: Any, reduction: str) -> Any:
    picked = x[places] * coefficients
    if reduction == "none":
        return picked
    if reduction == "mean" and not picked.size:
        return x.dtype.type(np.nan)
    return np.add.reduce(picked, axis=None)


def _nll_adjoint(g: Any, shape: Any, places: Any, coefficients: Any, reduction: str) -> Any:
    values = g * coefficients
    whole = zeros(shape, values)
    whole[places] = values
    return whole


def _nll_name(node: Node) -> str:
    places = node.kept[node.plan.names.index("places")] if node.kept else ()
    return "NllLoss2DBackward0" if len(places) > 2 else "NllLossBackward0"


_PLACES = (np.arange(3), np.array([2, 0, 2]))
_COEFFICIENTS = np.array([-0.5, -0.3, -0.2])

nll_loss: Rule = linear(
    "nll_loss",
    _nll,
    lambda g, x_shape, places, coefficients, reduction: nll_loss_adjoint(
        g, x_shape, places, coefficients, reduction
    ),
    params=("places", "coefficients", "reduction"),
    node_name=_nll_name,
    formula=("-w/Σw for the target's class, else 0",),
    cases=(
        Case(((3, 4),), (_PLACES, _COEFFICIENTS, "mean")),
        Case(((3, 4),), (_PLACES, _COEFFICIENTS, "none")),
    ),
)

nll_loss_adjoint: Rule = linear(
    "nll_loss_backward",
    _nll_adjoint,
    lambda g, places, coefficients, reduction: nll_loss(g, places, coefficients, reduction),
    params=("shape", "places", "coefficients", "reduction"),
    formula=("-w/Σw",),
    cases=(Case(((),), ((3, 4), _PLACES, _COEFFICIENTS, "mean")),),
)

# --- Margins ---------------------------------------------------------------------------


def _margins(x: Any, places: Any, margin: float) -> Any:
    """For each score by how much it comes too close to that of the target; 0 for the target."""
    return margin - x[places][..., None] + x


def _multi_margin(x: Any, places: Any, p: int, margin: float, weights: Any) -> Any:
    short = np.maximum(_margins(x, places, margin), 0) ** p
    short[places] = 0
    return np.add.reduce(short * weights[:, None], axis=1) / x.dtype.type(x.shape[1])


def _multi_margin_slopes(x: Any, places: Any, p: int, margin: float, weights: Any) -> Any:
    """How the loss of each row depends on its scores, and the sum that the target takes."""
    short = _margins(x, places, margin)
    others = np.ones(x.shape)
    others[places] = 0
    slopes = np.where(short > 0, others, 0.0) * (weights[:, None] / x.shape[1])
    return slopes if p == 1 else slopes * (2 * short)


def _multi_margin_vjp(g: Any, x: Any, places: Any, p: int, margin: float, weights: Any) -> Any:
    slopes = _multi_margin_slopes(x, places, p, margin, weights)
    target = np.zeros(x.shape)
    target[places] = 1
    return g[:, None] * (slopes - target * sum_(slopes, (1,), True))


def _multi_margin_jvp(t: Any, x: Any, places: Any, p: int, margin: float, weights: Any) -> Any:
    slopes = _multi_margin_slopes(x, places, p, margin, weights)
    target = np.zeros(x.shape)
    target[places] = 1
    return sum_(t * (slopes - target * sum_(slopes, (1,), True)), (1,), False)


multi_margin_loss = general(
    "multi_margin_loss",
    _multi_margin,
    [_multi_margin_vjp],
    [_multi_margin_jvp],
    params=("places", "p", "margin", "weights"),
    formula=("w/C where the margin is missed; minus their sum for the target's class",),
    note="kinks where the margin is just kept",
    cases=(
        Case(((3, 4),), (_PLACES, 1, 1.0, np.ones(3))),
        Case(((3, 4),), (_PLACES, 2, 1.0, np.array([1.0, 0.5, 2.0]))),
    ),
)
