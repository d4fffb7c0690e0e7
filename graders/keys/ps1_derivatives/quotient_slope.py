"""quotient_slope(u, du, v, dv): the derivative of a quotient, from four numbers."""

import numpy as np

from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import rule_by_complex_step, rule_by_symbols
from graders.keys.ps1_derivatives.rules import values_and_slopes
from graders.keys.rules import BY_HAND


def reference(u, du, v, dv):
    return (du * v - u * dv) / v**2


def by_product(u, du, v, dv):
    reciprocal, slope_of_reciprocal = 1 / v, -dv / v**2
    return du * reciprocal + u * slope_of_reciprocal


def by_quotient(u, du, v, dv):
    quotient = u / v
    return (du - quotient * dv) / v


def by_determinant(u, du, v, dv):
    return -np.linalg.det(np.array([[u, du], [v, dv]])) / np.square(v)


quotient_slope = Key(
    name="quotient_slope",
    reference=reference,
    domain=values_and_slopes(),
    lecture="02_chain_rule",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "has the two terms the wrong way round",
            lambda u, du, v, dv: (u * dv - du * v) / v**2,
            "Let v stand still at 1: the quotient is u, and its slope is du.",
        ),
        Misconception(
            "adds the two terms",
            lambda u, du, v, dv: (du * v + u * dv) / v**2,
            "A larger v makes the quotient smaller.",
        ),
        Misconception(
            "forgets to divide by v squared",
            lambda u, du, v, dv: du * v - u * dv,
            "Let u be 1 and v be 10x. How large can the slope of such a flat curve be?",
        ),
        Misconception(
            "divides by v where v squared belongs",
            lambda u, du, v, dv: (du * v - u * dv) / v,
            "Let v stand still at 2: half of u, so half of its slope. What does yours give?",
        ),
        Misconception(
            "divides the slopes",
            lambda u, du, v, dv: du / dv,
            "Let v stand still, so that its slope is 0: the quotient still has a slope.",
        ),
        Misconception(
            "divides by u squared",
            lambda u, du, v, dv: (du * v - u * dv) / u**2,
            "At u = 0 the quotient u/v does nothing special; does yours?",
        ),
        Misconception(
            "divides by the slope of v, squared",
            lambda u, du, v, dv: (du * v - u * dv) / dv**2,
            "Let v stand still: its slope is 0, but nothing breaks.",
        ),
        Misconception(
            "divides only the second term, for want of brackets",
            lambda u, du, v, dv: du * v - u * dv / v**2,
            "Division binds tighter than minus. Which part of the line is divided?",
        ),
    ),
    alternatives=(
        Alternative("a product with 1/v", by_product),
        Alternative("through the quotient itself", by_quotient),
        Alternative("a determinant", by_determinant),
        Alternative("two fractions", lambda u, du, v, dv: du / v - u * dv / v / v),
    ),
    equivalent_mutants=frozenset(  # each product has its factors exchanged
        {"line 1: (u, du, v, dv) became (dv, du, v, u)"}
    ),
    oracles=(rule_by_complex_step("u/v", "u v"), rule_by_symbols("u/v", "u v")),
)
