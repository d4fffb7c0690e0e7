"""slope_of_cubic(x): the derivative of a x³ + b x² + c x + d, by hand; 2x³ - 5x² + 4x - 7."""

import numpy as np

from graders.keys.domain import Region, exactly, numbers
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.ps1_derivatives.cubics import CUBICS
from graders.keys.rules import BY_HAND


def reference(x, *, a, b, c, d):
    return 3 * a * x**2 + 2 * b * x + c


def by_coefficients(x, *, a, b, c, d):
    return np.polyval(np.polyder([a, b, c, d]), x)


def term_by_term(x, *, a, b, c, d):
    slope = 0
    for power, coefficient in enumerate([d, c, b, a]):
        if power > 0:
            slope += power * coefficient * x ** (power - 1)
    return slope


def off_the_real_line(x, *, a, b, c, d):
    return complex_step(f"{a}*x**3 + {b}*x**2 + {c}*x + {d}", "x")(x)


def by_symbols(x, *, a, b, c, d):
    return symbolic(f"{a}*x**3 + {b}*x**2 + {c}*x + {d}", "x")(x)


slope_of_cubic = Key(
    name="slope_of_cubic",
    reference=reference,
    family=CUBICS,
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
            lambda x, *, a, b, c, d: 3 * a * x**2 + 2 * b * x + c + d,
            "Lift a whole curve by a constant: does it get steeper anywhere?",
        ),
        Misconception(
            "drops what the term in x leaves",
            lambda x, *, a, b, c, d: 3 * a * x**2 + 2 * b * x,
            "What is the slope of the straight line that the term in x draws?",
        ),
        Misconception(
            "keeps the term in x as it is",
            lambda x, *, a, b, c, d: 3 * a * x**2 + 2 * b * x + c * x,
            "The term in x is a straight line. Does its slope depend on x?",
        ),
        Misconception(
            "lowers the powers but does not bring them down as factors",
            lambda x, *, a, b, c, d: a * x**2 + b * x + c,
            "Differentiate x cubed on its own first: the power becomes a factor.",
        ),
        Misconception(
            "brings the powers down as factors but does not lower them",
            lambda x, *, a, b, c, d: 3 * a * x**3 + 2 * b * x**2 + c * x,
            "The slope of a parabola is a line: each power falls by one.",
        ),
        Misconception(
            "loses the minus sign of the squared term",
            lambda x, *, a, b, c, d: 3 * a * x**2 - 2 * b * x + c,
            "Check the sign of each term against the function's own.",
        ),
        Misconception(
            "is the function itself, not its slope",
            lambda x, *, a, b, c, d: a * x**3 + b * x**2 + c * x + d,
            "The question asks how steep the curve is, not how high.",
        ),
        Misconception(
            "is the second derivative",
            lambda x, *, a, b, c, d: 6 * a * x + 2 * b,
            "You have differentiated once too often.",
        ),
        Misconception(
            "integrates instead of differentiating",
            lambda x, *, a, b, c, d: a * x**4 / 4 + b * x**3 / 3 + c * x**2 / 2 + d * x,
            "Powers rise in an integral; in a derivative they fall.",
        ),
    ),
    alternatives=(
        Alternative(
            "completed square",
            lambda x, *, a, b, c, d: 3 * a * (x + b / (3 * a)) ** 2 + c - b**2 / (3 * a),
        ),
        Alternative("Horner's scheme", lambda x, *, a, b, c, d: (3 * a * x + 2 * b) * x + c),
        Alternative("NumPy's polynomials", by_coefficients),
        Alternative("a loop over the terms", term_by_term),
    ),
    oracles=(off_the_real_line, by_symbols),
)
