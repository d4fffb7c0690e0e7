"""Operands: what a rule's forward is given, all of one dtype where the rule wants that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.node import TensorBase

if TYPE_CHECKING:
    from minigrad.rules.table import Rule
    from minigrad.tensor import Tensor

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def as_number(rule: Rule, x: Any) -> Any:
    """A Python number for whatever single number was given (a NumPy scalar, say)."""
    if isinstance(x, np.generic) and x.dtype.kind in "biuf":
        return x.item()
    if isinstance(x, bool | int | float):
        return x
    if isinstance(x, complex | np.complexfloating):
        raise errors.complex_not_supported()
    raise rule.wrong_argument(1, x)


def to_operands(rule: Rule, data: Sequence[Any]) -> Sequence[Any]:
    """Arrays of one dtype, by PyTorch's promotion, where the rule wants its inputs alike."""
    if rule.promotion is None:
        return data
    if len(data) == 2:
        a, b = data
        kind = getattr(a, "dtype", None)
        if (kind is FLOAT32 or kind is FLOAT64) and (
            type(b) is float or getattr(b, "dtype", None) is kind
        ):
            return data
    given = [x for x in data if x is not None]
    first = given[0].dtype if hasattr(given[0], "dtype") else None
    alike = first is not None and all(getattr(x, "dtype", None) is first for x in given)
    wanted = first if alike else dtypes.result_numpy_dtype(given)
    assert wanted is not None
    if rule.promotion == "float" and wanted.kind != "f":
        wanted = dtypes.default_float.numpy
    if alike and wanted is first:
        return data
    return [_converted(x, wanted) for x in data]


def _converted(x: Any, wanted: np.dtype[Any]) -> Any:
    if x is None:
        return None
    if not hasattr(x, "dtype"):
        # A float or an int beside floats stays a Python number: NumPy treats it as weak, too.
        if wanted.kind == "f" and type(x) is not bool:
            return x
        # Too large a number wraps round, as it does in the tensor's own arithmetic.
        return np.array(x).astype(wanted)[()]
    return x if x.dtype is wanted else x.astype(wanted)


# What an operator takes beside a tensor; other mistakes with these have errors of their own.
KNOWN = (TensorBase, bool, int, float, complex, np.generic, np.ndarray)


def refused(
    error: TypeError, symbol: str, left: Any, right: Any, reflected: str | None = None
) -> Tensor:
    """What an operator answers after an error: NotImplemented where it is another type's turn.

    Args:
        reflected: the method by which the type on the right may answer, `__radd__` for +.

    Raises:
        TypeError: in Python's words, if neither side knows the other's type; otherwise `error`.
    """
    if isinstance(left, KNOWN) and isinstance(right, KNOWN) and symbol != "@":
        raise error
    if symbol == "@" and all(isinstance(x, TensorBase | np.ndarray) for x in (left, right)):
        raise error
    if reflected is not None and hasattr(type(right), reflected):
        return NotImplemented  # type: ignore[no-any-return]
    # `[1] + x` and `"a" * x` are for the sequence to refuse; `[1] * x` it can do.
    if (
        symbol in ("+", "*")
        and hasattr(type(left), "__len__")
        and not isinstance(left, TensorBase)
    ):
        return NotImplemented  # type: ignore[no-any-return]
    raise errors.unsupported_operands(symbol, left, right) from None


def not_compared(error: TypeError, other: Any) -> Tensor:
    """What a comparison answers after an error: it is another type's turn, or Python's."""
    if isinstance(other, KNOWN):
        raise error
    return NotImplemented  # type: ignore[no-any-return]
