"""The numerical derivative: what tells that a gradient is right without holding the answer.

Everything is one directional derivative, d/dt f(x + t·d) at t = 0. Central differences at
halving steps are extrapolated to step zero (Richardson; the choice of the best entry is
Ridders'), and replaced by a complex step, exact to the last digits, where the function can be
evaluated off the real line and both agree. Where a function has a kink, a jump, or is not
defined, no number is trustworthy, and that is said rather than guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from graders.check.values import Problem, quietly

Function = Callable[..., np.ndarray]

_STEPS = 2.0 ** -np.arange(6, 14)
_COMPLEX_STEP = 1e-20
_ROUNDING = float(np.finfo(np.float64).eps)


class Slope(NamedTuple):
    """A directional derivative with the shape of f's value.

    `error` estimates how far off it may be; `trusted` says where it means anything.
    """

    value: np.ndarray
    error: np.ndarray
    trusted: np.ndarray


def directional(
    f: Function, inputs: Sequence[np.ndarray], direction: Sequence[np.ndarray], *, real: bool
) -> Slope:
    """The derivative of `f` at `inputs` along `direction`, both lists of float64 arrays.

    `real` keeps to real arguments, for functions that would not understand complex ones.

    Raises:
        Problem: f cannot be evaluated at `inputs` themselves.
    """
    with quietly():
        centre = np.asarray(f(*inputs), dtype=np.float64)

        def along(t: complex) -> np.ndarray:
            return f(*(x + t * d for x, d in zip(inputs, direction, strict=True)))

        value, error, scale = _extrapolated(along, centre, inputs, direction)
        magnitude = np.maximum(np.abs(value), np.abs(centre) / scale)
        trusted = _settled(value, error, magnitude)
        trusted &= ~_kinked(along, centre, scale, magnitude)
        slope = Slope(value, error, trusted)
        return slope if real else _sharpened(along, slope)


def _settled(value: np.ndarray, error: np.ndarray, magnitude: np.ndarray) -> np.ndarray:
    return np.isfinite(value) & (error <= 1e-5 * np.abs(value) + 1e-9 * magnitude + 1e-12)


def _extrapolated(
    along: Callable[[complex], np.ndarray],
    centre: np.ndarray,
    inputs: Sequence[np.ndarray],
    direction: Sequence[np.ndarray],
) -> tuple[np.ndarray, np.ndarray, float]:
    """Ridders' table (1982): best value, its error estimate, and the scale of the steps."""
    length = max((float(np.max(np.abs(d), initial=0.0)) for d in direction), default=0.0) or 1.0
    size = max(
        (
            float(np.max(np.abs(x[d != 0]), initial=0.0))
            for x, d in zip(inputs, direction, strict=True)
        ),
        default=0.0,
    )
    value, error = np.full(centre.shape, np.nan), np.full(centre.shape, np.inf)
    for scale in (max(size, 1.0) / length, size / length or 1e-6):
        previous: list[np.ndarray] = []
        for step in scale * _STEPS:
            slope = _central(along, step, centre)
            row = [slope]
            for level, coarser in enumerate(previous, start=1):
                row.append(row[-1] + (row[-1] - coarser) / (4**level - 1))
                estimate = np.maximum(abs(row[-1] - row[-2]), abs(row[-1] - coarser))
                estimate = np.maximum(estimate, _ROUNDING * np.abs(centre) / step)
                better = np.isfinite(row[-1]) & (estimate < error)
                value, error = (
                    np.where(better, row[-1], value),
                    np.where(better, estimate, error),
                )
            previous = row if np.all(np.isfinite(slope)) else []
        if np.all(_settled(value, error, np.abs(centre) / scale)):
            break
    return value, error, scale


def _central(
    along: Callable[[complex], np.ndarray], step: float, centre: np.ndarray
) -> np.ndarray:
    try:
        return np.asarray((along(step) - along(-step)) / (2 * step), dtype=np.float64)
    except Problem:  # the step left the function's domain; a smaller one may not
        return np.full(centre.shape, np.nan)


def _kinked(
    along: Callable[[complex], np.ndarray],
    centre: np.ndarray,
    scale: float,
    magnitude: np.ndarray,
) -> np.ndarray:
    """Where the slopes from the left and from the right do not meet as the step shrinks."""

    def gap(step: float) -> np.ndarray:
        try:
            return np.abs((along(step) - centre) - (centre - along(-step))) / step
        except Problem:
            return np.zeros(centre.shape)

    wide, narrow = gap(scale * 2.0**-14), gap(scale * 2.0**-18)
    return (narrow > 1e-5 * magnitude) & (narrow > 0.5 * wide)


def _sharpened(along: Callable[[complex], np.ndarray], slope: Slope) -> Slope:
    """`slope`, replaced by the complex step (Squire and Trapp, 1998) where the two agree."""
    try:
        exact = np.asarray(np.imag(along(1j * _COMPLEX_STEP)) / _COMPLEX_STEP)
    except Exception:  # math.sin, a comparison, int(): the function is for real numbers
        return slope
    value, error, trusted = slope
    if exact.shape != value.shape:
        return slope
    agree = trusted & (np.abs(exact - value) <= 10 * error + 1e-9 * np.abs(value))
    return Slope(np.where(agree, exact, value), np.where(agree, 0.0, error), trusted)
