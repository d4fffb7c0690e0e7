"""question_name(values): the mean of the values so far, at each of them."""

import math
from fractions import Fraction

import numpy as np

from graders.keys.domain import arrays
from graders.keys.key import Alternative, Key, Misconception


def reference(values):
    counts = np.arange(1, len(values) + 1)
    return np.cumsum(values) / counts


def step_by_step(values):
    mean, means = 0.0, []
    for count, value in enumerate(values, start=1):
        mean += (value - mean) / count
        means.append(mean)
    return np.array(means)


def by_matrix(values):
    rows = np.tri(len(values))
    return rows @ values / rows.sum(axis=1)


def exact(values):
    numbers = [Fraction(float(value)) for value in values]
    return np.array([float(sum(numbers[: i + 1]) / (i + 1)) for i in range(len(numbers))])


def with_fsum(values):
    numbers = [float(value) for value in values]
    return np.array([math.fsum(numbers[: i + 1]) / (i + 1) for i in range(len(numbers))])


question_name = Key(
    name="question_name",
    reference=reference,
    # Where it is probed: students read the labels and never see the numbers.
    domain=(
        arrays("a few values", (5,)),
        arrays("many values", (40,), count=1),
        arrays("large values", (6,), 1e5, 1e6),
        arrays("a single value", (1,)),
        arrays("no value at all", (0,), count=1),
        arrays("float32", (5,), dtype=np.float32),
    ),
    lecture="05_tensors",
    misconceptions=(
        Misconception(
            "adds up and does not divide",
            np.cumsum,
            "The mean of three values is smaller than their sum. By which factor?",
        ),
        Misconception(
            "divides every sum by the number of all values",
            lambda values: np.cumsum(values) / len(values),
            "How many values have been seen at the second place?",
        ),
        Misconception(
            "gives the mean of all values at every place",
            lambda values: np.full(len(values), np.mean(values)),
            "The first mean knows the first value only.",
        ),
        Misconception(
            "leaves the newest value out",
            lambda values: (np.cumsum(values) - values) / np.arange(1, len(values) + 1),
            "What should the first mean be?",
        ),
        Misconception(
            "starts from the last value",
            lambda values: reference(values[::-1])[::-1],
            "Print the result for [1, 2, 6]: which of the three is a mean of one value?",
        ),
    ),
    alternatives=(
        Alternative("one step at a time", step_by_step),
        Alternative("a triangle of ones", by_matrix),
        Alternative(
            "a mean of each slice",
            lambda values: np.array([np.mean(values[: i + 1]) for i in range(len(values))]),
        ),
    ),
    # Other roads to the same numbers: they hold the reference itself to account.
    oracles=(exact, with_fsum),
)
