"""The same numbers in another shape or order of dimensions.

Most results are views: they share memory.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.dtypes import contiguous_format, dtype, preserve_format
from minigrad.functions.arguments import (
    as_int,
    one_dim,
    shape_argument,
    some_dims,
    tensor_argument,
)
from minigrad.functions.layout import order_like
from minigrad.rules import elementwise, indexing
from minigrad.rules import shapes as rules
from minigrad.views import as_array

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_tensors",
    "broadcast_to",
    "clone",
    "contiguous",
    "expand",
    "expand_copy",
    "flatten",
    "moveaxis",
    "movedim",
    "narrow",
    "narrow_copy",
    "permute",
    "permute_copy",
    "ravel",
    "reshape",
    "select",
    "squeeze",
    "squeeze_copy",
    "swapaxes",
    "swapdims",
    "t",
    "t_copy",
    "transpose",
    "transpose_copy",
    "unflatten",
    "unsqueeze",
    "unsqueeze_copy",
    "view_copy",
]


def clone(input: Tensor, *, memory_format: Any = preserve_format) -> Tensor:
    """A copy with memory of its own; gradients flow through it.

    Args:
        memory_format: `preserve_format`: its elements lie in memory in the input's order;
            `contiguous_format`: row by row.
    """
    data = tensor_argument("clone", input)._data
    order = "C" if memory_format is contiguous_format else order_like(data)
    return apply(elementwise.clone, (input,), (order,))


def reshape(input: Tensor, *sizes: Any, shape: Any = None) -> Tensor:
    """The same elements, row by row, in another shape; one size may be -1.

    A view where that is possible without copying, otherwise a copy.

    Raises:
        RuntimeError: if the number of elements differs.
    """
    wanted = _resolved(shape_argument(sizes if shape is None else shape), input)
    data = input._data
    if type(data) is np.ndarray and not data.flags.c_contiguous and data.size:
        shared = np.may_share_memory(data.reshape(wanted), data)
        return apply(rules.reshape if shared else rules.unsafe_view, (input,), (wanted,))
    return apply(rules.reshape, (input,), (wanted,))


def view(input: Tensor, *shape: Any) -> Tensor:
    """Like `reshape`, but never a copy.

    Given a dtype, the tensor itself if it has that dtype; other bits are not reinterpreted.

    Raises:
        RuntimeError: if the elements do not lie in memory as the new shape needs them.
    """
    if len(shape) == 1 and isinstance(shape[0], dtype):
        return _same_dtype(input, shape[0])
    wanted = _resolved(shape_argument(shape), input)
    data = as_array(input)
    if data.size and not np.may_share_memory(data.reshape(wanted), data):
        raise errors.view_not_possible()
    return apply(rules.reshape, (input,), (wanted,))


def _same_dtype(input: Tensor, wanted: dtype) -> Tensor:
    if input._data.dtype != wanted.numpy:
        raise NotImplementedError(
            f"view({wanted}) would read the bits of {input.dtype} as another type; minigrad "
            "does not do that. Convert the numbers with .to()"
        )
    return reshape(input, input._data.shape)


def _resolved(shape: tuple[int, ...], input: Tensor) -> tuple[int, ...]:
    """The shape with its -1 worked out."""
    size = prod(input._data.shape)
    unknown = [i for i, n in enumerate(shape) if n == -1]
    if len(unknown) > 1:
        raise errors.only_one_inferred()
    for i, n in enumerate(shape):
        if n < -1:
            raise errors.invalid_shape_dimension(n, i, shape)
    known = prod([n for n in shape if n != -1])
    if unknown and known and size % known == 0:
        i = unknown[0]
        return (*shape[:i], size // known, *shape[i + 1 :])
    if unknown or known != size:
        raise errors.invalid_reshape(shape, size)
    return shape


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dimensions start_dim to end_dim made into one."""
    shape = input._data.shape
    start, end = one_dim(start_dim, len(shape)), one_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape(input, 1)
    if start == end:
        return input
    return reshape(input, (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :]))


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without the dimensions of length 1 (or without those of them in `dim`)."""
    shape = input._data.shape
    among = tuple(range(len(shape))) if dim is None else some_dims(dim, len(shape)) or ()
    rule = rules.squeeze if dim is None else rules.squeeze_some
    if isinstance(dim, int):
        rule = rules.squeeze_one
    return apply(rule, (input,), (tuple([i for i in among if shape[i] == 1]),))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of length 1 at `dim`."""
    return apply(rules.unsqueeze, (input,), (one_dim(dim, input._data.ndim + 1),))


