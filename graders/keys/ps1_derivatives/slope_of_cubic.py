"""slope_of_cubic(x): the derivative of 2x³ - 5x² + 4x - 7, by hand."""

import numpy as np

from graders.keys.domain import Region, exactly, numbers
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.rules import BY_HAND

FORMULA = "2*x**3 - 5*x**2 + 4*x - 7"


def reference(x):
    return 6 * x**2 - 10 * x + 4


def by_coefficients(x):
    return np.polyval(np.polyder([2, -5, 4, -7]), x)


def term_by_term(x):
    slope = 0
    for power, coefficient in enumerate([-7, 4, -5, 2]):
        if power > 0:
            slope += power * coefficient * x ** (power - 1)
    return slope


slope_of_cubic = Key(
    name="slope_of_cubic",
    reference=reference,
    domain=(
        numbers("positive numbers", 1.5, 4.0),
        numbers("negative numbers", -4.0, -0.5),
        numbers("numbers near 0", -0.1, 0.1),
        numbers("large numbers", 1e5, 1e6),
        exactly("x = 0", 0.0),
        Region("whole numbers", lambda g: (int(g.integers(2, 9)),), 1),
    ),
    lecture="01_derivatives",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "keeps the constant",
            lambda x: 6 * x**2 - 10 * x + 4 - 7,
            "Lift a whole curve by 7: does it get steeper anywhere?",
        ),
        Misconception(
            "drops the term that the 4x leaves",
            lambda x: 6 * x**2 - 10 * x,
            "What is the slope of the line 4x?",
        ),
        Misconception(
            "keeps 4x as it is",
            lambda x: 6 * x**2 - 10 * x + 4 * x,
            "4x is a line. Does its slope depend on x?",
        ),
        Misconception(
            "lowers the powers but does not bring them down as factors",
            lambda x: 2 * x**2 - 5 * x + 4,
            "Differentiate x cubed on its own first: the power becomes a factor.",
        ),
        Misconception(
            "brings the powers down as factors but does not lower them",
            lambda x: 6 * x**3 - 10 * x**2 + 4 * x,
            "The slope of a parabola is a line: each power falls by one.",
        ),
        Misconception(
            "loses the minus sign of the squared term",
            lambda x: 6 * x**2 + 10 * x + 4,
            "Check the sign of each term against the function's own.",
        ),
        Misconception(
            "is the function itself, not its slope",
            lambda x: 2 * x**3 - 5 * x**2 + 4 * x - 7,
            "The question asks how steep the curve is, not how high.",
        ),
        Misconception(
            "is the second derivative",
            lambda x: 12 * x - 10,
            "You have differentiated once too often.",
        ),
        Misconception(
            "integrates instead of differentiating",
            lambda x: x**4 / 2 - 5 * x**3 / 3 + 2 * x**2 - 7 * x,
            "Powers rise in an integral; in a derivative they fall.",
        ),
    ),
    alternatives=(
        Alternative("factored", lambda x: 2 * (3 * x - 2) * (x - 1)),
        Alternative("Horner's scheme", lambda x: (6 * x - 10) * x + 4),
        Alternative("NumPy's polynomials", by_coefficients),
        Alternative("a loop over the terms", term_by_term),
    ),
    oracles=(complex_step(FORMULA, "x"), symbolic(FORMULA, "x")),
)
