"""question_name: the slope of ln(1 + x²) at x = 3, a number by hand."""

import math

from graders.keys.key import Alternative, Misconception, NumberKey
from graders.keys.oracles import complex_step, symbolic

FORMULA = "log(1 + x**2)"


def reference():
    x = 3.0
    return 2 * x / (1 + x**2)


def by_chain():
    outer, inner = 1 / 10, 6
    return outer * inner


question_name = NumberKey(
    name="question_name",
    reference=reference,
    lecture="02_chain_rule",
    # Each completes "You have the numbers of an answer that ...", in students' words.
    misconceptions=(
        Misconception(
            "leaves out the slope of the inner function",
            lambda: 1 / 10,
            "The slope of ln at 10 is one of two factors. Which is the other?",
        ),
        Misconception(
            "is the slope of the inner function alone",
            lambda: 6.0,
            "How steep is the logarithm where 1 + x² arrives?",
        ),
        Misconception(
            "is the height of the curve, not its slope",
            lambda: math.log(10),
            "The question asks how steep the curve is, not how high.",
        ),
        Misconception(
            "has the opposite sign",
            lambda: -6 / 10,
            "Does 1 + x² grow or shrink to the right of x = 3?",
        ),
        Misconception(
            "divides by the square of the inner function",
            lambda: 6 / 10**2,
            "The derivative of ln u is one over u: how often do you divide?",
        ),
    ),
    alternatives=(
        Alternative("a fraction", lambda: 3 / 5),
        Alternative("factor by factor", by_chain),
        Alternative("three digits", lambda: 0.600),
    ),
    # Other roads to the same number: they hold the reference itself to account.
    oracles=(
        lambda: complex_step(FORMULA, "x")(3.0),
        lambda: symbolic(FORMULA, "x")(3.0),
    ),
)
