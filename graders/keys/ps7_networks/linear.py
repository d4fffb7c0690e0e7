"""Linear(W, b): a layer as a class, which remembers its input for the way back."""

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception

_NEEDED = ("backward", "W_grad", "b_grad")


def observe(answer, W, b, x, v, other_x, other_v):
    """Outputs, cotangents and gradients of two passes, with another layer at work between."""
    layer = answer(W.copy(), b.copy())
    missing = [name for name in _NEEDED if not hasattr(layer, name)]
    if missing or not callable(layer):
        lacking = missing[0] if missing else "__call__"
        raise Problem(f"Linear(W, b) gives an object without {lacking}")
    first = layer(x), layer.backward(v)
    after_one = np.copy(layer.W_grad), np.copy(layer.b_grad)
    bystander = answer(2 * W, 3 * b)
    bystander(other_x)
    second = layer(other_x), layer.backward(other_v)
    parts = (*first, *after_one, *second, layer.W_grad, layer.b_grad)
    return tuple(as_array(part, "a result of Linear") for part in parts)


class Reference:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.W_grad, self.b_grad = np.zeros(W.shape), np.zeros(b.shape)

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, v):
        self.W_grad = self.W_grad + self.x.T @ v
        self.b_grad = self.b_grad + np.sum(v, axis=0)
        return v @ self.W.T


class InPlace:
    def __init__(self, W, b):
        self.parameters = W, b
        self.W_grad, self.b_grad = np.zeros_like(W), np.zeros_like(b)

    def __call__(self, x):
        W, b = self.parameters
        self.remembered = x.T
        return np.dot(x, W) + b

    def backward(self, v):
        self.W_grad += self.remembered @ v
        self.b_grad += np.ones(len(v)) @ v
        return np.dot(self.parameters[0], v.T).T


class RowByRow:
    def __init__(self, W, b):
        self.W, self.b = W.tolist(), b.tolist()
        self.W_grad, self.b_grad = W * 0.0, b * 0.0

    def __call__(self, x):
        self.rows = [row.copy() for row in x]
        return np.array([row @ np.array(self.W) + self.b for row in x]).reshape(len(x), -1)

    def backward(self, v):
        for row, cotangent in zip(self.rows, v, strict=True):
            self.W_grad = self.W_grad + np.outer(row, cotangent)
            self.b_grad = self.b_grad + cotangent
        return np.array([np.array(self.W) @ cotangent for cotangent in v])


class WithEinsum(Reference):
    def backward(self, v):
        self.W_grad = self.W_grad + np.einsum("ni,no->io", self.x, v)
        self.b_grad = self.b_grad + np.einsum("no->o", v)
        return np.einsum("no,io->ni", v, self.W)


class ByComplexStep(Reference):
    """An oracle: every derivative from the layer's own value off the real line."""

    def backward(self, v):
        def slopes(f, at):
            gradient = np.zeros(at.shape)
            for index in np.ndindex(at.shape):
                moved = at.astype(complex)
                moved[index] += 1e-20j
                gradient[index] = np.sum(v * np.imag(f(moved)) / 1e-20)
            return gradient

        self.W_grad = self.W_grad + slopes(lambda W: self.x @ W + self.b, self.W)
        self.b_grad = self.b_grad + slopes(lambda b: self.x @ self.W + b, self.b)
        return slopes(lambda x: x @ self.W + self.b, self.x)


class ByJacobian(Reference):
    """An oracle: full Jacobians as Kronecker products, times the flattened cotangent."""

    def backward(self, v):
        n, flat = len(self.x), v.reshape(-1)
        of_W = np.kron(self.x, np.eye(len(self.b)))
        of_b = np.kron(np.ones((n, 1)), np.eye(len(self.b)))
        of_x = np.kron(np.eye(n), self.W.T)
        self.W_grad = self.W_grad + (flat @ of_W).reshape(self.W.shape)
        self.b_grad = self.b_grad + flat @ of_b
        return (flat @ of_x).reshape(self.x.shape)


