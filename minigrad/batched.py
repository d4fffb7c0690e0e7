"""Arrays that hide a dimension: what `vmap` gives to a function in place of one example.

A `Batched` holds a batch of arrays along its first axis and behaves as one of them: `shape`,
`ndim` and every axis that is named are those of a single example. NumPy hands its functions
over to it (`__array_ufunc__`, `__array_function__`), and `minigrad/batched_functions.py` says
for each how a batch is carried through. So an entry of the derivative table needs no batching
rule besides: its forward and its derivatives are NumPy, and that is batched.

Each `vmap` has a level, larger the later it began; the array in a `Batched` may be one of a
lower level, never of a higher. An array without a batch at some level is the same for all its
examples.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

# For each NumPy function: from a Batched and the arguments, the result.
FUNCTIONS: dict[Any, Callable[..., Any]] = {}


class _Depth(threading.local):
    """In how many vmaps this thread is that carry all examples at once."""

    value = 0


depth = _Depth()


class NotBatched(Exception):
    """What was asked for cannot be done for all examples at once."""


class Batched(np.lib.mixins.NDArrayOperatorsMixin):
    """A batch of arrays that looks like one of them.

    Attributes:
        array: all of them, along the first axis; an array, or a Batched of a lower level.
        level: of the vmap that made the batch.
    """

    __slots__ = ("array", "level")

    def __init__(self, array: Any, level: int) -> None:
        self.array = array
        self.level = level

    shape = property(lambda self: self.array.shape[1:])
    ndim = property(lambda self: self.array.ndim - 1)
    dtype = property(lambda self: self.array.dtype)
    itemsize = property(lambda self: self.array.itemsize)
    strides = property(lambda self: self.array.strides[1:])
    flags = property(lambda self: self.array[0, ...].flags)
    T = property(lambda self: np.transpose(self))
    base = property(lambda self: self.array.base)

    @property
    def size(self) -> int:
        """How many elements one example has."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Bytes of one example."""
        return self.size * int(self.itemsize)

    def __len__(self) -> int:
        return int(self.shape[0])

    def astype(self, dtype: Any, **options: Any) -> Batched:
        return Batched(self.array.astype(dtype, **options), self.level)

    def copy(self, order: Any = "C") -> Batched:
        return Batched(self.array.copy(order), self.level)

    def reshape(self, *shape: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def swapaxes(self, first: int, second: int) -> Any:
        return np.swapaxes(self, first, second)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def any(self, axis: Any = None) -> Any:
        return np.any(self, axis=axis)

    def sum(self, axis: Any = None, **options: Any) -> Any:
        return np.add.reduce(self, axis=axis, **options)

    def __getitem__(self, index: Any) -> Any:
        return FUNCTIONS["getitem"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        FUNCTIONS["setitem"](self, index, value)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        if any(hasattr(x, "_node") for x in inputs):
            return NotImplemented  # A tensor records what it does with an array.
        carried = FUNCTIONS.get(ufunc if method == "__call__" else method)
        if carried is None:
            if method != "__call__" or ufunc.signature is not None:
                raise NotBatched(f"np.{ufunc.__name__} ({method})")
            return elementwise(ufunc, *inputs, **named)
        return carried(*((ufunc, *inputs) if method != "__call__" else inputs), **named)

    def __array_function__(self, function: Any, types: Any, given: Any, named: Any) -> Any:
        if function not in FUNCTIONS:
            raise NotBatched(f"np.{function.__name__}")
        return FUNCTIONS[function](*given, **named)

    def __array__(self, *given: Any, **named: Any) -> Any:
        raise NotBatched("looking at the values of one example")

    __bool__ = __int__ = __float__ = __index__ = __iter__ = __array__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotBatched(f"the array's {name!r}")


def len_of(x: Batched) -> int:
    """How many examples there are."""
    return int(x.array.shape[0])


def top(arrays: Iterable[Any]) -> int:
    """The highest level among them: the one to carry out an operation on."""
    return max([x.level for x in arrays if isinstance(x, Batched)])


def count(arrays: Iterable[Any], level: int) -> int:
    """The length of the batch."""
    return next(len_of(x) for x in arrays if isinstance(x, Batched) and x.level == level)


def has(x: Any, level: int) -> bool:
    """Whether there is an array for each example, and not one for all."""
    return isinstance(x, Batched) and x.level == level


def inner(x: Any, level: int) -> Any:
    """The array with the batch along its first axis; as it is if there is none."""
    return x.array if has(x, level) else x


def aligned(x: Any, level: int, ndim: int) -> Any:
    """The array of a batch, its examples stretched to `ndim` dimensions by ones in front."""
    if not has(x, level) or x.ndim >= ndim:
        return inner(x, level)
    ones = (1,) * (ndim - x.ndim)
    return np.reshape(x.array, (len_of(x), *ones, *x.shape))


def spread(x: Any, level: int, length: int) -> Any:
    """The array with a batch along its first axis, copies of one array if it has none."""
    return x.array if has(x, level) else np.broadcast_to(x, (length, *np.shape(x)))


def zeros(shape: tuple[int, ...], like: Any) -> Any:
    """New zeros of the dtype of `like`; a batch of them if that is a batch."""
    if isinstance(like, Batched):
        return Batched(zeros((len_of(like), *shape), like.array), like.level)
    return np.zeros(shape, like.dtype)


def as_array(x: Any) -> Any:
    """np.asarray, but a batch stays one."""
    return x if isinstance(x, Batched) else np.asarray(x)


def copied(x: Any, *others: Any) -> Any:
    """A copy to write `others` into: a batch, if they are."""
    for level in sorted({other.level for other in others if isinstance(other, Batched)}):
        if level > getattr(x, "level", 0):
            x = Batched(spread(x, level, count(others, level)), level)
    return x.copy() if isinstance(x, Batched) else np.array(x)


def anywhere(condition: Any) -> bool:
    """Whether it holds for any element of any example; of an array, a batch or a tensor."""
    condition = getattr(condition, "_data", condition)
    while isinstance(condition, Batched):
        condition = condition.array
    return bool(np.any(condition))


def packed(result: Any, level: int) -> Any:
    """The result, or each of several, as a batch."""
    if isinstance(result, tuple):
        parts = [Batched(part, level) for part in result]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    return Batched(result, level)


def elementwise(function: Any, *inputs: Any, **named: Any) -> Any:
    """Carry a function that acts on each number by itself."""
    level = top(inputs)
    ndim = max([np.ndim(x) for x in inputs if x is not None])
    if named.get("out") is not None:
        (out,) = named["out"]
        if not has(out, level):
            raise NotBatched("writing into an array that all examples share")
        named["out"] = (out.array,)
    return packed(function(*[aligned(x, level, ndim) for x in inputs], **named), level)


def one_axis(axis: Any, ndim: int) -> int:
    """An axis of an example as one of the batch."""
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(int(axis), ndim)
    return int(axis) % ndim + 1


def some_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Axes of an example (None: all) as those of the batch."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    return tuple([one_axis(a, ndim) for a in (axis if isinstance(axis, Sequence) else (axis,))])
