"""Elements picked by positions or by a mask, and the positions of what is not zero."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, wrap
from minigrad.functions.arguments import INT64, one_dim, tensor_argument
from minigrad.functions.shapes import clone, expand, reshape
from minigrad.node import TensorBase
from minigrad.rules import picking as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "argwhere",
    "gather",
    "index_select",
    "isin",
    "masked_select",
    "nonzero",
    "nonzero_static",
    "take",
    "take_along_dim",
    "unravel_index",
]

Places = tuple[Any, ...]


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Of each line along `dim`, the elements at the positions in `index`.

    Args:
        index: integers; as many dimensions as the input, and in those other than `dim` no
            longer than it. The result has its shape.

    Raises:
        RuntimeError: for a position that is not there, or an index of another form.
    """
    tensor_argument("gather", input)
    axis = one_dim(dim, input._data.ndim)
    places = places_along(input, axis, index, "gather", "input")
    if not input._data.ndim:
        picked = apply(rules.gather, (reshape(input, 1),), ((_none_or_first(index),),))
        return reshape(picked, index._data.shape)
    return apply(rules.gather, (input,), (places,))


def places_along(
    x: Tensor, axis: int, index: Tensor, operation: str, called: str, source: Any = None
) -> Places:
    """The index arrays, one a dimension, for positions along `axis`; checked."""
    positions = np.asarray(index._data)
    shape = x._data.shape
    if positions.dtype not in (INT64, np.int32) and positions.size:
        raise RuntimeError(f"{operation}(): Expected dtype int32/int64 for index")
    if positions.size == 0:
        # No positions: their dtype and number of dimensions do not matter.
        return (np.zeros(positions.shape, np.int64),) * max(len(shape), 1)
    if max(positions.ndim, 1) != max(len(shape), 1):
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as "
            f"{'input' if called == 'input' else 'self'} tensor"
        )
    _check_sizes(positions, shape, axis, source)
    length = shape[axis] if shape else 1
    outside = positions[(positions < 0) | (positions >= length)]
    if outside.size:
        raise RuntimeError(
            f"index {outside[0]} is out of bounds for dimension {axis} with size {length}"
        )
    if not shape:
        return ()
    return along(positions, axis)


def _check_sizes(positions: Any, shape: tuple[int, ...], axis: int, source: Any) -> None:
    got = positions.shape or (1,)
    whole = shape or (1,)
    for d, (n, limit) in enumerate(zip(got, whole, strict=True)):
        too_long = d != axis and n > limit
        if source is None and too_long:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(positions.shape)} "
                f"to be no larger than self {list(shape)} apart from dimension {axis}"
            )
        if source is not None and (too_long or n > (source or (1,))[d]):
            raise RuntimeError(
                f"Expected index {list(positions.shape)} to be no larger than self "
                f"{list(shape)} apart from dimension {axis} and to be no larger size than src "
                f"{list(source)}"
            )


def _none_or_first(index: Tensor) -> Any:
    """The positions in a single number: 0, as often as asked for."""
    return np.zeros(index._data.size, np.int64)


