"""Operations that reverse, shift, copy, cut out or lay along a diagonal.

All are linear, and their adjoints put each number back where it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.batched import zeros
from minigrad.node import Node
from minigrad.rules.indexing import index_adjoint
from minigrad.rules.shapes import cat, stack, sum_to
from minigrad.rules.table import Case, Rule, general, linear

Shape = tuple[int, ...]

# --- Reversing and shifting ----------------------------------------------------

flip: Rule = linear(
    "flip",
    lambda x, dims: np.flip(x, dims).copy(),
    lambda g, dims: flip(g, dims),
    params=("dims",),
    formula=("reversed back",),
    cases=(Case(((2, 3, 4),), ((0, 2),)),),
)

roll: Rule = linear(
    "roll",
    lambda x, shifts, dims: np.roll(x, shifts if dims else sum(shifts), dims or None),
    lambda g, shifts, dims: roll(g, tuple([-shift for shift in shifts]), dims),
    params=("shifts", "dims"),
    formula=("shifted back",),
    cases=(Case(((3, 4),), ((1, -2), (0, 1))),),
)


rot90: Rule = linear(
    "rot90",
    lambda x, turns, dims: np.rot90(x, turns, dims).copy(),
    lambda g, turns, dims: rot90(g, -turns, dims),
    params=("turns", "dims"),
    formula=("turned back",),
    cases=(Case(((2, 3, 4),), (1, (0, 2))),),
)


# --- Copying -------------------------------------------------------------------


def _summed_copies(g: Any, x_shape: Shape, sizes: Shape) -> Any:
    """Each dimension cut into (copies, length), and the copies added."""
    lengths = (1,) * (len(sizes) - len(x_shape)) + x_shape
    g = g.reshape(tuple([n for pair in zip(sizes, lengths, strict=True) for n in pair]))
    one_copy = tuple([n for length in lengths for n in (1, length)])
    return sum_to(g, one_copy).reshape(x_shape)


repeat: Rule = linear(
    "repeat",
    np.tile,
    _summed_copies,
    params=("sizes",),
    formula=("sums over the copies",),
    cases=(Case(((2, 3),), ((4, 1, 2),)), Case(((3,),), ((2,),))),
)


# --- Triangles and diagonals ---------------------------------------------------

tril: Rule = linear(
    "tril",
    np.tril,
    lambda g, diagonal: tril(g, diagonal),
    params=("diagonal",),
    formula=("1 in the triangle, 0 outside",),
    cases=(Case(((2, 3, 4),), (1,)),),
)

triu: Rule = linear(
    "triu",
    np.triu,
    lambda g, diagonal: triu(g, diagonal),
    params=("diagonal",),
    formula=("1 in the triangle, 0 outside",),
    cases=(Case(((2, 3, 4),), (-1,)),),
)


def _diagonal(x: Any, offset: int, dim1: int, dim2: int) -> Any:
    view = np.diagonal(x, offset, dim1, dim2)
    if x.flags.writeable:
        view.flags.writeable = True
    return view


def _onto_diagonal(x: Any, shape: Shape, offset: int, dim1: int, dim2: int) -> Any:
    whole = zeros(shape, x)
    _diagonal(whole, offset, dim1, dim2)[...] = x
    return whole


diagonal: Rule = linear(
    "diagonal",
    _diagonal,
    lambda g, x_shape, offset, dim1, dim2: onto_diagonal(g, x_shape, offset, dim1, dim2),
    params=("offset", "dim1", "dim2"),
    view=True,
    formula=("zeros beside the diagonal",),
    cases=(Case(((3, 2, 4),), (1, 0, 2)),),
)

diagonal_copy: Rule = linear(
    "diagonal_copy",
    lambda x, offset, dim1, dim2: np.diagonal(x, offset, dim1, dim2).copy(),
    lambda g, x_shape, offset, dim1, dim2: onto_diagonal(g, x_shape, offset, dim1, dim2),
    params=("offset", "dim1", "dim2"),
    node_name="DiagonalBackward0_copy",
    formula=("zeros beside the diagonal",),
    cases=(Case(((3, 4),), (-1, 0, 1)),),
)

onto_diagonal: Rule = linear(
    "onto_diagonal",
    _onto_diagonal,
    lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2),
    params=("shape", "offset", "dim1", "dim2"),
    node_name="DiagEmbedBackward0",
    formula=("the diagonal",),
    cases=(Case(((2, 3),), ((3, 2, 4), 1, 0, 2)),),
)


# --- Windows -------------------------------------------------------------------


def _windows(x: Any, dim: int, size: int, step: int) -> Any:
    if x.ndim == 0:
        return x.reshape(1)[:size]
    # Windows that overlap share elements, which cannot be written one by one.
    apart = step >= size and x.flags.writeable
    windows = np.lib.stride_tricks.sliding_window_view(x, size, dim, writeable=apart)
    return windows[(slice(None),) * dim + (slice(None, None, step),)]


def _added_windows(x: Any, shape: Shape, dim: int, size: int, step: int) -> Any:
    whole = zeros(shape, x)
    if not shape:
        return whole + x.sum()
    across = np.moveaxis(whole, dim, -1)
    windows = np.moveaxis(x, dim, -2)
    for number in range(windows.shape[-2]):
        across[..., number * step : number * step + size] += windows[..., number, :]
    return whole


unfold: Rule = linear(
    "unfold",
    _windows,
    lambda g, x_shape, dim, size, step: fold_windows(g, x_shape, dim, size, step),
    params=("dim", "size", "step"),
    view=True,
    formula=("sums over the windows",),
    cases=(Case(((2, 7, 3),), (1, 3, 2)),),
)

fold_windows: Rule = linear(
    "fold_windows",
    _added_windows,
    lambda g, dim, size, step: unfold(g, dim, size, step),
    params=("shape", "dim", "size", "step"),
    node_name="UnfoldBackwardBackward0",
    formula=("the windows",),
    cases=(Case(((2, 3, 3, 3),), ((2, 7, 3), 1, 3, 2)),),
)


# --- Several parts at once -----------------------------------------------------


def _cut(x: Any, sizes: Shape, dim: int) -> tuple[Any, ...]:
    before = (slice(None),) * dim
    ends = np.cumsum(sizes).tolist()
    return tuple(
        [x[(*before, slice(end - n, end))] for n, end in zip(sizes, ends, strict=True)]
    )


def _cutting(name: str) -> Rule:
    """PyTorch names the operation by whether one size was given for all parts."""
    rule: Rule = general(
        name,
        _cut,
        [lambda g, dim: cat(g, dim)],
        [lambda t, sizes, dim: rule(t, sizes, dim)],
        params=("sizes", "dim"),
        promotion=None,
        differentiable=(),
        view=True,
        formula=("each part back in its place",),
        cases=(Case(((2, 5),), ((2, 3), 1)),),
    )
    return rule


split = _cutting("split")
split_with_sizes = _cutting("split_with_sizes")

unbind: Rule = general(
    "unbind",
    lambda x, dim: tuple([x[(slice(None),) * dim + (i, ...)] for i in range(x.shape[dim])]),
    [lambda g, dim: stack(g, dim)],
    [lambda t, dim: unbind(t, dim)],
    params=("dim",),
    promotion=None,
    differentiable=(),
    view=True,
    formula=("each layer back in its place",),
    cases=(Case(((2, 3, 4),), (1,)),),
)


# --- Padding -------------------------------------------------------------------

Pads = Sequence[tuple[int, int]]


def _inside(pads: Pads, shape: Shape) -> tuple[slice, ...]:
    """Where the elements that are not padding lie."""
    return tuple(
        [
            slice(max(before, 0), n - max(after, 0))
            for (before, after), n in zip(pads, shape, strict=True)
        ]
    )


def _kept(pads: Pads, shape: Shape) -> tuple[slice, ...]:
    """What negative padding leaves of the input."""
    return _inside([(-before, -after) for before, after in pads], shape)


def _padded(x: Any, pads: Pads, value: float) -> Any:
    shape = tuple([n + sum(pad) for n, pad in zip(x.shape, pads, strict=True)])
    whole = zeros(shape, x)
    whole[...] = value
    whole[_inside(pads, shape)] = x[_kept(pads, x.shape)]
    return whole


def _turned(pads: Pads) -> tuple[tuple[int, int], ...]:
    return tuple([(-before, -after) for before, after in pads])


constant_pad: Rule = general(
    "constant_pad_nd",
    _padded,
    [lambda g, pads: constant_pad(g, _turned(pads), 0)],
    [lambda t, pads: constant_pad(t, pads, 0)],
    params=("pads", "value"),
    promotion=None,
    formula=("cuts the padding off",),
    cases=(Case(((3, 4),), (((1, 2), (-1, 3)), 1.5)),),
)


def _padding_name(node: Node) -> str:
    mode, dimensions = node.kept[node.plan.names.index("named")] if node.kept else ("", 0)
    words = {"reflect": "Reflection", "replicate": "Replication"}
    return f"{words[mode]}Pad{dimensions}DBackward0" if mode in words else "CopySlices"


pad_by_index: Rule = linear(
    "pad_by_index",
    lambda x, index, named: x[index],
    lambda g, x_shape, index, named: index_adjoint(g, x_shape, index),
    params=("index", "named"),
    node_name=_padding_name,
    formula=("adds each copy back to its original",),
    cases=(Case(((2, 3),), ((Ellipsis, np.array([1, 0, 1, 2, 1])), ("reflect", 1))),),
)
