"""fading_signal: how the mean square of a signal changes from relu layer to layer, by hand.

With weights of mean 0 and standard deviation σ and n inputs, a layer multiplies it by nσ²/2
(He and others 2015). Here n = 100, and σ = 0.1 at first.
"""

import math
from fractions import Fraction

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey


def reference():
    width, std, q = 100, 0.1, 1.0
    factor = width * std**2 / 2
    for _ in range(10):
        q = q * factor
    layers = math.ceil(math.log(1e-6) / math.log(factor))
    return factor, q, math.sqrt(2 / width), layers


def in_fractions():
    factor = 100 * Fraction(1, 10) ** 2 / 2
    layers, q = 0, Fraction(1)
    while q >= Fraction(1, 10**6):
        q *= factor
        layers += 1
    low, high = 0.0, 1.0
    for _ in range(60):  # the σ for which 100σ²/2 is 1
        middle = (low + high) / 2
        low, high = (middle, high) if 100 * middle**2 / 2 < 1 else (low, middle)
    return float(factor), float(factor**10), low, layers


def by_integration():
    """E relu(u)² for normal u by quadrature; then the same by logarithms."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    half = np.sum(weights[points > 0] * points[points > 0] ** 2) / weights.sum()
    factor = 100 * 0.1**2 * half
    return factor, np.exp(10 * np.log(factor)), (100 * half) ** -0.5, -(np.log2(1e-6) // 1)


fading_signal = NumberKey(
    name="fading_signal",
    reference=reference,
    rtol=1.6e-3,  # 0.141 is right for a keeping_std of 0.14142, and 19.93 layers are not 20
    parts=("factor", "after_ten", "keeping_std", "layers"),
    lecture="10_network",
    misconceptions=(
        Misconception(
            "forgets that the kink halves the mean square",
            lambda: (1.0, 1.0, 0.1, 0),
            "Half of the pre-activations are negative. What is left of their squares?",
        ),
        Misconception(
            "does not square the standard deviation",
            lambda: (5.0, 5.0**10, 0.02, 0),
            "Variances add, and the variance is σ².",
        ),
        Misconception(
            "multiplies by ten layers instead of taking the tenth power",
            lambda: (0.5, 5.0, math.sqrt(0.02), 20),
            "Two layers: half of a half. Ten layers?",
        ),
        Misconception(
            "takes the mean square for the size: gives roots",
            lambda: (math.sqrt(0.5), 0.5**5, math.sqrt(0.02), 40),
            "The mean of the squares is asked, not its root.",
        ),
        Misconception(
            "gives the variance that keeps the signal instead of the standard deviation",
            lambda: (0.5, 0.5**10, 0.02, 20),
            "nσ²/2 = 1 gives σ². What is asked is σ.",
        ),
        Misconception(
            "forgets the kink only for the standard deviation",
            lambda: (0.5, 0.5**10, 0.1, 20),
            "That is the right one without a kink. With σ = 0.1 the signal halves: see your "
            "first number.",
        ),
        Misconception(
            "stops one layer too early",
            lambda: (0.5, 0.5**10, math.sqrt(0.02), 19),
            "0.5 to the 19th is 1.9 millionths.",
        ),
        Misconception(
            "counts ten layers as nine",
            lambda: (0.5, 0.5**9, math.sqrt(0.02), 20),
            "After no layer it is 1, after one layer 0.5.",
        ),
    ),
    alternatives=(
        Alternative("typed", lambda: (0.5, 0.000977, 0.1414, 20)),
        Alternative("powers and roots", lambda: [1 / 2, 2**-10, 2**0.5 / 10, 20]),
        Alternative("counted and searched", in_fractions),
    ),
    oracles=(in_fractions, by_integration),
    equivalent_mutants=frozenset({"line 2: `0.1` became `-0.1`"}),  # it is squared
)
