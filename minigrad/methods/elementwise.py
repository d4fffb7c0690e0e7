"""Methods that act on each element by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad.functions import elementwise, rounding, special, transcendental
from minigrad.methods.in_place import of_function, of_rule
from minigrad.rules import elementwise as rules
from minigrad.rules import rounding as rounding_rules
from minigrad.rules import special as special_rules
from minigrad.rules import transcendental as transcendental_rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


class ElementwiseMethods:
    """Elementwise functions as methods, and in place."""

    __slots__ = ()

    # --- Angles, exponentials, logarithms, roots ------------------------------------

    asin = arcsin = transcendental.asin
    acos = arccos = transcendental.acos
    atan = arctan = transcendental.atan
    atan2 = arctan2 = transcendental.atan2
    deg2rad = transcendental.deg2rad
    rad2deg = transcendental.rad2deg
    sinc = transcendental.sinc
    sinh = transcendental.sinh
    cosh = transcendental.cosh
    asinh = arcsinh = transcendental.asinh
    acosh = arccosh = transcendental.acosh
    atanh = arctanh = transcendental.atanh
    expm1 = transcendental.expm1
    exp2 = transcendental.exp2
    log1p = transcendental.log1p
    log2 = transcendental.log2
    log10 = transcendental.log10
    logaddexp = transcendental.logaddexp
    logaddexp2 = transcendental.logaddexp2
    xlogy = transcendental.xlogy
    rsqrt = transcendental.rsqrt
    hypot = transcendental.hypot
    logit = transcendental.logit
    float_power = transcendental.float_power

    asin_ = arcsin_ = of_rule(transcendental_rules.asin)
    acos_ = arccos_ = of_rule(transcendental_rules.acos)
    atan_ = arctan_ = of_rule(transcendental_rules.atan)
    atan2_ = arctan2_ = of_rule(transcendental_rules.atan2)
    deg2rad_ = of_rule(transcendental_rules.deg2rad)
    rad2deg_ = of_rule(transcendental_rules.rad2deg)
    sinc_ = of_rule(transcendental_rules.sinc)
    sinh_ = of_rule(transcendental_rules.sinh)
    cosh_ = of_rule(transcendental_rules.cosh)
    asinh_ = arcsinh_ = of_rule(transcendental_rules.asinh)
    acosh_ = arccosh_ = of_rule(transcendental_rules.acosh)
    atanh_ = arctanh_ = of_rule(transcendental_rules.atanh)
    expm1_ = of_rule(transcendental_rules.expm1)
    exp2_ = of_rule(transcendental_rules.exp2)
    log1p_ = of_rule(transcendental_rules.log1p)
    log2_ = of_rule(transcendental_rules.log2)
    log10_ = of_rule(transcendental_rules.log10)
    xlogy_ = of_rule(transcendental_rules.xlogy)
    rsqrt_ = of_rule(transcendental_rules.rsqrt)
    hypot_ = of_rule(transcendental_rules.hypot)
    logit_ = of_function(transcendental.logit)
    float_power_ = of_function(transcendental.float_power)

    log_ = of_rule(rules.log)
    sin_ = of_rule(rules.sin)
    cos_ = of_rule(rules.cos)
    tan_ = of_rule(rules.tan)
    abs_ = absolute_ = of_rule(rules.absolute)
    sign_ = of_rule(rules.sign)
    reciprocal_ = of_rule(rules.reciprocal)
    square_ = of_function(elementwise.square)
    negative_ = of_rule(rules.neg)
    floor_divide_ = __ifloordiv__ = of_function(elementwise.floor_divide)

    # --- Rounding, remainders, limits, signs -----------------------------------------

    floor = rounding.floor
    ceil = rounding.ceil
    trunc = fix = rounding.trunc
    round = rounding.round
    frac = rounding.frac
    remainder = __mod__ = rounding.remainder
    fmod = rounding.fmod

    def __rmod__(self, other: Any) -> Tensor:
        return rounding.remainder(other, self)  # type: ignore[arg-type]

    clamp = clip = rounding.clamp
    clamp_min = rounding.clamp_min
    clamp_max = rounding.clamp_max
    fmax = rounding.fmax
    fmin = rounding.fmin
    nan_to_num = rounding.nan_to_num
    copysign = rounding.copysign
    sgn = rounding.sgn
    signbit = rounding.signbit
    positive = rounding.positive
    heaviside = rounding.heaviside
    lerp = rounding.lerp
    addcmul = rounding.addcmul
    addcdiv = rounding.addcdiv
    ldexp = rounding.ldexp
    gcd = rounding.gcd
    lcm = rounding.lcm

    floor_ = of_rule(rounding_rules.floor)
    ceil_ = of_rule(rounding_rules.ceil)
    trunc_ = fix_ = of_rule(rounding_rules.trunc)
    round_ = of_function(rounding.round)
    frac_ = of_rule(rounding_rules.frac)
    remainder_ = __imod__ = of_function(rounding.remainder)
    fmod_ = of_function(rounding.fmod)
    clamp_ = clip_ = of_function(rounding.clamp)
    clamp_min_ = of_function(rounding.clamp_min)
    clamp_max_ = of_function(rounding.clamp_max)
    nan_to_num_ = of_function(rounding.nan_to_num)
    copysign_ = of_rule(rounding_rules.copysign)
    sgn_ = of_rule(rounding_rules.sgn)
    heaviside_ = of_function(rounding.heaviside)
    lerp_ = of_function(rounding.lerp)
    addcmul_ = of_function(rounding.addcmul)
    addcdiv_ = of_function(rounding.addcdiv)
    ldexp_ = of_rule(rounding_rules.ldexp)
    gcd_ = of_function(rounding.gcd)
    lcm_ = of_function(rounding.lcm)

    # --- Special functions ---------------------------------------------------------------

    erf = special.erf
    erfc = special.erfc
    erfinv = special.erfinv
    lgamma = special.lgamma
    digamma = special.digamma
    mvlgamma = special.mvlgamma
    i0 = special.i0

    def polygamma(self: Tensor, n: int) -> Tensor:  # type: ignore[misc]
        """The derivative of order n of digamma."""
        return special.polygamma(n, self)

    erf_ = of_rule(special_rules.erf)
    erfc_ = of_rule(special_rules.erfc)
    erfinv_ = of_rule(special_rules.erfinv)
    lgamma_ = of_rule(special_rules.lgamma)
    digamma_ = of_rule(special_rules.digamma)
    i0_ = of_rule(special_rules.i0)
    mvlgamma_ = of_function(special.mvlgamma)
    polygamma_ = of_function(polygamma)
