"""Random states of an optimiser, to take one step from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], tuple[Any, ...]]


def state(
    shape: tuple[int, ...],
    settings: dict[str, tuple[float, float]],
    *,
    start: bool = False,
    positive: bool = False,
    gradient: float = 1.0,
    dtype: type = np.float64,
) -> Draw:
    """Draws parameters, what the optimiser remembers of them, a gradient, and `settings`.

    At the `start` it remembers zeros; what is `positive` is a mean of squares.
    """

    def draw(generator: np.random.Generator) -> tuple[Any, ...]:
        def numbers(low: float, high: float) -> np.ndarray:
            drawn = generator.uniform(low, high, shape) * generator.choice([-1, 1], shape)
            return np.asarray(drawn, dtype)

        theta, memory, slope = numbers(1, 3), numbers(0.2, 2), numbers(0.5, 2)
        memory = np.abs(memory) if positive else memory
        drawn = (float(generator.uniform(*ends)) for ends in settings.values())
        slope = np.asarray(gradient * slope, dtype)
        memory = np.asarray(0 * memory if start else memory)
        return theta, memory, slope, *drawn

    return draw
