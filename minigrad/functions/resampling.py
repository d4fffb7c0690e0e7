"""Images made larger and smaller, their pixels taken from channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad.apply import apply
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.shapes import permute, reshape
from minigrad.rules import resampling as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = ["channel_shuffle", "native_channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of (N, C, ...) in another order: one of each group in turn."""
    shape = tensor_argument("channel_shuffle", input)._data.shape
    if len(shape) < 3:
        raise RuntimeError(
            "channel_shuffle expects input with > 2 dims, but got input with sizes "
            f"{list(shape)}"
        )
    if groups <= 0:
        raise RuntimeError(
            f"Number of groups to divide channels in must be positive. Value of groups:{groups}"
        )
    if shape[1] % groups:
        raise RuntimeError(
            "Number of channels must be divisible by groups. Got "
            f"{shape[1]} channels and {groups} groups."
        )
    channels = np.arange(shape[1]).reshape(groups, shape[1] // groups).T.reshape(-1)
    return apply(rules.channel_shuffle, (input,), (channels,))


native_channel_shuffle = channel_shuffle


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., C·r², H, W) to (..., C, H·r, W·r): channels become pixels."""
    shape, r = tensor_argument("pixel_shuffle", input)._data.shape, upscale_factor
    if len(shape) < 3:
        raise RuntimeError(
            "pixel_shuffle expects input to have at least 3 dimensions, but got input with "
            f"{len(shape)} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(
            f"pixel_shuffle expects a positive upscale_factor, but got {upscale_factor}"
        )
    *batch, channels, height, width = shape
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the "
            f"square of upscale_factor, but input.size(-3)={channels} is not divisible by "
            f"{r * r}"
        )
    n = len(batch)
    cut = reshape(input, [*batch, channels // (r * r), r, r, height, width])
    moved = permute(cut, [*range(n), n, n + 3, n + 1, n + 4, n + 2])
    return reshape(moved, [*batch, channels // (r * r), height * r, width * r])


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., C, H·r, W·r) to (..., C·r², H, W): undoes `pixel_shuffle`."""
    shape, r = tensor_argument("pixel_unshuffle", input)._data.shape, downscale_factor
    if len(shape) < 3:
        raise RuntimeError(
            "pixel_unshuffle expects input to have at least 3 dimensions, but got input with "
            f"{len(shape)} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(
            f"pixel_unshuffle expects a positive downscale_factor, but got {downscale_factor}"
        )
    *batch, channels, height, width = shape
    for name, size, place in (("height", height, -2), ("width", width, -1)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({place})={size} is not divisible by {r}"
            )
    if not input._data.size:  # As in PyTorch, where there is nothing to move.
        return input.clone()
    n = len(batch)
    cut = reshape(input, [*batch, channels, height // r, r, width // r, r])
    moved = permute(cut, [*range(n), n, n + 2, n + 4, n + 1, n + 3])
    return reshape(moved, [*batch, channels * r * r, height // r, width // r])
