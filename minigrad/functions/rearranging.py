"""Reversed, shifted, copied, laid along a diagonal, cut to a triangle or into windows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply, wrap
from minigrad.dtypes import Size
from minigrad.functions.arguments import INT64, as_int, one_dim, shape_argument, tensor_argument
from minigrad.functions.joining import cat, stack
from minigrad.functions.shapes import atleast_2d, clone, expand, reshape, unsqueeze
from minigrad.node import TensorBase
from minigrad.rules import indexing, picking, shapes
from minigrad.rules import rearranging as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "block_diag",
    "broadcast_shapes",
    "cartesian_prod",
    "combinations",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diagonal_copy",
    "flip",
    "fliplr",
    "flipud",
    "repeat_interleave",
    "roll",
    "rot90",
    "tile",
    "tril",
    "triu",
    "unfold_copy",
]


def flip(input: Tensor, *given: Any, dims: Any = None) -> Tensor:
    """The order of the elements reversed along some dimensions; a copy."""
    wanted = shape_argument(given if dims is None else _as_tuple(dims))
    ndim = tensor_argument("flip", input)._data.ndim
    found = tuple([one_dim(d, ndim) for d in wanted])
    for i, d in enumerate(found):
        if d in found[:i]:
            raise errors.repeated_dimension(d)
    return apply(rules.flip, (input,), (found if ndim else (),))


def fliplr(input: Tensor) -> Tensor:
    """The columns in reverse order."""
    if input._data.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """The rows in reverse order."""
    if input._data.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k right angles in the plane of two dimensions, from the first to the second."""
    ndim = input._data.ndim
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    if dims[0] == dims[1]:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = "
            f"{dims[1]}"
        )
    first, second = one_dim(dims[0], ndim), one_dim(dims[1], ndim)
    return apply(rules.rot90, (input,), (k % 4, (first, second)))


def roll(input: Tensor, shifts: Any, dims: Any = ()) -> Tensor:
    """Shifted along dimensions; what leaves at one end comes in at the other.

    Without `dims`, all elements in a row are shifted.
    """
    by, along = _as_tuple(shifts), _as_tuple(dims)
    if not along and len(by) == 1:
        return apply(rules.roll, (input,), (by, ()))
    if not by:
        raise RuntimeError("`shifts` required")
    if len(by) != len(along):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(by)}, dims:{len(along)}"
        )
    ndim = input._data.ndim
    places = tuple([one_dim(d, ndim) for d in along])
    return apply(rules.roll, (input,), (by, places if ndim else ()))


def repeat(input: Tensor, *sizes: Any, repeats: Any = None) -> Tensor:
    """The tensor laid beside itself so many times along each dimension; a copy."""
    wanted = shape_argument(sizes if repeats is None else _as_tuple(repeats))
    shape = input._data.shape
    if len(wanted) < len(shape):
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions "
            "of tensor"
        )
    padded = (1,) * (len(wanted) - len(shape)) + shape
    whole = [n * size for n, size in zip(wanted, padded, strict=True)]
    for n in whole:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {whole}")
    return apply(rules.repeat, (input,), (wanted,))


def tile(input: Tensor, *given: Any, dims: Any = None) -> Tensor:
    """Like `repeat`, but too few sizes are filled up with ones in front."""
    wanted = shape_argument(given if dims is None else _as_tuple(dims))
    return repeat(input, (1,) * (input._data.ndim - len(wanted)) + wanted)


