"""How an error is put together, and the words for shapes, dtypes and the caller's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from minigrad import usercode

if TYPE_CHECKING:
    import numpy.typing as npt

Shape = Sequence[int]
SomeError = TypeVar("SomeError", bound=Exception)


def two_voices(error: SomeError, here: str = "", fix: str = "") -> SomeError:
    """Add the second voice: what happened here, and the smallest fix."""
    if here:
        error.add_note(f"What happened: {here}")
    if fix:
        error.add_note(f"To mend it: {fix}")
    return error


SCALAR_TYPES = {
    "float16": ("Half", "c10::Half"),
    "float32": ("Float", "float"),
    "float64": ("Double", "double"),
    "uint8": ("Byte", "unsigned char"),
    "int8": ("Char", "signed char"),
    "int16": ("Short", "short int"),
    "int32": ("Int", "int"),
    "int64": ("Long", "long int"),
    "bool": ("Bool", "bool"),
}


def scalar_type(dtype: npt.DTypeLike) -> str:
    """PyTorch's own name of a dtype: `Float` for float32, `Long` for int64."""
    return SCALAR_TYPES[np.dtype(dtype).name][0]


def c_type(dtype: npt.DTypeLike) -> str:
    """The C++ type behind a dtype: `float` for float32, `long int` for int64."""
    return SCALAR_TYPES[np.dtype(dtype).name][1]


def type_name(value: object) -> str:
    """The type of an argument as PyTorch writes it: `float`, `numpy.ndarray`."""
    kind = type(value)
    plain = kind.__module__ in ("builtins", "__main__")
    return kind.__name__ if plain else f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def called(tensor: object, otherwise: str = "the tensor") -> str:
    """The caller's name for a tensor, in back-quotes, or some other words for it."""
    name = usercode.name_of(tensor)
    return f"`{name}`" if name else otherwise


def size_text(shape: Shape) -> str:
    """A shape as `torch.Size([2, 3])`."""
    return f"torch.Size({list(shape)})"


def times(shape: Shape) -> str:
    return "x".join(str(size) for size in shape)


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
