"""newton_goes_wrong: steps on x⁴/4 - x²/2, which has a hill at 0 and floors at ±1, by hand."""

from fractions import Fraction

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey
from graders.keys.oracles import complex_step


def reference():
    x = 1.5
    from_slope = x - (x**3 - x) / (3 * x**2 - 1)
    x = 0.4
    descent = x - 0.5 * (x**3 - x)
    from_hill = x - (x**3 - x) / (3 * x**2 - 1)
    x = from_hill
    again = x - (x**3 - x) / (3 * x**2 - 1)
    return from_slope, from_hill, again, descent


def in_fractions():
    """Newton's step of this function is 2x³/(3x² - 1)."""

    def newton(x):
        return 2 * x**3 / (3 * x**2 - 1)

    x = Fraction(2, 5)
    numbers = newton(Fraction(3, 2)), newton(x), newton(newton(x)), x + (x - x**3) / 2
    return tuple(map(float, numbers))


def by_complex_step():
    slope, curvature = complex_step("x**4/4 - x**2/2", "x"), complex_step("x**3 - x", "x")

    def newton(x):
        return x - slope(x) / curvature(x)

    return newton(1.5), newton(0.4), newton(newton(0.4)), 0.4 - 0.5 * slope(0.4)


SLOPE, HILL, AGAIN, DESCENT = in_fractions()

newton_goes_wrong = NumberKey(
    name="newton_goes_wrong",
    reference=reference,
    parts=("from_slope", "from_hill", "from_hill_again", "descent_instead"),
    lecture="12_second_order",
    misconceptions=(
        Misconception(
            "takes Newton's walk from the hill straight to the floor at 1",
            lambda: (SLOPE, HILL, 1.0, DESCENT),
            "Work the second step out. Newton looks for a slope of 0, and does not ask of "
            "which kind.",
        ),
        Misconception(
            "goes the right way from the hill, against the formula",
            lambda: (SLOPE, 0.4 + 0.336 / 0.52, 1.00288, DESCENT),
            "At 0.4 the slope and the curvature are both negative. Which sign has their "
            "quotient?",
        ),
        Misconception(
            "takes the same step from the hill twice",
            lambda: (SLOPE, HILL, HILL - 0.336 / 0.52, DESCENT),
            "After the first step slope and curvature are others.",
        ),
        Misconception(
            "stays where it was for the second step",
            lambda: (SLOPE, HILL, HILL, DESCENT),
            "The second step starts from the point where the first one ended.",
        ),
        Misconception(
            "divides the function by its slope",
            lambda: (1.5 - 0.140625 / 1.875, 0.4 - 0.0736 / 0.336, 0.088945, DESCENT),
            "That finds where the function is 0. Here the slope is to be 0: everything is "
            "differentiated once more.",
        ),
        Misconception(
            "takes 3x² for the curvature",
            lambda: (1.5 - 1.875 / 6.75, 0.4 + 0.336 / 0.48, 1.1 - 0.231 / 3.63, DESCENT),
            "The slope is x³ - x. What does the second term leave?",
        ),
        Misconception(
            "lets descent climb",
            lambda: (SLOPE, HILL, AGAIN, 0.232),
            "The slope at 0.4 is negative: downhill is to the right.",
        ),
        Misconception(
            "gives the steps instead of the points",
            lambda: (SLOPE - 1.5, HILL - 0.4, AGAIN - HILL, 0.168),
            "Where do you stand after the step?",
        ),
    ),
    alternatives=(
        Alternative("four digits, from a calculator", lambda: (1.174, -0.2462, 0.03646, 0.568)),
        Alternative("fractions", lambda: (27 / 23, -16 / 65, AGAIN, 71 / 125)),
        Alternative("an array", lambda: np.array([SLOPE, HILL, AGAIN, DESCENT])),
    ),
    oracles=(in_fractions, by_complex_step),
)
