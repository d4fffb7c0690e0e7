"""Lengths, distances and angles of vectors, and the bilinear form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.functions import elementwise
from minigrad.functions.contractions import einsum
from minigrad.functions.reductions import sum as total
from minigrad.functions.rounding import clamp_min
from minigrad.functions.shapes import expand, reshape
from minigrad.functions.statistics import norm

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "bilinear",
    "cosine_similarity",
    "normalize",
    "pairwise_distance",
]


def normalize(
    input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None
) -> Tensor:
    """input / max(‖input‖ₚ, eps), with the norm along `dim`."""
    if out is not None:
        raise TypeError("normalize() does not take out= here: assign the result instead")
    length = clamp_min(norm(input, p, dim, True), eps)
    return elementwise.div(input, expand(length, input._data.shape))


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    return norm(elementwise.add(elementwise.sub(x1, x2), eps), p, -1, keepdim)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) max(‖x2‖, eps)) along `dim`: the cosine of the angle."""
    try:
        shape = np.broadcast_shapes(x1._data.shape, x2._data.shape)
    except ValueError:
        raise errors.shapes_do_not_broadcast(x1._data.shape, x2._data.shape) from None
    x1, x2 = expand(x1, shape), expand(x2, shape)
    first = elementwise.div(x1, clamp_min(norm(x1, 2, dim, True), eps))
    second = elementwise.div(x2, clamp_min(norm(x2, 2, dim, True), eps))
    return total(elementwise.mul(first, second), dim)


def bilinear(
    input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None
) -> Tensor:
    """yₖ = x₁ᵀ Wₖ x₂ + bₖ.

    Args:
        input1, input2: shapes (..., n) and (..., m).
        weight: shape (k, n, m).
        bias: shape (k).
    """
    a, b, w = input1._data.shape, input2._data.shape, weight._data.shape
    if a[:-1] != b[:-1]:
        raise RuntimeError(
            "bilinear(): input batch dimensions do not match: got "
            f"{errors.size_text(a)} and {errors.size_text(b)}"
        )
    if a[-1] != w[1] or b[-1] != w[2]:
        raise RuntimeError(
            "bilinear(): input sizes do not match weight size: got "
            f"{a[-1]} and {b[-1]} but expected {w[1]} and {w[2]}"
        )
    count = input1._data.size // (a[-1] or 1) if a[-1] else 0
    left, right = reshape(input1, [count, a[-1]]), reshape(input2, [count, b[-1]])
    out = reshape(einsum("bn,knm,bm->bk", left, weight, right), [*a[:-1], w[0]])
    return out if bias is None else out + bias
