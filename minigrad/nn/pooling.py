"""Pooling as modules."""

from __future__ import annotations

from typing import Any

from minigrad.functions.convolution import Sizes, numbers_for
from minigrad.nn import functional
from minigrad.nn.module import Module
from minigrad.tensor import Tensor


class _MaxPool(Module):
    """The largest in each window.

    Args:
        kernel_size, stride: of the window, and from window to window (by default the same).
        padding: how far windows reach over the edge.
        dilation: the step within the window.
        return_indices: also give where the largest elements are.
        ceil_mode: let the last window reach over the end.
    """

    pool: Any = None

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        sizes = (self.kernel_size, self.stride, self.padding, self.dilation)
        return type(self).pool(input, *sizes, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """`functional.max_pool1d` of an input (N, C, L)."""

    pool = staticmethod(functional.max_pool1d)


class MaxPool2d(_MaxPool):
    """`functional.max_pool2d` of an input (N, C, H, W)."""

    pool = staticmethod(functional.max_pool2d)


class MaxPool3d(_MaxPool):
    """`functional.max_pool3d` of an input (N, C, D, H, W)."""

    pool = staticmethod(functional.max_pool3d)


class AvgPool1d(Module):
    """`functional.avg_pool1d` of an input (N, C, L)."""

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = numbers_for("kernel_size", kernel_size, 1)
        self.stride = numbers_for("stride", kernel_size if stride is None else stride, 1)
        self.padding = numbers_for("padding", padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        sizes = (self.kernel_size, self.stride, self.padding)
        return functional.avg_pool1d(input, *sizes, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    pool: Any = None

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        sizes = (self.kernel_size, self.stride, self.padding, self.ceil_mode)
        found: Tensor = type(self).pool(
            input, *sizes, self.count_include_pad, self.divisor_override
        )
        return found

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """`functional.avg_pool2d` of an input (N, C, H, W)."""

    pool = staticmethod(functional.avg_pool2d)


class AvgPool3d(_AvgPool):
    """`functional.avg_pool3d` of an input (N, C, D, H, W)."""

    pool = staticmethod(functional.avg_pool3d)


class _AdaptiveAvgPool(Module):
    pool: Any = None

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        found: Tensor = type(self).pool(input, self.output_size)
        return found

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """`functional.adaptive_avg_pool1d`: means over as many windows as asked for."""

    pool = staticmethod(functional.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """`functional.adaptive_avg_pool2d`: means over as many windows as asked for."""

    pool = staticmethod(functional.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """`functional.adaptive_avg_pool3d`: means over as many windows as asked for."""

    pool = staticmethod(functional.adaptive_avg_pool3d)


class _AdaptiveMaxPool(Module):
    pool: Any = None

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        return type(self).pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """`functional.adaptive_max_pool1d`: maxima over as many windows as asked for."""

    pool = staticmethod(functional.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """`functional.adaptive_max_pool2d`: maxima over as many windows as asked for."""

    pool = staticmethod(functional.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """`functional.adaptive_max_pool3d`: maxima over as many windows as asked for."""

    pool = staticmethod(functional.adaptive_max_pool3d)


class _LPPool(Module):
    """(Σ xᵖ)^(1/p) over windows; p is `norm_type`."""

    pool: Any = None

    def __init__(
        self,
        norm_type: float,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        found: Tensor = type(self).pool(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )
        return found

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """`functional.lp_pool1d` of an input (N, C, L)."""

    pool = staticmethod(functional.lp_pool1d)


class LPPool2d(_LPPool):
    """`functional.lp_pool2d` of an input (N, C, H, W)."""

    pool = staticmethod(functional.lp_pool2d)


class LPPool3d(_LPPool):
    """`functional.lp_pool3d` of an input (N, C, D, H, W)."""

    pool = staticmethod(functional.lp_pool3d)


class _MaxUnpool(Module):
    """Maxima back to where they were, zeros elsewhere."""

    dimensions = 0
    unpool: Any = None

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0
    ) -> None:
        super().__init__()
        count = self.dimensions
        self.kernel_size = numbers_for("kernel_size", kernel_size, count)
        self.stride = self.kernel_size
        if stride is not None:
            self.stride = numbers_for("stride", stride, count)
        self.padding = numbers_for("padding", padding, count)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        found: Tensor = type(self).unpool(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )
        return found

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """`functional.max_unpool1d` of an input (N, C, L)."""

    dimensions = 1
    unpool = staticmethod(functional.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """`functional.max_unpool2d` of an input (N, C, H, W)."""

    dimensions = 2
    unpool = staticmethod(functional.max_unpool2d)


class MaxUnpool3d(_MaxUnpool):
    """`functional.max_unpool3d` of an input (N, C, D, H, W)."""

    dimensions = 3
    unpool = staticmethod(functional.max_unpool3d)
