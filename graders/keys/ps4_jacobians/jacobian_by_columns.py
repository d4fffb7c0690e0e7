"""jacobian_by_columns(jvp, x): the Jacobian from forward passes, one for each input."""

import numpy as np

from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps4_jacobians.functions import counted, maps


def observe(answer, jvp, x):
    step, steps = counted(jvp)
    J = answer(step, x)
    return J, steps()


def reference(jvp, x):
    columns = []
    for j in range(x.size):
        t = np.zeros(x.size)
        t[j] = 1.0
        columns.append(jvp(x, t))
    return np.array(columns).T


def stacked(jvp, x):
    return np.stack([jvp(x, t) for t in np.eye(x.size)], axis=1)


def as_lists(jvp, x):
    columns = [jvp(x, [float(i == j) for i in range(len(x))]) for j in range(len(x))]
    return [list(row) for row in zip(*columns, strict=True)]


def filled(jvp, x):
    first = np.asarray(jvp(x, np.eye(x.size)[0]))
    J = np.empty((first.size, x.size))
    J[:, 0] = first
    for j in range(1, x.size):
        J[:, j] = jvp(x, np.eye(x.size)[j])
    return J


def from_sums_of_columns(jvp, x):
    sums = np.array([jvp(x, t) for t in np.tri(x.size)]).T
    return np.diff(sums, axis=1, prepend=0)


def from_a_mixed_basis(jvp, x):
    basis = np.eye(x.size) + 0.1 * np.arange(x.size**2).reshape(x.size, x.size)
    return np.linalg.solve(basis, np.array([jvp(x, t) for t in basis])).T


def ones_everywhere(jvp, x):
    column = jvp(x, np.ones(x.size))
    return np.array([column] * x.size).T


def moved_by_x(jvp, x):
    return np.array([jvp(x, t) for t in np.diag(x)]).T


def entry_by_entry(jvp, x):
    outputs = len(np.asarray(jvp(x, np.zeros(x.size))))
    J = np.zeros((outputs, x.size))
    for i in range(outputs):
        for j in range(x.size):
            J[i, j] = np.asarray(jvp(x, np.eye(x.size)[j]))[i]
    return J


def tangents_that_pile_up(jvp, x):
    t, columns = np.zeros(x.size), []
    for j in range(x.size):
        t[j] = 1.0
        columns.append(jvp(x, t))
    return np.array(columns).T


jacobian_by_columns = Key(
    name="jacobian_by_columns",
    reference=reference,
    observe=observe,
    domain=maps(lambda vjp, jvp, x, outputs: (jvp, x)),
    lecture="06_jacobians",
    parts=("the Jacobian", "the number of passes"),
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "has rows and columns exchanged",
            lambda jvp, x: reference(jvp, x).T,
            "One pass says what one nudge does to all outputs. Is that a row or a column?",
        ),
        Misconception(
            "moves all inputs at once and takes the sum of all columns for each of them",
            ones_everywhere,
            "A tangent of ones moves every input. How do you move one alone?",
        ),
        Misconception(
            "uses the entries of x as tangents, instead of 1",
            moved_by_x,
            "How fast does an input move for which you want the plain slope?",
        ),
        Misconception(
            "never sets the last 1 back to 0, so that columns pile up",
            tangents_that_pile_up,
            "Print t before each pass.",
        ),
        Misconception(
            "makes one pass for each entry, not one for each column",
            entry_by_entry,
            "The Jacobian is right. But each pass brings a whole column, and you keep one "
            "number of it.",
        ),
        Misconception(
            "brings the first column only",
            lambda jvp, x: np.array([jvp(x, np.eye(x.size)[0])]).T,
            "There are as many columns as inputs.",
        ),
        Misconception(
            "joins all columns into one long row of numbers",
            lambda jvp, x: np.concatenate([jvp(x, t) for t in np.eye(x.size)]),
            "A Jacobian is a table. Put the columns side by side.",
        ),
    ),
    alternatives=(
        Alternative("stacked side by side", stacked),
        Alternative("lists of lists", as_lists),
        Alternative("a table that is filled", filled),
    ),
    oracles=(from_a_mixed_basis, from_sums_of_columns),
)
