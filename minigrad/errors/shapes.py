"""Errors of shapes that do not fit, and of indices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .voices import Shape, c_type, count, scalar_type, times, two_voices, type_name

if TYPE_CHECKING:
    import numpy.typing as npt

DType = np.dtype[Any]


# -------------------------------------------------------------------------------------- shapes


def shapes_do_not_broadcast(first: Shape, second: Shape) -> RuntimeError:
    """Two shapes that no stretching of axes of size 1 brings together."""
    dimensions = max(len(first), len(second))
    padded = [[1] * (dimensions - len(shape)) + list(shape) for shape in (first, second)]
    pairs = list(zip(*padded, strict=True))
    dimension = max(i for i, (a, b) in enumerate(pairs) if a != b and 1 not in (a, b))
    a, b = pairs[dimension]
    return two_voices(
        RuntimeError(
            f"The size of tensor a ({a}) must match the size of tensor b ({b}) at "
            f"non-singleton dimension {dimension}"
        ),
        f"shapes {list(first)} and {list(second)}, laid right-aligned, must be equal in every "
        f"place, or one of the two must be 1; {a} and {b} are neither.",
        _broadcast_remedy(list(first), list(second)),
    )


def _broadcast_remedy(first: list[int], second: list[int]) -> str:
    """Which small change of shape would let the two meet, if one does."""
    if len(first) == len(second) == 1:
        return f"for every pair, a[:, None] with b gives shape [{first[0]}, {second[0]}]."
    for short, long, name in ((first, second, "a"), (second, first, "b")):
        if len(short) == 1 and len(long) > 1 and short[0] == long[-2]:
            return f"{name}[:, None] has shape {[*short, 1]}, and goes along the rows."
        if len(short) == len(long) == 2 and short[::-1] == long:
            return f"{name}.T has shape {long}."
    return "compare .shape of both; unsqueeze, reshape or transpose the one that is laid wrong."


def matrix_shapes(first: Shape, second: Shape) -> RuntimeError:
    """A matrix product whose inner sizes differ."""
    inner = f"{times(first)} times {times(second)}"
    remedy = "compare .shape of both."
    if len(first) == len(second) == 2:
        if first[1] == second[1]:
            remedy = f"a @ b.T has shape {[first[0], second[0]]}."
        elif first[0] == second[0]:
            remedy = f"a.T @ b has shape {[first[1], second[1]]}."
        elif first[0] == second[1]:
            remedy = f"b @ a has shape {[second[0], first[1]]}."
    return two_voices(
        RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({times(first)} and {times(second)})"
        ),
        f"{inner}: the columns of the first ({first[-1]}) must be as many as the rows of the "
        f"second ({second[0]}).",
        remedy,
    )


def matrix_vector_shapes(matrix: Shape, vector: Shape) -> RuntimeError:
    """A matrix times a vector of another length than its rows."""
    fits = " a.T @ b would fit." if matrix[0] == vector[0] else ""
    return two_voices(
        RuntimeError(
            f"size mismatch, got input ({matrix[0]}), mat ({times(matrix)}), vec ({vector[0]})"
        ),
        f"the columns of the matrix ({matrix[1]}) must be as many as the elements of the "
        f"vector ({vector[0]}).",
        f"compare .shape of both.{fits}",
    )


def dot_sizes(first: Shape, second: Shape) -> RuntimeError:
    """A dot product of vectors of different lengths."""
    return two_voices(
        RuntimeError(
            f"inconsistent tensor size, expected tensor {list(first)} and src {list(second)} "
            f"to have the same number of elements, but got {first[0]} and {second[0]} elements "
            "respectively"
        ),
        "a dot product multiplies element by element and adds up, so the lengths must agree.",
    )


def dot_dimensions(first: int, second: int) -> RuntimeError:
    """A dot product of things that are not vectors."""
    return two_voices(
        RuntimeError(f"1D tensors expected, but got {first}D and {second}D tensors"),
        "torch.dot is for two vectors.",
        "use @ (matmul) for matrices.",
    )


def batch_matrix_shapes(expected: Shape, got: Shape) -> RuntimeError:
    """A batched matrix product whose batch or inner sizes differ."""
    return two_voices(
        RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {list(expected)} "
            f"but got: {list(got)}."
        ),
        "in a batch of matrix products, the columns of the first must be as many as the rows "
        "of the second.",
        "compare .shape of both; b.mT transposes every matrix of a batch.",
    )


def batches_do_not_broadcast(first: Shape, second: Shape) -> RuntimeError:
    """A product of batches of matrices whose batch axes cannot be stretched to each other."""
    error = shapes_do_not_broadcast(first[:-2], second[:-2])
    return two_voices(
        RuntimeError(str(error)),
        f"the last two axes of {list(first)} and {list(second)} are matrices; those before are "
        "batches, which must be equal in every place, or one of the two must be 1.",
        "give both the same batch, or a single matrix with unsqueeze(0).",
    )


def matmul_of_scalar(first: int, second: int) -> RuntimeError:
    """`@` with a 0-d tensor."""
    return two_voices(
        RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {first}D and "
            f"{second}D"
        ),
        "@ multiplies vectors and matrices.",
        "use * to scale by a number.",
    )


def not_a_matrix(argument: str) -> RuntimeError:
    """`torch.mm` of something with other than two dimensions; argument is "self" or "mat2"."""
    return two_voices(
        RuntimeError(f"{argument} must be a matrix"),
        "torch.mm takes two matrices.",
        "@ (matmul) also takes vectors and batches.",
    )


def matmul_dtypes(first: npt.DTypeLike, second: npt.DTypeLike) -> RuntimeError:
    """A matrix product of two dtypes."""
    return two_voices(
        RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{c_type(first)} != {c_type(second)}"
        ),
        f"torch.{np.dtype(first)} @ torch.{np.dtype(second)}. Elementwise operations convert; "
        "matrix products do not, because it would copy a large matrix unseen.",
        "convert one: b.to(a.dtype). Numbers from NumPy are float64 unless said otherwise.",
    )


def linear_dtypes(first: npt.DTypeLike, second: npt.DTypeLike) -> RuntimeError:
    """A linear layer fed with another dtype than its weight."""
    return two_voices(
        RuntimeError(
            "mat1 and mat2 must have the same dtype, but got "
            f"{scalar_type(first)} and {scalar_type(second)}"
        ),
        f"the input is torch.{np.dtype(first)}, the weight torch.{np.dtype(second)}.",
        f"convert the input: x.to(torch.{np.dtype(second)}). Numbers from NumPy are float64 "
        "unless said otherwise.",
    )


def invalid_reshape(shape: Shape, size: int) -> RuntimeError:
    """A new shape with another number of elements."""
    return two_voices(
        RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}"),
        f"reshaping keeps all {size} elements; the new sizes must multiply to {size}.",
        "leave one size to be worked out by writing -1 for it, where it divides evenly.",
    )


def only_one_inferred() -> RuntimeError:
    """Two sizes of -1."""
    return two_voices(
        RuntimeError("only one dimension can be inferred"),
        "-1 stands for the size that remains; with two of them there is no one answer.",
    )


def invalid_shape_dimension(value: int, position: int, shape: Shape) -> RuntimeError:
    """A negative size other than -1."""
    return two_voices(
        RuntimeError(
            f"invalid shape dimension {value} at index {position} of shape {list(shape)}"
        ),
        "a size is 0 or more, or -1 for the one that is to be worked out.",
    )


def view_not_possible() -> RuntimeError:
    """`view` where the memory is not laid out in that order."""
    return two_voices(
        RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        ),
        "a view shares memory, and after a transpose the elements do not lie in that order.",
        "reshape() copies where it must.",
    )


def invalid_expand(
    size: int, existing: int, dimension: int, target: Shape, shape: Shape
) -> RuntimeError:
    """`expand` of an axis whose size is not 1, or an assignment that does not fit."""
    return two_voices(
        RuntimeError(
            f"The expanded size of the tensor ({size}) must match the existing size "
            f"({existing}) at non-singleton dimension {dimension}.  Target sizes: "
            f"{list(target)}.  Tensor sizes: {list(shape)}"
        ),
        f"shape {list(shape)} cannot be stretched to {list(target)}: only axes of size 1 "
        "stretch.",
    )


def too_few_sizes(dtype: npt.DTypeLike, shape: Shape, wanted: Shape) -> RuntimeError:
    """`expand` to fewer dimensions, or an assignment of a value with too many."""
    return two_voices(
        RuntimeError(
            f"expand(torch.{scalar_type(dtype)}Tensor{{{list(shape)}}}, size={list(wanted)}): "
            f"the number of sizes provided ({len(wanted)}) must be greater or equal to the "
            f"number of dimensions in the tensor ({len(shape)})"
        ),
        f"shape {list(shape)} cannot be stretched to {list(wanted)}: stretching adds "
        "dimensions in front, and takes none away.",
    )


def dimension_out_of_range(dimension: int, dimensions: int) -> IndexError:
    """An axis that the tensor does not have."""
    low, high = (-dimensions, dimensions - 1) if dimensions else (-1, 0)
    return two_voices(
        IndexError(
            f"Dimension out of range (expected to be in range of [{low}, {high}], but got "
            f"{dimension})"
        ),
        f"the tensor has {count(dimensions, 'dimension')}, counted from 0, or from the end as "
        "-1.",
    )


def repeated_dimension(dimension: int) -> RuntimeError:
    """An axis named twice."""
    return two_voices(
        RuntimeError(f"dim {dimension} appears multiple times in the list of dims"),
        "name each dimension once; a negative one may be the same as a positive one.",
    )


def cat_sizes(dimension: int, expected: int, got: int, position: int) -> RuntimeError:
    """Concatenation of tensors that differ in another dimension."""
    return two_voices(
        RuntimeError(
            f"Sizes of tensors must match except in dimension {dimension}. Expected size "
            f"{expected} but got size {got} for tensor number {position} in the list."
        ),
        f"along dimension {dimension} they are put end to end; all other sizes must be equal.",
    )


def cat_dimensions(first: int, other: int) -> RuntimeError:
    """Concatenation of tensors of different numbers of dimensions."""
    return two_voices(
        RuntimeError(f"Tensors must have same number of dimensions: got {first} and {other}"),
        fix="unsqueeze() the one that lacks a dimension, or use torch.stack for equal shapes.",
    )


def cat_of_scalar(position: int) -> RuntimeError:
    """Concatenation of a single number."""
    return two_voices(
        RuntimeError(
            f"zero-dimensional tensor (at position {position}) cannot be concatenated"
        ),
        "a single number has no dimension to be put end to end along.",
        "torch.stack makes a vector of single numbers.",
    )


def cat_of_nothing() -> ValueError:
    """`torch.cat([])`."""
    return two_voices(
        ValueError("torch.cat(): expected a non-empty list of Tensors"), "the list is empty."
    )


def stack_sizes(first: Shape, other: Shape, position: int) -> RuntimeError:
    """`torch.stack` of different shapes."""
    return two_voices(
        RuntimeError(
            f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
            f"{list(other)} at entry {position}"
        ),
        "stack adds a dimension, so everything else must be equal.",
        "torch.cat puts tensors of different length end to end.",
    )


def stack_of_nothing() -> RuntimeError:
    """`torch.stack([])`."""
    return two_voices(
        RuntimeError("stack expects a non-empty TensorList"), "the list is empty."
    )


def transpose_of_many(dimensions: int) -> RuntimeError:
    """`t()` of more than two dimensions."""
    return two_voices(
        RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {dimensions}D"),
        fix="say which two to swap: transpose(0, 1), or order them all: permute(...).",
    )


def negative_dimension(shape: Shape) -> RuntimeError:
    """A new tensor of a negative size."""
    first = next(size for size in shape if size < 0)
    return two_voices(
        RuntimeError(f"Trying to create tensor with negative dimension {first}: {list(shape)}"),
        "a size is 0 or more.",
    )


# ------------------------------------------------------------------------------------ indexing


def index_out_of_bounds(index: int, dimension: int, size: int) -> IndexError:
    """An index past either end."""
    valid = f"-{size} ... {size - 1}" if size else "none, it is empty"
    return two_voices(
        IndexError(
            f"index {index} is out of bounds for dimension {dimension} with size {size}"
        ),
        f"valid indices along dimension {dimension}: {valid}.",
    )


def too_many_indices(dimensions: int) -> IndexError:
    """More indices than axes."""
    return two_voices(
        IndexError(f"too many indices for tensor of dimension {dimensions}"),
        f"the tensor has {count(dimensions, 'dimension')} to index.",
    )


def index_of_scalar() -> IndexError:
    """An index into a single number."""
    return two_voices(
        IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
            "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
        ),
        "the tensor is a single number: its shape is [].",
        "use item() for the number.",
    )


def index_type(index: object) -> IndexError:
    """An index of a type that does not index."""
    return two_voices(
        IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables "
            f"are valid indices (got {type_name(index)})"
        ),
        f"the index is {index!r}.",
        "use a whole number, a slice, or a tensor of integers or booleans.",
    )


def index_dtype() -> IndexError:
    """A floating-point tensor as an index."""
    return two_voices(
        IndexError("tensors used as indices must be long, int, byte or bool tensors"),
        "positions are whole numbers.",
        "convert the index: index.long().",
    )


def mask_shape(mask: Shape, position: int, shape: Shape, dimension: int) -> IndexError:
    """A boolean index of another shape than what it selects from."""
    return two_voices(
        IndexError(
            f"The shape of the mask {list(mask)} at index {position} does not match the shape "
            f"of the indexed tensor {list(shape)} at index {dimension}"
        ),
        "a mask says yes or no to each element, so it needs as many as the tensor has there.",
    )


def index_shapes(shapes: Iterable[Shape]) -> IndexError:
    """Integer arrays as indices that do not broadcast together."""
    listed = ", ".join(str(list(shape)) for shape in shapes)
    return two_voices(
        IndexError(
            "shape mismatch: indexing tensors could not be broadcast together with shapes "
            + listed
        ),
        "several index tensors are read together, element by element.",
        "to take every combination, give the first a trailing axis: t[rows[:, None], columns].",
    )


def index_put_dtypes(destination: npt.DTypeLike, source: npt.DTypeLike) -> RuntimeError:
    """An assignment by an index of arrays, of another dtype."""
    return two_voices(
        RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{scalar_type(destination)} for the destination and {scalar_type(source)} for the "
            "source."
        ),
        "an assignment by positions or a mask does not convert (one by slices does).",
        "convert the value: value.to(x.dtype).",
    )


def index_put_shapes(given: Shape, wanted: Shape) -> RuntimeError:
    """An assignment of a value whose shape does not fit what the index picks."""
    return two_voices(
        RuntimeError(
            f"shape mismatch: value tensor of shape {list(given)} cannot be broadcast to "
            f"indexing result of shape {list(wanted)}"
        ),
        f"the index picks {list(wanted)}; the value has to have that shape, or one that "
        "stretches to it.",
    )


def cannot_assign(value: object, dtype: npt.DTypeLike) -> TypeError:
    """`x[0] = [1, 2]`."""
    kind = type(value)
    name = (
        kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    )
    return two_voices(
        TypeError(f"can't assign a {name} to a torch.{scalar_type(dtype)}Tensor"),
        "only a tensor or a number can be put into a tensor.",
        "make a tensor of it: torch.tensor(value).",
    )


def negative_step() -> ValueError:
    """`t[::-1]`."""
    return two_voices(
        ValueError("step must be greater than zero"),
        "slices run forwards only.",
        "reverse with t.flip(0).",
    )


def empty_reduction(operation: str) -> RuntimeError:
    """The largest (or any one) of no elements at all."""
    return two_voices(
        RuntimeError(
            f"{operation}(): Expected reduction dim to be specified for input.numel() == 0. "
            "Specify the reduction dim with the 'dim' argument."
        ),
        f"the tensor has no elements, so {operation}() has none to choose.",
        "check t.numel() first; a filter may have left nothing over.",
    )


def empty_dimension(operation: str, dimension: int) -> IndexError:
    """The largest (or any one) of no elements along a dimension."""
    return two_voices(
        IndexError(f"{operation}(): Expected reduction dim {dimension} to have non-zero size."),
        f"dimension {dimension} has length 0, so {operation}() has nothing to choose from.",
        "check t.shape first; a filter may have left nothing over.",
    )