def permute(input: Tensor, *order_given: Any, dims: Any = None) -> Tensor:
    """The dimensions in another order: dimension i of the result is dimension dims[i]."""
    ndim = input._data.ndim
    wanted = shape_argument(order_given if dims is None else dims)
    order = tuple([one_dim(d, ndim) for d in wanted])
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {ndim} is "
            f"not equal to len(dims) = {len(order)}"
        )
    for i, d in enumerate(order):
        if d in order[:i]:
            raise RuntimeError("permute(): duplicate dims are not allowed.")
    return apply(rules.permute, (input,), (order,))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions swapped."""
    ndim = input._data.ndim
    first, second = one_dim(dim0, ndim), one_dim(dim1, ndim)
    if ndim == 0:
        return reshape(input, ())
    return apply(rules.transpose, (input,), (first, second))


def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector as it is.

    Raises:
        RuntimeError: for more than two dimensions.
    """
    if input._data.ndim > 2:
        raise errors.transpose_of_many(input._data.ndim)
    return apply(rules.t, (input,))


def expand(input: Tensor, *sizes: Any) -> Tensor:
    """Stretched without copying: along dimensions of length 1, and with new ones in front.

    A size of -1 leaves a dimension as it is.
    """
    wanted = shape_argument(sizes)
    shape = input._data.shape
    new = len(wanted) - len(shape)
    if new < 0:
        raise errors.too_few_sizes(input._data.dtype, shape, wanted)
    result = list(wanted)
    if -1 in wanted[:new]:
        raise RuntimeError(
            "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
            f"dimension {wanted.index(-1)}"
        )
    for i, n in reversed(list(enumerate(shape))):
        if wanted[new + i] == -1:
            result[new + i] = n
        elif n not in (1, wanted[new + i]):
            raise errors.invalid_expand(wanted[new + i], n, new + i, wanted, shape)
    return apply(rules.expand, (input,), (tuple(result),))


