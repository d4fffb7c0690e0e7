"""NumPy's functions called on tensors: `np.sin(tensor)` is `minigrad.sin(tensor)`.

This is what lets one derivative serve every order. A rule says `g * np.cos(x)`; on arrays NumPy
computes it, on tensors NumPy asks the tensor (`__array_ufunc__`, `__array_function__`), and it
is recorded. What is not in these tables is computed by NumPy on the values, if no gradient is
asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.apply import wrap
from minigrad.batched import Batched
from minigrad.functions import elementwise, logic, matrix, rounding
from minigrad.node import TensorBase, mode

UFUNCS: dict[Any, Callable[..., Any]] = {
    np.bitwise_and: logic.bitwise_and,
    np.bitwise_or: logic.bitwise_or,
    np.bitwise_xor: logic.bitwise_xor,
    np.isfinite: logic.isfinite,
    np.isinf: logic.isinf,
    np.isnan: logic.isnan,
    np.logical_not: logic.logical_not,
    np.abs: elementwise.abs,
    np.add: elementwise.add,
    np.cos: elementwise.cos,
    np.divide: elementwise.div,
    np.equal: elementwise.eq,
    np.exp: elementwise.exp,
    np.greater: elementwise.gt,
    np.greater_equal: elementwise.ge,
    np.less: elementwise.lt,
    np.less_equal: elementwise.le,
    np.log: elementwise.log,
    np.matmul: matrix.matmul,
    np.maximum: elementwise.maximum,
    np.minimum: elementwise.minimum,
    np.multiply: elementwise.mul,
    np.negative: elementwise.neg,
    np.not_equal: elementwise.ne,
    np.power: elementwise.pow,
    np.reciprocal: elementwise.reciprocal,
    np.sign: elementwise.sign,
    np.signbit: rounding.signbit,
    np.sin: elementwise.sin,
    np.sqrt: elementwise.sqrt,
    np.square: elementwise.square,
    np.subtract: elementwise.sub,
    np.tan: elementwise.tan,
    np.tanh: elementwise.tanh,
}

FUNCTIONS: dict[Any, Callable[..., Any]] = {np.where: elementwise.where}


def array_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Carry out `ufunc(*inputs)` where some input is a tensor."""
    if method == "__call__" and not named and ufunc in UFUNCS:
        return UFUNCS[ufunc](*[_operand(x) for x in inputs])
    out = named.get("out")
    if out is not None and any(isinstance(x, TensorBase) for x in out):
        raise TypeError(
            "NumPy cannot write into a tensor: use the tensor's own in-place methods"
        )
    values = [values_of(x) for x in inputs]
    result = getattr(ufunc, method)(*values, **{k: values_of(v) for k, v in named.items()})
    return (
        wrap(result) if out is None and isinstance(result, np.ndarray | np.generic) else result
    )


def array_function(function: Any, arguments: Any, named: dict[str, Any]) -> Any:
    """Carry out another NumPy function where some argument is a tensor."""
    if function in FUNCTIONS and not named:
        return FUNCTIONS[function](*[_operand(x) for x in arguments])
    return function(*_values_within(arguments), **_values_within(named))


def _operand(x: Any) -> Any:
    """Arrays beside tensors become tensors; numbers stay numbers."""
    return wrap(x) if isinstance(x, np.ndarray | Batched) else x


def values_of(x: Any) -> Any:
    """The array of a tensor, if it may leave the tape; anything else as it is."""
    if isinstance(x, TensorBase):
        return x.numpy() if mode.recording else np.asarray(x._data)  # type: ignore[attr-defined]
    return x


def _values_within(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return type(given)([_values_within(x) for x in given])
    if isinstance(given, dict):
        return {key: _values_within(value) for key, value in given.items()}
    return values_of(given)
