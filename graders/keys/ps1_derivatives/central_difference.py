"""central_difference(f, x, h): the slope of the chord from x - h to x + h."""

import numpy as np

from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps1_derivatives.functions import chord, differences


def reference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def mean_of_both_sides(f, x, h):
    right = (f(x + h) - f(x)) / h
    left = (f(x) - f(x - h)) / h
    return (right + left) / 2


def by_loop(f, x, h):
    total = 0.0
    for side in (+1, -1):
        total += side * f(x + side * h)
    return total / (2 * h)


def by_weights(f, x, h):
    return np.dot([f(x - h), f(x + h)], [-0.5, 0.5]) / h


central_difference = Key(
    name="central_difference",
    reference=reference,
    domain=differences(),
    lecture="01_derivatives",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "divides by h though the run is longer",
            lambda f, x, h: (f(x + h) - f(x - h)) / h,
            "How far is it from the left point to the right one? Try the line f(x) = x.",
        ),
        Misconception(
            "steps only to the right",
            lambda f, x, h: (f(x + h) - f(x)) / h,
            "Central means that x lies in the middle of the two points.",
        ),
        Misconception(
            "steps only to the left",
            lambda f, x, h: (f(x) - f(x - h)) / h,
            "Central means that x lies in the middle of the two points.",
        ),
        Misconception(
            "steps half as far as h to each side",
            lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h,
            "A good rule, with half the step that is asked: the points are x - h and x + h.",
        ),
        Misconception(
            "divides and multiplies in turn: / 2 * h is not / (2 * h)",
            lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
            "Python reads / and * from left to right. Where do brackets belong?",
        ),
        Misconception(
            "has the opposite sign",
            lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
            "Try the line f(x) = x: it climbs. Does your slope say so?",
        ),
        Misconception(
            "adds the two values where their difference is meant",
            lambda f, x, h: (f(x + h) + f(x - h)) / (2 * h),
            "A constant function has slope 0 everywhere. What does yours give for f(x) = 1?",
        ),
        Misconception(
            "always takes the same small step, whatever h it is given",
            lambda f, x, h: (f(x + 1e-6) - f(x - 1e-6)) / 2e-6,
            "Call it with h = 1 and with h = 0.1 on x cubed: should both give the same?",
        ),
    ),
    alternatives=(
        Alternative("the mean of the slopes on both sides", mean_of_both_sides),
        Alternative("a loop over the sides", by_loop),
        Alternative("weights and a dot product", by_weights),
        Alternative("a half and a product", lambda f, x, h: 0.5 / h * (f(x + h) - f(x - h))),
    ),
    oracles=chord(-1, 1),
)