def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` entries along `dim`, from `start` on.

    Raises:
        RuntimeError: if there are not so many entries.
    """
    if not input._data.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis = one_dim(dim, input._data.ndim)
    size = input._data.shape[axis]
    start = as_int(start)
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -size <= start <= size:
        raise IndexError(
            f"start out of range (expected to be in range of [{-size}, {size}], but got "
            f"{start})"
        )
    if start < 0:
        start += size
    if start + length > size:
        raise RuntimeError(
            f"start ({start}) + length ({length}) exceeds dimension size ({size})."
        )
    return apply(rules.narrow, (input,), (axis, start, length))


def select(input: Tensor, dim: int, index: Any) -> Tensor:
    """Entry `index` along `dim`, without that dimension: a view."""
    shape = input._data.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = one_dim(dim, len(shape))
    position = as_int(index)
    if not -shape[axis] <= position < shape[axis]:
        raise IndexError(
            f"select(): index {position} out of range for tensor of size {list(shape)} at "
            f"dimension {axis}"
        )
    return apply(indexing.select, (input,), (axis, position))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions `source` moved to the places `destination`; the others keep their order."""
    ndim = input._data.ndim
    sources = [source] if isinstance(source, int) else list(source)
    places = [destination] if isinstance(destination, int) else list(destination)
    if len(sources) != len(places):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({sources} dims) should "
            f"contain the same number of dims as destination ({places} dims)"
        )
    from_ = [one_dim(d, ndim) for d in sources]
    to = [one_dim(d, ndim) for d in places]
    for name, found, given in (("source", from_, sources), ("destination", to, places)):
        if len(set(found)) != len(found):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({given})")
    if not ndim:
        return reshape(input, ())
    order = [d for d in range(ndim) if d not in from_]
    for place, d in sorted(zip(to, from_, strict=True)):
        order.insert(place, d)
    return permute(input, order)


moveaxis = movedim
swapaxes = swapdims = transpose


def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions swapped (and complex numbers conjugated, which are not here)."""
    if input._data.ndim == 0:
        return input
    if input._data.ndim == 1:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. Got "
            f"{input._data.ndim}-D tensor."
        )
    return transpose(input, -2, -1)


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension; a view where that is possible."""
    return reshape(contiguous(input), input._data.size)


def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """Dimension `dim` taken apart into several of the given sizes; one may be -1."""
    shape = input._data.shape
    axis = one_dim(dim, len(shape))
    parts = tuple([as_int(n) for n in sizes])
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if parts.count(-1) > 1:
        raise RuntimeError(
            "unflatten got an unexpected error:\nonly one dimension can be inferred"
        )
    known = prod([n for n in parts if n != -1])
    size = shape[axis] if shape else 1
    fits = size == known if -1 not in parts else bool(known) and size % known == 0
    if not fits:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(parts)} don't multiply up to the size of dim "
            f"{axis} ({size}) in the input tensor"
        )
    whole = tuple([size // known if n == -1 else n for n in parts])
    return reshape(input, (*shape[:axis], *whole, *shape[axis + 1 :]))


def broadcast_to(input: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """Stretched to a shape, without copying."""
    return expand(input, *(sizes if size is None else (size,)))


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """All tensors stretched to one shape, without copying."""
    if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
        tensors = tuple(tensors[0])
    together: tuple[int, ...] = ()
    for tensor in tensors:
        try:
            together = np.broadcast_shapes(together, tensor._data.shape)
        except ValueError:
            raise errors.shapes_do_not_broadcast(together, tensor._data.shape) from None
    return tuple([x if x._data.shape == together else expand(x, together) for x in tensors])


def atleast_1d(*tensors: Any) -> Any:
    """A single number as a vector; more dimensions as they are."""
    return _each(tensors, lambda x: reshape(x, 1) if x._data.ndim == 0 else x)


def atleast_2d(*tensors: Any) -> Any:
    """A vector as a row; more dimensions as they are."""
    return _each(tensors, _as_row)


def atleast_3d(*tensors: Any) -> Any:
    """A matrix with a third dimension at the end; more dimensions as they are."""
    return _each(tensors, lambda x: x if x._data.ndim > 2 else unsqueeze(_as_row(x), -1))


def _as_row(x: Tensor) -> Tensor:
    if x._data.ndim == 0:
        return reshape(x, 1, 1)
    return unsqueeze(x, 0) if x._data.ndim == 1 else x


def _each(tensors: tuple[Any, ...], function: Callable[[Any], Tensor]) -> Any:
    if len(tensors) == 1:
        if not isinstance(tensors[0], list | tuple):
            return function(tensors[0])
        tensors = tuple(tensors[0])
    return tuple([function(x) for x in tensors])


def contiguous(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie row by row in memory, or a copy that does."""
    return input if as_array(input).flags.c_contiguous else _row_by_row(input)


def _row_by_row(input: Tensor) -> Tensor:
    return clone(input, memory_format=contiguous_format)


# --- The same, with memory of their own ----------------------------------------


def view_copy(input: Tensor, *shape: Any, size: Any = None) -> Tensor:
    """Like `view`, but a copy."""
    return _row_by_row(view(input, *(shape if size is None else (size,))))


def expand_copy(input: Tensor, *sizes: Any, implicit: bool = False) -> Tensor:
    """Like `expand`, but a copy."""
    return _row_by_row(expand(input, *sizes))


def permute_copy(input: Tensor, dims: Any) -> Tensor:
    """Like `permute`, but a copy."""
    return _row_by_row(permute(input, dims))


def transpose_copy(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Like `transpose`, but a copy."""
    return _row_by_row(transpose(input, dim0, dim1))


def t_copy(input: Tensor) -> Tensor:
    """Like `t`, but a copy."""
    return _row_by_row(t(input))


def squeeze_copy(input: Tensor, dim: Any = None) -> Tensor:
    """Like `squeeze`, but a copy."""
    return _row_by_row(squeeze(input, dim))


def unsqueeze_copy(input: Tensor, dim: int) -> Tensor:
    """Like `unsqueeze`, but a copy."""
    return _row_by_row(unsqueeze(input, dim))


def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Like `narrow`, but a copy."""
    return _row_by_row(narrow(input, dim, start, length))
