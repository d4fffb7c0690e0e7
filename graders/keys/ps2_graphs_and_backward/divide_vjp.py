"""divide_vjp(a, b, v): the VJP of a/b, element by element."""

import numpy as np

from graders.keys.domain import Region, cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(a, b, v):
    return v / b, -v * a / b**2


def from_the_result(a, b, v):
    y = a / b
    of_a = v / b
    return of_a, -of_a * y


def by_loop(a, b, v):
    of_a, of_b = np.zeros(np.shape(a)), np.zeros(np.shape(a))
    for i in np.ndindex(of_a.shape):
        of_a[i] = v[i] / b[i]
        of_b[i] = -v[i] * a[i] / (b[i] * b[i])
    return [of_a, of_b]


def as_a_product(a, b, v):
    inverse = b**-1.0
    v_inverse = v * a
    return v * inverse, v_inverse * -(inverse**2)


def quotients(label, signs, shape=(4,), dtype=np.float64, count=2, zero=False):
    def draw(generator):
        a = signs[0] * generator.uniform(0.3, 3.0, shape) * (not zero)
        b = signs[1] * generator.uniform(0.3, 3.0, shape)
        v = generator.normal(size=shape)
        return tuple(np.asarray(x, dtype) for x in (a, b, v))

    return Region(label, draw, count)


divide_vjp = Key(
    name="divide_vjp",
    reference=reference,
    domain=(
        quotients("positive numbers", (1, 1)),
        quotients("negative numerators", (-1, 1)),
        quotients("negative denominators", (1, -1), (2, 3)),
        quotients("numerators of 0", (1, 1), zero=True, count=1),
        cotangents("large numbers", [(3,), (3,)], (3,), 1e5, 1e6),
        quotients("single numbers", (1, 1), (), count=1),
        quotients("empty arrays", (1, 1), (0,), count=1),
        quotients("float32", (1, -1), (3,), np.float32, count=1),
    ),
    lecture="03_graphs",
    forbidden=BY_HAND,
    parts=("the cotangent of a", "the cotangent of b"),
    misconceptions=(
        Misconception(
            "loses the minus sign of the denominator",
            lambda a, b, v: (v / b, v * a / b**2),
            "Share a cake among more people: does a piece grow?",
        ),
        Misconception(
            "forgets the square in the denominator",
            lambda a, b, v: (v / b, -v * a / b),
            "For a = 1 it is 1/b. What is the slope of 1/b?",
            lecture="01_derivatives",
        ),
        Misconception(
            "treats the quotient as a product",
            lambda a, b, v: (v * b, v * a),
            "That is the rule of a·b. In a/b, what is left of a nudge of a when b is large?",
        ),
        Misconception(
            "leaves the numerator out of the denominator's part",
            lambda a, b, v: (v / b, -v / b**2),
            "If a is 0, then a/b stays 0 whatever b does. Does your rule know that?",
        ),
        Misconception(
            "gives the numerator's cotangent to both",
            lambda a, b, v: (v / b, v / b),
            "Two inputs, two local derivatives. Hold a still: how does a/b change with b?",
        ),
        Misconception(
            "forgets the cotangent",
            lambda a, b, v: (1 / b + 0 * v, -a / b**2 + 0 * v),
            "Those are the local derivatives. What arrives multiplies them.",
        ),
        Misconception(
            "uses the cotangent for the numerator only",
            lambda a, b, v: (v / b, -a / b**2),
            "Both inputs hear of the same v.",
        ),
        Misconception(
            "has the two cotangents in the wrong order",
            lambda a, b, v: (-v * a / b**2, v / b),
            "First a, then b, as they stand in a/b.",
        ),
        Misconception(
            "adds both into one number, as a slope along one x",
            lambda a, b, v: ((v * b - v * a) / b**2, (v * b - v * a) / b**2),
            "The quotient rule adds two roads from one x. Here a and b are nodes of their own.",
            lecture="02_chain_rule",
        ),
    ),
    alternatives=(
        Alternative("from the saved result", from_the_result),
        Alternative("a loop over the elements", by_loop),
        Alternative("a product with the inverse", as_a_product),
    ),
    oracles=(
        vjp_by_complex_step(lambda a, b: a / b, 2),
        vjp_by_digits(lambda a, b: a / b, 2),
    ),
)
