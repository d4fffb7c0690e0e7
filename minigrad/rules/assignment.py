"""Writing into a tensor, seen as an operation that gives a new one.

`base` with a part replaced by `new`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from minigrad.batched import Batched, copied
from minigrad.rules.indexing import advanced_index
from minigrad.rules.table import Case, Rule, elementwise, general

# How a view came from its base: (rule, params, number of the result or None), one after the
# other.
Steps = Sequence[tuple[Any, tuple[Any, ...], int | None]]


def replay(base: Any, steps: Steps) -> Any:
    """Take the view of another array or tensor of the same shape."""
    for rule, params, index in steps:
        base = rule(base, *params)
        if index is not None:
            base = base[index]
    return base


def _copy_slices(base: Any, new: Any, steps: Steps) -> Any:
    whole = copied(base, new)
    region = replay(whole, steps)
    if isinstance(region, np.ndarray | Batched) and np.may_share_memory(region, whole):
        region[...] = new
        return whole
    # In this memory layout the view would be a copy. Where its elements belong is known all the
    # same.
    places = replay(np.arange(prod(whole.shape)).reshape(whole.shape), steps)
    flat = whole.reshape(-1)
    flat[places] = new
    return flat.reshape(whole.shape)


copy_slices: Rule = general(
    "copy_slices",
    _copy_slices,
    [
        lambda g, new_shape, steps: copy_slices(g, np.zeros(new_shape, _dtype(g)), steps),
        lambda g, steps: replay(g, steps),
    ],
    [
        lambda t, new_shape, steps: copy_slices(t, np.zeros(new_shape, _dtype(t)), steps),
        lambda t, base_shape, steps: copy_slices(np.zeros(base_shape, _dtype(t)), t, steps),
    ],
    inputs=("base", "new"),
    params=("steps",),
    promotion=None,
    node_name="CopySlices",
    formula=("1 outside the part", "1 in the part"),
    cases=(Case(((3, 4), (2,)), (((advanced_index, ((slice(0, 2), 1),), None),),)),),
)


def _index_put(x: Any, values: Any, index: Any) -> Any:
    whole = copied(x, values)
    whole[index] = values
    return whole


index_put: Rule = general(
    "index_put",
    _index_put,
    [
        lambda g, index: index_put(g, np.zeros((), _dtype(g)), index),
        lambda g, index: advanced_index(g, index),
    ],
    [
        lambda t, index: index_put(t, np.zeros((), _dtype(t)), index),
        lambda t, x_shape, index: index_put(np.zeros(x_shape, _dtype(t)), t, index),
    ],
    inputs=("x", "values"),
    params=("index",),
    promotion=None,
    formula=("1 outside the part", "1 in the part"),
    note="the places have to differ from one another",
    cases=(Case(((4, 5), (2,)), ((np.array([0, 3]), np.array([1, 2])),)),),
)


def _dtype(x: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = getattr(x, "_data", x).dtype
    return dtype


copy = elementwise(
    "copy",
    lambda x, source: np.broadcast_to(source, x.shape).astype(x.dtype),
    lambda g: g * 0,
    lambda g: g,
    inputs=("x", "source"),
    promotion=None,
    node_name="CopyBackwards",
    formula=("0", "1"),
    note="source takes the place of x",
    cases=(Case(((3, 4), (4,))),),
)

fill = elementwise(
    "fill",
    lambda x, value: np.full_like(x, value),
    lambda g: g * 0,
    params=("value",),
    promotion=None,
    formula=("0",),
    example_params=(1.5,),
)
