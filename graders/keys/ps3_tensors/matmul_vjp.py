"""matmul_vjp(A, B, V): what both factors of a matrix product receive."""

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(A, B, V):
    return V @ B.T, A.T @ V


def by_einsum(A, B, V):
    return np.einsum("ij,kj->ik", V, B), np.einsum("ik,ij->kj", A, V)


def by_loop(A, B, V):
    of_A, of_B = np.zeros_like(A), np.zeros_like(B)
    for i, j in np.ndindex(V.shape):
        of_A[i] += V[i, j] * B[:, j]
        of_B[:, j] += V[i, j] * A[i]
    return of_A, of_B


def from_the_other_side(A, B, V):
    return [np.dot(B, V.T).T, np.dot(V.T, A).T]


def product_of_digits(A, B):
    """NumPy's product of objects has no zero to give for an empty sum."""
    return (A[:, :, None] * B).sum(axis=1)


def product(label, rows, inner, columns, **options):
    return cotangents(
        label, [(rows, inner), (inner, columns)], (rows, columns), **({"count": 2} | options)
    )


matmul_vjp = Key(
    name="matmul_vjp",
    reference=reference,
    domain=(
        product("square matrices", 3, 3, 3),
        product("matrices of different shapes", 2, 3, 4),
        product("a tall matrix and a wide one", 4, 1, 3),
        product("a row and a column", 1, 4, 1),
        product("a matrix without columns", 2, 3, 0, count=1),
        product("nothing to sum over", 2, 0, 3, count=1),
        product("float32", 2, 3, 4, dtype=np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    parts=("the cotangent of A", "the cotangent of B"),
    misconceptions=(
        Misconception(
            "forgets both transposes",
            lambda A, B, V: (V @ B, A @ V),
            "Write down the three shapes for (2, 3) times (3, 4). What fits together?",
        ),
        Misconception(
            "forgets the transpose of B",
            lambda A, B, V: (V @ B, A.T @ V),
            "Write down the shapes for (2, 3) times (3, 4), first for the cotangent of A.",
        ),
        Misconception(
            "forgets the transpose of A",
            lambda A, B, V: (V @ B.T, A @ V),
            "Write down the shapes for (2, 3) times (3, 4), first for the cotangent of B.",
        ),
        Misconception(
            "multiplies in the wrong order",
            lambda A, B, V: (B.T @ V, V @ A.T),
            "The right three matrices, in another order. Which order do the shapes allow?",
        ),
        Misconception(
            "treats the product as one of single elements",
            lambda A, B, V: (V * B, V * A),
            "That is the rule of `*`. Here an entry of A is used along a whole row.",
        ),
        Misconception(
            "has the two cotangents in the wrong order",
            lambda A, B, V: (A.T @ V, V @ B.T),
            "First A, then B, as they stand in A @ B.",
        ),
        Misconception(
            "transposes the cotangent instead of the factors",
            lambda A, B, V: (V.T @ B, A @ V.T),
            "For square matrices shapes never complain. Follow one entry: which numbers of V "
            "does A[0, 0] reach?",
        ),
        Misconception(
            "returns the gradients transposed",
            lambda A, B, V: (B @ V.T, V.T @ A),
            "A gradient has the shape of its value.",
        ),
        Misconception(
            "forgets the cotangent",
            lambda A, B, V: (np.ones_like(V) @ B.T, A.T @ np.ones_like(V)),
            "Right for the sum of all entries. Which of them counts how much is what V says.",
        ),
    ),
    alternatives=(
        Alternative("index notation", by_einsum),
        Alternative("a loop over the entries of the result", by_loop),
        Alternative("transposed from the outside, as a list", from_the_other_side),
    ),
    oracles=(
        vjp_by_complex_step(lambda A, B: A @ B, 2),
        vjp_by_digits(product_of_digits, 2),
    ),
)
