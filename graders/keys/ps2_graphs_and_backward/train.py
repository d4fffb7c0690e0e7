"""train(x, y, w, rate, steps): the weight after each step of gradient descent on a line.

The loss is the mean of (w·x - y)². The answer uses the notebook's minigrad, which computes in
float32, and is held to that.
"""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(x, y, w, rate, steps):
    x, y = np.array(x), np.array(y)
    weights = []
    for _ in range(steps):
        w = w - rate * np.mean(2 * (w * x - y) * x)
        weights.append(w)
    return np.array(weights)


def plain_python(x, y, w, rate, steps):
    weights = []
    for _ in range(steps):
        gradient = 0.0
        for a, b in zip(x, y, strict=True):
            gradient += 2 * (w * a - b) * a / len(x)
        w -= rate * gradient
        weights.append(w)
    return weights


def closed_form(x, y, w, rate, steps):
    """The error shrinks by the same factor at every step."""
    x, y = np.array(x), np.array(y)
    best, factor = x @ y / (x @ x), 1 - 2 * rate * np.mean(x * x)
    return best + (w - best) * factor ** np.arange(1, steps + 1)


def single_precision(x, y, w, rate, steps):
    x, y, w = np.float32(x), np.float32(y), np.float32(w)
    weights = np.zeros(steps, dtype=np.float32)
    for step in range(steps):
        w -= np.float32(rate) * (2 * x * (w * x - y)).mean()
        weights[step] = w
    return weights


def by_complex_step(x, y, w, rate, steps):
    def loss(w):
        return sum((w * a - b) ** 2 for a, b in zip(x, y, strict=True)) / len(x)

    weights = []
    for _ in range(steps):
        w = w - rate * loss(w + 1e-20j).imag / 1e-20
        weights.append(w)
    return np.array(weights)


def descended(gradient, *, keep="after", momentum=0.0, sign=-1.0):
    """Gradient descent with `gradient` in place of the right one: one slip at a time."""

    def answer(x, y, w, rate, steps):
        x, y = np.array(x), np.array(y)
        weights, arrived = [], 0.0
        for _ in range(steps):
            before = w
            arrived = momentum * arrived + gradient(w * x - y, x)
            w = w + sign * rate * arrived
            weights.append({"after": w, "before": before}[keep])
        return np.array(weights)

    return answer


def right_gradient(residual, x):
    return np.mean(2 * residual * x)


def lines(label, points, steps, *, noise=0.0, count=2):
    def draw(generator):
        slope = generator.uniform(1.0, 3.0) * generator.choice([-1, 1])
        x = generator.uniform(0.5, 2.0, points) * generator.choice([-1, 1], points)
        y = slope * x + noise * generator.normal(size=points)
        w = float(generator.uniform(-1, 1))
        rate = float(generator.uniform(0.1, 0.4) / np.mean(2 * x * x))
        return x.tolist(), y.tolist(), w, rate, steps

    return Region(label, draw, count)


train = Key(
    name="train",
    reference=reference,
    domain=(
        lines("points on a line", 5, 6),
        lines("points beside a line", 8, 6, noise=0.5),
        lines("a single point", 1, 4),
        lines("a single step", 4, 1),
        lines("no step at all", 3, 0, count=1),
    ),
    lecture="04_backward",
    rtol=1e-4,
    misconceptions=(
        Misconception(
            "adds the gradients of all steps up, because none is ever cleared",
            descended(right_gradient, momentum=1.0),
            "Print w.grad after the second backward. Is it the slope at the new w?",
        ),
        Misconception(
            "climbs: it goes along the gradient, not against it",
            descended(right_gradient, sign=1.0),
            "The gradient points to where the loss grows.",
        ),
        Misconception(
            "keeps the weight from before each step",
            descended(right_gradient, keep="before"),
            "What should stand first in the list: where you start, or where one step leads?",
        ),
        Misconception(
            "never moves the weight",
            descended(lambda residual, x: 0.0),
            "Print w before and after the update. Is the gradient still there when it is used, "
            "and is it the same w that the loss is computed from?",
        ),
        Misconception(
            "sums the squared errors instead of taking their mean",
            descended(lambda residual, x: np.sum(2 * residual * x)),
            "With twice as many points your steps are twice as long. What is the loss here?",
        ),
        Misconception(
            "leaves out the factor 2 of the square",
            descended(lambda residual, x: np.mean(residual * x)),
            "Let backward find the gradient; by hand, the square brings a factor.",
            lecture="02_chain_rule",
        ),
        Misconception(
            "takes the gradient with respect to the prediction, without the factor x",
            descended(lambda residual, x: np.mean(2 * residual)),
            "The weight reaches the loss through w·x. What stands on that arrow?",
        ),
        Misconception(
            "gives the same weight for every step: the last one",
            lambda *arguments: np.full(arguments[-1], reference(*arguments)[-1:]),
            "If you append the tensor w itself, the list holds one object many times, and it "
            "moves. Append its number.",
        ),
    ),
    alternatives=(
        Alternative("plain Python", plain_python),
        Alternative("a formula for all steps at once", closed_form),
        Alternative("single precision", single_precision),
    ),
    oracles=(by_complex_step, closed_form),
)