def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: Any = None
) -> Tensor:
    """Each entry along `dim` repeated in its place (all elements in a row without `dim`).

    Args:
        repeats: how often: a number, or an integer tensor with a number for each entry. Alone,
            `repeat_interleave(repeats)`, the positions 0, 1 ... so often each.
    """
    if repeats is None:
        return wrap(np.repeat(np.arange(input._data.size), _counts(input)))
    if dim is None:
        input, dim = reshape(input, input._data.size), 0
    axis = one_dim(dim, input._data.ndim)
    if isinstance(repeats, TensorBase):
        counts = _counts(repeats)
        length = input._data.shape[axis] if input._data.ndim else 1
        if counts.size not in (1, length):
            raise RuntimeError(
                "repeats must have the same size as input along dim, but got "
                f"repeats.size(0) = {counts.size} and input.size({dim}) = {length}"
            )
        if not input._data.ndim:
            input = reshape(input, 1)
        places = np.repeat(np.arange(input._data.shape[axis]), counts)
        return apply(picking.index_select, (input,), ((*(slice(None),) * axis, places),))
    count = as_int(repeats)
    if count < 0:
        raise RuntimeError("Repeats must be non-negative")
    shape = input._data.shape or (1,)
    copies = expand(unsqueeze(reshape(input, shape), axis + 1), _inserted(shape, axis, count))
    whole = (*shape[:axis], shape[axis] * count, *shape[axis + 1 :])
    return apply(shapes.reshape, (copies,), (whole,))


def _inserted(shape: tuple[int, ...], axis: int, count: int) -> tuple[int, ...]:
    return (*shape[: axis + 1], count, *shape[axis + 1 :])


def _counts(repeats: Any) -> Any:
    counts = np.asarray(repeats._data)
    if counts.dtype.kind not in "iu":
        name = errors.scalar_type(counts.dtype)
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{name}'")
    if counts.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeats can not be negative")
    return counts


# --- Triangles and diagonals ---------------------------------------------------


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle, up to a diagonal counted from the main one; zeros above it."""
    return _triangle(rules.tril, input, diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle, from a diagonal counted from the main one; zeros below it."""
    return _triangle(rules.triu, input, diagonal)


def check_is_matrix(operation: str, input: Tensor) -> None:
    """RuntimeError for less than two dimensions."""
    if tensor_argument(operation, input)._data.ndim < 2:
        raise RuntimeError(f"{operation}: input tensor must have at least 2 dimensions")


def diagonal_places(shape: tuple[int, ...], wrap: bool) -> tuple[Any, ...]:
    """The positions whose numbers are all equal; in a tall matrix again below, with `wrap`."""
    length = min(shape)
    if not wrap or len(shape) > 2:
        return (np.arange(length),) * len(shape)
    rows = np.arange(shape[0])
    columns = rows % (shape[1] + 1)
    inside = columns < shape[1]
    return rows[inside], columns[inside]


def _triangle(rule: Any, input: Tensor, diagonal: int) -> Tensor:
    check_is_matrix(rule.name, input)
    return apply(rule, (input,), (as_int(diagonal),))


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal in the plane of two dimensions, as the last dimension: a view."""
    first, second = _two_dims(input._data.ndim, dim1, dim2)
    return apply(rules.diagonal, (input,), (offset, first, second))


def _two_dims(ndim: int, dim1: int, dim2: int) -> tuple[int, int]:
    first, second = one_dim(dim1, ndim), one_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return first, second


def diagonal_copy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Like `diagonal`, but a copy."""
    first, second = _two_dims(input._data.ndim, dim1, dim2)
    return apply(rules.diagonal_copy, (input,), (offset, first, second))


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension laid along a diagonal of two new dimensions; zeros elsewhere."""
    shape = input._data.shape
    ndim = len(shape) + 1
    first, second = _two_dims(ndim, dim1, dim2)
    length = (shape[-1] if shape else 1) + abs(offset)
    whole = list(shape[:-1])
    for d in sorted((first, second)):
        whole.insert(d, length)
    if first > second:
        # Dimensions in the other order: the diagonal lies on the other side.
        offset, first, second = -offset, second, first
    return apply(rules.onto_diagonal, (input,), (tuple(whole), offset, first, second))


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as the diagonal of a matrix; of a matrix, its diagonal (a copy)."""
    if tensor_argument("diag", input)._data.ndim == 1:
        return diag_embed(input, diagonal)
    if input._data.ndim == 2:
        return diagonal_copy(input, diagonal)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input._data.ndim}D")


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """All elements in a row, as the diagonal of a matrix."""
    return diag_embed(reshape(input, input._data.size), offset)


