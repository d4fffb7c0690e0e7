"""Sums, means, extremes: over everything, or along some dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, unary, wrap
from minigrad.functions.arguments import INT64, numpy_names, some_dims, tensor_argument
from minigrad.rules import elementwise
from minigrad.rules import reductions as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "all",
    "any",
    "mean",
    "sum",
]


def sum(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Tensor:
    """The sum of all elements, or along `dim`. Integers and bools are counted in int64.

    Args:
        dim: a dimension, or several; None for all. `axis` is another name for it.
        keepdim: keep each summed dimension, with length 1.
        dtype: convert to this type first.

    Raises:
        IndexError: if there is no such dimension.
    """
    data = tensor_argument("sum", input)._data
    dims = some_dims(axis if dim is None else dim, data.ndim)
    if dtype is not None:
        input = converted(input, dtypes.to_numpy_dtype(dtype))
    elif data.dtype.kind != "f":
        input = converted(input, INT64)
    return unary(rules.sum, input, (dims, keepdim or keepdims))


def mean(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Tensor:
    """The mean of all elements, or along `dim`; arguments as for `sum`.

    Raises:
        RuntimeError: for integers, whose mean is not one of them.
    """
    data = tensor_argument("mean", input)._data
    if dtype is not None:
        input = converted(input, dtypes.to_numpy_dtype(dtype))
    elif data.dtype.kind != "f":
        raise errors.floats_needed("mean", data.dtype)
    dims = some_dims(axis if dim is None else dim, data.ndim)
    return unary(rules.mean, input, (dims, keepdim or keepdims))


@numpy_names
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether every element is true (not zero)."""
    return _judged(np.all, input, dim, keepdim)


@numpy_names
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true (not zero)."""
    return _judged(np.any, input, dim, keepdim)


def _judged(function: Any, input: Tensor, dim: Any, keepdim: bool) -> Tensor:
    """PyTorch keeps the answers about bytes as bytes."""
    data = np.asarray(input._data)
    dims = dim if dim == () else some_dims(dim, data.ndim)
    answer = np.asarray(function(data, axis=dims, keepdims=keepdim))
    return wrap((answer.astype(np.uint8) if data.dtype == np.uint8 else answer)[()])


def converted(input: Tensor, wanted: np.dtype[Any]) -> Tensor:
    """The tensor in a dtype, recorded; itself if it has it already."""
    if input._data.dtype is wanted:
        return input
    return apply(elementwise.to_dtype, (input,), (wanted,))
