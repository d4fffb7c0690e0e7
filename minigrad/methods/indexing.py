"""Methods that pick elements, put values in their places, and sort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from minigrad.functions import picking, placing, sorting
from minigrad.functions.placing import Change
from minigrad.inplace import apply_in_place

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


def _changed(x: Any, change: Change) -> Tensor:
    return apply_in_place(change.rule, x, change.others, change.params)


class IndexingMethods:
    """Functions of positions and masks as methods, and in place."""

    __slots__ = ()

    gather = picking.gather
    index_select = picking.index_select
    masked_select = picking.masked_select
    take = picking.take
    take_along_dim = picking.take_along_dim
    nonzero = picking.nonzero
    nonzero_static = picking.nonzero_static
    argwhere = picking.argwhere
    isin = picking.isin

    sort = sorting.sort
    argsort = sorting.argsort
    msort = sorting.msort
    topk = sorting.topk
    kthvalue = sorting.kthvalue

    scatter = placing.scatter
    scatter_add = placing.scatter_add
    index_add = placing.index_add
    index_copy = placing.index_copy
    index_fill = placing.index_fill
    index_put = placing.index_put
    put = placing.put
    masked_fill = placing.masked_fill
    masked_scatter = placing.masked_scatter
    select_scatter = placing.select_scatter
    slice_scatter = placing.slice_scatter
    diagonal_scatter = placing.diagonal_scatter

    def scatter_(
        self, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: Any = None
    ) -> Tensor:
        """Like `scatter`, in place."""
        change = placing.scatter_change(self, dim, index, src, value=value, reduce=reduce)  # type: ignore[arg-type]
        return _changed(self, change)

    def scatter_add_(self, dim: int, index: Tensor, src: Tensor) -> Tensor:
        """Like `scatter_add`, in place."""
        return _changed(self, placing.scatter_add_change(self, dim, index, src))  # type: ignore[arg-type]

    def index_add_(self, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
        """Like `index_add`, in place."""
        change = placing.index_add_change(self, dim, index, source, alpha=alpha)  # type: ignore[arg-type]
        return _changed(self, change)

    def index_copy_(self, dim: int, index: Tensor, source: Tensor) -> Tensor:
        """Like `index_copy`, in place."""
        return _changed(self, placing.index_copy_change(self, dim, index, source))  # type: ignore[arg-type]

    def index_fill_(self, dim: int, index: Tensor, value: Any) -> Tensor:
        """Like `index_fill`, in place."""
        return _changed(self, placing.index_fill_change(self, dim, index, value))  # type: ignore[arg-type]

    def index_put_(
        self, indices: Sequence[Any], values: Tensor, accumulate: bool = False
    ) -> Tensor:
        """Like `index_put`, in place."""
        return _changed(self, placing.index_put_change(self, indices, values, accumulate))  # type: ignore[arg-type]

    def put_(self, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
        """Like `put`, in place."""
        return _changed(self, placing.put_change(self, index, source, accumulate))  # type: ignore[arg-type]

    def masked_fill_(self, mask: Tensor, value: Any) -> Tensor:
        """Like `masked_fill`, in place."""
        return _changed(self, placing.masked_fill_change(self, mask, value))  # type: ignore[arg-type]

    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """Like `masked_scatter`, in place."""
        return _changed(self, placing.masked_scatter_change(self, mask, source))  # type: ignore[arg-type]
