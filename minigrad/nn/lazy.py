"""Layers that take the number of their inputs from the first input they see.

Until then their parameters have no shape; from then on they are ordinary layers.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from minigrad.nn import convolution, layers, normalization
from minigrad.nn.module import Module
from minigrad.nn.parameter import UninitializedBuffer, UninitializedParameter
from minigrad.tensor import Tensor


class _Lazy(Module):
    """Attributes: `cls_to_become`, the class of the ordinary layer."""

    cls_to_become: ClassVar[Any]

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        self._see(inputs[0])
        self.__class__ = self.cls_to_become
        self.reset_parameters()
        return self(*inputs, **named)

    def _see(self, input: Tensor) -> None:
        raise NotImplementedError

    def _without_shape(self, *names: str) -> None:
        for name in names:
            self.register_parameter(name, UninitializedParameter())

    def _materialize(self, **shapes: tuple[int, ...]) -> None:
        for name, shape in shapes.items():
            held = getattr(self, name)
            if isinstance(held, UninitializedParameter | UninitializedBuffer):
                held.materialize(shape)


class LazyLinear(_Lazy, layers.Linear):
    """A `Linear` that takes `in_features` from its first input.

    Args:
        out_features: size of the last dimension of the output.
        bias: whether there is a bias.
    """

    cls_to_become = layers.Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        Module.__init__(self)
        self.in_features = 0
        self.out_features = out_features
        self._without_shape("weight")
        if bias:
            self._without_shape("bias")
        else:
            self.register_parameter("bias", None)

    def _see(self, input: Tensor) -> None:
        self.in_features = input.shape[-1]
        self._materialize(
            weight=(self.out_features, self.in_features), bias=(self.out_features,)
        )


class _LazyConvolution(_Lazy, convolution._Convolution):
    def __init__(self, out_channels: int, *given: Any, **named: Any) -> None:
        with warnings.catch_warnings(action="ignore"):  # There is nothing to draw yet.
            super().__init__(0, 0, *given, **named)
        self.out_channels = out_channels
        self._without_shape("weight")
        if self.bias is not None:
            self._without_shape("bias")

    def _see(self, input: Tensor) -> None:
        self.in_channels = input.shape[1 if input.dim() == self.dimensions + 2 else 0]
        if self.in_channels % self.groups:
            raise ValueError("in_channels must be divisible by groups")
        channels = (self.out_channels, self.in_channels // self.groups)
        if self.transposed:
            channels = (self.in_channels, self.out_channels // self.groups)
        self._materialize(weight=(*channels, *self.kernel_size), bias=(self.out_channels,))


class LazyConv1d(_LazyConvolution, convolution.Conv1d):
    """A `Conv1d` that takes `in_channels` from its first input."""

    cls_to_become = convolution.Conv1d


class LazyConv2d(_LazyConvolution, convolution.Conv2d):
    """A `Conv2d` that takes `in_channels` from its first input."""

    cls_to_become = convolution.Conv2d


class LazyConv3d(_LazyConvolution, convolution.Conv3d):
    """A `Conv3d` that takes `in_channels` from its first input."""

    cls_to_become = convolution.Conv3d


class LazyConvTranspose1d(_LazyConvolution, convolution.ConvTranspose1d):
    """A `ConvTranspose1d` that takes `in_channels` from its first input."""

    cls_to_become = convolution.ConvTranspose1d


class LazyConvTranspose2d(_LazyConvolution, convolution.ConvTranspose2d):
    """A `ConvTranspose2d` that takes `in_channels` from its first input."""

    cls_to_become = convolution.ConvTranspose2d


class LazyConvTranspose3d(_LazyConvolution, convolution.ConvTranspose3d):
    """A `ConvTranspose3d` that takes `in_channels` from its first input."""

    cls_to_become = convolution.ConvTranspose3d


class _LazyNorm(_Lazy, normalization._ChannelNorm):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(0, *given, **named)
        for name in ("weight", "bias"):
            if getattr(self, name) is not None:
                self._without_shape(name)
        for name in ("running_mean", "running_var"):
            if getattr(self, name) is not None:
                self.register_buffer(name, UninitializedBuffer())

    def _see(self, input: Tensor) -> None:
        self._check_dimensions(input)
        self.num_features = input.shape[1]
        one = (self.num_features,)
        self._materialize(weight=one, bias=one, running_mean=one, running_var=one)


class LazyBatchNorm1d(_LazyNorm, normalization.BatchNorm1d):
    """A `BatchNorm1d` that takes `num_features` from its first input."""

    cls_to_become = normalization.BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, normalization.BatchNorm2d):
    """A `BatchNorm2d` that takes `num_features` from its first input."""

    cls_to_become = normalization.BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, normalization.BatchNorm3d):
    """A `BatchNorm3d` that takes `num_features` from its first input."""

    cls_to_become = normalization.BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, normalization.InstanceNorm1d):
    """An `InstanceNorm1d` that takes `num_features` from its first input."""

    cls_to_become = normalization.InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, normalization.InstanceNorm2d):
    """An `InstanceNorm2d` that takes `num_features` from its first input."""

    cls_to_become = normalization.InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, normalization.InstanceNorm3d):
    """An `InstanceNorm3d` that takes `num_features` from its first input."""

    cls_to_become = normalization.InstanceNorm3d
