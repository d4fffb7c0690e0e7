"""forward_difference(f, x, h): the slope of the chord from x to x + h."""

import numpy as np

from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps1_derivatives.functions import chord, differences


def reference(f, x, h):
    return (f(x + h) - f(x)) / h


def in_two_lines(f, x, h):
    rise = f(x + h) - f(x)
    run = (x + h) - x
    return rise / run * (run / h)


def of_arrays(f, x, h):
    here, there = (f(point) for point in np.array([x, x + h]))
    return np.diff([here, there])[0] / h


forward_difference = Key(
    name="forward_difference",
    reference=reference,
    domain=differences(),
    lecture="01_derivatives",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "steps to the left, from x - h to x",
            lambda f, x, h: (f(x) - f(x - h)) / h,
            "Draw the two points that you evaluate: on which side of x is the second one?",
        ),
        Misconception(
            "takes one step to each side",
            lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
            "That is a good rule, with another name. Here one of the two points is x itself.",
        ),
        Misconception(
            "gives the rise without dividing by the run",
            lambda f, x, h: f(x + h) - f(x),
            "A slope is rise over run. How long is the run?",
        ),
        Misconception(
            "divides by x",
            lambda f, x, h: (f(x + h) - f(x)) / x,
            "The run is how far you walked, not where you stand.",
        ),
        Misconception(
            "divides by 2h though it walks only h",
            lambda f, x, h: (f(x + h) - f(x)) / (2 * h),
            "Try the line f(x) = x, whose slope you know. What do you get, and why?",
        ),
        Misconception(
            "divides only f(x), for want of brackets",
            lambda f, x, h: f(x + h) - f(x) / h,
            "Division binds tighter than minus. Which part of the line is divided?",
        ),
        Misconception(
            "has the opposite sign",
            lambda f, x, h: (f(x) - f(x + h)) / h,
            "Try the line f(x) = x: it climbs. Does your slope say so?",
        ),
        Misconception(
            "always takes the same small step, whatever h it is given",
            lambda f, x, h: (f(x + 1e-6) - f(x)) / 1e-6,
            "Call it with h = 1 and with h = 0.1 on a parabola: should both give the same?",
        ),
        Misconception(
            "divides by h squared",
            lambda f, x, h: (f(x + h) - f(x)) / h**2,
            "Halve h on a straight line: the slope of a line must not depend on h.",
        ),
    ),
    alternatives=(
        Alternative("rise and run in lines of their own", in_two_lines),
        Alternative("NumPy numbers", of_arrays),
        Alternative("the quotient taken apart", lambda f, x, h: f(x + h) / h - f(x) / h),
        Alternative("the step behind", lambda f, x, h: (f(x) - f(x + h)) / -h),
    ),
    oracles=chord(0, 1),
)
