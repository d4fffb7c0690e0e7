"""Picking elements, and the adjoint.

Putting them back where they came from, adding where a place was picked twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.batched import zeros
from minigrad.node import Node
from minigrad.rules.table import Case, Rule, linear

Shape = tuple[int, ...]


def _into_zeros(x: Any, shape: Shape, index: Any) -> Any:
    whole = zeros(shape, x)
    whole[index] = x
    return whole


slice_adjoint: Rule = linear(
    "slice_adjoint",
    _into_zeros,
    lambda g, index: basic_index(g, index),
    params=("shape", "index"),
    node_name="SliceBackward0",
    formula=("the same slice",),
    cases=(Case(((2, 3),), ((4, 5), (slice(0, 4, 2), slice(1, 4)))),),
)


def _name_of_last(node: Node) -> str:
    """PyTorch takes an index apart, one node an axis.

    Here is one node, with the name of the last.
    """
    index = node.kept[node.plan.names.index("index")] if node.kept else ()
    for item in reversed(index):
        if item is None:
            return "UnsqueezeBackward0"
        if isinstance(item, int):
            return "SelectBackward0"
        if isinstance(item, slice) and item != slice(None):
            return "SliceBackward0"
    return "AliasBackward0"


basic_index: Rule = linear(
    "basic_index",
    lambda x, index: x[index],
    lambda g, x_shape, index: slice_adjoint(g, x_shape, index),
    params=("index",),
    view=True,
    node_name=_name_of_last,
    formula=("zeros around it",),
    cases=(Case(((4, 5),), ((slice(0, 4, 2), slice(1, 4), None),)),),
)

select = linear(
    "select",
    lambda x, dim, position: x[(slice(None),) * dim + (position, ...)],
    lambda g, x_shape, dim, position: slice_adjoint(
        g, x_shape, (slice(None),) * dim + (position,)
    ),
    params=("dim", "position"),
    view=True,
    formula=("zeros around it",),
    cases=(Case(((3, 4),), (1, 2)), Case(((3,),), (0, 1))),
)


def _add_at(x: Any, shape: Shape, index: Any) -> Any:
    whole = zeros(shape, x)
    np.add.at(whole, index, x)
    return whole


index_adjoint: Rule = linear(
    "index_adjoint",
    _add_at,
    lambda g, index: advanced_index(g, index),
    params=("shape", "index"),
    node_name="IndexPutBackward0",
    formula=("the same elements",),
    cases=(Case(((3,),), ((4,), (np.array([0, 2, 2]),))),),
)

advanced_index: Rule = linear(
    "index",
    lambda x, index: x[index],
    lambda g, x_shape, index: index_adjoint(g, x_shape, index),
    params=("index",),
    formula=("adds each back to its place",),
    note="an element picked twice receives both cotangents",
    cases=(
        Case(((4, 5),), ((np.array([0, 3, 3]), np.array([1, 2, 2])),)),
        Case(((3, 2),), ((np.array([True, False, True]),),)),
    ),
)
