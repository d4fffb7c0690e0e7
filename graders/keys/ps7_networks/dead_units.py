"""dead_units(X, W1, b1): how many hidden units are off for every row."""

import numpy as np

from graders.keys.domain import Region, exactly
from graders.keys.key import Alternative, Key, Misconception


def reference(X, W1, b1):
    return np.sum(np.all(X @ W1 + b1 <= 0, axis=0))


def unit_by_unit(X, W1, b1):
    dead = 0
    for weights, bias in zip(W1.T, b1, strict=True):
        if not any(row @ weights + bias > 0 for row in X):
            dead += 1
    return dead


def by_largest(X, W1, b1):
    return int(np.count_nonzero((X @ W1 + b1).max(axis=0) <= 0))


def by_hidden_sums(X, W1, b1):
    hidden = np.maximum(X @ W1 + b1, 0)
    return len(b1) - np.count_nonzero(hidden.sum(axis=0))


def in_fractions(X, W1, b1):
    from fractions import Fraction

    count = 0
    for j in range(len(b1)):
        column = [Fraction(float(w)) for w in W1[:, j]]
        z = [sum(Fraction(float(a)) * w for a, w in zip(row, column, strict=True)) for row in X]
        count += max(z) + Fraction(float(b1[j])) <= 0
    return count


def by_slopes(X, W1, b1):
    """A dead unit is one whose bias has no slope: by differences of the summed output."""
    z = X @ W1 + b1
    room = np.min(np.where(z > 0, z, np.inf)) if np.any(z > 0) else 1.0
    lower = np.maximum(z - min(room, 1.0) / 2, 0).sum(axis=0)
    return int(np.sum(np.maximum(z, 0).sum(axis=0) == lower))


def units(rows, inputs, hidden, dead):
    """`dead` units far below 0 for all rows, others on for some rows and off for others."""

    def draw(generator):
        while True:
            X = generator.normal(size=(rows, inputs))
            W1, b1 = generator.normal(size=(inputs, hidden)), generator.normal(size=hidden) / 4
            off = generator.permutation(hidden)[:dead]
            b1[off] = -np.max(X @ W1[:, off], axis=0, initial=0) - generator.uniform(0.1, 1.0)
            z = X @ W1 + b1
            live = np.delete(z, off, axis=1)
            mixed = np.all(np.any(live > 0, axis=0) & np.any(live < 0, axis=0))
            if mixed and np.any(np.all(live <= 0, axis=1)) <= 1 and np.abs(z).min() > 1e-6:
                return X, W1, b1

    return draw


_EDGE = (
    np.array([[1.0, 2.0], [2.0, 1.0]]),
    np.array([[-1.0, 1.0, -1.0, 0.0], [0.0, 0.0, -1.0, 0.0]]),
    np.array([1.0, 0.0, 2.5, 0.0]),
)


dead_units = Key(
    name="dead_units",
    reference=reference,
    domain=(
        Region("some dead, most alive", units(6, 3, 7, 2), 3),
        Region("none dead", units(8, 2, 4, 0), 2),
        Region("one alive", units(5, 3, 4, 3), 1),
        Region("more rows than units", units(12, 2, 3, 1), 1),
        exactly("units that are exactly at 0", *_EDGE),
    ),
    lecture="10_network",
    discrete=True,
    misconceptions=(
        Misconception(
            "counts the zeros in the hidden layer",
            lambda X, W1, b1: np.sum(X @ W1 + b1 <= 0),
            "A unit may rest for one row and work for another. Dead is one that never works.",
        ),
        Misconception(
            "counts units that are off for some row",
            lambda X, W1, b1: np.sum(np.any(X @ W1 + b1 <= 0, axis=0)),
            "Off for some row is how a relu works. Off for every row is dead.",
        ),
        Misconception(
            "counts the living units",
            lambda X, W1, b1: np.sum(np.any(X @ W1 + b1 > 0, axis=0)),
            "The dead ones are asked.",
        ),
        Misconception(
            "counts rows for which all units are off",
            lambda X, W1, b1: np.sum(np.all(X @ W1 + b1 <= 0, axis=1)),
            "Rows are axis 0, units axis 1. Over which do you ask `all`?",
        ),
        Misconception(
            "leaves out the bias",
            lambda X, W1, b1: np.sum(np.all(X @ W1 <= 0, axis=0)),
            "A bias that is very negative is the usual cause of death.",
        ),
        Misconception(
            "does not count a unit that is exactly 0 for some row",
            lambda X, W1, b1: np.sum(np.all(X @ W1 + b1 < 0, axis=0)),
            "relu(0) is 0, and its slope counts as 0: such a unit passes nothing either.",
        ),
        Misconception(
            "gives the share instead of the number",
            lambda X, W1, b1: np.mean(np.all(X @ W1 + b1 <= 0, axis=0)),
            "How many, not which part of them.",
        ),
        Misconception(
            "counts units whose values sum to less than 0",
            lambda X, W1, b1: np.sum((X @ W1 + b1).sum(axis=0) <= 0),
            "A large negative value hides a small positive one. One positive value is life.",
        ),
    ),
    alternatives=(
        Alternative("unit by unit", unit_by_unit),
        Alternative("the largest value of each unit", by_largest),
        Alternative("sums of hidden values", by_hidden_sums),
    ),
    oracles=(in_fractions, by_slopes),
)
