"""Estimating derivatives from samples by finite differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.apply import wrap
from minigrad.functions import elementwise, joining, shapes
from minigrad.functions.arguments import one_dim, tensor_argument
from minigrad.node import TensorBase

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = ["gradient"]


def gradient(
    input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """The slopes of samples along each dimension: central differences inside, one-sided at the
    ends.

    Args:
        spacing: how far apart the samples are: a number, one for each dimension, or tensors of
            their coordinates.
        dim: a dimension, or several; by default all.
        edge_order: 1 or 2, the order of the one-sided differences.

    Raises:
        RuntimeError: for fewer than edge_order + 1 samples.
    """
    data = tensor_argument("gradient", input)._data
    given = range(data.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    axes = [one_dim(d, data.ndim) for d in given]
    several = isinstance(spacing, list | tuple)
    steps: Sequence[Any] = (
        spacing if several else [1 if spacing is None else spacing] * len(axes)
    )
    if len(steps) != len(axes):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length "
            f"{len(axes)}, but got a list of length {len(steps)}"
        )
    for axis in axes:
        if data.shape[axis] < edge_order + 1:
            raise RuntimeError(
                "torch.gradient expected each dimension size to be at least edge_order+1"
            )
    return tuple([_along(input, a, s, edge_order) for a, s in zip(axes, steps, strict=True)])


def _along(x: Tensor, axis: int, step: Any, edge_order: int) -> Tensor:
    n = x._data.shape[axis]
    if isinstance(step, TensorBase):
        widths = np.diff(np.asarray(step._data))
    else:
        widths = np.full(n - 1, float(step))
    kind = x._data.dtype if x._data.dtype.kind == "f" else np.dtype(np.float32)
    along = [1] * x._data.ndim
    along[axis] = -1

    def part(start: int, length: int) -> Tensor:
        return shapes.narrow(x, axis, start, length)

    def weighted(*pairs: tuple[Any, Tensor]) -> Tensor:
        total: Any = None
        for weight, values in pairs:
            factor = wrap(np.asarray(weight, kind).reshape(along))
            term = elementwise.mul(values, factor)
            total = term if total is None else elementwise.add(total, term)
        return total  # type: ignore[no-any-return]

    def between(later: Tensor, earlier: Tensor, width: Any) -> Tensor:
        return elementwise.div(elementwise.sub(later, earlier), float(width))

    parts = []
    if n > 2 and not isinstance(step, TensorBase):
        parts = [between(part(2, n - 2), part(0, n - 2), 2 * step)]
    elif n > 2:
        before, after = widths[:-1], widths[1:]
        left = (-after / (before * (before + after)), part(0, n - 2))
        middle = ((after - before) / (before * after), part(1, n - 2))
        right = (before / (after * (before + after)), part(2, n - 2))
        parts = [weighted(left, middle, right)]
    if edge_order == 1:
        first = between(part(1, 1), part(0, 1), widths[0])
        last = between(part(n - 1, 1), part(n - 2, 1), widths[-1])
    else:
        first = weighted(*_second_order(widths[0], widths[1], [part(i, 1) for i in range(3)]))
        ends = [part(n - 1 - i, 1) for i in range(3)]
        last = weighted(*_second_order(-widths[-1], -widths[-2], ends))
    return joining.cat([first, *parts, last], axis)


def _second_order(near: Any, far: Any, values: list[Tensor]) -> list[tuple[Any, Tensor]]:
    """The one-sided difference over three samples, at distances near and near + far."""
    both = near + far
    weights = (-(2 * near + far) / (near * both), both / (near * far), -near / (far * both))
    return list(zip(weights, values, strict=True))
