"""Bringing arguments into one form.

Dimensions counted from the front, shapes as tuples, dtypes as NumPy's.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from minigrad import errors
from minigrad.node import TensorBase

Result = TypeVar("Result")


def tensor_argument(operation: str, value: Any, name: str = "input", position: int = 1) -> Any:
    """The tensor; TypeError if it is something else."""
    if not isinstance(value, TensorBase):
        raise errors.argument_must_be_tensor(operation, value, name, position)
    return value


def one_dim(dim: Any, ndim: int) -> int:
    """A dimension counted from the front. A 0-d tensor counts as having one.

    Raises:
        IndexError: if there is no such dimension.
    """
    index = operator.index(dim)
    limit = max(ndim, 1)
    if not -limit <= index < limit:
        raise errors.dimension_out_of_range(index, ndim)
    return index % limit


def some_dims(dim: Any, ndim: int) -> tuple[int, ...] | None:
    """Dimensions counted from the front, for a reduction; None stands for all."""
    if dim is None or (isinstance(dim, Sequence) and len(dim) == 0):
        return None
    if not isinstance(dim, Sequence):
        found: tuple[int, ...] = (one_dim(dim, ndim),)
    else:
        found = tuple([one_dim(d, ndim) for d in dim])
        for i, d in enumerate(found):
            if d in found[:i]:
                raise errors.repeated_dimension(d)
    # The one dimension that a 0-d tensor counts as having is not there for NumPy.
    return found if ndim else None


def numpy_names(function: Callable[..., Result]) -> Callable[..., Result]:
    """Let a function be called with `axis` and `keepdims` too, NumPy's names."""

    @functools.wraps(function)
    def called(*arguments: Any, **named: Any) -> Result:
        if "axis" in named:
            named["dim"] = named.pop("axis")
        if "keepdims" in named:
            named["keepdim"] = named.pop("keepdims")
        return function(*arguments, **named)

    return called


def shape_argument(sizes: Sequence[Any]) -> tuple[int, ...]:
    """A shape given as `f(2, 3)` or as `f((2, 3))`."""
    if len(sizes) == 1 and not hasattr(sizes[0], "__index__"):
        sizes = tuple(sizes[0])
    elif len(sizes) == 1 and isinstance(sizes[0], list | tuple):
        sizes = sizes[0]
    return tuple([operator.index(size) for size in sizes])


def is_float(tensor: Any) -> bool:
    """Whether a tensor's numbers are floating point."""
    return bool(tensor._data.dtype.kind == "f")


def shape_of(tensor: Any) -> tuple[int, ...]:
    """The shape as a plain tuple."""
    shape: tuple[int, ...] = tensor._data.shape
    return shape


def as_int(value: Any) -> int:
    """An integer from whatever counts as one (also a one-element integer tensor)."""
    return operator.index(value)


INT64 = np.dtype(np.int64)
