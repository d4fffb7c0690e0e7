"""epoch(X, y, w, order, size, lr): one pass over the data in mini-batches."""

from fractions import Fraction

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.rules import BY_HAND


def reference(X, y, w, order, size, lr):
    path = []
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        r = X[rows] @ w - y[rows]
        w = w - lr * 2 / len(rows) * (X[rows].T @ r)
        path.append(w)
    return np.array(path)


def shuffled_first(X, y, w, order, size, lr):
    X, y = X[order], y[order]
    path = []
    while len(X):
        r = X[:size] @ w - y[:size]
        w = w - lr * 2 * (r[:, None] * X[:size]).mean(axis=0)
        path.append(w)
        X, y = X[size:], y[size:]
    return path


def row_by_row(X, y, w, order, size, lr):
    w, path, batch = np.array(w), [], []
    for position, row in enumerate(order):
        batch.append(row)
        if len(batch) == size or position == len(order) - 1:
            slopes = [2 * (X[i] @ w - y[i]) * X[i] for i in batch]
            w = w - lr * sum(slopes) / len(batch)
            path.append(w.copy())
            batch = []
    return path


def with_split(X, y, w, order, size, lr):
    path = [w]
    for rows in np.split(order, range(size, len(order), size)):
        A, c = X[rows].T @ X[rows], X[rows].T @ y[rows]
        path.append(path[-1] - 2 * lr / len(rows) * (A @ path[-1] - c))
    return np.array(path[1:])


def in_fractions(X, y, w, order, size, lr):
    table = [[Fraction(float(v)) for v in row] for row in X]
    targets, w = [Fraction(float(v)) for v in y], [Fraction(float(v)) for v in w]
    path, waiting = [], list(order)
    while waiting:
        batch, waiting = waiting[:size], waiting[size:]
        slopes = [Fraction(0)] * len(w)
        for i in batch:
            residual = sum(a * b for a, b in zip(table[i], w, strict=True)) - targets[i]
            slopes = [s + 2 * residual * v for s, v in zip(slopes, table[i], strict=True)]
        w = [v - Fraction(lr) * s / len(batch) for v, s in zip(w, slopes, strict=True)]
        path.append([float(v) for v in w])
    return path


def by_affine_maps(X, y, w, order, size, lr):
    """Each batch is a linear map on (w, 1)."""
    state, path = np.append(w, 1.0), []
    for first in range(0, len(order), size):
        A = np.column_stack([X, -y])[order[first : first + size]]
        move = np.eye(len(state))
        move[:-1] -= lr * 2 * np.einsum("ni,nj->ij", A[:, :-1], A) / len(A)
        state = move @ state
        path.append(state[:-1])
    return path


def with_fixed_divisor(X, y, w, order, size, lr):
    path = []
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        w = w - lr * 2 / size * (X[rows].T @ (X[rows] @ w - y[rows]))
        path.append(w)
    return np.array(path)


def without_the_rest(X, y, w, order, size, lr):
    whole = len(order) - len(order) % size
    return reference(X, y, w, order[:whole], size, lr) if whole else np.zeros(0)


def from_the_first_weights(X, y, w, order, size, lr):
    starts = range(0, len(order), size)
    return np.array([reference(X, y, w, order[s : s + size], size, lr)[0] for s in starts])


def all_rows_every_time(X, y, w, order, size, lr):
    path = []
    for _ in range(0, len(order), size):
        w = reference(X, y, w, order, len(order), lr)[-1]
        path.append(w)
    return np.array(path)


def sums(X, y, w, order, size, lr):
    path = []
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        w = w - lr * 2 * (X[rows].T @ (X[rows] @ w - y[rows]))
        path.append(w)
    return np.array(path)


def data(rows, columns, size):
    def draw(generator):
        X, y = generator.normal(size=(rows, columns)), generator.normal(size=rows) + 1
        w, order = generator.normal(size=columns), generator.permutation(rows)
        while rows > 2 and np.array_equal(order, np.arange(rows)):
            order = generator.permutation(rows)
        return X, y, w, order, size, float(generator.uniform(0.05, 0.15))

    return draw


epoch = Key(
    name="epoch",
    reference=reference,
    domain=(
        Region("seven rows in batches of three", data(7, 2, 3), 3),
        Region("batches that fit", data(6, 3, 2), 2),
        Region("batches of one", data(4, 2, 1), 1),
        Region("one batch of all rows", data(5, 2, 5), 1),
        Region("a batch larger than the data", data(3, 2, 8), 1),
    ),
    lecture="09_optimisers",
    rtol=1e-10,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "drops the rows that do not fill a batch",
            without_the_rest,
            "With seven rows in batches of three, which row is never seen?",
        ),
        Misconception(
            "divides by the size asked, even where the last batch is smaller",
            with_fixed_divisor,
            "A mean divides by how many there are, not by how many were wished for.",
        ),
        Misconception(
            "ignores the order",
            lambda X, y, w, order, size, lr: reference(
                X, y, w, np.arange(len(order)), size, lr
            ),
            "The shuffled order says which rows come first.",
        ),
        Misconception(
            "takes every batch's slope at the first weights",
            from_the_first_weights,
            "The point of small batches is to move at once. Which w does the second one see?",
        ),
        Misconception(
            "uses all rows for every step",
            all_rows_every_time,
            "A batch is a part of the rows; that is what makes its step cheap.",
        ),
        Misconception(
            "adds over the batch where the mean is asked",
            sums,
            "A larger batch should give a better slope, not a longer step.",
        ),
        Misconception(
            "returns the start as well",
            lambda *given: np.concatenate([given[2][None], reference(*given)]),
            "One row for each batch: the weights after it.",
        ),
        Misconception(
            "returns only the last weights",
            lambda *given: reference(*given)[-1],
            "One row for each batch: the weights after it.",
        ),
        Misconception(
            "climbs",
            lambda X, y, w, order, size, lr: reference(X, y, w, order, size, -lr),
            "The gradient points uphill.",
        ),
    ),
    alternatives=(
        Alternative("shuffled first, then cut from the front", shuffled_first),
        Alternative("row by row, a batch at a time", row_by_row),
        Alternative("np.split, and normal equations", with_split),
    ),
    oracles=(in_fractions, by_affine_maps),
)
