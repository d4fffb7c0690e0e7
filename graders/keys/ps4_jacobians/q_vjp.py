"""q_vjp(a, b, v): the VJPs of Q = 3a³ - b², entry by entry, with the cotangent v of Q."""

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(a, b, v):
    return 9 * a**2 * v, -2 * b * v


def by_tables(a, b, v):
    """With both Jacobians, which are diagonal, written out."""
    of_a, of_b = np.diag(9 * a.reshape(-1) ** 2), np.diag(-2 * b.reshape(-1))
    row = v.reshape(-1)
    return (row @ of_a).reshape(a.shape), (row @ of_b).reshape(b.shape)


def in_steps(a, b, v):
    v_cube, v_square = v * 3, -v
    return [v_cube * (a * a * 3), v_square * (b + b)]


def by_loop(a, b, v):
    of_a, of_b = np.zeros(a.shape), np.zeros(b.shape)
    for i in np.ndindex(v.shape):
        of_a[i] = v[i] * 9 * a[i] * a[i]
        of_b[i] = v[i] * -2 * b[i]
    return of_a, of_b


def equal_shapes(label, shape, low=-2.0, high=2.0, **options):
    return cotangents(label, [shape, shape], shape, low, high, **options)


q_vjp = Key(
    name="q_vjp",
    reference=reference,
    domain=(
        equal_shapes("positive a and b", (3,), 0.5, 2.0, count=2),
        equal_shapes("negative a and b", (3,), -2.0, -0.5, count=2),
        equal_shapes("numbers of either sign", (2, 4), count=2),
        equal_shapes("large numbers", (3,), 1e3, 1e4),
        equal_shapes("single numbers", ()),
        equal_shapes("empty arrays", (0,)),
        equal_shapes("float32", (3,), dtype=np.float32),
    ),
    lecture="06_jacobians",
    forbidden=BY_HAND,
    parts=("what a receives", "what b receives"),
    misconceptions=(
        Misconception(
            "ignores the cotangent",
            lambda a, b, v: (9 * a**2 + 0 * v, -2 * b + 0 * v),
            "Those are the slopes for v = 1. How much does each output count here?",
        ),
        Misconception(
            "adds the entries of v up before it multiplies",
            lambda a, b, v: (9 * a**2 * v.sum(), -2 * b * v.sum()),
            "Does the first output know the second input? Then why should v₂ reach a₁?",
        ),
        Misconception(
            "multiplies the inputs by v before it differentiates",
            lambda a, b, v: (9 * (a * v) ** 2, -2 * b * v),
            "v weighs the rows of the Jacobian. The Jacobian itself is taken at a.",
        ),
        Misconception(
            "gives b a plus sign",
            lambda a, b, v: (9 * a**2 * v, 2 * b * v),
            "Q = 3a³ - b²: when b grows, does Q?",
        ),
        Misconception(
            "leaves the factor 3 out",
            lambda a, b, v: (3 * a**2 * v, -2 * b * v),
            "a³ has the slope 3a². And 3a³?",
        ),
        Misconception(
            "keeps the power of a as it is",
            lambda a, b, v: (9 * a**3 * v, -2 * b * v),
            "Which power of a is the slope of a³?",
        ),
        Misconception(
            "gives the values of both terms instead of their slopes",
            lambda a, b, v: (3 * a**3 * v, -(b**2) * v),
            "Differentiate first: 3a³ with respect to a, -b² with respect to b.",
        ),
        Misconception(
            "adds both into one gradient",
            lambda a, b, v: (9 * a**2 * v - 2 * b * v, 9 * a**2 * v - 2 * b * v),
            "a and b are two inputs, and each has a Jacobian of its own.",
        ),
    ),
    alternatives=(
        Alternative("both Jacobians, written out", by_tables),
        Alternative("step by step, from the output", in_steps),
        Alternative("a loop over the entries", by_loop),
    ),
    oracles=(
        vjp_by_complex_step(lambda a, b: 3 * a**3 - b**2, 2),
        vjp_by_digits(lambda a, b: 3 * a**3 - b**2, 2),
    ),
)
