"""outer_vjp(a, b, V): what the vectors a and b receive from the table a[i]·b[j]."""

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(a, b, V):
    return V @ b, a @ V


def by_sums(a, b, V):
    return (V * b).sum(axis=1), (V * a[:, None]).sum(axis=0)


def by_loop(a, b, V):
    of_a, of_b = np.zeros_like(a), np.zeros_like(b)
    for i in range(len(a)):
        for j in range(len(b)):
            of_a[i] += V[i, j] * b[j]
            of_b[j] += V[i, j] * a[i]
    return [of_a, of_b]


def as_columns(a, b, V):
    column, row = a.reshape(-1, 1), b.reshape(1, -1)
    return (V @ row.T).reshape(-1), (column.T @ V).reshape(-1)


def table(label, rows, columns, **options):
    shapes = [(rows,), (columns,)]
    return cotangents(label, shapes, (rows, columns), **({"count": 2} | options))


outer_vjp = Key(
    name="outer_vjp",
    reference=reference,
    domain=(
        table("two vectors of one length", 3, 3),
        table("a short and a long vector", 2, 5),
        table("a long and a short vector", 4, 1),
        table("an empty vector", 0, 3, count=1),
        table("float32", 3, 4, dtype=np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    parts=("the cotangent of a", "the cotangent of b"),
    misconceptions=(
        Misconception(
            "exchanges rows and columns",
            lambda a, b, V: (b @ V, V @ a),
            "a[i] stands along row i of the table. Which entries of V does it hear of?",
        ),
        Misconception(
            "weighs each vector by itself",
            lambda a, b, V: (V.T @ a, V @ b),
            "In a[i]·b[j], nudge a[i]: what is the nudge multiplied by?",
        ),
        Misconception(
            "sums the cotangents without the other factor",
            lambda a, b, V: (V.sum(axis=1), V.sum(axis=0)),
            "That would be right for a[i] + b[j].",
        ),
        Misconception(
            "forgets the cotangent",
            lambda a, b, V: (np.full_like(a, b.sum()), np.full_like(b, a.sum())),
            "Right for the sum of the whole table. Which entry counts how much is what V says.",
        ),
        Misconception(
            "looks at the diagonal of the table alone",
            lambda a, b, V: (np.diag(V) * b, np.diag(V) * a),
            "a[0] meets every entry of b, not only b[0].",
        ),
        Misconception(
            "returns columns and rows instead of vectors",
            lambda a, b, V: ((V @ b)[:, None], (a @ V)[None, :]),
            "A gradient has the shape of its value: these are vectors.",
        ),
        Misconception(
            "gives one number for each, as if the table were a dot product",
            lambda a, b, V: (a @ V @ b, a @ V @ b),
            "Every entry of a has a slope of its own.",
        ),
    ),
    alternatives=(
        Alternative("products, summed along an axis", by_sums),
        Alternative("a loop over the table", by_loop),
        Alternative("a matrix product of a column and a row", as_columns),
    ),
    oracles=(
        vjp_by_complex_step(np.multiply.outer, 2),
        vjp_by_digits(np.multiply.outer, 2),
    ),
)
