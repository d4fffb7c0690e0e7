"""Operands: what a rule's forward is given, all of one dtype where the rule wants that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes

if TYPE_CHECKING:
    from minigrad.rules.table import Rule

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def as_number(rule: Rule, x: Any) -> Any:
    """A Python number for whatever single number was given (a NumPy scalar, say)."""
    if isinstance(x, np.generic) and x.dtype.kind in "biuf":
        return x.item()
    if isinstance(x, bool | int | float):
        return x
    if isinstance(x, complex | np.complexfloating):
        raise dtypes.unsupported(np.dtype(type(x)))
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
