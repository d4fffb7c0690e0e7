"""Random tables of inputs with targets, for fits of y ≈ X w + b."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], tuple[Any, ...]]


def fit(rows: int, columns: int, *, scale: float = 1.0, dtype: type = np.float64) -> Draw:
    """Draws X (rows, columns), y (rows,), w (columns,) and b, far from the best fit."""

    def draw(generator: np.random.Generator) -> tuple[Any, ...]:
        X = generator.uniform(0.5, 2.0, (rows, columns)) * generator.choice([-1, 1], columns)
        y = generator.normal(size=rows) + 15.0  # residuals of one sign, so that none cancel
        w, b = generator.normal(size=columns), generator.uniform(0.5, 2.0)
        arrays = (np.asarray(a, dtype) for a in (scale * X, y, w))
        return (*arrays, float(b) if dtype is np.float64 else dtype(b))

    return draw


def perfect_fit(rows: int, columns: int) -> Draw:
    """As `fit`, with targets that lie on the line."""

    def draw(generator: np.random.Generator) -> tuple[Any, ...]:
        X, _, w, b = fit(rows, columns)(generator)
        return X, X @ w + b, w, b

    return draw
