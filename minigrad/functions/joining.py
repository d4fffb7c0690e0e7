"""Tensors joined into one, and one cut into several."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.functions.arguments import numpy_names, one_dim, tensor_argument
from minigrad.functions.shapes import atleast_1d, atleast_2d, atleast_3d, clone, narrow
from minigrad.node import TensorBase
from minigrad.rules import rearranging
from minigrad.rules import shapes as rules
from minigrad.several import apply_several

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "cat",
    "chunk",
    "column_stack",
    "concat",
    "concatenate",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "row_stack",
    "split",
    "split_with_sizes",
    "split_with_sizes_copy",
    "stack",
    "tensor_split",
    "unbind",
    "unbind_copy",
    "unsafe_chunk",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "vsplit",
    "vstack",
]


def cat(tensors: Sequence[Tensor], dim: int = 0, *, axis: int | None = None) -> Tensor:
    """Tensors joined along an existing dimension; the other dimensions have to agree."""
    tensors = _several("cat", tensors)
    if not tensors:
        raise errors.cat_of_nothing()
    for position, tensor in enumerate(tensors):
        if tensor._data.ndim == 0:
            raise errors.cat_of_scalar(position)
    # PyTorch lets an empty vector stand for "nothing yet", whatever the others' shape.
    useful = [x for x in tensors if x._data.shape != (0,)] or tensors[:1]
    first = useful[0]._data.shape
    along = one_dim(dim if axis is None else axis, len(first))
    for position, tensor in enumerate(useful):
        shape = tensor._data.shape
        if len(shape) != len(first):
            raise errors.cat_dimensions(len(first), len(shape))
        for d, (expected, got) in enumerate(zip(first, shape, strict=True)):
            if d != along and expected != got:
                raise errors.cat_sizes(along, expected, got, position)
    return apply(rules.cat, useful, (along,))


concat = concatenate = cat


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape, as layers along a new dimension."""
    tensors = _several("stack", tensors)
    if not tensors:
        raise errors.stack_of_nothing()
    first = tensors[0]._data.shape
    for position, tensor in enumerate(tensors):
        if tensor._data.shape != first:
            raise errors.stack_sizes(first, tensor._data.shape, position)
    return apply(rules.stack, tensors, (one_dim(dim, len(first) + 1),))


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined side by side: along dimension 1, or 0 for vectors."""
    columns = [atleast_1d(x) for x in _at_least_one("hstack", tensors)]
    return cat(columns, 0 if columns[0]._data.ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined one below the other: along dimension 0, a vector being a row."""
    return cat([atleast_2d(x) for x in _at_least_one("vstack", tensors)], 0)


row_stack = vstack


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along the third dimension."""
    return cat([atleast_3d(x) for x in _at_least_one("dstack", tensors)], 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined side by side, a vector or a single number being a column."""
    columns = []
    for x in _at_least_one("column_stack", tensors):
        columns.append(x if x._data.ndim > 1 else x.reshape(x.numel(), 1))
    return hstack(columns)


def _at_least_one(operation: str, tensors: Any) -> list[Any]:
    given = _several(operation, tensors)
    if not given:
        raise RuntimeError(f"{operation} expects a non-empty TensorList")
    return given


def _several(operation: str, tensors: Any) -> list[Any]:
    """A list of tensors; TypeError for anything else."""
    if isinstance(tensors, TensorBase) or not isinstance(tensors, Sequence):
        kind = "Tensor" if isinstance(tensors, TensorBase) else type(tensors).__name__
        raise TypeError(
            f"{operation}(): argument 'tensors' (position 1) must be tuple of Tensors, "
            f"not {kind}"
        )
    for position, tensor in enumerate(tensors):
        if not isinstance(tensor, TensorBase):
            raise TypeError(
                f"expected Tensor as element {position} in argument 0, but got "
                f"{type(tensor).__name__}"
            )
    return list(tensors)


