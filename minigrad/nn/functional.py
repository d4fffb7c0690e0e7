"""Layers and losses as functions: everything a module does, without the module."""

from __future__ import annotations

import math

# ruff: noqa: F403  (each file of functions says in __all__ what it offers)
from minigrad import errors
from minigrad.functions import (
    activations,
    classification,
    convolution,
    losses,
    normalization,
    padding,
    pooling,
    regularization,
    resampling,
    similarity,
)
from minigrad.functions.activations import *
from minigrad.functions.classification import *
from minigrad.functions.convolution import *
from minigrad.functions.elementwise import sigmoid, tanh
from minigrad.functions.losses import *
from minigrad.functions.matrix import addmm
from minigrad.functions.normalization import *
from minigrad.functions.padding import *
from minigrad.functions.pooling import *
from minigrad.functions.regularization import *
from minigrad.functions.resampling import *
from minigrad.functions.similarity import *
from minigrad.tensor import Tensor

__all__ = [
    *activations.__all__,
    *classification.__all__,
    *convolution.__all__,
    *losses.__all__,
    *normalization.__all__,
    *padding.__all__,
    *pooling.__all__,
    *regularization.__all__,
    *resampling.__all__,
    *similarity.__all__,
    "linear",
    "sigmoid",
    "tanh",
]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weightᵀ + bias, for a vector, a matrix of rows, or more dimensions of them.

    Args:
        input: shape (..., in_features).
        weight: shape (out_features, in_features), or (in_features).
        bias: shape (out_features).

    Raises:
        RuntimeError: if the inner sizes differ.
    """
    a, b = input._data, weight._data
    if b.ndim == 2 and a.ndim and a.shape[-1] != b.shape[1]:
        raise errors.matrix_shapes((a.size // (a.shape[-1] or 1), a.shape[-1]), b.T.shape)
    if a.dtype is not b.dtype:
        raise errors.linear_dtypes(a.dtype, b.dtype)
    if bias is None:
        return input.matmul(weight.t())
    if a.ndim == 2 and b.ndim == 2:
        return addmm(bias, input, weight.t())
    if a.ndim and b.ndim == 2 and a.flags.c_contiguous:
        rows = input.reshape(math.prod(a.shape[:-1]), a.shape[-1])
        return addmm(bias, rows, weight.t()).view(*a.shape[:-1], b.shape[0])
    return input.matmul(weight.t()) + bias
