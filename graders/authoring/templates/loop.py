"""question_name(slope, x, rate, steps): where gradient descent arrives after so many steps."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


@dataclass(frozen=True)
class Valley:
    """The slope of curvature/2 · (x - bottom)², which oracles may look into."""

    curvature: float
    bottom: float

    def __call__(self, x):
        return self.curvature * (x - self.bottom)


def reference(slope, x, rate, steps):
    for _ in range(steps):
        x = x - rate * slope(x)
    return x


def by_recursion(slope, x, rate, steps):
    return x if steps == 0 else by_recursion(slope, x - rate * slope(x), rate, steps - 1)


def with_a_list(slope, x, rate, steps):
    points = [x]
    while len(points) <= steps:
        points.append(points[-1] - rate * slope(points[-1]))
    return points[-1]


def from_the_end(slope, x, rate, steps):
    left = steps
    while left > 0:
        x -= rate * slope(x)
        left -= 1
    return x


def in_closed_form(slope, x, rate, steps):
    """Every step multiplies the distance to the bottom by 1 - rate · curvature."""
    return slope.bottom + (1 - rate * slope.curvature) ** steps * (x - slope.bottom)


def exact(slope, x, rate, steps):
    curvature, bottom = Fraction(slope.curvature), Fraction(slope.bottom)
    shrink = 1 - Fraction(rate) * curvature
    return float(bottom + shrink**steps * (Fraction(x) - bottom))


def valley(rate: tuple[float, float], steps: tuple[int, int]):
    def draw(generator: np.random.Generator):
        slope = Valley(float(generator.uniform(0.5, 2.0)), float(generator.uniform(-2, 2)))
        start = slope.bottom + float(generator.choice([-1, 1]) * generator.uniform(1, 3))
        return slope, start, float(generator.uniform(*rate)), int(generator.integers(*steps))

    return draw


question_name = Key(
    name="question_name",
    reference=reference,
    # Where it is probed: students read the labels and never see the numbers.
    domain=(
        Region("a few steps", valley((0.05, 0.4), (2, 6))),
        Region("many steps", valley((0.01, 0.05), (20, 40))),
        Region("a single step", valley((0.05, 0.4), (1, 2)), 2),
        Region("no step at all", valley((0.05, 0.4), (0, 1)), 1),
        Region("a rate that overshoots", valley((1.0, 1.5), (2, 5))),
    ),
    lecture="08_nonconvex",
    misconceptions=(
        Misconception(
            "walks uphill",
            lambda slope, x, rate, steps: reference(slope, x, -rate, steps),
            "Where the curve rises to the right, the way down is to the left.",
        ),
        Misconception(
            "takes one step and stops",
            lambda slope, x, rate, steps: reference(slope, x, rate, min(steps, 1)),
            "Is the `return` inside the loop?",
        ),
        Misconception(
            "takes one step too many",
            lambda slope, x, rate, steps: reference(slope, x, rate, steps + 1),
            "With `steps = 0`, where should you still be?",
        ),
        Misconception(
            "uses the slope of the starting point for every step",
            lambda slope, x, rate, steps: x - steps * rate * slope(x),
            "The slope changes on the way: measure it where you stand.",
        ),
        Misconception(
            "leaves the rate out",
            lambda slope, x, rate, steps: reference(slope, x, 1.0, steps),
            "How far should a step go when the rate is halved?",
        ),
    ),
    alternatives=(
        Alternative("recursion", by_recursion),
        Alternative("a list of all points", with_a_list),
        Alternative("a countdown", from_the_end),
    ),
    # Other roads to the same numbers: they hold the reference itself to account.
    oracles=(in_closed_form, exact),
)
