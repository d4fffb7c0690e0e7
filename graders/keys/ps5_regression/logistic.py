"""logistic(z, y): loss and gradient of logistic regression, for scores of any size.

The loss is the mean of log(1 + exp(z)) - y z for labels y of 0 and 1; its gradient for z is
(sigmoid(z) - y)/n. Both have to stay finite where exp overflows.
"""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.rules import BY_HAND


def reference(z, y):
    shrunk = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - y * z + np.log1p(shrunk))
    probability = np.where(z >= 0, 1, shrunk) / (1 + shrunk)
    return loss, (probability - y) / len(z)


def by_logaddexp(z, y):
    loss = (np.logaddexp(0, z) - y * z).mean()
    log_probability = -np.logaddexp(0, -z)
    return loss, (np.exp(log_probability) - y) / z.size


def by_signs(z, y):
    signs = 2 * y - 1
    loss = np.logaddexp(0, -signs * z).mean()
    return loss, -signs * np.exp(-np.logaddexp(0, signs * z)) / len(y)


def in_plain_python(z, y):
    from math import exp, log1p

    loss, gradient = 0.0, []
    for score, label in zip(np.asarray(z).tolist(), np.asarray(y).tolist(), strict=True):
        if score >= 0:
            probability, log_term = 1 / (1 + exp(-score)), score + log1p(exp(-score))
        else:
            probability, log_term = exp(score) / (1 + exp(score)), log1p(exp(score))
        loss += (log_term - label * score) / len(z)
        gradient.append((probability - label) / len(z))
    return loss, gradient


def with_digits(z, y):
    import mpmath

    with mpmath.workdps(1200):
        scores = [mpmath.mpf(float(score)) for score in z]
        terms = [
            mpmath.log(1 + mpmath.exp(s)) - int(t) * s for s, t in zip(scores, y, strict=True)
        ]
        slopes = [1 / (1 + mpmath.exp(-s)) - int(t) for s, t in zip(scores, y, strict=True)]
        return float(mpmath.fsum(terms) / len(z)), [float(s / len(z)) for s in slopes]


def by_tanh(z, y):
    """sigmoid(z) = (1 + tanh(z/2))/2, and log(1 + e^z) = z/2 + log(2 cosh(z/2))."""
    half = np.asarray(z, np.longdouble) / 2
    log_cosh = np.abs(half) + np.log1p(np.exp(-2 * np.abs(half))) - np.log(np.longdouble(2))
    loss = np.mean(half + np.log(np.longdouble(2)) + log_cosh - y * 2 * half)
    return float(loss), ((1 - 2 * y + np.tanh(half)) / 2 / len(z)).astype(float)


def naive(z, y):
    p = np.exp(z) / (1 + np.exp(z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / len(z)


def clipped(z, y):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / len(z)


def changed(loss=lambda loss, n: loss, gradient=lambda slope, p, n: slope):
    """The right answer with one thing wrong in it."""

    def answer(z, y):
        right, slope = reference(z, y)
        probability = slope * len(z) + y
        return loss(right, len(z)), gradient(slope, probability, len(z))

    return answer


def labelled(n, low, high, *, dtype=np.float64, own_labels=False):
    def draw(generator):
        z = (generator.uniform(low, high, n) * generator.choice([-1, 1], n)).astype(dtype)
        y = generator.integers(0, 2, n)
        if n > 1:
            y[:2] = 0, 1
            z[:2] = np.abs(z[:2])
        return z, ((z > 0) if own_labels else y).astype(dtype)

    return draw


logistic = Key(
    name="logistic",
    reference=reference,
    parts=("the loss", "the gradient"),
    domain=(
        Region("scores near 0", labelled(5, 0.2, 2.0), 3),
        Region("a single score", labelled(1, 0.5, 2.0), 2),
        Region("scores of about 1000", labelled(4, 800.0, 1500.0), 2),
        Region("confident and right", labelled(3, 30.0, 40.0, own_labels=True), 1),
        Region("float32", labelled(5, 0.2, 2.0, dtype=np.float32), 1),
        # Both sides of 0 for certain: no luck decides whether a wrong threshold is noticed.
        Region(
            "a score of 0",
            lambda g: (np.array([0.0, 0.5, -0.5]), np.array([1.0, 0.0, 1.0])),
            1,
        ),
    ),
    lecture="07_regression",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "is right on paper and overflows for large scores",
            naive,
            "exp(1000) is infinite, and so is one divided by what is left. Which of the two "
            "forms of the sigmoid never raises e to a large power, for z > 0 and for z < 0?",
        ),
        Misconception(
            "clips probabilities, so that a confident mistake costs too little",
            clipped,
            "At z = 1000 and y = 0 the loss is 1000. A clipped logarithm cannot say that: "
            "write the loss in z, not in p.",
        ),
        Misconception(
            "multiplies the gradient by p (1 - p)",
            changed(gradient=lambda slope, p, n: slope * p * (1 - p)),
            "That is for the squared error. Here the logarithm brings its own 1/p (1 - p).",
        ),
        Misconception(
            "has the gradient upside down: truth minus prediction",
            changed(gradient=lambda slope, p, n: -slope),
            "A score that is raised raises the probability. For y = 0, does the loss fall?",
        ),
        Misconception(
            "forgets the mean in the gradient",
            changed(gradient=lambda slope, p, n: slope * n),
            "The loss is a mean over n. What does each score's slope carry?",
        ),
        Misconception(
            "forgets the mean in both",
            changed(lambda loss, n: loss * n, lambda slope, p, n: slope * n),
            "A mean is asked, so that the loss does not grow with the number of rows.",
        ),
        Misconception(
            "gives the log-likelihood, which is to be made large, for the loss",
            changed(loss=lambda loss, n: -loss),
            "A loss is never negative here: it is 0 for a perfect, certain prediction.",
        ),
        Misconception(
            "gives the probabilities for the gradient",
            changed(gradient=lambda slope, p, n: p),
            "Where y = 1, a probability of 1 is perfect: what should the slope be?",
        ),
    ),
    alternatives=(
        Alternative("logaddexp", by_logaddexp),
        Alternative("labels as signs", by_signs),
        Alternative("plain Python, two branches", in_plain_python),
    ),
    oracles=(with_digits, by_tanh),
    equivalent_mutants=frozenset(
        {
            "line 4: `z >= 0` became `z > 0`",  # at 0 both branches give a half
            "line 3: `np.maximum(z, 0)` became `np.maximum(0, z)`",
        }
    ),
)
