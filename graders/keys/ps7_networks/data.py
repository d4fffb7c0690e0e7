"""Random two-layer networks, and inputs for them; no pre-activation is near the kink."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], tuple[Any, ...]]


def network(
    rows: int,
    sizes: tuple[int, int, int],
    *,
    cotangent: bool = False,
    scale: float = 1.0,
    dead: bool = False,
    dtype: type = np.float64,
) -> Draw:
    """Draws X (n, d), W1 (d, h), b1 (h,), W2 (h, k), b2 (k,), and a cotangent (n, k).

    With `dead` the first hidden unit is off for every row.
    """
    d, h, k = sizes

    def once(generator: np.random.Generator) -> list[np.ndarray]:
        shapes = (rows, d), (d, h), (h,), (h, k), (k,), (rows, k)
        X, W1, b1, W2, b2, v = (generator.normal(size=shape) for shape in shapes)
        if dead:
            b1[0] = -100.0
        return [scale * X, W1, b1, W2, b2, v]

    def draw(generator: np.random.Generator) -> tuple[Any, ...]:
        while True:
            X, W1, b1, *rest = once(generator)
            z = X @ W1 + b1
            far = np.all(np.abs(z) > 1e-2)
            if far and ((np.any(z > 0) and np.any(z < 0)) or z.size < 2):
                break
        arrays = [np.asarray(a, dtype) for a in (X, W1, b1, *rest)]
        return tuple(arrays if cotangent else arrays[:-1])

    return draw
