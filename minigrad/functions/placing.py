"""Values put in places of a tensor, named by positions or by a mask.

Each has two forms, a copy (`x.index_fill(...)`) and in place (`x.index_fill_(...)`); what is to
be done is worked out once, as a `Change`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, wrap
from minigrad.functions.arguments import INT64, one_dim
from minigrad.functions.indexing import index_error, parse_index
from minigrad.functions.picking import flat_positions, places_along
from minigrad.functions.shapes import expand, reshape
from minigrad.inplace import without_leading_ones
from minigrad.node import TensorBase
from minigrad.rules import assignment
from minigrad.rules import elementwise as elementwise_rules
from minigrad.rules import placing as rules
from minigrad.rules.table import Rule

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "diagonal_scatter",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "masked_fill",
    "masked_scatter",
    "put",
    "scatter",
    "scatter_add",
    "select_scatter",
    "slice_scatter",
]


class Change(NamedTuple):
    """A rule and what it takes besides the tensor that is changed."""

    rule: Rule
    others: tuple[Any, ...]
    params: tuple[Any, ...] = ()

    def of(self, x: Tensor) -> Tensor:
        """The change carried out on a copy."""
        return apply(self.rule, (x, *self.others), self.params)


# --- Along a dimension ---------------------------------------------------------


def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """The elements of `src` (or one number) put along `dim` at the positions in `index`.

    Args:
        index: integers; as many dimensions as the input.
        src: values for each position, or one number.
        reduce: "add" or "multiply" with what is there, instead of replacing it.
    """
    return scatter_change(input, dim, index, src, value=value, reduce=reduce).of(input)


def scatter_change(
    x: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Change:
    """What `scatter` does."""
    source = value if src is None else src
    axis = one_dim(dim, x._data.ndim)
    if max(index._data.ndim, 1) != max(x._data.ndim, 1) and index._data.size:
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as self tensor"
        )
    values = _source(x, axis, index, source)
    places = _places(x, axis, index, source)
    if reduce is None:
        rule = rules.scatter if isinstance(source, TensorBase) else rules.scatter_value
        return Change(rule, (values,), (places,))
    if reduce == "add":
        return Change(rules.scatter_add, (values,), (places,))
    if reduce != "multiply":
        raise RuntimeError("reduce argument must be either add or multiply.")
    if x._requires_grad or values._requires_grad:
        raise NotImplementedError(
            'scatter with reduce="multiply" has no derivative; use scatter_reduce'
        )
    factors = np.ones_like(np.asarray(x._data))
    np.multiply.at(factors, places, np.asarray(values._data))
    return Change(elementwise_rules.mul, (wrap(factors),))


def _places(x: Tensor, axis: int, index: Tensor, source: Any) -> Any:
    shape = source._data.shape if isinstance(source, TensorBase) else index._data.shape
    return places_along(x, axis, index, "scatter", "self", source=shape) or (Ellipsis,)


def _source(x: Tensor, axis: int, index: Tensor, source: Any) -> Any:
    """The part of the source that the index speaks of, as a tensor of x's dtype."""
    given: Any = source
    if not isinstance(source, TensorBase):
        return _number_like(x, source)
    if given._data.dtype is not x._data.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    wanted = index._data.shape
    if given._data.shape == wanted or index._data.size == 0:
        return given if index._data.size else wrap(np.zeros((), x._data.dtype))
    if not x._data.ndim:
        return reshape(given, ())
    if max(len(given._data.shape), 1) != max(len(wanted), 1):
        raise errors.dimension_out_of_range(len(given._data.shape), len(given._data.shape))
    if not wanted or not given._data.shape:
        return reshape(given, wanted)
    places_along(x, axis, index, "scatter", "self", source=given._data.shape)
    return given[tuple([slice(n) for n in wanted])]


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """The elements of `src` added along `dim` at the positions in `index`."""
    return scatter_add_change(input, dim, index, src).of(input)


def scatter_add_change(x: Tensor, dim: int, index: Tensor, src: Tensor) -> Change:
    """What `scatter_add` does."""
    return scatter_change(x, dim, index, src, reduce="add")


# --- Whole entries of a dimension ----------------------------------------------


def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1
) -> Tensor:
    """alpha times the entries of `source`, added to those of the input at the positions."""
    return index_add_change(input, dim, index, source, alpha=alpha).of(input)


def index_add_change(
    x: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1
) -> Change:
    """What `index_add` does."""
    axis = one_dim(dim, x._data.ndim)
    if x._data.dtype is not source._data.dtype:
        raise RuntimeError(
            f"index_add_(): self ({errors.scalar_type(x._data.dtype)}) and source "
            f"({errors.scalar_type(source._data.dtype)}) must have the same scalar type"
        )
    count, given = index._data.size, source._data.shape
    if count != (given[axis] if given else 1):
        raise RuntimeError(
            f"index_add_(): Number of indices ({count}) should be equal to source.size(dim): "
            f"({given[axis] if given else 1}), for dim: {axis}"
        )
    shape = x._data.shape
    if shape and given and shape[:axis] + shape[axis + 1 :] != given[:axis] + given[axis + 1 :]:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified "
            f"dimension. Got self.shape = {list(shape)} source.shape = {list(given)}"
        )
    places = _entries(x, axis, index, RuntimeError)
    scaled = source if alpha == 1 else source * alpha
    return Change(rules.index_add, (_fitting(scaled, x),), (places,))


