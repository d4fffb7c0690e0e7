"""helix_jacobian(x): the 3 x 2 Jacobian of (r cos θ, r sin θ, θ) at x = (r, θ)."""

import math

import numpy as np

from graders.keys.domain import Region, exactly
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import complex_step, symbolic
from graders.keys.rules import BY_HAND


def reference(x):
    r, angle = x
    return np.array(
        [
            [np.cos(angle), -r * np.sin(angle)],
            [np.sin(angle), r * np.cos(angle)],
            [0.0, 1.0],
        ]
    )


def by_columns(x):
    r, angle = x
    along = np.array([math.cos(angle), math.sin(angle), 0])
    around = np.array([-r * along[1], r * along[0], 1])
    return np.column_stack([along, around])


def as_lists(x):
    c, s = math.cos(x[1]), math.sin(x[1])
    return [[c, -x[0] * s], [s, x[0] * c], [0, 1]]


def entry_by_entry(x):
    J = np.zeros((3, 2))
    J[0, 0], J[1, 0] = np.cos(x[1]), np.sin(x[1])
    J[0, 1], J[1, 1] = -x[0] * J[1, 0], x[0] * J[0, 0]
    J[2, 1] = 1.0
    return J


def by_oracle(gradient):
    """One gradient a row; the third output is written so that both inputs are in it."""
    rows = [gradient(f, "r t") for f in ("r*cos(t)", "r*sin(t)", "t + 0*r")]
    return lambda x: np.array([row(x) for row in rows])


def changed(place, value):
    """The right table with one entry that is different."""

    def answer(x):
        J = reference(x)
        J[place] = value(*x)
        return J

    return answer


def where(label, low, high, angles, count=2, dtype=np.float64):
    def draw(generator):
        x = [generator.uniform(low, high), generator.uniform(*angles)]
        return (np.array(x, dtype),)

    return Region(label, draw, count)


helix_jacobian = Key(
    name="helix_jacobian",
    reference=reference,
    domain=(
        where("a small turn", 0.5, 2.0, (0.2, 1.2)),
        where("a turn to the other side", 0.5, 2.0, (-1.2, -0.2)),
        where("many turns", 0.5, 2.0, (20.0, 40.0)),
        where("a wide stair", 100.0, 200.0, (2.0, 3.0)),
        where("float32", 0.5, 2.0, (0.2, 1.2), dtype=np.float32),
        exactly("the axis itself, r = 0", np.array([0.0, 0.7])),
        exactly("no turn at all", np.array([1.5, 0.0])),
    ),
    lecture="06_jacobians",
    forbidden=BY_HAND,
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "has rows and columns exchanged",
            lambda x: reference(x).T,
            "Three outputs, two inputs. Which of them have the rows?",
        ),
        Misconception(
            "has the columns in the wrong order",
            lambda x: reference(x)[:, ::-1],
            "The first column belongs to the first input, r.",
        ),
        Misconception(
            "forgets the minus sign of the cosine's slope",
            changed((0, 1), lambda r, angle: r * np.sin(angle)),
            "Turn a little to the left from θ = 0.5: does the first output grow?",
        ),
        Misconception(
            "gives the sine's slope the minus sign as well",
            changed((1, 1), lambda r, angle: -r * np.cos(angle)),
            "Only one of sine and cosine falls when the angle starts to grow from 0.",
        ),
        Misconception(
            "forgets r in the second column",
            lambda x: reference(np.array([1.0, x[1]])),
            "On a wide stair the same turn takes you further. Where is r in your formulas?",
        ),
        Misconception(
            "lets the third output depend on r",
            changed((2, 0), lambda r, angle: 1.0),
            "The third output is θ. Walk outwards: do you climb?",
        ),
        Misconception(
            "gives the third output no slope at all",
            changed((2, 1), lambda r, angle: 0.0),
            "The third output is θ itself. How fast does it grow with θ?",
        ),
        Misconception(
            "gives the values of the first two outputs in the first column",
            lambda x: np.column_stack(
                [x[0] * reference(x)[:, 0] + [0, 0, 0], reference(x)[:, 1]]
            ),
            "Hold θ still. How much does r cos θ grow when r grows by 1?",
        ),
        Misconception(
            "takes the angle for degrees",
            lambda x: reference(np.array([x[0], np.radians(x[1])])),
            "NumPy measures angles in radians, and so do these slopes.",
        ),
    ),
    alternatives=(
        Alternative("column by column", by_columns),
        Alternative("lists of Python numbers", as_lists),
        Alternative("entry by entry", entry_by_entry),
    ),
    oracles=(by_oracle(complex_step), by_oracle(symbolic)),
)
