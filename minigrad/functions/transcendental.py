"""Inverse, hyperbolic, exponential and logarithmic functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minigrad.apply import apply, binary, unary
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.elementwise import Number, as_dtype, pow
from minigrad.node import TensorBase
from minigrad.rules import transcendental as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "acos",
    "acosh",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cosh",
    "deg2rad",
    "exp2",
    "expm1",
    "float_power",
    "hypot",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logit",
    "rad2deg",
    "rsqrt",
    "sinc",
    "sinh",
    "xlogy",
]


def asin(input: Tensor) -> Tensor:
    """The angle between -π/2 and π/2 whose sine is input; NaN outside -1 ... 1."""
    return unary(rules.asin, input)


def acos(input: Tensor) -> Tensor:
    """The angle between 0 and π whose cosine is input; NaN outside -1 ... 1."""
    return unary(rules.acos, input)


def atan(input: Tensor) -> Tensor:
    """The angle between -π/2 and π/2 whose tangent is input."""
    return unary(rules.atan, input)


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle of the point (other, input), between -π and π."""
    return binary(rules.atan2, input, other)


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians."""
    return unary(rules.deg2rad, input)


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees."""
    return unary(rules.rad2deg, input)


def sinc(input: Tensor) -> Tensor:
    """sin πx / πx, and 1 at 0."""
    return unary(rules.sinc, input)


def sinh(input: Tensor) -> Tensor:
    """(eˣ - e⁻ˣ) / 2."""
    return unary(rules.sinh, input)


def cosh(input: Tensor) -> Tensor:
    """(eˣ + e⁻ˣ) / 2."""
    return unary(rules.cosh, input)


def asinh(input: Tensor) -> Tensor:
    """The inverse of sinh."""
    return unary(rules.asinh, input)


def acosh(input: Tensor) -> Tensor:
    """The inverse of cosh; NaN below 1."""
    return unary(rules.acosh, input)


def atanh(input: Tensor) -> Tensor:
    """The inverse of tanh; NaN outside -1 ... 1."""
    return unary(rules.atanh, input)


def expm1(input: Tensor) -> Tensor:
    """eˣ - 1, exact also where x is near 0."""
    return unary(rules.expm1, input)


def exp2(input: Tensor) -> Tensor:
    """2 to the power of input."""
    return unary(rules.exp2, input)


def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), exact also where x is near 0."""
    return unary(rules.log1p, input)


def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2."""
    return unary(rules.log2, input)


def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10."""
    return unary(rules.log10, input)


def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """ln(eˣ + eʸ), without the overflow of the exponentials."""
    return binary(rules.logaddexp, input, other)


def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """The logarithm to base 2 of 2ˣ + 2ʸ, without the overflow of the powers."""
    return binary(rules.logaddexp2, input, other)


def xlogy(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """x ln y, and 0 where x is 0."""
    return binary(rules.xlogy, input, other)


def rsqrt(input: Tensor) -> Tensor:
    """1 / √x."""
    return unary(rules.rsqrt, input)


def hypot(input: Tensor, other: Tensor) -> Tensor:
    """√(x² + y²): the length of the hypotenuse."""
    return binary(rules.hypot, input, other)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """ln(x / (1 - x)), the inverse of sigmoid; x is first held within eps ... 1 - eps."""
    return apply(rules.logit, (input,), (eps,))


def float_power(input: Tensor | Number, exponent: Tensor | Number) -> Tensor:
    """input to the power of exponent, both in float64."""
    wanted = np.dtype(np.float64)
    if not isinstance(input, TensorBase) and not isinstance(exponent, TensorBase):
        tensor_argument("float_power", input)
    base = as_dtype(input, wanted) if isinstance(input, TensorBase) else input
    power = as_dtype(exponent, wanted) if isinstance(exponent, TensorBase) else exponent
    return pow(base, power)


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
