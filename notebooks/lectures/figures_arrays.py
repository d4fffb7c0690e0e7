"""The pictures of arrays and Jacobians.

Blue is a function or a positive entry, red a negative one, orange a gradient, green the result.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from figures import BLUE, GREEN, GREY, PATH, POINT, VERMILION, Picture, ink
from figures_graphs import canvas
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

# ---------------------------------------------------------------- arrays


def show_broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> Picture:
    """Two arrays of shapes `a` and `b`, of up to two axes, and what they combine to.

    Numbers that exist are framed and strong, the copies that broadcasting pretends are pale.
    Under each array stands what its gradient adds up on the way back.
    """
    try:
        shape = np.broadcast_shapes(a, b)
    except ValueError:
        axes = canvas(660, 60)
        words = f"Shapes {a} and {b} cannot be combined: from the right, sizes agree or are 1."
        axes.annotate(words, (330, 30), ha="center", va="center", color=ink(VERMILION))
        return Picture(axes.figure, words)
    rows, columns = (1, 1, *shape)[-2:]
    cell, words_wide = 46, 224
    width = columns * cell
    gap = max(52, words_wide - width)
    side = max(0, words_wide - width) / 2
    axes = canvas(3 * width + 2 * gap + 2 * side, rows * cell + 62)
    said = []
    for position, (name, own) in enumerate({"a": a, "b": b}.items()):
        left = side + position * (width + gap)
        own_rows, own_columns = (1, 1, *own)[-2:]
        copies = rows * columns // (own_rows * own_columns)
        for row, column in np.ndindex(rows, columns):
            real = row < own_rows and column < own_columns
            entry = _entry(name, own, row, column)
            _draw_cell(axes, left + column * cell, row * cell, cell, entry, BLUE, real)
        back = f"adds {copies} shares" if copies > 1 else "takes 1 share"
        words = f"{name}: {own}\neach slope {back}"
        _write_below(axes, left + width / 2, rows * cell, words, ink(PATH))
        said.append(f"{name} of shape {own}, each slope {back}")
    left = side + 2 * (width + gap)
    for row, column in np.ndindex(rows, columns):
        factors = _entry("a", a, row, column), _entry("b", b, row, column)
        entry = ("" if len("".join(factors)) < 6 else "\n").join(factors)
        _draw_cell(axes, left + column * cell, row * cell, cell, entry, GREEN, True)
    _write_below(axes, left + width / 2, rows * cell, f"result: {shape}", ink(GREEN))
    for i, sign in enumerate("·="):
        place = (side + (i + 1) * (width + gap) - gap / 2, rows * cell / 2)
        axes.annotate(sign, place, ha="center", va="center", fontsize=18)
    return Picture(axes.figure, f"{'; '.join(said)}; the result has shape {shape}.")


_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _entry(name: str, shape: tuple[int, ...], row: int, column: int) -> str:
    """The name of what stands there, such as a₂ or a₂₃; an axis of size 1 needs no number."""
    rows, columns = (1, 1, *shape)[-2:]
    number = f"{row + 1 if rows > 1 else ''}{column + 1 if columns > 1 else ''}"
    return name + number.translate(_DIGITS)


def _draw_cell(
    axes: Axes, x: float, y: float, size: float, words: str, colour: str, real: bool
) -> None:
    look = {"facecolor": colour, "edgecolor": colour, "linewidth": 1.5}
    square = Rectangle((x + 2, y + 2), size - 4, size - 4, alpha=0.3 if real else 0.08, **look)
    axes.add_patch(square)
    if real:
        axes.add_patch(Rectangle((x + 2, y + 2), size - 4, size - 4, fill=False, **look))
    place = (x + size / 2, y + size / 2)
    axes.annotate(words, place, ha="center", va="center", color=POINT if real else GREY)


def _write_below(axes: Axes, x: float, y: float, words: str, colour: str) -> None:
    axes.annotate(words, (x, y + 10), ha="center", va="top", color=colour)


# ---------------------------------------------------------------- Jacobians


def show_jacobian(
    jacobian: Any,
    *,
    cotangent: Any = None,
    tangent: Any = None,
    spotlight: tuple[int, int] | None = None,
    title: str = "",
) -> Picture:
    """A Jacobian as a table in colour: a row for each output, a column for each input.

    Blue is positive, red negative, and the stronger the larger. A `cotangent` v stands before
    the rows that it weighs, and vᵀJ below them; a `tangent` t above the columns, and Jt behind.
    The `spotlight` frames one entry, (row, column) counted from 0, and says what it means.
    """
    table = _whole(jacobian)
    rows, columns = table.shape
    wide, tall = 58, 34
    left, top = (100 if cotangent is not None else 40), (70 if tangent is not None else 34)
    axes = canvas(
        left + columns * wide + (270 if spotlight else 100 if tangent is not None else 10),
        top + rows * tall + (46 if cotangent is not None else 6),
    )
    corner = (left, top)
    _draw_table(axes, table, corner, (wide, tall))
    for i in range(rows):
        _write(axes, left - 18, top + (i + 0.5) * tall, f"y{i + 1}".translate(_DIGITS), GREY)
    for j in range(columns):
        _write(axes, left + (j + 0.5) * wide, top - 14, f"x{j + 1}".translate(_DIGITS), GREY)
    listed = "; ".join(_numbers(row) for row in table)
    said = [f"{title + ', ' if title else ''}Jacobian with the rows {listed}"]
    if spotlight is not None:
        said.append(_shine(axes, table, spotlight, corner, (wide, tall)))
    if cotangent is not None:
        v = _whole(cotangent)
        _write_vector(axes, v, left - 62, top, (0, tall), "v")
        _write_vector(axes, v @ table, left, top + (rows + 0.7) * tall, (wide, 0), "vᵀJ")
        said.append(f"v = {_numbers(v)} gives vᵀJ = {_numbers(v @ table)}")
    if tangent is not None:
        t = _whole(tangent)
        _write_vector(axes, t, left, top - 48, (wide, 0), "t")
        _write_vector(axes, table @ t, left + columns * wide + 42, top, (0, tall), "Jt")
        said.append(f"t = {_numbers(t)} gives Jt = {_numbers(table @ t)}")
    return Picture(axes.figure, "; ".join(said) + ".")


def _shine(
    axes: Axes,
    table: np.ndarray,
    entry: tuple[int, int],
    corner: tuple[float, float],
    size: tuple[float, float],
) -> str:
    """Frame an entry and write behind its row what it means; the same words are returned."""
    (i, j), (wide, tall) = entry, size
    x, y = corner[0] + j * wide, corner[1] + i * tall
    axes.add_patch(Rectangle((x, y), wide, tall, fill=False, edgecolor=POINT, linewidth=2.6))
    names = f"a nudge of x{j + 1} moves y{i + 1}".translate(_DIGITS)
    words = f"{names} {_number(table[i, j])} times as far"
    place = (corner[0] + table.shape[1] * wide + 14, y + tall / 2)
    axes.annotate(words, place, ha="left", va="center", color=POINT)
    return words


def show_jacobians(jacobians: Mapping[str, Any]) -> Picture:
    """Several Jacobians side by side, in colours alone, each under its name."""
    tables = {name: _whole(jacobian) for name, jacobian in jacobians.items()}
    gap, side = 24, 150
    axes = canvas(len(tables) * (side + gap) - gap, side + 34)
    said = []
    for position, (name, table) in enumerate(tables.items()):
        rows, columns = table.shape
        left = position * (side + gap)
        _draw_table(axes, table, (left, 30), (side / columns, side / rows), numbers=False)
        _write(axes, left + side / 2, 12, name, ink(BLUE))
        said.append(f"{name}: {_shape_in_words(table)}")
    return Picture(axes.figure, f"Jacobians in colours. {'; '.join(said)}.")


def _whole(numbers: Any) -> np.ndarray:
    """An array to be shown, with the dust of rounding around zero swept away."""
    array = numbers.detach().numpy() if hasattr(numbers, "detach") else np.asarray(numbers)
    return np.round(array.astype(float), 9) + 0.0


def _numbers(row: np.ndarray) -> str:
    return f"({', '.join(f'{_number(number)}' for number in row)})"


def _number(number: float) -> str:
    return f"{round(float(number), 3) + 0.0:.3g}"


def _shape_in_words(table: np.ndarray) -> str:
    """Where the entries are that are not zero."""
    upper, lower = np.triu(table, 1).any(), np.tril(table, -1).any()
    far = np.triu(table, 2).any() or np.tril(table, -2).any()
    if not upper and not lower:
        return "a diagonal"
    if not far:
        return "a band around the diagonal"
    return "all entries" if upper and lower else "a triangle"


def _draw_table(
    axes: Axes,
    table: np.ndarray,
    corner: tuple[float, float],
    size: tuple[float, float],
    numbers: bool = True,
) -> None:
    largest = np.abs(table).max() or 1.0
    for (i, j), number in np.ndenumerate(table):
        x, y = corner[0] + j * size[0], corner[1] + i * size[1]
        colour, strength = (BLUE if number > 0 else VERMILION), 0.6 * abs(number) / largest
        square = Rectangle((x, y), *size, facecolor=colour, alpha=strength, linewidth=0)
        axes.add_patch(square)
        axes.add_patch(Rectangle((x, y), *size, fill=False, edgecolor="#C8C8C8", linewidth=0.8))
        if numbers:
            _write(axes, x + size[0] / 2, y + size[1] / 2, _number(number), POINT)


def _write_vector(
    axes: Axes, vector: np.ndarray, x: float, y: float, step: tuple[float, float], name: str
) -> None:
    """The entries of a vector in orange, across or downwards, with its name before them."""
    across, down = step
    for k, number in enumerate(vector):
        place = (x + (k + 0.5) * across, y + (k + 0.5) * down)
        _write(axes, *place, _number(number), ink(PATH))
    _write(axes, x - 30 if across else x, y if across else y - 14, name, ink(PATH), "bold")


def _write(
    axes: Axes, x: float, y: float, words: str, colour: str, weight: str = "normal"
) -> None:
    axes.annotate(words, (x, y), ha="center", va="center", color=colour, fontweight=weight)
