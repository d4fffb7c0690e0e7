"""input_gradient(x, W1, b1, W2, b2, label): how the loss moves with the input itself."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.ps7_networks.data import network
from graders.keys.ps7_networks.two_layer import reference as two_layer
from graders.keys.rules import BY_HAND


def reference(x, W1, b1, W2, b2, label):
    z = x @ W1 + b1
    logits = np.maximum(z, 0) @ W2 + b2
    p = np.exp(logits - np.max(logits))
    v = p / np.sum(p)
    v[label] -= 1
    return W1 @ ((W2 @ v) * (z > 0))


def with_jacobians(x, W1, b1, W2, b2, label):
    z = W1.T @ x + b1
    logits = W2.T @ np.where(z > 0, z, 0) + b2
    log_p = logits - np.logaddexp.reduce(logits)
    row = np.exp(log_p) - np.eye(len(b2))[label]
    return row @ W2.T @ np.diag((z > 0).astype(float)) @ W1.T


def input_by_input(x, W1, b1, W2, b2, label):
    z = x @ W1 + b1
    on = np.flatnonzero(z > 0)
    logits = z[on] @ W2[on] + b2
    p = np.exp(logits - logits.max())
    p /= p.sum()
    gradient = []
    for i in range(len(x)):
        moved = sum(W1[i, j] * W2[j] for j in on) + np.zeros(len(b2))
        gradient.append(p @ moved - moved[label])
    return gradient


def only_living_units(x, W1, b1, W2, b2, label):
    """A network of relus is linear where its units do not change: one matrix."""
    on = x @ W1 + b1 > 0
    A = W1[:, on] @ W2[on]
    logits = x @ A + b1[on] @ W2[on] + b2
    p = np.exp(logits - np.logaddexp.reduce(logits))
    return A @ p - A[:, label]


def _loss(x, W1, b1, W2, b2, label):
    """The loss for complex numbers and mpmath's."""
    z = x @ W1 + b1
    if z.dtype == object:
        import mpmath

        hidden = elementwise(lambda number: number if number > 0 else 0 * number)(z)
        logits = hidden @ W2 + b2
        return mpmath.log(sum(elementwise(mpmath.exp)(logits))) - logits[label]
    logits = np.where(z.real > 0, z, 0) @ W2 + b2
    top = logits.real.max()
    return np.log(np.exp(logits - top).sum()) + top - logits[label]


def by_oracle(vjp):
    rule = vjp(_loss, 1)

    def answer(x, W1, b1, W2, b2, label):
        wide = (a.astype(float) for a in (x, W1, b1, W2, b2))
        return rule(*wide, label, 1.0)

    return answer


def walked(mask=lambda z: z > 0, at_end=lambda p, truth: p - truth, last=lambda g: g):
    """The way back with one thing wrong in it."""

    def answer(x, W1, b1, W2, b2, label):
        z = x @ W1 + b1
        logits = np.maximum(z, 0) @ W2 + b2
        p = np.exp(logits - logits.max())
        p /= p.sum()
        v = at_end(p, np.eye(len(p))[label])
        return last(W1 @ ((W2 @ v) * mask(z)))

    return answer


def example(sizes, *, dtype=np.float64, dead=False, scale=1.0):
    def draw(generator):
        X, *weights = network(1, sizes, dead=dead, dtype=dtype, scale=scale)(generator)
        label = int(generator.integers(0, sizes[2]))
        if dtype is np.float32:  # of a class that is nearly certain, 1 - p has no digits left
            label = int(np.argmin(two_layer(X, *weights)))
        return X[0], *weights, label

    return draw


input_gradient = Key(
    name="input_gradient",
    reference=reference,
    domain=(
        Region("sizes 3, 5, 4", example((3, 5, 4)), 4),
        Region("two classes", example((4, 3, 2)), 2),
        Region("a single input", example((1, 4, 3)), 1),
        Region("as many of everything", example((3, 3, 3)), 2),
        Region("a dead unit", example((2, 4, 3), dead=True), 1),
        Region("logits in the thousands", example((3, 5, 4), scale=5e3), 3),
        Region("float32", example((3, 5, 4), dtype=np.float32), 1),
    ),
    lecture="11_inputs",
    rtol=1e-9,
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "walks back through the kink as if it were not there",
            walked(mask=np.ones_like),
            "A hidden unit that is off passes nothing back.",
            lecture="10_network",
        ),
        Misconception(
            "multiplies by the hidden value at the kink instead of by its slope",
            walked(mask=lambda z: np.maximum(z, 0)),
            "On the way back stands how fast relu moves: 0 or 1, not how high it is.",
            lecture="10_network",
        ),
        Misconception(
            "begins with the probabilities: the label is not used",
            walked(at_end=lambda p, truth: p),
            "The loss knows the right class. What is its slope for that class's logit?",
            lecture="10_network",
        ),
        Misconception(
            "gives the gradient of the right class's logit instead of the loss",
            walked(at_end=lambda p, truth: truth),
            "The loss also falls when the other logits fall. Begin with the slope of the loss "
            "for each logit.",
        ),
        Misconception(
            "has the opposite sign",
            walked(at_end=lambda p, truth: truth - p),
            "Follow your gradient a little way: the loss should rise.",
        ),
        Misconception(
            "gives the sign only",
            walked(last=np.sign),
            "The sign step comes in the next question.",
        ),
        Misconception(
            "gives the sizes without signs",
            walked(last=np.abs),
            "A map of sensitivity shows sizes. A gradient has a direction.",
        ),
        Misconception(
            "gives a unit length to it",
            walked(last=lambda g: g / (np.linalg.norm(g) or 1.0)),
            "The length says how sensitive the loss is. Leave it.",
        ),
    ),
    alternatives=(
        Alternative("a product of Jacobians", with_jacobians),
        Alternative("input by input", input_by_input),
        Alternative("one matrix for the living units", only_living_units),
    ),
    oracles=(by_oracle(vjp_by_complex_step), by_oracle(vjp_by_digits)),
    equivalent_mutants=frozenset(
        {
            "line 7: `z > 0` became `z >= 0`",  # the domain stays away from the kink
            "line 3: `np.maximum(z, 0)` became `np.maximum(0, z)`",
        }
    ),
)
