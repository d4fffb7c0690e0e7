"""Convolutions of any number of dimensions, as products of matrices.

The elements under each position of the kernel become a column (`im2col`), and the convolution
one matrix product. With x the input, w the kernel and g a cotangent of the result, all
derivatives come from the one trilinear form Σ g · conv(x, w): each of the three entries here is
that form with one of its places left open, so they are each other's derivatives.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from minigrad.batched import zeros
from minigrad.rules.table import Case, Rule, general, linear, multilinear

Shape = tuple[int, ...]


class Geometry(NamedTuple):
    """How a kernel moves over an input: one number for each spatial dimension.

    `left_out` is how many of the last positions are left out; () for none.
    """

    stride: Shape
    padding: Shape
    dilation: Shape
    groups: int = 1
    left_out: Shape = ()

    def positions(self, size: Shape, kernel: Shape) -> Shape:
        """How many positions a kernel has along each dimension."""
        rows = zip(size, kernel, self.stride, self.padding, self.dilation, strict=True)
        found = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in rows]
        if self.left_out:
            found = [n - left for n, left in zip(found, self.left_out, strict=True)]
        return tuple(found)


def _columns(x: Any, kernel: Shape, geometry: Geometry) -> Any:
    """What lies under the kernel: (N, C, *kernel, *positions); a view if nothing is padded."""
    positions = geometry.positions(x.shape[2:], kernel)
    if any(geometry.padding):
        x = np.pad(x, ((0, 0), (0, 0), *[(p, p) for p in geometry.padding]))
    steps = x.strides[2:]
    within = tuple([step * d for step, d in zip(steps, geometry.dilation, strict=True)])
    between = tuple([step * s for step, s in zip(steps, geometry.stride, strict=True)])
    return as_strided(
        x, (*x.shape[:2], *kernel, *positions), (*x.strides[:2], *within, *between)
    )


def _summed_columns(columns: Any, size: Shape, geometry: Geometry) -> Any:
    """Each number of the columns added where it came from: (N, C, *size)."""
    count = len(size)
    kernel, positions = columns.shape[2 : 2 + count], columns.shape[2 + count :]
    padded = [n + 2 * p for n, p in zip(size, geometry.padding, strict=True)]
    whole: Any = zeros((*columns.shape[:2], *padded), columns)
    for offset in itertools.product(*map(range, kernel)):
        places = tuple(
            [
                slice(k * d, k * d + (n - 1) * s + 1, s) if n else slice(0)
                for k, d, s, n in zip(
                    offset, geometry.dilation, geometry.stride, positions, strict=True
                )
            ]
        )
        whole[(..., *places)] += columns[(slice(None), slice(None), *offset)]
    inside: Any = [slice(p, p + n) for p, n in zip(geometry.padding, size, strict=True)]
    return whole[(..., *inside)]


def _as_matrices(columns: Any, groups: int, count: int) -> Any:
    """(N, groups, rows under the kernel, positions)."""
    rows = columns.shape[1] // groups * math.prod(columns.shape[2 : 2 + count])
    return columns.reshape(
        columns.shape[0], groups, rows, math.prod(columns.shape[2 + count :])
    )


def _grouped(w: Any, groups: int) -> Any:
    """The kernels as one matrix for each group: (groups, O / groups, C / groups · kernel)."""
    return w.reshape(groups, w.shape[0] // groups, math.prod(w.shape[1:]))


def _with_bias(out: Any, bias: Any) -> Any:
    return out if bias is None else out + bias.reshape(-1, *[1] * (out.ndim - 2))


def _convolve(x: Any, w: Any, bias: Any, geometry: Geometry) -> Any:
    kernel = w.shape[2:]
    columns = _as_matrices(_columns(x, kernel, geometry), geometry.groups, len(kernel))
    out = _grouped(w, geometry.groups) @ columns
    positions = geometry.positions(x.shape[2:], kernel)
    return _with_bias(out.reshape(x.shape[0], w.shape[0], *positions), bias)


def _to_input(g: Any, w: Any, bias: Any, size: Shape, geometry: Geometry) -> Any:
    groups, kernel = geometry.groups, w.shape[2:]
    per_group = g.reshape(g.shape[0], groups, w.shape[0] // groups, math.prod(g.shape[2:]))
    columns = _grouped(w, groups).swapaxes(-1, -2) @ per_group
    columns = columns.reshape(g.shape[0], groups * w.shape[1], *kernel, *g.shape[2:])
    return _with_bias(_summed_columns(columns, size, geometry), bias)


def _to_weight(x: Any, g: Any, kernel: Shape, geometry: Geometry) -> Any:
    groups, outputs = geometry.groups, g.shape[1]
    columns = _as_matrices(_columns(x, kernel, geometry), groups, len(kernel))
    per_group = g.reshape(g.shape[0], groups, outputs // groups, math.prod(g.shape[2:]))
    found = (per_group @ columns.swapaxes(-1, -2)).sum(0)
    return found.reshape(outputs, x.shape[1] // groups, *kernel)


def _over_channels(g: Any) -> Any:
    """The cotangent of a bias: summed over everything but the channels."""
    return g.sum((0, *range(2, len(g.shape))))


def _along_channels(t: Any, geometry: Geometry) -> Any:
    return t.reshape((-1, *[1] * len(geometry.stride)))


_PLAIN = Geometry((1, 1), (0, 0), (1, 1))
_STRIDED = Geometry((2, 1), (1, 2), (1, 2), 2)

convolution: Rule = general(
    "convolution",
    _convolve,
    [
        lambda g, y, x_shape, geometry: transposed(g, y, None, x_shape[2:], geometry),
        lambda g, x, y_shape, geometry: kernel_product(x, g, y_shape[2:], geometry),
        _over_channels,
    ],
    [
        lambda t, y, geometry: convolution(t, y, None, geometry),
        lambda t, x, geometry: convolution(x, t, None, geometry),
        _along_channels,
    ],
    inputs=("x", "y", "bias"),
    params=("geometry",),
    promotion=None,
    saved_as={"x": "input", "y": "weight"},
    formula=("conv_transpose(g, w)", "conv(x, g)", "Σ g over all but channels"),
    cases=(
        Case(((2, 3, 4, 5), (2, 3, 2, 3), (2,)), (_PLAIN,)),
        Case(((1, 4, 4, 3), (6, 2, 3, 2), None), (_STRIDED,)),
    ),
)

transposed: Rule = general(
    "transposed_convolution",
    _to_input,
    [
        lambda g, y, geometry: convolution(g, y, None, geometry),
        lambda g, x, y_shape, geometry: kernel_product(g, x, y_shape[2:], geometry),
        _over_channels,
    ],
    [
        lambda t, y, size, geometry: transposed(t, y, None, size, geometry),
        lambda t, x, size, geometry: transposed(x, t, None, size, geometry),
        _along_channels,
    ],
    inputs=("x", "y", "bias"),
    params=("size", "geometry"),
    promotion=None,
    node_name="ConvolutionBackward0",
    saved_as={"x": "input", "y": "weight"},
    formula=("conv(g, w)", "conv(g, x)", "Σ g over all but channels"),
    note="the adjoint of convolution",
    cases=(
        Case(((2, 2, 3, 3), (2, 3, 2, 3), (3,)), ((4, 5), _PLAIN)),
        Case(((1, 6, 2, 5), (6, 2, 3, 2), None), ((4, 3), _STRIDED)),
    ),
)

kernel_product: Rule = multilinear(
    "kernel_product",
    _to_weight,
    lambda g, y, x_shape, geometry: transposed(y, g, None, x_shape[2:], geometry),
    lambda g, x, geometry: convolution(x, g, None, geometry),
    params=("kernel", "geometry"),
    promotion=None,
    formula=("conv_transpose(y, g)", "conv(x, g)"),
    note="the cotangent of a convolution's kernel",
    cases=(
        Case(((2, 3, 4, 5), (2, 2, 3, 3)), ((2, 3), _PLAIN)),
        Case(((1, 4, 4, 3), (1, 6, 2, 5)), ((3, 2), _STRIDED)),
    ),
)


# --- Columns for their own sake ---------------------------------------------------


def _im2col(x: Any, kernel: Shape, geometry: Geometry) -> Any:
    columns = _columns(x, kernel, geometry)
    return _as_matrices(columns, 1, len(kernel))[:, 0].copy()


def _col2im(x: Any, size: Shape, kernel: Shape, geometry: Geometry) -> Any:
    positions = geometry.positions(size, kernel)
    channels = x.shape[1] // math.prod(kernel)
    columns = x.reshape(x.shape[0], channels, *kernel, *positions)
    return _summed_columns(columns, size, geometry)


im2col: Rule = linear(
    "im2_col",
    _im2col,
    lambda g, x_shape, kernel, geometry: col2im(g, x_shape[2:], kernel, geometry),
    params=("kernel", "geometry"),
    formula=("col2im(g)",),
    cases=(Case(((2, 3, 4, 5),), ((2, 3), Geometry((2, 1), (1, 0), (1, 2)))),),
)

col2im: Rule = linear(
    "col2_im",
    _col2im,
    lambda g, kernel, geometry: im2col(g, kernel, geometry),
    params=("size", "kernel", "geometry"),
    formula=("im2col(g)",),
    cases=(Case(((2, 12, 6),), ((3, 4), (2, 2), Geometry((1, 1), (0, 0), (1, 1)))),),
)
