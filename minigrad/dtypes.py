"""Element types, sizes, and the rule by which two types become one.

A dtype here is PyTorch's name for a NumPy dtype. Types fall into three categories, bool <
integer < float, and only a higher *category* lets a Python number or a 0-d tensor widen the
result: `int64 + 2.5` is float32 (the default float), `float32 + 0-d float64` stays float32.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.naming import Named

__all__ = [
    "Size",
    "category",
    "default_float",
    "dtype",
    "finfo",
    "from_numpy_dtype",
    "get_default_dtype",
    "iinfo",
    "promote_types",
    "set_default_dtype",
    "to_numpy_dtype",
]


class dtype(metaclass=Named):
    """An element type, such as `minigrad.float32`.

    Its printed form is PyTorch's (`torch.float32`), so that what a lecture prints is what a
    student will meet again.
    """

    __slots__ = ("itemsize", "name", "numpy")

    def __init__(self, name: str, numpy_type: type[np.generic]) -> None:
        self.name = name
        self.numpy = np.dtype(numpy_type)
        self.itemsize = self.numpy.itemsize

    @property
    def is_floating_point(self) -> bool:
        return self.numpy.kind == "f"

    @property
    def is_complex(self) -> bool:
        return False

    @property
    def is_signed(self) -> bool:
        return self.numpy.kind in "if"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return "bool_" if self.name == "bool" else self.name


float16 = dtype("float16", np.float16)
float32 = dtype("float32", np.float32)
float64 = dtype("float64", np.float64)
uint8 = dtype("uint8", np.uint8)
int8 = dtype("int8", np.int8)
int16 = dtype("int16", np.int16)
int32 = dtype("int32", np.int32)
int64 = dtype("int64", np.int64)
bool_ = dtype("bool", np.bool_)


class _Constant:
    """A word of PyTorch's that has one meaning here, such as `torch.strided`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


strided = _Constant("strided")
contiguous_format = _Constant("contiguous_format")
preserve_format = _Constant("preserve_format")

ALL = (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)
FROM_NUMPY: dict[np.dtype[Any], dtype] = {each.numpy: each for each in ALL}
PYTHON_TYPES: dict[type, dtype] = {bool: bool_, int: int64}


class Size(tuple[int, ...], metaclass=Named):
    """The shape of a tensor: a tuple that prints as PyTorch's does."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        count = 1
        for length in self:
            count *= length
        return count

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + tuple(other))

    def __getitem__(self, index: Any) -> Any:
        item = super().__getitem__(index)
        return Size(item) if isinstance(index, slice) else item


class _Default:
    """The dtype that Python floats take; `set_default_dtype` changes it."""

    __slots__ = ("numpy",)

    def __init__(self) -> None:
        self.numpy = float32.numpy


default_float = _Default()


def get_default_dtype() -> dtype:
    """The dtype of tensors made from Python floats."""
    return FROM_NUMPY[default_float.numpy]


def set_default_dtype(d: dtype) -> None:
    """Make Python floats become tensors of dtype `d`, which must be a floating point type."""
    if not isinstance(d, dtype) or not d.is_floating_point:
        prefix = "" if isinstance(d, dtype) else "invalid dtype object: "
        raise TypeError(f"{prefix}only floating-point types are supported as the default type")
    default_float.numpy = d.numpy


def from_numpy_dtype(numpy_dtype: np.dtype[Any]) -> dtype:
    """The dtype of a NumPy array's elements; TypeError where there is none."""
    found = FROM_NUMPY.get(numpy_dtype)
    if found is None or not numpy_dtype.isnative:
        if numpy_dtype.kind == "c":
            raise errors.complex_not_supported()
        raise errors.array_type(numpy_dtype)
    return found


def to_numpy_dtype(wanted: Any) -> np.dtype[Any]:
    """The NumPy dtype for a minigrad dtype, a NumPy dtype, or Python's float, int and bool."""
    if isinstance(wanted, dtype):
        return wanted.numpy
    if wanted is float:
        return default_float.numpy
    if wanted in PYTHON_TYPES:
        return PYTHON_TYPES[wanted].numpy
    try:
        return from_numpy_dtype(np.dtype(wanted)).numpy
    except TypeError:
        raise TypeError(f"dtype must be a torch.dtype, got {wanted!r}") from None


