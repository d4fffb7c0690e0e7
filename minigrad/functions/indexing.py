"""`tensor[index]`.

Numbers, slices, None and ... give views; tensors, lists and masks give copies.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.batched import Batched
from minigrad.node import TensorBase
from minigrad.rules import indexing as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


def getitem(input: Tensor, index: Any) -> Tensor:
    """The elements that `index` picks.

    Raises:
        IndexError: if there is no such element, or this cannot be an index.
    """
    if type(index) is int:
        data = input._data
        if data.ndim == 0:
            raise errors.index_of_scalar()
        if not -len(data) <= index < len(data):
            raise errors.index_out_of_bounds(index, 0, len(data))
        return apply(rules.select, (input,), (0, index))
    items, basic = parse_index(index)
    if basic:
        return _view(input, items, items)
    part, places = separated(items, input._data.ndim)
    viewed = input if is_whole(part) else _view(input, part, items)
    try:
        return apply(rules.advanced_index, (viewed,), (places,))
    except IndexError as error:
        raise index_error(items, input._data.shape, error) from None


def _view(input: Tensor, part: tuple[Any, ...], items: tuple[Any, ...]) -> Tensor:
    # The dots make the result of whole numbers alone a 0-d view instead of a scalar.
    if not any(item is Ellipsis for item in part):
        part = (*part, Ellipsis)
    elif part.count(Ellipsis) > 1:
        part = _without_repeated_dots(part, input._data.ndim)
    try:
        return apply(rules.basic_index, (input,), (part,))
    except IndexError as error:
        raise index_error(items, input._data.shape, error) from None


def _without_repeated_dots(part: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    """Only the first ... takes all dimensions that are left; each later one takes none."""
    first = part.index(Ellipsis)
    return (*part[: first + 1], *[item for item in part[first + 1 :] if item is not Ellipsis])


def is_whole(part: tuple[Any, ...]) -> bool:
    """Whether a basic index picks everything as it is."""
    return all(isinstance(item, slice) and item == slice(None) for item in part)


def separated(items: tuple[Any, ...], ndim: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """An index as PyTorch reads it: first the view by its basic items, then arrays within that.

    (NumPy counts a whole number beside arrays as one more array, which can move dimensions.)

    Raises:
        IndexError: if there are more items than dimensions.
    """
    left = ndim - sum([_axes_used(item) for item in items])
    if left < 0:
        raise errors.too_many_indices(ndim)
    part: list[Any] = []
    places: list[Any] = []
    for item in items:
        if item is Ellipsis:
            part += [slice(None)] * left
            places += [slice(None)] * left
            left = 0
        elif isinstance(item, bool) or (isinstance(item, np.ndarray) and item.ndim == 0):
            # A single truth value: a new dimension, of length 1 or 0.
            part.append(None)
            places.append(np.zeros(int(item), np.int64))
        elif isinstance(item, np.ndarray):
            part += [slice(None)] * _axes_used(item)
            places.append(item)
        else:
            part.append(item)
            if not isinstance(item, int):
                places.append(slice(None))
    return tuple(part), tuple(places)


def parse_index(index: Any) -> tuple[tuple[Any, ...], bool]:
    """An index as NumPy takes it, and whether it is basic, so that it picks a view."""
    if isinstance(index, list) and _stands_for_tuple(index):
        index = tuple(index)
    given = index if isinstance(index, tuple) else (index,)
    items = tuple([_parse_item(item) for item in given])
    return items, not any(isinstance(item, np.ndarray | Batched | bool) for item in items)


def _stands_for_tuple(index: list[Any]) -> bool:
    """Whether PyTorch reads a list as an index for each dimension, as NumPy once did."""
    kinds = (TensorBase, np.ndarray, list, tuple, range, slice, type(Ellipsis), type(None))
    return len(index) < 32 and any(isinstance(item, kinds) for item in index)


def _parse_item(item: Any) -> Any:
    if item is None or item is Ellipsis or isinstance(item, bool):
        return item
    if isinstance(item, slice):
        step = None if item.step is None else operator.index(item.step)
        if step is not None and step <= 0:
            raise errors.negative_step()
        return slice(_bound(item.start), _bound(item.stop), step)
    if isinstance(item, TensorBase):
        return _index_array(item._data)
    if isinstance(item, np.ndarray | np.generic):
        return _index_array(item)
    if isinstance(item, list | range | tuple):
        return _index_array(_array_of_list(item))
    try:
        return operator.index(item)
    except TypeError:
        raise errors.index_type(item) from None


def _bound(value: Any) -> int | None:
    return None if value is None else operator.index(value)


def _array_of_list(items: Any) -> np.ndarray[Any, Any]:
    values = [x._data if isinstance(x, TensorBase) else x for x in items]
    return np.array(values) if values else np.zeros(0, np.int64)


def _index_array(data: Any) -> Any:
    """A whole number for a 0-d integer; otherwise a copy that nobody will change afterwards."""
    if data.dtype.kind == "f" or data.dtype.kind not in "biu":
        raise errors.index_dtype()
    if isinstance(data, Batched):
        return data
    if data.ndim == 0 and data.dtype.kind != "b":
        return int(data)
    if data.dtype == np.uint8:
        return data.astype(bool)
    return np.array(data)


def index_error(
    items: tuple[Any, ...], shape: tuple[int, ...], error: IndexError
) -> IndexError:
    """PyTorch's words for an index that NumPy refused."""
    if not shape:
        if len(items) > 1 or isinstance(items[0], np.ndarray):
            return errors.too_many_indices(0)
        if isinstance(items[0], slice):
            return IndexError("slice() cannot be applied to a 0-dim tensor.")
        return errors.index_of_scalar()
    used = sum([_axes_used(item) for item in items])
    if used > len(shape):
        return errors.too_many_indices(len(shape))
    axis = 0
    for position, item in enumerate(items):
        if item is Ellipsis:
            axis = len(shape) - sum([_axes_used(later) for later in items[position + 1 :]])
        elif isinstance(item, int) and not isinstance(item, bool):
            if not -shape[axis] <= item < shape[axis]:
                return errors.index_out_of_bounds(item, axis, shape[axis])
            axis += 1
        elif isinstance(item, np.ndarray) and item.dtype.kind == "b":
            if item.shape != shape[axis : axis + item.ndim]:
                return errors.mask_shape(item.shape, position, shape, axis)
            axis += item.ndim
        elif isinstance(item, np.ndarray):
            outside = item[(item < -shape[axis]) | (item >= shape[axis])]
            if outside.size:
                return errors.index_out_of_bounds(int(outside.flat[0]), axis, shape[axis])
            axis += 1
        elif isinstance(item, slice):
            axis += 1
    arrays = [item.shape for item in items if isinstance(item, np.ndarray)]
    return errors.index_shapes(arrays) if len(arrays) > 1 else error


def _axes_used(item: Any) -> int:
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return item.ndim if isinstance(item, np.ndarray) and item.dtype.kind == "b" else 1
