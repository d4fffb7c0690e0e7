"""Products of vectors and matrices.

Linear in each factor, so the derivative by one is a product with the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.rules.table import Case, general, multilinear

dot = multilinear(
    "dot",
    np.dot,
    lambda g, y: g * y,
    lambda g, x: g * x,
    saved_as={"y": "tensor"},
    formula=("y", "x"),
    cases=(Case(((5,), (5,))),),
)


def _right_cotangent(g: Any, x: Any, transposed: bool) -> Any:
    """Xᵀ G, laid out in memory as the right factor is; another layout means a copy."""
    return (g.T @ x).T if transposed else x.T @ g


mm = multilinear(
    "mm",
    lambda x, y, transposed: x @ y,
    lambda g, y: g @ y.T,
    _right_cotangent,
    params=("transposed",),
    saved_as={"y": "mat2"},
    formula=("G Yᵀ", "Xᵀ G"),
    cases=(Case(((3, 4), (4, 2)), (False,)), Case(((3, 4), (4, 2)), (True,))),
)

mv = multilinear(
    "mv",
    np.matmul,
    lambda g, y: g[:, None] * y,
    lambda g, x: x.T @ g,
    saved_as={"y": "vec"},
    formula=("g yᵀ", "Xᵀ g"),
    cases=(Case(((3, 4), (4,))),),
)


def _swapped(x: Any) -> Any:
    return x.swapaxes(-1, -2)


bmm = multilinear(
    "bmm",
    np.matmul,
    lambda g, y: g @ _swapped(y),
    lambda g, x: _swapped(x) @ g,
    saved_as={"y": "mat2"},
    formula=("G Yᵀ", "Xᵀ G"),
    note="a batch of matrix products; batch axes broadcast",
    cases=(Case(((5, 3, 4), (5, 4, 2))), Case(((3, 4), (5, 4, 2)))),
)

addmm = general(
    "addmm",
    lambda bias, x, y, transposed: x @ y + bias,
    [lambda g: g, lambda g, y: g @ y.T, _right_cotangent],
    [lambda t: t, lambda t, y: t @ y, lambda t, x: x @ t],
    inputs=("bias", "x", "y"),
    params=("transposed",),
    saved_as={"x": "mat1", "y": "mat2"},
    formula=("1", "G Yᵀ", "Xᵀ G"),
    note="x @ y + bias, the affine map of a linear layer",
    cases=(
        Case(((2,), (3, 4), (4, 2)), (False,)),
        Case(((3, 2), (3, 4), (4, 2)), (True,)),
    ),
)
