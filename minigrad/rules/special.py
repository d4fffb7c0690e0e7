"""Special functions: the error function, the gamma function and Bessel's, with their kin.

The derivatives are those of the NIST Digital Library of Mathematical Functions, chapters 5, 7
and 10 (https://dlmf.nist.gov).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad import numerics
from minigrad.batched import Batched
from minigrad.rules.elementwise import FLOAT64, exp, log, sign_
from minigrad.rules.table import Rule, elementwise

SQRT_PI = math.sqrt(math.pi)
SQRT_2PI = math.sqrt(2 * math.pi)


def in_float64(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the numerics, for any float dtype: computed in float64 and rounded."""

    def compute(x: Any, *params: Any) -> Any:
        if isinstance(x, Batched):
            return Batched(compute(x.array, *params), x.level)
        with np.errstate(all="ignore"):
            return np.asarray(function(np.asarray(x, FLOAT64), *params)).astype(x.dtype)[()]

    return compute


# --- The error function and the normal distribution ---------------------------------------

erf = elementwise(
    "erf",
    in_float64(numerics.erf),
    lambda g, x: g * (2 / SQRT_PI) * exp(-x * x),
    promotion="float",
    formula=("2/√π e^(-x²)",),
)

erfc = elementwise(
    "erfc",
    in_float64(numerics.erfc),
    lambda g, x: -g * (2 / SQRT_PI) * exp(-x * x),
    promotion="float",
    formula=("-2/√π e^(-x²)",),
)

erfcx = elementwise(
    "erfcx",
    in_float64(numerics.erfcx),
    lambda g, x, out: g * (2 * x * out - 2 / SQRT_PI),
    promotion="float",
    node_name="SpecialErfcxBackward0",
    formula=("2x erfcx(x) - 2/√π",),
    note="e^(x²) erfc(x)",
)

erfinv = elementwise(
    "erfinv",
    in_float64(numerics.erfinv),
    lambda g, out: g * (SQRT_PI / 2) * exp(out * out),
    promotion="float",
    formula=("√π/2 e^(erfinv(x)²)",),
    note="-1 < x < 1",
    domain=(-0.8, 0.8),
)

ndtri = elementwise(
    "ndtri",
    in_float64(numerics.ndtri),
    lambda g, out: g * SQRT_2PI * exp(out * out / 2),
    promotion="float",
    node_name="SpecialNdtriBackward0",
    formula=("√2π e^(ndtri(x)²/2)",),
    note="0 < x < 1",
    domain=(0.2, 0.8),
)

log_ndtr = elementwise(
    "log_ndtr",
    in_float64(numerics.log_ndtr),
    lambda g, x: g / erfcx(x * (-1 / math.sqrt(2))) * math.sqrt(2 / math.pi),
    promotion="float",
    node_name="SpecialLogNdtrBackward0",
    formula=("√(2/π) / erfcx(-x/√2)",),
    note="ln of the share of the normal distribution below x",
)


def _entr(x: Any) -> Any:
    inside = np.where(x > 0, x, 1)
    value = np.where(x > 0, -x * np.log(inside), np.where(x == 0, 0, -math.inf))
    return np.where(np.isnan(x), x, value).astype(x.dtype)[()]


def _entr_slope(g: Any, x: Any) -> Any:
    slope = -log(np.where(x > 0, x, 1.0)) - 1
    return g * np.where(x > 0, slope, np.where(x == 0, math.inf, math.nan))


entr = elementwise(
    "entr",
    _entr,
    _entr_slope,
    promotion="float",
    node_name="SpecialEntrBackward0",
    formula=("-ln x - 1",),
    note="-x ln x; 0 at 0 and -inf below",
    domain=(0.5, 2.0),
)

# --- The gamma function ---------------------------------------------------------------------

lgamma: Rule = elementwise(
    "lgamma",
    in_float64(numerics.lgamma),
    lambda g, x: g * digamma(x),
    promotion="float",
    formula=("digamma(x)",),
    note="ln |Γ(x)|; inf at 0, -1, -2, ...",
    domain=(0.5, 3.0),
)

digamma: Rule = elementwise(
    "digamma",
    in_float64(numerics.digamma),
    lambda g, x: g * polygamma(x, 1),
    promotion="float",
    formula=("polygamma(1, x)",),
    note="(ln Γ)'; x ≠ 0, -1, -2, ...",
    domain=(0.5, 3.0),
)

polygamma: Rule = elementwise(
    "polygamma",
    in_float64(lambda x, order: numerics.polygamma(order, x)),
    lambda g, x, order: g * polygamma(x, order + 1),
    params=("order",),
    promotion="float",
    saved_as={"order": "n"},
    formula=("polygamma(n + 1, x)",),
    note="the derivative of order n of digamma; x > 0",
    domain=(0.5, 3.0),
    example_params=(1,),
)

# --- Modified Bessel functions ------------------------------------------------------------

i0: Rule = elementwise(
    "i0",
    in_float64(numerics.i0),
    lambda g, x: g * i1(x),
    promotion="float",
    formula=("I₁(x)",),
)


def _i1_slope(x: Any, out: Any, zeroth: Any, at_zero: float) -> Any:
    """I₀(x) - I₁(x)/x, whose limit at 0 is 1/2."""
    small = x == 0
    return np.where(small, at_zero, zeroth - out / np.where(small, 1.0, x))


i1: Rule = elementwise(
    "i1",
    in_float64(numerics.i1),
    lambda g, x, out: g * _i1_slope(x, out, i0(x), 0.5),
    promotion="float",
    node_name="SpecialI1Backward0",
    formula=("I₀(x) - I₁(x)/x",),
    domain=(0.5, 3.0),
)

i0e: Rule = elementwise(
    "i0e",
    in_float64(numerics.i0e),
    lambda g, x, out: g * (i1e(x) - sign_(x) * out),
    promotion="float",
    node_name="SpecialI0EBackward0",
    formula=("e^-|x| I₁(x) - sign x · i0e(x)",),
    note="e^-|x| I₀(x); kink at 0",
    domain=(0.5, 3.0),
)

i1e: Rule = elementwise(
    "i1e",
    in_float64(numerics.i1e),
    lambda g, x, out: g * _i1_slope(x, out, i0e(x) - sign_(x) * out, 0.5),
    promotion="float",
    node_name="SpecialI1EBackward0",
    formula=("e^-|x| I₀(x) - i1e(x) (sign x + 1/x)",),
    note="e^-|x| I₁(x); kink at 0",
    domain=(0.5, 3.0),
)
