"""power_vjp(a, b, v): the VJP of a**b for arrays a >= 0 and b, both of which move."""

import numpy as np

from graders.keys.domain import Region, cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(a, b, v):
    safe_base = np.where(b == 0, 1.0, a)
    safe_logarithm = np.log(np.where(a == 0, 1.0, a))
    return v * b * safe_base ** (b - 1), v * a**b * safe_logarithm


def by_masks(a, b, v):
    of_a, of_b = np.zeros(np.shape(a)), np.zeros(np.shape(a))
    moves = np.asarray(b != 0)
    of_a[moves] = v[moves] * b[moves] * a[moves] ** (b[moves] - 1)
    positive = np.asarray(a > 0)
    of_b[positive] = (v * a**b)[positive] * np.log(a[positive])
    return of_a, of_b


def nan_replaced(a, b, v):
    of_a = np.where(b == 0, 0, v * b * a ** (b - 1))
    of_b = np.where(a == 0, 0, v * a**b * np.log(a))
    return [of_a, of_b]


def by_loop(a, b, v):
    of_a, of_b = np.zeros(np.shape(a)), np.zeros(np.shape(a))
    for i in np.ndindex(of_a.shape):
        x, n = float(a[i]), float(b[i])
        of_a[i] = v[i] * n * x ** (n - 1) if n else 0.0
        of_b[i] = v[i] * x**n * np.log(x) if x else 0.0
    return of_a, of_b


def parted(oracle, power):
    """An oracle with one function for each argument: 0⁰ has no slope that both agree on."""
    of_base = oracle(lambda a, b: power(a, b, b == 0, 1.0))
    of_exponent = oracle(lambda b, a: power(a, b, a == 0, 0.0))
    return lambda a, b, v: (of_base(a, b, v), of_exponent(b, a, v))


def complex_power(a, b, fixed, value):
    return np.where(fixed, value, np.power(np.asarray(a, complex), b))


def power_with_digits(a, b, fixed, value):
    import mpmath

    a, b, fixed = np.asarray(a), np.asarray(b), np.asarray(fixed)
    pairs = np.empty(a.shape, dtype=object)
    for i in np.ndindex(a.shape):
        pairs[i] = (a[i], b[i], fixed[i])
    return elementwise(lambda p: mpmath.mpf(value) if p[2] else mpmath.power(p[0], p[1]))(pairs)


def exponents(label, low, choices, shape=(4,), dtype=np.float64):
    """Bases from `low` upwards, exponents from `choices`."""

    def draw(generator):
        a = np.asarray(low + generator.uniform(0, 2, shape) * (low > 0), dtype)
        b = np.asarray(generator.choice(choices, shape), dtype)
        return a, b, np.asarray(generator.normal(size=shape), dtype)

    return Region(label, draw, 2)


power_vjp = Key(
    name="power_vjp",
    reference=reference,
    domain=(
        cotangents("positive bases", [(2, 3), (2, 3)], (2, 3), 0.3, 3.0, count=3),
        exponents("negative exponents", 0.3, [-2.5, -2.0, -1.0, -0.5]),
        exponents("exponents 0, 1 and 2", 0.3, [0.0, 1.0, 2.0]),
        exponents("a base of 0", 0.0, [2.0, 3.0]),
        exponents("a base of 0, exponents 0 and 1", 0.0, [0.0, 1.0, 0.0, 2.0]),
        cotangents("single numbers", [(), ()], (), 0.3, 3.0),
        cotangents("empty arrays", [(0, 2), (0, 2)], (0, 2), 0.3, 3.0),
        cotangents("float32", [(3,), (3,)], (3,), 0.3, 3.0, dtype=np.float32),
    ),
    lecture="03_graphs",
    forbidden=BY_HAND,
    parts=("the cotangent of the base", "the cotangent of the exponent"),
    misconceptions=(
        Misconception(
            "gives nan where the base is 0",
            lambda a, b, v: (v * b * a ** (b - 1), v * a**b * np.log(a)),
            "0 times infinity is nan to a computer. What is the slope of 0ᵇ, which stays 0?",
        ),
        Misconception(
            "keeps the exponent as it is, without taking one off",
            lambda a, b, v: (v * b * a**b, reference(a, b, v)[1]),
            "For b = 2 the slope is 2a, not 2a².",
            lecture="01_derivatives",
        ),
        Misconception(
            "forgets the logarithm in the exponent's part",
            lambda a, b, v: (reference(a, b, v)[0], v * a**b),
            "Only e is its own slope, eᵇ. Write aᵇ as e to the power of something.",
        ),
        Misconception(
            "uses the rule for the base a second time, for the exponent",
            lambda a, b, v: (reference(a, b, v)[0], reference(a, b, v)[0]),
            "Hold a still and let b move: 2ᵇ is an exponential, not a power.",
        ),
        Misconception(
            "takes the logarithm of the exponent instead of the base",
            lambda a, b, v: (reference(a, b, v)[0], v * a**b * np.log(b)),
            "aᵇ = exp(b ln a). With b moving, which factor stands beside it?",
        ),
        Misconception(
            "has the two cotangents in the wrong order",
            lambda a, b, v: reference(a, b, v)[::-1],
            "First the base, then the exponent, as they stand in a**b.",
        ),
        Misconception(
            "forgets the cotangent",
            lambda a, b, v: reference(a, b, np.ones_like(v)),
            "Those are the local derivatives. What arrives multiplies them.",
        ),
        Misconception(
            "lets the exponent's part arrive without a**b",
            lambda a, b, v: (reference(a, b, v)[0], v * np.log(np.where(a == 0, 1, a))),
            "Differentiate exp(b ln a): the exponential itself remains as a factor.",
        ),
    ),
    alternatives=(
        Alternative("masks", by_masks),
        Alternative("both formulas, mended with np.where", nan_replaced),
        Alternative("a loop over the elements", by_loop),
    ),
    equivalent_mutants=frozenset(  # what stands where the factor b is 0 does not matter
        {"line 2: `1.0` became `2.0`", "line 2: `1.0` became `-1.0`"}
    ),
    oracles=(
        parted(vjp_by_complex_step, complex_power),
        parted(lambda f: vjp_by_digits(f, sides=(0, 1)), power_with_digits),
    ),
)
