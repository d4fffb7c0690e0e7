"""Running sums, products and extremes; differences and areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, return_types
from minigrad.apply import unary, wrap
from minigrad.functions import elementwise, joining, reductions, shapes
from minigrad.functions.arguments import INT64, numpy_names, one_dim, tensor_argument
from minigrad.functions.extremes import pick
from minigrad.functions.reductions import converted
from minigrad.rules import scans as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "diff",
    "logcumsumexp",
    "trapezoid",
    "trapz",
]


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """At each place the sum of the elements up to there, along `dim`."""
    return _running(rules.cumsum, input, dim, dtype)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """At each place the product of the elements up to there, along `dim`."""
    return _running(rules.cumprod, input, dim, dtype)


@numpy_names
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """At each place ln Σeˣ of the elements up to there, along `dim`."""
    return _running(rules.logcumsumexp, input, dim, None)


def _running(rule: Any, input: Tensor, dim: int, dtype: Any) -> Tensor:
    data = tensor_argument(rule.name, input)._data
    axis = one_dim(dim, data.ndim)
    if dtype is not None:
        input = converted(input, dtypes.to_numpy_dtype(dtype))
    elif data.dtype.kind != "f":
        input = converted(input, INT64)
    if data.ndim == 0:
        return shapes.reshape(unary(rule, shapes.reshape(input, (1,)), (0,)), ())
    return unary(rule, input, (axis,))


@numpy_names
def cummax(input: Tensor, dim: int) -> return_types.cummax:
    """At each place the largest element up to there, along `dim`, and where it stands."""
    found: return_types.cummax = _running_extreme(return_types.cummax, np.maximum, input, dim)
    return found


@numpy_names
def cummin(input: Tensor, dim: int) -> return_types.cummin:
    """At each place the smallest element up to there, along `dim`, and where it stands."""
    found: return_types.cummin = _running_extreme(return_types.cummin, np.minimum, input, dim)
    return found


def _running_extreme(kind: Any, choose: np.ufunc, input: Tensor, dim: int) -> Any:
    data = tensor_argument(kind.__name__, input)._data
    axis = one_dim(dim, data.ndim)
    if data.ndim == 0:
        return kind(shapes.clone(input), wrap(np.int64(0)))
    best = choose.accumulate(data, axis=axis)
    along = [1] * data.ndim
    along[axis] = -1
    own = np.arange(data.shape[axis]).reshape(along)
    reached = (data == best) | (data != data)
    index = np.maximum.accumulate(np.where(reached, own, 0), axis=axis)
    return kind(pick(input, index, axis, True, kind.__name__), wrap(index))


# --- Differences and areas ------------------------------------------------------------------


@numpy_names
def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """Each element less the one before it, along `dim`, n times over."""
    data = tensor_argument("diff", input)._data
    if data.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = one_dim(dim, data.ndim)
    if n == 0:
        return shapes.clone(input)
    parts = [part for part in (prepend, input, append) if part is not None]
    x = joining.cat(parts, axis) if len(parts) > 1 else input
    for _ in range(n):
        length = x._data.shape[axis]
        if length == 0:
            return x
        later = shapes.narrow(x, axis, 1, length - 1)
        earlier = shapes.narrow(x, axis, 0, length - 1)
        x = (
            wrap(later._data ^ earlier._data)
            if data.dtype.kind == "b"
            else elementwise.sub(later, earlier)
        )
    return x


@numpy_names
def trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: float | Tensor = 1, dim: int = -1
) -> Tensor:
    """The area under the line through the points, by the trapezoidal rule, along `dim`.

    Args:
        y: the heights.
        x: where they stand; or
        dx: how far apart they are.
    """
    axis = one_dim(dim, y._data.ndim)
    if y._data.ndim and not y._data.shape[axis]:
        return reductions.sum(wrap(y._data), axis)
    total = reductions.sum(_areas(y, x, dx, axis), axis - y._data.ndim)
    return elementwise.div(total, 2.0)


@numpy_names
def cumulative_trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: float | Tensor = 1, dim: int = -1
) -> Tensor:
    """At each place the area up to there; arguments as for `trapezoid`."""
    axis = one_dim(dim, y._data.ndim)
    return elementwise.div(cumsum(_areas(y, x, dx, axis), axis - y._data.ndim), 2.0)


def _areas(y: Tensor, x: Tensor | None, dx: Any, axis: int) -> Tensor:
    """Twice the area of each trapezium."""
    n = y._data.shape[axis] if y._data.ndim else 0
    steps: Any = dx
    if x is not None:
        lengths: Sequence[int] = x._data.shape
        if len(lengths) == 1 and y._data.ndim > 1:
            if lengths[0] != n:
                raise RuntimeError(
                    "trapezoid: There must be one `x` value for each sample point"
                )
            steps = shapes.reshape(diff(x), (-1,) + (1,) * (y._data.ndim - 1 - axis))
        else:
            steps = diff(x, dim=axis - y._data.ndim)
    length = max(n - 1, 0)
    later = shapes.narrow(y, axis, min(1, n), length)
    earlier = shapes.narrow(y, axis, 0, length)
    return elementwise.mul(elementwise.add(later, earlier), steps)


trapz = trapezoid