def _entries(x: Tensor, axis: int, index: Tensor, kind: type[Exception], name: str = "") -> Any:
    """The index for whole entries along an axis, checked."""
    positions = np.asarray(index._data).reshape(-1)
    shape = x._data.shape
    length = shape[axis] if shape else 1
    outside = positions[(positions < 0) | (positions >= length)]
    if outside.size:
        raise kind(
            f"{name}index {outside[0]} is out of bounds for dimension {axis} with size {length}"
        )
    if not shape:
        return (Ellipsis,)
    return (*(slice(None),) * axis, np.array(positions))


def _fitting(source: Tensor, x: Tensor) -> Tensor:
    """A source for a 0-d tensor has one element, whatever its shape; so has a 0-d source."""
    if not x._data.ndim:
        return reshape(source, ()) if source._data.size else wrap(np.zeros((), x._data.dtype))
    return source


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """The entries of `source` in place of those of the input at the positions."""
    return index_copy_change(input, dim, index, source).of(input)


def index_copy_change(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Change:
    """What `index_copy` does."""
    axis = one_dim(dim, x._data.ndim)
    if x._data.dtype is not source._data.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{errors.scalar_type(x._data.dtype)} and (source) "
            f"{errors.scalar_type(source._data.dtype)}"
        )
    shape, given = x._data.shape, source._data.shape
    rest = [s[:axis] + s[axis + 1 :] for s in (shape, given)]
    if given and shape and rest[0] != rest[1]:
        mine, theirs = [" ".join(map(str, r)) for r in rest]
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination "
            f"slice shape: {mine} at dimension {axis} and source slice shape: {theirs} at "
            f"dimension {axis}."
        )
    count = index._data.size
    if count != (given[axis] if given else 1):
        raise IndexError(
            f"index_copy_(): Number of indices ({count}) should be equal to source.size(dim) "
            f"({given[axis] if given else 1})"
        )
    places = _entries(x, axis, index, IndexError, "index_copy_(): ")
    if not shape and not count:
        return Change(rules.index_add, (_fitting(source, x),), (places,))
    return Change(rules.index_copy, (_fitting(source, x),), (places,))


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """One number in all entries at the positions."""
    return index_fill_change(input, dim, index, value).of(input)


def index_fill_change(x: Tensor, dim: int, index: Tensor, value: Any) -> Change:
    """What `index_fill` does."""
    axis = one_dim(dim, x._data.ndim)
    number = _one_number("index_fill_", x, value)
    if index._data.dtype != INT64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    positions = np.asarray(index._data)
    length = x._data.shape[axis] if x._data.ndim else 1
    if not x._data.ndim and not positions.size:
        return Change(rules.index_add, (wrap(np.zeros((), x._data.dtype)),), ((Ellipsis,),))
    inside = (positions >= -length) & (positions < 0)
    counted = wrap(np.unique(np.where(inside, positions + length, positions)))
    return Change(rules.index_fill, (number,), (_entries(x, axis, counted, IndexError),))


def _one_number(operation: str, x: Tensor, value: Any) -> Any:
    """A 0-d tensor of x's dtype."""
    if not isinstance(value, TensorBase):
        return _number_like(x, value)
    if value._data.ndim:
        raise RuntimeError(
            f"{operation} only supports a 0-dimensional value tensor, but got tensor with "
            f"{value._data.ndim} dimension(s)."
        )
    if not value._requires_grad:
        return _number_like(x, value._data.item())
    return value.to(x._data.dtype)  # type: ignore[attr-defined]


def _number_like(x: Tensor, value: Any) -> Tensor:
    """A Python number as a 0-d tensor of x's dtype."""
    kind = x._data.dtype
    return wrap(np.asarray(dtypes.fitting(value, kind)).astype(kind))


# --- By an index, and in all elements in a row ---------------------------------


def index_put(
    input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False
) -> Tensor:
    """`input[indices] = values` on a copy.

    With `accumulate` they are added, as often as a place is named.
    """
    return index_put_change(input, indices, values, accumulate).of(input)


