"""An operation as a formula: in names, and with the numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .text import MINUS, array_text

# How an operation is written with its inputs; any other as name(x, y).
EXPRESSIONS = {
    "add": "{x} + {y}",
    "sub": "{x} − {y}",
    "rsub": "{y} − {x}",
    "mul": "{x} · {y}",
    "div": "{x} / {y}",
    "neg": "−{x}",
    "reciprocal": "1 / {x}",
    "pow_scalar": "{x}{exponent}",
    "pow": "{x}^{y}",
    "mm": "{x} @ {y}",
    "mv": "{x} @ {y}",
    "bmm": "{x} @ {y}",
    "dot": "{x} · {y}",
    "log": "ln({x})",
    "abs": "|{x}|",
    "square": "{x}²",
    "t": "{x}ᵀ",
}

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

# A constant beside a sum is not kept, for no derivative needs it; but it can be told.
MISSING_OPERAND: dict[tuple[str, str], Callable[[Any, Any], Any]] = {
    ("add", "x"): lambda out, known: out - known,
    ("add", "y"): lambda out, known: out - known,
    ("sub", "x"): lambda out, known: out + known,
    ("sub", "y"): lambda out, known: known - out,
    ("rsub", "x"): lambda out, known: known - out,
    ("rsub", "y"): lambda out, known: out + known,
}


def expression(rule: str, words: Mapping[str, str], details: Mapping[str, str]) -> str:
    """An operation written out.

    Args:
        rule: the entry's name in the derivative table.
        words: what to write for each input.
        details: what to write for each parameter that is known.
    """
    if "exponent" in details:
        details = {**details, "exponent": _raised(details["exponent"])}
    pattern = EXPRESSIONS.get(rule)
    if pattern is not None:
        try:
            return pattern.format(**words, **details)
        except KeyError:
            pass  # a parameter that the pattern wants was not kept
    shown = {name: text for name, text in details.items() if text not in ("None", "False")}
    arguments = [*words.values(), *(f"{name}={text}" for name, text in shown.items())]
    return f"{rule}({', '.join(arguments)})"


def _raised(exponent: str) -> str:
    """An exponent in small raised figures, if it is a whole number."""
    whole = exponent.removesuffix(".0")
    if whole.lstrip("-").isdigit():
        return whole.translate(RAISED)
    return f"^{exponent}"


def operand(value: Any) -> str:
    """A value inside a formula: negative numbers in brackets, unknown ones as a dot."""
    if value is None:
        return "·"
    text = array_text(value)
    return f"({text})" if text.startswith(MINUS) else text


def missing_operand(rule: str, name: str, values: Mapping[str, Any], out: Any) -> Any:
    """A constant operand that nobody has kept, told from the result; None if it cannot be."""
    recover = MISSING_OPERAND.get((rule, name))
    known = next(iter(values.values()), None)
    if recover is None or known is None or out is None:
        return None
    found = np.asarray(recover(np.asarray(out, float), np.asarray(known, float)))
    if not found.size or not np.allclose(found, found.flat[0], rtol=1e-5):
        return None
    # Told from rounded numbers, so with no more digits than those have.
    return float(f"{found.flat[0]:.6g}")
