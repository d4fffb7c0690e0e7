"""Special functions that NumPy does not have, on arrays of float64.

Accurate to a few units in the last place, except where a note says otherwise. Formula numbers
are those of the NIST Digital Library of Mathematical Functions (https://dlmf.nist.gov).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any

SQRT_PI = math.sqrt(math.pi)
# Even Bernoulli numbers B₂, B₄ ... (DLMF 24.2.1), for the asymptotic series below.
BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510,
    43867 / 798, -174611 / 330,
)  # fmt: skip

# --- The error function ---------------------------------------------------------------
# Rational approximations of W. J. Cody, "Rational Chebyshev approximation for the error
# function", Mathematics of Computation 23 (1969), for |x| < 0.47, up to 4, and beyond.

NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
     3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1,
     6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's scheme, the highest power first."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    return _polynomial(coefficients[0], x) / _polynomial(coefficients[1], x)


def erf(x: Array) -> Array:
    """2/√π · ∫ e^(-t²) dt from 0 to x."""
    size = np.abs(x)
    near = size < 0.46875
    small = np.where(near, size, 0)
    inner = small * _ratio(NEAR, small * small)
    outer = 1 - _erfcx_positive(np.where(near, 1, size)) * np.exp(-size * size)
    return np.copysign(np.where(near, inner, outer), x)


def erfc(x: Array) -> Array:
    """1 - erf(x), exact also where that is tiny."""
    size = np.abs(x)
    tail = _erfcx_positive(np.where(size < 0.46875, 1, size)) * _exp_minus_square(size)
    return np.where(size < 0.46875, 1 - erf(x), np.where(x > 0, tail, 2 - tail))


def _exp_minus_square(x: Array) -> Array:
    """e^(-x²), with x² in two parts so that its rounding does not grow in the exponential."""
    head = np.trunc(x * 16) / 16
    with np.errstate(invalid="ignore"):
        rest = np.where(np.isinf(x), 0, (x - head) * (x + head))
    return np.exp(-head * head) * np.exp(-rest)


def _erfcx_positive(x: Array) -> Array:
    """e^(x²) erfc(x) for x ≥ 0.46."""
    middle = _ratio(MIDDLE, np.minimum(x, 4.0))
    far_x = np.maximum(x, 4.0)
    inverse = 1 / (far_x * far_x)
    far = (1 / SQRT_PI - inverse * _ratio(FAR, inverse)) / far_x
    return np.where(x <= 4, middle, far)


def erfcx(x: Array) -> Array:
    """e^(x²) erfc(x): the tail of erfc without its decay."""
    near = np.abs(x) < 0.46875
    with np.errstate(over="ignore", invalid="ignore"):
        inner = np.exp(x * x) * (1 - erf(np.where(near, x, 0)))
        outer = _erfcx_positive(np.where(near, 1, np.abs(x)))
        # For negative x: 2 e^(x²) - erfcx(-x).
        reflected = 2 * np.exp(x * x) - outer
    return np.where(near, inner, np.where(x > 0, outer, reflected))


def _inverse_erfc(q: Array) -> Array:
    """The x ≥ 0 with erfc(x) = q, for 0 < q ≤ 1: Newton's method on the logarithm of erfc."""
    log_q = np.log(q)
    # Winitzki's approximation of the inverse, right to a few digits.
    shifted = np.log(q * (2 - q))
    half = 2 / (math.pi * 0.147) + shifted / 2
    x = np.sqrt(np.maximum(np.sqrt(half * half - shifted / 0.147) - half, 0))
    for _ in range(4):
        scaled = np.where(x < 0.46875, np.exp(x * x) * erfc(x), _erfcx_positive(x))
        x = x + (np.log(scaled) - x * x - log_q) * scaled * (SQRT_PI / 2)
    return x


def erfinv(x: Array) -> Array:
    """The inverse of erf: ±inf at ±1, NaN outside."""
    size = np.abs(x)
    inside = size < 1
    safe = np.where(inside, size, 0.75)
    tail = _inverse_erfc(1 - np.where(safe < 0.5, 0.75, safe))
    # Near 0 Newton's method on erf itself keeps the relative accuracy.
    middle = np.where(safe < 0.5, safe, 0) * (SQRT_PI / 2)
    target = np.where(safe < 0.5, safe, 0)
    for _ in range(5):
        middle = middle - (erf(middle) - target) * (SQRT_PI / 2) * np.exp(middle * middle)
    value = np.where(safe < 0.5, middle, tail)
    beyond = np.where(size == 1, math.inf, math.nan)
    return np.copysign(np.where(inside, value, beyond), x)


def ndtri(p: Array) -> Array:
    """The point below which a share p of the normal distribution lies."""
    inside = (p > 0) & (p < 1)
    lower = np.where(inside, np.minimum(p, 1 - p), 0.25)
    size = math.sqrt(2) * _inverse_erfc(2 * lower)
    ends = np.where(p == 0, -math.inf, np.where(p == 1, math.inf, math.nan))
    return np.where(inside, np.where(p < 0.5, -size, size), ends)


def log_ndtr(x: Array) -> Array:
    """ln of the share of the normal distribution below x."""
    low = np.minimum(x, -1.0)
    tail = np.log(erfcx(-low / math.sqrt(2)) / 2) - low * low / 2
    return np.where(x < -1, tail, np.log1p(-erfc(np.maximum(x, -1.0) / math.sqrt(2)) / 2))


