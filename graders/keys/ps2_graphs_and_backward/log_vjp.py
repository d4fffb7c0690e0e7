"""log_vjp(x, base, v): the VJP of the logarithm of x to a base."""

import math

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, base, v):
    return v / (x * np.log(base))


def in_two_steps(x, base, v):
    local = 1 / x
    return local * v / math.log(base)


def by_loop(x, base, v):
    result = np.zeros(np.shape(x))
    for index in np.ndindex(result.shape):
        result[index] = v[index] / x[index] / math.log(base)
    return result


def with_digits(x, base, v):
    import mpmath

    return elementwise(mpmath.log)(x) / mpmath.log(base)


log_vjp = Key(
    name="log_vjp",
    reference=reference,
    domain=(
        cotangents("natural logarithms", [(5,)], (5,), 0.2, 4.0, settings=(math.e,), count=2),
        cotangents("base 10", [(2, 3)], (2, 3), 0.2, 4.0, settings=(10.0,), count=2),
        cotangents("base 2", [(4,)], (4,), 0.2, 4.0, settings=(2.0,), count=2),
        cotangents("a base below 1", [(4,)], (4,), 0.2, 4.0, settings=(0.5,)),
        cotangents("large x", [(3,)], (3,), 1e5, 1e6, settings=(10.0,)),
        cotangents("small x", [(3,)], (3,), 1e-4, 1e-3, settings=(2.0,)),
        cotangents("a single number", [()], (), 0.2, 4.0, settings=(3.0,)),
        cotangents("an empty array", [(0,)], (0,), 0.2, 4.0, settings=(3.0,)),
        cotangents("float32", [(3,)], (3,), 0.2, 4.0, settings=(2.0,), dtype=np.float32),
    ),
    lecture="03_graphs",
    forbidden=BY_HAND,
    misconceptions=(
        Misconception(
            "treats every logarithm as a natural one",
            lambda x, base, v: v / x,
            "log₂ x grows faster than ln x. By which factor, everywhere?",
        ),
        Misconception(
            "multiplies by ln(base) where it should divide",
            lambda x, base, v: v * np.log(base) / x,
            "Write log₁₀ x as ln x over something. Is that something larger than 1?",
        ),
        Misconception(
            "forgets the cotangent",
            lambda x, base, v: 1 / (x * np.log(base)) + 0 * v,
            "That is the local derivative. A rule passes on what arrives, times that.",
        ),
        Misconception(
            "divides by the base itself",
            lambda x, base, v: v / (x * base),
            "Is the slope of log_b at 1 equal to 1/b? Try b = 10 with a calculator.",
        ),
        Misconception(
            "takes the decimal logarithm of the base",
            lambda x, base, v: v / (x * np.log10(base)),
            "For base 10 your factor is 1, as if log₁₀ were the natural logarithm.",
        ),
        Misconception(
            "multiplies by the logarithm where its slope belongs",
            lambda x, base, v: v * np.log(x) / np.log(base),
            "That is the value that went forward. How fast does it change with x?",
            lecture="01_derivatives",
        ),
        Misconception(
            "divides by the cotangent and multiplies by nothing",
            lambda x, base, v: 1 / (v * x * np.log(base)),
            "Double v: the change that arrives is twice as large. And the one you pass on?",
        ),
    ),
    alternatives=(
        Alternative("local derivative first", in_two_steps),
        Alternative("a loop over the elements", by_loop),
        Alternative("log2 of both", lambda x, base, v: v / x * np.log2(np.e) / np.log2(base)),
    ),
    oracles=(
        vjp_by_complex_step(lambda x, base: np.log(x) / np.log(base)),
        vjp_by_digits(lambda x, base: with_digits(x, base, None)),
    ),
)
