"""Products, variances, norms and other reductions that are not linear."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import unary, wrap
from minigrad.functions import elementwise
from minigrad.functions.arguments import (
    INT64,
    numpy_names,
    one_dim,
    some_dims,
    tensor_argument,
)
from minigrad.functions.reductions import converted, mean, sum
from minigrad.rules import statistics as rules
from minigrad.rules.reductions import count

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "count_nonzero",
    "dist",
    "logsumexp",
    "nanmean",
    "nansum",
    "norm",
    "prod",
    "renorm",
    "std",
    "std_mean",
    "var",
    "var_mean",
]


@numpy_names
def prod(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The product of all elements, or along `dim`. Integers are multiplied in int64."""
    data = tensor_argument("prod", input)._data
    dims = None if dim is None else some_dims(one_dim(dim, data.ndim), data.ndim)
    if dtype is not None:
        input = converted(input, dtypes.to_numpy_dtype(dtype))
    elif data.dtype.kind != "f":
        input = converted(input, INT64)
    return unary(rules.prod, input, (dims, keepdim, None))


# --- Spread ------------------------------------------------------------------------


@numpy_names
def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance of all elements, or along `dim`.

    Args:
        dim: a dimension, or several; None for all. A bool here stands for `unbiased`.
        unbiased: divide by n - 1 (as without it), or by n.
        correction: divide by n - correction.

    Raises:
        RuntimeError: for integers.
    """
    return _spread(rules.var, input, dim, unbiased, keepdim, correction)


@numpy_names
def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation, the root of the variance; arguments as for `var`."""
    return _spread(rules.std, input, dim, unbiased, keepdim, correction)


def _spread(
    rule: Any, input: Tensor, dim: Any, unbiased: bool | None, keepdim: bool, correction: Any
) -> Tensor:
    data = tensor_argument(rule.name, input)._data
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if data.dtype.kind != "f":
        raise errors.std_needs_floats()
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    dims = some_dims(dim, data.ndim)
    if count(data.shape, dims) <= correction:
        warnings.warn(errors.NO_FREEDOM.format(rule.name), UserWarning, stacklevel=4)
    return unary(rule, input, (dims, keepdim, correction))


@numpy_names
def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """The variance and the mean; arguments as for `var`."""
    spread = var(input, dim, unbiased, keepdim, correction=correction)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


@numpy_names
def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean; arguments as for `var`."""
    spread = std(input, dim, unbiased, keepdim, correction=correction)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


# --- Lengths -----------------------------------------------------------------------


@numpy_names
def norm(
    input: Tensor,
    p: float | str | None = "fro",
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """The length (Σ|x|ᵖ)^(1/p) of all elements taken as one vector, or along `dim`.

    Args:
        p: 2 ("fro"), 1, any other number, or infinity for the largest element; "nuc" for the
            sum of the singular values of a matrix.

    Raises:
        RuntimeError: for integers, and for a p that is no number.
    """
    data = tensor_argument("norm", input)._data
    if dtype is not None:
        input = converted(input, dtypes.to_numpy_dtype(dtype))
    elif data.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
            f"{errors.scalar_type(data.dtype)}"
        )
    if p is None or p == "fro":
        p = 2.0
    if isinstance(p, str):
        if p == "nuc":
            from minigrad.functions.decompositions import matrix_norm

            return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim)
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    return unary(rules.norm, input, (some_dims(dim, data.ndim), keepdim, float(p)))


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other."""
    return norm(elementwise.sub(input, other), p)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Each slice along `dim` shortened to a p-norm of maxnorm, if it is longer."""
    axis = one_dim(dim, input._data.ndim)
    if input._data.ndim < 2:
        raise RuntimeError("renorm: input needs at least 2 dimensions, got 1 dimensions")
    others = tuple([i for i in range(input._data.ndim) if i != axis])
    length = norm(input, p, others, True)
    factor = elementwise.where(
        elementwise.gt(length, maxnorm),
        elementwise.mul(elementwise.reciprocal(elementwise.add(length, 1e-7)), maxnorm),
        1.0,
    )
    return elementwise.mul(input, factor)


# --- Sums of exponentials, sums without NaN, counts -------------------------------------


@numpy_names
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """ln Σeˣ along `dim`, without the overflow of the exponentials."""
    data = tensor_argument("logsumexp", input)._data
    dims = some_dims(dim, data.ndim)
    if data.dtype.kind != "f":
        input = converted(input, dtypes.default_float.numpy)
    return unary(rules.logsumexp, input, (dims, keepdim, None))


@numpy_names
def nansum(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The sum of the elements that are not NaN."""
    data = tensor_argument("nansum", input)._data
    if dtype is not None:
        input = converted(input, dtypes.to_numpy_dtype(dtype))
    if input._data.dtype.kind != "f":
        return sum(input, dim, keepdim)
    return unary(rules.nansum, input, (some_dims(dim, data.ndim), keepdim, None))


@numpy_names
def nanmean(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The mean of the elements that are not NaN."""
    data = tensor_argument("nanmean", input)._data
    if data.dtype.kind != "f":
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            f"{errors.scalar_type(data.dtype)}"
        )
    numbers = wrap(np.asarray(~np.isnan(data)))
    total = nansum(input, dim, keepdim, dtype=dtype)
    return elementwise.div(total, sum(numbers, dim, keepdim))


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not 0."""
    data = tensor_argument("count_nonzero", input)._data
    dims = some_dims(dim, data.ndim)
    return wrap(np.asarray(np.count_nonzero(data, axis=dims), np.int64)[()])