def index_put_change(
    x: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False
) -> Change:
    """What `index_put` does."""
    if x._data.dtype is not values._data.dtype:
        raise errors.index_put_dtypes(x._data.dtype, values._data.dtype)
    items, _ = parse_index(
        tuple([slice(None) if i is None else _as_positions(i) for i in indices])
    )
    if not x._data.ndim:
        items = tuple([i for i in items if i != slice(None)]) or (Ellipsis,)
    try:
        wanted = np.broadcast_to(False, x._data.shape)[items].shape
    except IndexError as error:
        raise index_error(items, x._data.shape, error) from None
    values = without_leading_ones(values, len(wanted))
    try:
        np.broadcast_to(values._data, wanted)
    except ValueError:
        raise errors.index_put_shapes(values._data.shape, wanted) from None
    rule = rules.index_put_add if accumulate else assignment.index_put
    return Change(rule, (values,), (items,))


def _as_positions(index: Any) -> Any:
    """A 0-d index of numbers picks one entry, as an array does, not a view."""
    if index._data.ndim == 0 and index._data.dtype.kind != "b":
        return np.asarray(index._data).reshape(1)
    return index


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Like `index_put`, with positions counted through all dimensions."""
    return put_change(input, index, source, accumulate).of(input)


def put_change(x: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Change:
    """What `put` does."""
    if index._data.size != source._data.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source._data.size}, index.numel() = {index._data.size}"
        )
    if x._data.dtype is not source._data.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{errors.scalar_type(x._data.dtype)} and source.dtype = "
            f"{errors.scalar_type(source._data.dtype)}"
        )
    positions = flat_positions("put", x, index)
    values = reshape(source, positions.shape)
    places = np.unravel_index(positions, x._data.shape) if x._data.ndim else (Ellipsis,)
    if not x._data.ndim:
        values = values.sum() if accumulate else reshape(values, -1)[-1:].sum()
        accumulate = accumulate or not source._data.size
    return Change(rules.put_add if accumulate else rules.put, (values,), (places,))


# --- By a mask -----------------------------------------------------------------


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """One number where the mask is true; the mask is stretched to fit (and so is the input)."""
    return masked_fill_change(input, mask, value).of(input)


def masked_fill_change(x: Tensor, mask: Tensor, value: Any) -> Change:
    """What `masked_fill` does."""
    if mask._data.dtype.kind != "b":
        raise RuntimeError(
            "masked_fill_ only supports boolean masks, but got mask with dtype "
            f"{errors.c_type(mask._data.dtype)}"
        )
    try:
        np.broadcast_shapes(mask._data.shape, x._data.shape)
    except ValueError:
        raise errors.shapes_do_not_broadcast(mask._data.shape, x._data.shape) from None
    return Change(rules.masked_fill, (mask, _one_number("masked_fill_", x, value)))


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The elements of `source`, in order, where the mask is true."""
    together = np.broadcast_shapes(input._data.shape, mask._data.shape)
    whole = input if input._data.shape == together else expand(input, together)
    return masked_scatter_change(whole, mask, source).of(whole)


def masked_scatter_change(x: Tensor, mask: Tensor, source: Tensor) -> Change:
    """What `masked_scatter` does."""
    if mask._data.dtype.kind != "b":
        raise RuntimeError(
            "masked_scatter_ only supports boolean masks, but got mask with dtype "
            f"{errors.scalar_type(mask._data.dtype)}"
        )
    if x._data.dtype is not source._data.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got"
            f"{errors.scalar_type(x._data.dtype)} and {errors.scalar_type(source._data.dtype)}"
        )
    places = np.nonzero(np.atleast_1d(np.broadcast_to(mask._data, x._data.shape)))
    count = len(places[0])
    if count > source._data.size:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    values: Any = reshape(source, source._data.size)[:count]
    if not x._data.ndim:
        rule = rules.masked_scatter if count else rules.index_add
        return Change(rule, (values.sum(),), ((Ellipsis,),))
    return Change(rules.masked_scatter, (values,), (places,))


# --- Parts ---------------------------------------------------------------------


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy with entry `index` along `dim` replaced."""
    shape = input._data.shape
    axis = one_dim(dim, len(shape))
    if not -shape[axis] <= index < shape[axis]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(shape)} at "
            f"dimension {axis}"
        )
    return _with_part(rules.select_scatter, input, src, (*(slice(None),) * axis, index))


def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Tensor:
    """A copy with the entries start to end along `dim` replaced."""
    axis = one_dim(dim, input._data.ndim)
    places = (*(slice(None),) * axis, slice(start, end, step))
    return _with_part(rules.slice_scatter, input, src, places)


def _with_part(rule: Rule, x: Tensor, src: Tensor, places: Any) -> Tensor:
    wanted = np.broadcast_to(False, x._data.shape)[places].shape
    if src._data.shape != wanted:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src._data.shape)}, slice size = {list(wanted)}"
        )
    return apply(rule, (x, src), (places,))


def diagonal_scatter(
    input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """A copy with a diagonal replaced."""
    ndim = input._data.ndim
    first, second = one_dim(dim1, ndim), one_dim(dim2, ndim)
    grid = np.indices(input._data.shape, sparse=False)
    places = tuple([np.diagonal(g, offset, first, second) for g in grid])
    return _with_part(rules.diagonal_scatter, input, src, places)
