"""second_backward: a.grad for y = s·a, s = a·a at a = 3, in three engines, by hand.

All set y.grad = 1 at the start of a call and add everywhere else. They differ in what they
clear before: inner nodes (right), nothing, everything.
"""

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey


def reference():
    a = 3.0
    s = a * a
    once = s + a * (a + a)
    kept = once + s + (a + a) * (a + a)
    return once, once + once, kept, once


def by_running():
    """Three engines of five lines."""
    results = []
    for cleared in ((1, 2), (), (0, 1, 2)):
        graph, grads = [[], [(0, 3.0), (0, 3.0)], [(1, 3.0), (0, 9.0)]], [0.0] * 3
        after = []
        for _ in range(2):
            for node in cleared:
                grads[node] = 0.0
            grads[2] = 1.0
            for node in (2, 1):
                for source, slope in graph[node]:
                    grads[source] += slope * grads[node]
            after.append(grads[0])
        results.append(after)
    (once, twice), (_, kept), (_, cleared) = results
    return once, twice, kept, cleared


def by_matrices():
    """A call is a linear map on the gradients of (a, s, 1)."""
    to_s = np.array([[1, 0, 9.0], [0, 1, 3.0], [0, 0, 1]])  # y hands 9 to a and 3 to s
    to_a = np.array([[1, 6.0, 0], [0, 1, 0], [0, 0, 1]])
    call, start = to_a @ to_s, np.array([0, 0, 1.0])
    first = call @ start
    inner, nothing = np.diag([1.0, 0, 1]), np.diag([0, 0, 1.0])
    return first[0], (call @ inner @ first)[0], (call @ first)[0], (call @ nothing @ first)[0]


def by_powers():
    return np.polyval(np.polyder([1, 0, 0, 0]), 3), 2 * 27, 27 + 9 + 6 * 6, 3**3


second_backward = NumberKey(
    name="second_backward",
    reference=reference,
    parts=("after_one", "after_two", "inner_kept", "all_cleared"),
    lecture="13_engine",
    misconceptions=(
        Misconception(
            "expects a second call to change nothing",
            lambda: (27, 27, 27, 27),
            "Only one of the engines clears the leaf.",
        ),
        Misconception(
            "expects all three engines to double",
            lambda: (27, 54, 54, 54),
            "What does each engine find in s.grad, and in a.grad, when the second call begins?",
        ),
        Misconception(
            "lets the engine that keeps everything double only",
            lambda: (27, 54, 54, 27),
            "s.grad is 3 after the first call. The second adds 3, and then s passes on all of "
            "it.",
        ),
        Misconception(
            "lets s pass on only what the first call left",
            lambda: (27, 54, 63, 27),
            "What does s hold when it is its turn? The old 3, and what y hands it now.",
        ),
        Misconception(
            "starts the second call with 2 at the output",
            lambda: (27, 54, 108, 27),
            "Each call sets y.grad to 1: it does not add there.",
        ),
        Misconception(
            "counts a only once in s = a·a",
            lambda: (18, 36, 45, 18),
            "Two arrows lead from s to a.",
        ),
        Misconception(
            "forgets the arrow from y straight to a",
            lambda: (18, 36, 54, 18),
            "y = s·a has two inputs, and a is one of them.",
        ),
        Misconception(
            "exchanges the engine that keeps everything and the one that clears everything",
            lambda: (27, 54, 27, 72),
            "Which of the two can still remember the first call?",
        ),
    ),
    alternatives=(
        Alternative("whole numbers", lambda: (27, 54, 72, 27)),
        Alternative("engines, run", by_running),
        Alternative("powers", by_powers),
    ),
    oracles=(by_running, by_matrices),
    equivalent_mutants=frozenset({"line 2: `3.0` became `-3.0`"}),  # all are even in a
)
