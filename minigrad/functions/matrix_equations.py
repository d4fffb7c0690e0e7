"""What PyTorch has in `torch.linalg` for systems of equations, ranks and matrix functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import return_types
from minigrad.apply import apply, wrap
from minigrad.functions import decompositions
from minigrad.functions.contractions import cross as older_cross
from minigrad.functions.decompositions import _matrices as matrices
from minigrad.functions.joining import cat
from minigrad.functions.matrix import matmul
from minigrad.rules import linalg as rules
from minigrad.several import apply_several

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


# --- Decompositions ----------------------------------------------------------------------


def svd(A: Tensor, full_matrices: bool = True) -> return_types.linalg_svd:
    """A = U diag(S) Vh, singular values in falling order.

    Args:
        A: shape (..., m, n).
        full_matrices: whether U and Vh are square; what is beyond min(m, n) has no gradient.
    """
    data = matrices("svd", A, square=False)
    u, s, vh = apply_several(rules.svd, (A,))
    if full_matrices and data.shape[-1] != data.shape[-2]:
        k = s.shape[-1]
        whole = np.linalg.svd(data)
        u = cat([u, wrap(whole[0][..., :, k:])], -1)
        vh = cat([vh, wrap(whole[2][..., k:, :])], -2)
    return return_types.linalg_svd(u, s, vh)


def older_svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> return_types.svd:
    """`linalg.svd` with V instead of its transpose; U and V only as wide as S if `some`."""
    u, s, vh = svd(input, full_matrices=not some)
    if not compute_uv:
        u, vh = u.detach() * 0, vh.detach() * 0
    return return_types.svd(u, s, vh.mT)


def qr(A: Tensor, mode: str = "reduced") -> return_types.linalg_qr:
    """A = Q R, with orthonormal columns in Q and an upper triangle R.

    Args:
        A: shape (..., m, n).
        mode: "reduced", "complete" (Q is square), or "r" (Q is left out).

    Raises:
        NotImplementedError: for the gradient of a mode or shape that has none here.
    """
    data = matrices("qr", A, square=False)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), "
            "'r', or 'complete'"
        )
    rows, columns = data.shape[-2:]
    if mode == "reduced" and rows < columns:
        q, r = apply_several(rules.qr, (A[..., :rows],))
        rest = matmul(q.mT, A[..., rows:])
        return return_types.linalg_qr(q, cat([r, rest], -1))
    if mode == "reduced" or (mode == "complete" and rows == columns):
        return return_types.linalg_qr(*apply_several(rules.qr, (A,)))
    if mode == "r":
        q, r = wrap(np.zeros(0, data.dtype)), wrap(np.linalg.qr(data, "r"))
        why = "The derivative of linalg.qr depends on Q, which is not computed when mode='r'."
        return return_types.linalg_qr(q, without_derivative(A, r, why))
    both = np.linalg.qr(data, "complete")
    why = "The QR decomposition is not differentiable when mode='complete' and nrows > ncols."
    if rows < columns:
        why = "The derivative of qr(mode='complete') is not there for nrows < ncols."
    return return_types.linalg_qr(*[without_derivative(A, wrap(x), why) for x in both])


def without_derivative(x: Tensor, value: Tensor, why: str) -> Tensor:
    """The value, whose backward to x is an error that says why."""
    from minigrad.autograd.function import Function

    class NoDerivative(Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return value

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            raise RuntimeError(why)

    found: Tensor = NoDerivative.apply(x)
    return found


def older_qr(input: Tensor, some: bool = True) -> return_types.qr:
    """`linalg.qr`, reduced if `some`, otherwise complete."""
    return return_types.qr(*qr(input, "reduced" if some else "complete"))


# --- Inverses and equations --------------------------------------------------------------


def _tolerance(values: Any, shape: Any, atol: Any, rtol: Any) -> Any:
    """Below which singular values count as 0: the larger of atol and rtol times the largest."""
    atol, rtol = [x._data if hasattr(x, "_data") else x for x in (atol, rtol)]
    if rtol is None:
        given = atol is not None and np.any(np.asarray(atol) > 0)
        rtol = 0.0 if given else np.finfo(values.dtype).eps * max(shape)
    largest = values.max(-1, initial=0.0)
    return np.maximum(0.0 if atol is None else atol, rtol * largest)


def pinv(
    A: Tensor, rcond: Any = None, *, atol: Any = None, rtol: Any = None, hermitian: bool = False
) -> Tensor:
    """The pseudoinverse of Moore and Penrose, shape (..., n, m).

    Args:
        atol, rtol: singular values below atol, or below this part of the largest, count as 0;
            by default the machine's precision times the larger length.
        hermitian: take the lower triangle for both.
    """
    data = matrices("pinv", A, square=False)
    if not data.size:
        return A.mT * 1
    if hermitian:
        data = np.asarray(decompositions._mirrored(A.detach(), "L")._data)
    values = np.linalg.svd(data, compute_uv=False)
    rtol = rcond if rtol is None else rtol
    cutoff = _tolerance(values, data.shape[-2:], atol, rtol)
    largest = values.max(-1)
    part = np.divide(cutoff, largest, out=np.zeros_like(largest), where=largest > 0)
    return apply(rules.pinv, (A,), (part, hermitian))


def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """X with A X = B (or X A = B if not `left`), where only one triangle of A counts.

    Args:
        A: shape (..., n, n).
        B: shape (..., n, k).
        upper: which triangle.
        unitriangular: take 1 for each element of the diagonal.
    """
    data = matrices("solve_triangular", A)
    triangle = A.triu(int(unitriangular)) if upper else A.tril(-int(unitriangular))
    if unitriangular:
        triangle = triangle + wrap(np.eye(data.shape[-1], dtype=data.dtype))
    return decompositions.solve(triangle, B, left=left)


def _from_factor(L: Tensor, upper: bool) -> Tensor:
    """L Lᵀ of the one triangle that counts; the gradient is that of a whole matrix L.

    So PyTorch's is, too.
    """
    data = np.asarray(L._data)
    triangle = np.triu(data) if upper else np.tril(data)
    L = L if np.array_equal(triangle, data) else L + wrap(triangle - data)
    return matmul(L.mT, L) if upper else matmul(L, L.mT)


def older_cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """`linalg.cholesky`; nothing of nothing."""
    return decompositions.cholesky(input, upper=upper) if input.numel() else input * 1


def cholesky_solve(input: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with A X = input, where A = L Lᵀ (or Lᵀ L if `upper`).

    Args:
        input: shape (..., n, k).
        L: what `cholesky` gave, shape (..., n, n).
    """
    return decompositions.solve(_from_factor(L, upper), input)


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of A = L Lᵀ (or Lᵀ L if `upper`)."""
    matrices("cholesky_inverse", L)
    return decompositions.inv(_from_factor(L, upper))


# --- Numbers that say something of a matrix -----------------------------------------------


def matrix_rank(
    A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """How many singular values are not 0, up to rounding.

    Args:
        atol, rtol: those below atol, or below this part of the largest, count as 0; by default
            the machine's precision times the larger length.
        hermitian: take the lower triangle for both.
    """
    data = matrices("matrix_rank", A, square=False)
    if not data.size:
        return wrap(np.zeros(data.shape[:-2], np.int64)[()])
    if hermitian:
        data = np.asarray(decompositions._mirrored(A, "L")._data)
    values = np.linalg.svd(data, compute_uv=False)
    bound = _tolerance(values, data.shape[-2:], tol if atol is None else atol, rtol)
    return wrap((values > np.asarray(bound)[..., None]).sum(-1))


def cond(A: Tensor, p: Any = None) -> Tensor:
    """‖A‖ ‖A⁻¹‖: how much solving with A can enlarge relative errors.

    Args:
        p: the norm, as of `matrix_norm`; by default that of the largest singular value.
    """
    if not A.numel():
        return wrap(np.zeros(A.shape[:-2], A._data.dtype)[()])
    if p in (None, 2, -2):
        values = decompositions.svdvals(A)
        largest, smallest = values[..., :1], values[..., -1:]
        return (smallest / largest if p == -2 else largest / smallest).squeeze(-1)
    inverse = decompositions.inv(A)
    norm = decompositions.matrix_norm
    return norm(A, p) * norm(inverse, p)


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vectors at right angles to both, of length |x| |y| sin of the angle."""
    found: Tensor = older_cross(input, other, dim)
    return found


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """The powers 0 ... N - 1 of each element, in columns; shape (..., n, N)."""
    x = x if x.dim() else x.unsqueeze(0)
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    column = x.unsqueeze(-1)
    powers = column.expand((*x.shape, count - 1)).cumprod(-1)
    return cat([wrap(np.ones((*x.shape, 1), x._data.dtype)), powers], -1)


