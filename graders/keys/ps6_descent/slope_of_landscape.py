"""slope_of_landscape(theta): the derivative of θ cos 4θ + 2|θ|, by hand."""

import math

import numpy as np

from graders.keys.domain import exactly, numbers
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.rules import BY_HAND


def reference(theta):
    phase = 4 * theta
    return np.cos(phase) - phase * np.sin(phase) + 2 * np.sign(theta)


def by_cases(theta):
    smooth = math.cos(4 * theta) - 4 * theta * math.sin(4 * theta)
    if theta > 0:
        return smooth + 2
    return smooth - 2 if theta < 0 else smooth


def by_quotient(theta):
    side = 0.0 if theta == 0 else abs(theta) / theta
    return 2 * side + np.cos(4 * theta) + theta * -np.sin(4 * theta) * 4


def with_phase(theta):
    """One cosine: cos φ - 4θ sin φ = sqrt(1 + 16θ²) cos(φ + atan 4θ)."""
    return np.hypot(1, 4 * theta) * np.cos(4 * theta + np.arctan(4 * theta)) + 2 * np.sign(
        theta
    )


def by_oracle(gradient):
    """A derivative finder as an oracle, on the two smooth halves and between them."""

    def slope(theta):
        side = (theta > 0) - (theta < 0)
        return gradient(f"x*cos(4*x) + {2 * side}*x", "x")(theta)

    return slope


slope_of_landscape = Key(
    name="slope_of_landscape",
    reference=reference,
    domain=(
        numbers("positive numbers", 0.2, 4.0),
        numbers("negative numbers", -4.0, -0.2),
        numbers("numbers beside 0", 0.001, 0.01, 2),
        exactly("the kink at 0", 0.0),
        numbers("large numbers", 50.0, 100.0, 2),
    ),
    lecture="08_nonconvex",
    rtol=1e-10,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "forgets that θ is a factor too",
            lambda t: -4 * t * np.sin(4 * t) + 2 * np.sign(t),
            "θ cos 4θ is a product. Which of its two factors moves?",
            lecture="02_chain_rule",
        ),
        Misconception(
            "lets only the factor θ move",
            lambda t: np.cos(4 * t) + 2 * np.sign(t),
            "θ cos 4θ is a product. Which of its two factors moves?",
            lecture="02_chain_rule",
        ),
        Misconception(
            "leaves out the inner 4",
            lambda t: np.cos(4 * t) - t * np.sin(4 * t) + 2 * np.sign(t),
            "How fast does 4θ move when θ does?",
            lecture="02_chain_rule",
        ),
        Misconception(
            "gives the cosine's slope the wrong sign",
            lambda t: np.cos(4 * t) + 4 * t * np.sin(4 * t) + 2 * np.sign(t),
            "Right of 0 the cosine falls.",
        ),
        Misconception(
            "has slope 2 on both sides of 0",
            lambda t: np.cos(4 * t) - 4 * t * np.sin(4 * t) + 2,
            "Left of 0, does |θ| rise or fall when θ grows?",
        ),
        Misconception(
            "takes the right-hand slope at the kink",
            lambda t: np.cos(4 * t) - 4 * t * np.sin(4 * t) + (2 if t >= 0 else -2),
            "At 0 itself the question asks for autograd's choice: there |θ| counts as level.",
        ),
        Misconception(
            "differentiates |θ| to θ",
            lambda t: np.cos(4 * t) - 4 * t * np.sin(4 * t) + 2 * t,
            "|θ| consists of two straight lines. What are their slopes?",
        ),
        Misconception(
            "forgets the 2 in front of |θ|",
            lambda t: np.cos(4 * t) - 4 * t * np.sin(4 * t) + np.sign(t),
            "A factor stays when you differentiate.",
        ),
    ),
    alternatives=(
        Alternative("three cases, with math", by_cases),
        Alternative("|θ|/θ for the sign", by_quotient),
        Alternative("one cosine with a phase", with_phase),
    ),
    oracles=(by_oracle(complex_step), by_oracle(symbolic)),
    equivalent_mutants=frozenset({"line 2: `4` became `-4`"}),  # only even in the phase
)