# --- The gamma function -----------------------------------------------------------------


def lgamma(x: Array) -> Array:
    """ln |Γ(x)|, by the C library through Python: an element at a time."""

    def of_number(number: float) -> float:
        try:
            return math.lgamma(number)
        except (ValueError, OverflowError):  # A pole, or a result too large.
            return math.inf

    x = np.asarray(x)
    values = [of_number(number) for number in x.ravel().tolist()]
    return np.array(values, np.float64).reshape(x.shape)


def digamma(x: Array) -> Array:
    """(ln Γ)': -inf at 0 (inf at -0), NaN at the other poles. DLMF 5.5.2, 5.5.4 and 5.11.2."""
    x = np.asarray(x, np.float64)
    left = x < 0
    y = np.where(left, 1 - x, x)
    value = np.zeros_like(y)
    for _ in range(10):
        low = y < 10
        with np.errstate(divide="ignore"):
            value = np.where(low, value - 1 / y, value)
        y = np.where(low, y + 1, y)
    inverse = 1 / (y * y)
    series = np.zeros_like(y)
    for k in range(len(BERNOULLI) - 2, 0, -1):
        series = (series + BERNOULLI[k - 1] / (2 * k)) * inverse
    value = value + np.log(y) - 0.5 / y - series
    value = np.where(np.isinf(x) & (x > 0), math.inf, value)
    with np.errstate(invalid="ignore", divide="ignore"):
        fraction = x - np.trunc(x)
        reflected = value - math.pi / np.tan(math.pi * np.where(left, fraction, 0.25))
    reflected = np.where(fraction == 0, math.nan, reflected)
    pole = np.copysign(math.inf, -x)
    return np.where(x == 0, pole, np.where(left, reflected, value))


def zeta(s: Array, a: Array) -> Array:
    """Hurwitz's Σ (a + k)^-s over k = 0, 1, ... by Euler and Maclaurin (DLMF 2.10.1).

    inf at s = 1 and at the poles of a; NaN for s < 1, and for negative a unless s is whole.
    """
    s, a = np.broadcast_arrays(np.asarray(s, np.float64), np.asarray(a, np.float64))
    safe_s = np.where(s > 1, s, 2.0)
    safe_a = np.where((a == np.floor(a)) & (a <= 0), 1.0, a)
    total = np.zeros(safe_s.shape)
    # Ten terms; more where a is far to the left of 0.
    terms = 10 + int(max(0.0, -float(np.min(safe_a, initial=0.0, where=np.isfinite(safe_a)))))
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for k in range(terms):
            total = total + np.power(safe_a + k, -safe_s)
        w = safe_a + terms
        total = total + np.power(w, 1 - safe_s) / (safe_s - 1) + 0.5 * np.power(w, -safe_s)
        factor = safe_s * np.power(w, -safe_s - 1)
        for k, bernoulli in enumerate(BERNOULLI, start=1):
            total = total + bernoulli / math.factorial(2 * k) * factor
            factor = factor * (safe_s + 2 * k - 1) * (safe_s + 2 * k) / (w * w)
    pole = (a <= 0) & (a == np.floor(a))
    undefined = (s < 1) | ((a < 0) & (s != np.floor(s))) | np.isnan(s) | np.isnan(a)
    total = np.where(pole | (s == 1), math.inf, total)
    return np.where(undefined & ~((s == 1) & ~np.isnan(a)), math.nan, total)


def polygamma(n: int, x: Array) -> Array:
    """The derivative of order n of digamma: (-1)ⁿ⁺¹ n! ζ(n + 1, x) (DLMF 25.11.12)."""
    if n == 0:
        return digamma(x)
    return (-1) ** (n + 1) * math.factorial(n) * zeta(float(n + 1), x)


# --- Modified Bessel functions of the first kind -------------------------------------------


def _bessel_scaled(order: int, x: Array) -> Array:
    """e^-x I(x) of order 0 or 1, for x ≥ 0."""
    small = np.minimum(x, 30.0)
    # Power series (DLMF 10.25.2): all terms are positive, so nothing cancels.
    quarter = small * small / 4
    term = (small / 2) ** order
    series = np.zeros_like(small)
    for k in range(90):
        series = series + term
        term = term * quarter / ((k + 1) * (k + 1 + order))
    # Asymptotic series (DLMF 10.40.1), whose terms shrink until k is about 2x.
    large = np.maximum(x, 30.0)
    term = np.ones_like(large)
    tail = np.ones_like(large)
    for k in range(1, 30):
        term = term * -(4.0 * order * order - (2 * k - 1) ** 2) / (8 * k * large)
        tail = tail + term
    return np.where(x <= 30, series * np.exp(-small), tail / np.sqrt(2 * math.pi * large))


def i0e(x: Array) -> Array:
    """e^-|x| I₀(x)."""
    return _bessel_scaled(0, np.abs(x))


def i1e(x: Array) -> Array:
    """e^-|x| I₁(x)."""
    return np.copysign(_bessel_scaled(1, np.abs(x)), x)


def i0(x: Array) -> Array:
    """I₀(x)."""
    return _unscaled(i0e, x)


def i1(x: Array) -> Array:
    """I₁(x)."""
    return _unscaled(i1e, x)


def _unscaled(scaled: Callable[[Array], Array], x: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        # Half of the exponential at a time, so that it overflows only where the product does.
        half = np.exp(np.abs(x) / 2)
        return scaled(x) * half * half
