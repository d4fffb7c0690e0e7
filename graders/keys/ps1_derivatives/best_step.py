"""best_step(rule, f, x, slope, steps): the step whose slope is nearest to the known one."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(rule, f, x, slope, steps):
    errors = [abs(rule(f, x, h) - slope) for h in steps]
    return steps[np.argmin(errors)]


def _errors(rule, f, x, slope, steps):
    return np.array([abs(rule(f, x, h) - slope) for h in steps])


def by_loop(rule, f, x, slope, steps):
    best, smallest = None, float("inf")
    for h in steps:
        error = abs(rule(f, x, h) - slope)
        if error < smallest:
            best, smallest = h, error
    return best


def by_sorting(rule, f, x, slope, steps):
    return sorted((abs(rule(f, x, h) - slope), h) for h in steps)[0][1]


def _experiment(low: float, high: float, count: int, *, order: int):
    """A rule whose error falls as h**order and rises as 1/h, as all difference rules' do."""

    def draw(generator: np.random.Generator):
        steps = 10.0 ** -np.sort(generator.uniform(low, high, size=count))
        generator.shuffle(steps)
        sign = generator.choice([-1.0, 1.0])
        slope = float(generator.uniform(-3.0, 3.0))
        truncation, rounding = generator.uniform(0.5, 2.0), generator.uniform(0.5, 2.0) * 1e-16
        height = float(generator.uniform(1.0, 2.0))

        def rule(f, x, h):
            return slope + sign * (truncation * h**order - rounding / h) + 0 * f(x)

        return (
            rule,
            lambda x: height * x,
            float(generator.uniform(-1, 1)),
            slope,
            steps.tolist(),
        )

    return draw


best_step = Key(
    name="best_step",
    reference=reference,
    domain=(
        Region("steps from 1 to 1e-15", _experiment(0, 15, 16, order=1), 6),
        Region("a rule with a smaller error", _experiment(0, 15, 16, order=2), 6),
        Region("only large steps", _experiment(0, 4, 5, order=1), 2),
        Region("only small steps", _experiment(11, 15, 5, order=1), 2),
        Region("a single step", _experiment(3, 5, 1, order=1), 1),
    ),
    lecture="01_derivatives",
    discrete=True,
    misconceptions=(
        Misconception(
            "takes the smallest step",
            lambda rule, f, x, slope, steps: min(steps),
            "The limit wants h small; the computer subtracts two nearly equal numbers. Look.",
        ),
        Misconception(
            "takes the largest step",
            lambda rule, f, x, slope, steps: max(steps),
            "Compare the errors at the two ends of your list.",
        ),
        Misconception(
            "gives the smallest error instead of the step that has it",
            lambda rule, f, x, slope, steps: float(min(_errors(rule, f, x, slope, steps))),
            "What is asked is an entry of `steps`.",
        ),
        Misconception(
            "gives the position in the list instead of the step",
            lambda rule, f, x, slope, steps: int(np.argmin(_errors(rule, f, x, slope, steps))),
            "You have found where it is: now take it out of `steps`.",
        ),
        Misconception(
            "takes the most negative error for the smallest",
            lambda rule, f, x, slope, steps: min(steps, key=lambda h: rule(f, x, h) - slope),
            "An error of -3 is not smaller than one of 0.1: what about its size?",
        ),
        Misconception(
            "takes the step with the largest error",
            lambda rule, f, x, slope, steps: max(
                steps, key=lambda h: abs(rule(f, x, h) - slope)
            ),
            "Print the error at the step that you chose, and at another one.",
        ),
        Misconception(
            "looks for the smallest slope, not for the smallest error",
            lambda rule, f, x, slope, steps: min(steps, key=lambda h: abs(rule(f, x, h))),
            "How far a slope is from the known one is what counts.",
        ),
        Misconception(
            "always answers 1e-8",
            lambda rule, f, x, slope, steps: 1e-8,
            "A good guess for one rule and one function. Let the errors decide.",
        ),
    ),
    alternatives=(
        Alternative("a loop that remembers the best", by_loop),
        Alternative("pairs, sorted", by_sorting),
        Alternative(
            "min with a key",
            lambda rule, f, x, slope, steps: min(
                steps, key=lambda h: abs(rule(f, x, h) - slope)
            ),
        ),
        Alternative(
            "squared errors",
            lambda rule, f, x, slope, steps: min(
                steps, key=lambda h: (rule(f, x, h) - slope) ** 2
            ),
        ),
    ),
    oracles=(by_loop, by_sorting),
    equivalent_mutants=frozenset(
        {"line 2: `rule(f, x, h) - slope` became `slope - rule(f, x, h)`"}  # inside abs()
    ),
)
