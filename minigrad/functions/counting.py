"""Counting: bins, distinct values; and how quantities vary together."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors, return_types
from minigrad.apply import wrap
from minigrad.functions import elementwise, matrix, reductions, rounding, shapes
from minigrad.functions.arguments import one_dim, tensor_argument
from minigrad.functions.reductions import converted
from minigrad.node import TensorBase

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "bincount",
    "corrcoef",
    "cov",
    "histc",
    "histogram",
    "unique",
    "unique_consecutive",
]

# --- Bins ------------------------------------------------------------------------------


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... occurs; with weights, their sum instead.

    Raises:
        RuntimeError: for negative numbers, and for more than one dimension.
    """
    data = tensor_argument("bincount", input)._data
    if data.dtype.kind in "fb":
        raise errors.not_implemented_for("bincount_cpu", data.dtype)
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if data.ndim != 1 or (data.size and data.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is None or not data.size:
        return wrap(np.bincount(data.astype(np.int64), minlength=minlength))
    values = weights._data
    if values.shape != data.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    kind = values.dtype if values.dtype == np.float32 else np.dtype(np.float64)
    return wrap(np.bincount(data, values, minlength).astype(kind))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements lie in each of `bins` bins of the same width between min and max.

    Elements outside count nowhere; for min = max the range is that of the elements.
    """
    data = np.asarray(tensor_argument("histc", input)._data)
    if bins <= 0:
        raise RuntimeError("bins must be > 0")
    low, high = _range(data, float(min), float(max), "torch.histc", 1.0)
    counts = np.zeros(bins, np.int64)
    inside = data[(data >= low) & (data <= high)].astype(np.float64)
    places = ((inside - low) / (high - low) * bins).astype(np.int64)
    np.add.at(counts, np.minimum(places, bins - 1), 1)
    return wrap(counts.astype(data.dtype))


def _range(data: Any, low: float, high: float, name: str, margin: float) -> tuple[float, float]:
    """The range, or else that of the elements; widened by the margin if it is a point."""
    if low == high and data.size:
        low, high = float(data.min()), float(data.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"{name}: range of [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError(f"{name}: max must be larger than min")
    return (low - margin, high + margin) if low == high else (low, high)


def histogram(
    input: Tensor,
    bins: int | Tensor,
    *,
    range: tuple[float, float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> return_types.Histogram:
    """How many elements lie in each bin, and where the bins begin and end.

    Args:
        bins: how many of the same width, or a tensor of their edges.
        range: where the bins begin and end, if not at the extremes.
        weight: what each element counts.
        density: divide by the total and by the width.
    """
    data = np.asarray(tensor_argument("histogram", input)._data)
    if data.dtype.kind != "f":
        raise errors.not_implemented_for("histogram_cpu", data.dtype)
    if isinstance(bins, TensorBase):
        edges = np.asarray(bins._data)
    else:
        given = range or ((0.0, 0.0) if data.size else (0.0, 1.0))
        low, high = _range(data, *given, "torch.histogram", 0.5)
        edges = np.linspace(low, high, bins + 1, dtype=data.dtype)
    weights = None if weight is None else np.asarray(weight._data).ravel()
    counts, _ = np.histogram(data.ravel(), edges, weights=weights, density=density)
    return return_types.Histogram(wrap(counts.astype(data.dtype)), wrap(edges))


# --- Distinct values -----------------------------------------------------------------------


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements (or slices along `dim`), in order.

    Args:
        sorted: they are in any case.
        return_inverse: also, for each element, which of them it is.
        return_counts: also how often each occurs.
    """
    data = np.asarray(tensor_argument("unique", input)._data)
    axis = None if dim is None else one_dim(dim, data.ndim)
    values, inverse, counts = np.unique(
        data, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(data.shape if axis is None else -1)
    return _chosen(values, inverse, counts, return_inverse, return_counts)


def unique_consecutive(
    input: Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The elements (or slices along `dim`) without repetitions of the one just before."""
    data = np.asarray(tensor_argument("unique_consecutive", input)._data)
    if dim is None:
        lines, axis = data.reshape(-1, 1), None
    else:
        axis = one_dim(dim, data.ndim)
        moved = np.moveaxis(data, axis, 0)
        lines = moved.reshape(len(moved), prod(moved.shape[1:]))
    new = np.ones(len(lines), bool)
    new[1:] = (lines[1:] != lines[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    values = data.reshape(-1)[starts] if axis is None else np.take(data, starts, axis)
    inverse = (np.cumsum(new) - 1).reshape(data.shape if axis is None else -1)
    counts = np.diff(np.append(starts, len(lines)))
    return _chosen(values, inverse, counts, return_inverse, return_counts)


def _chosen(
    values: Any, inverse: Any, counts: Any, with_inverse: bool, with_counts: bool
) -> Any:
    found = [wrap(values)]
    if with_inverse:
        found.append(wrap(inverse.astype(np.int64)[()]))
    if with_counts:
        found.append(wrap(counts.astype(np.int64)))
    return found[0] if len(found) == 1 else tuple(found)


# --- How quantities vary together -------------------------------------------------------------


def cov(
    input: Tensor,
    *,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """The covariances of the rows, whose columns are observations.

    Args:
        input: shape (variables, observations), or (observations,) for one variable.
        correction: divide by n - correction.
        fweights: how often each observation counts, whole numbers.
        aweights: how much each observation counts.
    """
    if tensor_argument("cov", input)._data.ndim > 2:
        raise RuntimeError(
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{input._data.ndim} dimensions"
        )
    if input._data.dtype.kind != "f":
        input = converted(input, dtypes.default_float.numpy)
    x = shapes.reshape(input, (1, -1)) if input._data.ndim < 2 else input
    weights: Any = None
    for given in (fweights, aweights):
        if given is not None:
            weights = given if weights is None else elementwise.mul(weights, given)
    if weights is None:
        total: Any = float(x._data.shape[1])
        mean = reductions.mean(x, 1, True) if x._data.shape[1] else reductions.sum(x, 1, True)
    else:
        total = reductions.sum(weights)
        mean = elementwise.div(reductions.sum(elementwise.mul(x, weights), 1, True), total)
    freedom = elementwise.sub(total, correction) if weights is not None else total - correction
    if aweights is not None and correction:
        share = reductions.sum(elementwise.mul(weights, aweights))
        freedom = elementwise.sub(
            total, elementwise.mul(elementwise.div(share, total), correction)
        )
    away = elementwise.sub(x, mean)
    weighted = away if weights is None else elementwise.mul(away, weights)
    product = matrix.matmul(weighted, shapes.t(away))
    if isinstance(freedom, TensorBase):
        scale: Any = rounding.clamp(freedom, min=0)  # type: ignore[arg-type]
    else:
        scale = freedom if freedom > 0 else 0.0
    return shapes.squeeze(elementwise.div(product, scale))


def corrcoef(input: Tensor) -> Tensor:
    """The correlation coefficients of the rows, whose columns are observations."""
    together = cov(input)
    if together._data.ndim == 0:
        return elementwise.div(together, together)
    n = together._data.shape[0]
    places = wrap(np.arange(n))
    spread = elementwise.sqrt(together[places, places])
    scaled = elementwise.div(elementwise.div(together, spread[:, None]), spread[None])
    return rounding.clamp(scaled, -1, 1)
