"""Adam(lr, beta1, beta2, eps): a class that remembers two running means between its steps.

Kingma, Ba 2015, with PyTorch's place of ε: θ ← θ - η v̂/(√ŝ + ε).
"""

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def observe(answer, gradients, theta, lr, beta1, beta2, eps):
    """The parameters of two optimisers that step in turn, on gradients of opposite sign."""
    optimizers = [_made(answer, lr, beta1, beta2, eps) for _ in range(2)]
    points, path = [theta.copy(), theta.copy()], []
    for gradient in gradients:
        for i, sign in enumerate((1, -1)):
            moved = optimizers[i].step(points[i], sign * gradient)
            points[i] = as_array(moved, "what step returned")
            if points[i].shape != theta.shape:
                raise Problem(
                    f"step returned an array of shape {points[i].shape} for parameters of "
                    f"shape {theta.shape}"
                )
        path += points
    return np.array(path)


def _made(answer, *settings):
    made = answer(*settings)
    if not hasattr(made, "step"):
        raise Problem("Adam(lr, beta1, beta2, eps) gives no object with a method step")
    return made


class _Stepper:
    """An optimiser from a function of the gradients so far, for answers of ours."""

    def __init__(self, change, *settings):
        self.change, self.settings, self.gradients = change, settings, []

    def step(self, theta, gradient):
        self.gradients.append(np.array(gradient, dtype=float))
        moved = self.change(self.gradients, *self.settings)
        number = isinstance(moved, (float, np.ndarray))
        return theta - moved if number else moved  # nonsense is handed on as it is


def change(gradients, lr, beta1, beta2, eps):
    t = len(gradients)
    m = v = 0.0
    for g in gradients:
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
    return lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)


class KeyOfChange(Key):
    """A key whose functions give the change of θ, out of which it makes the class asked."""

    def present(self, function):
        if isinstance(function, type):
            return function
        return lambda *settings: _Stepper(function, *settings)


class AsInTheLecture:
    def __init__(self, lr, beta1, beta2, eps):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = self.v = self.t = 0

    def step(self, theta, gradient):
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * gradient
        self.v = self.beta2 * self.v + (1 - self.beta2) * gradient**2
        m_hat = self.m / (1 - self.beta1**self.t)
        v_hat = self.v / (1 - self.beta2**self.t)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class InPlace:
    def __init__(self, lr, beta1, beta2, eps):
        self.settings, self.state = (lr, beta1, beta2, eps), None

    def step(self, theta, gradient):
        lr, beta1, beta2, eps = self.settings
        if self.state is None:
            self.state = [np.zeros_like(theta), np.zeros_like(theta), 1.0, 1.0]
        m, v, _, _ = self.state
        m += (1 - beta1) * (gradient - m)
        v += (1 - beta2) * (gradient * gradient - v)
        self.state[2] *= beta1
        self.state[3] *= beta2
        root = np.sqrt(1 - self.state[3])
        return theta - lr / (1 - self.state[2]) * m / (np.sqrt(v) / root + eps)


class PlainPython:
    def __init__(self, lr, beta1, beta2, eps):
        self.lr, self.betas, self.eps, self.past = lr, (beta1, beta2), eps, []

    def step(self, theta, gradient):
        self.past.append([float(g) for g in np.ravel(gradient)])
        t, (beta1, beta2) = len(self.past), self.betas
        moved = []
        for j, number in enumerate(np.ravel(theta).tolist()):
            m = sum((1 - beta1) * beta1 ** (t - 1 - k) * g[j] for k, g in enumerate(self.past))
            v = sum(
                (1 - beta2) * beta2 ** (t - 1 - k) * g[j] ** 2 for k, g in enumerate(self.past)
            )
            corrected = m / (1 - beta1**t), v / (1 - beta2**t)
            moved.append(number - self.lr * corrected[0] / (corrected[1] ** 0.5 + self.eps))
        return np.reshape(moved, np.shape(theta))


def by_weights(gradients, lr, beta1, beta2, eps):
    """The corrected means are weighted means of all gradients, with weights that sum to 1."""
    ages = np.arange(len(gradients))[::-1]
    stacked = np.stack(gradients)
    m = np.average(stacked, axis=0, weights=beta1**ages)
    v = np.average(np.square(stacked), axis=0, weights=beta2**ages)
    return lr * m / (np.sqrt(v) + eps)


def with_digits(gradients, lr, beta1, beta2, eps):
    import mpmath

    result = np.zeros(gradients[0].shape)
    with mpmath.workdps(40):
        rate, b1, b2, small = map(mpmath.mpf, (lr, beta1, beta2, eps))
        for i in np.ndindex(result.shape):
            m = v = mpmath.mpf(0)
            for gradient in gradients:
                g = mpmath.mpf(float(gradient[i]))
                m, v = m + (1 - b1) * (g - m), v + (1 - b2) * (g * g - v)
            m_hat = m / (1 - b1 ** len(gradients))
            v_hat = v / (1 - b2 ** len(gradients))
            result[i] = rate * m_hat / (mpmath.sqrt(v_hat) + small)
    return result


