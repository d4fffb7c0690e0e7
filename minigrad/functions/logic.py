"""Yes or no, bit by bit or number by number: nothing here has a gradient."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import wrap
from minigrad.functions import elementwise
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.elementwise import Number, as_value
from minigrad.operands import to_operands
from minigrad.rules import elementwise as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "allclose",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
]

# --- Logic ---------------------------------------------------------------------------


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both are true (not 0)."""
    return _of_two("logical_and", np.logical_and, input, other)


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether one or both are true (not 0)."""
    return _of_two("logical_or", np.logical_or, input, other)


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether one is true (not 0) and the other is not."""
    return _of_two("logical_xor", np.logical_xor, input, other)


def logical_not(input: Tensor) -> Tensor:
    """True where input is 0."""
    return wrap(np.logical_not(tensor_argument("logical_not", input)._data))


def _of_two(name: str, function: Callable[..., Any], input: Any, other: Any) -> Tensor:
    for position, x in enumerate((input, other)):
        tensor_argument(name, x, "input" if position == 0 else "other", position + 1)
    try:
        return wrap(function(input._data, other._data))
    except ValueError as error:
        raise rules.add.refusal(error, (input._data, other._data)) from None


# --- Bits ----------------------------------------------------------------------------


def bitwise_and(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """Both, bit by bit; for bools: whether both hold."""
    return _of_bits("bitwise_and_cpu", operator.and_, input, other)


def bitwise_or(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """Either, bit by bit; for bools: whether one or both hold."""
    return _of_bits("bitwise_or_cpu", operator.or_, input, other)


def bitwise_xor(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """One but not both, bit by bit."""
    return _of_bits("bitwise_xor_cpu", operator.xor, input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """Every bit turned round; for bools: not."""
    data = tensor_argument("bitwise_not", input)._data
    if data.dtype.kind == "f":
        raise errors.not_implemented_for("bitwise_not_cpu", data.dtype)
    return wrap(~data)


def bitwise_left_shift(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """The bits moved up: input · 2 to the power of other."""
    return _of_bits("lshift_cpu", np.left_shift, input, other)


def bitwise_right_shift(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """The bits moved down: input / 2 to the power of other, rounded down."""
    return _of_bits("rshift_cpu", np.right_shift, input, other)


def _of_bits(kernel: str, function: Callable[..., Any], input: Any, other: Any) -> Tensor:
    values = [as_value(input), as_value(other)]
    kind = dtypes.result_numpy_dtype(values)
    if kind.kind == "f" or (kind.kind == "b" and "shift" in kernel):
        raise errors.not_implemented_for(kernel, kind)
    try:
        return wrap(function(*to_operands(rules.add, values)))
    except ValueError as error:
        raise rules.add.refusal(error, values) from None


# --- What kind of number -----------------------------------------------------------------


def isnan(input: Tensor) -> Tensor:
    """Whether each element is NaN, not a number."""
    return wrap(np.isnan(tensor_argument("isnan", input)._data))


def isinf(input: Tensor) -> Tensor:
    """Whether each element is infinite."""
    return wrap(np.isinf(tensor_argument("isinf", input)._data))


def isposinf(input: Tensor) -> Tensor:
    """Whether each element is +infinity."""
    return wrap(tensor_argument("isposinf", input)._data == np.inf)


def isneginf(input: Tensor) -> Tensor:
    """Whether each element is -infinity."""
    return wrap(tensor_argument("isneginf", input)._data == -np.inf)


def isfinite(input: Tensor) -> Tensor:
    """Whether each element is neither infinite nor NaN."""
    return wrap(np.isfinite(tensor_argument("isfinite", input)._data))


def isreal(input: Tensor) -> Tensor:
    """Whether each element is a real number: all are."""
    return wrap(np.ones_like(tensor_argument("isreal", input)._data, dtype=bool)[()])


# --- Nearly the same ---------------------------------------------------------------------


def isclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """Whether |input - other| ≤ atol + rtol · |other|, element by element.

    Raises:
        RuntimeError: for tensors of different dtypes.
    """
    a = tensor_argument("isclose", input)._data
    b = tensor_argument("isclose", other, "other", 2)._data
    if a.dtype != b.dtype:
        kinds = [errors.scalar_type(x.dtype) for x in (a, b)]
        raise RuntimeError(f"{kinds[0]} did not match {kinds[1]}")
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value < 0:
            raise RuntimeError(
                f"{name} must be greater than or equal to zero, but got {value:g}"
            )
    close = a == b
    if equal_nan and a.dtype.kind == "f":
        close = close | (np.isnan(a) & np.isnan(b))
    if rtol == 0 and atol == 0:
        return wrap(close)
    with np.errstate(all="ignore"):
        distance = np.abs(np.subtract(a, b, dtype=np.result_type(a, np.float32)))
        allowed = atol + np.abs(rtol * b)
        return wrap(close | (np.isfinite(distance) & (distance <= allowed)))


def allclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> bool:
    """Whether all elements are close; arguments as for `isclose`."""
    return bool(isclose(input, other, rtol, atol, equal_nan)._data.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and the same elements."""
    a = tensor_argument("equal", input)._data
    b = tensor_argument("equal", other, "other", 2)._data
    return bool(a.shape == b.shape and np.asarray(a == b).all())


greater, greater_equal = elementwise.gt, elementwise.ge
less, less_equal = elementwise.lt, elementwise.le
not_equal = elementwise.ne
