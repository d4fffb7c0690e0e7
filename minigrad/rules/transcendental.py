"""Inverse, hyperbolic and further logarithmic functions: slope times cotangent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.rules.elementwise import cos, exp, log, rounded, sin
from minigrad.rules.table import Rule, elementwise

LN2 = math.log(2.0)
LN10 = math.log(10.0)
# Python's numbers: NumPy lets them take the dtype of the array beside them.
PI = math.pi

# --- Angles -------------------------------------------------------------------

asin = elementwise(
    "asin",
    rounded(np.arcsin, math.asin),
    lambda g, x: g / np.sqrt(1 - x * x),
    promotion="float",
    formula=("1/√(1 - x²)",),
    note="-1 ≤ x ≤ 1; infinite slope at the ends",
    domain=(-0.8, 0.8),
)

acos = elementwise(
    "acos",
    rounded(np.arccos, math.acos),
    lambda g, x: -g / np.sqrt(1 - x * x),
    promotion="float",
    formula=("-1/√(1 - x²)",),
    note="-1 ≤ x ≤ 1; infinite slope at the ends",
    domain=(-0.8, 0.8),
)

atan = elementwise(
    "atan",
    rounded(np.arctan, math.atan),
    lambda g, x: g / (1 + x * x),
    promotion="float",
    formula=("1/(1 + x²)",),
)


def _over_square(g: Any, part: Any, x: Any, y: Any) -> Any:
    """g · part / (x² + y²), and 0 at the origin."""
    square = x * x + y * y
    return np.where(square == 0, 0, g * part / np.where(square == 0, 1, square))


atan2 = elementwise(
    "atan2",
    np.arctan2,
    lambda g, x, y: _over_square(g, y, x, y),
    lambda g, x, y: _over_square(g, -x, x, y),
    promotion="float",
    formula=("y/(x² + y²)", "-x/(x² + y²)"),
    note="the angle of the point (y, x): x is its height; at the origin the slope counts as 0",
    domain=(0.5, 2.0),
)

deg2rad = elementwise(
    "deg2rad",
    lambda x: x * (PI / 180),
    lambda g: g * (PI / 180),
    promotion="float",
    node_name="Deg2RadBackward0",
    formula=("π/180",),
)

rad2deg = elementwise(
    "rad2deg",
    lambda x: x * (180 / PI),
    lambda g: g * (180 / PI),
    promotion="float",
    node_name="Rad2DegBackward0",
    formula=("180/π",),
)


def _sinc(x: Any) -> Any:
    angle = PI * np.where(x == 0, 1, x)
    return np.where(x == 0, 1, np.sin(angle) / angle).astype(x.dtype)[()]


def _sinc_slope(g: Any, x: Any) -> Any:
    safe = np.where(x == 0, 1, x)
    angle = PI * safe
    slope = (angle * cos(angle) - sin(angle)) / (angle * safe)
    return np.where(x == 0, 0, g * slope)


sinc = elementwise(
    "sinc",
    _sinc,
    _sinc_slope,
    promotion="float",
    formula=("(πx cos πx - sin πx)/(πx²)",),
    note="sin πx / πx, and 1 at 0, where the slope is 0",
    domain=(0.5, 2.0),
)

# --- Hyperbolic ----------------------------------------------------------------

sinh: Rule = elementwise(
    "sinh",
    rounded(np.sinh, math.sinh),
    lambda g, x: g * cosh(x),
    promotion="float",
    formula=("cosh x",),
)

cosh: Rule = elementwise(
    "cosh",
    rounded(np.cosh, math.cosh),
    lambda g, x: g * sinh(x),
    promotion="float",
    formula=("sinh x",),
)

asinh = elementwise(
    "asinh",
    rounded(np.arcsinh, math.asinh),
    lambda g, x: g / np.sqrt(x * x + 1),
    promotion="float",
    formula=("1/√(x² + 1)",),
)

acosh = elementwise(
    "acosh",
    rounded(np.arccosh, math.acosh),
    lambda g, x: g / np.sqrt(x * x - 1),
    promotion="float",
    formula=("1/√(x² - 1)",),
    note="x ≥ 1; infinite slope at 1",
    domain=(1.5, 3.0),
)

atanh = elementwise(
    "atanh",
    rounded(np.arctanh, math.atanh),
    lambda g, x: g / (1 - x * x),
    promotion="float",
    formula=("1/(1 - x²)",),
    note="-1 < x < 1",
    domain=(-0.8, 0.8),
)

# --- Exponentials and logarithms -------------------------------------------------

expm1 = elementwise(
    "expm1",
    rounded(np.expm1, math.expm1),
    lambda g, out: g * (out + 1),
    promotion="float",
    formula=("eˣ",),
    note="eˣ - 1, exact near 0",
)

exp2 = elementwise(
    "exp2",
    rounded(np.exp2, lambda x: 2.0 ** float(x)),
    lambda g, out: g * out * LN2,
    promotion="float",
    formula=("2ˣ ln 2",),
)

log1p = elementwise(
    "log1p",
    rounded(np.log1p, math.log1p),
    lambda g, x: g / (x + 1),
    promotion="float",
    formula=("1/(x + 1)",),
    note="x > -1; ln(1 + x), exact near 0",
    domain=(-0.5, 2.0),
)

log2 = elementwise(
    "log2",
    rounded(np.log2, math.log2),
    lambda g, x: g / (x * LN2),
    promotion="float",
    formula=("1/(x ln 2)",),
    note="x > 0",
    domain=(0.5, 2.0),
)

log10 = elementwise(
    "log10",
    rounded(np.log10, math.log10),
    lambda g, x: g / (x * LN10),
    promotion="float",
    formula=("1/(x ln 10)",),
    note="x > 0",
    domain=(0.5, 2.0),
)

logaddexp = elementwise(
    "logaddexp",
    np.logaddexp,
    lambda g, x, y: g / (1 + exp(y - x)),
    lambda g, x, y: g / (1 + exp(x - y)),
    promotion="float",
    formula=("eˣ/(eˣ + eʸ)", "eʸ/(eˣ + eʸ)"),
    note="ln(eˣ + eʸ) without overflow",
)

logaddexp2 = elementwise(
    "logaddexp2",
    np.logaddexp2,
    lambda g, x, y: g / (1 + exp2(y - x)),
    lambda g, x, y: g / (1 + exp2(x - y)),
    promotion="float",
    formula=("2ˣ/(2ˣ + 2ʸ)", "2ʸ/(2ˣ + 2ʸ)"),
)


def _xlogy(x: Any, y: Any) -> Any:
    zero = (x == 0) & ~np.isnan(y)
    return np.where(zero, 0, x * np.log(np.where(zero, 1, y)))[()]


def _xlogy_in_x(g: Any, x: Any, y: Any) -> Any:
    flat = (x == 0) & (y <= 0)
    return np.where(flat, 0, g * log(np.where(flat, 1, y)))


xlogy = elementwise(
    "xlogy",
    _xlogy,
    _xlogy_in_x,
    lambda g, x, y: g * x / y,
    promotion="float",
    formula=("ln y", "x/y"),
    note="x ln y, and 0 where x = 0; y > 0",
    domain=(0.5, 2.0),
)


def _xlog1py(x: Any, y: Any) -> Any:
    zero = (x == 0) & ~np.isnan(y)
    return np.where(zero, 0, x * np.log1p(np.where(zero, 0, y)))[()]


def _xlog1py_in_x(g: Any, x: Any, y: Any) -> Any:
    flat = (x == 0) & (y <= -1)
    return np.where(flat, 0, g * log1p(np.where(flat, 0, y)))


xlog1py = elementwise(
    "xlog1py",
    _xlog1py,
    _xlog1py_in_x,
    lambda g, x, y: g * x / (y + 1),
    promotion="float",
    node_name="SpecialXlog1PyBackward0",
    formula=("ln(1 + y)", "x/(1 + y)"),
    note="x ln(1 + y), and 0 where x = 0; y > -1",
    domain=(0.5, 2.0),
)

# --- Roots -----------------------------------------------------------------------

rsqrt = elementwise(
    "rsqrt",
    lambda x: 1 / np.sqrt(x),
    lambda g, out: g * (-0.5) * (out * out * out),
    promotion="float",
    formula=("-1/2 x^(-3/2)",),
    note="x > 0",
    domain=(0.5, 2.0),
)

hypot = elementwise(
    "hypot",
    np.hypot,
    lambda g, x, out: g * (x / out),
    lambda g, y, out: g * (y / out),
    promotion="float",
    formula=("x/√(x² + y²)", "y/√(x² + y²)"),
    note="not defined at the origin",
    domain=(0.5, 2.0),
)


def _logit(x: Any, eps: float | None) -> Any:
    if eps is not None:
        x = np.clip(x, x.dtype.type(eps), x.dtype.type(1 - eps))
    return np.log(x / (1 - x))


def _logit_slope(g: Any, x: Any, eps: float | None) -> Any:
    low, high = (0.0, 1.0) if eps is None else (eps, 1.0 - eps)
    outside = (x < low) | (x > high)
    slope = g / (x * (1 - x))
    return np.where(outside, math.nan if eps is None else 0, slope)


logit = elementwise(
    "logit",
    _logit,
    _logit_slope,
    params=("eps",),
    promotion="float",
    formula=("1/(x(1 - x))",),
    note="0 < x < 1; with eps, constant outside eps ... 1 - eps",
    domain=(0.2, 0.8),
    example_params=(None,),
)
