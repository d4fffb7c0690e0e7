"""`nn.functional.interpolate`: images in another size, from weighted sums of their pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.apply import apply
from minigrad.functions import pooling
from minigrad.functions.arguments import tensor_argument
from minigrad.rules import resampling as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = ["interpolate", "upsample", "upsample_bilinear", "upsample_nearest"]

# What PyTorch calls the same in one, two and three dimensions.
LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}
MODES = ("nearest", "nearest-exact", "area", "bicubic", *LINEAR)
# The constant of R. Keys, "Cubic convolution interpolation", 1981, as PyTorch has it.
CUBIC = -0.75


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """An input (N, C, L), (N, C, H, W) or (N, C, D, H, W) with its last dimensions resized.

    Args:
        size: the new lengths; or
        scale_factor: by which the old ones are multiplied, rounded down.
        mode: "nearest" (the pixel whose corner is nearest), "nearest-exact" (whose centre is),
            "linear", "bilinear", "trilinear", "bicubic", or "area" (means).
        align_corners: let the centres of the outermost pixels, not their edges, stay in place.
        recompute_scale_factor: take the ratio of the lengths for the scale.

    Raises:
        ValueError: for both size and scale_factor, or neither.
        NotImplementedError: for a mode that does not suit the number of dimensions.
    """
    shape = tensor_argument("interpolate", input)._data.shape
    count = len(shape) - 2
    if align_corners is not None and mode in ("nearest", "nearest-exact", "area"):
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | "
            "bilinear | bicubic | trilinear"
        )
    if antialias:
        raise NotImplementedError(
            "interpolate(antialias=True) is not there in minigrad: average first, for example "
            "with avg_pool2d"
        )
    sizes, scales = _sizes(shape[2:], size, scale_factor)
    if recompute_scale_factor:
        scales = [None] * count
    if mode == "area":
        pools = (
            pooling.adaptive_avg_pool1d,
            pooling.adaptive_avg_pool2d,
            pooling.adaptive_avg_pool3d,
        )
        return pools[count - 1](input, sizes)
    if mode in LINEAR and count in (1, 2, 3) and LINEAR[mode] != count:
        raise NotImplementedError(
            f"Got {count + 2}D input, but {mode} mode needs {LINEAR[mode] + 2}D input"
        )
    suits = LINEAR.get(mode, 2 if mode == "bicubic" else count) == count in (1, 2, 3)
    if mode not in MODES or not suits:
        raise NotImplementedError(
            "Input Error: Only 3D, 4D and 5D input Tensors supported (got "
            f"{len(shape)}D) for the modes: nearest | linear | bilinear | bicubic | trilinear "
            f"| area | nearest-exact (got {mode})"
        )
    if not all(shape[1:]) or not all(sizes):
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got input "
            f"{tuple(shape[2:])} and output {tuple(sizes)}"
        )
    taps = _taps(mode, bool(align_corners), input._data.dtype)
    along = [taps(*each) for each in zip(shape[2:], sizes, scales, strict=True)]
    return apply(rules.UPSAMPLING[mode], (input,), (tuple(along),))


def _sizes(old: Sequence[int], size: Any, factor: Any) -> tuple[list[int], list[float | None]]:
    """The new lengths, and the factors where they were given."""
    if (size is None) is (factor is None):
        raise ValueError(
            "only one of size or scale_factor should be defined"
            if size is not None
            else "either size or scale_factor should be defined"
        )
    given = factor if size is None else size
    many = list(given) if isinstance(given, Sequence) else [given] * len(old)
    if len(many) != len(old):
        what, name, said, letter = "output size", "output", "output size of", "o"
        if size is None:
            what = name = "scale_factor"
            said, letter = "scale_factor of shape", "s"
        raise ValueError(
            f"Input and {name} must have the same number of spatial dimensions, but got input "
            f"with spatial dimensions of {list(old)} and {said} {given}. Please provide input "
            f"tensor in (N, C, d1, d2, ...,dK) format and {what} in "
            f"({letter}1, {letter}2, ...,{letter}K) format."
        )
    if size is not None:
        return [int(n) for n in many], [None] * len(old)
    return [math.floor(n * f) for n, f in zip(old, many, strict=True)], many


def _taps(mode: str, align: bool, dtype: Any) -> Callable[[int, int, float | None], rules.Taps]:
    """For the modes: from old length, new length and factor to positions and weights."""
    kind: Any = np.float64 if dtype == np.float64 else np.float32

    def scale(old: int, new: int, factor: float | None, precision: Any = kind) -> Any:
        return precision(1 / factor) if factor else precision(old) / precision(new)

    def nearest(old: int, new: int, factor: float | None) -> rules.Taps:
        places = np.arange(new, dtype=np.float32) + (0.5 if mode == "nearest-exact" else 0)
        found = np.floor(places * scale(old, new, factor, np.float32)).astype(int)
        return np.minimum(found, old - 1)[None], np.ones((1, new))

    def centres(old: int, new: int, factor: float | None) -> Any:
        places: Any = np.arange(new, dtype=kind)
        if align:
            return places * (kind(old - 1) / kind(new - 1) if new > 1 else kind(0))
        return scale(old, new, factor) * (places + kind(0.5)) - kind(0.5)

    def linear(old: int, new: int, factor: float | None) -> rules.Taps:
        at = np.maximum(centres(old, new, factor), 0)
        left = np.minimum(at.astype(int), old - 1)
        weight = np.minimum(at - left.astype(kind), 1)
        return np.stack([left, np.minimum(left + 1, old - 1)]), np.stack([1 - weight, weight])

    def cubic(old: int, new: int, factor: float | None) -> rules.Taps:
        at = centres(old, new, factor)
        left = np.floor(at)
        t = at - left
        places = np.clip(left.astype(int) + np.arange(-1, 3)[:, None], 0, old - 1)
        return places, np.stack([_far(t + 1), _near(t), _near(1 - t), _far(2 - t)])

    if mode.startswith("nearest"):
        return nearest
    return cubic if mode == "bicubic" else linear


def _near(x: Any) -> Any:
    return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1


def _far(x: Any) -> Any:
    return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """The old name of `interpolate`."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` in its mode "nearest"."""
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` in its mode "bilinear", with aligned corners."""
    return interpolate(input, size, scale_factor, "bilinear", True)
