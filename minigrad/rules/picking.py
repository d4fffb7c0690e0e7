"""Picking elements by position arrays: what `gather`, `take` or `sort` hand back.

However the places were found, the derivative is the same: each cotangent is added to the place
that its element came from. The entries differ only in the name that the graph shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.rules.indexing import index_adjoint
from minigrad.rules.table import Case, Rule, linear


def _picking(name: str, node_name: str | None = None) -> Rule:
    """`places` is a tuple of index arrays (or slices), an item a dimension."""
    return linear(
        name,
        lambda x, places: x[places],
        lambda g, x_shape, places: index_adjoint(g, x_shape, places),
        params=("places",),
        saved_as={"places": "index"},
        node_name=node_name,
        formula=("adds each back to its place",),
        note="an element picked twice receives both cotangents",
        cases=(Case(((4, 3),), (_EXAMPLE,)),),
    )


_EXAMPLE: Any = (np.array([[0, 3], [3, 1]]), np.array([[1, 2]]))

gather = _picking("gather")
index_select = _picking("index_select")
masked_select = _picking("masked_select")
take = _picking("take")
sort = _picking("sort")
topk = _picking("topk")
kthvalue = _picking("kthvalue")
