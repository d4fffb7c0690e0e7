"""The checks of a derivative, a gradient, a Jacobian, a VJP and a JVP.

Each compares what a student wrote with the numerical derivative of the same function, at points
that are random but the same every time, and prints one line.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graders.check.oracle import Slope, directional
from graders.check.result import Result, Row, compared
from graders.check.values import (
    RTOL_BY_HAND,
    Probed,
    Problem,
    as_array,
    as_float_array,
    name_of,
    quietly,
    show,
    unanswered,
)
from graders.check.words import WIDENED

_RTOL = 1e-6  # for a function; its numerical derivative is good to 1e-8 or better
_MOST_COMPONENTS = 200


def derivative(
    f: Callable[..., Any],
    df: Callable[..., Any] | float,
    *,
    at: Any = None,
    domain: tuple[float, float] = (-2.0, 2.0),
    points: int = 12,
    rtol: float | None = None,
) -> Result:
    """Check `df`, the claimed derivative of a function of one number.

    Args:
        f: From a number to a number.
        df: The same; or one number, the claimed slope at the single point `at`, which needs to
            be right to three digits.
        at: A point or a list of points; without it, `points` random ones within `domain`.
        rtol: The relative difference that still agrees.
    """
    if _is_numbers(df):
        return _announce(lambda: _slope(f, df, at, rtol or RTOL_BY_HAND))

    def run() -> Result:
        where = _points(f, at, domain, points)
        claimed = _probed(df, "your derivative", at)
        rows = _rows_at_points(_probed(f, "f", at), claimed, where, rtol or _RTOL)
        return compared("The derivative", "point", rows, None)

    return _announce(run)


def gradient(
    f: Callable[..., Any],
    grad: Callable[..., Any] | Sequence[float],
    *,
    at: Any = None,
    shape: int | tuple[int, ...] | None = None,
    rtol: float | None = None,
    keeps_dtype: bool = False,
) -> Result:
    """Check `grad`, the claimed gradient of a function of arrays to one number.

    Args:
        f: Called as f(x), or f(x, y) when `at` is a tuple of two.
        grad: Called the same way; gives an array of the shape of x, or a tuple of arrays, one
            for each argument. Or the numbers themselves, right to three digits.
        at: Where: an array or a list for one argument, a tuple for several.
        shape: Instead of `at`, the shape of a random point.
        rtol: The relative difference that still agrees.
        keeps_dtype: Whether a float32 input has to give a float32 gradient.
    """

    def run() -> Result:
        inputs = _inputs(f, at, shape)
        function = _probed(f, "f", at)
        if function(*inputs).shape != ():
            raise Problem(
                f"{function.name} returns an array of shape {function(*inputs).shape}; a "
                "gradient is of one number: use check.jacobian, or sum"
            )
        claimed, tolerance = _claimed(grad, "your gradient", inputs, at, rtol)
        slopes = [_unit_slopes(function, inputs, position) for position in range(len(inputs))]
        result = _compare_arrays("The gradient", claimed, inputs, slopes, tolerance)
        if keeps_dtype and result.agrees and _widens(_probed(grad, "", at), inputs):
            return Result(False, f"The gradient {WIDENED}")
        return result

    return _announce(run)


def jacobian(
    f: Callable[..., Any],
    jac: Callable[..., Any] | Sequence[Sequence[float]],
    *,
    at: Any = None,
    shape: int | tuple[int, ...] | None = None,
    rtol: float | None = None,
) -> Result:
    """Check `jac`, the claimed Jacobian of f: rows are outputs, columns are inputs.

    The shape of a Jacobian is f(x).shape + x.shape. Arguments as for `gradient`, with one
    argument x.
    """

    def run() -> Result:
        inputs = _inputs(f, at, shape)
        if len(inputs) != 1:
            raise Problem("check.jacobian takes a function of one array: at=[1.0, 2.0]")
        function = _probed(f, "f", at)
        claimed, tolerance = _claimed(jac, "your Jacobian", inputs, at, rtol)
        slopes = [_unit_slopes(function, inputs, 0)]
        return _compare_arrays("The Jacobian", claimed, inputs, slopes, tolerance)

    return _announce(run)


def vjp(
    f: Callable[..., Any],
    rule: Callable[..., Any],
    *,
    at: Any = None,
    shape: int | tuple[int, ...] | None = None,
    rtol: float | None = None,
    keeps_dtype: bool = False,
) -> Result:
    """Check `rule`, the claimed vector-Jacobian product: rule(x, v) is Jᵀv.

    The cotangent v has the shape of f(x) and is random, never ones; with several arguments the
    call is rule(x, y, v), and gives one array for each argument. Arguments as for `gradient`.
    """

    def run() -> Result:
        inputs = _inputs(f, at, shape)
        function = _probed(f, "f", at)
        cotangent = _random(f, function(*inputs).shape, "cotangent")
        claimed = _call(_probed(rule, "your VJP", at), [*inputs, cotangent], len(inputs))
        slopes = [
            [_weighted(slope, cotangent) for slope in _unit_slopes(function, inputs, position)]
            for position in range(len(inputs))
        ]
        result = _compare_arrays("The VJP", claimed, inputs, slopes, rtol or _RTOL)
        probed = _probed(rule, "your VJP", at)
        if keeps_dtype and result.agrees and _widens(probed, [*inputs, cotangent]):
            return Result(False, f"The VJP {WIDENED}")
        return result

    return _announce(run)


def jvp(
    f: Callable[..., Any],
    rule: Callable[..., Any],
    *,
    at: Any = None,
    shape: int | tuple[int, ...] | None = None,
    rtol: float | None = None,
) -> Result:
    """Check `rule`, the claimed Jacobian-vector product: rule(x, t) is Jt.

    The tangent t has the shape of x and is random; with several arguments the call is
    rule(x, y, t_x, t_y). Gives an array of the shape of f(x). Arguments as for `gradient`.
    """

    def run() -> Result:
        inputs = _inputs(f, at, shape)
        function = _probed(f, "f", at)
        tangents = [_random(f, x.shape, f"tangent {i}") for i, x in enumerate(inputs)]
        claimed = _probed(rule, "your JVP", at)(*inputs, *tangents)
        slope = directional(function, inputs, tangents, real=function.takes_tensors)
        _same_shape("your JVP", claimed, slope.value.shape, "the value of f")
        rows = _rows("", claimed, slope, rtol or _RTOL)
        return compared("The JVP", "component", rows, claimed.shape)

    return _announce(run)


def _announce(run: Callable[[], Result]) -> Result:
    """What `run` finds, or the sentence on why it could not; printed either way."""
    try:
        result = run()
    except Problem as problem:
        result = Result(False, f"Not yet: {problem}.", cause=problem.__cause__)
    print(result.line)
    return result


# Where to probe


def _points(f: Any, at: Any, domain: tuple[float, float], points: int) -> list[np.ndarray]:
    if at is not None:
        given = as_float_array(at, "at=")
        if given.ndim > 1 or given.size == 0:
            raise Problem("at= takes a number or a list of numbers, such as at=[0.5, 2.0]")
        return [np.asarray(x) for x in np.atleast_1d(given)]
    low, high = (float(end) for end in domain)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise Problem(f"domain={domain} is not an interval: write domain=(low, high)")
    decimals = max(0, 2 - int(np.floor(np.log10(high - low))))
    drawn = _generator(f, "points").uniform(low, high, size=points)
    # Short decimals can be typed into a calculator.
    rounded = np.clip(np.round(drawn, decimals), low, high)
    return [np.asarray(x) for x in np.sort(rounded)]


def _inputs(f: Any, at: Any, shape: int | tuple[int, ...] | None) -> list[np.ndarray]:
    if (at is None) == (shape is None):
        raise Problem("say where to look: at=[0.5, 0.75], or shape=(2,) for a random point")
    if at is None:
        return [np.asarray(np.round(_random(f, shape, "point"), 2))]
    parts = at if isinstance(at, tuple) else (at,)
    return [as_float_array(part, "at=") for part in parts]


def _random(f: Any, shape: Any, purpose: str) -> np.ndarray:
    return np.asarray(_generator(f, purpose).normal(size=shape))


def _generator(f: Any, purpose: str) -> np.random.Generator:
    """The same points for the same function, today and tomorrow."""
    return np.random.default_rng(zlib.crc32(f"{name_of(f, 'f')} {purpose}".encode()))


# What is claimed, and what is so


def _probed(function: Any, otherwise: str, at: Any) -> Probed:
    if not callable(function):
        raise Problem(f"{otherwise} is not a function; give its name without brackets")
    like = at if isinstance(at, tuple) else (at,)
    return Probed(function, name_of(function, otherwise), like)


def _claimed(
    given: Any, otherwise: str, inputs: list[np.ndarray], at: Any, rtol: float | None
) -> tuple[list[np.ndarray], float]:
    if isinstance(given, (list, tuple)) or _is_numbers(given):
        parts = given if len(inputs) > 1 else [given]
        return [as_float_array(part, otherwise) for part in parts], rtol or RTOL_BY_HAND
    return _call(_probed(given, otherwise, at), inputs, len(inputs)), rtol or _RTOL


def _is_numbers(given: Any) -> bool:
    """Whether numbers are claimed (or still `...`) rather than a function that gives them.

    Asked first of all, since a value that stayed behind in another process looks callable.
    """
    if unanswered(given):
        return True
    try:
        as_float_array(given, "")
    except Problem:
        return False
    return True


def _call(function: Probed, arguments: list[np.ndarray], parts: int) -> list[np.ndarray]:
    """One array for each of `parts` arguments that a derivative was asked for."""
    if parts == 1:
        return [function(*arguments)]
    raw = function.raw(*arguments)
    try:
        values = list(raw)
    except TypeError:
        values = []
    if len(values) != parts:
        raise Problem(f"{function.name} should return {parts} arrays, one for each argument")
    return [
        as_float_array(value, f"part {i} of what {function.name} returned")
        for i, value in enumerate(values)
    ]


def _widens(function: Probed, arguments: list[np.ndarray]) -> bool:
    """Whether float32 goes in and float64 comes out; a single number goes in as Python's."""
    if not all(argument.ndim for argument in arguments):
        return False
    value = function.raw(*(argument.astype(np.float32) for argument in arguments))
    parts = value if isinstance(value, tuple) else (value,)
    return any(as_array(part, "").dtype.itemsize > 4 for part in parts)