class finfo:
    """The limits of a floating point type: eps, max, min, tiny, bits, resolution."""

    def __init__(self, type: dtype | None = None) -> None:
        wanted = type or get_default_dtype()
        if wanted.numpy.kind != "f":
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle "
                "'torch.finfo'"
            )
        limits = np.finfo(wanted.numpy)
        self.dtype = str(limits.dtype)
        self.bits = int(limits.bits)
        self.eps = float(limits.eps)
        self.max = float(limits.max)
        self.min = float(limits.min)
        self.tiny = self.smallest_normal = float(limits.tiny)
        self.resolution = float(limits.resolution)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )


class iinfo:
    """The limits of an integer type: max, min, bits."""

    def __init__(self, type: dtype) -> None:
        if type.numpy.kind not in "iu":
            raise TypeError(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle "
                "'torch.iinfo'"
            )
        limits = np.iinfo(type.numpy)
        self.dtype = str(limits.dtype)
        self.bits = int(limits.bits)
        self.max = int(limits.max)
        self.min = int(limits.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


def fits(value: float, numpy_dtype: np.dtype[Any]) -> bool:
    """Whether a dtype holds a number; a negative one counts down from the top, as in C."""
    if numpy_dtype.kind == "f":
        return not math.isfinite(value) or abs(value) <= float(np.finfo(numpy_dtype).max)
    if numpy_dtype.kind not in "iu":
        return True
    limits = np.iinfo(numpy_dtype)
    lowest = -limits.max if numpy_dtype.kind == "u" else limits.min
    return math.isfinite(value) and lowest <= int(value) <= limits.max


def fitting(value: Any, numpy_dtype: np.dtype[Any], infinite_half: bool = False) -> Any:
    """A Python number as one that NumPy takes for elements of a dtype; others as they are.

    Args:
        infinite_half: let too large a number be infinite in float16, as PyTorch does in
            `where` and in `x[i] = number`, and only there.

    Raises:
        RuntimeError: if the dtype holds no such number.
    """
    if not isinstance(value, int | float):
        return value
    if not fits(value, numpy_dtype):
        if infinite_half and numpy_dtype == float16.numpy:
            return math.copysign(math.inf, value)
        raise errors.value_out_of_range(numpy_dtype)
    if numpy_dtype.kind not in "iu":
        return value
    limit = int(np.iinfo(numpy_dtype).max)
    return int(value) % (limit + 1) if numpy_dtype.kind == "u" else int(value)


_CATEGORIES = {"b": 0, "u": 1, "i": 1, "f": 2}


def category(numpy_dtype: np.dtype[Any]) -> int:
    """0 for bool, 1 for integers, 2 for floats."""
    return _CATEGORIES[numpy_dtype.kind]


def promote_numpy(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that holds both; a float beside an integer stays as it is."""
    if category(a) == category(b):
        return np.promote_types(a, b)
    return a if category(a) > category(b) else b


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype, by PyTorch's categories, to which both can be converted."""
    return FROM_NUMPY[promote_numpy(type1.numpy, type2.numpy)]


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether numbers of one dtype may be written into a tensor of another."""
    return category(from_.numpy) <= category(to.numpy)


def result_numpy_dtype(values: Iterable[Any]) -> np.dtype[Any]:
    """The dtype of an operation on `values`: arrays, NumPy scalars, Python numbers.

    Each group (arrays, then 0-d, then Python numbers) matters only if its category is higher
    than that of the groups before it:
    https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
    """
    groups: list[np.dtype[Any] | None] = [None, None, None]
    for value in values:
        kind = getattr(value, "dtype", None)
        if kind is None:
            rank, kind = 2, dtype_of_number(value)
        else:
            rank = 0 if value.ndim else 1
        known = groups[rank]
        groups[rank] = kind if known is None else promote_numpy(known, kind)
    result: np.dtype[Any] | None = None
    for kind in groups:
        if result is None:
            result = kind
        elif kind is not None and category(kind) > category(result):
            result = promote_numpy(result, kind)
    assert result is not None
    return result


def dtype_of_number(value: Any) -> np.dtype[Any]:
    """The dtype that a Python number takes."""
    if isinstance(value, complex):
        raise errors.complex_not_supported()
    return (
        PYTHON_TYPES[type(value)].numpy if type(value) in PYTHON_TYPES else default_float.numpy
    )
