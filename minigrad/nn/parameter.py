"""Parameters: the tensors that a module learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from minigrad import errors
from minigrad.dtypes import Size
from minigrad.node import TensorBase
from minigrad.tensor import Tensor
from minigrad.views import as_array, version_of


class Parameter(Tensor):
    """A leaf that requires a gradient, and that a Module finds by itself when it is assigned.

    Args:
        data: the values; memory is shared with this tensor.
        requires_grad: whether to record what is done with it.
    """

    __slots__ = ()

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        if data is None:
            data = Tensor()
        if not isinstance(data, TensorBase):
            raise TypeError(f"Parameter data has to be a Tensor, but got {type(data).__name__}")
        parameter = object.__new__(cls)
        parameter._data = as_array(data)
        parameter._counter = version_of(data)
        parameter._grad = None
        parameter._node = None
        parameter._requires_grad = False
        parameter.requires_grad_(requires_grad)
        return parameter

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


class _Uninitialized(Tensor):
    """What has no shape yet: a parameter or buffer of a lazy module before its first use."""

    __slots__ = ()
    becomes: ClassVar[type[Tensor]] = Tensor

    @property
    def shape(self) -> Size:
        """Not known yet: RuntimeError."""
        raise errors.uninitialized_parameter()

    def materialize(self, shape: Sequence[int]) -> None:
        """Take this shape, with whatever numbers the memory holds."""
        self._data = np.empty(tuple(shape), self._data.dtype)
        self.__class__ = self.becomes  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter that has no shape yet."""

    __slots__ = ()
    becomes = Parameter

    def __new__(cls, requires_grad: bool = True) -> UninitializedParameter:
        made = super().__new__(cls, Tensor(), requires_grad)
        assert isinstance(made, UninitializedParameter)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedParameter:
        return UninitializedParameter(self._requires_grad)


class UninitializedBuffer(_Uninitialized):
    """A buffer that has no shape yet."""

    __slots__ = ()

    def __new__(cls) -> UninitializedBuffer:
        made = Tensor()
        made.__class__ = cls
        assert isinstance(made, UninitializedBuffer)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedBuffer:
        return UninitializedBuffer()
