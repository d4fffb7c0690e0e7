"""learning_rate(step, warmup, total, peak): a straight climb, then half a cosine down to 0."""

import cmath
import math

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(step, warmup, total, peak):
    if step < warmup:
        return peak * step / warmup
    done = (step - warmup) / (total - warmup)
    return peak * (1 + np.cos(np.pi * done)) / 2


def by_half_angle(step, warmup, total, peak):
    if step < warmup:
        return peak / warmup * step
    return peak * math.cos(math.pi / 2 * (step - warmup) / (total - warmup)) ** 2


def by_formulas(step, warmup, total, peak):
    climb = peak * step / max(warmup, 1)
    fall = peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))
    return np.where(step < warmup, climb, fall)


def from_the_end(step, warmup, total, peak):
    if not warmup or step >= warmup:
        return (peak - peak * math.cos(math.pi * (total - step) / (total - warmup))) / 2
    return np.interp(step, [0, warmup], [0, peak])


def by_rotation(step, warmup, total, peak):
    """The real part of a point on a circle, turned by (total - warmup)-th parts of a half."""
    if step >= warmup:
        turn = cmath.exp(1j * cmath.pi / (total - warmup))
        return peak * (1 + (turn ** (step - warmup)).real) / 2
    return sum([peak / warmup] * step)


def with_digits(step, warmup, total, peak):
    import mpmath

    with mpmath.workdps(30):
        if step < warmup:
            return float(mpmath.mpf(peak) * step / warmup)
        part = mpmath.mpf(step - warmup) / (total - warmup)
        return float(mpmath.mpf(peak) * mpmath.cospi(part / 2) ** 2)


def falling(fall):
    def answer(step, warmup, total, peak):
        return peak * step / warmup if step < warmup else fall(step, warmup, total, peak)

    return answer


def times(low, high, warmups=(8, 20)):
    """Steps between the fractions `low` and `high` of the climb (below 1) or the fall."""

    def draw(generator):
        warmup = int(generator.integers(*warmups)) if warmups[1] else 0
        total = warmup + int(generator.integers(40, 90))
        part = generator.uniform(low, high)
        step = part * warmup if part < 1 else warmup + (part - 1) * (total - warmup)
        return int(step), warmup, total, float(generator.uniform(0.1, 2.0))

    return draw


def at(step):
    return lambda generator: (step, 10, 50, float(generator.uniform(0.1, 2.0)))


learning_rate = Key(
    name="learning_rate",
    reference=reference,
    domain=(
        Region("during the climb", times(0.3, 0.95), 4),
        Region("during the fall", times(1.1, 1.9), 6),
        Region("no climb at all", times(1.1, 1.9, warmups=(0, 0)), 2),
        Region("step 0", at(0), 1),
        Region("the end of the climb", at(10), 1),
        Region("the last step", at(50), 1),
    ),
    lecture="09_optimisers",
    misconceptions=(
        Misconception(
            "falls in a straight line",
            falling(lambda step, warmup, total, peak: peak * (total - step) / (total - warmup)),
            "Also a schedule. The one that is asked leaves the peak and reaches 0 gently.",
        ),
        Misconception(
            "uses the whole cosine, which goes below 0",
            falling(
                lambda step, warmup, total, peak: (
                    peak * np.cos(np.pi * (step - warmup) / (total - warmup))
                )
            ),
            "A negative step size climbs. What lifts the cosine from -1..1 to 0..1?",
        ),
        Misconception(
            "counts the fall from step 0 instead of from the end of the climb",
            falling(
                lambda step, warmup, total, peak: peak * (1 + np.cos(np.pi * step / total)) / 2
            ),
            "At the end of the climb the fall has not begun: what is done of it then?",
        ),
        Misconception(
            "divides by the total, though the fall takes only what the climb leaves",
            falling(
                lambda step, warmup, total, peak: (
                    peak * (1 + np.cos(np.pi * (step - warmup) / total)) / 2
                )
            ),
            "What does yours give at the very last step? It should be 0.",
        ),
        Misconception(
            "does not climb",
            lambda step, warmup, total, peak: (
                peak
                if step < warmup
                else peak * (1 + np.cos(np.pi * (step - warmup) / (total - warmup))) / 2
            ),
            "At step 0 the step size is 0.",
        ),
        Misconception(
            "climbs a little too fast: it counts from 1",
            lambda step, warmup, total, peak: (
                peak * (step + 1) / warmup
                if step < warmup
                else peak * (1 + np.cos(np.pi * (step - warmup) / (total - warmup))) / 2
            ),
            "At step 0 the step size is 0, and at step `warmup` it is the peak.",
        ),
        Misconception(
            "falls twice as far: a full turn of the cosine",
            falling(
                lambda step, warmup, total, peak: (
                    peak * (1 + np.cos(2 * np.pi * (step - warmup) / (total - warmup))) / 2
                )
            ),
            "Half a turn leads from 1 to -1. Where does a full turn lead?",
        ),
        Misconception(
            "forgets the peak in the fall",
            falling(
                lambda step, warmup, total, peak: (
                    (1 + np.cos(np.pi * (step - warmup) / (total - warmup))) / 2
                )
            ),
            "Where the climb ends and the fall begins, there must be no jump.",
        ),
    ),
    alternatives=(
        Alternative("the half angle, squared", by_half_angle),
        Alternative("both formulas and a choice", by_formulas),
        Alternative("counted from the end", from_the_end),
    ),
    oracles=(by_rotation, with_digits),
    equivalent_mutants=frozenset(
        {
            "line 2: `step < warmup` became `step <= warmup`",  # both give the peak there
            "line 4: `step - warmup` became `warmup - step`",  # the cosine is even
            "line 4: `total - warmup` became `warmup - total`",
        }
    ),
)
