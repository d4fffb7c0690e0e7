"""The pictures of all lectures, drawn in one style, so that a lecture's cell stays short.

Every `show_...` function returns a `Picture` or a `Table`: as the last line of a cell it shows
itself. A colour has one meaning in the whole course: blue is a function, orange a gradient or
the path of an algorithm, green the truth, black the point where we stand; each technique for
computing a derivative keeps its own colour and marker. Read any of these functions with
`show_curve??` in a cell.
"""

import hashlib
import html
import io
import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# The palette of Okabe and Ito, which readers with any kind of colour vision can tell apart.
BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#E69F00", "#009E73", "#000000"
VERMILION, PURPLE, SKY, GREY = "#D55E00", "#CC79A7", "#56B4E9", "#6E6E6E"
FUNCTION, PATH, TRUTH, POINT = BLUE, ORANGE, GREEN, BLACK
TECHNIQUES = {
    "forward": (VERMILION, "o"),
    "central": (PURPLE, "s"),
    "complex step": (SKY, "^"),
    "symbolic": (BLUE, "D"),
    "automatic": (ORANGE, "v"),
    "by hand": (GREEN, "x"),
    "float32": (VERMILION, "o"),
    "float64": (BLUE, "s"),
    "by rows": (ORANGE, "v"),
    "by columns": (SKY, "^"),
}

WIDTH = 7.4  # inches; at 100 pixels an inch it fills a column of 900 pixels with its margins
_PIXELS_PER_INCH = 100
_SHARPNESS = 2  # stored pixels for each pixel of the page, for screens of high density
_STYLE = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "xtick.color": "#404040",
    "ytick.color": "#404040",
    "lines.linewidth": 2.2,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "mathtext.fontset": "dejavusans",
}
matplotlib.rcParams.update(_STYLE)


# ---------------------------------------------------------------- what a cell ends with


class Picture:
    """A finished figure with its description; it shows itself as the last line of a cell.

    The description is the picture's alternative text. Its plain-text form also carries a hash
    of the data drawn, so that the tests notice a changed picture, which they cannot see.
    """

    def __init__(self, figure: Figure, description: str):
        self.figure = figure
        self.description = " ".join(description.split())

    def __repr__(self) -> str:
        return f"[picture: {self.description}] [data {fingerprint(self.figure)}]"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return (
            {"image/png": self.png(), "text/plain": repr(self)},
            {"image/png": {"alt": self.description, "width": self.width}},
        )

    @property
    def width(self) -> int:
        """How many pixels of the page it takes, where there is room."""
        return round(self.figure.get_figwidth() * _PIXELS_PER_INCH)

    def png(self, sharpness: float = _SHARPNESS) -> bytes:
        """The picture as PNG bytes, `sharpness` stored pixels for each pixel of the page."""
        drawn = io.BytesIO()
        self.figure.savefig(
            drawn, dpi=_PIXELS_PER_INCH * sharpness, metadata={"Software": None}
        )
        # Line art needs few colours: a palette makes the file a third as large.
        small, image = io.BytesIO(), Image.open(drawn).convert("RGB")
        image.quantize(colors=64, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        return small.getvalue()


def fingerprint(figure: Figure) -> str:
    """Eight hexadecimal digits that change when the data or the words of the figure change.

    Numbers count to five digits: two machines may differ in the sixteenth.
    """
    parts: list[str] = []
    for axes in figure.axes:
        parts += [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
        parts += [_digits([*axes.get_xlim(), *axes.get_ylim()])]
        parts += [_digits(line.get_xydata()) for line in axes.lines]
        parts += [_digits(patch.get_path().vertices) for patch in axes.patches]
        parts += [_digits(points.get_offsets()) for points in axes.collections]
        parts += [_digits(image.get_array()) for image in axes.images]
        parts += [text.get_text() for text in axes.texts]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _digits(numbers: Any) -> str:
    # Round numbers such as 0.390625 stand on the edge between two roundings: move all off it.
    moved = np.ravel(np.ma.filled(numbers, np.nan)) * (1 + 1.2345e-7)
    return " ".join(f"{number + 0.0:.5g}" for number in moved)


class Table:
    """Rows of numbers or words under headings; it shows itself as the last line of a cell."""

    def __init__(self, headings: Sequence[str], rows: Iterable[Sequence[str]]):
        self.headings = list(headings)
        self.rows = [list(row) for row in rows]

    def __repr__(self) -> str:
        lines = [self.headings, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.headings))]
        padded = (
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in lines
        )
        return "\n".join(padded)

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

        body = "".join(row(cells, "td") for cells in self.rows)
        return f"<table><thead>{row(self.headings, 'th')}</thead><tbody>{body}</tbody></table>"


