"""largest_step(X): beyond which step size descent on the mean squared error diverges."""

import numpy as np

from graders.keys.domain import Region, arrays
from graders.keys.key import Alternative, Key, Misconception


def reference(X):
    H = 2 / len(X) * X.T @ X
    return 2 / np.max(np.linalg.eigvalsh(H))


def by_singular_values(X):
    return len(X) / np.linalg.norm(X, 2) ** 2


def by_power_iteration(X):
    v = np.ones(X.shape[1]) + 0.1 * np.arange(X.shape[1])
    for _ in range(5000):
        w = X.T @ (X @ v) * 2 / len(X)
        v = w / np.linalg.norm(w)
    return 2 / float(v @ (X.T @ (X @ v)) * 2 / len(X))


def by_general_eigenvalues(X):
    n, _ = X.shape
    eigenvalues, _ = np.linalg.eig(X.T.dot(X) / n)
    return float(1 / max(eigenvalues.real))


def by_rows(X):
    H = sum(np.outer(row, row) for row in X) * (2 / len(X))
    return 2 / np.linalg.eigh(H)[0][-1]


def with_digits(X):
    import mpmath

    with mpmath.workdps(40):
        A = mpmath.matrix(X.astype(float).tolist())
        eigenvalues = mpmath.eigsy(A.T * A, eigvals_only=True)
        return float(len(X) / max(eigenvalues))


def curvatures(X):
    return np.linalg.eigvalsh(2 / len(X) * X.T @ X)


def table(rows, columns, *, scale=1.0):
    """Columns of different length that are not at right angles, one of them of ones."""

    def draw(generator):
        X = generator.uniform(0.5, 2.0, (rows, columns)) * (1 + np.arange(columns))
        X[:, -1] = 1.0
        return (scale * X,)

    return draw


largest_step = Key(
    name="largest_step",
    reference=reference,
    domain=(
        Region("two columns", table(5, 2), 3),
        Region("three columns", table(7, 3), 2),
        Region("as many rows as columns", table(3, 3), 1),
        Region("more columns than rows", table(2, 4), 1),
        Region("large inputs", table(5, 2, scale=1e3), 1),
        Region("small inputs", table(5, 2, scale=1e-3), 1),
        arrays("a single column", (4, 1), 0.5, 2.0, count=1),
    ),
    lecture="07_regression",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "gives 1/λ: the step that jumps to the floor, not the one that stays level",
            lambda X: 1 / max(curvatures(X)),
            "Each step multiplies the distance by 1 - ηλ. For which η is its size 1 again?",
        ),
        Misconception(
            "goes by the smallest curvature",
            lambda X: 2 / curvatures(X)[0],
            "The walk must hold in every direction. Which direction breaks first?",
        ),
        Misconception(
            "takes the curvature without dividing by the number of rows",
            lambda X: 1 / np.linalg.norm(X, 2) ** 2,
            "Write every row twice: the mean squared error stays as it is. Does your step?",
        ),
        Misconception(
            "takes the curvature without the 2",
            lambda X: 2 * reference(X),
            "The curvature of r² in r is not 1.",
        ),
        Misconception(
            "gives the curvature itself",
            lambda X: max(curvatures(X)),
            "The steeper the valley, the smaller the step has to be.",
        ),
        Misconception(
            "adds up all curvatures",
            lambda X: 2 / sum(curvatures(X)),
            "Safe, but not the largest: the directions do not help or hinder each other.",
        ),
        Misconception(
            "takes the largest entry of H for its largest eigenvalue",
            lambda X: 2 / np.max(2 / len(X) * X.T @ X),
            "The steepest direction may lie aslant, between the axes.",
        ),
        Misconception(
            "gives 2/(λmin + λmax), the fastest step",
            lambda X: 2 / (curvatures(X)[0] + curvatures(X)[-1]),
            "That step arrives soonest. Which is the largest that does not diverge?",
        ),
    ),
    alternatives=(
        Alternative("the largest singular value", by_singular_values),
        Alternative("a general eigenvalue routine", by_general_eigenvalues),
        Alternative("outer products of the rows", by_rows),
    ),
    oracles=(with_digits, by_power_iteration),
    equivalent_mutants=frozenset(  # X Xᵀ and Xᵀ X have the same eigenvalues but for zeros
        {"line 2: `2 / len(X) * X.T @ X` became `X @ (2 / len(X) * X.T)`"}
    ),
)
