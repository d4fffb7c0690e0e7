"""layer_gradients(X, W1, b1, W2, b2, v): the VJP of the two-layer network to its weights."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.ps7_networks.data import network
from graders.keys.rules import BY_HAND


def reference(X, W1, b1, W2, b2, v):
    z = X @ W1 + b1
    v_z = v @ W2.T * (z > 0)
    return X.T @ v_z, v_z.sum(axis=0), np.maximum(z, 0).T @ v, v.sum(axis=0)


def row_by_row(X, W1, b1, W2, b2, v):
    totals = [np.zeros_like(a) for a in (W1, b1, W2, b2)]
    for x, cotangent in zip(X, v, strict=True):
        z = W1.T @ x + b1
        hidden = np.where(z > 0, z, 0)
        back = np.where(z > 0, W2 @ cotangent, 0)
        parts = np.outer(x, back), back, np.outer(hidden, cotangent), cotangent
        totals = [total + part for total, part in zip(totals, parts, strict=True)]
    return totals


def by_einsum(X, W1, b1, W2, b2, v):
    z = X @ W1 + b1
    on = (z > 0).astype(z.dtype)
    back = np.einsum("nk,hk,nh->nh", v, W2, on)
    ones = np.ones(len(X), X.dtype)
    slopes_of_W2 = np.einsum("nh,nh,nk->hk", z, on, v)
    return np.einsum("nd,nh->dh", X, back), ones @ back, slopes_of_W2, ones @ v


def unit_by_unit(X, W1, b1, W2, b2, v):
    slopes = [np.zeros(a.shape) for a in (W1, b1, W2)]
    for j, bias in enumerate(b1):
        z = X @ W1[:, j] + bias
        back = (v @ W2[j])[z > 0]
        slopes[0][:, j] = back @ X[z > 0]
        slopes[1][j] = back.sum()
        slopes[2][j] = z[z > 0] @ v[z > 0]
    return (*slopes, np.sum(v, 0))


def _relu(z):
    """For complex numbers and mpmath's: on where the real part is."""
    if z.dtype == object:
        return elementwise(lambda number: number if number > 0 else 0 * number)(z)
    return np.where(z.real > 0, z, 0)


def by_oracle(vjp):
    """A VJP finder as an oracle, on the network as a function of its four weights."""
    rule = vjp(lambda W1, b1, W2, b2, X: _relu(X @ W1 + b1) @ W2 + b2, 4)
    return lambda X, W1, b1, W2, b2, v: rule(W1, b1, W2, b2, X, v)


def wrong(change):
    """The right gradients with one thing wrong; `change` gets the names of the pass back."""

    def answer(X, W1, b1, W2, b2, v):
        z = X @ W1 + b1
        slopes = reference(X, W1, b1, W2, b2, v)
        return change(X, W2, v, z, list(slopes))

    return answer


def without_mask(X, W2, v, z, slopes):
    back = v @ W2.T
    return X.T @ back, back.sum(axis=0), *slopes[2:]


def mask_by_value(X, W2, v, z, slopes):
    back = v @ W2.T * np.maximum(z, 0)
    return X.T @ back, back.sum(axis=0), *slopes[2:]


def hidden_before_the_kink(X, W2, v, z, slopes):
    return *slopes[:2], z.T @ v, slopes[3]


def means(X, W2, v, z, slopes):
    return [slope / len(X) for slope in slopes]


def biases_by_mean(X, W2, v, z, slopes):
    return slopes[0], slopes[1] / len(X), slopes[2], slopes[3] / len(X)


def ones_for_the_cotangent(X, W2, v, z, slopes):
    back = np.ones_like(v) @ W2.T * (z > 0)
    hidden, ones = np.maximum(z, 0), np.ones_like(v)
    return X.T @ back, back.sum(axis=0), hidden.T @ ones, ones.sum(axis=0)


def biases_not_summed(X, W2, v, z, slopes):
    return slopes[0], v @ W2.T * (z > 0), slopes[2], v


def mask_where_off(X, W2, v, z, slopes):
    back = v @ W2.T * (z <= 0)
    return X.T @ back, back.sum(axis=0), *slopes[2:]


layer_gradients = Key(
    name="layer_gradients",
    reference=reference,
    parts=("the gradient of W1", "of b1", "of W2", "of b2"),
    domain=(
        Region("four rows, sizes 3, 5, 2", network(4, (3, 5, 2), cotangent=True), 3),
        Region("two rows", network(2, (2, 4, 3), cotangent=True), 1),
        Region("a single row", network(1, (2, 4, 3), cotangent=True), 1),
        Region("one hidden unit", network(5, (2, 1, 3), cotangent=True), 1),
        Region("as many of everything", network(3, (3, 3, 3), cotangent=True), 1),
        Region("a dead unit", network(4, (2, 3, 2), cotangent=True, dead=True), 1),
        Region("float32", network(4, (3, 5, 2), cotangent=True, dtype=np.float32), 1),
    ),
    lecture="10_network",
    rtol=1e-10,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "walks back through the kink as if it were not there",
            wrong(without_mask),
            "A hidden unit that is off for a row passes nothing back for that row.",
        ),
        Misconception(
            "multiplies by the hidden value at the kink instead of by its slope",
            wrong(mask_by_value),
            "On the way back stands how fast relu moves: 0 or 1, not how high it is.",
        ),
        Misconception(
            "lets through what is off and stops what is on",
            wrong(mask_where_off),
            "For z > 0 relu is z itself. What is its slope there?",
        ),
        Misconception(
            "takes the hidden values before the kink for the gradient of W2",
            wrong(hidden_before_the_kink),
            "W2 is multiplied by what comes out of the kink.",
        ),
        Misconception(
            "divides everything by the number of rows",
            wrong(means),
            "If there is a mean in the loss, its 1/n has already arrived with the cotangent.",
        ),
        Misconception(
            "takes the mean over the rows for the biases",
            wrong(biases_by_mean),
            "Every row uses the same bias: where roads meet they add.",
        ),
        Misconception(
            "gives the biases a slope for every row",
            wrong(biases_not_summed),
            "A gradient has the shape of what it belongs to. Which axis is too much?",
        ),
        Misconception(
            "ignores the cotangent",
            wrong(ones_for_the_cotangent),
            "v arrives from the loss. With ones in its place it is the gradient of the sum.",
        ),
    ),
    alternatives=(
        Alternative("row by row", row_by_row),
        Alternative("einsum", by_einsum),
        Alternative("unit by unit, rows that are on", unit_by_unit),
    ),
    oracles=(by_oracle(vjp_by_complex_step), by_oracle(vjp_by_digits)),
    equivalent_mutants=frozenset(
        {
            "line 3: `z > 0` became `z >= 0`",  # the domain stays away from the kink
            "line 4: `np.maximum(z, 0)` became `np.maximum(0, z)`",
        }
    ),
)
