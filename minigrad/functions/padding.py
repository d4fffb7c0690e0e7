"""`nn.functional.pad`: elements added (or cut off) at the ends of dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes
from minigrad.apply import apply
from minigrad.functions.arguments import tensor_argument
from minigrad.rules import rearranging as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = ["pad"]


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """The tensor with elements added at both ends of its last dimensions.

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on;
            negative numbers cut off.
        mode: "constant" fills with `value` (0 if not given); "reflect" mirrors without
            repeating the edge, "replicate" repeats the edge, "circular" begins again from the
            other end.

    Raises:
        RuntimeError: if there are more paddings than dimensions, or a mirror image is too long.
    """
    shape = tensor_argument("pad", input)._data.shape
    widths = [int(n) for n in pad]
    if len(widths) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(widths) > 2 * len(shape):
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but "
            f"got padding length {len(widths)} and input of dimension {len(shape)}"
        )
    pairs = list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    if mode == "constant":
        return _constant(input, [(0, 0)] * (len(shape) - len(pairs)) + pairs, value)
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(widths) not in (2, 4, 6) or len(shape) - len(pairs) not in (1, 2):
        raise NotImplementedError(
            f"Padding size {len(widths)} is not supported for {len(shape)}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    first = len(shape) - len(pairs)
    along = [
        _positions(shape, first + i, before, after, mode)
        for i, (before, after) in enumerate(pairs)
    ]
    index = (Ellipsis, *np.ix_(*along))
    return apply(rules.pad_by_index, (input,), (index, (mode, len(pairs))))


def _constant(input: Tensor, pairs: list[tuple[int, int]], value: float | None) -> Tensor:
    for n, (before, after) in zip(input._data.shape, pairs, strict=True):
        if n + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError("narrow(): length must be non-negative.")
    number = dtypes.fitting(value or 0, input._data.dtype)
    return apply(rules.constant_pad, (input,), (tuple(pairs), number))


def _positions(shape: tuple[int, ...], dim: int, before: int, after: int, mode: str) -> Any:
    """Which element stands at each place of a padded dimension."""
    n = shape[dim]
    wanted = np.arange(-before, n + after)
    if mode == "circular":
        if before > n or after > n:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        # What is cut off is cut off first, and does not come in again.
        left = np.arange(n)[max(-before, 0) : n - max(-after, 0)]
        places = np.arange(-max(before, 0), len(left) + max(after, 0))
        return left[places % len(left)] if len(left) else places
    if mode == "replicate":
        return np.clip(wanted, 0, max(n - 1, 0))
    if before >= n or after >= n:
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, "
            f"but got: padding ({before}, {after}) at dimension {dim} of input {list(shape)}"
        )
    mirrored = np.abs(wanted)
    return np.where(mirrored >= n, 2 * (n - 1) - mirrored, mirrored)
