"""Convolutions as modules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from minigrad.functions.convolution import numbers_for
from minigrad.functions.creation import empty
from minigrad.nn import functional, init
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter
from minigrad.tensor import Tensor

Sizes = int | Sequence[int]
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _Convolution(Module):
    """Kernels and a bias, uniform in ±1/√(inputs under a kernel) at the beginning."""

    dimensions = 0
    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes | str,
        dilation: Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(
                f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}"
            )
        if padding_mode not in PADDING_MODES:
            raise ValueError(
                f"padding_mode must be one of {{'zeros', 'reflect', 'replicate', 'circular'}}, "
                f"but got padding_mode='{padding_mode}'"
            )
        count = self.dimensions
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = numbers_for("kernel_size", kernel_size, count)
        self.stride = numbers_for("stride", stride, count)
        self.padding = (
            padding if isinstance(padding, str) else numbers_for("padding", padding, count)
        )
        self.dilation = numbers_for("dilation", dilation, count)
        self.output_padding = (0,) * count
        self.groups = groups
        self.padding_mode = padding_mode
        first, second = out_channels, in_channels // groups
        if self.transposed:
            first, second = in_channels, out_channels // groups
        kernels = empty(first, second, *self.kernel_size, device=device, dtype=dtype)
        self.weight = Parameter(kernels)
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw kernels and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            reach = math.prod(self.weight.shape[1:])
            bound = 1 / math.sqrt(reach) if reach else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        count = self.dimensions
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        if self.padding != (0,) * count:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * count:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * count:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text

    def _padded(self, input: Tensor) -> tuple[Tensor, Any]:
        """The input with its mirrored (say) edges, and how many zeros are still to be added."""
        if self.padding_mode == "zeros":
            return input, self.padding
        if self.padding == "same":
            rows = zip(self.dilation, self.kernel_size, strict=True)
            total = [d * (k - 1) for d, k in rows]
            pairs = [(n // 2, n - n // 2) for n in total]
        elif self.padding == "valid":
            pairs = [(0, 0)] * self.dimensions
        else:
            pairs = [(int(p), int(p)) for p in self.padding]
        widths = [n for pair in reversed(pairs) for n in pair]
        return functional.pad(input, widths, mode=self.padding_mode), 0


class _Forward(_Convolution):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        shape = (in_channels, out_channels, kernel_size, stride, padding, dilation, groups)
        super().__init__(*shape, bias, padding_mode, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[
            self.dimensions - 1
        ]
        x, around = self._padded(input)
        return convolve(
            x, self.weight, self.bias, self.stride, around, self.dilation, self.groups
        )


class Conv1d(_Forward):
    """`functional.conv1d` with learned kernels: (N, in_channels, L) to (N, out_channels, L').

    Args:
        padding_mode: "zeros", or what `functional.pad` does instead.
    """

    dimensions = 1


class Conv2d(_Forward):
    """`functional.conv2d` with learned kernels; weight (out, in / groups, kH, kW)."""

    dimensions = 2


class Conv3d(_Forward):
    """`functional.conv3d` with learned kernels."""

    dimensions = 3


class _Transposed(_Convolution):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(
                f'Only "zeros" padding mode is supported for {type(self).__name__}'
            )
        shape = (in_channels, out_channels, kernel_size, stride, padding, dilation, groups)
        super().__init__(*shape, bias, padding_mode, device, dtype)
        self.output_padding = numbers_for("output_padding", output_padding, self.dimensions)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self.output_padding
        if output_size is not None:
            extra = self._padding_for(input, list(output_size))
        convolve = (
            functional.conv_transpose1d,
            functional.conv_transpose2d,
            functional.conv_transpose3d,
        )[self.dimensions - 1]
        assert not isinstance(self.padding, str)
        return convolve(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            extra,
            self.groups,
            self.dilation,
        )

    def _padding_for(self, input: Tensor, wanted: list[int]) -> tuple[int, ...]:
        """The output padding with which the output has the wanted spatial sizes."""
        count = self.dimensions
        others = 2 if input.dim() == count + 2 else 1
        sizes = wanted[others:] if len(wanted) == count + others else wanted
        if len(sizes) != count:
            raise ValueError(
                f"ConvTranspose{count}D: for {input.dim()}D input, output_size must have "
                f"{count} or {count + others} elements (got {len(sizes)})"
            )
        settings: Any = (self.stride, self.padding, self.dilation, self.kernel_size)
        smallest = [
            (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
            for size, stride, padding, dilation, kernel in zip(
                input.shape[others:], *settings, strict=True
            )
        ]
        largest = [least + s - 1 for least, s in zip(smallest, self.stride, strict=True)]
        extra = tuple([size - least for size, least in zip(sizes, smallest, strict=True)])
        if not all(0 <= more < s for more, s in zip(extra, self.stride, strict=True)):
            raise ValueError(
                f"requested an output size of {sizes}, but valid sizes range from {smallest} "
                f"to {largest} (for an input of {input.shape[2:]})"
            )
        return extra


class ConvTranspose1d(_Transposed):
    """`functional.conv_transpose1d` with learned kernels; weight (in, out / groups, k)."""

    dimensions = 1


class ConvTranspose2d(_Transposed):
    """`functional.conv_transpose2d` with learned kernels; weight (in, out / groups, kH, kW)."""

    dimensions = 2


class ConvTranspose3d(_Transposed):
    """`functional.conv_transpose3d` with learned kernels."""

    dimensions = 3


class Unfold(Module):
    """`functional.unfold`: what lies under each position of a kernel, as columns."""

    def __init__(
        self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return functional.unfold(
            input, self.kernel_size, self.dilation, self.padding, self.stride
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )


class Fold(Module):
    """`functional.fold`: columns added back where `Unfold` takes them from."""

    def __init__(
        self,
        output_size: Sizes,
        kernel_size: Sizes,
        dilation: Sizes = 1,
        padding: Sizes = 0,
        stride: Sizes = 1,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        sizes = (self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)
        return functional.fold(input, *sizes)

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, "
            f"dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
        )
