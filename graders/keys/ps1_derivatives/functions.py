"""Functions to be differenced: rational, so that exact arithmetic can hold a key to account."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from graders.keys.domain import Region


def cubic(generator: np.random.Generator) -> Callable[[Any], Any]:
    """A random polynomial of degree three; none of its terms is small."""
    a, b, c, d = (
        generator.uniform(0.5, 2.0, size=4) * generator.choice([-1, 1], size=4)
    ).tolist()
    return lambda x: ((a * x + b) * x + c) * x + d


def line(generator: np.random.Generator) -> Callable[[Any], Any]:
    """A random straight line, which every difference quotient gets exactly right."""
    a, b = generator.uniform(0.5, 2.0, size=2).tolist()
    return lambda x: a * x + b


def bell(generator: np.random.Generator) -> Callable[[Any], Any]:
    """A random Agnesi curve, which is no polynomial."""
    a = float(generator.uniform(0.5, 2.0))
    return lambda x: 1 / (1 + a * x * x)


def differences() -> tuple[Region, ...]:
    """Where a difference quotient rule(f, x, h) is probed."""

    def draw(family: Callable, x: tuple[float, float], h: tuple[float, float]) -> Callable:
        return lambda generator: (
            family(generator),
            float(generator.uniform(*x)),
            float(generator.uniform(*h)),
        )

    return (
        Region("a polynomial at x > 0", draw(cubic, (0.5, 2.0), (0.2, 0.6))),
        Region("a polynomial at x < 0", draw(cubic, (-2.0, -0.5), (0.2, 0.6))),
        Region("a polynomial at x = 0", draw(cubic, (0.0, 0.0), (0.2, 0.6)), 1),
        Region("a bell curve", draw(bell, (0.5, 1.5), (0.2, 0.6))),
        Region("a straight line", draw(line, (-2.0, 2.0), (0.2, 0.6)), 1),
        Region("a large step", draw(cubic, (0.5, 2.0), (3.0, 5.0)), 2),
        Region("a small step", draw(cubic, (0.5, 2.0), (0.01, 0.02)), 2),
        Region("a step to the left, h < 0", draw(cubic, (0.5, 2.0), (-0.6, -0.2)), 2),
    )


def chord(left: int, right: int) -> tuple[Callable[..., float], Callable[..., float]]:
    """Two oracles for the slope of the chord from x + left·h to x + right·h.

    One interpolates in exact rational arithmetic, the other solves for the line through both
    points with fifty decimal digits.
    """

    def exact(f: Callable[[Any], Any], x: float, h: float) -> float:
        a, b = (Fraction(x) + side * Fraction(h) for side in (left, right))
        return float(f(a) / (a - b) + f(b) / (b - a))

    def solved(f: Callable[[Any], Any], x: float, h: float) -> float:
        import mpmath

        with mpmath.workdps(50):
            a, b = (mpmath.mpf(x) + side * mpmath.mpf(h) for side in (left, right))
            slope, _ = mpmath.lu_solve(mpmath.matrix([[a, 1], [b, 1]]), [f(a), f(b)])
            return float(slope)

    return exact, solved
