"""Names from before PyTorch had dtypes, which older tutorials use: `FloatTensor([1, 2])`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.device import check_device
from minigrad.functions import creation
from minigrad.node import TensorBase

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "set_default_tensor_type",
]


class TensorType:
    """A maker of tensors of one dtype, which `isinstance` takes for their class."""

    def __init__(self, dtype: dtypes.dtype) -> None:
        self.dtype = dtype
        self.__name__ = f"{errors.scalar_type(dtype.numpy)}Tensor"

    def __call__(self, *given: Any, device: Any = None) -> Tensor:
        """A tensor of the given sizes, or with the given values, which are converted.

        Raises:
            TypeError: for a single float, which is neither.
        """
        check_device(device)
        if len(given) == 1 and isinstance(given[0], float):
            raise TypeError("new(): data must be a sequence (got float)")
        sizes = all(isinstance(x, int) for x in given) or isinstance(given[0], dtypes.Size)
        if given and sizes:
            return creation.empty(*given, dtype=self.dtype)
        return creation.tensor(given[0] if given else [], dtype=self.dtype)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, TensorBase) and value._data.dtype is self.dtype.numpy

    def __repr__(self) -> str:
        return f"<class 'torch.{self.__name__}'>"


FloatTensor = TensorType(dtypes.float32)
DoubleTensor = TensorType(dtypes.float64)
HalfTensor = TensorType(dtypes.float16)
ByteTensor = TensorType(dtypes.uint8)
CharTensor = TensorType(dtypes.int8)
ShortTensor = TensorType(dtypes.int16)
IntTensor = TensorType(dtypes.int32)
LongTensor = TensorType(dtypes.int64)
BoolTensor = TensorType(dtypes.bool_)

BY_NAME = {
    f"torch.{each.__name__}": each.dtype
    for each in (
        FloatTensor,
        DoubleTensor,
        HalfTensor,
        ByteTensor,
        CharTensor,
        ShortTensor,
        IntTensor,
        LongTensor,
        BoolTensor,
    )
}


def dtype_of(wanted: Any) -> Any:
    """The dtype that such a type, or its name, stands for; anything else as it is.

    Raises:
        ValueError: for a name that is not one of them.
    """
    if isinstance(wanted, TensorType):
        return wanted.dtype
    if isinstance(wanted, str):
        if wanted not in BY_NAME:
            raise ValueError(f"invalid type: '{wanted}'")
        return BY_NAME[wanted]
    return wanted


def set_default_tensor_type(t: Any) -> None:
    """The old way to say `set_default_dtype`.

    Raises:
        TypeError: for anything but the type of a tensor of floats, or its name.
    """
    dtype = dtype_of(t)
    if not isinstance(dtype, dtypes.dtype) or not np.issubdtype(dtype.numpy, np.floating):
        raise TypeError(
            "invalid type object: only floating-point types are supported as the default type"
        )
    dtypes.set_default_dtype(dtype)
