"""maximum_vjp(a, b, v): the VJP of the larger of two; where they tie, each gets half."""

import numpy as np

from graders.keys.domain import Region, cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(a, b, v):
    share = np.where(a > b, 1.0, np.where(a == b, 0.5, 0.0))
    return v * share, v * (1.0 - share)


def by_sign(a, b, v):
    lean = np.sign(a - b)
    return v * (1 + lean) / 2, v * (1 - lean) / 2


def by_masks(a, b, v):
    of_a, of_b = v * (a > b), v * (a < b)
    tie = a == b
    return of_a + v / 2 * tie, of_b + v / 2 * tie


def by_loop(a, b, v):
    of_a, of_b = np.zeros(np.shape(a)), np.zeros(np.shape(a))
    for i in np.ndindex(of_a.shape):
        if a[i] >= b[i]:
            of_a[i] = v[i] if a[i] > b[i] else 0.5 * v[i]
        of_b[i] = v[i] - of_a[i]
    return [of_a, of_b]


def with_ties(generator):
    a, b = generator.normal(size=(2, 3, 4))
    b[[0, 1, 2, 2], [1, 3, 0, 1]] = a[[0, 1, 2, 2], [1, 3, 0, 1]]
    return a, b, generator.normal(size=(3, 4))


def at_zero(generator):
    return np.zeros(3), np.zeros(3), generator.normal(size=3)


def complex_maximum(a, b):
    larger = np.where(np.real(a) > np.real(b), a, b)
    return np.where(np.real(a) == np.real(b), (a + b) / 2, larger)


def maximum_with_digits(a, b):
    return (a + b + elementwise(abs)(a - b)) / 2


maximum_vjp = Key(
    name="maximum_vjp",
    reference=reference,
    domain=(
        cotangents("numbers of both signs", [(5,), (5,)], (5,), count=2),
        cotangents("an array of two axes", [(2, 3), (2, 3)], (2, 3), count=2),
        Region("ties", with_ties, 3),
        Region("both 0", at_zero, 1),
        cotangents("single numbers", [(), ()], ()),
        cotangents("empty arrays", [(0,), (0,)], (0,)),
        cotangents("float32", [(4,), (4,)], (4,), dtype=np.float32),
    ),
    lecture="03_graphs",
    forbidden=BY_HAND,
    parts=("the cotangent of a", "the cotangent of b"),
    misconceptions=(
        Misconception(
            "passes the whole cotangent to both where they tie",
            lambda a, b, v: (v * (a >= b), v * (b >= a)),
            "If a and b are the same x, then max(x, x) is x. How much must arrive in all?",
        ),
        Misconception(
            "gives a tie to the first",
            lambda a, b, v: (v * (a >= b), v * (b > a)),
            "Would max(b, a) give the same gradient? The question asks for a fair share.",
        ),
        Misconception(
            "gives a tie to the second",
            lambda a, b, v: (v * (a > b), v * (b >= a)),
            "Would max(b, a) give the same gradient? The question asks for a fair share.",
        ),
        Misconception(
            "gives a tie to nobody",
            lambda a, b, v: (v * (a > b), v * (b > a)),
            "If a and b are the same x, then max(x, x) is x. How much must arrive in all?",
        ),
        Misconception(
            "shares the cotangent equally everywhere",
            lambda a, b, v: (v / 2, v / 2),
            "If a is larger by far, what does a nudge of b do to the maximum?",
        ),
        Misconception(
            "sends the cotangent to the smaller one",
            lambda a, b, v: reference(a, b, v)[::-1],
            "Nudge the smaller one a little. Does the maximum notice?",
        ),
        Misconception(
            "multiplies by the maximum instead of passing on the cotangent",
            lambda a, b, v: tuple(part * np.maximum(a, b) for part in reference(a, b, v)),
            "Where a is the larger one, the output is a itself. What is the slope of that?",
        ),
        Misconception(
            "gives the shares alone and forgets the cotangent",
            lambda a, b, v: reference(a, b, np.ones_like(v)),
            "The shares are right. Shares of what?",
        ),
        Misconception(
            "decides by the cotangent instead of by a and b",
            lambda a, b, v: (np.maximum(v, 0.0), np.minimum(v, 0.0)),
            "Who won was decided on the way forward.",
        ),
    ),
    alternatives=(
        Alternative("the sign of the difference", by_sign),
        Alternative("masks, and half of a mask", by_masks),
        Alternative("a loop; the second gets what is left", by_loop),
    ),
    oracles=(
        vjp_by_complex_step(complex_maximum, 2),
        vjp_by_digits(maximum_with_digits, 2),
    ),
)
