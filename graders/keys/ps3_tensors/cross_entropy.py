"""cross_entropy(z, labels): the mean of -ln softmax(z)[label], and its gradient in z."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(z, labels):
    rows = np.arange(len(z))
    shifted = z - z.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=1, keepdims=True)
    gradient = powers / sums
    loss = np.mean(np.log(sums[:, 0]) - shifted[rows, labels])
    gradient[rows, labels] -= 1
    return loss, gradient / len(z)


def by_loop(z, labels):
    loss, gradient = 0.0, np.zeros_like(z)
    for i, label in enumerate(labels):
        top = max(z[i])
        powers = np.exp(z[i] - top)
        loss += (np.log(powers.sum()) + top - z[i, label]) / len(z)
        gradient[i] = powers / powers.sum()
        gradient[i, label] -= 1
    return z.dtype.type(loss), gradient / z.dtype.type(len(z))


def with_logaddexp(z, labels):
    total = np.logaddexp.reduce(z, axis=1, keepdims=True)
    logarithms = z - total
    targets = np.eye(z.shape[1], dtype=z.dtype)[labels]
    loss = -(logarithms * targets).sum() / len(z)
    return [loss, (np.exp(logarithms) - targets) / len(z)]


def through_the_softmax(z, labels):
    """The rules of the mean, the logarithm and the softmax, one after the other."""
    rows, count = np.arange(len(z)), z.dtype.type(len(z))
    logarithms = z - z.max(axis=1, keepdims=True)
    logarithms = logarithms - np.log(np.exp(logarithms).sum(axis=1, keepdims=True))
    v = np.zeros_like(z)
    v[rows, labels] = -1 / count
    gradient = v - np.exp(logarithms) * v.sum(axis=1, keepdims=True)
    return -logarithms[rows, labels].mean(), gradient


def softmax_of(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def mistaken(loss=None, gradient=None):
    """The right answer with one part replaced by a function of (z, labels, one-hot rows)."""

    def answer(z, labels):
        right_loss, right_gradient = reference(z, labels)
        targets = np.eye(z.shape[1], dtype=z.dtype)[labels]
        return (
            right_loss if loss is None else loss(z, labels, targets),
            right_gradient if gradient is None else gradient(z, labels, targets),
        )

    return answer


def unshifted(z, labels):
    powers = np.exp(z)
    s = powers / powers.sum(axis=1, keepdims=True)
    targets = np.eye(z.shape[1], dtype=z.dtype)[labels]
    return -np.mean(np.log(s[np.arange(len(z)), labels])), (s - targets) / len(z)


def logits(label, rows, classes, scale=2.0, shift=0.0, dtype=np.float64, count=2):
    def draw(generator):
        z = np.asarray(shift + scale * generator.normal(size=(rows, classes)), dtype)
        return z, generator.integers(0, classes, size=rows)

    return Region(label, draw, count)


def loss_with(exp, log):
    def loss(z, labels):
        top = np.max(np.real(z).astype(float), axis=1, keepdims=True)
        sums = np.sum(exp(z - top), axis=1)
        return np.sum(log(sums) + (top[:, 0] - z[np.arange(len(z)), labels])) / len(z)

    return loss


def loss_with_digits(z, labels):
    import mpmath

    return loss_with(elementwise(mpmath.exp), elementwise(mpmath.log))(z, labels)


def by_oracle(rule, loss):
    return lambda z, labels: (
        float(np.real(loss(z.astype(np.float64), labels))),
        rule(z, labels, np.ones(())),
    )


cross_entropy = Key(
    name="cross_entropy",
    reference=reference,
    domain=(
        logits("a few rows", 3, 4, count=3),
        logits("as many rows as classes", 4, 4),
        logits("a single row", 1, 3),
        logits("a single class", 3, 1, count=1),
        logits("two classes", 5, 2),
        logits("large logits", 3, 4, scale=3.0, shift=1000.0),
        logits("very negative logits", 3, 4, scale=3.0, shift=-1000.0),
        logits("logits far apart", 2, 3, scale=900.0),
        logits("large rows beside small ones", 2, 3, shift=np.array([[1e3], [-1e3]])),
        logits("float32", 3, 4, dtype=np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    parts=("the loss", "the gradient"),
    keeps_dtype=True,
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "overflows for large logits",
            unshifted,
            "exp(1000) is infinite to a computer. Adding a number to a row does not change its "
            "softmax: which number keeps every exponent at 0 or below?",
        ),
        Misconception(
            "forgets that the loss is a mean, in the gradient",
            mistaken(gradient=lambda z, labels, targets: softmax_of(z) - targets),
            "Each of n rows counts for one n-th of the loss.",
        ),
        Misconception(
            "sums the losses of the rows instead of taking their mean",
            mistaken(loss=lambda z, labels, targets: reference(z, labels)[0] * len(z)),
            "With twice as many rows of the same kind, should the loss double?",
        ),
        Misconception(
            "gives the softmax for the gradient and forgets the label",
            mistaken(gradient=lambda z, labels, targets: softmax_of(z) / len(z)),
            "Raise the logit of the right class: does the loss rise or fall?",
        ),
        Misconception(
            "has the sign of the gradient wrong",
            mistaken(gradient=lambda z, labels, targets: (targets - softmax_of(z)) / len(z)),
            "Raise the logit of the right class: does the loss rise or fall?",
        ),
        Misconception(
            "forgets the minus sign of the loss",
            mistaken(loss=lambda z, labels, targets: -reference(z, labels)[0]),
            "A logarithm of a probability is never positive. Which sign should a loss have?",
        ),
        Misconception(
            "gives the mean probability of the right class, without the logarithm",
            mistaken(loss=lambda z, labels, targets: np.mean((softmax_of(z) * targets).sum(1))),
            "The loss is a logarithm: a probability near 0 must cost a lot.",
        ),
        Misconception(
            "divides the gradient by the number of all entries",
            mistaken(gradient=lambda z, labels, targets: (softmax_of(z) - targets) / z.size),
            "Over what is the mean taken: rows, or rows times classes?",
        ),
        Misconception(
            "gives the gradient of the mean over all classes, not of the labelled one",
            mistaken(
                gradient=lambda z, labels, targets: (softmax_of(z) - targets.mean(0)) / len(z)
            ),
            "Every row has a label of its own.",
        ),
        Misconception(
            "takes the softmax down the columns",
            mistaken(
                gradient=lambda z, labels, targets: (softmax_of(z.T).T - targets) / len(z)
            ),
            "A row is one example. Its probabilities, along the row, add up to 1.",
        ),
    ),
    alternatives=(
        Alternative("a loop over the rows", by_loop),
        Alternative("logaddexp, and a table of targets", with_logaddexp),
        Alternative("the rules of all steps, one after the other", through_the_softmax),
    ),
    equivalent_mutants=frozenset(  # the last of two axes, and the only entry of a row of one
        {
            "line 3: `1` became `-1`",
            "line 5: `1` became `-1`",
            "line 7: `0` became `-1`",
        }
    ),
    oracles=(
        by_oracle(vjp_by_complex_step(loss_with(np.exp, np.log)), loss_with(np.exp, np.log)),
        by_oracle(vjp_by_digits(loss_with_digits), loss_with_digits),
    ),
)
