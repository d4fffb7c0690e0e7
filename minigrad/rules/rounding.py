"""Rounding, remainders, limits and signs: straight pieces with jumps or kinks between them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.rules.elementwise import div_floor, div_trunc, sign_
from minigrad.rules.table import Case, elementwise
from minigrad.rules.transcendental import exp2

JUMPS = "constant between the jumps at whole numbers"


def whole_stays(function: Any) -> Any:
    """A rounding function that leaves integers what they are; NumPy would make them floats."""

    def compute(x: Any) -> Any:
        return x.copy() if x.dtype.kind in "iu" else function(x)

    return compute


# --- Rounding --------------------------------------------------------------------

floor = elementwise(
    "floor",
    whole_stays(np.floor),
    lambda g: g * 0,
    formula=("0",),
    note=JUMPS,
    domain=(0.1, 0.9),
)

ceil = elementwise(
    "ceil",
    whole_stays(np.ceil),
    lambda g: g * 0,
    formula=("0",),
    note=JUMPS,
    domain=(0.1, 0.9),
)

trunc = elementwise(
    "trunc",
    whole_stays(np.trunc),
    lambda g: g * 0,
    formula=("0",),
    note=JUMPS,
    domain=(0.1, 0.9),
)

frac = elementwise(
    "frac", lambda x: x - np.trunc(x), lambda g: g, formula=("1",), note="x - trunc(x)",
    domain=(0.1, 0.9),
)  # fmt: skip


def _round(x: Any, decimals: int) -> Any:
    if decimals == 0 or x.dtype.kind in "iu":
        return whole_stays(np.rint)(x)
    # Multiplied by a power of ten whose exponent is not negative, which is exact.
    scale = x.dtype.type(10.0 ** abs(decimals))
    return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


round = elementwise(
    "round",
    _round,
    lambda g: g * 0,
    params=("decimals",),
    formula=("0",),
    note="halves go to the even number; " + JUMPS,
    domain=(0.1, 0.4),
    example_params=(0,),
)

# --- Remainders ------------------------------------------------------------------

remainder = elementwise(
    "remainder",
    np.remainder,
    lambda g: g,
    lambda g, x, y: -g * div_floor(x, y),
    node_name="RemainderBackward1",
    formula=("1", "-⌊x/y⌋"),
    note="with the sign of y; jumps where y divides x",
    domain=((1.1, 1.3), (1.9, 1.4)),
)

fmod = elementwise(
    "fmod",
    np.fmod,
    lambda g: g,
    lambda g, x, y: -g * div_trunc(x, y),
    node_name="FmodBackward1",
    formula=("1", "-trunc(x/y)"),
    note="with the sign of x; jumps where y divides x",
    domain=((1.1, 1.3), (1.9, 1.4)),
)

# --- Limits ----------------------------------------------------------------------


def _inside(x: Any, low: Any, high: Any) -> Any:
    """Where x is not cut off; at a limit it counts as inside."""
    inside = x == x  # Not NaN, to which no limit applies.
    if low is not None:
        inside = inside & (x >= low)
    if high is not None:
        inside = inside & (x <= high)
    return inside | (x != x)


def _clamp(x: Any, low: Any, high: Any) -> Any:
    # maximum and minimum, not clip: where low > high, high wins. NaN stays NaN.
    if low is not None:
        x = np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


clamp = elementwise(
    "clamp",
    _clamp,
    lambda g, x, low, high: np.where(_inside(x, low, high), g, 0),
    params=("low", "high"),
    node_name="ClampBackward1",
    formula=("1 if low ≤ x ≤ high else 0",),
    note="kinks at the limits, where the slope counts as 1",
    domain=(-0.4, 0.8),
    example_params=(-0.5, 0.9),
)

clamp_min = elementwise(
    "clamp_min",
    lambda x, low: np.maximum(x, low),
    lambda g, x, low: np.where(x >= low, g, 0),
    params=("low",),
    formula=("1 if x ≥ low else 0",),
    note="a kink at the limit, where the slope counts as 1",
    domain=(-0.4, 0.8),
    example_params=(-0.5,),
)

clamp_max = elementwise(
    "clamp_max",
    lambda x, high: np.minimum(x, high),
    lambda g, x, high: np.where(x <= high, g, 0),
    params=("high",),
    formula=("1 if x ≤ high else 0",),
    note="a kink at the limit, where the slope counts as 1",
    domain=(-0.4, 0.8),
    example_params=(0.9,),
)

clamp_tensor = elementwise(
    "clamp_tensor",
    _clamp,
    lambda g, x, low, high: np.where(_inside(x, low, high), g, 0),
    lambda g, x, low, high: _to_low(g, x, low, high),
    lambda g, x, low, high: _to_high(g, x, low, high),
    inputs=("x", "low", "high"),
    node_name="ClampBackward0",
    formula=("1 if low ≤ x ≤ high else 0", "1 if x < low < high else 0",
             "1 if x > high or low > high else 0"),
    note="kinks at the limits, where x receives the cotangent",
    cases=(Case(((3, 4), (4,), (3, 1)), (), (-2.0, -1.0, 0.5), (2.0, -0.5, 1.0)),),
)  # fmt: skip


def _to_low(g: Any, x: Any, low: Any, high: Any) -> Any:
    cut = x < low if high is None else (x < low) & (low < high)
    return np.where(cut, g, 0)


def _to_high(g: Any, x: Any, low: Any, high: Any) -> Any:
    cut = x > high if low is None else (x > high) | (high < low)
    return np.where(cut, g, 0)


fmax = elementwise(
    "fmax",
    np.fmax,
    lambda g, x, y: np.where((x >= y) | (y != y), g, 0),
    lambda g, x, y: np.where((x >= y) | (y != y), 0, g),
    formula=("1 if x ≥ y else 0", "1 if y > x else 0"),
    note="a number wins over NaN; at a tie x receives the cotangent",
)

fmin = elementwise(
    "fmin",
    np.fmin,
    lambda g, x, y: np.where((x <= y) | (y != y), g, 0),
    lambda g, x, y: np.where((x <= y) | (y != y), 0, g),
    formula=("1 if x ≤ y else 0", "1 if y < x else 0"),
    note="a number wins over NaN; at a tie x receives the cotangent",
)


def _nan_to_num(x: Any, nan: float, high: float | None, low: float | None) -> Any:
    return np.nan_to_num(x, nan=nan, posinf=high, neginf=low)


nan_to_num = elementwise(
    "nan_to_num",
    _nan_to_num,
    lambda g, x: np.where(np.abs(x) < math.inf, g, 0),
    params=("nan", "high", "low"),
    formula=("1 if x is finite else 0",),
    example_params=(0.0, None, None),
)

# --- Signs -----------------------------------------------------------------------


def _copied_sign(x: Any, y: Any) -> Any:
    """How x was multiplied to make copysign(x, y); 0 where x is 0."""
    return np.where(x == 0, 0, sign_(x) * np.where(np.signbit(y), -1.0, 1.0))


copysign = elementwise(
    "copysign",
    np.copysign,
    lambda g, x, y: g * _copied_sign(x, y),
    lambda g: g * 0,
    promotion="float",
    formula=("sign x · sign y", "0"),
    note="kink at x = 0, where the slope counts as 0",
    domain=(0.5, 2.0),
)

sgn = elementwise(
    "sgn",
    lambda x: x.copy() if x.dtype.kind == "b" else sign_(x),
    lambda g: g * 0,
    formula=("0",),
    note="a jump at 0",
    domain=(0.5, 2.0),
)

# --- Between and beside --------------------------------------------------------------


def _lerp(x: Any, y: Any, weight: Any) -> Any:
    # From the nearer end, so that weight 1 gives y exactly.
    near = np.abs(weight) < 0.5
    return np.where(near, x + weight * (y - x), y - (y - x) * (1 - weight))[()]


lerp = elementwise(
    "lerp",
    _lerp,
    lambda g, weight: g * (1 - weight),
    lambda g, weight: g * weight,
    lambda g, x, y: g * (y - x),
    inputs=("x", "y", "weight"),
    node_name="LerpBackward1",
    formula=("1 - w", "w", "y - x"),
)

lerp_scalar = elementwise(
    "lerp_scalar",
    lambda x, y, weight: (
        x + weight * (y - x) if abs(weight) < 0.5 else y - (y - x) * (1 - weight)
    ),
    lambda g, weight: g * (1 - weight),
    lambda g, weight: g * weight,
    params=("weight",),
    node_name="LerpBackward0",
    formula=("1 - w", "w"),
    example_params=(0.3,),
)

addcmul = elementwise(
    "addcmul",
    lambda x, y, z, value: x + value * y * z,
    lambda g: g,
    lambda g, z, value: g * (z * value),
    lambda g, y, value: g * (y * value),
    params=("value",),
    formula=("1", "value · z", "value · y"),
    example_params=(1.5,),
)

addcdiv = elementwise(
    "addcdiv",
    lambda x, y, z, value: x + value * y / z,
    lambda g: g,
    lambda g, z, value: g * (value / z),
    lambda g, y, z, value: -g * (value * y / (z * z)),
    params=("value",),
    formula=("1", "value/z", "-value · y/z²"),
    note="z ≠ 0",
    domain=(0.5, 2.0),
    example_params=(1.5,),
)

ldexp = elementwise(
    "ldexp",
    lambda x, y: x * np.exp2(y),
    lambda g, y: g * exp2(y),
    lambda g, x, y: g * x * exp2(y) * math.log(2.0),
    promotion="float",
    formula=("2ʸ", "x 2ʸ ln 2"),
)
