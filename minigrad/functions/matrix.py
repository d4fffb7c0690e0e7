"""Products of vectors and matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minigrad import errors
from minigrad.apply import apply, binary
from minigrad.functions.arguments import tensor_argument
from minigrad.rules import matrix as rules
from minigrad.rules import shapes as shape_rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "addmm",
    "bmm",
    "dot",
    "matmul",
    "mm",
    "mv",
]


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The sum of the products of two vectors' elements.

    Args:
        input, tensor: shape (n).
    """
    a, b = (
        tensor_argument("dot", input)._data,
        tensor_argument("dot", tensor, "tensor", 2)._data,
    )
    if a.ndim != 1 or b.ndim != 1:
        raise errors.dot_dimensions(a.ndim, b.ndim)
    if a.shape != b.shape:
        raise errors.dot_sizes(a.shape, b.shape)
    _same_dtype(input, tensor)
    return binary(rules.dot, input, tensor)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """A matrix times a vector.

    Args:
        input: shape (n, m).
        vec: shape (m).
    """
    a, b = tensor_argument("mv", input)._data, tensor_argument("mv", vec, "vec", 2)._data
    if a.ndim != 2 or b.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {a.ndim}, {b.ndim}, {1}")
    if a.shape[1] != b.shape[0]:
        raise errors.matrix_vector_shapes(a.shape, b.shape)
    _same_dtype(input, vec)
    return binary(rules.mv, input, vec)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices.

    Args:
        input: shape (n, m).
        mat2: shape (m, p).
    """
    a, b = tensor_argument("mm", input)._data, tensor_argument("mm", mat2, "mat2", 2)._data
    if a.ndim != 2:
        raise errors.not_a_matrix("self")
    if b.ndim != 2:
        raise errors.not_a_matrix("mat2")
    if a.shape[1] != b.shape[0]:
        raise errors.matrix_shapes(a.shape, b.shape)
    _same_dtype(input, mat2)
    return apply(rules.mm, (input, mat2), (is_transposed(mat2),))


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Products of matrices, pair by pair.

    Args:
        input: shape (b, n, m).
        mat2: shape (b, m, p).
    """
    a, b = tensor_argument("bmm", input)._data, tensor_argument("bmm", mat2, "mat2", 2)._data
    if a.ndim != 3 or b.ndim != 3:
        raise RuntimeError(f"{'batch1' if a.ndim != 3 else 'batch2'} must be a 3D tensor")
    expected = (a.shape[0], a.shape[2])
    if b.shape[:2] != expected:
        raise errors.batch_matrix_shapes(expected, b.shape[:2])
    _same_dtype(input, mat2)
    return binary(rules.bmm, input, mat2)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product.

    Of vectors, matrices, and batches of matrices, whose batch axes broadcast.
    """
    a = tensor_argument("matmul", input)._data
    b = tensor_argument("matmul", other, "other", 2)._data
    if a.ndim == 2 and b.ndim == 2:
        return mm(input, other)
    if a.ndim == 2 and b.ndim == 1:
        return mv(input, other)
    if a.ndim == 1 and b.ndim == 1:
        return dot(input, other)
    if a.ndim == 0 or b.ndim == 0:
        raise errors.matmul_of_scalar(a.ndim, b.ndim)
    _check_batches(a.shape, b.shape)
    _same_dtype(input, other)
    if a.ndim == 1 and b.ndim == 2:
        row = mm(input.unsqueeze(0), other)
        return apply(shape_rules.squeeze_one_, (row,), ((0,),))
    if _one_product_serves(input, other):
        return _in_one_product(input, other)
    if a.ndim == 1:
        return _shaped(binary(rules.bmm, input.unsqueeze(0), other), -2)
    if b.ndim == 1:
        return _shaped(binary(rules.bmm, input, other.unsqueeze(1)), -1)
    return _shaped(binary(rules.bmm, input, other))


def _one_product_serves(input: Tensor, other: Tensor) -> bool:
    """Whether PyTorch takes the matrices of a batch for the rows of one large matrix.

    It does so for a batch times one matrix or vector, if that has a gradient, which then needs
    no sum over the batch, or if nothing has to be copied for it.
    """
    a, b = input._data, other._data
    if min(a.ndim, b.ndim) > 2:
        return False
    smaller, batch = (other, a) if a.ndim > b.ndim else (input, b.swapaxes(-1, -2))
    if smaller._requires_grad:
        return True
    if a.ndim == 2:
        return False
    flat = batch.reshape(-1, batch.shape[-1]) if batch.size else batch
    return not batch.size or bool(np.may_share_memory(flat, batch))


def _in_one_product(input: Tensor, other: Tensor) -> Tensor:
    if input._data.ndim < other._data.ndim:
        left = other.mT
        if input._data.ndim == 1:
            return _in_one_product(left, input)
        return _in_one_product(left, input.t()).mT.contiguous()
    shape = input._data.shape
    rows = input.reshape(math.prod(shape[:-1]), shape[-1])
    product = mv(rows, other) if other._data.ndim == 1 else mm(rows, other)
    return apply(shape_rules.unsafe_view, (product,), (shape[:-1] + other._data.shape[1:],))


def _shaped(product: Tensor, dropped: int | None = None) -> Tensor:
    """A batch of products in the shape of the result, as PyTorch's node says."""
    shape = list(product._data.shape)
    if dropped is not None:
        del shape[dropped]
    return apply(shape_rules.unsafe_view, (product,), (tuple(shape),))


def _check_batches(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    """Refuse in PyTorch's words: a batch times one matrix is for it one large matrix."""
    if len(first) == 1:
        first = (1, *first)
    if len(second) == 1:
        if first[-1] != second[0]:
            raise errors.matrix_vector_shapes((math.prod(first[:-1]), first[-1]), second)
        return
    if len(second) == 2:
        if first[-1] != second[0]:
            raise errors.matrix_shapes((math.prod(first[:-1]), first[-1]), second)
        return
    try:
        batch = np.broadcast_shapes(first[:-2], second[:-2])
    except ValueError:
        raise errors.batches_do_not_broadcast(first, second) from None
    if first[-1] != second[-2]:
        count = math.prod(batch)
        raise errors.batch_matrix_shapes((count, first[-1]), (count, second[-2]))


def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta · input + alpha · mat1 @ mat2.

    Args:
        input: any shape that broadcasts to (n, p).
        mat1: shape (n, m).
        mat2: shape (m, p).
    """
    if mat1._data.shape[-1] != mat2._data.shape[0]:
        raise errors.matrix_shapes(mat1._data.shape, mat2._data.shape)
    _same_dtype(mat1, mat2)
    if beta == 1 and alpha == 1:
        return apply(rules.addmm, (input, mat1, mat2), (is_transposed(mat2),))
    product = mm(mat1, mat2) * alpha
    # beta = 0 leaves the input out altogether, also where it is NaN.
    return product + input * beta if beta else product + input.detach() * 0


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


def is_transposed(matrix: Tensor) -> bool:
    """Whether a matrix lies in memory column by column."""
    return not matrix._data.flags.c_contiguous


def _same_dtype(a: Tensor, b: Tensor) -> None:
    if a._data.dtype is not b._data.dtype:
        raise errors.matmul_dtypes(a._data.dtype, b._data.dtype)
