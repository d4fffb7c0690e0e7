"""Maps that act on each spatial dimension by itself, such as adaptive averages.

Along one dimension every element of the result is a weighted sum of a few elements of the
input, its taps: (positions, weights), each of shape (taps, length of the result). A weight of 0
stands beside a position that is a tap anyway, so that no NaN comes in from elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.node import Node
from minigrad.rules.table import Case, Rule, linear

Taps = tuple[Any, Any]


def _along(weights: Any, axis: int, x: Any) -> Any:
    return weights.astype(x.dtype).reshape(-1, *[1] * (x.ndim - axis - 1))


def _resample(x: Any, taps: tuple[Taps, ...]) -> Any:
    for axis, (positions, weights) in enumerate(taps, start=2):
        parts = [
            np.take(x, places, axis) * _along(weight, axis, x)
            for places, weight in zip(positions, weights, strict=True)
        ]
        x = sum(parts[1:], parts[0])
    return x


def _resample_adjoint(g: Any, taps: tuple[Taps, ...], size: tuple[int, ...]) -> Any:
    for axis, (positions, weights) in enumerate(taps, start=2):
        shape = (*g.shape[:axis], size[axis - 2], *g.shape[axis + 1 :])
        whole = np.moveaxis(np.zeros(shape, g.dtype), axis, 0)
        for places, weight in zip(positions, weights, strict=True):
            np.add.at(whole, places, np.moveaxis(g * _along(weight, axis, g), axis, 0))
        g = np.moveaxis(whole, 0, axis)
    return np.ascontiguousarray(g)


_TAPS = (
    (
        np.array([[0, 0, 1, 2], [1, 1, 2, 2]]),
        np.array([[0.9, 0.5, 0.3, 1], [0.1, 0.5, 0.7, 0]]),
    ),
    (np.array([[0, 1]]), np.array([[1.0, 1.0]])),
)


def _resampling(name: str, node_name: Any) -> Rule:
    return linear(
        name,
        _resample,
        lambda g, taps, x_shape: resample_adjoint(g, taps, x_shape[2:]),
        params=("taps",),
        node_name=node_name,
        formula=("the weight of the tap",),
        cases=(Case(((2, 3, 3, 2),), (_TAPS,)),),
    )


def _of_dimensions(before: str, after: str) -> Any:
    def named(node: Node) -> str:
        return f"{before}{len(node.shape) - 2}D{after}"

    return named


adaptive_avg_pool = _resampling(
    "adaptive_avg_pool", _of_dimensions("AdaptiveAvgPool", "Backward0")
)
upsample_nearest = _resampling(
    "upsample_nearest", _of_dimensions("UpsampleNearest", "Backward0")
)
upsample_nearest_exact = _resampling(
    "upsample_nearest_exact", _of_dimensions("UpsampleNearestExact", "Backward0")
)
upsample_linear = _resampling("upsample_linear", _of_dimensions("UpsampleLinear", "Backward0"))
upsample_bilinear = _resampling(
    "upsample_bilinear", _of_dimensions("UpsampleBilinear", "Backward0")
)
upsample_trilinear = _resampling(
    "upsample_trilinear", _of_dimensions("UpsampleTrilinear", "Backward0")
)
upsample_bicubic = _resampling(
    "upsample_bicubic", _of_dimensions("UpsampleBicubic", "Backward0")
)
UPSAMPLING = {
    "nearest": upsample_nearest,
    "nearest-exact": upsample_nearest_exact,
    "linear": upsample_linear,
    "bilinear": upsample_bilinear,
    "trilinear": upsample_trilinear,
    "bicubic": upsample_bicubic,
}
resample_adjoint: Rule = linear(
    "resample_adjoint",
    _resample_adjoint,
    lambda g, taps: adaptive_avg_pool(g, taps),
    params=("taps", "size"),
    formula=("the weight of the tap",),
    cases=(Case(((2, 3, 4, 2),), (_TAPS, (3, 2))),),
)

channel_shuffle: Rule = linear(
    "channel_shuffle",
    lambda x, channels: x[:, channels],
    lambda g, channels: channel_shuffle(g, np.argsort(channels)),
    params=("channels",),
    formula=("the channels moved back",),
    cases=(Case(((2, 4, 3),), (np.array([0, 2, 1, 3]),)),),
)