class Overwriting(Reference):
    def backward(self, v):
        self.W_grad, self.b_grad = self.x.T @ v, v.sum(axis=0)
        return v @ self.W.T


class FirstInput(Reference):
    x = None

    def __call__(self, x):
        self.x = x if self.x is None else self.x
        return x @ self.W + self.b

    def backward(self, v):
        self.W_grad = self.W_grad + self.x[: len(v)].T @ v[: len(self.x)]
        self.b_grad = self.b_grad + v.sum(axis=0)
        return v @ self.W.T


class WithoutBias(Reference):
    def __call__(self, x):
        self.x = x
        return x @ self.W


class BiasByMean(Reference):
    def backward(self, v):
        self.W_grad = self.W_grad + self.x.T @ v
        self.b_grad = self.b_grad + v.mean(axis=0)
        return v @ self.W.T


class AllByMean(Reference):
    def backward(self, v):
        self.W_grad = self.W_grad + self.x.T @ v / len(v)
        self.b_grad = self.b_grad + v.mean(axis=0)
        return v @ self.W.T


class PassingOnTheGradient(Reference):
    def backward(self, v):
        super().backward(v)
        return self.W_grad


class PassingOnUnchanged(Reference):
    def backward(self, v):
        super().backward(v)
        return v


class BiasNotSummed(Reference):
    def backward(self, v):
        self.W_grad = self.W_grad + self.x.T @ v
        self.b_grad = self.b_grad + v[0] if len(v) else self.b_grad
        return v @ self.W.T


def layer(n, m, inputs, outputs):
    def draw(generator):
        shapes = (inputs, outputs), (outputs,), (n, inputs), (n, outputs), (m, inputs)
        W, b, x, v, other_x = (generator.normal(size=shape) for shape in shapes)
        return W, b, x, v, other_x, generator.normal(size=(m, outputs))

    return draw


_PARTS = ("the output", "the cotangent of the input", "W_grad", "b_grad")

Linear = Key(
    name="Linear",
    reference=Reference,
    observe=observe,
    parts=(*_PARTS, *(f"{part} of a second pass" for part in _PARTS)),
    domain=(
        Region("four rows and then five, from 3 to 2", layer(4, 5, 3, 2), 3),
        Region("single rows", layer(1, 1, 2, 3), 1),
        Region("as many rows as inputs and outputs", layer(3, 3, 3, 3), 2),
        Region("one input, one output", layer(3, 2, 1, 1), 1),
    ),
    lecture="10_network",
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "overwrites its gradients at every backward",
            Overwriting,
            "As in PyTorch, gradients add up until someone clears them.",
            lecture="04_backward",
        ),
        Misconception(
            "remembers only the first input it ever saw",
            FirstInput,
            "The way back belongs to the latest call.",
        ),
        Misconception(
            "leaves the bias out of the output",
            WithoutBias,
            "x W + b: where is b in your __call__?",
        ),
        Misconception(
            "averages the bias gradient over the rows",
            BiasByMean,
            "All rows share one bias: where roads meet they add.",
        ),
        Misconception(
            "divides both gradients by the number of rows",
            AllByMean,
            "If there is a mean in the loss, its 1/n has already arrived with v.",
        ),
        Misconception(
            "returns the gradient of W from backward",
            PassingOnTheGradient,
            "The layer below waits for the cotangent of *its* output, which is your input x.",
        ),
        Misconception(
            "passes the cotangent on unchanged",
            PassingOnUnchanged,
            "How does the output move when x moves? Not one to one: W stands between.",
        ),
        Misconception(
            "gives b the cotangent of the first row only",
            BiasNotSummed,
            "Every row uses the bias. What do the other rows hand back?",
        ),
    ),
    alternatives=(
        Alternative("in place, transposed memory", InPlace),
        Alternative("row by row", RowByRow),
        Alternative("einsum", WithEinsum),
    ),
    oracles=(ByComplexStep, ByJacobian),
)
