"""Activation functions: what a network puts between its linear maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.rules.elementwise import exp, exp_, sigmoid, tanh, tanh_
from minigrad.rules.shapes import cat
from minigrad.rules.special import erf
from minigrad.rules.table import Case, elementwise, general
from minigrad.rules.transcendental import expm1, log1p

# PyTorch's slope of hardsigmoid is a sixth in single precision, also in double.
SIXTH = float(np.float32(1 / 6))

# --- Bent lines ------------------------------------------------------------------

leaky_relu = elementwise(
    "leaky_relu",
    lambda x, slope: np.where(x > 0, x, x * x.dtype.type(slope)),
    lambda g, x, slope: np.where(x > 0, g, g * slope),
    params=("slope",),
    formula=("1 if x > 0 else s",),
    note="kink at 0, where the slope counts as s",
    domain=(0.5, 2.0),
    example_params=(0.1,),
)

prelu = elementwise(
    "prelu",
    lambda x, w: np.where(x > 0, x, x * w),
    lambda g, x, w: np.where(x > 0, g, g * w),
    lambda g, x: np.where(x > 0, 0, g * x),
    inputs=("x", "w"),
    node_name="PreluKernelBackward0",
    saved_as={"w": "weight"},
    formula=("1 if x > 0 else w", "0 if x > 0 else x"),
    note="kink at 0",
    domain=((-2.0, 0.5), (-0.5, 2.0)),
)


def _between(g: Any, x: Any, low: float, high: float) -> Any:
    return np.where((x > low) & (x < high), g, 0)


hardtanh = elementwise(
    "hardtanh",
    lambda x, low, high: np.minimum(np.maximum(x, low), high).astype(x.dtype, copy=False)[()],
    _between,
    params=("low", "high"),
    formula=("1 if low < x < high else 0",),
    note="kinks at both ends, where the slope counts as 0",
    domain=(-0.9, 0.9),
    example_params=(-1.0, 1.0),
)

threshold = elementwise(
    "threshold",
    lambda x, threshold, value: np.where(x <= threshold, x.dtype.type(value), x),
    lambda g, x, threshold: np.where(x <= threshold, 0, g),
    params=("threshold", "value"),
    formula=("1 if x > threshold else 0",),
    note="a jump at the threshold",
    domain=(0.5, 2.0),
    example_params=(0.2, -1.0),
)

hardsigmoid = elementwise(
    "hardsigmoid",
    lambda x: (np.minimum(np.maximum(x + 3, 0), 6) / 6).astype(x.dtype, copy=False)[()],
    lambda g, x: np.where((x > -3) & (x < 3), g * SIXTH, 0),
    formula=("1/6 if -3 < x < 3 else 0",),
    note="kinks at ±3, where the slope counts as 0",
)

hardswish = elementwise(
    "hardswish",
    lambda x: (x * np.minimum(np.maximum(x + 3, 0), 6) / 6).astype(x.dtype, copy=False)[()],
    lambda g, x: np.where(x <= -3, 0, np.where(x < 3, g * (x / 3 + 0.5), g)),
    formula=("0 if x ≤ -3; x/3 + 1/2; 1 if x ≥ 3",),
    note="kinks at ±3",
)

hardshrink = elementwise(
    "hardshrink",
    lambda x, limit: np.where(abs(x) <= limit, x.dtype.type(0), x),
    lambda g, x, limit: np.where(abs(x) <= limit, 0, g),
    params=("limit",),
    formula=("0 if |x| ≤ λ else 1",),
    note="jumps at ±λ",
    domain=(0.6, 2.0),
    example_params=(0.5,),
)

softshrink = elementwise(
    "softshrink",
    lambda x, limit: np.where(
        abs(x) <= limit, x * 0, x - np.copysign(x.dtype.type(limit), x)
    ).astype(x.dtype, copy=False),
    lambda g, x, limit: np.where(abs(x) <= limit, 0, g),
    params=("limit",),
    formula=("0 if |x| ≤ λ else 1",),
    note="kinks at ±λ, where the slope counts as 0",
    domain=(0.6, 2.0),
    example_params=(0.5,),
)

# --- Bent by exponentials ----------------------------------------------------------


def _elu(x: Any, alpha: float, scale: float, rate: float) -> Any:
    # The minimum keeps the exponential of the other side from overflowing.
    below = alpha * expm1(np.minimum(x, 0) * rate)
    return (scale * np.where(x > 0, x, below)).astype(x.dtype, copy=False)[()]


def _elu_slope(g: Any, x: Any, alpha: float, scale: float, rate: float) -> Any:
    below = alpha * rate * scale
    return np.where(x > 0, g * scale, g * (below * exp(np.where(x > 0, 0.0, x * rate))))


_ELU = {
    "params": ("alpha", "scale", "rate"),
    "formula": ("s if x > 0 else s a r eʳˣ",),
    "note": "kink at 0 unless a r = 1",
    "cases": (
        Case(((3, 4),), (1.5, 1.1, 0.7), 0.3, 2.0),
        Case(((3, 4),), (1.5, 1.1, 0.7), -2.0, -0.3),
        Case(((),), (1.5, 1.1, 0.7), -2.0, -0.3),
    ),
}
elu = elementwise("elu", _elu, _elu_slope, **_ELU)
celu = elementwise("celu", _elu, _elu_slope, **_ELU)

silu = elementwise(
    "silu",
    lambda x: x / (1 + exp_(-x)),
    lambda g, x: g * (sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    formula=("s(1 + x(1 - s)), s = 1/(1 + e⁻ˣ)",),
)


def _softplus(x: Any, beta: float, threshold: float) -> Any:
    steep = x * x.dtype.type(beta)
    bent = log1p(exp_(np.minimum(steep, threshold))) / x.dtype.type(beta)
    return np.where(steep > threshold, x, bent).astype(x.dtype, copy=False)


softplus = elementwise(
    "softplus",
    _softplus,
    lambda g, x, beta, threshold: np.where(x * beta > threshold, g, g * sigmoid(x * beta)),
    params=("beta", "threshold"),
    formula=("1/(1 + e⁻ᵝˣ)",),
    note="taken as x itself where βx exceeds the threshold",
    example_params=(1.5, 20.0),
)


def _log_sigmoid(x: Any) -> Any:
    return np.minimum(x, 0) - log1p(exp_(-abs(x)))


log_sigmoid = elementwise(
    "log_sigmoid",
    _log_sigmoid,
    lambda g, x: g * sigmoid(-x),
    formula=("1/(1 + eˣ)",),
    note="ln 1/(1 + e⁻ˣ), without overflow",
)


def _mish_slope(g: Any, x: Any) -> Any:
    bent = tanh(softplus(x, 1.0, 20.0))
    return g * (bent + x * sigmoid(x) * (1 - bent * bent))


mish = elementwise(
    "mish",
    lambda x: x * tanh_(_softplus(x, 1.0, 20.0)),
    _mish_slope,
    formula=("t + x s(1 - t²), t = tanh ln(1 + eˣ), s = 1/(1 + e⁻ˣ)",),
)

# --- Bent by the normal distribution -----------------------------------------------------

ROOT_HALF = math.sqrt(0.5)


def _normal_share(x: Any) -> Any:
    """The share of the normal distribution below x."""
    return 0.5 * (1 + erf(x * ROOT_HALF))


gelu = elementwise(
    "gelu",
    lambda x: x * _normal_share(x),
    lambda g, x: g * (_normal_share(x) + x * exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))),
    formula=("Φ(x) + x φ(x)",),
    note="x Φ(x); Φ and φ are the normal distribution function and its density",
)

ROOT_TWO_OVER_PI = math.sqrt(2 / math.pi)


def _gelu_tanh_slope(g: Any, x: Any) -> Any:
    bent = tanh((x + 0.044715 * (x * x * x)) * ROOT_TWO_OVER_PI)
    inner = (1 + 3 * 0.044715 * (x * x)) * ROOT_TWO_OVER_PI
    return g * (0.5 * (1 + bent) + 0.5 * x * (1 - bent * bent) * inner)


gelu_tanh = elementwise(
    "gelu_tanh",
    lambda x: 0.5 * x * (1 + tanh_((x + 0.044715 * (x * x * x)) * ROOT_TWO_OVER_PI)),
    _gelu_tanh_slope,
    node_name="GeluBackward0",
    formula=("(1 + t)/2 + x(1 - t²)u'/2, t = tanh u, u = √(2/π)(x + 0.044715 x³)",),
    note="x(1 + tanh u)/2, which is close to x Φ(x)",
)

# --- Of two halves -------------------------------------------------------------------


def _halves(x: Any, dim: int) -> tuple[Any, Any]:
    before = (slice(None),) * dim
    half = x.shape[dim] // 2
    return x[(*before, slice(0, half))], x[(*before, slice(half, 2 * half))]


def _glu(x: Any, dim: int) -> Any:
    value, gate = _halves(x, dim)
    return value * (1 / (1 + exp_(-gate)))


def _glu_vjp(g: Any, x: Any, dim: int) -> Any:
    value, gate = _halves(x, dim)
    opened = sigmoid(gate)
    return _joined(g * opened, g * value * opened * (1 - opened), dim)


def _joined(first: Any, second: Any, dim: int) -> Any:
    return cat((first, second), dim)


def _glu_jvp(t: Any, x: Any, dim: int) -> Any:
    value, gate = _halves(x, dim)
    t_value, t_gate = _halves(t, dim)
    opened = sigmoid(gate)
    return t_value * opened + value * opened * (1 - opened) * t_gate


glu = general(
    "glu",
    _glu,
    [_glu_vjp],
    [_glu_jvp],
    params=("dim",),
    formula=("s for the first half, a s(1 - s) for the second",),
    note="a · 1/(1 + e⁻ᵇ) of the halves a and b",
    cases=(Case(((3, 4),), (1,)), Case(((4, 3, 2),), (0,))),
)
