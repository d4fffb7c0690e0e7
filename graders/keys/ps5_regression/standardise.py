"""standardise(X): every column with mean 0 and standard deviation 1."""

import numpy as np

from graders.keys.domain import Region, arrays
from graders.keys.key import Alternative, Key, Misconception


def reference(X):
    centred = X - np.mean(X, axis=0)
    spread = np.sqrt(np.mean(centred**2, axis=0))
    return centred / np.where(spread > 0, spread, 1)


def by_columns(X):
    result = np.zeros(X.shape)
    for j in range(X.shape[1]):
        column = X[:, j]
        if column.std() > 0:
            result[:, j] = (column - column.mean()) / column.std()
    return result


def by_moments(X):
    mean = X.sum(axis=0) / len(X)
    variance = ((X - mean) * (X - mean)).sum(axis=0) / len(X)
    variance[variance == 0] = 1.0
    return (X - mean) * variance**-0.5


def as_lists(X):
    columns = []
    for column in np.transpose(X).tolist():
        mean = sum(column) / len(column)
        spread = (sum((v - mean) ** 2 for v in column) / len(column)) ** 0.5
        columns.append([(v - mean) / (spread or 1.0) for v in column])
    return [list(row) for row in zip(*columns, strict=True)]


def by_standard_library(X):
    from statistics import fmean, pstdev

    columns = [(c, fmean(c), pstdev(c) or 1.0) for c in X.astype(float).T.tolist()]
    return np.array([[(v - mean) / spread for v in c] for c, mean, spread in columns]).T


def with_digits(X):
    import mpmath

    result = np.zeros(X.shape)
    with mpmath.workdps(40):
        for j, column in enumerate(X.T):
            values = [mpmath.mpf(float(v)) for v in column]
            mean = mpmath.fsum(values) / len(values)
            length = mpmath.norm([v - mean for v in values])
            for i, v in enumerate(values):
                result[i, j] = (v - mean) * mpmath.sqrt(len(values)) / length if length else 0
    return result


def safe(spread):
    return np.where(spread > 0, spread, 1)


def table(scales, *, dtype=np.float64, constant=False):
    """Four rows; columns of different means and spreads."""

    def draw(generator):
        scales_ = np.array(scales)
        X = generator.uniform(0.5, 2.0, (4, len(scales))) * scales_ + 3 * scales_
        X[0] -= 4 * scales_  # so that no column lies symmetrically
        if constant:
            X[:, 0] = 2.0
        return (X.astype(dtype),)

    return draw


standardise = Key(
    name="standardise",
    reference=reference,
    domain=(
        Region("columns of different size", table((1.0, 100.0, 0.01)), 3),
        Region("a column that never changes", table((1.0, 5.0), constant=True), 2),
        Region("float32", table((1.0, 10.0, 0.5), dtype=np.float32), 1),
        arrays("as many rows as columns", (3, 3), count=1),
        arrays("two rows", (2, 3), count=1),
        arrays("a single row", (1, 3), count=1),
    ),
    lecture="07_regression",
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "takes one mean and one spread for the whole table",
            lambda X: (X - X.mean()) / safe(X.std()),
            "Floor space and age have nothing to do with each other: each column by itself.",
        ),
        Misconception(
            "works along the rows",
            lambda X: (X - X.mean(axis=1, keepdims=True)) / safe(X.std(axis=1, keepdims=True)),
            "A row is one flat, a column one quantity. Over which of them is the mean?",
        ),
        Misconception(
            "only subtracts the mean",
            lambda X: X - X.mean(axis=0),
            "The columns are centred. Are they of one scale?",
        ),
        Misconception(
            "only divides by the spread",
            lambda X: X / safe(X.std(axis=0)),
            "Print the mean of each column of the result.",
        ),
        Misconception(
            "divides by the variance",
            lambda X: (X - X.mean(axis=0)) / safe(X.var(axis=0)),
            "In square metres, what is the unit of the variance? What should the result have?",
        ),
        Misconception(
            "divides by n - 1 in the spread",
            lambda X: (X - X.mean(axis=0)) / safe(X.std(axis=0, ddof=min(1, len(X) - 1))),
            "That estimates the spread of what the data came from. Here it is the spread of "
            "these numbers, whose mean square becomes 1.",
        ),
        Misconception(
            "divides by the spread before it subtracts the mean of the old numbers",
            lambda X: X / safe(X.std(axis=0)) - X.mean(axis=0),
            "Division binds tighter than minus. Where do brackets belong?",
        ),
        Misconception(
            "divides 0 by 0 where a column never changes",
            lambda X: (X - X.mean(axis=0)) / X.std(axis=0),
            "What is the spread of a column of twos? The question says what is to come out.",
        ),
        Misconception(
            "stretches each column from 0 to 1",
            lambda X: (X - X.min(axis=0)) / safe(X.max(axis=0) - X.min(axis=0)),
            "Also a way to one scale, but not centred: the mean is not 0.",
        ),
    ),
    alternatives=(
        Alternative("column by column", by_columns),
        Alternative("sums, and a negative power", by_moments),
        Alternative("plain lists", as_lists),
    ),
    oracles=(by_standard_library, with_digits),
    equivalent_mutants=frozenset(  # what 0 is divided by
        {"line 4: `1` became `2`", "line 4: `1` became `-1`"}
    ),
)
