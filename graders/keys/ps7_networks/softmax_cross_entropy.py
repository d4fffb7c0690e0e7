"""softmax_cross_entropy(logits, labels): the mean loss of a classifier, and its gradient."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.rules import BY_HAND


def reference(logits, labels):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    total = np.sum(np.exp(shifted), axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = np.mean(np.log(total[:, 0]) - shifted[rows, labels])
    gradient = np.exp(shifted) / total
    gradient[rows, labels] -= 1
    return loss, gradient / len(labels)


def with_one_hot(logits, labels):
    truth = np.eye(logits.shape[1])[labels]
    log_total = np.logaddexp.reduce(logits, axis=1, keepdims=True)
    log_p = logits - log_total
    return -(truth * log_p).sum() / len(labels), (np.exp(log_p) - truth) / len(labels)


def row_by_row(logits, labels):
    loss, gradient = 0.0, np.zeros(logits.shape)
    for i, (row, label) in enumerate(zip(logits, labels, strict=True)):
        p = np.exp(row - row.max())
        p /= p.sum()
        loss += np.log(np.exp(row - row.max()).sum()) - (row[label] - row.max())
        gradient[i] = p
        gradient[i, label] -= 1
    return loss / len(labels), gradient / len(labels)


def plain_lists(logits, labels):
    import math

    losses, gradient = [], []
    for row, label in zip(
        np.asarray(logits).tolist(), np.asarray(labels).tolist(), strict=True
    ):
        top = max(row)
        powers = [math.exp(v - top) for v in row]
        losses.append(math.log(sum(powers)) + top - row[label])
        slopes = [p / sum(powers) / len(labels) for p in powers]
        slopes[label] -= 1 / len(labels)
        gradient.append(slopes)
    return sum(losses) / len(losses), gradient


def with_digits(logits, labels):
    import mpmath

    n, gradient, loss = len(labels), np.zeros(logits.shape), mpmath.mpf(0)
    with mpmath.workdps(50):
        for i in range(n):
            row = [mpmath.mpf(float(v)) for v in logits[i]]
            total = mpmath.fsum(mpmath.exp(v) for v in row)
            loss += mpmath.log(total) - row[labels[i]]
            for j, v in enumerate(row):
                gradient[i, j] = (mpmath.exp(v) / total - (j == labels[i])) / n
    return float(loss / n), gradient


def by_pairs(logits, labels):
    """p_j = 1/Σ exp(z_k - z_j), and the loss is log Σ exp(z_k - z_label)."""
    z = np.asarray(logits, np.longdouble)
    differences = z[:, None, :] - z[:, :, None]
    with np.errstate(over="ignore"):
        p = 1 / np.exp(differences).sum(axis=2)
    own = z - z[np.arange(len(labels)), labels][:, None]
    loss = np.mean(np.logaddexp.reduce(own, axis=1))
    truth = np.arange(z.shape[1]) == labels[:, None]
    return float(loss), ((p - truth) / len(labels)).astype(float)


def naive(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    truth = np.eye(logits.shape[1])[labels]
    return -np.mean(np.log(p[rows, labels])), (p - truth) / len(labels)


def clipped(logits, labels):
    _, slopes = reference(logits, labels)
    p = slopes * len(labels) + np.eye(logits.shape[1])[labels]
    rows = np.arange(len(labels))
    return -np.mean(np.log(np.clip(p[rows, labels], 1e-12, 1))), slopes


def changed(loss=lambda loss, n: loss, gradient=lambda slopes, p, n: slopes):
    """The right answer with one thing wrong in it."""

    def answer(logits, labels):
        right, slopes = reference(logits, labels)
        n = len(labels)
        p = slopes * n + np.eye(logits.shape[1])[labels]
        return loss(right, n), gradient(slopes, p, n)

    return answer


def over_the_rows(logits, labels):
    shifted = logits - logits.max(axis=0)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=0)
    truth = np.eye(logits.shape[1])[labels]
    rows = np.arange(len(labels))
    return -np.mean(np.log(p[rows, labels])), (p - truth) / len(labels)


def classifier(rows, classes, scale=1.0, dtype=np.float64):
    def draw(generator):
        logits = scale * generator.uniform(0.3, 2.0, (rows, classes))
        logits *= generator.choice([-1, 1], (rows, classes))
        labels = generator.integers(0, classes, rows)
        if scale > 100:  # a confident mistake
            logits[0, labels[0]] = -1.5 * scale
            logits[0, labels[0] - 1] = 1.5 * scale
            logits[-1] -= 5 * scale  # a row far below the others
        return logits.astype(dtype), labels

    return draw


softmax_cross_entropy = Key(
    name="softmax_cross_entropy",
    reference=reference,
    parts=("the loss", "the gradient"),
    domain=(
        Region("four rows, three classes", classifier(4, 3), 3),
        Region("two rows, five classes", classifier(2, 5), 1),
        Region("a single row", classifier(1, 3), 2),
        Region("as many rows as classes", classifier(3, 3), 1),
        Region("logits of about 1000", classifier(3, 4, scale=800.0), 1),
        Region("float32", classifier(4, 3, dtype=np.float32), 1),
    ),
    lecture="10_network",
    rtol=1e-10,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "is right on paper and overflows for large logits",
            naive,
            "exp(1000) is infinite. Adding the same number to all logits of a row changes no "
            "probability: which number helps?",
        ),
        Misconception(
            "clips probabilities, so that a confident mistake costs too little",
            clipped,
            "Write the loss in logits, not in probabilities, and no logarithm of 0 appears.",
        ),
        Misconception(
            "multiplies by the softmax's own slope p (1 - p) once more",
            changed(gradient=lambda slopes, p, n: slopes * p * (1 - p)),
            "p - truth is the slope through both, softmax and logarithm. What was counted "
            "twice?",
        ),
        Misconception(
            "gives the probabilities for the gradient",
            changed(gradient=lambda slopes, p, n: p / n),
            "For the right class the loss falls when its logit rises. Which sign is that?",
        ),
        Misconception(
            "has the gradient upside down: truth minus probability",
            changed(gradient=lambda slopes, p, n: -slopes),
            "Raise a wrong class's logit: does the loss rise or fall?",
        ),
        Misconception(
            "forgets the mean in the gradient",
            changed(gradient=lambda slopes, p, n: slopes * n),
            "The loss is a mean over n rows. What does the slope of each row carry?",
        ),
        Misconception(
            "adds over the rows instead of averaging",
            changed(lambda loss, n: loss * n, lambda slopes, p, n: slopes * n),
            "A mean is asked, so that the loss does not grow with the batch.",
        ),
        Misconception(
            "lets the probabilities sum to 1 over the rows",
            over_the_rows,
            "Each row is one example, and its classes share one unit of probability.",
        ),
        Misconception(
            "divides by the number of all logits",
            changed(gradient=lambda slopes, p, n: slopes / p.shape[1]),
            "The mean is over rows. The classes of a row belong together.",
        ),
    ),
    alternatives=(
        Alternative("one-hot rows and logaddexp", with_one_hot),
        Alternative("row by row", row_by_row),
        Alternative("plain lists", plain_lists),
    ),
    oracles=(with_digits, by_pairs),
    equivalent_mutants=frozenset(  # of two axes 1 is the last one, and of one column 0 is
        {
            "line 2: `1` became `-1`",
            "line 3: `1` became `-1`",
            "line 5: `0` became `-1`",
        }
    ),
)
