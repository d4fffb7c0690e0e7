"""grads_seen: what x.grad is after each of six calls of backward at x = 3, by hand.

(x**2).backward()                            adds 6
(2 * x).backward()                           adds 2 to it
x.grad.zero_(), then (x**2).backward()       6
zero, then (x * x.detach()).backward()       3: one of two roads is cut
zero, then k = x * x in no_grad, (k * x)     9: k is a constant
zero, then (x.detach()**2 + 5 * x)           5
"""

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey
from graders.keys.oracles import complex_step, symbolic


def reference():
    x = 3.0
    squares = 2 * x
    return np.array([squares, squares + 2.0, squares, x, x * x, 5.0])


def by_oracle(derivative):
    """Cut roads are constants; what accumulates is a sum of functions."""

    def numbers():
        formulas = ["x**2", "x**2 + 2*x", "x**2", "3*x", "9*x", "9 + 5*x"]
        return np.array([derivative(formula, "x")(3.0) for formula in formulas])

    return numbers


def seen(*numbers):
    return lambda: np.array(numbers, dtype=float)


grads_seen = NumberKey(
    name="grads_seen",
    reference=reference,
    lecture="04_backward",
    misconceptions=(
        Misconception(
            "lets the second backward replace what the first one left",
            seen(6, 2, 6, 3, 9, 5),
            "Nobody has cleared x.grad in between. What does backward do with what is there?",
        ),
        Misconception(
            "never clears the gradient",
            seen(6, 8, 14, 17, 26, 31),
            "After zero_() the account is empty again.",
        ),
        Misconception(
            "takes detach for a name that changes nothing",
            seen(6, 8, 6, 6, 9, 11),
            "x.detach() has the value of x and no history. By how many roads does x reach y?",
        ),
        Misconception(
            "lets detach cut every road from x",
            seen(6, 8, 6, 0, 9, 0),
            "Only the copy is cut off. The other x in the product is still x.",
        ),
        Misconception(
            "lets no_grad change nothing",
            seen(6, 8, 6, 3, 27, 5),
            "k was computed while nothing was recorded. Does the graph know where k came from?",
        ),
        Misconception(
            "expects no gradient at all once no_grad was used",
            seen(6, 8, 6, 3, 0, 5),
            "no_grad ended with its block. Was the product k * x recorded?",
        ),
        Misconception(
            "takes neither detach nor no_grad into account",
            seen(6, 8, 6, 6, 27, 11),
            "Draw the last three graphs. Which arrows were never recorded?",
        ),
        Misconception(
            "gives values instead of slopes",
            seen(9, 6, 9, 9, 27, 24),
            "What stands in x.grad is how fast the result changes with x.",
        ),
        Misconception(
            "lets the zeroing come after the last backward, so that nothing is left",
            seen(6, 8, 0, 0, 0, 0),
            "Read line by line: the gradient is cleared before each of the last four.",
        ),
    ),
    alternatives=(
        Alternative("a list of whole numbers", lambda: [6, 8, 6, 3, 9, 5]),
        Alternative("formulas in x", lambda: [2 * 3, 2 * 3 + 2, 2 * 3.0, 3, 3 * 3, 5]),
        Alternative("single precision", lambda: np.array([6, 8, 6, 3, 9, 5], np.float32)),
    ),
    oracles=(by_oracle(complex_step), by_oracle(symbolic)),
)