def block_diag(*tensors: Any) -> Tensor:
    """Matrices along the diagonal of one matrix, with zeros beside them."""
    if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
        tensors = tuple(tensors[0])
    for position, x in enumerate(tensors):
        if x._data.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                f"{position} has {x._data.ndim} dimensions"
            )
    blocks = [atleast_2d(x) for x in tensors]
    width = sum([x._data.shape[1] for x in blocks])
    rows, left = [], 0
    for x in blocks:
        columns = x._data.shape[1]
        pads = ((0, 0), (left, width - left - columns))
        rows.append(apply(rules.constant_pad, (x,), (pads, 0)))
        left += columns
    if not rows:
        return wrap(np.zeros((1, 0), np.float32))
    return cat(rows)


# --- Windows, products and shapes ----------------------------------------------


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """All windows of a length along a dimension, `step` apart; they are the last dimension.

    A view: windows that overlap share their elements.
    """
    shape = input._data.shape
    axis = one_dim(dimension, len(shape))
    length = shape[axis] if shape else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > length:
        raise RuntimeError(
            f"maximum size for tensor at dimension {axis} is {length} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return apply(rules.unfold, (input,), (axis, size, step))


def unfold_copy(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Like `Tensor.unfold`, but a copy."""
    return clone(unfold(input, dimension, size, step))


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Every way to take one element of each vector, a row each."""
    for x in tensors:
        if x._data.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(x._data.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    places = np.indices([len(x._data) for x in tensors]).reshape(len(tensors), -1)
    return stack([_picked(x, i) for x, i in zip(tensors, places, strict=True)], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every way to take r elements of a vector, in order, a row each."""
    if input._data.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input._data.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.zeros(0, input._data.dtype))
    choose: Any = itertools.combinations
    if with_replacement:
        choose = itertools.combinations_with_replacement
    places = np.array(list(choose(range(input._data.size), r)), INT64).reshape(-1, r)
    return _picked(input, places)


def _picked(vector: Tensor, places: Any) -> Tensor:
    return apply(indexing.advanced_index, (vector,), ((places,),))


def broadcast_shapes(*given: Any) -> Any:
    """The shape that tensors of these shapes have together."""
    wanted = [(s,) if isinstance(s, int) else tuple(s) for s in given]
    together: tuple[int, ...] = ()
    for position, shape in enumerate(wanted):
        if any(n < 0 for n in shape):
            raise ValueError("Attempting to broadcast a dimension with negative length!")
        try:
            together = np.broadcast_shapes(together, shape)
        except ValueError:
            raise _no_common_shape(together, shape, position) from None
    return Size(together)


def _no_common_shape(
    together: tuple[int, ...], shape: tuple[int, ...], position: int
) -> RuntimeError:
    ndim = max(len(together), len(shape))
    before = (1,) * (ndim - len(together)) + together
    for i in range(1, len(shape) + 1):
        if shape[-i] != 1 and before[-i] not in (1, shape[-i]):
            break
    return RuntimeError(
        f"Attempting to broadcast a dimension of length {shape[-i]} at {-i}! Mismatching "
        f"argument at index {position} had {shape}; but expected shape should be "
        f"broadcastable to {list(before)}"
    )


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Summed along dimensions until the shape is `size`, from which it could be stretched."""
    wanted = shape_argument(size)
    shape = input._data.shape
    try:
        fits = np.broadcast_shapes(shape, wanted) == shape and len(wanted) <= len(shape)
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"size {{{list(wanted)}}} is not expandable to size {{{list(shape)}}}."
        )
    if wanted == shape:
        return input
    return apply(shapes.sum_to, (input,), (wanted,))


def _as_tuple(given: Any) -> tuple[int, ...]:
    return (
        (as_int(given),) if hasattr(given, "__index__") else tuple([as_int(i) for i in given])
    )
