"""rmsprop_step(theta, square, gradient, lr, alpha, eps): a step by the size of past gradients.

s ← αs + (1 - α)g², then θ ← θ - η g/(√s + ε), PyTorch's RMSprop without momentum.
"""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps6_descent.steps import state

SETTINGS = {"lr": (0.05, 0.2), "alpha": (0.6, 0.95), "eps": (1e-3, 1e-1)}


def reference(theta, square, gradient, lr, alpha, eps):
    square = alpha * square + (1 - alpha) * gradient**2
    return theta - lr * gradient / (np.sqrt(square) + eps), square


def as_a_correction(theta, square, gradient, lr, alpha, eps):
    square = square + (1 - alpha) * (gradient * gradient - square)
    scale = lr / (eps + square**0.5)
    return theta - scale * gradient, square


def number_by_number(theta, square, gradient, lr, alpha, eps):
    moved, squares = theta.copy(), square.copy()
    for index in np.ndindex(theta.shape):
        g = gradient[index]
        squares[index] = alpha * square[index] + (1 - alpha) * g * g
        moved[index] = theta[index] - lr * g / (squares[index] ** 0.5 + eps)
    return moved, squares


def by_average(theta, square, gradient, lr, alpha, eps):
    square = np.average([square, gradient**2], axis=0, weights=[alpha, 1 - alpha])
    return [theta - lr * np.divide(gradient, np.sqrt(square) + eps), square]


def by_hypotenuse(theta, square, gradient, lr, alpha, eps):
    t, s, g = (np.asarray(a, np.float64) for a in (theta, square, gradient))
    root = np.hypot(np.sqrt(alpha * s), np.sqrt(1 - alpha) * g)
    return t - lr / (root / g + eps / g), root**2


def with_digits(theta, square, gradient, lr, alpha, eps):
    import mpmath

    moved, squares = np.zeros(theta.shape), np.zeros(theta.shape)
    with mpmath.workdps(40):
        rate, share, small = map(mpmath.mpf, (lr, alpha, eps))
        for i in np.ndindex(theta.shape):
            t, s, g = (mpmath.mpf(float(a[i])) for a in (theta, square, gradient))
            s = share * s + (1 - share) * g * g
            moved[i], squares[i] = t - rate * g / (mpmath.sqrt(s) + small), s
    return moved, squares


def stepping(root=np.sqrt, mixed=lambda s, g, a: a * s + (1 - a) * g**2, down=None):
    """A step with one thing wrong in it."""

    def answer(t, s, g, lr, alpha, eps):
        s = mixed(s, g, alpha)
        divisor = down(s, eps) if down else root(s) + eps
        return t - lr * g / divisor, s

    return answer


def with_the_old_square(t, s, g, lr, alpha, eps):
    return t - lr * g / (np.sqrt(s) + eps), alpha * s + (1 - alpha) * g**2


rmsprop_step = Key(
    name="rmsprop_step",
    reference=reference,
    parts=("the new parameters", "the new mean of squares"),
    domain=(
        Region("three parameters", state((3,), SETTINGS, positive=True), 3),
        Region("a table of parameters", state((2, 3), SETTINGS, positive=True), 1),
        Region("a single number", state((), SETTINGS, positive=True), 1),
        Region("no parameters", state((0,), SETTINGS, positive=True), 1),
        Region("the first step", state((3,), SETTINGS, start=True), 1),
        Region("large gradients", state((3,), SETTINGS, positive=True, gradient=1e3), 1),
        Region("float32", state((3,), SETTINGS, positive=True, dtype=np.float32), 1),
    ),
    lecture="09_optimisers",
    misconceptions=(
        Misconception(
            "puts ε under the root",
            stepping(down=lambda s, eps: np.sqrt(s + eps)),
            "ε keeps the divisor from 0. In the formula it is added to the root, not before.",
        ),
        Misconception(
            "divides by the mean of squares without the root",
            stepping(root=lambda s: s),
            "If the gradient is in metres, what is the unit of your step?",
        ),
        Misconception(
            "forgets to square the gradient",
            stepping(mixed=lambda s, g, a: a * s + (1 - a) * np.abs(g)),
            "s is a mean of squares.",
        ),
        Misconception(
            "takes the square in whole, without 1 - α",
            stepping(mixed=lambda s, g, a: a * s + g**2),
            "A mean of equal numbers is that number: with weights α and 1, is it?",
        ),
        Misconception(
            "exchanges α and 1 - α",
            stepping(mixed=lambda s, g, a: (1 - a) * s + a * g**2),
            "With α = 0.99 the past should weigh most.",
        ),
        Misconception(
            "adds up all squares, without forgetting",
            stepping(mixed=lambda s, g, a: s + g**2),
            "That is Adagrad, whose steps shrink for ever.",
        ),
        Misconception(
            "divides by the mean from before this gradient",
            with_the_old_square,
            "At the very first step the old mean is 0. What do you divide by then?",
        ),
        Misconception(
            "climbs",
            lambda t, s, g, lr, alpha, eps: reference(t, s, g, -lr, alpha, eps),
            "The gradient points uphill.",
        ),
    ),
    alternatives=(
        Alternative("the mean as a correction", as_a_correction),
        Alternative("number by number", number_by_number),
        Alternative("a weighted average", by_average),
    ),
    oracles=(by_hypotenuse, with_digits),
)
