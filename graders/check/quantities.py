"""Checks of a number by what must be true of it, without holding it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graders.check.result import Result
from graders.check.values import Probed, Problem, as_float_array, name_of, show


def value(
    got: Any,
    *,
    equals: Any = None,
    between: tuple[float, float] | None = None,
    root_of: Callable[[float], Any] | None = None,
    shape: tuple[int, ...] | None = None,
    rtol: float = 1e-6,
    name: str = "the value",
) -> Result:
    """Check a number or an array by its properties; all that are given must hold.

    Args:
        equals: Numbers that you know from somewhere else (another way of computing, paper).
        between: The smallest and the largest value allowed, both included.
        root_of: A function of one number that changes sign at the value.
        shape: The shape of the array; () is a single number.
        rtol: The relative difference that still counts as equal.
        name: What to call it in the line that is printed.
    """
    try:
        problem = _first_problem(got, equals, between, root_of, shape, rtol, name)
    except Problem as error:
        problem = str(error)
    line = (
        f"Not yet: {problem}."
        if problem
        else f"{name[:1].upper()}{name[1:]} is as it should be."
    )
    print(line)
    return Result(problem is None, line)


def _first_problem(
    got: Any,
    equals: Any,
    between: tuple[float, float] | None,
    root_of: Callable[[float], Any] | None,
    shape: tuple[int, ...] | None,
    rtol: float,
    name: str,
) -> str | None:
    if equals is None and between is None and root_of is None and shape is None:
        raise TypeError("say what must hold: equals=, between=, root_of= or shape=")
    array = as_float_array(got, name)
    if not np.all(np.isfinite(array)):
        return f"{name} is not a finite number: {show(array)}"
    if shape is not None and array.shape != tuple(shape):
        return f"{name} has shape {array.shape} where {tuple(shape)} is asked"
    if between is not None and not np.all((between[0] <= array) & (array <= between[1])):
        return f"{name} is {show(array)}, outside {between[0]:g} to {between[1]:g}"
    if equals is not None:
        problem = _unequal(array, as_float_array(equals, "equals="), rtol, name)
        if problem:
            return problem
    if root_of is not None:
        return _no_root(array, root_of, rtol, name)
    return None


def _unequal(array: np.ndarray, known: np.ndarray, rtol: float, name: str) -> str | None:
    if array.shape != known.shape and array.size != known.size:
        return f"{name} has shape {array.shape} where {known.shape} is asked"
    differs = np.abs(array.reshape(known.shape) - known) > rtol * np.abs(known) + 1e-12
    if not np.any(differs):
        return None
    first = tuple(int(i) for i in np.argwhere(differs)[0])
    place = f" at index {first[0] if len(first) == 1 else first}" if first else ""
    yours = array.reshape(known.shape)[first]
    return f"{name} is {show(yours)}{place}, and should be {show(known[first])}"


def _no_root(
    array: np.ndarray, function: Callable[[float], Any], rtol: float, name: str
) -> str | None:
    if array.size != 1:
        return f"{name} should be one number"
    probed = Probed(function, name_of(function, "the function"))
    number = array.reshape(())
    width = max(rtol, 1e-9) * max(1.0, abs(float(number)))
    below, above = probed(number - width), probed(number + width)
    if np.sign(below) * np.sign(above) <= 0:
        return None
    return f"at {show(number)}, {probed.name} is {show(probed(number))}, not zero"
