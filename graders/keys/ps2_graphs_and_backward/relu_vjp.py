"""relu_vjp(x, v): the VJP of max(x, 0), where the kink passes nothing on."""

import numpy as np

from graders.keys.domain import Region, cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, v):
    passes = x > 0
    return np.where(passes, v, 0.0)


def zeros_filled(x, v):
    result = np.zeros(np.shape(x))
    on = np.asarray(x > 0)
    result[on] = v[on]
    return result


def by_loop(x, v):
    result = np.array(v, dtype=float)
    for i in np.ndindex(result.shape):
        if x[i] <= 0:
            result[i] = 0
    return result


def with_zeros(generator):
    x = generator.normal(size=(3, 4))
    x[[0, 1, 2], [1, 3, 0]] = 0.0
    return x, generator.normal(size=(3, 4))


relu_vjp = Key(
    name="relu_vjp",
    reference=reference,
    domain=(
        cotangents("positive x", [(4,)], (4,), 0.2, 3.0, count=2),
        cotangents("negative x", [(4,)], (4,), -3.0, -0.2, count=2),
        cotangents("x of both signs", [(2, 5)], (2, 5), -3.0, 3.0, count=2),
        cotangents("a whole number of thousands", [(3,)], (3,), -5000.0, 5000.0),
        Region("x = 0, the kink", with_zeros, 3),
        cotangents("a single number", [()], (), 0.2, 3.0),
        cotangents("an empty array", [(2, 0)], (2, 0)),
        cotangents("float32", [(5,)], (5,), -2.0, 2.0, dtype=np.float32),
    ),
    lecture="03_graphs",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "lets the kink at 0 pass everything on",
            lambda x, v: np.where(x >= 0, v, 0.0),
            "At 0 the slope is 0 from one side and 1 from the other. Which one was agreed on?",
        ),
        Misconception(
            "passes half on at the kink",
            lambda x, v: np.where(x > 0, v, np.where(x == 0, v / 2, 0.0)),
            "Half would be a choice, too; the question names another one.",
        ),
        Misconception(
            "applies the ReLU to the cotangent",
            lambda x, v: np.maximum(v, 0.0),
            "What decides whether a nudge passes: the sign of what came in, or of v?",
        ),
        Misconception(
            "multiplies by relu(x) instead of by its slope",
            lambda x, v: v * np.maximum(x, 0.0),
            "At x = 5 the curve has slope 1, not 5.",
        ),
        Misconception(
            "gives the slope alone and forgets the cotangent",
            lambda x, v: np.where(x > 0, 1.0, 0.0) + 0 * v,
            "The mask is right. What has to go through it?",
        ),
        Misconception(
            "turns the sign round on the negative side",
            lambda x, v: v * np.sign(x),
            "That is the slope of |x|. What does max(x, 0) do on the left?",
        ),
        Misconception(
            "lets the negative side pass, and stops the positive one",
            lambda x, v: np.where(x < 0, v, 0.0),
            "On which side is max(x, 0) a flat line?",
        ),
        Misconception(
            "passes everything on",
            lambda x, v: v + 0.0,
            "On the left of 0 the curve is flat. What does a nudge do there?",
        ),
        Misconception(
            "asks for both signs, that of x and that of the cotangent",
            lambda x, v: np.where((x > 0) & (v > 0), v, 0.0),
            "A negative cotangent is as good as a positive one: it says that y should fall.",
        ),
    ),
    alternatives=(
        Alternative("a product with the mask", lambda x, v: v * (x > 0)),
        Alternative("zeros, filled where x is positive", zeros_filled),
        Alternative("a loop over the elements", by_loop),
        Alternative("half of v times one plus the sign", lambda x, v: v * (np.heaviside(x, 0))),
    ),
    oracles=(
        vjp_by_complex_step(lambda x: x * (np.real(x) > 0)),
        vjp_by_digits(elementwise(lambda x: max(x, 0 * x)), sides=(-1, 0)),
    ),
)
