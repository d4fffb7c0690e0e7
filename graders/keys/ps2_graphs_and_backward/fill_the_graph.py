"""fill_the_graph: the cotangents of y = c·sin x + c·x at x = π/3, c = 4, by hand.

Both x and c reach y by two roads, and no local derivative on those roads is 1, so that adding,
overwriting and multiplying where roads meet give different numbers.
"""

import math

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey
from graders.keys.oracles import complex_step, symbolic


def reference():
    x, c = math.pi / 3, 4.0
    v_d, v_a = 1.0, c
    v_x = v_a * math.cos(x) + c
    v_c = math.sin(x) + x
    return v_d, v_a, v_x, v_c


def by_oracle(gradient):
    """A derivative finder as an oracle: of y from a and d, and of y from x and c."""

    def numbers():
        v_a, v_d = gradient("4*a + d", "a d")(np.array([math.sin(math.pi / 3), 1.0]))
        v_x, v_c = gradient("c*sin(x) + c*x", "x c")(np.array([math.pi / 3, 4.0]))
        return [v_d, v_a, v_x, v_c]

    return numbers


def by_formula():
    x, c = np.pi / 3, 4
    return np.array([1, c, c * (np.cos(x) + 1), np.sin(x) + x])


fill_the_graph = NumberKey(
    name="fill_the_graph",
    reference=reference,
    parts=("v_d", "v_a", "v_x", "v_c"),
    lecture="04_backward",
    misconceptions=(
        Misconception(
            "writes over what has already arrived, where it should add",
            lambda: (1, 4, 2, math.sqrt(3) / 2),
            "Two arrows leave x. What does the second cotangent do to the first one?",
        ),
        Misconception(
            "keeps the first cotangent that arrives and drops the second",
            lambda: (1, 4, 4, math.pi / 3),
            "Two arrows leave x. Did anything come back along the other one?",
        ),
        Misconception(
            "multiplies where two roads meet",
            lambda: (1, 4, 8, math.sqrt(3) / 2 * math.pi / 3),
            "Along a road slopes multiply. What happens where two roads end at one node?",
        ),
        Misconception(
            "keeps the sine where its slope belongs",
            lambda: (1, 4, 4 * math.sin(math.pi / 3) + 4, math.sin(math.pi / 3) + math.pi / 3),
            "On the arrow from x to a stands not the value of a, but how fast it moves.",
            lecture="02_chain_rule",
        ),
        Misconception(
            "gives the slope of the sine a minus sign",
            lambda: (1, 4, 2, math.sin(math.pi / 3) + math.pi / 3),
            "At π/3 the sine still climbs. What is its slope there?",
            lecture="02_chain_rule",
        ),
        Misconception(
            "weighs each factor of a product by itself instead of by the other one",
            lambda: (1, math.sqrt(3) / 2, math.sqrt(3) / 4 + math.pi / 3, 8),
            "In b = c·a, nudge a: what is the nudge multiplied by?",
        ),
        Misconception(
            "passes the cotangent through a product unchanged",
            lambda: (1, 1, 1.5, 2),
            "That is what a sum does. In b = c·a, what stands on the arrow from a to b?",
        ),
        Misconception(
            "fills in the values of the nodes instead of their cotangents",
            lambda: (4 * math.pi / 3, math.sqrt(3) / 2, math.pi / 3, 4),
            "Values run forward. Start again at y, with 1, and walk against the arrows.",
        ),
    ),
    alternatives=(
        Alternative("the formulas of both gradients", by_formula),
        Alternative("three digits, from a calculator", lambda: (1, 4, 6, 1.91)),
        Alternative(
            "roots instead of functions", lambda: [1, 4, 6, math.sqrt(0.75) + math.pi / 3]
        ),
    ),
    oracles=(by_oracle(complex_step), by_oracle(symbolic)),
)
