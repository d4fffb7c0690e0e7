"""Padding as modules: `functional.pad` of the last one, two or three dimensions."""

from __future__ import annotations

from collections.abc import Sequence

from minigrad.nn import functional
from minigrad.nn.module import Module
from minigrad.tensor import Tensor


class _Pad(Module):
    """Elements added at both ends of the last dimensions.

    Args:
        padding: one number for all ends, or (before, after) of the last dimension, then of the
            one before it, and so on.
    """

    dimensions = 0
    mode = "constant"

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        count = 2 * self.dimensions
        self.padding = (padding,) * count if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        return functional.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_Pad):
    """Zeros around the last dimension."""

    dimensions = 1


class ZeroPad2d(_Pad):
    """Zeros around the last two dimensions."""

    dimensions = 2


class ZeroPad3d(_Pad):
    """Zeros around the last three dimensions."""

    dimensions = 3


class ReflectionPad1d(_Pad):
    """The mirror image at the ends of the last dimension."""

    dimensions, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """The mirror image at the ends of the last two dimensions."""

    dimensions, mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """The mirror image at the ends of the last three dimensions."""

    dimensions, mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """The outermost elements of the last dimension repeated."""

    dimensions, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """The outermost elements of the last two dimensions repeated."""

    dimensions, mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """The outermost elements of the last three dimensions repeated."""

    dimensions, mode = 3, "replicate"


class CircularPad1d(_Pad):
    """What lies at the other end of the last dimension."""

    dimensions, mode = 1, "circular"


class CircularPad2d(_Pad):
    """What lies at the other ends of the last two dimensions."""

    dimensions, mode = 2, "circular"


class CircularPad3d(_Pad):
    """What lies at the other ends of the last three dimensions."""

    dimensions, mode = 3, "circular"


class _ConstantPad(_Pad):
    """One value around the last dimensions."""

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return functional.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """One value around the last dimension."""

    dimensions = 1


class ConstantPad2d(_ConstantPad):
    """One value around the last two dimensions."""

    dimensions = 2


class ConstantPad3d(_ConstantPad):
    """One value around the last three dimensions."""

    dimensions = 3
