"""question_name(decay): a running mean that forgets, with update(value) giving the new mean."""

from fractions import Fraction

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def observe(answer, decay, values):
    """The means that two objects give which are updated in turn, with opposite values."""
    pair = [answer(decay) for _ in range(2)]
    if not all(hasattr(mean, "update") for mean in pair):
        raise Problem("question_name(decay) gives an object without update")
    means = [pair[i].update(sign * v) for v in values for i, sign in enumerate((1, -1))]
    return as_array(means, "what update returned")


class Reference:
    def __init__(self, decay):
        self.decay, self.mean = decay, None

    def update(self, value):
        if self.mean is None:
            self.mean = value
        else:
            self.mean = self.decay * self.mean + (1 - self.decay) * value
        return self.mean


class ByDifference:
    def __init__(self, decay):
        self.share, self.started = 1 - decay, False

    def update(self, value):
        if not self.started:
            self.mean, self.started = value, True
        self.mean += self.share * (value - self.mean)
        return self.mean


class WithHistory:
    def __init__(self, decay):
        self.decay, self.values = decay, []

    def update(self, value):
        self.values.append(value)
        mean = self.values[0]
        for later in self.values[1:]:
            mean = self.decay * mean + (1 - self.decay) * later
        return mean


def with_a_closure(decay):
    class Updater:
        pass

    updater, means = Updater(), []

    def update(value):
        means.append(decay * means[-1] + (1 - decay) * value if means else value)
        return means[-1]

    updater.update = update
    return updater


class Exact(WithHistory):
    """Fractions, with the weight of each value written out."""

    def update(self, value):
        self.values.append(Fraction(value))
        decay, count = Fraction(self.decay), len(self.values)
        weights = [(1 - decay) * decay ** (count - 1 - i) for i in range(count)]
        weights[0] = decay ** (count - 1)
        return float(sum(w * v for w, v in zip(weights, self.values, strict=True)))


class AsPolynomial(WithHistory):
    """The first value, and what has arrived by now of each change since."""

    def update(self, value):
        self.values.append(value)
        first, *later = self.values
        steps = np.diff(self.values)
        return first + sum(
            step * (1 - self.decay ** (len(later) - i)) for i, step in enumerate(steps)
        )


class StartsAtZero(Reference):
    def __init__(self, decay):
        self.decay, self.mean = decay, 0.0


class SwapsTheWeights(Reference):
    def __init__(self, decay):
        super().__init__(1 - decay)


class ForgetsEverything(Reference):
    def update(self, value):
        return value


class KeepsTheFirst(Reference):
    def update(self, value):
        self.mean = value if self.mean is None else self.mean
        return self.decay * self.mean + (1 - self.decay) * value


class PlainMean(WithHistory):
    def update(self, value):
        self.values.append(value)
        return sum(self.values) / len(self.values)


def draw(generator: np.random.Generator):
    values = generator.uniform(0.5, 2.0, size=int(generator.integers(4, 9)))
    return float(generator.uniform(0.6, 0.95)), values.tolist()


question_name = Key(
    name="question_name",
    reference=Reference,
    observe=observe,
    # Where it is probed: students read the labels and never see the numbers.
    domain=(
        Region("several values", draw, 4),
        Region("a single value", lambda g: (0.9, [float(g.uniform(1, 2))]), 1),
        Region("a decay of 0", lambda g: (0.0, g.uniform(1, 2, 4).tolist()), 1),
    ),
    lecture="09_optimisers",
    misconceptions=(
        Misconception(
            "starts at zero instead of at the first value",
            StartsAtZero,
            "After one value, what is the mean of all values so far?",
        ),
        Misconception(
            "gives the decay to the new value and the rest to the old mean",
            SwapsTheWeights,
            "With a decay of 0.99, should one value change much?",
        ),
        Misconception(
            "forgets everything but the newest value",
            ForgetsEverything,
            "Does your object still know its mean when `update` is called again?",
        ),
        Misconception(
            "remembers the first value and nothing since",
            KeepsTheFirst,
            "Do you store the new mean before you return it?",
        ),
        Misconception(
            "is the plain mean, which never forgets",
            PlainMean,
            "Where does `decay` enter?",
        ),
    ),
    alternatives=(
        Alternative("a step towards the value", ByDifference),
        Alternative("the whole history", WithHistory),
        Alternative("a closure", with_a_closure),
    ),
    # Other roads to the same numbers: they hold the reference itself to account.
    oracles=(Exact, AsPolynomial),
)
