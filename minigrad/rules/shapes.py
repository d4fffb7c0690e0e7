"""Operations that move numbers without changing them.

The adjoint moves them back, and adds up what was copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.rules.table import Case, Rule, linear

Shape = tuple[int, ...]


def _as_view(x: Any, shape: Shape) -> Any:
    return np.reshape(x, shape)


reshape: Rule = linear(
    "reshape",
    _as_view,
    lambda g, x_shape: reshape(g, x_shape),
    params=("shape",),
    view=True,
    node_name="ViewBackward0",
    formula=("moves back",),
    cases=(Case(((3, 4),), ((2, 6),)), Case(((),), ((1, 1),))),
)

expand: Rule = linear(
    "expand",
    np.broadcast_to,
    lambda g, x_shape: sum_to(g, x_shape),
    params=("shape",),
    view=True,
    formula=("sums over the copies",),
    cases=(Case(((3, 1),), ((2, 3, 4),)), Case(((),), ((2,),))),
)


def _sum_to(x: Any, shape: Shape) -> Any:
    extra = x.ndim - len(shape)
    axes = tuple([i + extra for i, n in enumerate(shape) if n == 1 != x.shape[i + extra]])
    return np.add.reduce(x, axis=(*range(extra), *axes), keepdims=True).reshape(shape)


sum_to: Rule = linear(
    "sum_to",
    _sum_to,
    lambda g, x_shape: expand(g, x_shape),
    params=("shape",),
    node_name="SumToSizeBackward0",
    formula=("1 for each summand",),
    cases=(Case(((2, 3, 4),), ((3, 1),)),),
)


def _inverse(order: Sequence[int]) -> Shape:
    return tuple([int(i) for i in np.argsort(order)])


permute: Rule = linear(
    "permute",
    np.transpose,
    lambda g, order: permute(g, _inverse(order)),
    params=("order",),
    view=True,
    formula=("the inverse order of axes",),
    cases=(Case(((2, 3, 4),), ((2, 0, 1),)),),
)


def _swap(x: Any, dim0: int, dim1: int) -> Any:
    return np.swapaxes(x, dim0, dim1)


def _transposing(name: str, node_name: str) -> Rule:
    return linear(
        name,
        _swap,
        lambda g, dim0, dim1: transpose(g, dim0, dim1),
        params=("dim0", "dim1"),
        view=True,
        node_name=node_name,
        formula=("the same two axes, swapped back",),
        cases=(Case(((2, 3, 4),), (0, 2)),),
    )


# PyTorch gives the in-place forms of layout changes numbers of their own.
transpose = _transposing("transpose", "TransposeBackward0")
transpose_ = _transposing("transpose_", "TransposeBackward1")


def _transposing_matrix(name: str, node_name: str) -> Rule:
    return linear(
        name,
        np.transpose,
        lambda g: t(g),
        view=True,
        node_name=node_name,
        formula=("transposed back",),
        cases=(Case(((2, 3),)),),
    )


t = _transposing_matrix("t", "TBackward0")
t_ = _transposing_matrix("t_", "TBackward1")


def _reshaping(
    name: str,
    forward: Any,
    params: tuple[str, ...],
    example: Case,
    node_name: str | None = None,
) -> Rule:
    """An operation that leaves the order of the elements as it is."""
    return linear(
        name,
        forward,
        lambda g, x_shape: reshape(g, x_shape),
        params=params,
        view=True,
        node_name=node_name,
        formula=("moves back",),
        cases=(example,),
    )


def _squeezing(name: str, node_name: str) -> Rule:
    """PyTorch numbers the forms of `squeeze`: of all dimensions 0, of one 1, of some 2."""
    example = Case(((2, 1, 3),), ((1,),))
    return _reshaping(name, lambda x, dim: np.squeeze(x, dim), ("dim",), example, node_name)


squeeze = _squeezing("squeeze", "SqueezeBackward0")
squeeze_one = _squeezing("squeeze_one", "SqueezeBackward1")
squeeze_some = _squeezing("squeeze_some", "SqueezeBackward2")
squeeze_ = _squeezing("squeeze_", "SqueezeBackward3")
squeeze_one_ = _squeezing("squeeze_one_", "SqueezeBackward4")
squeeze_some_ = _squeezing("squeeze_some_", "SqueezeBackward5")


def _unsqueezing(name: str, node_name: str) -> Rule:
    example = Case(((2, 3),), (1,))
    return _reshaping(name, lambda x, dim: np.expand_dims(x, dim), ("dim",), example, node_name)


unsqueeze = _unsqueezing("unsqueeze", "UnsqueezeBackward0")
unsqueeze_ = _unsqueezing("unsqueeze_", "UnsqueezeBackward1")
# What `reshape` is where it has to copy.
unsafe_view = _reshaping("unsafe_view", _as_view, ("shape",), Case(((3, 4),), ((2, 6),)))
# What PyTorch's fused kernel for attention is called; here the products are nodes of their own.
attention_values = _reshaping(
    "attention_values",
    _as_view,
    ("shape",),
    Case(((3, 4),), ((3, 4),)),
    "ScaledDotProductFlashAttentionForCpuBackward0",
)


def _part(x: Any, position: int, shapes: Sequence[Shape], dim: int) -> Any:
    start = sum([shape[dim] for shape in shapes[:position]])
    return narrow(x, dim, start, shapes[position][dim])


def _narrow(x: Any, dim: int, start: int, length: int) -> Any:
    return x[(slice(None),) * dim + (slice(start, start + length),)]


def _narrow_adjoint(g: Any, x_shape: Shape, dim: int, start: int) -> Any:
    from minigrad.rules.indexing import slice_adjoint

    stop = start + g.shape[dim]
    return slice_adjoint(g, x_shape, (slice(None),) * dim + (slice(start, stop),))


narrow: Rule = linear(
    "narrow",
    _narrow,
    _narrow_adjoint,
    params=("dim", "start", "length"),
    view=True,
    node_name="SliceBackward0",
    formula=("zeros around it",),
    cases=(Case(((3, 5),), (1, 2, 2)),),
)

cat = Rule(
    "cat",
    lambda inputs, dim: np.concatenate(inputs, dim),
    [lambda g, position, shapes, dim: _part(g, position, shapes, dim)],
    jvps=[lambda t, position, shapes, dim: _padded(t, position, shapes, dim)],
    kind="general",
    params=("dim",),
    variadic=True,
    formula=("each input gets its part",),
    cases=(Case(((2, 3), (2, 1), (2, 4)), (1,)),),
)


def _stacking(name: str, node_name: str) -> Rule:
    return Rule(
        name,
        lambda inputs, dim: np.stack(inputs, dim),
        [lambda g, position, dim: _layer(g, dim, position)],
        jvps=[lambda t, position, shapes, dim: _as_layer(t, position, shapes, dim)],
        kind="general",
        params=("dim",),
        variadic=True,
        node_name=node_name,
        formula=("each input gets its layer",),
        cases=(Case(((2, 3), (2, 3)), (1,)),),
    )


stack = _stacking("stack", "StackBackward0")
# What PyTorch's fused kernel is called; here the steps are nodes of their own.
lstm_outputs = _stacking("lstm_outputs", "MkldnnRnnLayerBackward0")


def _padded(t: Any, position: int, shapes: Sequence[Shape], dim: int) -> Any:
    from minigrad.rules.indexing import slice_adjoint

    start = sum([shape[dim] for shape in shapes[:position]])
    whole = list(shapes[0])
    whole[dim] = sum([shape[dim] for shape in shapes])
    index = (slice(None),) * dim + (slice(start, start + shapes[position][dim]),)
    return slice_adjoint(t, tuple(whole), index)


def _layer(g: Any, dim: int, position: int) -> Any:
    from minigrad.rules.indexing import select

    return select(g, dim, position)


def _as_layer(t: Any, position: int, shapes: Sequence[Shape], dim: int) -> Any:
    from minigrad.rules.indexing import slice_adjoint

    shape = list(shapes[0])
    shape.insert(dim, len(shapes))
    return slice_adjoint(t, tuple(shape), (slice(None),) * dim + (position,))


def _one_of_all(t: Any, position: int, shapes: Sequence[Shape]) -> tuple[Any, ...]:
    """The tangents of all results, if one input has one."""
    nothing = t.sum() * 0
    return tuple([t if i == position else expand(nothing, s) for i, s in enumerate(shapes)])


# Where a module begins and ends for its backward hooks. Copies, so that a change in place after
# it does not reach what was before it unnoticed.
module_boundary = Rule(
    "module_boundary",
    lambda inputs: tuple([x.copy() for x in inputs]),
    [lambda g, position: g[position]],
    jvps=[_one_of_all],
    kind="general",
    variadic=True,
    promotion=None,
    differentiable=(),
    node_name="BackwardHookFunctionBackward",
    formula=("1",),
    cases=(Case(((2, 3), (4,))),),
)
