"""Numbers and arrays in few characters, for the boxes of a drawing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

MINUS = "\N{MINUS SIGN}"


def number_text(value: Any, digits: int = 4) -> str:
    """A number with a few significant digits: 0.3333, 1.2e−5, −2, ∞, nan."""
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return str(value).replace("-", MINUS)
    number = float(value)
    if math.isnan(number):
        return "nan"
    if math.isinf(number):
        return f"{MINUS}∞" if number < 0 else "∞"
    text = f"{number:.{digits}g}"
    mantissa, _, power = text.partition("e")
    if power:
        text = f"{mantissa}e{int(power)}"
    return text.replace("-", MINUS)


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as 64×10; nothing for a single number."""
    return "×".join(str(size) for size in shape)


def array_text(data: Any, longest: int = 6, digits: int = 4) -> str:
    """A value: the numbers, if they are few, and otherwise their shape and range."""
    array = np.asarray(data)
    if array.ndim == 0:
        return number_text(array.item(), digits)
    if array.size == 0:
        return f"empty, {list(array.shape)}"
    if array.size <= longest:
        return _nested(array, digits)
    low, high = number_text(array.min(), 3), number_text(array.max(), 3)
    return f"{shape_text(array.shape)} from {low} to {high}"


def _nested(array: Any, digits: int) -> str:
    if array.ndim == 0:
        return number_text(array.item(), digits)
    return "[" + ", ".join(_nested(part, digits) for part in array) + "]"