class Words:
    """A few lines of Markdown; they show themselves as the last line of a cell."""

    def __init__(self, markdown: str):
        self.markdown = markdown

    def __repr__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown


def show_table(columns: Mapping[str, Iterable[Any]], formats: Mapping[str, str] = {}) -> Table:
    """A table of `columns`, heading to values; `formats` says how to write a column's numbers.

    Example: ``show_table({"h": steps, "slope": slopes}, {"h": ".0e", "slope": ".6f"})``
    """

    def written(heading: str, value: Any) -> str:
        default = ".6g" if isinstance(value, float | np.floating) else ""
        return value if isinstance(value, str) else format(value, formats.get(heading, default))

    written_columns = [
        [written(heading, v) for v in column] for heading, column in columns.items()
    ]
    return Table(list(columns), zip(*written_columns, strict=True))


# ---------------------------------------------------------------- counting


class Counted:
    """A function that counts how often it is called: `calls` starts at 0."""

    def __init__(self, function: Callable[..., Any]):
        self.function = function
        self.calls = 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        return self.function(*arguments)


def count_nodes(y: Any) -> int:
    """How many operations the Tensor `y` remembers: the nodes of its graph, leaves left out."""
    return len(_nodes(y))


def count_kept(y: Any) -> int:
    """How many tensors (single numbers or arrays) the graph of `y` keeps for its slopes."""
    return sum(len(_kept(node)) for node in _nodes(y))


def _nodes(y: Any) -> list[Any]:
    """The nodes of the graph of `y`, the latest first, leaves left out."""
    waiting, seen = [y.grad_fn], []
    while waiting:
        node = waiting.pop()
        if node is None or node in seen or not node.next_functions:
            continue
        seen.append(node)
        waiting.extend(parent for parent, _ in node.next_functions)
    return seen


def _kept(node: Any) -> list[Any]:
    names = [name for name in dir(node) if name.startswith("_saved_")]
    saved = [getattr(node, name) for name in names]
    return [value for value in saved if hasattr(value, "requires_grad")]


# ---------------------------------------------------------------- parts of every picture


def new_axes(x_label: str, y_label: str, height: float = 3.8) -> Axes:
    """Empty axes as wide as the column, with both axes labelled: symbol and meaning."""
    axes = Figure(figsize=(WIDTH, height)).add_subplot()
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    return axes


def ink(colour: str) -> str:
    """A darker shade of `colour`, for words: what suits a line is too pale to read."""
    red, green, blue = matplotlib.colors.to_rgb(colour)
    return matplotlib.colors.to_hex((0.62 * red, 0.62 * green, 0.62 * blue))


def values(f: Callable[[float], Any], xs: np.ndarray) -> np.ndarray:
    """f at each of `xs`, one call for each, so that any function of one number can be drawn."""
    return np.array([float(f(float(x))) for x in xs])


