"""Determinants, inverses and decompositions of matrices.

The derivatives are those of M. B. Giles, "Collected matrix derivative results for forward and
reverse mode algorithmic differentiation" (2008), and, for decompositions, of the same argument:
differentiate the defining equation and solve for the differentials. All of them act on the last
two dimensions; dimensions before them are a batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.rules.rearranging import diagonal, onto_diagonal, tril
from minigrad.rules.table import Case, Rule, general

_WELL = np.array([[3.0, 1.0, -0.5], [0.5, 2.0, 0.3], [0.2, -0.7, 1.5]])
_SYMMETRIC = np.array([[3.0, 0.4, -0.5], [0.4, 1.5, 0.3], [-0.5, 0.3, 0.8]])


def _t(x: Any) -> Any:
    return x.swapaxes(-1, -2)


def _diagonal(x: Any) -> Any:
    return diagonal(x, 0, -2, -1)


def _as_diagonal(x: Any) -> Any:
    n = x.shape[-1]
    return onto_diagonal(x, (*x.shape[:-1], n, n), 0, -2, -1)


def _trace(x: Any) -> Any:
    return _diagonal(x).sum(-1)


def _whole(x: Any) -> Any:
    """A number for each matrix, as factor of the matrices."""
    return x[..., None, None]


# --- Inverse and determinant -------------------------------------------------------

inv: Rule = general(
    "linalg_inv_ex",
    np.linalg.inv,
    [lambda g, out: -(_t(out) @ g @ _t(out))],
    [lambda t, out: -(out @ t @ out)],
    saved_as={"out": "inverse"},
    formula=("-X⁻ᵀ G X⁻ᵀ",),
    cases=(Case((_WELL,)),),
)

det: Rule = general(
    "linalg_det",
    np.linalg.det,
    [lambda g, x: _whole(g) * cofactors(x)],
    [lambda t, x: _trace(_t(cofactors(x)) @ t)],
    saved_as={"x": "A"},
    formula=("det X · X⁻ᵀ",),
    note="the cofactors, which singular matrices have, too",
    cases=(Case((_WELL,)),),
)


def _cofactors(x: Any) -> Any:
    """det X · X⁻ᵀ, or what it tends to where X is singular."""
    try:
        return _whole(np.linalg.det(x)) * _t(np.linalg.inv(x))
    except np.linalg.LinAlgError:
        pass
    # X = U S Vᵀ, whose cofactors are those of its three factors, multiplied.
    u, s, vt = np.linalg.svd(x)
    others = np.where(np.eye(s.shape[-1], dtype=bool), 1, s[..., None, :]).prod(-1)
    turn = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    return _whole(turn) * (u * others[..., None, :]) @ vt


def _cofactors_change(t: Any, x: Any) -> Any:
    inverse = inv(x)
    turned = _t(inverse)
    return _whole(det(x)) * (_whole(_trace(inverse @ t)) * turned - turned @ _t(t) @ turned)


# Linear in its change, and the same both ways.
cofactors: Rule = general(
    "linalg_cofactors",
    _cofactors,
    [_cofactors_change],
    [_cofactors_change],
    formula=("det X · (tr(X⁻¹ G) X⁻ᵀ - X⁻ᵀ Gᵀ X⁻ᵀ)",),
    note="the derivative of det; its own one is for matrices that have an inverse",
    cases=(Case((_WELL,)),),
)

slogdet: Rule = general(
    "linalg_slogdet",
    lambda x: tuple(np.linalg.slogdet(x)),
    [lambda g, x: _whole(g[1]) * _t(inv(x))],
    [lambda t, x: (_trace(t) * 0, _trace(inv(x) @ t))],
    differentiable=(),
    saved_as={"x": "A"},
    formula=("0, X⁻ᵀ",),
    note="the sign, and the logarithm of |det X|",
    cases=(Case((_WELL,)),),
)

solve: Rule = general(
    "linalg_solve_ex",
    np.linalg.solve,
    [
        lambda g, x, out: -(solve(_t(x), g) @ _t(out)),
        lambda g, x: solve(_t(x), g),
    ],
    [
        lambda t, x, out: -solve(x, t @ out),
        lambda t, x: solve(x, t),
    ],
    saved_as={"x": "A", "y": "B"},
    formula=("-X⁻ᵀ G outᵀ", "X⁻ᵀ G"),
    cases=(Case((_WELL, (3, 2))),),
)


# --- Decompositions ----------------------------------------------------------------


def _symmetric(x: Any) -> Any:
    """The mean of x and its transpose: x itself, to the last digit, where it is symmetric."""
    return (x + _t(x)) * 0.5


def _lower_half(x: Any) -> Any:
    """The lower triangle, with half the diagonal."""
    return tril(x, 0) - _as_diagonal(_diagonal(x)) * 0.5


def _cholesky_cotangent(g: Any, out: Any) -> Any:
    inner = _lower_half(_t(out) @ g)
    half = solve(_t(out), _t(solve(_t(out), _t(inner))))
    return (half + _t(half)) * 0.5


cholesky: Rule = general(
    "linalg_cholesky_ex",
    lambda x: np.linalg.cholesky(_symmetric(x)),
    [_cholesky_cotangent],
    [lambda t, out: out @ _lower_half(solve(out, _t(solve(out, _symmetric(t)))))],
    saved_as={"out": "L"},
    formula=("sym(L⁻ᵀ low(Lᵀ G) L⁻¹)",),
    note="low: the lower triangle with half the diagonal. Of symmetric matrices",
    cases=(Case((_SYMMETRIC,)),),
)


def _gaps(values: Any) -> Any:
    """1 / (λⱼ - λᵢ), and 0 on the diagonal."""
    n = values.shape[-1]
    difference = values[..., None, :] - values[..., :, None]
    eye = np.eye(n, dtype=_dtype(values))
    return (1 - eye) / (difference + eye)


def _dtype(x: Any) -> Any:
    return getattr(x, "_data", x).dtype


def _eigh_cotangent(g: Any, out: Any) -> Any:
    values, vectors = out
    inner = _as_diagonal(g[0]) + (_t(vectors) @ g[1]) * _gaps(values)
    return _symmetric(vectors @ inner @ _t(vectors))


def _eigh_tangent(t: Any, out: Any) -> Any:
    values, vectors = out
    inner = _t(vectors) @ _symmetric(t) @ vectors
    return _diagonal(inner), vectors @ (inner * _gaps(values))


eigh: Rule = general(
    "linalg_eigh",
    lambda x: tuple(np.linalg.eigh(_symmetric(x))),
    [_eigh_cotangent],
    [_eigh_tangent],
    differentiable=(),
    formula=("V (diag gλ + Vᵀ gV / (λⱼ - λᵢ)) Vᵀ",),
    note="of symmetric matrices whose eigenvalues differ",
    cases=(Case((_SYMMETRIC,)),),
)


def _svd_cotangent(g: Any, out: Any) -> Any:
    u, s, vt = out
    g_u, g_s, g_vt = g
    v, g_v = _t(vt), _t(g_vt)
    squares = _gaps(s * s)
    left = _t(u) @ g_u
    right = _t(v) @ g_v
    inner = ((left - _t(left)) * squares) * s[..., None, :]
    inner = inner + s[..., :, None] * ((right - _t(right)) * squares)
    found = u @ (inner + _as_diagonal(g_s)) @ vt
    # What of the cotangents points out of the spaces that U and V span.
    if u.shape[-2] > u.shape[-1]:
        found = found + ((g_u - u @ left) / s[..., None, :]) @ vt
    if v.shape[-2] > v.shape[-1]:
        found = found + (u / s[..., None, :]) @ _t(g_v - v @ right)
    return found


def _svd_tangent(t: Any, out: Any) -> Any:
    u, s, vt = out
    v = _t(vt)
    inner = _t(u) @ t @ v
    squares = _gaps(s * s)
    row, column = s[..., None, :], s[..., :, None]
    d_u = u @ ((inner * row + column * _t(inner)) * squares)
    d_v = v @ ((column * inner + _t(inner) * row) * squares)
    if u.shape[-2] > u.shape[-1]:
        d_u = d_u + (t @ v - u @ inner) / row
    if v.shape[-2] > v.shape[-1]:
        d_v = d_v + (_t(t) @ u - v @ _t(inner)) / row
    return d_u, _diagonal(inner), _t(d_v)


svd: Rule = general(
    "linalg_svd",
    lambda x: tuple(np.linalg.svd(x, full_matrices=False)),
    [_svd_cotangent],
    [_svd_tangent],
    differentiable=(),
    formula=("U ((skew(Uᵀ gU) / E) S + S (skew(Vᵀ gV) / E) + diag gS) Vᵀ",),
    note="Eᵢⱼ = sⱼ² - sᵢ². Of matrices whose singular values differ and are not 0",
    cases=(Case((np.array([[2.0, 0.5], [0.1, 1.0], [0.7, -0.4]]),)),),
)

svdvals: Rule = general(
    "linalg_svdvals",
    lambda x: np.linalg.svd(x, compute_uv=False),
    [lambda g, x: _svdvals_cotangent(g, x)],
    [lambda t, x: _diagonal(_t(svd(x)[0]) @ t @ _t(svd(x)[2]))],
    node_name="LinalgSvdBackward0",
    formula=("U diag(g) Vᵀ",),
    cases=(Case((np.array([[2.0, 0.5], [0.1, 1.0], [0.7, -0.4]]),)),),
)


def _svdvals_cotangent(g: Any, x: Any) -> Any:
    u, _, vt = svd(x)
    return (u * g[..., None, :]) @ vt


def _upper_mirrored(x: Any) -> Any:
    """The lower triangle in both places."""
    below = tril(x, -1)
    return below + _t(below) + _as_diagonal(_diagonal(x))


def _qr_cotangent(g: Any, out: Any) -> Any:
    q, r = out
    g_q, g_r = g
    inner = _upper_mirrored(r @ _t(g_r) - _t(g_q) @ q)
    return _t(solve(r, _t(g_q + q @ inner)))


def _qr_tangent(t: Any, out: Any) -> Any:
    q, r = out
    # T R^-1, in the columns of Q and outside of them.
    scaled = _t(solve(_t(r), _t(t)))
    inner = _t(q) @ scaled
    below = tril(inner, -1)
    turn = below - _t(below)
    return q @ turn + scaled - q @ inner, (inner - turn) @ r


qr: Rule = general(
    "linalg_qr",
    lambda x: tuple(np.linalg.qr(x)),
    [_qr_cotangent],
    [_qr_tangent],
    differentiable=(),
    formula=("(gQ + Q mirror(R gRᵀ - gQᵀ Q)) R⁻ᵀ",),
    note="mirror: the lower triangle in both places. Of at least as many rows as columns",
    cases=(Case((np.array([[2.0, 0.5], [0.1, 1.0], [0.7, -0.4]]),)), Case((_WELL,))),
)


def _lower_twice(x: Any) -> Any:
    return np.tril(x) + np.tril(x, -1).swapaxes(-1, -2)


def _pinv_cotangent(g: Any, x: Any, out: Any) -> Any:
    p, g_t = _t(out), _t(g)
    left = g_t @ out @ p
    right = p @ out @ g_t
    return -(p @ g @ p) + left - x @ (out @ left) + right - (right @ out) @ x


def _pinv_tangent(t: Any, x: Any, out: Any) -> Any:
    t_t = _t(t)
    left = out @ _t(out) @ t_t
    right = t_t @ _t(out) @ out
    return -(out @ t @ out) + left - (left @ x) @ out + right - out @ (x @ right)


pinv: Rule = general(
    "linalg_pinv",
    lambda x, rcond, lower: np.linalg.pinv(_lower_twice(x) if lower else x, rcond=rcond),
    [_pinv_cotangent],
    [_pinv_tangent],
    params=("rcond", "lower"),
    formula=("-P G P + (1 - X P) Gᵀ P Pᵀ + Pᵀ P Gᵀ (1 - P X)",),
    note="Golub and Pereyra, 1973; where the rank does not change",
    cases=(
        Case((np.array([[2.0, 0.5], [0.1, 1.0], [0.7, -0.4]]),), (1e-12, False)),
        Case((_WELL,), (1e-12, False)),
    ),
)
