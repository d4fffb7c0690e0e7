"""basins: where four walks on θ cos 4θ + 2|θ| are after a hundred steps, by running them.

Two of them end in a swing between two points, so the number of steps matters; both swings
draw their neighbours in, so that rounding does not.
"""

import math

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey
from graders.keys.oracles import complex_step

WALKS = ((-3.5, 0.05), (-3.5, 0.07), (-3.5, 0.15), (0.5, 0.15))


def reference():
    ends = []
    for theta, lr in WALKS:
        for _ in range(100):
            phase = 4 * theta
            smooth = np.cos(phase) - phase * np.sin(phase)
            theta = theta - lr * (smooth + 2 * np.sign(theta))
        ends.append(theta)
    return tuple(ends)


def by_complex_step():
    slopes = {side: complex_step(f"x*cos(4*x) + {2 * side}*x", "x") for side in (-1, 1)}
    ends = []
    for theta, lr in WALKS:
        for _ in range(100):
            theta -= lr * slopes[1 if theta > 0 else -1](theta)
        ends.append(theta)
    return ends


def with_digits():
    import mpmath

    ends = []
    with mpmath.workdps(30):
        for theta, lr in WALKS:
            theta = mpmath.mpf(theta)
            for _ in range(100):
                smooth = mpmath.cos(4 * theta) - 4 * theta * mpmath.sin(4 * theta)
                theta -= lr * (smooth + 2 * mpmath.sign(theta))
            ends.append(float(theta))
    return ends


def in_plain_python(steps=100):
    ends = []
    for theta, lr in WALKS:
        for _ in range(steps):
            slope = math.cos(4 * theta) - math.sin(4 * theta) * 4 * theta
            theta -= lr * (slope + math.copysign(2, theta))
        ends.append(theta)
    return ends


def in_single_precision():
    theta = np.array([start for start, _ in WALKS], np.float32)
    lr = np.array([step for _, step in WALKS], np.float32)
    for _ in range(100):
        smooth = np.cos(4 * theta) - 4 * theta * np.sin(4 * theta)
        theta = theta - lr * (smooth + 2 * np.sign(theta))
    return theta


def heights():
    return [theta * math.cos(4 * theta) + 2 * abs(theta) for theta in in_plain_python()]


basins = NumberKey(
    name="basins",
    reference=reference,
    parts=("small_step", "middle_step", "large_step", "from_one_half"),
    lecture="08_nonconvex",
    misconceptions=(
        Misconception(
            "counts a step too many or too few",
            lambda: in_plain_python(101),
            "The start is point 0, so the point after a hundred steps is the last of 101. Two "
            "of the walks swing, and there one step makes a difference.",
        ),
        Misconception(
            "gives the bottom of the basin for walks that never come to rest",
            lambda: (-3.1215, -1.5292, 0.0, 0.6838),
            "Two of the walks swing for ever. Where are they after exactly a hundred steps?",
        ),
        Misconception(
            "believes that every walk from -3.5 stays in the basin it starts in",
            lambda: (-3.1215, -3.1215, -3.1215, 0.6838),
            "A long step can carry over a peak. Print the path for the middle step.",
        ),
        Misconception(
            "believes that a large step leads to the global minimum from everywhere",
            lambda: (*in_plain_python()[:3], 0.0),
            "That is what the handout says of 0.5 as well. Run it.",
        ),
        Misconception(
            "believes that descent always finds the global minimum",
            lambda: (0.0, 0.0, 0.0, 0.0),
            "The walk sees only the slope under its feet. Run it and look.",
        ),
        Misconception(
            "has the three steps in the opposite order",
            lambda: (*in_plain_python()[2::-1], in_plain_python()[3]),
            "Which of your numbers belongs to which step?",
        ),
        Misconception(
            "loses the minus signs",
            lambda: np.abs(in_plain_python()).tolist(),
            "On which side of 0 does each walk begin, and where does it end?",
        ),
        Misconception(
            "gives how high the points lie instead of where they are",
            heights,
            "A walk is a list of θ. Which θ is the last?",
        ),
    ),
    alternatives=(
        Alternative("four digits, typed", lambda: (-3.296, -1.5292, 0.1115, 0.6838)),
        Alternative("plain Python", in_plain_python),
        Alternative("all four at once, in single precision", in_single_precision),
    ),
    oracles=(by_complex_step, with_digits),
    equivalent_mutants=frozenset(
        {
            "line 5: `4` became `-4`",  # only even in the phase
            "line 7: `2 * np.sign(theta)` became `2 / np.sign(theta)`",  # which is ±1
        }
    ),
)
