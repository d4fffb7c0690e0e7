"""newton_step(gradient, hessian, x, damping): x minus the solution d of (H + λI) d = g."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(gradient, hessian, x, damping):
    H = hessian(x) + damping * np.eye(len(x))
    return x - np.linalg.solve(H, gradient(x))


def by_inverse(gradient, hessian, x, damping):
    shifted = hessian(x).copy()
    shifted[np.diag_indices(len(x))] += damping
    return x - np.linalg.inv(shifted) @ gradient(x)


def by_least_squares(gradient, hessian, x, damping):
    H = np.asarray(hessian(x)) + np.diag([damping] * len(x))
    return x + np.linalg.lstsq(H, -gradient(x), rcond=None)[0]


def by_elimination(gradient, hessian, x, damping):
    """Gauss without pivoting, in plain lists; the matrices here allow it."""
    n = len(x)
    rows = [
        [*map(float, row), float(g)] for row, g in zip(hessian(x), gradient(x), strict=True)
    ]
    for i in range(n):
        rows[i][i] += damping
    for i in range(n):
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for k in range(n):
            if k != i:
                rows[k] = [v - rows[k][i] * u for v, u in zip(rows[k], rows[i], strict=True)]
    return [float(x[i]) - rows[i][n] for i in range(n)]


def by_eigenvectors(gradient, hessian, x, damping):
    curvatures, directions = np.linalg.eigh(hessian(x))
    return x - directions @ ((directions.T @ gradient(x)) / (curvatures + damping))


def with_digits(gradient, hessian, x, damping):
    import mpmath

    with mpmath.workdps(40):
        H = mpmath.matrix(hessian(x).tolist()) + mpmath.mpf(damping) * mpmath.eye(len(x))
        d = mpmath.lu_solve(H, mpmath.matrix(gradient(x).tolist()))
        return [float(mpmath.mpf(float(v)) - s) for v, s in zip(x, d, strict=True)]


def stepping(step):
    """A wrong step from x, the gradient, the Hessian, and the damping."""
    return lambda gradient, hessian, x, damping: step(x, gradient(x), hessian(x), damping)


def smooth(n, *, damping=(0.2, 1.0), saddle=False):
    """A function Σ ¼x⁴ + ½xᵀAx - bᵀx with A not diagonal, by its gradient and Hessian."""

    def draw(generator):
        B = generator.normal(size=(n, n))
        signs = np.ones(n)
        signs[0] = -1 if saddle else 1
        A = np.diag(signs * 4 * n) + (B + B.T) / 2
        b, x = generator.normal(size=n), generator.uniform(0.3, 1.0, n)

        def gradient(x):
            return x**3 + A @ x - b

        def hessian(x):
            return np.diag(3 * x**2) + A

        return gradient, hessian, x, float(generator.uniform(*damping))

    return draw


newton_step = Key(
    name="newton_step",
    reference=reference,
    domain=(
        Region("two variables", smooth(2), 3),
        Region("three variables", smooth(3), 2),
        Region("a single variable", smooth(1), 1),
        Region("no damping", smooth(2, damping=(0.0, 0.0)), 2),
        Region("a saddle", smooth(2, saddle=True), 1),
        Region("strong damping", smooth(2, damping=(1e3, 1e4)), 1),
    ),
    lecture="12_second_order",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "multiplies by the Hessian where it should divide",
            stepping(lambda x, g, H, λ: x - (H + λ * np.eye(len(x))) @ g),
            "Where the curve bends strongly, the floor is near. Should the step be long there?",
        ),
        Misconception(
            "steps up instead of down",
            stepping(lambda x, g, H, λ: x + np.linalg.solve(H + λ * np.eye(len(x)), g)),
            "For a bowl, Newton's step ends on the floor. Try ½x², from 1.",
        ),
        Misconception(
            "divides by the diagonal alone",
            stepping(lambda x, g, H, λ: x - g / (np.diag(H) + λ)),
            "The entries off the diagonal say how the slope along one axis changes when you "
            "move along another.",
        ),
        Misconception(
            "divides by the matrix entry by entry",
            stepping(lambda x, g, H, λ: x - (g / (H + λ * np.eye(len(x)))).sum(axis=1)),
            "The inverse of a matrix is not made of the inverses of its entries: solve a "
            "system of equations.",
        ),
        Misconception(
            "leaves out the damping",
            stepping(lambda x, g, H, λ: x - np.linalg.solve(H, g)),
            "One of the arguments is not used.",
        ),
        Misconception(
            "adds the damping to every entry of the matrix",
            stepping(lambda x, g, H, λ: x - np.linalg.solve(H + λ, g)),
            "λI is zero off the diagonal. What does NumPy do with matrix + number?",
        ),
        Misconception(
            "damps the step after the division, not the matrix",
            stepping(lambda x, g, H, λ: x - np.linalg.solve(H, g) / (1 + λ)),
            "Damping adds λ to each curvature: flat directions feel it most.",
        ),
        Misconception(
            "subtracts the damping",
            stepping(lambda x, g, H, λ: x - np.linalg.solve(H - λ * np.eye(len(x)), g)),
            "Damping makes every curvature larger, and so the step shorter.",
        ),
        Misconception(
            "gives the step instead of the new point",
            stepping(lambda x, g, H, λ: np.linalg.solve(H + λ * np.eye(len(x)), g)),
            "Where do you stand after the step?",
        ),
    ),
    alternatives=(
        Alternative("the inverse", by_inverse),
        Alternative("least squares", by_least_squares),
        Alternative("elimination in plain lists", by_elimination),
    ),
    oracles=(by_eigenvectors, with_digits),
)
