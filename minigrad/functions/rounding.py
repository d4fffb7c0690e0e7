"""Rounding, remainders, limits and signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, binary, unary, wrap
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.elementwise import Number, as_dtype, promoted
from minigrad.node import TensorBase
from minigrad.operands import as_number, to_operands
from minigrad.rules import rounding as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "addcdiv",
    "addcmul",
    "ceil",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "fix",
    "floor",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "gcd",
    "heaviside",
    "lcm",
    "ldexp",
    "lerp",
    "nan_to_num",
    "positive",
    "remainder",
    "round",
    "sgn",
    "signbit",
    "trunc",
]

# --- Rounding --------------------------------------------------------------------


def floor(input: Tensor) -> Tensor:
    """The next whole number below."""
    return _rounded(rules.floor, "floor", input)


def ceil(input: Tensor) -> Tensor:
    """The next whole number above."""
    return _rounded(rules.ceil, "ceil", input)


def trunc(input: Tensor) -> Tensor:
    """The next whole number towards 0."""
    return _rounded(rules.trunc, "trunc", input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest number with so many decimals; halves go to the even one."""
    return _rounded(rules.round, "round", input, (decimals,))


def frac(input: Tensor) -> Tensor:
    """What follows the point: x - trunc(x)."""
    return _rounded(rules.frac, "frac", input)


def _rounded(rule: Any, name: str, input: Tensor, params: tuple[Any, ...] = ()) -> Tensor:
    data = tensor_argument(name, input)._data
    if data.dtype.kind == "b" or (name == "frac" and data.dtype.kind != "f"):
        raise errors.not_implemented_for(f"{name}_cpu", data.dtype)
    return unary(rule, input, params)


# --- Remainders ------------------------------------------------------------------


def remainder(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """What is left of x after the division by y, with the sign of y.

    Raises:
        RuntimeError: for integers and a divisor of 0.
    """
    _check_divisor(input, other)
    return binary(rules.remainder, input, other)


def fmod(input: Tensor, other: Tensor | Number) -> Tensor:
    """What is left of x after the division by y, with the sign of x.

    Raises:
        RuntimeError: for integers and a divisor of 0.
    """
    _check_divisor(input, other)
    return binary(rules.fmod, input, other)


def _check_divisor(input: Any, other: Any) -> None:
    values = [x._data if isinstance(x, TensorBase) else x for x in (input, other)]
    if dtypes.result_numpy_dtype(values).kind != "f" and not np.all(values[1]):
        raise RuntimeError("ZeroDivisionError")


# --- Limits ----------------------------------------------------------------------


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """input, but min where it is lower and max where it is higher.

    Args:
        min, max: numbers, or tensors that broadcast with input; None for no limit.
    """
    if min is None and max is None:
        raise errors.clamp_without_bounds()
    limits = (min, max)
    if any(isinstance(limit, TensorBase) for limit in limits):
        return apply(rules.clamp_tensor, promoted(input, *limits))
    return unary(rules.clamp, *_with_room(input, *limits))


def clamp_min(input: Tensor, min: Tensor | Number) -> Tensor:
    """input, but min where it is lower."""
    if isinstance(min, TensorBase):
        return clamp(input, min=min)
    return unary(rules.clamp_min, *_with_room(input, min))


def clamp_max(input: Tensor, max: Tensor | Number) -> Tensor:
    """input, but max where it is higher."""
    if isinstance(max, TensorBase):
        return clamp(input, max=max)
    return unary(rules.clamp_max, *_with_room(input, max))


def _with_room(input: Tensor, *limits: Any) -> tuple[Tensor, tuple[Any, ...]]:
    """The tensor, converted if a limit is of a higher category, as 0.5 for integers; limits."""
    data = tensor_argument("clamp", input)._data
    given = [None if limit is None else as_number(rules.clamp, limit) for limit in limits]
    kind = dtypes.result_numpy_dtype([data, *[n for n in given if n is not None]])
    fitting = tuple([dtypes.fitting(number, kind) for number in given])
    return as_dtype(input, kind), fitting


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two; of a number and NaN the number."""
    return binary(rules.fmax, input, other)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two; of a number and NaN the number."""
    return binary(rules.fmin, input, other)


def nan_to_num(
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Tensor:
    """With numbers for NaN (0) and the infinities (the largest numbers there are)."""
    if tensor_argument("nan_to_num", input)._data.dtype.kind != "f":
        return wrap(input._data.copy())
    return unary(rules.nan_to_num, input, (0.0 if nan is None else nan, posinf, neginf))


# --- Signs -----------------------------------------------------------------------


def copysign(input: Tensor, other: Tensor | Number) -> Tensor:
    """The size of input with the sign of other."""
    return binary(rules.copysign, input, other)


def sgn(input: Tensor) -> Tensor:
    """-1, 0 or 1."""
    return unary(rules.sgn, input)


def signbit(input: Tensor) -> Tensor:
    """Whether the sign is minus (also that of -0)."""
    return wrap(np.signbit(np.asarray(tensor_argument("signbit", input)._data, float))[()])


def positive(input: Tensor) -> Tensor:
    """The tensor itself.

    Raises:
        RuntimeError: for bools.
    """
    if tensor_argument("positive", input)._data.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above, and `values` at zero. No gradient."""
    if input._data.dtype != values._data.dtype:
        raise RuntimeError(
            "heaviside is not yet implemented for tensors with different dtypes."
        )
    step = np.heaviside(input._data, values._data)
    return wrap(step.astype(input._data.dtype))


# --- Between and beside ------------------------------------------------------------


def lerp(input: Tensor, end: Tensor, weight: Tensor | Number) -> Tensor:
    """From input (weight 0) towards end (weight 1): input + weight · (end - input)."""
    _same_dtype("lerp", input, end, weight)
    if isinstance(weight, TensorBase):
        return apply(rules.lerp, (input, end, weight))
    return apply(rules.lerp_scalar, (input, end), (weight,))


def _same_dtype(name: str, *given: Any) -> None:
    kinds = [x._data.dtype for x in given if isinstance(x, TensorBase)]
    for kind in kinds:
        if kind != kinds[0]:
            raise RuntimeError(
                f"expected dtype {errors.c_type(kinds[0])} for `end` but got dtype "
                f"{errors.c_type(kind)}"
            )


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value · tensor1 · tensor2."""
    kind = dtypes.result_numpy_dtype([x._data for x in (input, tensor1, tensor2)])
    value = dtypes.fitting(value, kind)
    return apply(rules.addcmul, (input, tensor1, tensor2), (value,))


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value · tensor1 / tensor2.

    Raises:
        RuntimeError: for integers.
    """
    if all(x._data.dtype.kind != "f" for x in (tensor1, tensor2)):
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release "
            "addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv "
            "behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2))."
            "to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for "
            "float inputs. The future addcdiv behavior is just the latter implementation: "
            "(input + value * tensor1 / tensor2), for all dtypes."
        )
    return apply(rules.addcdiv, (input, tensor1, tensor2), (value,))


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input · 2 to the power of other."""
    return binary(rules.ldexp, input, other)


def gcd(input: Tensor, other: Tensor) -> Tensor:
    """The greatest common divisor."""
    return wrap(np.gcd(*to_operands(rules.fmod, (input._data, other._data))))


def lcm(input: Tensor, other: Tensor) -> Tensor:
    """The least common multiple."""
    return wrap(np.lcm(*to_operands(rules.fmod, (input._data, other._data))))


clip = clamp
fix = trunc
