"""two_layer(X, W1, b1, W2, b2): the forward pass, relu(X W1 + b1) W2 + b2."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps7_networks.data import network


def reference(X, W1, b1, W2, b2):
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


def unit_by_unit(X, W1, b1, W2, b2):
    output = np.zeros((len(X), len(b2)), X.dtype) + b2
    for j in range(len(b1)):
        z = X @ W1[:, j] + b1[j]
        output = output + np.outer(np.where(z > 0, z, 0), W2[j])
    return output


def with_a_mask(X, W1, b1, W2, b2):
    hidden = X.dot(W1) + b1
    hidden *= hidden > 0
    return hidden.dot(W2) + b2


def plain_lists(X, W1, b1, W2, b2):
    output = []
    for row in X.tolist():
        columns = zip(W1.T.tolist(), b1.tolist(), strict=True)
        z = [sum(a * w for a, w in zip(row, c, strict=True)) + b for c, b in columns]
        hidden = [max(value, 0.0) for value in z]
        columns = zip(W2.T.tolist(), b2.tolist(), strict=True)
        output.append(
            [sum(a * w for a, w in zip(hidden, c, strict=True)) + b for c, b in columns]
        )
    return output


def by_einsum(X, W1, b1, W2, b2):
    z = np.einsum("nd,dh->nh", X, W1) + b1
    return np.einsum("nh,hk->nk", (z + np.abs(z)) / 2, W2) + b2


def with_digits(X, W1, b1, W2, b2):
    import mpmath

    with mpmath.workdps(40):
        A, B, C = (mpmath.matrix(a.astype(float).tolist()) for a in (X, W1, W2))
        z, output = A * B, np.zeros((len(X), len(b2)))
        for i in range(len(X)):
            for j in range(len(b1)):
                z[i, j] = max(z[i, j] + mpmath.mpf(float(b1[j])), 0)
        product = z * C
        for i, j in np.ndindex(output.shape):
            output[i, j] = product[i, j] + mpmath.mpf(float(b2[j]))
    return output


def with_activation(activation):
    return lambda X, W1, b1, W2, b2: activation(X @ W1 + b1) @ W2 + b2


two_layer = Key(
    name="two_layer",
    reference=reference,
    domain=(
        Region("four rows, sizes 3, 5, 2", network(4, (3, 5, 2)), 3),
        Region("a single row", network(1, (2, 4, 3)), 1),
        Region("one hidden unit", network(5, (2, 1, 3)), 1),
        Region("a single output", network(3, (2, 4, 1)), 1),
        Region("as many of everything", network(3, (3, 3, 3)), 1),
        Region("large inputs", network(3, (2, 4, 2), scale=1e4), 1),
        Region("float32", network(4, (3, 5, 2), dtype=np.float32), 1),
    ),
    lecture="10_network",
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "leaves out the kink between the layers",
            with_activation(lambda z: z),
            "Without it two layers are one: (X W1) W2 is X (W1 W2). What makes them two?",
        ),
        Misconception(
            "applies the kink to the output as well",
            lambda *given: np.maximum(reference(*given), 0),
            "The output may be negative: the kink stands between the layers only.",
        ),
        Misconception(
            "takes the absolute value for the kink",
            with_activation(np.abs),
            "What becomes of a negative number in a relu?",
        ),
        Misconception(
            "forgets the first bias",
            lambda X, W1, b1, W2, b2: reference(X, W1, 0 * b1, W2, b2),
            "Each layer has a bias.",
        ),
        Misconception(
            "forgets the second bias",
            lambda X, W1, b1, W2, b2: reference(X, W1, b1, W2, 0 * b2),
            "Each layer has a bias.",
        ),
        Misconception(
            "adds the first bias after the kink",
            lambda X, W1, b1, W2, b2: (np.maximum(X @ W1, 0) + b1) @ W2 + b2,
            "The bias moves the kink. It has to be added before.",
        ),
        Misconception(
            "keeps what is negative and drops what is positive",
            with_activation(lambda z: np.minimum(z, 0)),
            "relu(-1) is 0 and relu(1) is 1.",
        ),
        Misconception(
            "turns the hidden values into zeros and ones",
            with_activation(lambda z: (z > 0).astype(z.dtype)),
            "That is the slope of the kink, which the way back needs. Here its value is asked.",
        ),
    ),
    alternatives=(
        Alternative("unit by unit", unit_by_unit),
        Alternative("a mask", with_a_mask),
        Alternative("plain lists", plain_lists),
    ),
    oracles=(by_einsum, with_digits),
    equivalent_mutants=frozenset(
        {"line 2: `np.maximum(X @ W1 + b1, 0)` became `np.maximum(0, X @ W1 + b1)`"}
    ),
)
