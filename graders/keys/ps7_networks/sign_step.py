"""sign_step(x, gradient, epsilon): the adversary's step, kept within a picture's range.

Goodfellow, Shlens, Szegedy 2015: every input moves by ε in the direction that raises the loss.
"""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(x, gradient, epsilon):
    return np.clip(x + epsilon * np.sign(gradient), 0, 1)


def by_cases(x, gradient, epsilon):
    moved = x.copy()
    moved[gradient > 0] += epsilon
    moved[gradient < 0] -= epsilon
    return np.minimum(np.maximum(moved, 0.0), 1.0)


def plain_python(x, gradient, epsilon):
    def move(v, g):
        return min(max(v + epsilon * ((g > 0) - (g < 0)), 0.0), 1.0)

    flat = [
        move(*pair) for pair in zip(x.ravel().tolist(), gradient.ravel().tolist(), strict=True)
    ]
    return np.reshape(flat, x.shape)


def by_where(x, gradient, epsilon):
    step = np.where(gradient == 0, 0, np.where(gradient > 0, epsilon, -epsilon))
    moved = x + step
    return np.where(moved < 0, 0, np.where(moved > 1, 1, moved))


def by_room(x, gradient, epsilon):
    """Each input moves by ε or by the room that it has, whichever is less."""
    up, down = np.minimum(epsilon, 1 - x), np.minimum(epsilon, x)
    return x + up * (gradient > 0) - down * (gradient < 0)


def in_fractions(x, gradient, epsilon):
    from fractions import Fraction

    moved = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        g, v = gradient[i], Fraction(float(x[i]))
        v += Fraction(epsilon) * int(np.sign(g))
        moved[i] = float(sorted([Fraction(0), v, Fraction(1)])[1])
    return moved


def picture(shape, epsilon=(0.05, 0.2), *, dtype=np.float64, small=1.0):
    """Some inputs near 0 and 1, some gradients 0, and most of them far from 1 in size."""

    def draw(generator):
        x = generator.uniform(0.25, 0.75, shape)
        g = small * generator.uniform(0.2, 3.0, shape) * generator.choice([-1, 1], shape)
        flat, slopes = x.reshape(-1), g.reshape(-1)
        if flat.size > 5:
            flat[:5], slopes[:5] = (0.01, 0.99, 0.0, 1.0, 0.5), (-1.5, 0.7, -0.6, 2.0, 0.0)
        epsilon_ = float(generator.uniform(*epsilon))
        return x.astype(dtype), g.astype(dtype), epsilon_

    return draw


sign_step = Key(
    name="sign_step",
    reference=reference,
    domain=(
        Region("a picture", picture((3, 4)), 3),
        Region("a row of inputs", picture((7,)), 2),
        Region("two inputs", picture((2,)), 1),
        Region("tiny gradients", picture((8,), small=1e-6), 1),
        Region("no step", picture((6,), (0.0, 0.0)), 1),
        Region("a huge step", picture((6,), (2.0, 3.0)), 1),
        Region("float32", picture((3, 4), dtype=np.float32), 1),
        Region("no inputs", picture((0,)), 1),
    ),
    lecture="11_inputs",
    misconceptions=(
        Misconception(
            "steps along the gradient itself",
            lambda x, g, e: np.clip(x + e * g, 0, 1),
            "Every input moves by the same amount, however small its slope is.",
        ),
        Misconception(
            "lowers the loss",
            lambda x, g, e: np.clip(x - e * np.sign(g), 0, 1),
            "An adversary wants the loss to rise.",
        ),
        Misconception(
            "leaves the range of a picture",
            lambda x, g, e: x + e * np.sign(g),
            "A pixel of 1.05 cannot be printed. The question says what range is allowed.",
        ),
        Misconception(
            "keeps the step in the range instead of the picture",
            lambda x, g, e: x + np.clip(e * np.sign(g), 0, 1),
            "Brackets: first move, then clip. Steps may be negative.",
        ),
        Misconception(
            "cuts off at 0 only",
            lambda x, g, e: np.maximum(x + e * np.sign(g), 0),
            "A range has two ends.",
        ),
        Misconception(
            "gives the step without the picture",
            lambda x, g, e: np.clip(e * np.sign(g), 0, 1),
            "What is asked is the changed picture.",
        ),
        Misconception(
            "moves along a gradient of length 1",
            lambda x, g, e: np.clip(x + e * g / (np.linalg.norm(g) or 1), 0, 1),
            "That is the longest climb for a given length. Here each input has its own ε.",
        ),
        Misconception(
            "moves inputs whose slope is 0",
            lambda x, g, e: np.clip(x + e * np.where(g >= 0, 1, -1), 0, 1),
            "What is the sign of 0?",
        ),
    ),
    alternatives=(
        Alternative("by cases, in a copy", by_cases),
        Alternative("plain Python", plain_python),
        Alternative("np.where", by_where),
    ),
    oracles=(by_room, in_fractions),
    equivalent_mutants=frozenset(  # the larger of two numbers, in either order
        {
            "line 2: `np.clip(x + epsilon * np.sign(gradient), 0, 1)` became "
            "`np.clip(0, x + epsilon * np.sign(gradient), 1)`"
        }
    ),
)
