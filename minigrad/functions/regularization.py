"""Dropout and embeddings: what a layer does by chance, and what it looks up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.functions import elementwise
from minigrad.functions.creation import finish
from minigrad.functions.layout import in_layout_of
from minigrad.inplace import apply_in_place
from minigrad.random import bernoulli
from minigrad.rules import elementwise as elementwise_rules
from minigrad.rules import embedding as rules
from minigrad.views import as_array, version_of

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "embedding",
    "feature_alpha_dropout",
]

# Minus what selu tends to far below 0, where alpha_dropout puts what it drops.
ALPHA_PRIME = 1.7580993408473766


def _check_probability(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise errors.dropout_probability(p)


def dropout(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """In training: each element 0 with probability p, else divided by 1 - p.

    Raises:
        ValueError: if p is no probability.

    Srivastava et al., "Dropout", 2014.
    """
    _check_probability(p)
    return _dropped(input, input._data.shape, p, training, inplace)


def _dropped(
    input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool
) -> Tensor:
    if not training or p == 0 or not input._data.size:
        return input
    dtype = input._data.dtype
    if p == 1:
        factors = np.zeros((), dtype)
    else:
        factors = _kept(input, shape, p).astype(dtype)
        factors /= dtype.type(1 - p)
    if inplace:
        return apply_in_place(elementwise_rules.mul, input, (finish(factors),))
    return elementwise.mul(input, finish(factors))


def _kept(input: Tensor, shape: tuple[int, ...], p: float) -> Any:
    """What is not dropped; drawn in the order of the input's memory, if it has this shape."""
    if shape != input._data.shape:
        return bernoulli(1 - p, shape)
    return in_layout_of(input, lambda shape: bernoulli(1 - p, shape))


def _whole_channels(
    input: Tensor, p: float, training: bool, inplace: bool, batched: int
) -> Tensor:
    """Dropout of channels; an input of fewer than `batched` dimensions is one example."""
    _check_probability(p)
    shape = input._data.shape
    leading = 2 if len(shape) >= batched else 1
    if leading == 1:
        noise = (*shape[:1], *[1] * (len(shape) - 1))
    else:
        noise = (*shape[:2], *[1] * (len(shape) - 2))
    return _dropped(input, noise, p, training, inplace)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Dropout of whole channels of an input of shape (N, C, L) or (C, L)."""
    if input._data.ndim not in (2, 3):
        raise RuntimeError(
            "dropout1d: Expected 2D or 3D input, but received a "
            f"{input._data.ndim}D input. Note that dropout1d exists to provide channel-wise "
            "dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return _whole_channels(input, p, training, inplace, 3)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Dropout of whole channels of an input of shape (N, C, H, W)."""
    return _whole_channels(input, p, training, inplace, 2)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Dropout of whole channels of an input of shape (N, C, D, H, W)."""
    return _whole_channels(input, p, training, inplace, 5)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Dropout that keeps mean 0 and variance 1, for `selu`. Klambauer et al., 2017."""
    return _alpha_dropped(input, input._data.shape, p, training, inplace)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels."""
    shape = input._data.shape
    noise = (*shape[:2], *[1] * (len(shape) - 2))
    return _alpha_dropped(input, noise, p, training, inplace)


def _alpha_dropped(
    input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool
) -> Tensor:
    _check_probability(p)
    if not training or p == 0 or not input._data.size:
        return input
    if p == 1:
        return input.mul_(0) if inplace else input * 0
    dtype = input._data.dtype
    kept = _kept(input, shape, p)
    scale = 1 / math.sqrt((ALPHA_PRIME**2 * p + 1) * (1 - p))
    shift = finish(((kept - 1.0) * ALPHA_PRIME * scale + ALPHA_PRIME * scale * p).astype(dtype))
    factors = finish((kept * scale).astype(dtype))
    if inplace:
        return input.mul_(factors).add_(shift)
    return input * factors + shift


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of `weight` with the numbers in `input`.

    Args:
        input: row numbers, any shape.
        weight: shape (rows, width).
        padding_idx: a row that gets no gradient.
        max_norm: shrink rows to this norm before they are used, in place.
        scale_grad_by_freq: divide the gradient of a row by how often it was used.

    Returns:
        Shape (*input, width).

    Raises:
        IndexError: for a row that there is not.
    """
    index = np.asarray(input._data)
    if index.dtype not in (np.int64, np.int32):
        raise errors.embedding_dtype(index.dtype)
    rows = weight._data.shape[0]
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise AssertionError("Padding_idx must be within num_embeddings")
    if ((index < 0) | (index >= rows)).any():
        raise errors.embedding_index()
    padding = -1 if padding_idx is None else padding_idx % rows
    index = index.copy()
    if max_norm is not None:
        _shrink_rows(weight, np.unique(index), max_norm, norm_type)
    return apply(rules.embedding, (weight,), (index, padding, scale_grad_by_freq))


def _shrink_rows(
    weight: Tensor,
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    limit: float,
    p: float,
) -> None:
    values = as_array(weight)
    norms = np.linalg.norm(values[rows], p, axis=1, keepdims=True)
    factors = np.where(norms > limit, limit / (norms + 1e-7), 1.0)
    values[rows] = values[rows] * factors
    version_of(weight).bump()
