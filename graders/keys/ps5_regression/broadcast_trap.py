"""broadcast_trap: what a column minus a row of three numbers is, by hand.

Predictions (1, 3, 5) as a column of shape (3, 1), targets (1, 2, 9) of shape (3,).
"""

import itertools

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey


def reference():
    predictions, targets = [1, 3, 5], [1, 2, 9]
    table = [p - t for p in predictions for t in targets]
    right_loss = sum((p - t) ** 2 for p, t in zip(predictions, targets, strict=True)) / 3
    table_loss = sum(d * d for d in table) / len(table)
    return len(table), right_loss, table_loss, sum(targets) / 3


def by_numpy():
    predictions, targets = np.array([1.0, 3, 5]), np.array([1.0, 2, 9])
    table = predictions[:, None] - targets
    return (
        table.size,
        np.mean((predictions - targets) ** 2),
        np.mean(table**2),
        np.mean(targets),
    )


def by_moments():
    """Mean of the table = both variances + squared difference of the means, both of 3."""
    p, t = np.array([1.0, 3, 5]), np.array([1.0, 2, 9])
    covariance = np.mean(p * t) - p.mean() * t.mean()
    table = p.var() + t.var() + (p.mean() - t.mean()) ** 2
    best, *_ = np.linalg.lstsq(np.ones((3, 1)), t, rcond=None)
    return 3**2, table - 2 * covariance, table, best[0]


def by_search():
    pairs = list(itertools.product((1, 3, 5), (1, 2, 9)))
    heights = np.linspace(0, 9, 901)
    losses = [np.mean([(c - t) ** 2 for _, t in pairs]) for c in heights]
    own = [pairs[0], pairs[4], pairs[8]]
    return (
        len(pairs),
        np.mean([(a - b) ** 2 for a, b in own]),
        np.mean([(a - b) ** 2 for a, b in pairs]),
        heights[np.argmin(losses)],
    )


broadcast_trap = NumberKey(
    name="broadcast_trap",
    reference=reference,
    parts=("entries", "right_loss", "table_loss", "best_constant"),
    lecture="07_regression",
    misconceptions=(
        Misconception(
            "lets a column and a row subtract pair by pair",
            lambda: (3, 17 / 3, 17 / 3, 4),
            "Shapes (3, 1) and (3,) are stretched until they fit. To which shape?",
        ),
        Misconception(
            "gives sums of squares where means are asked",
            lambda: (9, 17, 147, 4),
            "Count the numbers that you added, and divide.",
        ),
        Misconception(
            "divides the nine squares of the table by three",
            lambda: (9, 17 / 3, 49, 4),
            "A mean divides by how many numbers there are in the table.",
        ),
        Misconception(
            "takes the square of the mean instead of the mean of the squares",
            lambda: (9, 1, 1, 4),
            "A difference of -4 and one of +1 partly cancel; their squares do not.",
        ),
        Misconception(
            "takes the middle target for the best constant",
            lambda: (9, 17 / 3, 49 / 3, 2),
            "The middle one is best for absolute differences. Here they are squared: put the "
            "slope of the loss to zero.",
        ),
        Misconception(
            "believes that the best constant is 0",
            lambda: (9, 17 / 3, 49 / 3, 0),
            "Predict 0 for all three, and then 1. Which loss is smaller?",
        ),
        Misconception(
            "takes roots of the two losses",
            lambda: (9, (17 / 3) ** 0.5, (49 / 3) ** 0.5, 4),
            "That is the root mean square. The loss of the lecture has no root.",
        ),
    ),
    alternatives=(
        Alternative("with NumPy", by_numpy),
        Alternative("four digits, from a calculator", lambda: (9, 5.667, 16.33, 4.0)),
        Alternative("by trying constants", by_search),
    ),
    oracles=(by_moments, by_search),
    equivalent_mutants=frozenset(  # squares do not mind which is subtracted from which
        {
            "line 3: `p - t` became `t - p`",
            "line 4: `p - t` became `t - p`",
            "line 4: `zip(predictions, targets, strict=True)` became "
            "`zip(targets, predictions, strict=True)`",
            "line 4: `zip(predictions, targets, strict=True)` became "
            "`zip(predictions, targets)`",
            "line 4: `True` became `False`",
        }
    ),
)
