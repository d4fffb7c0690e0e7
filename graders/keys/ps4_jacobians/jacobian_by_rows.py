"""jacobian_by_rows(vjp, x, outputs): the Jacobian from walks back, one for each output."""

import numpy as np

from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps4_jacobians.functions import counted, maps


def observe(answer, vjp, x, outputs):
    walk, walks = counted(vjp)
    J = answer(walk, x, outputs)
    return J, walks()


def reference(vjp, x, outputs):
    J = np.empty((outputs, x.size))
    for i in range(outputs):
        v = np.zeros(outputs)
        v[i] = 1.0
        J[i] = vjp(x, v)
    return J


def stacked(vjp, x, outputs):
    return np.stack([vjp(x, v) for v in np.eye(outputs)])


def lists(vjp, x, outputs):
    units = [[float(i == j) for j in range(outputs)] for i in range(outputs)]
    return [list(vjp(x, unit)) for unit in units]


def from_sums_of_rows(vjp, x, outputs):
    """Asks for the first row, the first two added, and so on, and takes differences."""
    sums = [vjp(x, v) for v in np.tri(outputs)]
    return np.diff(np.array(sums), axis=0, prepend=0)


def from_a_mixed_basis(vjp, x, outputs):
    """Any basis of cotangents will do, if what comes back is solved for the rows."""
    basis = np.eye(outputs) + 0.1 * np.arange(outputs**2).reshape(outputs, outputs)
    return np.linalg.solve(basis, np.array([vjp(x, v) for v in basis]))


def one_walk_for_each_input(vjp, x, outputs):
    J = np.zeros((outputs, x.size))
    for j in range(x.size):
        for i in range(outputs):
            J[i, j] = np.asarray(vjp(x, np.eye(outputs)[i]))[j]
    return J


def ones_everywhere(vjp, x, outputs):
    row = vjp(x, np.ones(outputs))
    return np.array([row] * outputs)


def units_of_the_input(vjp, x, outputs):
    return np.array([vjp(x, v) for v in np.eye(x.size)])


def units_that_pile_up(vjp, x, outputs):
    v, rows = np.zeros(outputs), []
    for i in range(outputs):
        v[i] = 1.0
        rows.append(vjp(x, v))
    return np.array(rows)


def numbered(vjp, x, outputs):
    return np.array([vjp(x, (i + 1) * v) for i, v in enumerate(np.eye(outputs))])


jacobian_by_rows = Key(
    name="jacobian_by_rows",
    reference=reference,
    observe=observe,
    domain=maps(lambda vjp, jvp, x, outputs: (vjp, x, outputs)),
    lecture="06_jacobians",
    parts=("the Jacobian", "the number of walks"),
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "has rows and columns exchanged",
            lambda vjp, x, outputs: reference(vjp, x, outputs).T,
            "One walk brings back the gradient of one output. Is that a row or a column?",
        ),
        Misconception(
            "sends ones back and takes the sum of all rows for each of them",
            ones_everywhere,
            "A cotangent of ones weighs all rows equally and adds them. How to get one alone?",
        ),
        Misconception(
            "sends back unit vectors as long as the input",
            units_of_the_input,
            "A cotangent says how much each output counts. How many numbers is that?",
        ),
        Misconception(
            "never sets the last 1 back to 0, so that rows pile up",
            units_that_pile_up,
            "Print v before each walk.",
        ),
        Misconception(
            "walks back once for each entry, not once for each row",
            one_walk_for_each_input,
            "The Jacobian is right. But each walk brings back a whole row, and you keep one "
            "number of it.",
        ),
        Misconception(
            "counts the second output twice, the third three times",
            numbered,
            "What should stand in v at the place of the output that you ask for?",
        ),
        Misconception(
            "brings back the first row only",
            lambda vjp, x, outputs: np.array([vjp(x, np.eye(outputs)[0])]),
            "There are as many rows as outputs.",
        ),
    ),
    alternatives=(
        Alternative("stacked rows", stacked),
        Alternative("lists of lists", lists),
        Alternative("sums of rows, and their differences", from_sums_of_rows),
    ),
    oracles=(from_a_mixed_basis, from_sums_of_rows),
)