def _unit_slopes(function: Probed, inputs: list[np.ndarray], position: int) -> list[Slope]:
    """The derivative along each component of inputs[position], in row-major order.

    Of a large array a random choice is looked at; the others' slopes are empty.
    """
    chosen = inputs[position]
    slopes = []
    picked = set(range(chosen.size))
    if chosen.size > _MOST_COMPONENTS:
        generator = _generator(function.function, "components")
        picked = set(generator.permutation(chosen.size)[:_MOST_COMPONENTS].tolist())
    for component in range(chosen.size):
        direction = [np.zeros(x.shape) for x in inputs]
        direction[position].reshape(-1)[component] = 1.0
        if component in picked:
            slopes.append(directional(function, inputs, direction, real=function.takes_tensors))
        else:
            slopes.append(None)
    return slopes


def _weighted(slope: Slope | None, cotangent: np.ndarray) -> Slope | None:
    if slope is None:
        return None
    trusted = np.all(slope.trusted | (cotangent == 0))
    value, error = np.sum(slope.value * cotangent), np.sum(slope.error * np.abs(cotangent))
    return Slope(np.asarray(value), np.asarray(error), np.asarray(trusted))


# Comparing


def _slope(f: Any, claimed: Any, at: Any, rtol: float) -> Result:
    if at is None:
        raise Problem("a number is the slope at one point: add at=, such as at=5.0")
    number = as_float_array(claimed, "your number")
    if number.size != 1:
        raise Problem("give one number for the slope at one point")
    function = _probed(f, "f", at)
    (where,) = _points(f, at, (0, 1), 1) if np.size(at) == 1 else (None,)
    if where is None:
        raise Problem("a number is the slope at one point: give one point in at=")
    slope = directional(function, [where], [np.ones(where.shape)], real=function.takes_tensors)
    rows = _rows(f"x = {show(where)}", number.reshape(()), slope, rtol)
    return compared("The slope", "point", rows, ())


