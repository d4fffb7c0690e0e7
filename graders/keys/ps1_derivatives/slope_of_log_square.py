"""slope_of_log_square: the slope of ln(x²) at x = -4, and what a false recipe gives, by hand.

Lecture 02 takes apart a handout which prints 4 for the slope at 5, where 0.4 is right: it
multiplies the slope of the whole chain by the slope of the inner function once more.
"""

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey
from graders.keys.oracles import complex_step, symbolic


def reference():
    x = -4.0
    slope = 1 / x**2 * (2 * x)
    handout = slope * (2 * x)
    return slope, handout


def by_chain():
    outer, inner = 1 / 16, -8
    return [outer * inner, outer * inner * inner]


slope_of_log_square = NumberKey(
    name="slope_of_log_square",
    reference=reference,
    parts=("slope_at_minus_four", "handouts_number"),
    lecture="02_chain_rule",
    misconceptions=(
        Misconception(
            "takes the handout's number for the slope as well",
            lambda: (4.0, 4.0),
            "The curve falls at -4: draw it. Can its slope there be positive?",
        ),
        Misconception(
            "leaves out the slope of the inner function",
            lambda: (1 / 16, 1 / 16 * -8),
            "The slope of ln at 16 is one of two factors. Which is the other?",
        ),
        Misconception(
            "takes the slope of ln at x, not at x²",
            lambda: (-1 / 4, 2.0),
            "The logarithm never sees -4. What number arrives at it?",
        ),
        Misconception(
            "takes the slope of ln at x and then multiplies by the inner one",
            lambda: (2.0, -16.0),
            "The logarithm never sees -4. What number arrives at it?",
        ),
        Misconception(
            "loses the minus sign of x",
            lambda: (0.5, 4.0),
            "x is -4 here. Which of the factors does its sign reach?",
        ),
        Misconception(
            "counts the inner slope twice in the slope, and once in the handout's number",
            lambda: (4.0, -0.5),
            "You have both numbers; which of the two is the slope of the curve?",
        ),
        Misconception(
            "expects the handout to be right",
            lambda: (-0.5, -0.5),
            "The slope is right. The handout multiplies by one factor more: by which?",
        ),
        Misconception(
            "takes over the slope at 5 from the lecture",
            lambda: (0.4, 4.0),
            "The lecture stands at 5. Where do you stand here?",
        ),
    ),
    alternatives=(
        Alternative("the logarithm's own rule first: ln x² = 2 ln |x|", lambda: (2 / -4, 4)),
        Alternative("outer times inner, as a list", by_chain),
        Alternative("single precision", lambda: np.array([-0.5, 4], dtype=np.float32)),
        Alternative("whole numbers and NumPy numbers", lambda: (np.float64(-0.5), np.int64(4))),
    ),
    oracles=(
        lambda: [complex_step(f, "x")(-4.0) for f in ("log(x**2)", "4*x")],
        lambda: [symbolic(f, "x")(-4.0) for f in ("log(x**2)", "4*x")],
    ),
)
