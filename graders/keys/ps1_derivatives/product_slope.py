"""product_slope(u, du, v, dv): the derivative of a product, from four numbers."""

import numpy as np

from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import rule_by_complex_step, rule_by_symbols
from graders.keys.ps1_derivatives.rules import values_and_slopes
from graders.keys.rules import BY_HAND


def reference(u, du, v, dv):
    return du * v + u * dv


def by_dot(u, du, v, dv):
    return np.dot([du, u], [v, dv])


def by_relative_change(u, du, v, dv):
    if u == 0 or v == 0:
        return v * du + u * dv
    return (u * v) * (du / u + dv / v)


product_slope = Key(
    name="product_slope",
    reference=reference,
    domain=values_and_slopes(),
    lecture="02_chain_rule",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "multiplies the two slopes",
            lambda u, du, v, dv: du * dv,
            "Take u = x and v = x, so that the product is x². Is its slope 1 everywhere?",
        ),
        Misconception(
            "lets only u move",
            lambda u, du, v, dv: du * v,
            "Both factors move with x; each movement adds something.",
        ),
        Misconception(
            "lets only v move",
            lambda u, du, v, dv: u * dv,
            "Both factors move with x; each movement adds something.",
        ),
        Misconception(
            "subtracts the second term",
            lambda u, du, v, dv: du * v - u * dv,
            "Two growing sides make a rectangle grow. Can one of them shrink it?",
        ),
        Misconception(
            "weighs each slope by its own value instead of the other's",
            lambda u, du, v, dv: u * du + v * dv,
            "A rectangle of sides u and v: when u grows, how long is the strip that is added?",
        ),
        Misconception(
            "adds the slopes",
            lambda u, du, v, dv: du + dv,
            "That is the rule for a sum u + v.",
        ),
        Misconception(
            "adds the product of the slopes to the rule",
            lambda u, du, v, dv: du * v + u * dv + du * dv,
            "The little corner of the rectangle vanishes faster than the two strips.",
        ),
    ),
    alternatives=(
        Alternative("the other order", lambda u, du, v, dv: u * dv + v * du),
        Alternative("a dot product", by_dot),
        Alternative("relative changes", by_relative_change),
    ),
    equivalent_mutants=frozenset(  # the product rule is symmetric
        {
            "line 1: (u, du, v, dv) became (dv, du, v, u)",
            "line 1: (u, du, v, dv) became (u, v, du, dv)",
        }
    ),
    oracles=(rule_by_complex_step("u*v", "u v"), rule_by_symbols("u*v", "u v")),
)
