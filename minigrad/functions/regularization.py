"""Dropout and embeddings: what a layer does by chance, and what it looks up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.functions import elementwise, matrix, shapes
from minigrad.functions.activations import softmax
from minigrad.functions.creation import finish
from minigrad.inplace import apply_in_place
from minigrad.random import bernoulli
from minigrad.rules import elementwise as elementwise_rules
from minigrad.rules import embedding as rules
from minigrad.rules import shapes as shape_rules
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
    "scaled_dot_product_attention",
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
        factors = bernoulli(1 - p, shape).astype(dtype)
        factors /= dtype.type(1 - p)
    if inplace:
        return apply_in_place(elementwise_rules.mul, input, (finish(factors),))
    return elementwise.mul(input, finish(factors))


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
    kept = bernoulli(1 - p, shape)
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


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(Q Kᵀ · scale + mask) V.

    Args:
        query: shape (..., L, E).
        key: shape (..., S, E).
        value: shape (..., S, Ev).
        attn_mask: true where attention may go, or numbers to add; shape (..., L, S).
        dropout_p: the probability of dropping a weight.
        is_causal: no position attends to a later one.
        scale: 1/√E by default.
        enable_gqa: several heads of the query share one of key and value.

    Vaswani et al., "Attention is all you need", 2017.
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
    if scale is None:
        scale = 1 / math.sqrt(query._data.shape[-1] or 1)
    if enable_gqa:
        key, value = [
            _repeated_heads(x, query._data.shape[-3] // x._data.shape[-3]) for x in (key, value)
        ]
    scores = matrix.matmul(query, shapes.transpose(key, -1, -2)) * scale
    length, size = query._data.shape[-2], key._data.shape[-2]
    if is_causal:
        attn_mask = finish(np.tril(np.ones((length, size), bool)))
    if attn_mask is not None:
        if attn_mask._data.dtype.kind == "b":
            blocked = np.where(attn_mask._data, 0.0, -np.inf)
            attn_mask = finish(blocked.astype(query._data.dtype))
        scores = scores + attn_mask
    weights = softmax(scores, -1)
    # A query that may attend to nothing gets nothing.
    lost = (np.asarray(scores._data) == -np.inf).all(axis=-1, keepdims=True)
    if lost.any():
        weights = elementwise.where(finish(lost), 0.0, weights)
    found = matrix.matmul(dropout(weights, dropout_p), value)
    fused = dropout_p == 0 and query._data.ndim == 4 and query.shape[-1] == value.shape[-1]
    return apply(shape_rules.attention_values, (found,), (found.shape,)) if fused else found


def _repeated_heads(x: Tensor, times: int) -> Tensor:
    shape = x._data.shape
    wide = shapes.expand(shapes.unsqueeze(x, -3), (*shape[:-2], times, *shape[-2:]))
    return shapes.reshape(wide, (*shape[:-3], shape[-3] * times, *shape[-2:]))
