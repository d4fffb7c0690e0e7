"""Putting values in places of another tensor: over what is there, or added to it.

`places` is an index of basic or position arrays, as in `x[places] = values`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.batched import as_array, copied
from minigrad.rules.indexing import advanced_index
from minigrad.rules.table import Case, Rule, elementwise, general


def _dtype(x: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = getattr(x, "_data", x).dtype
    return dtype


def _zeros(shape: Any, like: Any) -> Any:
    return np.zeros(shape, _dtype(like))


def _put(x: Any, values: Any, places: Any) -> Any:
    whole = copied(x, values)
    whole[places] = values
    return whole


def _add_at(x: Any, values: Any, places: Any) -> Any:
    whole = copied(x, values)
    np.add.at(whole, places, values)
    return whole


def _overwriting(name: str, node_name: str | None = None, *, basic: bool = False) -> Rule:
    """x with `values` in some places."""
    rule: Rule = general(
        name,
        _put,
        [
            lambda g, places: rule(g, _zeros((), g), places),
            lambda g, places: advanced_index(g, places),
        ],
        [
            lambda t, places: rule(t, _zeros((), t), places),
            lambda t, x_shape, places: rule(_zeros(x_shape, t), t, places),
        ],
        inputs=("x", "values"),
        params=("places",),
        promotion=None,
        node_name=node_name,
        formula=("1 outside the places, 0 in them", "1"),
        note="the places have to differ from one another",
        cases=(Case(((4, 5), (2,)), (_SLICES if basic else _DISTINCT,)),),
    )
    return rule


def _adding(name: str, node_name: str | None = None) -> Rule:
    """x with `values` added in some places, which may be the same."""
    rule: Rule = general(
        name,
        _add_at,
        [lambda g: g, lambda g, places: advanced_index(g, places)],
        [
            lambda t: t,
            lambda t, x_shape, places: rule(_zeros(x_shape, t), t, places),
        ],
        inputs=("x", "values"),
        params=("places",),
        promotion=None,
        node_name=node_name,
        formula=("1", "1"),
        cases=(Case(((4, 5), (3,)), (_REPEATED,)),),
    )
    return rule


_SLICES: Any = (slice(0, 3, 2), 1)
_DISTINCT: Any = (np.array([0, 3]), np.array([1, 2]))
_REPEATED: Any = (np.array([0, 3, 3]), np.array([1, 2, 2]))

scatter = _overwriting("scatter")
scatter_value = _overwriting("scatter_value", "ScatterBackward1")
index_copy = _overwriting("index_copy")
index_fill = _overwriting("index_fill")
masked_scatter = _overwriting("masked_scatter")
put = _overwriting("put")
select_scatter = _overwriting("select_scatter", basic=True)
slice_scatter = _overwriting("slice_scatter", basic=True)
diagonal_scatter = _overwriting("diagonal_scatter")

scatter_add = _adding("scatter_add")
index_add = _adding("index_add")
index_put_add = _adding("index_put_add", "IndexPutBackward0")
put_add = _adding("put_add", "PutBackward0")

masked_fill: Rule = elementwise(
    "masked_fill",
    lambda x, mask, value: np.where(mask, as_array(value).astype(x.dtype), x),
    lambda g, mask: masked_fill(g, mask, _zeros((), g)),
    None,
    lambda g, mask: np.where(mask, g, 0),
    inputs=("x", "mask", "value"),
    promotion=None,
    formula=("1 where the mask is false", "", "1 where the mask is true"),
    cases=(
        Case(((3, 4), np.array([[True, False, True, False]]), ())),
        Case(((), np.array(True), ())),
    ),
)
