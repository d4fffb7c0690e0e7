"""question_name(x): the derivative of x·exp(-x), by hand."""

import math

import numpy as np

from graders.keys.domain import arrays, exactly, numbers
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.rules import BY_HAND

FORMULA = "x*exp(-x)"


def reference(x):
    return (1 - x) * np.exp(-x)


def by_loop(x):
    flat = [math.exp(-number) * (1.0 - number) for number in np.ravel(x)]
    return np.reshape(flat, np.shape(x))


question_name = Key(
    name="question_name",
    reference=reference,
    # Where it is probed: students read the labels and never see the numbers.
    domain=(
        numbers("positive numbers", 1.5, 4.0),
        numbers("negative numbers", -3.0, -0.5),
        numbers("numbers near 0", -0.1, 0.1),
        exactly("the top of the curve", 1.0),
        arrays("an array", (2, 3)),
        arrays("an empty array", (0,)),
        arrays("float32", (4,), dtype=np.float32),
    ),
    lecture="02_chain_rule",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "differentiates the first factor only",
            lambda x: np.exp(-x),
            "Both factors move with x: the product rule has two terms.",
        ),
        Misconception(
            "differentiates the second factor only",
            lambda x: -x * np.exp(-x),
            "Both factors move with x: the product rule has two terms.",
        ),
        Misconception(
            "multiplies the slopes of the two factors",
            lambda x: -np.exp(-x),
            "Try it on x times x: would the slope be 1 times 1?",
        ),
        Misconception(
            "loses the minus sign of the exponent",
            lambda x: (1 + x) * np.exp(-x),
            "What is the slope of exp(-x) at 0: does it rise or fall?",
        ),
        Misconception(
            "is the function itself, not its slope",
            lambda x: x * np.exp(-x),
            "The question asks how steep the curve is, not how high.",
        ),
    ),
    alternatives=(
        Alternative("two terms", lambda x: np.exp(-x) - x * np.exp(-x)),
        Alternative("a quotient", lambda x: (1 - x) / np.exp(x)),
        Alternative("a loop over the numbers", by_loop),
    ),
    # Other roads to the same numbers: they hold the reference itself to account.
    oracles=(
        np.vectorize(complex_step(FORMULA, "x"), otypes=[float]),
        np.vectorize(symbolic(FORMULA, "x"), otypes=[float]),
    ),
)
