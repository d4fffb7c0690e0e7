"""Reductions that are not linear: products, spreads, lengths, extremes.

Each is one forward and one slope: the derivative of the result by every element. A cotangent is
spread over the elements and multiplied with it; tangents are multiplied with it and summed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.batched import anywhere, as_array
from minigrad.rules.elementwise import FLOAT32, FLOAT64, READABLE_SIZE, exp, sign_
from minigrad.rules.reductions import Axes, count, one_or_zero, spread
from minigrad.rules.reductions import sum as sum_
from minigrad.rules.shapes import reshape
from minigrad.rules.table import Case, Rule, general

# Any, since NumPy's own hints know nothing of axes that may be None.
add_up: Any = np.add.reduce
multiply_up: Any = np.multiply.reduce

Slope = Callable[[Any, Any, Axes, Any], Any]


def _kept(out: Any, x_shape: tuple[int, ...], dim: Axes) -> Any:
    """A result with the reduced axes in place again, with length 1."""
    kept = [1 if dim is None or i in dim else n for i, n in enumerate(x_shape)]
    return reshape(out, tuple(kept))


def _cases(option: Any, low: float, high: float) -> tuple[Case, ...]:
    return (
        Case(((3, 4),), (None, False, option), low, high),
        Case(((2, 3, 4),), ((1,), False, option), low, high),
        Case(((2, 3, 4),), ((0, 2), True, option), low, high),
    )


def reduction(
    name: str,
    forward: Callable[[Any, Axes, bool, Any], Any],
    slope: Slope,
    *,
    option: Any = None,
    low: float = -2.0,
    high: float = 2.0,
    **details: Any,
) -> Rule:
    """An entry from its slope: `slope(x, out, dim, option)`, with `out` in a shape to stretch.

    `option` is what the operation has besides the axes, as the p of a norm; here an example.
    """

    def vjp(
        g: Any, x: Any, out: Any, x_shape: Any, dim: Any, keepdim: bool, option: Any
    ) -> Any:
        stretchable = _kept(out, x_shape, dim)
        return spread(g, x_shape, dim, keepdim) * slope(x, stretchable, dim, option)

    def jvp(
        t: Any, x: Any, out: Any, x_shape: Any, dim: Any, keepdim: bool, option: Any
    ) -> Any:
        return sum_(t * slope(x, _kept(out, x_shape, dim), dim, option), dim, keepdim)

    details.setdefault("cases", _cases(option, low, high))
    params = ("dim", "keepdim", "option")
    return general(name, forward, [vjp], [jvp], params=params, **details)


# --- Products ----------------------------------------------------------------------


def _product_slope(x: Any, out: Any, dim: Axes, option: Any) -> Any:
    """The product of all others: that of all, divided by x, or worked out where one is 0."""
    if not anywhere(x == 0):
        return out / x
    if dim is not None:
        return _others_product(x.swapaxes(dim[0], -1)).swapaxes(dim[0], -1)
    return _others_product(x.reshape(-1)).reshape(x.shape)


def _others_product(x: Any) -> Any:
    """Along the last axis: for each element the product of the others."""
    if isinstance(x, np.ndarray):
        before, after = np.ones_like(x), np.ones_like(x)
        np.cumprod(x[..., :-1], -1, out=before[..., 1:])
        after[..., :-1] = np.cumprod(x[..., :0:-1], -1)[..., ::-1]
        return before * after
    # To be differentiated again: a row for each element, in which that element is a one.
    rows = np.where(np.eye(x.shape[-1], dtype=bool), 1.0, x[..., None, :])
    return prod(rows, (rows.ndim - 1,), False, None)


prod: Rule = reduction(
    "prod",
    lambda x, dim, keepdim, option: multiply_up(x, dim, x.dtype, keepdims=keepdim),
    _product_slope,
    node_name=one_or_zero,
    formula=("the product of the others",),
    cases=(
        Case(((3, 4),), (None, False, None), 0.5, 2.0),
        Case(((2, 3, 4),), ((1,), False, None), 0.5, 2.0),
        Case((np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]),), ((1,), True, None)),
        Case((np.array([2.0, 0.0, 3.0]),), (None, False, None)),
    ),
)

# --- Spread ------------------------------------------------------------------------


def _freedom(x: Any, dim: Axes, correction: float) -> float:
    return max(0.0, count(x.shape, dim) - correction)


def variance(x: Any, dim: Axes, keepdim: bool, correction: float) -> Any:
    """The mean square distance from the mean, with n - correction in place of n."""
    values = x.astype(FLOAT64) if x.dtype is FLOAT32 and x.size <= READABLE_SIZE else x
    values = as_array(values)
    n = values.dtype.type(count(values.shape, dim))
    away = values - add_up(values, axis=dim, keepdims=True) / n
    freedom = values.dtype.type(_freedom(values, dim, correction))
    squares = add_up(away * away, axis=dim, keepdims=keepdim)
    with np.errstate(all="ignore"):
        return as_array(squares / freedom).astype(x.dtype, copy=False)[()]


def _variance_slope(x: Any, out: Any, dim: Axes, correction: float) -> Any:
    freedom = _freedom(x, dim, correction)
    mean = sum_(x, dim, True) / float(count(x.shape, dim) or 1)
    return (x - mean) * (2.0 / freedom if freedom else math.inf)


def _deviation_slope(x: Any, out: Any, dim: Axes, correction: float) -> Any:
    flat = out == 0
    slope = _variance_slope(x, out, dim, correction) / (2 * np.where(flat, 1.0, out))
    return np.where(flat, 0.0, slope)


var = reduction(
    "var",
    variance,
    _variance_slope,
    option=1,
    saved_as={"option": "correction"},
    formula=("2(x - mean)/(n - c)",),
    note="c is the correction, 1 unless given; NaN for n ≤ c",
)

std = reduction(
    "std",
    lambda x, dim, keepdim, correction: np.sqrt(variance(x, dim, keepdim, correction)),
    _deviation_slope,
    option=1,
    saved_as={"option": "correction"},
    formula=("(x - mean)/((n - c) std)",),
    note="where all elements are equal the slope counts as 0; NaN for n ≤ c",
)

# --- Lengths -----------------------------------------------------------------------


def _norm(x: Any, dim: Axes, keepdim: bool, p: float) -> Any:
    size = np.abs(x)
    if p == math.inf:
        return np.max(size, axis=dim, keepdims=keepdim, initial=0.0)
    if p == -math.inf:
        return np.min(size, axis=dim, keepdims=keepdim)
    if p == 0:
        return add_up((size != 0).astype(x.dtype), axis=dim, keepdims=keepdim)
    if p == 1:
        return add_up(size, axis=dim, keepdims=keepdim)
    if p == 2:
        return np.sqrt(add_up(x * x, axis=dim, keepdims=keepdim))
    return add_up(size**p, axis=dim, keepdims=keepdim) ** (1 / p)


def _norm_slope(x: Any, out: Any, dim: Axes, p: float) -> Any:
    if p == 0:
        return x * 0
    if math.isinf(p):
        return sign_(x) * _shares(np.abs(x) == out, dim)
    length = np.where(out == 0, 1.0, out)
    if p == 2:
        return x / length
    size = np.where(x == 0, 1.0, np.abs(x))
    return sign_(x) * size ** (p - 1) * length ** (1 - p)


norm = reduction(
    "vector_norm",
    _norm,
    _norm_slope,
    option=3.0,
    low=0.5,
    node_name="LinalgVectorNormBackward0",
    saved_as={"option": "ord"},
    formula=("sign x |x|ᵖ⁻¹ / normᵖ⁻¹",),
    note="p = 2: x/norm; p = ±∞: sign x for the extreme ones, shared; 0 where x or norm is 0",
    cases=tuple([case for p in (2.0, 3.0, 1.0, math.inf) for case in _cases(p, 0.5, 2.0)]),
)

# --- Sums of exponentials, sums without NaN ---------------------------------------------


def _logsumexp(x: Any, dim: Axes, keepdim: bool, option: None) -> Any:
    top = np.max(x, axis=dim, keepdims=True, initial=-math.inf)
    top = np.where(np.isfinite(top), top, 0).astype(x.dtype)
    total = np.log(add_up(np.exp(x - top), axis=dim, keepdims=True)) + top
    return total if keepdim else np.squeeze(total, axis=dim)[()]


logsumexp = reduction(
    "logsumexp",
    _logsumexp,
    lambda x, out, dim, option: exp(x - out),
    formula=("eˣ/Σeˣ",),
    note="ln Σeˣ, shifted by the largest so that nothing overflows",
)


def _without_nan(x: Any) -> Any:
    return np.where(x == x, x, 0).astype(x.dtype, copy=False)


nansum = reduction(
    "nansum",
    lambda x, dim, keepdim, option: add_up(_without_nan(x), axis=dim, keepdims=keepdim),
    lambda x, out, dim, option: np.where(x == x, 1.0, 0.0),
    formula=("1, or 0 for NaN",),
)

# --- Extremes ----------------------------------------------------------------------


def _shares(chosen: Any, dim: Axes) -> Any:
    """One, shared among the elements chosen along the axes."""
    return np.where(chosen, 1.0, 0.0) / chosen.sum(axis=dim, keepdims=True)


def _equal_share(x: Any, out: Any, dim: Axes, option: None) -> Any:
    chosen = (x == out) | ((x != x) & (out != out))
    return _shares(chosen, dim)


def _median(x: Any, dim: Axes, keepdim: bool, option: None) -> Any:
    """The middle element of all; of an even number the lower. NaN if one is."""
    values = np.sort(x, axis=None)
    if not values.size or values[-1] != values[-1]:
        return np.asarray(math.nan).astype(x.dtype)[()]
    return values[(values.size - 1) // 2]


def _nanmedian(x: Any, dim: Axes, keepdim: bool, option: None) -> Any:
    numbers = x[x == x]
    return _median(numbers if numbers.size else x, dim, keepdim, option)


SHARED = "those that tie for it share the cotangent"

amax = reduction(
    "amax",
    lambda x, dim, keepdim, option: np.max(x, axis=dim, keepdims=keepdim),
    _equal_share,
    formula=("1 for the largest, else 0",),
    note=SHARED,
)

amin = reduction(
    "amin",
    lambda x, dim, keepdim, option: np.min(x, axis=dim, keepdims=keepdim),
    _equal_share,
    formula=("1 for the smallest, else 0",),
    note=SHARED,
)

max_of_all = reduction(
    "max",
    lambda x, dim, keepdim, option: np.max(x),
    _equal_share,
    node_name="MaxBackward1",
    formula=("1 for the largest, else 0",),
    note=SHARED,
    cases=(Case(((3, 4),), (None, False, None)),),
)

min_of_all = reduction(
    "min",
    lambda x, dim, keepdim, option: np.min(x),
    _equal_share,
    node_name="MinBackward1",
    formula=("1 for the smallest, else 0",),
    note=SHARED,
    cases=(Case(((3, 4),), (None, False, None)),),
)

median_of_all = reduction(
    "median",
    _median,
    _equal_share,
    formula=("1 for the one in the middle, else 0",),
    note=SHARED,
    cases=(Case(((3, 4),), (None, False, None)),),
)

nanmedian_of_all = reduction(
    "nanmedian",
    _nanmedian,
    _equal_share,
    formula=("1 for the one in the middle, else 0",),
    note=SHARED,
    cases=(Case(((3, 4),), (None, False, None)),),
)
