"""Other roads to a derivative, which hold the references of the keys to account.

None shares a line with a reference: the complex step evaluates the function itself off the
real line, and SymPy differentiates its formula and evaluates that with thirty digits. Functions
are given as formulas in text, such as "sin(x**2)". SymPy is imported when an oracle is first
called, which only the tests of the keys do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

_DIGITS = 30
_STEP = 1e-20


def complex_step(formula: str, variables: str) -> Callable[[Any], Any]:
    """Derivative, or gradient for several variables, by Im f(x + ih)/h (Squire, Trapp 1998)."""
    count = len(variables.split())

    def derivative(x: Any) -> Any:
        f = _numpy_function(formula, variables)
        point = np.asarray(x, dtype=np.complex128).reshape(-1)
        slopes = [np.imag(f(*(point + 1j * _STEP * unit))) / _STEP for unit in np.eye(count)]
        return float(slopes[0]) if np.ndim(x) == 0 else np.array(slopes)

    return derivative


def symbolic(formula: str, variables: str) -> Callable[[Any], Any]:
    """Derivative, or gradient for several variables, differentiated and evaluated by SymPy."""

    def derivative(x: Any) -> Any:
        symbols, slopes = _symbolic_gradient(formula, variables)
        values = dict(zip(symbols, map(_digits, np.reshape(x, -1)), strict=True))
        numbers = [float(slope.evalf(_DIGITS, subs=values)) for slope in slopes]
        return numbers[0] if np.ndim(x) == 0 else np.array(numbers)

    return derivative


def rule_by_complex_step(formula: str, variables: str) -> Callable[..., float]:
    """The derivative of a combination, from the value and derivative of each part.

    `rule_by_complex_step("u*v", "u v")(u, du, v, dv)` is the derivative of the product.
    """

    def rule(*pairs: float) -> float:
        f = _numpy_function(formula, variables)
        moved = [v + 1j * _STEP * dv for v, dv in zip(pairs[::2], pairs[1::2], strict=True)]
        return float(np.imag(f(*moved)) / _STEP)

    return rule


def rule_by_symbols(formula: str, variables: str) -> Callable[..., float]:
    """As `rule_by_complex_step`, as the sum of SymPy's partial derivatives times the slopes."""

    def rule(*pairs: float) -> float:
        symbols, slopes = _symbolic_gradient(formula, variables)
        values = dict(zip(symbols, map(_digits, pairs[::2]), strict=True))
        partials = [slope.evalf(_DIGITS, subs=values) for slope in slopes]
        return float(sum(p * _digits(d) for p, d in zip(partials, pairs[1::2], strict=True)))

    return rule


@cache
def _numpy_function(formula: str, variables: str) -> Callable[..., Any]:
    import sympy

    return sympy.lambdify(sympy.symbols(variables.split()), sympy.sympify(formula), "numpy")


@cache
def _symbolic_gradient(formula: str, variables: str) -> tuple[list[Any], list[Any]]:
    import sympy

    symbols = sympy.symbols(variables.split())
    return symbols, [sympy.diff(sympy.sympify(formula), symbol) for symbol in symbols]


def _digits(number: float) -> Any:
    import sympy

    return sympy.Float(float(number), _DIGITS)


def vjp_by_complex_step(f: Callable[..., Any], moved: int = 1) -> Callable[..., Any]:
    """The VJP of f with respect to its first `moved` arguments, off the real line.

    Called as the rule is, f's arguments and then the cotangent; gives one array, or a tuple.
    """

    def slope(arguments: list[Any], which: int, unit: np.ndarray) -> np.ndarray:
        off = [*arguments]
        off[which] = arguments[which] + 1j * _STEP * unit
        return np.imag(f(*off)) / _STEP

    return _vjp_of(slope, moved)


def vjp_by_digits(
    f: Callable[..., Any], moved: int = 1, sides: tuple[int, int] = (-1, 1)
) -> Callable[..., Any]:
    """As `vjp_by_complex_step`, by differences of mpmath's numbers with sixty digits.

    `f` meets arrays of such numbers, so it takes its functions from `elementwise`. At a kink
    `sides` says which slope is meant: (-1, 0) the left one, (0, 1) the right one.
    """

    def slope(arguments: list[Any], which: int, unit: np.ndarray) -> np.ndarray:
        import mpmath

        with mpmath.workdps(60):
            step = mpmath.mpf(10) ** -25
            exact = [elementwise(mpmath.mpf)(a) if _real(a) else a for a in arguments]
            ends = []
            for side in sides:
                off = [*exact]
                moved = exact[which] + elementwise(mpmath.mpf)(unit) * (side * step)
                off[which] = np.asarray(moved, dtype=object)
                ends.append(f(*off))
            difference = (ends[1] - ends[0]) / ((sides[1] - sides[0]) * step)
            return np.asarray(difference).astype(np.float64)

    return _vjp_of(slope, moved)


def elementwise(function: Callable[[Any], Any]) -> Callable[[Any], np.ndarray]:
    """A function of one of mpmath's numbers, for arrays of them."""

    def of_array(x: Any) -> np.ndarray:
        x = np.asarray(x)
        values = np.empty(x.shape, dtype=object)
        for index in np.ndindex(x.shape):
            values[index] = function(x[index])
        return values

    return of_array


def _real(argument: Any) -> bool:
    return getattr(argument, "dtype", np.dtype(object)).kind == "f"


def _vjp_of(slope: Callable[..., np.ndarray], moved: int) -> Callable[..., Any]:
    """A VJP rule: every component of every argument moved, weighed by the cotangent."""

    def rule(*arguments: Any) -> Any:
        *inputs, v = arguments
        wide = [a.astype(np.float64) if _real(a) else a for a in inputs]
        parts = tuple(gradient(wide, which, np.asarray(v, float)) for which in range(moved))
        return parts if moved > 1 else parts[0]

    def gradient(inputs: list[Any], which: int, v: np.ndarray) -> np.ndarray:
        total = np.zeros(np.shape(inputs[which]))
        for index in np.ndindex(total.shape):
            unit = np.zeros(total.shape)
            unit[index] = 1.0
            total[index] = np.sum(v * slope(inputs, which, unit))
        return total

    return rule
