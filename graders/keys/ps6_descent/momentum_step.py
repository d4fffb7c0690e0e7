"""momentum_step(theta, velocity, gradient, lr, mu): v ← μv + g, then θ ← θ - ηv."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps6_descent.steps import state

SETTINGS = {"lr": (0.05, 0.2), "mu": (0.5, 0.95)}


def reference(theta, velocity, gradient, lr, mu):
    velocity = mu * velocity + gradient
    return theta - lr * velocity, velocity


def multiplied_out(theta, velocity, gradient, lr, mu):
    return theta - lr * gradient - lr * mu * velocity, gradient + mu * velocity


def number_by_number(theta, velocity, gradient, lr, mu):
    moved, faster = np.empty_like(theta), np.empty_like(velocity)
    for index in np.ndindex(theta.shape):
        faster[index] = mu * velocity[index] + gradient[index]
        moved[index] = theta[index] - lr * faster[index]
    return [moved, faster]


def on_copies(theta, velocity, gradient, lr, mu):
    theta, velocity = theta.copy(), velocity.copy()
    velocity *= mu
    velocity += gradient
    theta -= lr * velocity
    return theta, velocity


def as_a_matrix(theta, velocity, gradient, lr, mu):
    """One linear map on (θ, v, g)."""
    step = np.array([[1, -lr * mu, -lr], [0, mu, 1]])
    stacked = np.stack([theta, velocity, gradient]).astype(float)
    return tuple(np.tensordot(step, stacked, axes=1))


def in_fractions(theta, velocity, gradient, lr, mu):
    from fractions import Fraction

    def exact(array):
        return np.vectorize(lambda v: Fraction(float(v)), otypes=[object])(array)

    if theta.size == 0:
        return theta, velocity
    v = Fraction(mu) * exact(velocity) + exact(gradient)
    moved = exact(theta) - Fraction(lr) * v
    return np.asarray(moved, object).astype(float), np.asarray(v, object).astype(float)


momentum_step = Key(
    name="momentum_step",
    reference=reference,
    parts=("the new parameters", "the new velocity"),
    domain=(
        Region("three parameters", state((3,), SETTINGS), 3),
        Region("a table of parameters", state((2, 3), SETTINGS), 1),
        Region("a single number", state((), SETTINGS), 1),
        Region("no parameters", state((0,), SETTINGS), 1),
        Region("the first step, from rest", state((3,), SETTINGS, start=True), 1),
        Region("μ = 0", state((3,), SETTINGS | {"mu": (0.0, 0.0)}), 1),
        Region("float32", state((3,), SETTINGS, dtype=np.float32), 1),
    ),
    lecture="09_optimisers",
    misconceptions=(
        Misconception(
            "moves with the velocity from before the step",
            lambda t, v, g, lr, mu: (t - lr * v, mu * v + g),
            "From rest, with v = 0, does your first step go anywhere?",
        ),
        Misconception(
            "weighs the gradient by 1 - μ",
            lambda t, v, g, lr, mu: (
                t - lr * (mu * v + (1 - mu) * g),
                mu * v + (1 - mu) * g,
            ),
            "That is a running mean, which Adam keeps. Here the gradient enters whole.",
        ),
        Misconception(
            "forgets the velocity",
            lambda t, v, g, lr, mu: (t - lr * g, g),
            "A ball that rolls does not forget how fast it was.",
        ),
        Misconception(
            "never slows down: μ is not used",
            lambda t, v, g, lr, mu: (t - lr * (v + g), v + g),
            "Without friction the ball rolls for ever. Which argument is missing?",
        ),
        Misconception(
            "adds the step to the parameters",
            lambda t, v, g, lr, mu: (t + lr * (mu * v + g), mu * v + g),
            "The gradient points uphill, and the velocity is made of gradients.",
        ),
        Misconception(
            "puts the step size into the velocity as well",
            lambda t, v, g, lr, mu: (t - (mu * v + lr * g), mu * v + lr * g),
            "Also called momentum, elsewhere. In the formula here η appears in the second line "
            "only: change it half-way, and the two differ.",
        ),
        Misconception(
            "takes μ for the gradient's share",
            lambda t, v, g, lr, mu: (
                t - lr * ((1 - mu) * v + mu * g),
                (1 - mu) * v + mu * g,
            ),
            "μ says how much of the old velocity is kept.",
        ),
        Misconception(
            "gives the old velocity back",
            lambda t, v, g, lr, mu: (t - lr * (mu * v + g), v),
            "The next step needs the new one.",
        ),
    ),
    alternatives=(
        Alternative("multiplied out", multiplied_out),
        Alternative("number by number", number_by_number),
        Alternative("in place, on copies", on_copies),
    ),
    oracles=(as_a_matrix, in_fractions),
    equivalent_mutants=frozenset(  # they meet in a product
        {
            "line 1: (theta, velocity, gradient, lr, mu) became "
            "(theta, mu, gradient, lr, velocity)"
        }
    ),
)
