"""add_or_overwrite: four small graphs, in an engine that adds and in one that overwrites.

At a = 3: a + a, a·a, s + s with s = a + a, and s·a with s = a·a. The broken engine writes
`input.grad = ...` where `+=` belongs, and walks in the right order.
"""

from fractions import Fraction

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey


def reference():
    a = 3.0
    v_s = 1.0 + 1.0
    right = [1.0 + 1.0, a + a, v_s + v_s, a * a + a * (a + a)]
    overwritten = [1.0, a, 1.0, a * a]
    return right, overwritten


def by_running_both():
    """A ten-line engine on lists of (input, local derivative), once adding, once not."""
    square = [[], [(0, 3.0), (0, 3.0)]]
    graphs = [
        [[], [(0, 1.0), (0, 1.0)]],
        square,
        [[], [(0, 1.0), (0, 1.0)], [(1, 1.0), (1, 1.0)]],
        [*square, [(1, 3.0), (0, 9.0)]],
    ]
    results = []
    for adds in (True, False):
        grads = []
        for graph in graphs:
            v = [0.0] * (len(graph) - 1) + [1.0]
            for node in reversed(range(len(graph))):
                for source, slope in graph[node]:
                    v[source] = adds * v[source] + v[node] * slope
            grads.append(v[0])
        results.append(grads)
    return results


def by_exact_differences():
    """The right ones as exact quotients, the broken ones as the share of the last arrow."""
    h = Fraction(1, 10**9)
    functions = [lambda a: a + a, lambda a: a * a, lambda a: 4 * a, lambda a: a**3]
    right = [float((f(3 + h) - f(3 - h)) / (2 * h)) for f in functions]
    shares = [2, 2, 4, 3]  # arrows into a, over all roads, all equal by symmetry
    return right, [round(r, 6) / n for r, n in zip(right, shares, strict=True)]


RIGHT = (2, 6, 4, 27)
OVERWRITTEN = (1, 3, 1, 9)

add_or_overwrite = NumberKey(
    name="add_or_overwrite",
    reference=reference,
    parts=("adding", "overwriting"),
    lecture="04_backward",
    misconceptions=(
        Misconception(
            "expects the engine that overwrites to be right",
            lambda: (RIGHT, RIGHT),
            "In a + a, what does the second assignment do to the number of the first?",
        ),
        Misconception(
            "exchanges the two engines",
            lambda: (OVERWRITTEN, RIGHT),
            "Double a from 3 to 6: how does a + a grow? One of your lists should know.",
        ),
        Misconception(
            "lets the broken engine overwrite at a only, not at s",
            lambda: (RIGHT, (1, 3, 2, 9)),
            "s is a node like any other. Two arrows leave it in the third graph.",
        ),
        Misconception(
            "lets the broken engine forget everything",
            lambda: (RIGHT, (0, 0, 0, 0)),
            "Overwriting loses all but one of the cotangents. Which one is left?",
        ),
        Misconception(
            "halves what is right to get what is broken",
            lambda: (RIGHT, (1, 3, 2, 13.5)),
            "How many cotangents are lost depends on the graph: follow the assignments.",
        ),
        Misconception(
            "counts a node that is used twice only once",
            lambda: ((1, 3, 1, 9), OVERWRITTEN),
            "Which of the two engines would give your first list?",
        ),
        Misconception(
            "counts s only once in the third graph",
            lambda: ((2, 6, 2, 27), OVERWRITTEN),
            "Write the third graph as one formula in a. What is its slope?",
        ),
        Misconception(
            "gives the values of y instead of slopes",
            lambda: ((6, 9, 12, 27), OVERWRITTEN),
            "What is asked is a.grad. For a + a the slope does not depend on a at all.",
        ),
    ),
    alternatives=(
        Alternative("numbers, typed", lambda: ([2, 6, 4, 27], [1, 3, 1, 9])),
        Alternative("arrays", lambda: (np.array(RIGHT), np.array(OVERWRITTEN))),
        Alternative("both engines, run", by_running_both),
    ),
    oracles=(by_running_both, by_exact_differences),
)
