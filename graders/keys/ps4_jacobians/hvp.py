"""hvp(gradient, x, t): the Hessian times t, by sending dual numbers through a gradient."""

from fractions import Fraction

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps4_jacobians.dual import Dual


def reference(gradient, x, t):
    moving = [Dual(value, tangent) for value, tangent in zip(x, t)]  # noqa: B905
    return np.array([slope.tangent for slope in gradient(moving)])


def column_by_column(gradient, x, t):
    columns = []
    for j in range(len(x)):
        moving = [Dual(value, float(i == j)) for i, value in enumerate(x)]
        columns.append([slope.tangent for slope in gradient(moving)])
    return np.transpose(columns) @ t


def off_the_real_line(gradient, x, t):
    slopes = gradient([complex(a, b * 1e-20) for a, b in zip(x, t, strict=True)])
    return [slope.imag / 1e-20 for slope in slopes]


def five_points_in_fractions(gradient, x, t):
    """Exact for polynomials of degree four and less, with any step."""
    total = [Fraction(0)] * len(x)
    for step, weight in [(-2, Fraction(1, 12)), (-1, Fraction(-8, 12)),
                         (1, Fraction(8, 12)), (2, Fraction(-1, 12))]:  # fmt: skip
        point = [Fraction(a) + step * Fraction(b) for a, b in zip(x, t, strict=True)]
        slopes = gradient(point)
        total = [sum_ + weight * slope for sum_, slope in zip(total, slopes, strict=True)]
    return np.array([float(number) for number in total])


def with_digits(gradient, x, t):
    import mpmath

    with mpmath.workdps(60):
        h = mpmath.mpf(10) ** -25
        ends = [
            gradient([mpmath.mpf(a) + side * h * mpmath.mpf(b) for a, b in zip(x, t)])  # noqa: B905
            for side in (-1, 1)
        ]
        return np.array([float((b - a) / (2 * h)) for a, b in zip(*ends, strict=True)])


def valley(size):
    """A gradient of (Σ wᵢxᵢ²)²/4 + Σ cᵢxᵢxᵢ₊₁ in + and * alone, a point, and a direction."""

    def draw(generator):
        w = generator.uniform(0.5, 1.5, size).tolist()
        c = generator.uniform(0.5, 2.0, max(size - 1, 0)).tolist()

        def gradient(x):
            total = sum(w[i] * x[i] * x[i] for i in range(size))
            slopes = [total * x[i] * w[i] for i in range(size)]
            for i in range(size - 1):
                slopes[i] = slopes[i] + c[i] * x[i + 1]
                slopes[i + 1] = slopes[i + 1] + c[i] * x[i]
            return slopes

        return gradient, generator.uniform(-1.5, 1.5, size), generator.normal(size=size)

    return draw


def direction(make):
    """`reference` with another direction, made from x and t."""
    return lambda gradient, x, t: reference(gradient, x, make(x, t))


hvp = Key(
    name="hvp",
    reference=reference,
    domain=(
        Region("two numbers", valley(2), 3),
        Region("five numbers", valley(5), 3),
        Region("a single number", valley(1), 2),
    ),
    lecture="06_jacobians",
    misconceptions=(
        Misconception(
            "gives the gradient itself: the values, not the tangents",
            lambda gradient, x, t: np.array(gradient(list(x))),
            "Each slope that comes out is a dual number. Which half of it do you want?",
        ),
        Misconception(
            "moves every number with speed 1 instead of in the direction t",
            direction(lambda x, t: np.ones_like(t)),
            "What is t for? It says how fast each number moves.",
        ),
        Misconception(
            "moves along x instead of along t",
            direction(lambda x, t: x),
            "A dual number has two halves: where it stands, and how fast it moves.",
        ),
        Misconception(
            "multiplies the gradient by t, entry by entry",
            lambda gradient, x, t: np.array(gradient(list(x))) * t,
            "The Hessian says how the gradient changes. Let the numbers move and see.",
        ),
        Misconception(
            "gives one number, the change of the slope along t",
            lambda gradient, x, t: t @ reference(gradient, x, t),
            "H t has an entry for each number in x. Do not add them.",
        ),
        Misconception(
            "takes the diagonal of the Hessian alone",
            lambda gradient, x, t: (
                np.array(
                    [reference(gradient, x, unit)[i] for i, unit in enumerate(np.eye(len(x)))]
                )
                * t
            ),
            "The slope along one number changes when another one moves, too.",
        ),
        Misconception(
            "has the opposite sign",
            direction(lambda x, t: -t),
            "Walk along t: do you subtract the new gradient from the old one?",
        ),
    ),
    alternatives=(
        Alternative("the whole Hessian, column by column", column_by_column),
        Alternative("a step off the real line", off_the_real_line),
        Alternative("five points in fractions", five_points_in_fractions),
    ),
    oracles=(with_digits, five_points_in_fractions),
)
