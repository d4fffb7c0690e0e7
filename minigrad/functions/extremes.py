"""The largest, the smallest, the middle, the most frequent: values, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors, return_types
from minigrad.apply import apply, unary, wrap
from minigrad.functions import elementwise, rounding, shapes
from minigrad.functions.arguments import numpy_names, one_dim, some_dims, tensor_argument
from minigrad.node import TensorBase
from minigrad.rules import scans
from minigrad.rules import statistics as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "amax",
    "amin",
    "aminmax",
    "argmax",
    "argmin",
    "max",
    "median",
    "min",
    "mode",
    "nanmedian",
    "nanquantile",
    "quantile",
]

Array = np.ndarray[Any, Any]

# --- Over everything or along several dimensions ------------------------------------------


@numpy_names
def amax(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The largest element; several that tie share the cotangent."""
    return _extreme(rules.amax, input, dim, keepdim)


@numpy_names
def amin(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The smallest element; several that tie share the cotangent."""
    return _extreme(rules.amin, input, dim, keepdim)


def _extreme(rule: Any, input: Tensor, dim: Any, keepdim: bool) -> Tensor:
    data = tensor_argument(rule.name, input)._data
    dims = some_dims(dim, data.ndim)
    _check_not_empty(rule.name, data, dims)
    return unary(rule, input, (dims, keepdim, None))


def _check_not_empty(name: str, data: Any, dims: tuple[int, ...] | None) -> None:
    if dims is None:
        if not data.size:
            raise errors.empty_reduction(name)
        return
    for d in dims:
        if not data.shape[d]:
            raise errors.empty_dimension(name, d)


@numpy_names
def aminmax(
    input: Tensor, *, dim: int | None = None, keepdim: bool = False
) -> return_types.Extremes:
    """The smallest and the largest element."""
    dims: Any = () if dim is None else dim
    return return_types.Extremes(amin(input, dims, keepdim), amax(input, dims, keepdim))


@numpy_names
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; or along `dim`, with its place; or the larger of two tensors.

    Along a dimension the first of several largest receives the whole cotangent; over everything
    they share it.
    """
    if other is not None or isinstance(dim, TensorBase):
        return elementwise.maximum(input, dim if other is None else other)
    if dim is None:
        _check_not_empty("max", tensor_argument("max", input)._data, None)
        return unary(rules.max_of_all, input, (None, False, None))
    return _selected(return_types.max, _first_largest, input, dim, keepdim)


@numpy_names
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; or along `dim`, with its place; or the smaller of two tensors."""
    if other is not None or isinstance(dim, TensorBase):
        return elementwise.minimum(input, dim if other is None else other)
    if dim is None:
        _check_not_empty("min", tensor_argument("min", input)._data, None)
        return unary(rules.min_of_all, input, (None, False, None))
    return _selected(return_types.min, _first_smallest, input, dim, keepdim)


# --- Along one dimension, with the places -------------------------------------------------


def _first_largest(x: Array, dim: int) -> Array:
    return np.asarray(np.argmax(x, axis=dim, keepdims=True))


def _first_smallest(x: Array, dim: int) -> Array:
    return np.asarray(np.argmin(x, axis=dim, keepdims=True))


def _selected(
    kind: Any, places: Callable[[Array, int], Array], input: Tensor, dim: Any, keepdim: bool
) -> Any:
    """The elements at the places that a function finds along a dimension, and the places."""
    name = kind.__name__
    data = tensor_argument(name, input)._data
    axis = one_dim(dim, data.ndim)
    if data.ndim == 0:
        input = shapes.reshape(input, (1,))
        return kind(shapes.reshape(input, ()), wrap(np.int64(0)))
    if not data.shape[axis]:
        raise errors.empty_dimension(name, axis)
    index = places(data, axis).astype(np.int64, copy=False)
    values = pick(input, index, axis, keepdim, name)
    return kind(values, wrap(index if keepdim else np.squeeze(index, axis)[()]))


def pick(input: Tensor, index: Array, axis: int, keepdim: bool, name: str) -> Tensor:
    """The elements at `index` along an axis; the node gets the name of the operation."""
    ending = "1" if name in ("median", "nanmedian") else "0"
    node_name = f"{name.capitalize()}Backward{ending}"
    return apply(scans.pick, (input,), (index, axis, keepdim, node_name))


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is; the first, if there are several."""
    return _position("argmax", np.argmax, input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is; the first, if there are several."""
    return _position("argmin", np.argmin, input, dim, keepdim)


def _position(name: str, function: Any, input: Tensor, dim: Any, keepdim: bool) -> Tensor:
    data = np.asarray(tensor_argument(name, input)._data)
    if data.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    axis = None if dim is None else one_dim(dim, data.ndim)
    if axis is None and not data.size:
        raise IndexError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0."
        )
    if data.ndim == 0:
        return wrap(np.int64(0))
    if axis is not None and not data.shape[axis]:
        raise errors.empty_dimension(name, axis)
    return wrap(function(data, axis=axis, keepdims=keepdim))


# --- The middle ------------------------------------------------------------------------


def _middle(x: Array, dim: int) -> Array:
    """The place of the lower middle element; of the first NaN, if there is one."""
    order = np.argsort(x, axis=dim, kind="stable")
    n = x.shape[dim]
    middle = np.take(order, [(n - 1) // 2], axis=dim)
    missing = np.isnan(x) if x.dtype.kind == "f" else np.zeros(x.shape, bool)
    first = np.argmax(missing, axis=dim, keepdims=True)
    return np.where(missing.any(axis=dim, keepdims=True), first, middle)


def _middle_number(x: Array, dim: int) -> Array:
    """The place of the lower middle element among those that are not NaN."""
    order = np.argsort(x, axis=dim, kind="stable")
    missing = np.isnan(x) if x.dtype.kind == "f" else np.zeros(x.shape, bool)
    numbers = x.shape[dim] - missing.sum(axis=dim, keepdims=True)
    return np.take_along_axis(order, np.maximum(numbers - 1, 0) // 2, dim)


@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element, the lower of two; along `dim` with its place. NaN if one is NaN."""
    tensor_argument("median", input)
    if dim is None:
        return unary(rules.median_of_all, input, (None, False, None))
    return _selected(return_types.median, _middle, input, dim, keepdim)


@numpy_names
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle one of the elements that are not NaN; along `dim` with its place."""
    tensor_argument("nanmedian", input)
    if dim is None:
        return unary(rules.nanmedian_of_all, input, (None, False, None))
    return _selected(return_types.nanmedian, _middle_number, input, dim, keepdim)


def _most_frequent(x: Array, dim: int) -> Array:
    """The last place of the most frequent value, the smallest of several."""
    lines = np.moveaxis(x, dim, -1)
    places = np.empty((*lines.shape[:-1], 1), np.int64)
    for at in np.ndindex(lines.shape[:-1]):
        values, counts = np.unique(lines[at], return_counts=True)
        places[at] = np.flatnonzero(lines[at] == values[np.argmax(counts)])[-1]
    return np.moveaxis(places, -1, dim)


@numpy_names
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> return_types.mode:
    """The most frequent value along `dim`, the smallest of several, and its last place."""
    found: return_types.mode = _selected(return_types.mode, _most_frequent, input, dim, keepdim)
    return found


# --- Quantiles ---------------------------------------------------------------------------

# Where between two elements each way of interpolating looks.
ROUNDED: dict[str, Callable[[Any], Any]] = {
    "linear": lambda rank: rank,
    "lower": np.floor,
    "higher": np.ceil,
    "midpoint": lambda rank: rank,
    "nearest": np.rint,
}


@numpy_names
def quantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The value below which a share q of the elements lies, over everything or along `dim`.

    Args:
        q: a number between 0 and 1, or a 1-d tensor of several, which then stand first in the
            result's shape.
        interpolation: what to take between two elements: "linear", "lower", "higher",
            "midpoint" or "nearest".

    Raises:
        RuntimeError: for integers, and a q outside 0 ... 1.
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@numpy_names
def nanquantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """Like `quantile`, of the elements that are not NaN."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(
    name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str
) -> Tensor:
    data = tensor_argument(name, input)._data
    levels = np.asarray(q._data if isinstance(q, TensorBase) else q, data.dtype)
    _check_quantile(data, levels, q, interpolation)
    ndim = data.ndim
    if dim is None:
        kept: tuple[int, ...] = (1,) * ndim
        input = shapes.reshape(input, (-1,))
        axis = 0
    else:
        axis = one_dim(dim, ndim)
        kept = tuple([1 if i == axis else n for i, n in enumerate(data.shape)])
        input = shapes.reshape(input, (1,)) if ndim == 0 else input
    x = input._data
    order = np.argsort(x, axis=axis, kind="stable")
    ranks = _ranks(q, x, axis, skip_missing=name == "nanquantile")
    places = ROUNDED[interpolation](ranks._data)
    below = np.floor(places).astype(np.int64)
    result = pick(input, np.take_along_axis(order, below, axis), axis, True, "gather")
    if interpolation in ("linear", "midpoint"):
        above = np.ceil(places).astype(np.int64)
        upper = pick(input, np.take_along_axis(order, above, axis), axis, True, "gather")
        fraction = elementwise.sub(ranks, wrap(below))
        weight = wrap(np.full_like(places, 0.5)) if interpolation == "midpoint" else fraction
        result = rounding.lerp(result, upper, weight)
    if levels.ndim == 0:
        if keepdim:
            return shapes.reshape(result, kept)
        return shapes.squeeze(result, axis)
    rest = [i for i in range(result._data.ndim) if i != axis]
    result = shapes.permute(result, axis, *rest)
    return shapes.reshape(result, (levels.size, *kept)) if keepdim else result


def _check_quantile(data: Any, levels: Array, q: Any, interpolation: str) -> None:
    if not data.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if data.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if levels.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if isinstance(q, TensorBase) and q._data.dtype != data.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in ROUNDED:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or "
            f"nearest, but got {interpolation}"
        )
    if not ((levels >= 0) & (levels <= 1)).all():
        if isinstance(q, TensorBase):
            raise RuntimeError("quantile() q values must be in the range [0, 1]")
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q}")


def _ranks(q: Any, x: Array, axis: int, *, skip_missing: bool) -> Tensor:
    """For each level the place in the sorted line, with a fraction; at a NaN, if it counts."""
    along = [1] * x.ndim
    along[axis] = -1
    levels = q if isinstance(q, TensorBase) else wrap(np.asarray(q, x.dtype))
    levels = shapes.reshape(levels, along)  # type: ignore[arg-type]
    missing = np.isnan(x).sum(axis=axis, keepdims=True)
    last = x.shape[axis] - 1
    if skip_missing:
        return elementwise.mul(levels, wrap(np.maximum(last - missing, 0).astype(x.dtype)))
    ranks = elementwise.mul(levels, wrap(np.full(missing.shape, last, x.dtype)))
    has_missing = wrap(np.asarray(missing > 0))
    chosen: Tensor = elementwise.where(has_missing, float(last), ranks)
    return chosen