def _rows_at_points(
    function: Probed, claimed: Probed, where: list[np.ndarray], rtol: float
) -> list[Row]:
    slopes: list[Slope | Problem] = []
    for x in where:
        try:
            slope = directional(function, [x], [np.ones(())], real=function.takes_tensors)
        except Problem as problem:
            slopes.append(problem)
            continue
        if slope.value.shape != ():
            raise Problem(
                f"{function.name} returns an array of shape {slope.value.shape} for one "
                "number; check.derivative takes functions from a number to a number"
            )
        slopes.append(slope)
    found = [slope for slope in slopes if isinstance(slope, Slope)]
    if not found:
        raise slopes[0]
    typical = max((abs(float(s.value)) for s in found if s.trusted), default=0.0)
    rows = []
    for x, slope in zip(where, slopes, strict=True):
        label = f"x = {show(x)}"
        if isinstance(slope, Problem):
            rows.append(Row(label, np.nan, np.nan, False, "the function is not defined"))
            continue
        with quietly():
            yours = claimed(x)
        _same_shape(claimed.name, yours, (), "one number")
        rows += [replace(r, x=x.item()) for r in _rows(label, yours, slope, rtol, typical)]
    return rows


def _compare_arrays(
    what: str,
    claimed: list[np.ndarray],
    inputs: list[np.ndarray],
    slopes: list[list[Slope | None]],
    rtol: float,
) -> Result:
    """Compare arrays of shape output + input, one for each argument."""
    rows: list[Row] = []
    for position, (yours, x, columns) in enumerate(zip(claimed, inputs, slopes, strict=True)):
        outputs = next((slope.value.shape for slope in columns if slope), ())
        _same_shape(f"your {what.removeprefix('The ')}", yours, outputs + x.shape, "it")
        symbol = {"The Jacobian": "J"}.get(
            what, "x" if len(inputs) == 1 else f"argument {position}"
        )
        rows += _component_rows(symbol, yours, columns, outputs, x.shape, rtol)
    shape = claimed[0].shape if len(claimed) == 1 else None
    return compared(what, "component", rows, shape)


