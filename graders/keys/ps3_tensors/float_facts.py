"""float_facts: how far float16 counts, how fine float32 is at 1000, what Adam's memory weighs.

float16 has 11 binary digits, float32 has 24 and 4 bytes.
"""

import math

import numpy as np

from graders.keys.key import Alternative, Misconception, NumberKey


def reference():
    stuck = 2.0**11
    spacing = 512 * 2.0**-23  # 1000 lies between 2⁹ and 2¹⁰
    megabytes = 25 * 4 * 4.0
    return stuck, spacing, megabytes


def measured():
    """By looking at the numbers themselves."""
    count = np.float16(0)
    while count + np.float16(1) != count:
        count += np.float16(1)
    spacing = np.nextafter(np.float32(1000), np.float32(2000)) - np.float32(1000)
    kept = [np.zeros(25, dtype=np.float32) for _ in range(4)]
    return count, spacing, sum(array.nbytes for array in kept)


def from_finfo():
    stuck = 2 ** (np.finfo(np.float16).nmant + 1)
    spacing = float(np.finfo(np.float32).eps) * 2 ** math.floor(math.log2(1000))
    return [stuck, spacing, 4 * np.dtype(np.float32).itemsize * 25]


def instead(stuck=2048.0, spacing=2.0**-14, megabytes=400.0):
    return lambda: (stuck, spacing, megabytes)


float_facts = NumberKey(
    name="float_facts",
    reference=reference,
    parts=("stuck", "spacing", "megabytes"),
    lecture="05_tensors",
    rtol=2e-4,
    misconceptions=(
        Misconception(
            "takes over the number of float32 from the lecture",
            instead(stuck=2.0**24),
            "float16 has 11 binary digits, not 24.",
        ),
        Misconception(
            "counts one binary digit too few",
            instead(stuck=1024.0),
            "Eleven binary digits of ones: how large is that number, and what comes next?",
        ),
        Misconception(
            "gives the last number that can still be counted on from",
            instead(stuck=2047.0),
            "2047 + 1 can still be written. And the number after that?",
        ),
        Misconception(
            "takes ε, the spacing at 1, for the spacing everywhere",
            instead(spacing=2.0**-23),
            "float32 has 24 digits in all. How many are left behind the point for 1000?",
        ),
        Misconception(
            "takes 1000 times ε, as if spacing grew smoothly",
            instead(spacing=1000 * 2.0**-23),
            "Spacing doubles at powers of two and stays the same in between.",
        ),
        Misconception(
            "takes the power of two above 1000 instead of the one below",
            instead(spacing=2.0**-13),
            "1000 needs ten binary digits before the point. How many of 24 are left?",
        ),
        Misconception(
            "forgets the two numbers that Adam keeps",
            instead(megabytes=200.0),
            "Value, gradient, and two running means: how many numbers for each parameter?",
        ),
        Misconception(
            "forgets the gradient",
            instead(megabytes=300.0),
            "Value, gradient, and two running means: how many numbers for each parameter?",
        ),
        Misconception(
            "counts 8 bytes for each number",
            instead(megabytes=800.0),
            "8 bytes are float64. How many bits has a float32?",
        ),
        Misconception(
            "counts the parameters alone",
            instead(megabytes=100.0),
            "That is enough to use the network. What else is there while it is trained?",
        ),
    ),
    alternatives=(
        Alternative("numbers, typed", lambda: (2048, 6.104e-5, 400)),
        Alternative("measured in NumPy", measured),
        Alternative("from what NumPy says of its kinds", from_finfo),
    ),
    oracles=(measured, from_finfo),
)
