"""Averages and maxima over windows.

An average is linear. So is a maximum, once it is known where the largest element is: the
function finds the places, and the entry takes what lies there.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from minigrad.node import Node
from minigrad.rules.table import Case, Rule, linear

Shape = tuple[int, ...]


def _of_dimensions(name: str) -> Any:
    """PyTorch's name: the pooling, and of how many dimensions."""

    def named(node: Node) -> str:
        return name.format(len(node.shape) - 2)

    return named


def window_slices(
    offset: tuple[int, ...], stride: Shape, dilation: Shape, out: Shape
) -> tuple[Any, ...]:
    """Where one place of the kernel lies in all positions, in the padded input."""
    rows = zip(offset, stride, dilation, out, strict=True)
    return (..., *[slice(k * d, k * d + (n - 1) * s + 1, s) for k, s, d, n in rows])


def padded_shape(kernel: Shape, stride: Shape, dilation: Shape, out: Shape) -> Shape:
    """What the windows reach over."""
    rows = zip(kernel, stride, dilation, out, strict=True)
    return tuple([(n - 1) * s + d * (k - 1) + 1 for k, s, d, n in rows])


def padded(x: Any, padding: Shape, reach: Shape, value: Any) -> Any:
    """x with `value` around it, at least as far as the windows reach."""
    spatial = x.shape[2:]
    whole = [max(r, p + n) for r, p, n in zip(reach, padding, spatial, strict=True)]
    if tuple(whole) == spatial:
        return x
    around: Any = np.full((*x.shape[:2], *whole), value, x.dtype)
    inside = [slice(p, p + n) for p, n in zip(padding, spatial, strict=True)]
    around[(..., *inside)] = x
    return around


def _average(x: Any, kernel: Shape, stride: Shape, padding: Shape, divisors: Any) -> Any:
    ones, out = (1,) * len(kernel), divisors.shape
    x = padded(x, padding, padded_shape(kernel, stride, ones, out), 0)
    total = np.zeros((*x.shape[:2], *out), x.dtype)
    for offset in itertools.product(*map(range, kernel)):
        total += x[window_slices(offset, stride, ones, out)]
    return total / divisors.astype(x.dtype)


def _spread(
    g: Any, size: Shape, kernel: Shape, stride: Shape, padding: Shape, divisors: Any
) -> Any:
    ones, out = (1,) * len(kernel), divisors.shape
    share = g / divisors.astype(g.dtype)
    reach = padded_shape(kernel, stride, ones, out)
    whole = [max(r, p + n) for r, p, n in zip(reach, padding, size, strict=True)]
    found: Any = np.zeros((*g.shape[:2], *whole), g.dtype)
    for offset in itertools.product(*map(range, kernel)):
        found[window_slices(offset, stride, ones, out)] += share
    return found[(..., *[slice(p, p + n) for p, n in zip(padding, size, strict=True)])]


_WINDOW = ((2, 2), (2, 1), (1, 0))

avg_pool: Rule = linear(
    "avg_pool",
    _average,
    lambda g, x_shape, kernel, stride, padding, divisors: avg_pool_adjoint(
        g, x_shape[2:], kernel, stride, padding, divisors
    ),
    params=("kernel", "stride", "padding", "divisors"),
    node_name=_of_dimensions("AvgPool{}DBackward0"),
    formula=("1/count in each window",),
    cases=(Case(((2, 3, 4, 4),), (*_WINDOW, np.full((3, 3), 4))),),
)

avg_pool_adjoint: Rule = linear(
    "avg_pool_adjoint",
    _spread,
    lambda g, kernel, stride, padding, divisors: avg_pool(g, kernel, stride, padding, divisors),
    params=("size", "kernel", "stride", "padding", "divisors"),
    formula=("averages",),
    cases=(Case(((2, 3, 3, 3),), ((4, 4), *_WINDOW, np.full((3, 3), 4))),),
)


def _flat(x: Any) -> Any:
    return x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _take(x: Any, places: Any) -> Any:
    return np.take_along_axis(_flat(x), _flat(places), 2).reshape(places.shape)


def _put(g: Any, places: Any, size: Shape) -> Any:
    whole = np.zeros((*g.shape[:2], math.prod(size)), g.dtype)
    rows = np.arange(g.shape[0])[:, None, None], np.arange(g.shape[1])[:, None]
    np.add.at(whole, (*rows, _flat(places)), _flat(g))
    return whole.reshape(*g.shape[:2], *size)


def _picking(name: str, node_name: str) -> Rule:
    """The elements at `places`, numbers of elements within each channel."""
    places = np.array([[[[0, 3, 3]], [[5, 1, 2]]]])
    return linear(
        name,
        _take,
        lambda g, x_shape, places: unpool(g, places, x_shape[2:]),
        params=("places",),
        node_name=_of_dimensions(node_name),
        formula=("1 at the largest, 0 elsewhere",),
        note="of equal elements, the first in the window",
        cases=(Case(((1, 2, 2, 3),), (places,)),),
    )


max_pool = _picking("max_pool", "MaxPool{}DWithIndicesBackward0")
adaptive_max_pool = _picking("adaptive_max_pool", "AdaptiveMaxPool{}DBackward0")

unpool: Rule = linear(
    "max_pool_adjoint",
    _put,
    lambda g, places: max_pool(g, places),
    params=("places", "size"),
    formula=("the elements at the places",),
    cases=(Case(((1, 2, 1, 3),), (np.array([[[[0, 3, 3]], [[5, 1, 2]]]]), (2, 3))),),
)


def _lay(x: Any, places: Any, size: Shape) -> Any:
    whole = np.zeros((*x.shape[:2], math.prod(size)), x.dtype)
    np.put_along_axis(whole, _flat(places), _flat(x), 2)
    return whole.reshape(*x.shape[:2], *size)


max_unpool: Rule = linear(
    "max_unpool",
    _lay,
    lambda g, places: max_pool(g, places),
    params=("places", "size"),
    node_name=_of_dimensions("MaxUnpool{}DBackward0"),
    formula=("the elements at the places",),
    note="of elements with the same place, the last is taken",
    cases=(Case(((1, 2, 1, 3),), (np.array([[[[0, 3, 4]], [[5, 1, 2]]]]), (2, 3))),),
)
