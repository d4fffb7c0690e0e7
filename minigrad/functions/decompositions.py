"""What PyTorch has in `torch.linalg`: inverses, decompositions and norms of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply, wrap
from minigrad.functions import elementwise, extremes, reductions, statistics
from minigrad.functions.arguments import one_dim, some_dims, tensor_argument
from minigrad.functions.contractions import chain_matmul
from minigrad.functions.matrix import matmul
from minigrad.functions.reductions import converted
from minigrad.functions.shapes import movedim, squeeze, unsqueeze
from minigrad.return_types import linalg_eigh, linalg_slogdet
from minigrad.rules import linalg as rules
from minigrad.several import apply_several

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


def _matrices(name: str, x: Any, square: bool = True) -> Any:
    """The tensor's array; an error if it is no batch of (square) matrices of floats."""
    data = tensor_argument(f"linalg_{name}", x, "A")._data
    if data.ndim < 2:
        raise RuntimeError(
            f"linalg.{name}: The input tensor A must have at least 2 dimensions."
        )
    if data.dtype.kind != "f":
        raise RuntimeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got "
            f"{errors.scalar_type(data.dtype)}"
        )
    if square and data.shape[-1] != data.shape[-2]:
        raise RuntimeError(
            f"linalg.{name}: A must be batches of square matrices, but they are "
            f"{data.shape[-2]} by {data.shape[-1]} matrices"
        )
    return data


class LinAlgError(RuntimeError):
    """A matrix without an inverse, or without the decomposition asked for."""


def _first_failure(data: Any, fails: Callable[[Any, int], bool]) -> tuple[str, int]:
    """Which matrix of a batch fails (in PyTorch's words), and from which order on."""
    orders = range(1, data.shape[-1] + 1)
    for number, matrix in enumerate(data.reshape(-1, *data.shape[-2:])):
        for k in orders:
            if fails(matrix, k):
                return ("" if data.ndim == 2 else f"(Batch element {number}): "), k
    return "", data.shape[-1]


def _dependent(matrix: Any, k: int) -> bool:
    return bool(np.linalg.matrix_rank(matrix[:, :k]) < k)


def _not_positive(matrix: Any, k: int) -> bool:
    return not np.linalg.det(matrix[:k, :k]) > 0


def inv(A: Tensor) -> Tensor:
    """The inverse of square matrices, shape (..., n, n).

    Raises:
        LinAlgError: if there is none.
    """
    data = _matrices("inv", A)
    try:
        return apply(rules.inv, (A,))
    except np.linalg.LinAlgError:
        element, k = _first_failure(data, _dependent)
        raise LinAlgError(
            f"linalg.inv: {element}The diagonal element {k} is zero, the inversion could not "
            "be completed because the input matrix is singular."
        ) from None


inverse = inv


def det(A: Tensor) -> Tensor:
    """The determinant of square matrices, shape (...)."""
    _matrices("det", A)
    return apply(rules.det, (A,))


def slogdet(A: Tensor) -> linalg_slogdet:
    """The sign of the determinant and ln |det A|, which cannot overflow."""
    _matrices("slogdet", A)
    return linalg_slogdet(*apply_several(rules.slogdet, (A,)))


def logdet(input: Tensor) -> Tensor:
    """ln det A; NaN where the determinant is negative."""
    sign, size = slogdet(input)
    found: Tensor = elementwise.where(elementwise.lt(sign, 0), float("nan"), size)
    return found


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with A X = B (or X A = B if not `left`).

    Args:
        A: shape (..., n, n).
        B: shape (..., n, k), or (..., n) where A's batch has just these dimensions.

    Raises:
        LinAlgError: if a matrix is singular.
    """
    a, b = _matrices("solve", A), tensor_argument("linalg_solve", B, "B", 2)._data
    if a.dtype is not b.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type "
            f"{errors.scalar_type(a.dtype)} and B of type {errors.scalar_type(b.dtype)} instead"
        )
    vector = b.ndim == 1 or (a.ndim - 1 == b.ndim and b.shape == a.shape[:-1])
    if vector and not left:
        raise RuntimeError(
            "linalg.solve: Vector broadcasting of the left hand side is not supported for "
            "left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)"
        )
    if vector:
        B = unsqueeze(B, -1)
    if not left:
        transposed: Tensor = solve(A.mT, B.mT).mT
        return transposed
    if B._data.shape[-2] != a.shape[-1]:
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation AX = B "
            f"({a.shape[-2]}x{a.shape[-1]} and {B._data.shape[-2]}x{B._data.shape[-1]})"
        )
    try:
        found = apply(rules.solve, (A, B))
    except RuntimeError as error:
        if "Singular" not in str(error):
            raise
        element, _ = _first_failure(a, _dependent)
        raise LinAlgError(
            f"torch.linalg.solve: {element}The solver failed because the input matrix is "
            "singular."
        ) from None
    return squeeze(found, -1) if vector else found


def _mirrored(A: Any, triangle: str) -> Any:
    """One triangle of A in both places; the gradient is that of a symmetric A.

    The straight way through, not `tril`: PyTorch's gradients are symmetric, too.
    """
    data = A._data
    if np.array_equal(data, data.swapaxes(-1, -2), equal_nan=True):
        return A
    half = np.tril(data) if triangle == "L" else np.triu(data)
    diagonal = np.eye(data.shape[-1], dtype=data.dtype) * data
    return A + wrap(half + half.swapaxes(-1, -2) - diagonal - data)


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangle L with A = L Lᵀ, of symmetric positive-definite matrices.

    Args:
        upper: give Lᵀ instead.

    Raises:
        LinAlgError: if a matrix is not positive-definite.
    """
    data = _matrices("cholesky", A)
    try:
        found = apply(rules.cholesky, (_mirrored(A, "L"),))
    except np.linalg.LinAlgError:
        element, k = _first_failure(data, _not_positive)
        raise LinAlgError(
            f"linalg.cholesky: {element}The factorization could not be completed because the "
            f"input is not positive-definite (the leading minor of order {k} is not "
            "positive-definite)."
        ) from None
    return found.mT if upper else found


