"""mse_gradient(X, y, w, b): the gradient of the mean squared error of X w + b."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.ps5_regression.data import fit, perfect_fit
from graders.keys.rules import BY_HAND


def reference(X, y, w, b):
    r = X @ w + b - y
    return 2 / len(y) * (X.T @ r), 2 / len(y) * np.sum(r)


def by_loop(X, y, w, b):
    n, d = X.shape
    slopes_of_w, slope_of_b = [0.0] * d, 0.0
    for row, target in zip(X, y, strict=True):
        residual = sum(row[j] * w[j] for j in range(d)) + b - target
        for j in range(d):
            slopes_of_w[j] += 2 * residual * row[j] / n
        slope_of_b += 2 * residual / n
    return slopes_of_w, slope_of_b


def by_means(X, y, w, b):
    r = (X * w).sum(axis=1) + b - y
    return 2 * (r[:, None] * X).mean(axis=0), 2 * r.mean()


def with_a_column_of_ones(X, y, w, b):
    ones = np.ones((len(X), 1), X.dtype)
    A, theta = np.hstack([X, ones]), np.append(w, w.dtype.type(b))
    gradient = 2 * (A.T @ (A @ theta) - A.T @ y) / len(y)
    return gradient[:-1], gradient[-1]


def by_oracle(vjp):
    """A VJP finder as an oracle, on the loss as a function of w and b."""
    slopes = vjp(lambda w, b, X, y: ((X @ w + b - y) ** 2).mean(), 2)
    return lambda X, y, w, b: slopes(w, np.float64(b), X.astype(float), y.astype(float), 1.0)


def scaled(factor):
    def answer(X, y, w, b):
        return tuple(factor(X) * slope for slope in reference(X, y, w, b))

    return answer


def bias_not_summed(X, y, w, b):
    r = X @ w + b - y
    return 2 / len(y) * (X.T @ r), 2 / len(y) * r


def bias_not_scaled(X, y, w, b):
    slope_of_w, slope_of_b = reference(X, y, w, b)
    return slope_of_w, slope_of_b * len(y) / 2


def bias_forgotten(X, y, w, b):
    return reference(X, y, w, 0 * b)


def table_of_residuals(X, y, w, b):
    r = (X @ w + b)[:, None] - y
    return 2 / r.size * (X.T @ r).sum(axis=1), 2 / r.size * np.sum(r)


def target_unweighted(X, y, w, b):
    r = X @ w + b - y
    return 2 * r.mean() * np.ones_like(w), 2 * r.mean()


mse_gradient = Key(
    name="mse_gradient",
    reference=reference,
    parts=("the gradient for w", "the slope for b"),
    domain=(
        Region("four rows of three numbers", fit(4, 3), 3),
        Region("two rows of five numbers", fit(2, 5), 2),
        Region("a single column", fit(6, 1), 2),
        Region("a single row", fit(1, 3), 1),
        Region("as many rows as columns", fit(3, 3), 1),
        Region("large inputs", fit(5, 2, scale=1e4), 1),
        Region("float32", fit(4, 3, dtype=np.float32), 2),
        Region("data on the line", perfect_fit(4, 2), 1),
    ),
    lecture="07_regression",
    rtol=1e-10,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "points the other way: downhill",
            scaled(lambda X: -1),
            "A residual is prediction minus truth. When a prediction is too high, does raising "
            "b make the loss larger or smaller?",
        ),
        Misconception(
            "adds over the rows where the mean is asked",
            scaled(lambda X: len(X)),
            "Write every row twice: the mean squared error stays as it is. Does your gradient?",
        ),
        Misconception(
            "drops the 2 that the square leaves",
            scaled(lambda X: 1 / 2),
            "What is the slope of r² in r?",
        ),
        Misconception(
            "divides by the number of columns instead of rows",
            scaled(lambda X: X.shape[0] / X.shape[1]),
            "The mean is taken over the residuals. How many of them are there?",
        ),
        Misconception(
            "gives one slope of b for every row",
            bias_not_summed,
            "Each row says how b moves its own residual. All of them use the same b: where "
            "roads meet they add.",
        ),
        Misconception(
            "has w right, and adds up for b without 2/n",
            bias_not_scaled,
            "The factor in front of the sum is the same for both.",
        ),
        Misconception(
            "leaves b out of the prediction",
            bias_forgotten,
            "The residual is the whole prediction minus the truth. Is b in yours?",
        ),
        Misconception(
            "makes a table of every prediction minus every target",
            table_of_residuals,
            "Print the shape of what you square. How many residuals are there, and how many "
            "did you make?",
        ),
        Misconception(
            "gives w the slope of b",
            target_unweighted,
            "How far does a prediction move when one weight moves by 1? By what it multiplies.",
        ),
    ),
    alternatives=(
        Alternative("a loop over rows and columns, in plain lists", by_loop),
        Alternative("means of products", by_means),
        Alternative("a column of ones", with_a_column_of_ones),
    ),
    oracles=(by_oracle(vjp_by_complex_step), by_oracle(vjp_by_digits)),
)
