"""descend(x, y, a, b, lr, steps): the walk of gradient descent for the line a x + b."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.rules import BY_HAND


def reference(x, y, a, b, lr, steps):
    path = [(a, b)]
    for _ in range(steps):
        r = a * x + b - y
        a, b = a - lr * 2 * np.mean(r * x), b - lr * 2 * np.mean(r)
        path.append((a, b))
    return np.array(path)


def by_matrix(x, y, a, b, lr, steps):
    """The gradient is H θ - c with constant H and c."""
    A = np.column_stack([x, np.ones(len(x))])
    H, c = 2 / len(x) * A.T @ A, 2 / len(x) * A.T @ y
    path = np.empty((steps + 1, 2))
    path[0] = a, b
    for k in range(steps):
        path[k + 1] = path[k] - lr * (H @ path[k] - c)
    return path


def in_plain_python(x, y, a, b, lr, steps):
    xs, ys = np.asarray(x).tolist(), np.asarray(y).tolist()
    path = [[a, b]]
    while len(path) <= steps:
        residuals = [a * u + b - v for u, v in zip(xs, ys, strict=True)]
        slope_of_a = 2 * sum(r * u for r, u in zip(residuals, xs, strict=True)) / len(xs)
        slope_of_b = 2 * sum(residuals) / len(xs)
        a -= lr * slope_of_a
        b -= lr * slope_of_b
        path.append([a, b])
    return path


def with_copies(x, y, a, b, lr, steps):
    theta, X = np.array([a, b], dtype=float), np.stack([x, np.ones_like(x)])
    path = [theta.copy()]
    for _ in range(steps):
        theta -= lr * 2 * X @ (theta @ X - y) / len(y)
        path.append(theta.copy())
    return path


def by_eigenvectors(x, y, a, b, lr, steps):
    """Closed form: along each eigenvector the distance to the best fit shrinks by 1 - ηλ."""
    A = np.column_stack([x, np.ones(len(x))])
    best = np.linalg.lstsq(A, y, rcond=None)[0]
    curvatures, directions = np.linalg.eigh(2 / len(x) * A.T @ A)
    start = directions.T @ (np.array([a, b]) - best)
    factors = (1 - lr * curvatures) ** np.arange(steps + 1)[:, None]
    return best + (factors * start) @ directions.T


def with_digits(x, y, a, b, lr, steps):
    import mpmath

    with mpmath.workdps(40):
        xs, ys = ([mpmath.mpf(float(v)) for v in values] for values in (x, y))
        a, b, lr = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(lr)
        path = [[float(a), float(b)]]
        for _ in range(steps):
            r = [a * u + b - v for u, v in zip(xs, ys, strict=True)]
            slope_of_a = mpmath.fdot(r, xs) * 2 / len(xs)
            a, b = a - lr * slope_of_a, b - lr * 2 * mpmath.fsum(r) / len(xs)
            path.append([float(a), float(b)])
    return path


def one_after_the_other(x, y, a, b, lr, steps):
    path = [(a, b)]
    for _ in range(steps):
        a = a - lr * 2 * np.mean((a * x + b - y) * x)
        b = b - lr * 2 * np.mean(a * x + b - y)
        path.append((a, b))
    return path


def with_one_array(x, y, a, b, lr, steps):
    theta = reference(x, y, a, b, lr, steps)[-1]
    return [theta] * (steps + 1)


def slope_from_the_start(x, y, a, b, lr, steps):
    first = reference(x, y, a, b, lr, 1)
    return first[0] + np.arange(steps + 1)[:, None] * (first[1] - first[0])


def fit_of_a_line(n, *, steps, lr, shift=0.0):
    def draw(generator):
        x = np.sort(generator.uniform(-1.0, 2.0, n)) + shift
        y = 2 * x + 1 + generator.normal(size=n)
        a, b = generator.uniform(1.0, 2.0, 2) * generator.choice([-1, 1], 2)
        return x, y, float(a), float(b), float(lr * generator.uniform(0.8, 1.2)), steps

    return draw


descend = Key(
    name="descend",
    reference=reference,
    domain=(
        Region("five points, ten steps", fit_of_a_line(5, steps=10, lr=0.1), 3),
        Region("a single step", fit_of_a_line(4, steps=1, lr=0.1), 1),
        Region("no step at all", fit_of_a_line(4, steps=0, lr=0.1), 1),
        Region("steps that are too large", fit_of_a_line(5, steps=6, lr=1.5), 1),
        Region("inputs far from 0", fit_of_a_line(5, steps=8, lr=0.01, shift=5.0), 1),
        Region("a single point", fit_of_a_line(1, steps=4, lr=0.1), 1),
    ),
    lecture="07_regression",
    rtol=1e-9,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "moves a first, and then uses the new a for the slope of b",
            one_after_the_other,
            "Both slopes belong to the point where you stand. Work out both, then move.",
        ),
        Misconception(
            "leaves out the start",
            lambda *given: reference(*given)[1:] if given[-1] else np.zeros((0, 2)),
            "With no steps at all, where is the walk? The list has steps + 1 points.",
        ),
        Misconception(
            "leaves out the last point",
            lambda *given: reference(*given)[:-1] if given[-1] else np.zeros((0, 2)),
            "With no steps at all, where is the walk? The list has steps + 1 points. Record "
            "after the step, not before.",
        ),
        Misconception(
            "returns only the last point",
            lambda *given: reference(*given)[-1],
            "The whole walk is asked, one row for each point.",
        ),
        Misconception(
            "climbs",
            lambda x, y, a, b, lr, steps: reference(x, y, a, b, -lr, steps),
            "The gradient points uphill. Print the loss along your path.",
        ),
        Misconception(
            "drops the factor 2",
            lambda x, y, a, b, lr, steps: reference(x, y, a, b, lr / 2, steps),
            "What is the slope of r² in r?",
        ),
        Misconception(
            "adds over the points where the mean is asked",
            lambda x, y, a, b, lr, steps: reference(x, y, a, b, lr * len(x), steps),
            "More points do not make the mean squared error steeper. Divide by n.",
        ),
        Misconception(
            "takes the slope at the start for every step",
            slope_from_the_start,
            "After a step you stand elsewhere. Where in your code are the residuals?",
        ),
        Misconception(
            "records the same array again and again, so that every row is the last point",
            with_one_array,
            "A list holds the array, not a photograph of it. What does .copy() do?",
        ),
    ),
    alternatives=(
        Alternative("curvature matrix, an array filled row by row", by_matrix),
        Alternative("plain Python", in_plain_python),
        Alternative("one array, moved in place and copied", with_copies),
    ),
    oracles=(by_eigenvectors, with_digits),
)