def eigh(A: Tensor, UPLO: str = "L") -> linalg_eigh:
    """Eigenvalues and eigenvectors of symmetric matrices: A = V diag(λ) Vᵀ.

    Args:
        UPLO: which triangle of A counts, "L" or "U".
    """
    _matrices("eigh", A)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return linalg_eigh(*apply_several(rules.eigh, (_mirrored(A, UPLO.upper()),)))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices, in rising order."""
    _matrices("eigvalsh", A)
    return eigh(A, UPLO).eigenvalues


def svdvals(A: Tensor) -> Tensor:
    """The singular values of matrices, in falling order."""
    _matrices("svdvals", A, square=False)
    return apply(rules.svdvals, (A,))


def matrix_power(A: Tensor, n: int) -> Tensor:
    """A multiplied n times with itself; of the inverse if n is negative."""
    data = _matrices("matrix_power", A)
    if n < 0:
        return matrix_power(inv(A), -n)
    if n == 0:
        eye = np.broadcast_to(np.eye(data.shape[-1], dtype=data.dtype), data.shape)
        return wrap(eye.copy()) + A * 0 if A.requires_grad else wrap(eye.copy())
    found = None
    square = A
    while n:
        if n % 2:
            found = square if found is None else matmul(found, square)
        n //= 2
        if n:
            square = matmul(square, square)
    assert found is not None
    return found.clone() if found is A else found


def multi_dot(tensors: Any) -> Tensor:
    """The product of several matrices; the first and the last may be vectors."""
    return chain_matmul(list(tensors))


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices."""
    return A.diagonal(offset, dim1, dim2)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """Sums of products along a dimension."""
    return reductions.sum(elementwise.mul(x, y), dim)


# --- Norms -------------------------------------------------------------------------


def vector_norm(
    x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """(Σ|x|ᵖ)^(1/p) of all elements, or along `dim`.

    Args:
        ord: p, any number; infinity for the largest element, 0 for how many are not 0.
    """
    return statistics.norm(x, float(ord), dim, keepdim, dtype=dtype)


def matrix_norm(
    A: Tensor,
    ord: float | str = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """A norm of matrices.

    Args:
        ord: "fro", the root of the sum of squares; "nuc", the sum of the singular values; 2 and
            -2, the largest and the smallest of them; 1 and -1, the largest and the smallest sum
            of a column; infinity and -infinity, of a row.
        dim: the two dimensions of the matrices.
    """
    data = tensor_argument("linalg_matrix_norm", A, "A")._data
    if dtype is not None:
        A = converted(A, getattr(dtype, "numpy", dtype))
    if data.ndim < 2:
        raise RuntimeError(
            "linalg.matrix_norm: The input tensor A must have at least 2 dimensions."
        )
    dims = [one_dim(d, data.ndim) for d in dim]
    if len(dims) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {_text(dim)}")
    if dims[0] == dims[1]:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got {_text(dim)}")
    if ord == "fro":
        return statistics.norm(A, 2, dims, keepdim)
    if ord in ("nuc", 2, -2):
        values = svdvals(movedim(A, dims, [-2, -1]))
        found = (
            reductions.sum(values, -1)
            if ord == "nuc"
            else (extremes.amax if ord == 2 else extremes.amin)(values, -1)
        )
        for d in sorted(dims) if keepdim else ():
            found = unsqueeze(found, d)
        return found
    if isinstance(ord, str) or abs(ord) not in (1, float("inf")):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    along, over = dims if abs(ord) == 1 else dims[::-1]
    sums = statistics.norm(A, 1, [along], True)
    found = (extremes.amax if ord > 0 else extremes.amin)(sums, [over], True)
    if not keepdim:
        for d in sorted(dims, reverse=True):
            found = squeeze(found, d)
    return found


def _text(dims: Any) -> str:
    return f"[{', '.join(map(str, dims))}]"


def norm(
    A: Tensor,
    ord: float | str | None = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """`vector_norm` along one dimension, `matrix_norm` along two."""
    data = tensor_argument("linalg_norm", A, "A")._data
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    dims = some_dims(dim, data.ndim) if dim is not None else tuple(range(data.ndim))
    if dim is None and data.ndim not in (1, 2):
        raise RuntimeError(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
            f"{data.ndim}D."
        )
    if isinstance(ord, str) or (dims is not None and len(dims) == 2):
        matrix_dims = dim if dim is not None else (-2, -1)
        return matrix_norm(A, ord, matrix_dims, keepdim, dtype=dtype)
    return vector_norm(A, ord, dim, keepdim, dtype=dtype)
