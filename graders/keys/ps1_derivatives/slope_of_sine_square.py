"""slope_of_sine_square(x): the derivative of sin(x²), by the chain rule."""

import math

import numpy as np

from graders.keys.domain import exactly, numbers
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.rules import BY_HAND

FORMULA = "sin(x**2)"


def reference(x):
    return 2 * x * np.cos(x**2)


def in_steps(x):
    square = x * x
    outer = math.cos(square)
    inner = x + x
    return outer * inner


def of_arrays(x):
    (value,) = np.cos(np.array([x]) ** 2) * np.array([2.0]) * x
    return value


slope_of_sine_square = Key(
    name="slope_of_sine_square",
    reference=reference,
    domain=(
        numbers("positive numbers", 0.3, 2.5),
        numbers("negative numbers", -2.5, -0.3),
        numbers("numbers near 0", 1e-3, 1e-2, count=2),
        numbers("numbers up to 20", 10.0, 20.0),
        exactly("x = 0", 0.0),
    ),
    lecture="02_chain_rule",
    forbidden=BY_HAND,
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "leaves out the slope of the inner function",
            lambda x: np.cos(x**2),
            "If x moves a little, how fast does x² move? That speed must appear.",
        ),
        Misconception(
            "takes the outer slope at x, not at x²",
            lambda x: np.cos(x) * 2 * x,
            "The sine never sees x. What number arrives at it?",
        ),
        Misconception(
            "puts the slope of the inner function inside the cosine",
            lambda x: np.cos(2 * x),
            "Two slopes are multiplied; neither goes into the other.",
        ),
        Misconception(
            "gives the slope of the sine a minus sign",
            lambda x: -2 * x * np.cos(x**2),
            "At 0 the sine climbs. What is its slope there?",
        ),
        Misconception(
            "keeps the sine where its slope belongs",
            lambda x: 2 * x * np.sin(x**2),
            "The outer function must be differentiated too.",
        ),
        Misconception(
            "differentiates (sin x)² instead of sin(x²)",
            lambda x: 2 * np.sin(x) * np.cos(x),
            "What is done first to x here: the square, or the sine?",
        ),
        Misconception(
            "forgets the factor 2 of the inner slope",
            lambda x: x * np.cos(x**2),
            "Differentiate x² on its own, and look at its factor.",
        ),
        Misconception(
            "keeps x² as its own slope",
            lambda x: x**2 * np.cos(x**2),
            "Which power of x is the slope of x²?",
        ),
        Misconception(
            "adds the inner and the outer slope",
            lambda x: 2 * x + np.cos(x**2),
            "Gear wheels: if one turns twice as fast and the next three times, do speeds add?",
        ),
        Misconception(
            "takes the angle for degrees",
            lambda x: 2 * x * np.cos(np.radians(x**2)),
            "math and NumPy measure angles in radians, and so does this slope.",
        ),
    ),
    alternatives=(
        Alternative("inner and outer slope in steps", in_steps),
        Alternative("NumPy arrays of one", of_arrays),
        Alternative("a shifted sine", lambda x: 2 * x * math.sin(x * x + math.pi / 2)),
        Alternative("a product with the inner slope last", lambda x: math.cos(x**2) * (2 * x)),
    ),
    oracles=(complex_step(FORMULA, "x"), symbolic(FORMULA, "x")),
)