def along(positions: Any, axis: int) -> Places:
    """Index arrays that pick `positions` along one axis, and keep each to its own line."""
    places: list[Any] = list(np.ogrid[tuple([slice(n) for n in positions.shape])])
    places[axis] = np.array(positions)
    return tuple(places)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Like `gather`, with the other dimensions stretched to fit; without `dim`, from one row.

    Negative positions count from the end.
    """
    positions = np.asarray(indices._data)
    if positions.dtype.kind not in "iu" or positions.dtype != INT64:
        raise RuntimeError(
            "torch.take_along_dim(): dtype of indices should be Long but got "
            f"{errors.scalar_type(positions.dtype)}"
        )
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(indices, -1))
    ndim = input._data.ndim
    if positions.ndim != ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of "
            f"dimensions, but got {ndim} dimensions for input, and {positions.ndim} dimensions "
            "for indices"
        )
    axis = one_dim(dim, ndim)
    first, second = list(input._data.shape), list(positions.shape)
    if ndim:
        first[axis] = second[axis] = 1
    together = list(np.broadcast_shapes(tuple(first), tuple(second)))
    stretched, wanted = list(together), list(together)
    if ndim:
        stretched[axis] = input._data.shape[axis]
        wanted[axis] = positions.shape[axis]
    length = stretched[axis] if ndim else 1
    positions = np.broadcast_to(positions, tuple(wanted))
    positions = np.where(positions < 0, positions + length, positions)
    return gather(expand(input, tuple(stretched)), axis, wrap(positions))


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The entries along `dim` at the positions in a vector."""
    positions = np.asarray(index._data)
    shape = input._data.shape
    axis = one_dim(dim, len(shape))
    if positions.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if positions.dtype not in (INT64, np.int32):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if not shape and positions.size != 1:
        raise RuntimeError(
            "index_select(): Index to scalar can have only 1 value, got "
            f"{positions.size} value(s)"
        )
    length = shape[axis] if shape else 1
    if ((positions < 0) | (positions >= length)).any():
        raise IndexError("index out of range in self")
    if not shape:
        return clone(input)
    places = (*(slice(None),) * axis, np.array(positions.reshape(-1)))
    return apply(rules.index_select, (input,), (places,))


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at positions counted through all dimensions, in the shape of `index`."""
    positions = flat_positions("take", input, index)
    flat = reshape(input, -1) if input._data.size else reshape(input, 0)
    return apply(rules.take, (flat,), ((positions,),))


def flat_positions(operation: str, input: Tensor, index: Tensor) -> Any:
    """Positions in all elements in a row, counted from the front; checked."""
    positions = np.asarray(index._data)
    size = input._data.size
    if positions.dtype != INT64:
        raise RuntimeError(
            f"{operation}(): Expected a long tensor for index, but got "
            f"{errors.scalar_type(positions.dtype)}"
        )
    if not size and positions.size:
        raise IndexError(f"{operation}(): tried to {operation} from an empty tensor")
    outside = positions[(positions < -size) | (positions >= size)]
    if outside.size:
        raise IndexError(
            f"out of range: tried to access index {outside[0]} on a tensor of {size} elements."
        )
    return np.where(positions < 0, positions + size, positions)


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask is true, in a row; both are stretched to fit."""
    if mask._data.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape, wanted = input._data.shape, mask._data.shape
    try:
        together = np.broadcast_shapes(shape, wanted)
    except ValueError:
        raise errors.shapes_do_not_broadcast(wanted, shape) from None
    where = np.broadcast_to(mask._data, together)
    stretched = input if shape == together else expand(input, together)
    if not together:
        stretched, where = reshape(stretched, 1), where.reshape(1)
    return apply(rules.masked_select, (stretched,), (np.nonzero(where),))


# --- Positions -----------------------------------------------------------------


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of what is not zero: a row each, or (as_tuple) a vector a dimension."""
    data = np.asarray(tensor_argument("nonzero", input)._data)
    if as_tuple:
        return tuple([wrap(places) for places in np.atleast_1d(data).nonzero()])
    return wrap(_positions(data))


def argwhere(input: Tensor) -> Tensor:
    """The positions of what is not zero, a row each."""
    return wrap(_positions(np.asarray(tensor_argument("argwhere", input)._data)))


def _positions(data: Any) -> Any:
    if not data.ndim:
        return np.zeros((int(data != 0), 0), np.int64)
    return np.argwhere(data)


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """Like `nonzero`, cut or filled up with `fill_value` to a number of rows."""
    found = _positions(np.asarray(input._data))[:size]
    whole = np.full((size, input._data.ndim), fill_value, np.int64)
    whole[: len(found)] = found
    return wrap(whole)


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Positions counted through all dimensions, as one for each dimension."""
    positions = np.asarray(indices._data)
    if positions.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    positions = positions.astype(np.int64)
    sizes = [operator.index(n) for n in (shape if hasattr(shape, "__iter__") else (shape,))]
    found = []
    for n in reversed(sizes):
        found.append(wrap(positions % n))
        positions = positions // n
    return tuple(reversed(found))


def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Tensor:
    """For each element, whether it is one of `test_elements`."""
    first, second = [
        x._data if isinstance(x, TensorBase) else x for x in (elements, test_elements)
    ]
    wanted = dtypes.result_numpy_dtype([first, second])
    first, second = np.asarray(first, wanted), np.asarray(second, wanted)
    return wrap(np.isin(first, second, invert=invert))
