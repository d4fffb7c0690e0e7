"""hessian_vector_product(x, v): H v for f(x) = ¼ (Σ x²)², without H.

The gradient is s x with s = Σ x², so H v = s v + 2 (x·v) x.
"""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, v):
    return np.sum(x * x) * v + 2 * np.sum(x * v) * x


def by_loop(x, v):
    length = along = 0.0
    for a, b in zip(x, v, strict=True):
        length += a * a
        along += a * b
    return [length * b + 2 * along * a for a, b in zip(x, v, strict=True)]


def by_parts(x, v):
    """Along x the curvature is 3s, across it s."""
    s = x.dot(x)
    if not s:
        return 0 * v
    along = x.dot(v) / s * x
    return 3 * s * along + s * (v - along)


def by_tangents(x, v):
    """The product rule on s x, with v for the movement of x."""
    s, moving_s = np.vdot(x, x), 2 * np.vdot(x, v)
    return moving_s * x + s * v


def by_oracle(vjp):
    """H is its own transpose, so a VJP of the gradient is the product."""
    return vjp(lambda x: (x * x).sum() * x)


def vectors(label, n, *, scale=1.0, dtype=np.float64, count=2):
    def draw(generator):
        x = generator.uniform(0.3, 2.0, n) * generator.choice([-1, 1], n)
        return (scale * x).astype(dtype), generator.normal(size=n).astype(dtype)

    return Region(label, draw, count)


hessian_vector_product = Key(
    name="hessian_vector_product",
    reference=reference,
    domain=(
        vectors("three components", 3, count=3),
        vectors("one component", 1),
        vectors("fifty components", 50),
        vectors("large x", 4, scale=1e4, count=1),
        vectors("float32", 4, dtype=np.float32),
        vectors("no component", 0, count=1),
        Region("x = 0", lambda g: (np.zeros(3), g.normal(size=3)), 1),
    ),
    lecture="12_second_order",
    rtol=1e-10,
    forbidden=BY_HAND | {"numpy.outer", "numpy.eye", "numpy.identity", "numpy.diag"},
    misconceptions=(
        Misconception(
            "treats Σ x² as if it did not depend on x",
            lambda x, v: np.sum(x * x) * v,
            "The gradient is a product of two things that move. Which did you hold still?",
        ),
        Misconception(
            "lets only Σ x² move",
            lambda x, v: 2 * np.sum(x * v) * x,
            "The gradient is a product of two things that move. Which did you hold still?",
        ),
        Misconception(
            "drops the 2 from the movement of Σ x²",
            lambda x, v: np.sum(x * x) * v + np.sum(x * v) * x,
            "When x moves by v, by how much does x·x move?",
        ),
        Misconception(
            "takes the diagonal of the Hessian only",
            lambda x, v: (np.sum(x * x) + 2 * x * x) * v,
            "Moving one component changes the slope along all others. Where are they?",
        ),
        Misconception(
            "gives the gradient",
            lambda x, v: np.sum(x * x) * x,
            "How does the gradient *change* when x moves along v?",
        ),
        Misconception(
            "gives the curvature along v, one number, in every component",
            lambda x, v: (
                (np.sum(x * x) * np.sum(v * v) + 2 * np.sum(x * v) ** 2) * np.ones_like(v)
            ),
            "That is v·Hv. What is asked has a component for each component of x.",
        ),
        Misconception(
            "has v where x belongs in the second term",
            lambda x, v: np.sum(x * x) * v + 2 * np.sum(x * v) * v,
            "The second term comes from the moving s in s x. What does it stand before?",
        ),
        Misconception(
            "exchanges x and v",
            lambda x, v: np.sum(v * v) * x + 2 * np.sum(x * v) * v,
            "Doubling v must double the product.",
        ),
        Misconception(
            "keeps the ¼ of the function",
            lambda x, v: (np.sum(x * x) * v + 2 * np.sum(x * v) * x) / 4,
            "Differentiate ¼ s² once: two factors of 2 appear.",
        ),
    ),
    alternatives=(
        Alternative("a loop over the components", by_loop),
        Alternative("along x and across it", by_parts),
        Alternative("the product rule with tangents", by_tangents),
    ),
    oracles=(by_oracle(vjp_by_complex_step), by_oracle(vjp_by_digits)),
)
