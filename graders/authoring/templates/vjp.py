"""question_name(x, v): the vector-Jacobian product of tanh, component by component."""

import math

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, v):
    return v * (1 - np.tanh(x) ** 2)


def by_loop(x, v):
    result = np.zeros(np.shape(x))
    for index in np.ndindex(result.shape):
        result[index] = v[index] / math.cosh(x[index]) ** 2
    return result


def from_the_output(x, v):
    y = np.tanh(x)
    return (1 - y) * (1 + y) * v


def with_digits(x):
    import mpmath

    return elementwise(mpmath.tanh)(x)


question_name = Key(
    name="question_name",
    reference=reference,
    # The cotangents are random: ones would hide a rule that ignores them.
    domain=(
        cotangents("a vector", [(5,)], (5,), count=2),
        cotangents("a matrix", [(2, 3)], (2, 3), count=2),
        cotangents("an axis of size 1", [(1, 4)], (1, 4)),
        cotangents("x near 0", [(3,)], (3,), -1e-3, 1e-3),
        cotangents("a single number", [()], ()),
        cotangents("an empty array", [(0,)], (0,)),
        cotangents("float32", [(2, 3)], (2, 3), dtype=np.float32),
    ),
    lecture="04_backward",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "ignores the cotangent",
            lambda x, v: 1 - np.tanh(x) ** 2,
            "Try v = 0: what has to come back then?",
        ),
        Misconception(
            "hands the cotangent on unchanged",
            lambda x, v: v,
            "How steep is tanh at x = 2? Nearly flat, and yet all of v comes through.",
        ),
        Misconception(
            "forgets the square",
            lambda x, v: v * (1 - np.tanh(x)),
            "The slope of tanh is the same at x and at -x. Is yours?",
        ),
        Misconception(
            "uses x where it should use tanh(x)",
            lambda x, v: v * (1 - x**2),
            "Can the slope of tanh be negative?",
        ),
        Misconception(
            "multiplies by the value instead of the slope",
            lambda x, v: v * np.tanh(x),
            "At x = 0 the curve is steepest. What do you multiply by there?",
        ),
    ),
    alternatives=(
        Alternative("by cosh", lambda x, v: v / np.cosh(x) ** 2),
        Alternative("from the output", from_the_output),
        Alternative("a loop over the components", by_loop),
    ),
    # Other roads to the same numbers: they hold the reference itself to account.
    oracles=(vjp_by_complex_step(np.tanh), vjp_by_digits(with_digits)),
)
