"""Images made larger and smaller, their pixels taken from channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minigrad.functions.arguments import tensor_argument
from minigrad.functions.shapes import permute, reshape

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = ["pixel_shuffle", "pixel_unshuffle"]


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