def _end_labels(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write (height in axes units, words, colour) to the right of the axes, kept apart."""
    gap, highest = 0.085, 0.98
    heights: list[float] = []
    for height, _, _ in sorted(ends):
        heights.append(max(height, heights[-1] + gap) if heights else height)
    # Labels pushed over the top come down again, and push those beneath.
    for i in reversed(range(len(heights))):
        above = heights[i + 1] - gap if i + 1 < len(heights) else highest
        heights[i] = min(heights[i], above)
    for height, (_, words, colour) in zip(heights, sorted(ends), strict=True):
        axes.annotate(
            words,
            (1.0, height),
            xycoords="axes fraction",
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=ink(colour),
        )


def _height(axes: Axes, x: float, y: float) -> float:
    """Where the point (x, y) of the data stands between the bottom (0) and the top (1)."""
    return float(axes.transAxes.inverted().transform(axes.transData.transform((x, y)))[1])


# ---------------------------------------------------------------- curves and slopes


def show_curve(
    f: Callable[[float], Any],
    low: float,
    high: float,
    *,
    name: str = "f",
    at: float | None = None,
    slope: float | None = None,
) -> Picture:
    """The curve of `f` from `low` to `high`; with `at` and `slope`, the tangent there."""
    axes = new_axes("x, the input", f"{name}(x), the output")
    xs = np.linspace(low, high, 241)
    ys = values(f, xs)
    axes.plot(xs, ys, color=FUNCTION)
    words = f"The curve of {name} from {low:g} to {high:g}"
    if at is not None and slope is not None:
        reach = 0.22 * (high - low)
        height = float(f(at))
        ends = np.array([at - reach, at + reach])
        axes.plot(ends, height + slope * (ends - at), color=PATH)
        axes.plot([at], [height], "o", color=POINT, markersize=7)
        axes.annotate(
            f"slope {slope:.4g} at x = {at:.4g}",
            (at, height),
            xytext=(12, -16),
            textcoords="offset points",
        )
        words += f", with its tangent at x = {at:.4g}, of slope {slope:.4g}"
    return Picture(axes.figure, words + ".")


def show_secants(
    f: Callable[[float], Any],
    at: float,
    steps: Sequence[float],
    slope: float | None = None,
    *,
    low: float = -0.4,
    high: float = 2.4,
) -> Picture:
    """The curve of `f` and the straight lines through its points at `at` and `at + h`.

    One line for each h of `steps`, orange and labelled with its slope (f(at + h) - f(at)) / h;
    with `slope`, also the tangent of that slope, in green.
    """
    axes = new_axes("x, the input", "f(x), the output", height=4.2)
    xs = np.linspace(low, high, 241)
    ys = values(f, xs)
    axes.plot(xs, ys, color=FUNCTION)
    height, line_ends = float(f(at)), np.array([at - 0.55, high])
    axes.set_ylim(min(ys) - 0.35 * np.ptp(ys), max(ys) + 0.05 * np.ptp(ys))
    labels = []
    for h in steps:
        secant = (float(f(at + h)) - height) / h
        axes.plot(line_ends, height + secant * (line_ends - at), color=PATH, linewidth=1.5)
        axes.plot([at + h], [float(f(at + h))], "o", color=PATH, markersize=6)
        end = height + secant * (high - at)
        labels.append((_height(axes, high, end), f"h = {h:g}: slope {secant:.3g}", PATH))
    if slope is not None:
        axes.plot(line_ends, height + slope * (line_ends - at), color=TRUTH, linestyle="--")
        end = height + slope * (high - at)
        labels.append((_height(axes, high, end), f"tangent: slope {slope:.3g}", TRUTH))
    axes.plot([at], [height], "o", color=POINT, markersize=8)
    axes.set_xlim(low, high)
    _end_labels(axes, labels)
    said = "; ".join(label for _, label, _ in sorted(labels, reverse=True))
    return Picture(
        axes.figure, f"The curve of f with lines through its point at x = {at:g}: {said}."
    )


def show_errors(
    steps: Sequence[float],
    errors: Mapping[str, Sequence[float]],
    *,
    at: float | None = None,
    guides: Mapping[str, Callable[[float], float]] = {},
    title: str = "",
) -> Picture:
    """The error of a slope against the difference step h, both on logarithmic axes.

    `errors` maps a technique's name to its errors, one a step; `guides` maps words to a formula
    in h, drawn as a thin line; `at` marks one step with a black point. `steps` begin with the
    largest. An error of exactly zero has no logarithm: it is drawn on the bottom line.
    """
    axes = new_axes("h, the difference step", "|error| of the slope", height=4.2)
    axes.set_title(title)
    floor = 1e-17
    axes.set_xscale("log")
    axes.set_yscale("log")
    largest = max(np.max(np.abs(found)) for found in errors.values())
    axes.set_ylim(floor / 2, max(50, 2 * largest))
    axes.set_xlim(min(steps) / 1.5, max(steps) * 1.5)
    ends, said = [], []
    for words, formula in guides.items():
        line = np.array([formula(h) for h in steps])
        axes.plot(steps, line, color=GREY, linewidth=1.2, linestyle=":")
        clear = int(np.argmin(np.abs(np.log10(line) + 12)))
        rising = formula(steps[0]) > formula(steps[-1])
        axes.annotate(
            words,
            (steps[clear], line[clear]),
            color=GREY,
            xytext=(-8 if rising else 8, 6),
            textcoords="offset points",
            ha="right" if rising else "left",
        )
    for name, found in errors.items():
        colour, marker = TECHNIQUES.get(name, (PATH, "o"))
        sizes = np.abs(found)
        shown = np.maximum(sizes, floor)
        axes.plot(steps, shown, color=colour, marker=marker, markersize=5, linewidth=1.6)
        ends.append((_height(axes, steps[0], shown[0]), name, colour))
        here = int(np.argmin(sizes if at is None else np.abs(np.log10(steps) - np.log10(at))))
        words = "smallest error" if at is None else "error"
        said.append(f"{name}, {words} {sizes[here]:.0e} at h = {steps[here]:.0e}")
        if at is not None:
            axes.plot([steps[here]], [shown[here]], "o", color=POINT, markersize=9)
    _end_labels(axes, ends)
    where = f" at {title}" if title else ""
    words = f"Error of the slope{where} against the step h: {'; '.join(said)}."
    return Picture(axes.figure, words)


def show_lines(
    xs: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    x_label: str,
    y_label: str,
    *,
    logarithmic: bool = False,
    height: float = 3.6,
) -> Picture:
    """One line for each entry of `lines`, labelled at its end; a technique keeps its colour."""
    axes = new_axes(x_label, y_label, height)
    if logarithmic:
        axes.set_yscale("log")
    drawn = []
    for name, ys in lines.items():
        colour, marker = TECHNIQUES.get(name, (FUNCTION, "o"))
        axes.plot(xs, ys, color=colour, marker=marker, markersize=5)
        drawn.append((name, colour, ys))
    axes.set_xlim(min(xs), max(xs))
    _end_labels(
        axes, [(_height(axes, xs[-1], ys[-1]), name, colour) for name, colour, ys in drawn]
    )
    said = "; ".join(f"{name} from {ys[0]:g} to {ys[-1]:g}" for name, _, ys in drawn)
    return Picture(axes.figure, f"{y_label} against {x_label}: {said}.")


# ---------------------------------------------------------------- chains and graphs


def show_nudge(
    links: Sequence[tuple[str, Callable[[float], float], Callable[[float], float]]],
    at: float,
    nudge: float = 0.1,
    *,
    names: str = "xhzuvw",
) -> Picture:
    """How a small change travels along a chain: a number line a variable, all to one scale.

    `links` holds, for each link, its formula in words, the function and its derivative. The bar
    on each line is the change that arrives there; between the lines stands the local slope.
    """
    rows = len(links) + 1
    axes = Figure(figsize=(WIDTH, 1.15 * rows + 0.2)).add_subplot()
    axes.set_axis_off()
    value, change, total = at, nudge, 1.0
    said = []
    for row in range(rows):
        y = -1.0 * row
        axes.plot([0, 1.75], [y, y], color=GREY, linewidth=1)
        axes.plot([0, change], [y, y], color=PATH, linewidth=9, solid_capstyle="butt")
        axes.plot([0], [y], "o", color=POINT, markersize=7)
        axes.annotate(
            f"{names[row]} = {value:.4g}",
            (0, y),
            xytext=(-12, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
        axes.annotate(
            f"changes by {change:.3g}",
            (change, y),
            xytext=(10, 9),
            textcoords="offset points",
            va="center",
            color=ink(PATH),
        )
        said.append(f"{names[row]} = {value:.4g} changes by {change:.3g}")
        if row < len(links):
            words, f, df = links[row]
            local = df(value)
            after = f(value + change) - f(value)
            axes.fill(
                [0, change, after, 0], [y, y, y - 1, y - 1], color=PATH, alpha=0.13, linewidth=0
            )
            axes.annotate(
                f"{words}    local slope {local:.4g}",
                (0.55, y - 0.5),
                va="center",
                color=ink(FUNCTION),
            )
            said.append(f"through {words}, of local slope {local:.4g}")
            value, change, total = f(value), after, total * local
    axes.set_xlim(-0.3, 1.85)
    axes.set_ylim(-rows + 0.55, 0.4)
    said.append(f"the slopes multiply to {total:.4g}")
    return Picture(axes.figure, "A nudge along a chain: " + ", ".join(said) + ".")


def show_graph(
    arrows: Mapping[str, float | str],
    roads: Sequence[str] = (),
    names: Mapping[str, str] = {},
    *,
    height: float = 3.2,
) -> Picture:
    """A graph of boxes and arrows, inputs on the left and the output on the right.

    `arrows` maps an arrow such as "p→a" to what is written on it, often the local derivative;
    `roads` such as "x→p→a" are drawn in orange; `names` gives a box other words than its name.
    """
    pairs = {tuple(arrow.split("→")): words for arrow, words in arrows.items()}
    on_road = {pair for road in roads for pair in itertools.pairwise(road.split("→"))}
    places = _places(list(pairs))
    axes = Figure(figsize=(WIDTH, height)).add_subplot()
    axes.set_axis_off()
    boxes = {}
    for node, place in places.items():
        box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": FUNCTION}
        words = names.get(node, node)
        boxes[node] = axes.annotate(words, place, ha="center", va="center", bbox=box)
    xs, ys = zip(*places.values(), strict=True)
    axes.set_xlim(min(xs) - 0.45, max(xs) + 0.45)
    axes.set_ylim(min(ys) - 0.35, max(ys) + 0.35)
    said, bends = [], _bends(list(pairs), places)
    for (start, end), value in pairs.items():
        words = value if isinstance(value, str) else f"{value:.4g}"
        colour = PATH if (start, end) in on_road else GREY
        bend = bends.get((start, end), 0.0)
        arrow = {
            "arrowstyle": "-|>",
            "color": colour,
            "linewidth": 2,
            "shrinkA": 3,
            "shrinkB": 3,
            "connectionstyle": f"arc3,rad={bend}",
        }
        arrow |= {
            "patchA": boxes[start].get_bbox_patch(),
            "patchB": boxes[end].get_bbox_patch(),
        }
        axes.annotate("", places[end], xytext=places[start], arrowprops=arrow)
        axes.annotate(
            words,
            _middle(axes, places[start], places[end], bend),
            ha="center",
            va="center",
            color=ink(colour),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
        said.append(f"{start} to {end} {words}")
    return Picture(
        axes.figure, f"A graph with local derivatives on its arrows: {', '.join(said)}."
    )


def _bends(
    pairs: Sequence[tuple[str, str]], places: Mapping[str, tuple[float, float]]
) -> dict[tuple[str, str], float]:
    """How far to bend the arrows that would run through another box, down and up in turn."""
    bends: dict[tuple[str, str], float] = {}
    for start, end in pairs:
        (x0, y0), (x1, y1) = places[start], places[end]
        on_the_way = [(x, y) for x, y in places.values() if x0 < x < x1]
        if any(abs(y0 + (y1 - y0) * (x - x0) / (x1 - x0) - y) < 0.1 for x, y in on_the_way):
            bends[start, end] = 0.35 * (-1) ** len(bends)
    return bends


def _middle(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], bend: float
) -> tuple[float, float]:
    """The middle of an arrow that is bent by matplotlib's arc3, in the units of the data."""
    if bend == 0:
        x, y = np.mean([start, end], axis=0)
        return float(x), float(y)
    axes.figure.draw_without_rendering()  # until then nothing knows the shape of a unit
    to_pixels = axes.transData
    (x0, y0), (x1, y1) = to_pixels.transform([start, end])
    middle = ((x0 + x1 + bend * (y1 - y0)) / 2, (y0 + y1 - bend * (x1 - x0)) / 2)
    x, y = to_pixels.inverted().transform(middle)
    return float(x), float(y)


def _places(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Column: the longest way from an input. Row: inputs downwards, others between theirs."""
    parents: dict[str, list[str]] = {node: [] for pair in pairs for node in pair}
    for start, end in pairs:
        parents[end].append(start)
    inputs = [node for node in parents if not parents[node]]
    places = {node: (0.0, -float(row)) for row, node in enumerate(inputs)}
    waiting = [node for node in parents if parents[node]]
    while waiting:
        node = next(n for n in waiting if all(parent in places for parent in parents[n]))
        waiting.remove(node)
        before = [places[parent] for parent in parents[node]]
        column = 1 + max(x for x, _ in before)
        places[node] = (column, sum(y for _, y in before) / len(before))
    return places


def show_product(u: float, v: float, du: float, dv: float) -> Picture:
    """A rectangle of sides u and v that grows by du and dv, and the three pieces it gains."""
    axes = Figure(figsize=(WIDTH, 3.4)).add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    pieces = [
        ((0, 0), u, v, FUNCTION, f"u v = {u * v:.4g}"),
        ((u, 0), du, v, PATH, f"du · v = {du * v:.4g}"),
        ((0, v), u, dv, PATH, f"u · dv = {u * dv:.4g}"),
        ((u, v), du, dv, GREY, f"du · dv = {du * dv:.4g}"),
    ]
    for (x, y), width, tall, colour, words in pieces:
        axes.add_patch(
            matplotlib.patches.Rectangle(
                (x, y),
                width,
                tall,
                facecolor=colour,
                alpha=0.28,
                edgecolor=colour,
                linewidth=1.5,
            )
        )
        inside = x == 0
        axes.annotate(
            words,
            (x + width / 2, y + tall / 2) if inside else (x + width, y + tall / 2),
            xytext=(0, 0) if inside else (10, 0),
            textcoords="offset points",
            ha="center" if inside else "left",
            va="center",
            color=ink(colour),
        )
    axes.annotate(
        f"u = {u:g}",
        (u / 2, 0),
        xytext=(0, -8),
        textcoords="offset points",
        ha="center",
        va="top",
    )
    axes.annotate(
        f"v = {v:g}",
        (0, v / 2),
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
        va="center",
    )
    axes.set_xlim(-0.25 * u, 1.75 * u)
    axes.set_ylim(-0.15 * v, v + dv + 0.1 * v)
    said = "; ".join(words for *_, words in pieces)
    return Picture(axes.figure, f"A rectangle of sides u and v and what it gains: {said}.")


# ---------------------------------------------------------------- the map of the course


def read_course() -> dict[str, Any]:
    """The lectures, their ideas and what those need, and the files of minigrad: course.json."""
    return json.loads((Path(__file__).parent / "course.json").read_text(encoding="utf-8"))


def ideas_of(course: Mapping[str, Any] | None = None) -> list[str]:
    """The names of all ideas, in the order of the lectures."""
    lectures = (course or read_course())["lectures"]
    return [idea for lecture in lectures for idea in lecture["ideas"]]


def needed_for(goal: str, course: Mapping[str, Any] | None = None) -> list[str]:
    """All ideas that `goal` rests on, directly or not, in the order to learn them."""
    needs = {
        idea: first
        for lecture in (course or read_course())["lectures"]
        for idea, first in lecture["ideas"].items()
    }
    found, waiting = set(), [goal]
    while waiting:
        for idea in needs[waiting.pop()]:
            if idea not in found:
                found.add(idea)
                waiting.append(idea)
    return [idea for idea in needs if idea in found]


def show_map(goal: str | None = None) -> Picture:
    """The ideas of the course, a row a lecture, with arrows from what is needed first.

    With `goal`, that idea is marked black and the ideas that it rests on are orange.
    """
    lectures = read_course()["lectures"]
    needed = needed_for(goal) if goal else []
    axes = Figure(figsize=(WIDTH, 0.5 + 1.15 * len(lectures))).add_subplot()
    axes.set_axis_off()
    columns = max(len(lecture["ideas"]) for lecture in lectures)
    boxes, places, arrows = {}, {}, []
    for row, lecture in enumerate(lectures):
        heading = f"{lecture['file'][:2]}  {lecture['title']}"
        axes.annotate(
            heading,
            (-0.45, 0.42 - row),
            color=GREY,
            va="center",
            fontweight="bold",
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
        )
        for column, (idea, needs) in enumerate(lecture["ideas"].items()):
            colour = POINT if idea == goal else PATH if idea in needed else FUNCTION
            faded = goal is not None and colour == FUNCTION
            places[idea] = (column, -row)
            boxes[idea] = axes.annotate(
                idea,
                places[idea],
                ha="center",
                va="center",
                color="#808080" if faded else POINT,
                zorder=5,
                bbox={
                    "boxstyle": "round,pad=0.4",
                    "facecolor": "white",
                    "edgecolor": "#C8C8C8" if faded else colour,
                    "linewidth": 1.4 if colour == FUNCTION else 2.6,
                },
            )
            arrows += [(first, idea) for first in needs]
    for first, idea in arrows:
        on_the_way = idea == goal or idea in needed
        same_row = places[first][1] == places[idea][1]
        neighbours = same_row and places[idea][0] - places[first][0] == 1
        axes.annotate(
            "",
            places[idea],
            xytext=places[first],
            zorder=2,
            arrowprops={
                "arrowstyle": "-|>",
                "color": PATH if on_the_way else "#C8C8C8" if goal else GREY,
                "linewidth": 1.6,
                "shrinkA": 2,
                "shrinkB": 2,
                "patchA": boxes[first].get_bbox_patch(),
                "patchB": boxes[idea].get_bbox_patch(),
                "connectionstyle": "arc3" if neighbours or not same_row else "arc3,rad=0.25",
            },
        )
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(0.4 - len(lectures), 0.6)
    if goal:
        rests = (
            f"it rests on {len(needed)} others: {', '.join(needed)}" if needed else "start here"
        )
        return Picture(axes.figure, f"The way to “{goal}”: {rests}.")
    rows = (f"{lec['title']}: {', '.join(lec['ideas'])}" for lec in lectures)
    return Picture(axes.figure, f"The map of the course, a row a lecture. {'; '.join(rows)}.")


def show_course(part: str = "lectures") -> Words:
    """The lectures, or the files of minigrad, as a list with links."""
    course = read_course()
    if part == "minigrad":
        files = course["minigrad"].items()
        lines = [f"- [{name}](../../minigrad/{name}): {idea}" for name, idea in files]
    else:
        lines = [
            f"- [{lec['file'][:2]} · {lec['title']}]({lec['file']}): {lec['question']}"
            f" ([exercise]({lec['exercise']}))"
            for lec in course["lectures"]
        ]
    return Words("\n".join(lines))


# ---------------------------------------------------------------- play


def slider(
    low: float,
    high: float,
    start: float,
    label: str,
    *,
    step: float = 0.1,
    powers: bool = False,
) -> Any:
    """A slider from `low` to `high`; with `powers` it moves through powers of ten, evenly."""
    from ipywidgets import FloatLogSlider, FloatSlider

    look = {"description": label, "style": {"description_width": "initial"}}
    look["layout"] = {"width": "min(100%, 520px)"}
    if powers:
        low, high = np.log10(low), np.log10(high)
        return FloatLogSlider(start, min=low, max=high, step=step, readout_format=".1e", **look)
    return FloatSlider(start, min=low, max=high, step=step, readout_format=".4g", **look)


def choice(options: Sequence[Any], label: str) -> Any:
    """A menu of `options`; the first is chosen at the start."""
    from ipywidgets import Dropdown

    return Dropdown(options=options, description=label, style={"description_width": "initial"})


def explore(draw: Callable[..., Picture], **controls: Any) -> Any:
    """Draw again whenever a control moves: `draw` gets the controls' values by name.

    `controls` are made by `slider` and `choice`. Below the picture stands its description, so
    that what moved can be read, and heard, as well as seen.
    """
    from ipywidgets import HTML, VBox
    from ipywidgets import Image as Screen

    screen = Screen(format="png", layout={"max_width": "100%"})
    words = HTML()

    def redraw(_: Any = None) -> None:
        try:
            picture = draw(**{name: _tidy(control.value) for name, control in controls.items()})
            screen.layout.width = f"{picture.width}px"
            screen.value = picture.png(sharpness=1.5)
            words.value = html.escape(picture.description)
        except Exception as error:
            words.value = (
                f"<b>{html.escape(type(error).__name__)}</b>: {html.escape(str(error))}"
            )
            raise

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    return VBox([*controls.values(), screen, words])


def _tidy(value: Any) -> Any:
    """A slider's number without the rounding of its journey through the browser."""
    return float(f"{value:.12g}") if isinstance(value, float) else value
