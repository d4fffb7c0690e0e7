"""passes: what a Jacobian of 200 x 3 and a chain of three Jacobians cost, in two directions.

The chain is J₃ (1 x 10) J₂ (10 x 100) J₁ (100 x 1000); its cost is counted in multiplications.
"""

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey


def reference():
    inputs, outputs = 3.0, 200.0
    from_output = 10 * 100 + 100 * 1000.0
    from_input = 10 * 100 * 1000 + 10 * 1000.0
    return outputs, inputs, from_output, from_input


def counted():
    """By multiplying tables of tables, one product at a time, and counting."""

    def product(a, b):
        return (a[0], b[1]), a[0] * a[1] * b[1]

    J1, J2, J3 = (100, 1000), (10, 100), (1, 10)
    left, first = product(J3, J2)
    _, second = product(left, J1)
    right, third = product(J2, J1)
    _, fourth = product(J3, right)
    return 200, 3, first + second, third + fourth


def by_einsum():
    """By NumPy's own account of a contraction in a given order."""
    tables = [np.zeros((1, 10)), np.zeros((10, 100)), np.zeros((100, 1000))]
    costs = []
    for path in ([(0, 1), (0, 1)], [(1, 2), (0, 1)]):
        cost, sizes = 0, [table.shape for table in tables]
        for i, j in path:
            (a, b), (_, c) = sizes[i], sizes[j]
            cost += a * b * c
            rest = [size for k, size in enumerate(sizes) if k not in (i, j)]
            sizes = [(a, c), *rest] if i == 0 else [*rest, (a, c)]
        costs.append(cost)
    J = np.zeros((200, 3))
    return [*J.shape, *costs]


RIGHT = (200, 3, 101_000, 1_010_000)


def instead(**changed):
    names = ("back", "forward", "from_output", "from_input")
    return lambda: tuple(changed.get(n, r) for n, r in zip(names, RIGHT, strict=True))


passes = NumberKey(
    name="passes",
    reference=reference,
    parts=("back", "forward", "from_output", "from_input"),
    lecture="06_jacobians",
    discrete=True,
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "exchanges back and forward",
            instead(back=3, forward=200),
            "A walk back begins at one output. How many of those are there?",
        ),
        Misconception(
            "expects one walk back, whatever the number of outputs",
            instead(back=1),
            "One walk is enough for one output. Here there are more.",
        ),
        Misconception(
            "counts one pass for each entry of the table",
            instead(back=600, forward=600),
            "A pass brings a whole row or a whole column.",
        ),
        Misconception(
            "exchanges the two ends of the chain",
            instead(from_output=1_010_000, from_input=101_000),
            "From the output: the row J₃ first, times J₂. That is again a row.",
        ),
        Misconception(
            "counts the entries of the tables, not the multiplications",
            instead(from_output=101_010, from_input=101_010),
            "An entry of a product of (a, b) and (b, c) takes b multiplications.",
        ),
        Misconception(
            "counts only the first of the two products",
            instead(from_output=1_000, from_input=1_000_000),
            "Three tables, so two products.",
        ),
        Misconception(
            "counts only the second of the two products",
            instead(from_output=100_000, from_input=10_000),
            "Three tables, so two products.",
        ),
        Misconception(
            "expects the same cost from either end, since the result is the same",
            instead(from_input=101_000),
            "The result is the same. Write down the shape of what you have after one product.",
        ),
        Misconception(
            "multiplies the costs of the two products",
            instead(from_output=100_000_000, from_input=10_000_000_000),
            "One product is done after the other.",
        ),
    ),
    alternatives=(
        Alternative("numbers, typed", lambda: (200, 3, 101000, 1010000)),
        Alternative("shapes, multiplied by a program", counted),
        Alternative("an array", lambda: np.array([200.0, 3.0, 1.01e5, 1.01e6])),
    ),
    oracles=(counted, by_einsum),
)