def older_vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element in columns, falling unless `increasing`."""
    if x.dim() != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    found = vander(x, N)
    return found if increasing else found.flip(-1)


# Of Padé's approximation to exp of degree 13; N. Higham, "The scaling and squaring method for
# the matrix exponential revisited", 2005.
PADE = [
    math.factorial(26 - k)
    * math.factorial(13)
    / (math.factorial(26) * math.factorial(k) * math.factorial(13 - k))
    for k in range(14)
]


def matrix_exp(A: Tensor) -> Tensor:
    """Σ Aᵏ / k!, the exponential of square matrices, shape (..., n, n)."""
    data = matrices("matrix_exp", A)
    if not data.size:
        return A * 1
    largest = float(np.abs(data).sum(-2).max())
    halvings = max(0, math.ceil(math.log2(largest / 4))) if largest > 4 else 0
    x = A / 2**halvings
    square = matmul(x, x)
    power: Any = wrap(np.broadcast_to(np.eye(data.shape[-1], dtype=data.dtype), data.shape))
    even, odd = power * PADE[0], power * PADE[1]
    for k in range(2, 14, 2):
        power = matmul(power, square)
        even, odd = even + power * PADE[k], odd + power * PADE[k + 1]
    odd = matmul(x, odd)
    found = decompositions.solve(even - odd, even + odd)
    for _ in range(halvings):
        found = matmul(found, found)
    return found