def means(gradients, beta1, beta2, share=True):
    m = v = 0 * gradients[0]
    for g in gradients:
        m = beta1 * m + ((1 - beta1) if share else 1) * g
        v = beta2 * v + ((1 - beta2) if share else 1) * g**2
    return m, v


def uncorrected(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2)
    return lr * m / (np.sqrt(v) + eps)


def counting_from_zero(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2)
    t = len(gradients) - 1
    return lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)


def always_the_first(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2)
    return lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps)


def small_under_root(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2)
    t = len(gradients)
    return lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps)


def whole_gradients(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2, share=False)
    t = len(gradients)
    return lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)


def corrected_once_too_late(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2)
    t = len(gradients)
    return lr * m / (1 - beta1**t) / (np.sqrt(v) / (1 - beta2**t) + eps)


def without_root(gradients, lr, beta1, beta2, eps):
    m, v = means(gradients, beta1, beta2)
    t = len(gradients)
    return lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps)


class SharedMemory:
    memory = []  # noqa: RUF012, the mistake that is meant

    def __init__(self, lr, beta1, beta2, eps):
        self.settings = lr, beta1, beta2, eps
        self.memory.clear()

    def step(self, theta, gradient):
        self.memory.append(np.array(gradient))
        return theta - change(self.memory, *self.settings)


class Forgetful:
    def __init__(self, lr, beta1, beta2, eps):
        self.settings = lr, beta1, beta2, eps

    def step(self, theta, gradient):
        return theta - change([gradient], *self.settings)


def run(shape, steps, *, eps=(1e-3, 1e-1), scale=1.0):
    """Gradients, a start, and settings; eps is large, so that its place can be seen."""

    def draw(generator):
        signs = generator.choice([-1, 1], (steps, *shape))
        gradients = list(scale * generator.uniform(0.3, 2.0, (steps, *shape)) * signs)
        settings = [(0.05, 0.2), (0.7, 0.95), (0.8, 0.99), eps]
        numbers = (float(generator.uniform(*ends)) for ends in settings)
        return gradients, generator.normal(size=shape), *numbers

    return draw


Adam = KeyOfChange(
    name="Adam",
    reference=change,
    observe=observe,
    domain=(
        Region("five steps, three parameters", run((3,), 5), 3),
        Region("the very first step", run((3,), 1), 1),
        Region("a table of parameters", run((2, 3), 3), 1),
        Region("a single number", run((), 4), 1),
        Region("twenty steps", run((2,), 20), 1),
        Region("small gradients", run((2,), 4, scale=0.01), 1),
    ),
    lecture="09_optimisers",
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "does not correct the bias of the start",
            uncorrected,
            "After one gradient g the mean is (1 - β)g, ten times too small for β = 0.9. By "
            "what do you divide to get g?",
        ),
        Misconception(
            "counts steps from 0, so that the first correction divides by 0",
            counting_from_zero,
            "After one gradient, t is 1.",
        ),
        Misconception(
            "corrects as if every step were the first",
            always_the_first,
            "The bias fades. Which number in the correction has to grow from step to step?",
        ),
        Misconception(
            "puts ε under the root",
            small_under_root,
            "ε is added to the root of ŝ, not to ŝ.",
        ),
        Misconception(
            "lets gradients into the means whole, without 1 - β",
            whole_gradients,
            "A running mean of equal numbers is that number. Are your weights β and 1 - β?",
        ),
        Misconception(
            "corrects the mean of squares after the root instead of before",
            corrected_once_too_late,
            "The correction belongs to the mean of squares; the root is taken of the result.",
        ),
        Misconception(
            "forgets the root",
            without_root,
            "ŝ is a mean of squares. A gradient ten times as large should not make the step "
            "smaller.",
        ),
        Misconception(
            "shares its memory between all optimisers",
            SharedMemory,
            "What is written in the class belongs to all objects; what __init__ puts on self "
            "belongs to one.",
        ),
        Misconception(
            "forgets everything between two steps",
            Forgetful,
            "Where do v, s and t live while nobody is calling step?",
        ),
        Misconception(
            "climbs",
            lambda gradients, *settings: -change(gradients, *settings),
            "The gradient points uphill.",
        ),
    ),
    alternatives=(
        Alternative("as in the lecture", AsInTheLecture),
        Alternative("in place, powers kept", InPlace),
        Alternative("plain Python, all gradients kept", PlainPython),
    ),
    oracles=(by_weights, with_digits),
)
