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
from collections.abc import Callable, Iterable, Mapping, Sequence
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
        # Line art needs few colours: a palette makes the file a third as large. The colours are
        # chosen to reach far and then moved to what they stand for, so that the smallest green
        # cross keeps its green; without the second step a large blue area would draw it over.
        small, image = io.BytesIO(), Image.open(drawn).convert("RGB")
        method, still = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
        palette = image.quantize(colors=64, method=method, kmeans=1, dither=still)
        palette.save(small, "PNG", optimize=True)
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


def end_labels(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
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


def height_of(axes: Axes, x: float, y: float) -> float:
    """Where the point (x, y) of the data stands between the bottom (0) and the top (1)."""
    return float(axes.transAxes.inverted().transform(axes.transData.transform((x, y)))[1])


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
