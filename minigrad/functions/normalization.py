"""Normalisation of layers, batches, groups and instances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.functions import reductions, shapes, transcendental
from minigrad.rules import normalization as rules
from minigrad.views import as_array, version_of

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "rms_norm",
]


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """w (x - mean)/√(variance + eps) + b over the last dimensions.

    Args:
        normalized_shape: those last dimensions.
        weight, bias: in that shape.

    Ba et al., "Layer normalization", 2016.
    """
    dims = _last_dims(input, normalized_shape, ", ")
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None and given._data.shape != tuple(normalized_shape):
            raise errors.normalized_affine(name, given._data.shape, tuple(normalized_shape))
    return apply(
        rules.normalize, (input, weight, bias), (dims, eps, "NativeLayerNormBackward0")
    )


def _last_dims(input: Tensor, normalized_shape: Sequence[int], comma: str) -> tuple[int, ...]:
    wanted, shape = tuple(normalized_shape), input._data.shape
    if len(shape) < len(wanted) or shape[len(shape) - len(wanted) :] != wanted:
        raise errors.normalized_shape(wanted, shape, comma)
    return tuple(range(len(shape) - len(wanted), len(shape)))


def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """w x / √(mean of x² + eps) over the last dimensions.

    Args:
        eps: by default the smallest step above 1 in the input's dtype.

    Zhang & Sennrich, "Root mean square layer normalization", 2019.
    """
    dims = _last_dims(input, normalized_shape, "")
    if eps is None:
        eps = float(np.finfo(input._data.dtype).eps)
    square = reductions.mean(input * input, list(dims), True)
    scaled = input * transcendental.rsqrt(square + eps)
    return scaled if weight is None else scaled * weight


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """`layer_norm` over each of num_groups groups of channels. Wu & He, 2018.

    Args:
        input: shape (N, C, ...).
        weight, bias: one for each channel.
    """
    shape = input._data.shape
    if len(shape) < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {len(shape)}"
        )
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if shape[1] % num_groups:
        raise errors.channel_groups(shape, num_groups)
    size = shape[1] // num_groups
    if shape[0] * size == 1 and math.prod(shape[2:]) == 1:
        counted = (shape[0] * size, num_groups, *shape[2:])
        raise errors.one_value_per_channel(counted, grouped=True)
    _check_channels(shape[1], weight=weight, bias=bias)
    grouped = (shape[0], num_groups, size, *shape[2:])
    affine = (1, num_groups, size) + (1,) * (len(shape) - 2)
    out = apply(
        rules.normalize,
        (
            shapes.reshape(input, grouped),
            None if weight is None else shapes.reshape(weight, affine),
            None if bias is None else shapes.reshape(bias, affine),
        ),
        (tuple(range(2, len(grouped))), eps, "NativeGroupNormBackward0"),
    )
    return shapes.reshape(out, shape)


def _check_channels(channels: int, **given: Tensor | None) -> None:
    """Refuse what is not one number for each channel."""
    for name, tensor in given.items():
        if tensor is not None and tensor._data.size != channels:
            raise errors.channel_statistics(name, channels, tensor._data.size)


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """w (x - mean)/√(variance + eps) + b for each channel.

    In training mean and variance are those of the batch, and the running ones move towards
    them by `momentum`; otherwise they are the running ones.

    Args:
        input: shape (N, C, ...).
        running_mean, running_var, weight, bias: one number for each channel.

    Ioffe & Szegedy, "Batch normalization", 2015.
    """
    x = np.asarray(input._data)
    if not x.size:
        return _of_nothing(input, weight, bias)
    if x.ndim < 2:
        raise errors.dimension_out_of_range(1, x.ndim)
    if training and x.size == x.shape[1]:
        raise errors.one_value_per_channel(x.shape)
    if not training:
        for name, held in (("running_mean", running_mean), ("running_var", running_var)):
            if held is None:
                raise errors.running_statistics_missing(name)
    _check_channels(
        x.shape[1],
        running_mean=running_mean,
        running_var=running_var,
        weight=weight,
        bias=bias,
    )
    column = (-1,) + (1,) * (x.ndim - 2)
    affine = [
        None if p is None else p if x.ndim == 2 else shapes.reshape(p, column)
        for p in (weight, bias)
    ]
    if not training:
        assert running_mean is not None
        assert running_var is not None
        mean = np.asarray(running_mean._data).reshape(column)
        scale = 1 / np.sqrt(np.asarray(running_var._data).reshape(column) + eps)
        return apply(rules.normalize_by, (input, *affine), (mean, scale.astype(x.dtype)))
    dims = (0, *range(2, x.ndim))
    if running_mean is not None and running_var is not None:
        _move_statistics(running_mean, running_var, x, dims, momentum)
    return apply(rules.normalize, (input, *affine), (dims, eps, "NativeBatchNormBackward0"))


def _of_nothing(input: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """An empty batch, which stays one whatever is done with it."""
    out = shapes.clone(input)
    if weight is not None and weight._data.size:
        out = out * weight[0]
    return out + bias[0] if bias is not None and bias._data.size else out


def _move_statistics(
    running_mean: Tensor,
    running_var: Tensor,
    x: np.ndarray[Any, Any],
    dims: tuple[int, ...],
    momentum: float,
) -> None:
    """Move the running mean and (unbiased) variance towards those of a batch."""
    n = x.size // max(x.shape[1], 1)
    mean = x.mean(axis=dims, dtype=np.float64)
    variance = x.var(axis=dims, dtype=np.float64) * (n / (n - 1) if n > 1 else math.nan)
    for held, now in ((running_mean, mean), (running_var, variance)):
        values = as_array(held)
        values[...] = (1 - momentum) * values + momentum * now
        version_of(held).bump()


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """`batch_norm` of each example by itself. Ulyanov et al., 2016.

    Args:
        input: shape (N, C, ...).
        use_input_stats: take mean and variance of the input, not the running ones.
    """
    shape = input._data.shape
    if use_input_stats and len(shape) > 1 and math.prod(shape[2:]) == 1:
        raise errors.one_spatial_element(shape)
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    x = np.asarray(input._data)
    dims = tuple(range(2, x.ndim))
    if running_mean is not None and running_var is not None:
        n = math.prod(shape[2:])
        means = x.mean(axis=dims, dtype=np.float64).mean(0)
        variances = (x.var(axis=dims, dtype=np.float64) * n / max(n - 1, 1)).mean(0)
        for held, now in ((running_mean, means), (running_var, variances)):
            values = as_array(held)
            values[...] = (1 - momentum) * values + momentum * now
            version_of(held).bump()
    column = (-1,) + (1,) * (x.ndim - 2)
    affine = [None if p is None else shapes.reshape(p, column) for p in (weight, bias)]
    out = apply(rules.normalize, (input, *affine), (dims, eps, "NativeBatchNormBackward0"))
    return shapes.view(out, shape)


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """x / (k + alpha · mean of x² over `size` neighbouring channels)^beta.

    Args:
        input: shape (N, C, ...).

    Krizhevsky et al., "ImageNet classification with deep convolutional networks", 2012.
    """
    shape = input._data.shape
    if len(shape) < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality input (got {len(shape)} dimensions)"
        )
    if not input._data.size:
        return input
    channels = shape[1]
    index = np.arange(channels)
    before = size // 2
    near = (index[None, :] >= index[:, None] - before) & (
        index[None, :] < index[:, None] - before + size
    )
    from minigrad.functions.creation import finish
    from minigrad.functions.matrix import matmul

    flat = shapes.reshape(input * input, (shape[0], channels, -1))
    window = finish(near.astype(input._data.dtype) / size)
    averages = shapes.reshape(matmul(window, flat), shape)
    return input / (averages * alpha + k) ** beta
