"""Special functions: the error function, the gamma function and Bessel's, with their kin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import numerics
from minigrad.apply import binary, unary, wrap
from minigrad.functions import elementwise
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.elementwise import Number
from minigrad.node import TensorBase
from minigrad.operands import as_number, to_operands
from minigrad.rules import special as rules
from minigrad.rules import transcendental

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "i0",
    "lgamma",
    "mvlgamma",
    "polygamma",
]


def erf(input: Tensor) -> Tensor:
    """2/√π · ∫ e^(-t²) dt from 0 to x."""
    return unary(rules.erf, input)


def erfc(input: Tensor) -> Tensor:
    """1 - erf(x), exact also where that is tiny."""
    return unary(rules.erfc, input)


def erfcx(input: Tensor) -> Tensor:
    """e^(x²) erfc(x)."""
    return unary(rules.erfcx, input)


def erfinv(input: Tensor) -> Tensor:
    """The inverse of erf: ±inf at ±1, NaN outside."""
    return unary(rules.erfinv, input)


def ndtr(input: Tensor) -> Tensor:
    """The share of the normal distribution below x."""
    scaled = elementwise.mul(tensor_argument("special_ndtr", input), -1 / math.sqrt(2))
    return elementwise.mul(erfc(scaled), 0.5)


def ndtri(input: Tensor) -> Tensor:
    """The point below which a share x of the normal distribution lies."""
    return unary(rules.ndtri, input)


def log_ndtr(input: Tensor) -> Tensor:
    """ln of the share of the normal distribution below x, exact also where that is tiny."""
    return unary(rules.log_ndtr, input)


def entr(input: Tensor) -> Tensor:
    """-x ln x: 0 at 0, -inf below."""
    return unary(rules.entr, input)


def xlog1py(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """x ln(1 + y), and 0 where x is 0."""
    return binary(transcendental.xlog1py, input, other)


def zeta(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """Hurwitz's zeta function Σ (y + k)^-x over k = 0, 1, ... No gradient."""
    given = [x._data if isinstance(x, TensorBase) else as_number(rules.erf, x)
             for x in (input, other)]  # fmt: skip
    s, a = to_operands(transcendental.xlogy, given)
    kind = next(x.dtype for x in (s, a) if hasattr(x, "dtype"))
    return wrap(np.asarray(numerics.zeta(s, a)).astype(kind)[()])


def lgamma(input: Tensor) -> Tensor:
    """ln |Γ(x)|."""
    return unary(rules.lgamma, input)


def digamma(input: Tensor) -> Tensor:
    """The derivative of ln Γ."""
    return unary(rules.digamma, input)


def polygamma(n: int, input: Tensor) -> Tensor:
    """The derivative of order n of digamma.

    Raises:
        RuntimeError: for a negative n.
    """
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return digamma(input) if n == 0 else unary(rules.polygamma, input, (n,))


def mvlgamma(input: Tensor, p: int) -> Tensor:
    """ln of the multivariate gamma function of dimension p, for x > (p - 1)/2.

    Raises:
        RuntimeError: for p < 1.
    """
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    total: Any = p * (p - 1) / 4 * math.log(math.pi)
    for j in range(p):
        total = elementwise.add(lgamma(elementwise.sub(input, j / 2)), total)
    return total  # type: ignore[no-any-return]


def i0(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, of order 0."""
    return unary(rules.i0, input)


def i0e(input: Tensor) -> Tensor:
    """e^-|x| I₀(x)."""
    return unary(rules.i0e, input)


def i1(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, of order 1."""
    return unary(rules.i1, input)


def i1e(input: Tensor) -> Tensor:
    """e^-|x| I₁(x)."""
    return unary(rules.i1e, input)
