"""gradient_of_two_roads(x): the gradient of p·q, both of which depend on both inputs.

p = x₁ exp(x₂), q = x₁² + x₂, y = p·q. Each input reaches y by two roads.
"""

import math

import numpy as np

from graders.keys.domain import arrays, exactly
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.rules import BY_HAND

FORMULA = "a*exp(b)*(a**2 + b)"


def reference(x):
    a, b = x
    p, q = a * np.exp(b), a**2 + b
    return np.array([q * np.exp(b) + p * 2 * a, q * p + p])


def multiplied_out(x):
    a, b = x
    return np.exp(b) * np.array([3 * a**2 + b, a**3 + a * b + a])


def by_jacobian(x):
    a, b = np.asarray(x, dtype=np.float64)
    growth = np.exp(b)
    inner = np.array([[growth, a * growth], [2 * a, 1.0]])
    outer = np.array([a**2 + b, a * growth])
    return outer @ inner


def plain_python(x):
    a, b = float(x[0]), float(x[1])
    growth = math.exp(b)
    return [growth * (a * a + b) + 2 * a * a * growth, a * growth * (a * a + b + 1)]


def by_loop(x):
    p, q = x[0] * np.exp(x[1]), x[0] ** 2 + x[1]
    slopes_of_p = [np.exp(x[1]), p]
    slopes_of_q = [2 * x[0], 1.0]
    gradient = np.zeros(2)
    for i in range(2):
        gradient[i] += q * slopes_of_p[i]
        gradient[i] += p * slopes_of_q[i]
    return gradient


def _roads(x):
    """p and q, and their local slopes."""
    growth = np.exp(x[1])
    p, q = x[0] * growth, x[0] ** 2 + x[1]
    return p, q, np.array([growth, p]), np.array([2 * x[0], 1.0])


def only_p(x):
    _, q, slopes_of_p, _ = _roads(x)
    return q * slopes_of_p


def only_q(x):
    p, _, _, slopes_of_q = _roads(x)
    return p * slopes_of_q


def unweighted(x):
    _, _, slopes_of_p, slopes_of_q = _roads(x)
    return slopes_of_p + slopes_of_q


def multiplied(x):
    _, _, slopes_of_p, slopes_of_q = _roads(x)
    return slopes_of_p * slopes_of_q


def own_weights(x):
    p, q, slopes_of_p, slopes_of_q = _roads(x)
    return p * slopes_of_p + q * slopes_of_q


def one_road_each(x):
    p, q, slopes_of_p, slopes_of_q = _roads(x)
    return np.array([p * slopes_of_q[0], q * slopes_of_p[1]])


def subtracted(x):
    p, q, slopes_of_p, slopes_of_q = _roads(x)
    return q * slopes_of_p - p * slopes_of_q


gradient_of_two_roads = Key(
    name="gradient_of_two_roads",
    reference=reference,
    domain=(
        arrays("positive inputs", (2,), 0.3, 1.5),
        arrays("negative inputs", (2,), -1.5, -0.3),
        arrays("inputs of either sign", (2,), -2.0, 2.0),
        arrays("large inputs", (2,), 10.0, 20.0, count=2),
        arrays("float32 inputs", (2,), 0.3, 1.5, count=2, dtype=np.float32),
        exactly("x = (0, 0)", np.zeros(2)),
    ),
    lecture="02_chain_rule",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "follows only the road through p",
            only_p,
            "Cover p in the drawing: can a change of x₁ still reach y?",
        ),
        Misconception(
            "follows only the road through q",
            only_q,
            "Cover q in the drawing: can a change of x₁ still reach y?",
        ),
        Misconception(
            "adds the local slopes without the slope of y on each road",
            unweighted,
            "A road has two links. Which number belongs to the link from p to y?",
        ),
        Misconception(
            "multiplies the two roads where they add",
            multiplied,
            "Along a road slopes multiply; over the roads they add.",
        ),
        Misconception(
            "weighs the road through p by p, and the one through q by q",
            own_weights,
            "How fast does p·q move when only p moves?",
        ),
        Misconception(
            "keeps one road for x₁ and the other for x₂",
            one_road_each,
            "Count the roads that start at x₁ and end at y; then those that start at x₂.",
        ),
        Misconception(
            "subtracts one road from the other",
            subtracted,
            "Both roads carry the same nudge to y. Does one undo the other?",
        ),
        Misconception(
            "has the two components in the wrong order",
            lambda x: reference(x)[::-1],
            "The first component is the slope along x₁: x₂ stands still.",
        ),
    ),
    alternatives=(
        Alternative("multiplied out by hand", multiplied_out),
        Alternative("a Jacobian times a row", by_jacobian),
        Alternative("plain Python, a list", plain_python),
        Alternative("a loop that accumulates", by_loop),
    ),
    oracles=(complex_step(FORMULA, "a b"), symbolic(FORMULA, "a b")),
)
