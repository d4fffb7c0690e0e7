"""In what way two arrays of numbers differ: the sign, a factor, an order, in words."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

WIDENED = "gives float64 for float32 input: keep the dtype that you are given."
_CLOSE = 1e-6
_MULTIPLES = {Fraction(2): "twice", Fraction(1, 2): "half"}


def pattern(yours: np.ndarray, right: np.ndarray, other: str = "the right one") -> str | None:
    """One sentence that turns `right` into `yours`, or None when there is no simple one.

    Both arrays have one shape; a sentence about all components needs at least two of them,
    unless the factor is one that mistakes are made of (-1, 2, 1/2).
    """
    if not (np.all(np.isfinite(yours)) and np.all(np.isfinite(right)) and right.size):
        return (
            "Yours is not a finite number in places."
            if not np.all(np.isfinite(yours))
            else None
        )
    if not np.any(right):
        return None
    if not np.any(yours):
        return "Yours is zero everywhere."
    if right.ndim == 2 and right.shape[0] == right.shape[1] > 1 and _same(yours.T, right):
        return "Yours is transposed: rows and columns are exchanged."
    return (
        _proportional(yours, right, other)
        or _shifted(yours, right, other)
        or _reordered(yours, right)
    )


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.allclose(a, b, rtol=_CLOSE, atol=1e-12))


def _proportional(yours: np.ndarray, right: np.ndarray, other: str) -> str | None:
    factor = float(np.vdot(right, yours) / np.vdot(right, right))
    if not _same(yours, factor * right) or abs(factor) < _CLOSE or abs(factor - 1) < 1e-3:
        return None
    everywhere = " everywhere" if right.size > 1 else ""
    if abs(factor + 1) < _CLOSE:
        return f"Yours has the opposite sign{everywhere}."
    fraction = Fraction(factor).limit_denominator(12)
    nice = abs(float(fraction) - factor) <= _CLOSE * abs(factor)
    if nice and fraction in _MULTIPLES:
        return f"Yours is {_MULTIPLES[fraction]} {other}{everywhere}."
    if right.size == 1:
        return None
    return f"Yours is {fraction if nice else f'{factor:.4g}'} times {other}{everywhere}."


def _shifted(yours: np.ndarray, right: np.ndarray, other: str) -> str | None:
    shift = float(np.mean(yours - right))
    if right.size < 3 or not _same(yours, right + shift):
        return None
    direction = "larger" if shift > 0 else "smaller"
    return f"Yours is {direction} than {other} by {abs(shift):.4g} everywhere."


def _reordered(yours: np.ndarray, right: np.ndarray) -> str | None:
    if right.size < 2:
        return None
    if _same(np.abs(yours), np.abs(right)):
        return "Yours has the right sizes, but the wrong sign in places."
    if _same(np.sort(yours, axis=None), np.sort(right, axis=None)):
        return "Yours holds the right numbers in another order."
    return None
