"""Arithmetic, elementary functions, comparisons.

One number in, one number out, at every place.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, binary, unary, wrap
from minigrad.functions.arguments import tensor_argument
from minigrad.node import TensorBase
from minigrad.operands import as_number, to_operands
from minigrad.rules import elementwise as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "abs",
    "absolute",
    "add",
    "cos",
    "div",
    "divide",
    "eq",
    "exp",
    "floor_divide",
    "ge",
    "gt",
    "le",
    "log",
    "lt",
    "maximum",
    "minimum",
    "mul",
    "multiply",
    "ne",
    "neg",
    "negative",
    "pow",
    "reciprocal",
    "relu",
    "rsub",
    "sigmoid",
    "sign",
    "sin",
    "sqrt",
    "square",
    "sub",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "where",
]

Number = int | float | bool

# --- Arithmetic --------------------------------------------------------------


def add(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input + alpha · other."""
    return binary(rules.add, input, _times(alpha, input, other))


def sub(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input - alpha · other."""
    _refuse_bools(input, other)
    return binary(rules.sub, input, _times(alpha, input, other))


def rsub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """other - alpha · input."""
    _refuse_bools(input, other)
    return binary(rules.rsub, _times(alpha, other, input), other)


def _times(alpha: Number, first: Any, second: Any) -> Any:
    """alpha · second, where alpha is a number that the dtype of the result holds."""
    if alpha == 1:
        return second
    values = [as_value(x) for x in (first, second)]
    dtypes.fitting(alpha, dtypes.result_numpy_dtype(values))
    return (
        binary(rules.mul, second, alpha) if isinstance(second, TensorBase) else second * alpha
    )


def mul(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input · other, element by element."""
    return binary(rules.mul, input, other)


def div(
    input: Tensor | Number, other: Tensor | Number, *, rounding_mode: str | None = None
) -> Tensor:
    """input / other. Integers give floats, unless rounding_mode is "floor" or "trunc"."""
    if rounding_mode is None:
        return binary(rules.div, input, other)
    if rounding_mode == "floor":
        return binary(rules.div_floor, input, other)
    if rounding_mode == "trunc":
        return binary(rules.div_trunc, input, other)
    raise wrong_rounding_mode(rounding_mode)


def wrong_rounding_mode(given: Any) -> RuntimeError:
    """The error for a rounding_mode that `div` does not have."""
    return RuntimeError(
        f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{given}'"
    )


def floor_divide(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """The quotient, rounded down. It is constant between its steps: no gradient."""
    return _without_gradient(np.floor_divide, input, other)


def neg(input: Tensor) -> Tensor:
    """-input."""
    if isinstance(input, TensorBase) and input._data.dtype.kind == "b":
        raise errors.negation_of_bool()
    return unary(rules.neg, input)


def pow(input: Tensor | Number, exponent: Tensor | Number) -> Tensor:
    """input to the power of exponent.

    Raises:
        RuntimeError: for an integer tensor and a negative integer exponent.
    """
    if isinstance(exponent, TensorBase):
        if _is_bool(exponent) and _is_bool(input):
            raise errors.not_implemented_for("pow", exponent._data.dtype)
        if type(input) in (int, float) and input > 0 and exponent._data.dtype.kind == "f":
            return unary(rules.power_of_number, exponent, (float(input),))
        return binary(rules.power, input, exponent)
    data = tensor_argument("pow", input)._data
    exponent = as_number(rules.power, exponent)
    if data.dtype.kind != "f":
        if isinstance(exponent, int) and exponent < 0:
            raise errors.negative_integer_power()
        wanted = dtypes.result_numpy_dtype((data, exponent))
        return wrap(_whole_power(data.astype(wanted), exponent))
    return unary(rules.pow_scalar, input, (exponent,))


def _whole_power(data: Any, exponent: Any) -> Any:
    if data.dtype.kind == "b":
        return data | (not exponent)
    return data ** data.dtype.type(dtypes.fitting(exponent, data.dtype))


def square(input: Tensor) -> Tensor:
    """input²."""
    return pow(input, 2)


def sqrt(input: Tensor) -> Tensor:
    """The square root; NaN for negative numbers, and an infinite slope at 0."""
    return unary(rules.sqrt, input)


def reciprocal(input: Tensor) -> Tensor:
    """1 / input."""
    return unary(rules.reciprocal, input)


# --- Elementary functions ----------------------------------------------------


def exp(input: Tensor) -> Tensor:
    """e to the power of input."""
    return unary(rules.exp, input)


def log(input: Tensor) -> Tensor:
    """The natural logarithm: -inf at 0, NaN below."""
    return unary(rules.log, input)


def sin(input: Tensor) -> Tensor:
    """The sine of an angle in radians."""
    return unary(rules.sin, input)


def cos(input: Tensor) -> Tensor:
    """The cosine of an angle in radians."""
    return unary(rules.cos, input)


def tan(input: Tensor) -> Tensor:
    """The tangent of an angle in radians."""
    return unary(rules.tan, input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return unary(rules.tanh, input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e^-input)."""
    return unary(rules.sigmoid, input)


def relu(input: Tensor) -> Tensor:
    """The larger of input and 0; the slope at 0 counts as 0."""
    return unary(rules.relu, input)


def abs(input: Tensor) -> Tensor:
    """The absolute value; the slope at 0 counts as 0."""
    return unary(rules.absolute, input)


def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1. The slope is 0 wherever there is one."""
    return unary(rules.sign, input)


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two; at a tie each receives half of the cotangent."""
    return binary(rules.maximum, input, other)


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two; at a tie each receives half of the cotangent."""
    return binary(rules.minimum, input, other)


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, other elsewhere.

    Raises:
        RuntimeError: if the condition is not boolean.
    """
    if input is None and other is None:
        return tuple([wrap(index) for index in np.nonzero(condition._data)])
    tensor_argument("where", condition, "condition")
    if condition._data.dtype.kind != "b":
        raise errors.where_needs_bool(condition._data.dtype)
    return apply(rules.where, (condition, *promoted(input, other)))


def promoted(*operands: Any) -> tuple[Any, ...]:
    """Tensors and numbers brought to their common dtype; None stays None."""
    values = [as_value(x) for x in operands if x is not None]
    wanted = dtypes.result_numpy_dtype(values)
    return tuple([None if x is None else as_dtype(x, wanted) for x in operands])


def as_value(x: Any) -> Any:
    """The array or scalar in a tensor, or the number; TypeError for anything else."""
    return x._data if isinstance(x, TensorBase) else as_number(rules.where, x)


def as_dtype(x: Any, wanted: np.dtype[Any]) -> Any:
    """The tensor or number in a dtype, recorded; itself if it has it already."""
    if not isinstance(x, TensorBase):
        return wanted.type(dtypes.fitting(x, wanted, True))
    return x if x._data.dtype is wanted else apply(rules.to_dtype, (x,), (wanted,))


# --- Comparisons: true or false, so nothing to differentiate ------------------


def _without_gradient(function: Callable[..., Any], input: Any, other: Any) -> Tensor:
    """Apply a NumPy function to two operands brought to one dtype, and record nothing."""
    operands = [
        x._data if isinstance(x, TensorBase) else as_number(rules.add, x)
        for x in (input, other)
    ]
    try:
        return wrap(function(*to_operands(rules.add, operands)))
    except ValueError as error:
        raise rules.add.refusal(error, operands) from None


def eq(input: Tensor, other: Tensor | Number) -> Tensor:
    """input = other, element by element."""
    return _without_gradient(operator.eq, input, other)


def ne(input: Tensor, other: Tensor | Number) -> Tensor:
    """input ≠ other, element by element."""
    return _without_gradient(operator.ne, input, other)


def lt(input: Tensor, other: Tensor | Number) -> Tensor:
    """input < other, element by element."""
    return _without_gradient(operator.lt, input, other)


def le(input: Tensor, other: Tensor | Number) -> Tensor:
    """input ≤ other, element by element."""
    return _without_gradient(operator.le, input, other)


def gt(input: Tensor, other: Tensor | Number) -> Tensor:
    """input > other, element by element."""
    return _without_gradient(operator.gt, input, other)


def ge(input: Tensor, other: Tensor | Number) -> Tensor:
    """input ≥ other, element by element."""
    return _without_gradient(operator.ge, input, other)


def _refuse_bools(input: Any, other: Any) -> None:
    if _is_bool(input) or _is_bool(other):
        raise errors.subtraction_of_bools(_is_bool(input) and _is_bool(other))


def _is_bool(x: Any) -> bool:
    return x._data.dtype.kind == "b" if isinstance(x, TensorBase) else isinstance(x, bool)


absolute = abs
divide = true_divide = div
multiply = mul
negative = neg
subtract = sub
