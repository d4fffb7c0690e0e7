"""softmax_vjp(s, v): what the logits receive, from the softmax's own result s, row by row."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(s, v):
    return s * (v - np.sum(v * s, axis=-1, keepdims=True))


def by_table(s, v):
    """The whole Jacobian of every row, diag(s) - s sᵀ, times v."""
    table = s[..., :, None] * np.eye(s.shape[-1], dtype=s.dtype)
    table -= s[..., :, None] * s[..., None, :]
    return (table @ v[..., None])[..., 0]


def by_loop(s, v):
    result = np.zeros_like(s)
    for row in np.ndindex(s.shape[:-1]):
        weighted = s[row] * v[row]
        result[row] = weighted - s[row] * weighted.sum()
    return result


def by_einsum(s, v):
    return s * v - s * np.einsum("...i,...i->...", s, v)[..., None]


def rows(label, shape, scale=1.5, dtype=np.float64, count=2):
    def draw(generator):
        z = scale * generator.normal(size=shape)
        z = np.exp(z - z.max(axis=-1, keepdims=True))
        s = z / z.sum(axis=-1, keepdims=True)
        return s.astype(dtype), np.asarray(generator.normal(size=shape), dtype)

    return Region(label, draw, count)


def softmax(z, exp=np.exp):
    powers = exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


def from_logits(rule, log):
    """An oracle that is told the logits, where the question tells the result."""
    return lambda s, v: rule(log(s.astype(np.float64)), v)


def softmax_with_digits(z):
    import mpmath

    return softmax(z, elementwise(mpmath.exp))


softmax_vjp = Key(
    name="softmax_vjp",
    reference=reference,
    domain=(
        rows("a single row", (4,)),
        rows("several rows", (3, 4)),
        rows("a square table", (3, 3)),
        rows("tables of tables", (2, 2, 3)),
        rows("rows that are nearly certain", (2, 4), scale=6.0),
        rows("a row of one", (3, 1), count=1),
        rows("two classes", (3, 2), count=1),
        rows("float32", (3, 4), dtype=np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "uses the slopes s(1 - s) alone, as if each output knew only its own logit",
            lambda s, v: v * s * (1 - s),
            "Raise one logit: what happens to the probabilities of the others?",
        ),
        Misconception(
            "leaves out what is taken away: the mean of v, weighted by s",
            lambda s, v: v * s,
            "Add 5 to all logits: s does not move. What must the slopes of a row add up to?",
        ),
        Misconception(
            "subtracts the plain mean of v, without weights",
            lambda s, v: s * (v - v.mean(axis=-1, keepdims=True)),
            "A nudge of a logit moves likely classes more than unlikely ones.",
        ),
        Misconception(
            "subtracts the sum of v, without weights",
            lambda s, v: s * (v - v.sum(axis=-1, keepdims=True)),
            "Which weights belong into the sum? For v = 1 everywhere all slopes must be 0.",
        ),
        Misconception(
            "sums over all rows at once",
            lambda s, v: s * (v - np.sum(v * s)),
            "Rows do not know of each other. Along which axis is the sum?",
        ),
        Misconception(
            "sums down the columns instead of along the rows",
            lambda s, v: s * (v - np.sum(v * s, axis=0, keepdims=True)),
            "The probabilities of a row add up to 1. Those of a column need not.",
        ),
        Misconception(
            "has the opposite sign",
            lambda s, v: -reference(s, v),
            "Raise the largest logit: does its own probability grow or shrink?",
        ),
        Misconception(
            "gives zeros, which a cotangent of ones would hide",
            lambda s, v: np.zeros_like(s),
            "For v = 1 everywhere that is right, since a row adds up to 1. Try another v.",
        ),
    ),
    alternatives=(
        Alternative("the whole table of slopes", by_table),
        Alternative("a loop over the rows", by_loop),
        Alternative("index notation", by_einsum),
    ),
    oracles=(
        from_logits(vjp_by_complex_step(softmax), np.log),
        from_logits(vjp_by_digits(softmax_with_digits), np.log),
    ),
)
