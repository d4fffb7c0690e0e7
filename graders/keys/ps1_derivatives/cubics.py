"""The cubics of `slope_of_cubic`: each is flat at a small whole number, to check by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.keys.variants import Family, Parameters


def _polynomial(coefficients: Sequence[int], times: str, powers: Sequence[str]) -> str:
    """As people write it: no 1 before a power, no power of 0, a minus for a plus minus."""
    text = ""
    for coefficient, power in zip(coefficients, powers, strict=True):
        sign = " - " if coefficient < 0 else " + "
        size = abs(coefficient)
        term = f"{size}{times}{power}" if power and size != 1 else power or str(size)
        text += term if not text and coefficient > 0 else sign + term
    return text.strip()


def _passages(a: int, b: int, c: int, d: int) -> dict[str, str]:
    return {
        "formula": _polynomial((a, b, c, d), "", ("x^3", "x^2", "x", "")),
        "docstring": _polynomial((a, b, c, d), "", ("x³", "x²", "x", "")),
        "code": _polynomial((a, b, c, d), " * ", ("x**3", "x**2", "x", "")),
        "solution": _polynomial((3 * a, 2 * b, c), " * ", ("x**2", "x", "")),
        "hint": f"at $x = {_flat(a, b, c)}$ the curve is flat",
    }


def _flat(a: int, b: int, c: int) -> int:
    return next(k for k in range(1, 4) if 3 * a * k * k + 2 * b * k + c == 0)


def _cubics() -> Iterator[Parameters]:
    """No mistake in one of them is the right answer to another.

    So a is never three times another's, nor 1; b is negative in all; and adding the constant to
    c gives neither nothing nor the c of another.
    """
    for a in (2, 4, 5, 7):
        for b in range(-2, -13, -1):
            flat = [-3 * a * k * k - 2 * b * k for k in (1, 2, 3)]
            for c in filter(None, dict.fromkeys(flat)):
                d = next(d for d in (-7, 5, -3, 9, 11) if c + d not in (0, *flat))
                yield {"a": a, "b": b, "c": c, "d": d}


CUBICS = Family({"a": 2, "b": -5, "c": 4, "d": -7}, tuple(_cubics()), _passages)