# --- Cutting -------------------------------------------------------------------


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of parts along `dim`: of one size (the last may be shorter), or of given sizes.

    Raises:
        RuntimeError: if given sizes do not add up to the dimension's.
    """
    if isinstance(split_size_or_sections, list | tuple):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    if not hasattr(split_size_or_sections, "__index__"):
        raise TypeError(
            "split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, "
            f"not {type(split_size_or_sections).__name__}"
        )
    size = int(split_size_or_sections)
    along, length = _cut_dimension("split", tensor, dim)
    if size < 0:
        raise RuntimeError(
            f"split expects split_size be non-negative, but got split_size={size}"
        )
    if size == 0:
        if length:
            raise RuntimeError(
                "split_size can only be 0 if dimension size is 0, but got dimension size of "
                f"{length}"
            )
        return _parts(rearranging.split, tensor, (0,), along)
    count = max(ceil(length / size), 1)
    sizes = (size,) * (count - 1) + (length - size * (count - 1),)
    return _parts(rearranging.split, tensor, sizes, along)


def split_with_sizes(
    input: Tensor, split_sizes: Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Views of parts of the given sizes along `dim`; the sizes have to add up to its length."""
    along, length = _cut_dimension("split", input, dim)
    sizes = tuple([int(n) for n in split_sizes])
    if any(n < 0 for n in sizes):
        raise RuntimeError(
            "split_with_sizes expects split_sizes have only non-negative entries, but got "
            f"split_sizes={list(sizes)}"
        )
    if sum(sizes) != length:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's "
            f"size at dimension {dim}), but got split_sizes={list(sizes)}"
        )
    return _parts(rearranging.split_with_sizes, input, sizes, along)


def _cut_dimension(operation: str, tensor: Tensor, dim: int) -> tuple[int, int]:
    shape = tensor_argument(operation, tensor)._data.shape
    if not shape:
        raise RuntimeError(f"{operation} expects at least a 1-dimensional tensor")
    along = one_dim(dim, len(shape))
    return along, shape[along]


def _parts(rule: Any, tensor: Tensor, sizes: Sequence[int], dim: int) -> tuple[Tensor, ...]:
    return apply_several(rule, (tensor,), (tuple(sizes), dim))


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` views of equal size along `dim`; the last may be shorter."""
    along, length = _cut_dimension("chunk", input, dim)
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = ceil(length / chunks)
    if size == 0:
        return _parts(rearranging.split_with_sizes, input, (0,) * chunks, along)
    return split(input, size, along)


unsafe_split = split
unsafe_split_with_sizes = split_with_sizes
unsafe_chunk = chunk


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of parts: so many of nearly equal size, or cut before the given indices."""
    shape = input._data.shape
    if not shape:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 "
            "dims"
        )
    along = one_dim(dim, len(shape))
    where = indices_or_sections
    if isinstance(where, TensorBase):
        where = where._data.tolist()
    if not isinstance(where, list | tuple):
        sections = int(where)
        if sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
        size, longer = divmod(shape[along], sections)
        where = np.cumsum([size + (i < longer) for i in range(sections)])[:-1].tolist()
    bounds = [range(shape[along])[: int(i)].stop for i in where]
    starts = [range(shape[along])[int(i) :].start for i in where]
    return tuple(
        [
            narrow(input, along, start, max(stop - start, 0))
            for start, stop in zip([0, *starts], [*bounds, shape[along]], strict=True)
        ]
    )


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Cut into columns: along dimension 1, or 0 for a vector."""
    return _even_split("hsplit", input, indices_or_sections, 1, 0 if input.ndim == 1 else 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Cut along dimension 0."""
    return _even_split("vsplit", input, indices_or_sections, 2, 0)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Cut along dimension 2."""
    return _even_split("dsplit", input, indices_or_sections, 3, 2)


def _even_split(
    name: str, input: Tensor, where: Any, least: int, dim: int
) -> tuple[Tensor, ...]:
    shape = input._data.shape
    if len(shape) < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor "
            f"with {len(shape)} dimensions!"
        )
    if isinstance(where, int) and (where <= 0 or shape[dim] % where):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the "
            f"dimension {shape[dim]} is not divisible by the split_size {where}!"
        )
    return tensor_split(input, where, dim)


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The layers along `dim`, as a tuple of views without that dimension."""
    shape = tensor_argument("unbind", input)._data.shape
    if not shape:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    along = one_dim(dim, len(shape))
    if not shape[along]:
        return ()
    return apply_several(rearranging.unbind, (input,), (along,))


def unbind_copy(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Like `unbind`, but copies."""
    return tuple([clone(layer) for layer in unbind(input, dim)])


def split_with_sizes_copy(
    input: Tensor, split_sizes: Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Like `split_with_sizes`, but copies."""
    return tuple([clone(part) for part in split_with_sizes(input, split_sizes, dim)])