def _component_rows(
    symbol: str,
    yours: np.ndarray,
    columns: list[Slope | None],
    outputs: tuple[int, ...],
    inputs: tuple[int, ...],
    rtol: float,
) -> list[Row]:
    typical = max(
        (float(np.max(np.abs(s.value[s.trusted]), initial=0.0)) for s in columns if s),
        default=0.0,
    )
    rows = []
    for output in np.ndindex(outputs):
        for component, index in enumerate(np.ndindex(inputs)):
            slope = columns[component]
            if slope is None:
                continue
            part = Slope(*(np.asarray(field[output]) for field in slope))
            label = _component(symbol, output + index)
            rows += _rows(label, np.asarray(yours[output + index]), part, rtol, typical)
    return rows


def _rows(
    label: str, yours: np.ndarray, slope: Slope, rtol: float, typical: float | None = None
) -> list[Row]:
    if typical is None:
        typical = float(np.max(np.abs(slope.value[slope.trusted]), initial=0.0))
    rows = []
    for index in np.ndindex(slope.value.shape):
        right, mine = float(slope.value[index]), yours[index].item()
        if not slope.trusted[index]:
            left_out = (
                "a kink or a jump" if np.isfinite(right) else "the function is not defined"
            )
            rows.append(
                Row(label or _component("f", index), _real(mine), right, False, left_out)
            )
            continue
        slack = 1e-3 * rtol * typical + 4 * float(slope.error[index]) + 1e-12
        agrees = bool(abs(mine - right) <= rtol * abs(right) + slack)
        rows.append(Row(label or _component("f", index), _real(mine), right, agrees))
    return rows


def _real(number: complex) -> float:
    if isinstance(number, complex):
        raise Problem("your values are complex where real numbers are asked")
    return float(number)


def _component(symbol: str, index: Iterator[int] | tuple[int, ...]) -> str:
    return f"{symbol}[{', '.join(map(str, index))}]" if index else symbol


def _same_shape(what: str, value: np.ndarray, shape: tuple[int, ...], of: str) -> None:
    if value.shape == shape:
        return
    expected = "one number" if shape == () else f"shape {shape}"
    got = "one number" if value.shape == () else f"an array of shape {value.shape}"
    hint = ""
    if value.shape == shape[::-1] and len(shape) == 2:
        hint = " (transposed?)"
    elif value.size == 1 and shape == ():
        hint = " (take the number out of it with [0] or .item())"
    raise Problem(f"{what} gives {got} where {expected} is asked{hint}")
