"""The pictures of the class report: seaborn figures as inline SVG that follow the page's theme.

Text stays text (searchable, in the page's font) and takes the page's ink, so one figure serves
light, dark and paper. Every figure shows aggregates: its size does not grow with the class.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from graders.classreport.statistics import ClassStatistics, Item
from graders.plaintext import one_line
from graders.report import Status
from graders.words import points

# Stand-ins that no palette uses: matplotlib needs a colour, the page puts its own there.
_INK, _SOFT, _RULE, _CARD = "#010203", "#010204", "#010205", "#010206"
_THEME = {_INK: "--ink", _SOFT: "--soft", _RULE: "--rule", _CARD: "--card"}

BLUE, SKY, GREEN, ORANGE = "#0072b2", "#56b4e9", "#009e73", "#e69f00"
VERMILION, PURPLE, GREY = "#d55e00", "#cc79a7", "#8d9399"
_THEME |= {BLUE: "--blue", GREEN: "--green", VERMILION: "--vermilion"}

_WIDTH = 5.2  # inches; read at full size on a phone and side by side on a wide page
_LONGEST_LABEL = 26
_BOX = (5, 25, 50, 75, 95)  # per cent
FEWEST_FOR_BOXES = 8

_OUTCOMES: dict[str, tuple[str, tuple[Status, ...]]] = {
    "right": (GREEN, (Status.PASSED,)),
    "partly": (SKY, (Status.PARTIAL,)),
    "wrong": (ORANGE, (Status.FAILED,)),
    "error": (VERMILION, (Status.ERROR,)),
    "stopped": (PURPLE, (Status.TIMEOUT, Status.MEMORY, Status.OUTPUT, Status.CRASHED)),
    "missing": (GREY, (Status.MISSING,)),
    "to decide": (BLUE, (Status.NEEDS_MANUAL, Status.HARNESS_ERROR)),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG with its title, what to look at, and the same in words for who cannot see it."""

    name: str
    title: str
    caption: str
    alternative: str
    svg: Markup


def pictures(statistics: ClassStatistics, titles: Mapping[str, str]) -> tuple[Picture, ...]:
    """The figures that this class has data for, in the order of the page."""
    drawn = (
        _marks(statistics),
        _outcomes(statistics, titles),
        _quality(statistics.items, titles),
        _time(statistics.items, titles),
    )
    return tuple(picture for picture in drawn if picture is not None)


def _marks(statistics: ClassStatistics) -> Picture | None:
    marks, full = statistics.marks, statistics.max_score
    if not len(marks) or full <= 0:
        return None
    median = float(np.median(marks))
    edges = _edges(min(float(marks.min()), 0.0), max(full, float(marks.max())))

    def draw(axes: Axes) -> None:
        sns.histplot(
            x=marks, bins=edges, color=BLUE, alpha=1, edgecolor=_CARD, linewidth=1.5, ax=axes
        )
        axes.axvline(median, color=_INK, linewidth=1.4)
        high = median > edges[0] + 0.6 * (edges[-1] - edges[0])
        axes.annotate(
            f"median {points(median)}",
            (median, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-5 if high else 5, 3),
            textcoords="offset points",
            ha="right" if high else "left",
            va="bottom",
            color=_INK,
        )
        axes.set(xlabel=f"mark, of {points(full)} points", ylabel="submissions")
        axes.set_xlim(edges[0], edges[-1])
        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")

    lower, upper = np.percentile(marks, [25, 75])
    at_full = int((marks >= full).sum())
    return _picture(
        "marks",
        "Marks",
        "Submissions that need a decision are left out.",
        f"Histogram of the marks of {len(marks)} submissions out of {points(full)} points: "
        f"median {points(median)}, quartiles {points(lower)} and {points(upper)}, "
        f"lowest {points(marks.min())}, highest {points(marks.max())}; "
        f"{at_full} with full marks.",
        3.0,
        draw,
    )


def _edges(lowest: float, highest: float) -> np.ndarray:
    """Bins centred on round marks: steps of 1, 2 or 5 times a power of ten, about 20."""
    rough = max(highest - lowest, 1e-9) / 20
    magnitude = 10.0 ** np.floor(np.log10(rough))
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough * (1 - 1e-9))
    if step < 1 and highest - lowest >= 5:
        step = 1.0
    first, last = np.floor(lowest / step), np.ceil(highest / step)
    return (np.arange(first, last + 2) - 0.5) * step


def _outcomes(statistics: ClassStatistics, titles: Mapping[str, str]) -> Picture | None:
    items = statistics.items
    if not items:
        return None
    labels = _labels(items, titles)
    rows = [
        (label, outcome, sum(item.counts[status] for status in statuses))
        for item, label in zip(items, labels, strict=True)
        for outcome, (_, statuses) in _OUTCOMES.items()
    ]
    counts = pd.DataFrame(rows, columns=["question", "outcome", "submissions"])
    present = [o for o in _OUTCOMES if counts.loc[counts.outcome == o, "submissions"].sum()]
    counts = counts[counts.outcome.isin(present)]

    def draw(axes: Axes) -> None:
        sns.histplot(
            data=counts,
            y="question",
            hue="outcome",
            # histplot stacks the last hue first; the legend is made to read as the bars do.
            hue_order=present[::-1],
            weights="submissions",
            multiple="stack",
            palette={outcome: _OUTCOMES[outcome][0] for outcome in present},
            shrink=0.68,
            alpha=1,
            edgecolor=_CARD,
            linewidth=1,
            ax=axes,
        )
        axes.set(xlabel="submissions", ylabel="")
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.xaxis.set_major_formatter("{x:,.0f}")
        handles = axes.get_legend().legend_handles[::-1]
        # Matplotlib fills a legend column by column; people read it row by row.
        by_rows = [at for first in range(4) for at in range(first, len(present), 4)]
        axes.legend(
            [handles[at] for at in by_rows],
            [present[at] for at in by_rows],
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=4,
            frameon=False,
            handlelength=0.9,
            handleheight=0.9,
            columnspacing=1.2,
            handletextpad=0.45,
            borderaxespad=0.2,
        )

    said = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{count} {outcome}"
            for outcome, count in zip(
                counts[counts.question == label].outcome,
                counts[counts.question == label].submissions,
                strict=True,
            )
            if count
        )
        for label in labels
    )
    return _picture(
        "outcomes",
        "Outcomes by question",
        "How each question ended, over all submissions.",
        f"Stacked bars, one a question. {said}.",
        1.35 + 0.34 * len(items) + 0.2 * (len(present) > 4),
        draw,
    )


def _quality(items: Sequence[Item], titles: Mapping[str, str]) -> Picture | None:
    measured = [item for item in items if item.discrimination is not None]
    if len(measured) < 2:
        return None
    x = [item.difficulty for item in measured]
    y = [item.discrimination for item in measured]
    labels = _labels(measured, titles)

    def draw(axes: Axes) -> None:
        axes.axhspan(-1, 0, color=VERMILION, alpha=0.10, linewidth=0)
        axes.axhline(0, color=_RULE, linewidth=1)
        sns.scatterplot(x=x, y=y, s=46, color=BLUE, edgecolor=_CARD, linewidth=1, ax=axes)
        axes.set(
            xlabel="difficulty: mean share of full marks (right = easy)",
            ylabel="discrimination",
            xlim=(0, 1),
            ylim=(min(-0.15, min(y) - 0.1), 1),
        )
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
        _place_labels(axes, x, y, labels)

    said = "; ".join(
        f"{label}: {difficulty:.0%}, {discrimination:.2f}"
        for label, difficulty, discrimination in zip(labels, x, y, strict=True)
    )
    return _picture(
        "quality",
        "Difficulty and discrimination",
        "High is good: who does well elsewhere does well here. "
        "In the tinted band, doubt the test.",
        f"One point a question, difficulty across and discrimination up. {said}.",
        3.2,
        draw,
    )


def _place_labels(
    axes: Axes, x: Sequence[float], y: Sequence[float], labels: Sequence[str]
) -> None:
    """Name each point beside it, in the first place nearby that is still free."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    across = [(value - left) / (right - left) for value in x]
    up = [(value - bottom) / (top - bottom) for value in y]
    taken = [(a - 0.015, a + 0.015, u) for a, u in zip(across, up, strict=True)]

    def free(start: float, end: float, height: float) -> bool:
        inside = start > 0 and end < 1.02 and 0.03 < height < 0.97
        return inside and all(
            abs(height - h) >= 0.06 or start > e or end < s for s, e, h in taken
        )

    for label, a, u in zip(labels, across, up, strict=True):
        width = 0.0165 * len(label)
        places = [
            (start, u + shift)
            for shift in (0, 0.07, -0.07, 0.14, -0.14, 0.21, -0.21)
            for start in (a + 0.025, a - 0.025 - width, a - width / 2)
            if shift or start != a - width / 2
        ]
        start, height = next(
            (place for place in places if free(place[0], place[0] + width, place[1])), places[0]
        )
        taken.append((start, start + width, height))
        on_the_left = start < a - 0.025
        if height != u:
            near = min(max(a, start), start + width)
            axes.plot(
                (a, near),
                (u, height + (0.025 if height < u else -0.025)),
                color=_SOFT,
                linewidth=0.6,
                transform=axes.transAxes,
                zorder=1,
            )
        axes.annotate(
            label,
            (start + width if on_the_left else start, height),
            xycoords="axes fraction",
            ha="right" if on_the_left else "left",
            va="center_baseline",
            color=_INK,
            fontsize=9,
        )


def _time(items: Sequence[Item], titles: Mapping[str, str]) -> Picture | None:
    ran = [item for item in items if len(item.seconds)]
    if not ran:
        return None
    labels = _labels(ran, titles)
    few = max(len(item.seconds) for item in ran) < FEWEST_FOR_BOXES
    # Five quantiles a question draw the same box as 20,000 values.
    times = pd.DataFrame(
        [
            (label, value)
            for item, label in zip(ran, labels, strict=True)
            for value in (item.seconds if few else np.percentile(item.seconds, _BOX))
        ],
        columns=["question", "seconds"],
    )

    def draw(axes: Axes) -> None:
        where = {"data": times, "x": "seconds", "y": "question", "log_scale": True, "ax": axes}
        if few:
            sns.stripplot(**where, color=BLUE, size=6, jitter=False, alpha=0.8)
        else:
            sns.boxplot(
                **where, whis=(0, 100), width=0.5, color=SKY, linecolor=_INK, linewidth=1.1
            )
        axes.set(xlabel="running time, logarithmic", ylabel="")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _duration(value)))
        axes.xaxis.set_minor_formatter(lambda *_: "")
        low, high = times.seconds.min(), times.seconds.max()
        if high / low < 10:
            middle = np.sqrt(low * high)
            axes.set_xlim(middle / 10**0.75, middle * 10**0.75)

    said = "; ".join(
        f"{label}: median {_duration(float(np.median(item.seconds)))}, "
        f"95 % within {_duration(float(np.percentile(item.seconds, 95)))}"
        for item, label in zip(ran, labels, strict=True)
    )
    return _picture(
        "time",
        "Running time by question",
        "One dot a submission."
        if few
        else "Boxes: the middle half; whiskers: from 5 % to 95 % of the submissions that ran.",
        f"Running times on a logarithmic axis. {said}.",
        1.1 + 0.34 * len(ran),
        draw,
    )


def _duration(seconds: float) -> str:
    if seconds >= 60:
        return f"{seconds / 60:.3g} min"
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{1000 * seconds:.3g} ms"


def _labels(items: Sequence[Item], titles: Mapping[str, str]) -> list[str]:
    labels = [one_line(titles.get(item.id, item.id), _LONGEST_LABEL) for item in items]
    # Two questions cut to the same words must stay two bars.
    return [
        label if labels.count(label) == 1 else one_line(f"{index + 1}. {label}", _LONGEST_LABEL)
        for index, label in enumerate(labels)
    ]


def _picture(
    name: str,
    title: str,
    caption: str,
    alternative: str,
    height: float,
    draw: Callable[[Axes], None],
) -> Picture:
    style = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,  # the same bytes each time, and no identifier of another figure
        "font.size": 10,
        "axes.titlesize": 10,
        "text.color": _INK,
        "text.parse_math": False,  # a question's title may hold a dollar sign
        "axes.edgecolor": _RULE,
        "axes.labelcolor": _SOFT,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "grid.color": _RULE,
        "xtick.color": _SOFT,
        "ytick.color": _SOFT,
        "axes.axisbelow": True,
    }
    with (
        warnings.catch_warnings(),
        mpl.rc_context(),
        sns.axes_style("whitegrid", style),
        mpl.rc_context(style),
    ):
        # The browser has the glyphs, and equal times are given room once drawn.
        warnings.filterwarnings("ignore", "Glyph|Attempting to set identical", UserWarning)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        sns.despine(ax=axes, left=True)
        by_value = axes.get_ylabel() != ""
        if not by_value:
            axes.tick_params(axis="y", labelcolor=_INK)
        axes.grid(visible=not by_value, axis="x")
        axes.grid(visible=by_value, axis="y")
        buffer = io.StringIO()
        figure.savefig(
            buffer,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return Picture(name, title, caption, alternative, _inline(buffer.getvalue(), name))


_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*"([^>]*?)>', re.DOTALL)
_HEIGHT = re.compile(r'(<svg[^>]*?) height="[^"]*"', re.DOTALL)
_IDENTIFIER = re.compile(r'(\bid="|url\(#|href="#)')


def _inline(document: str, name: str) -> Markup:
    """The `<svg>` element alone, with the page's colours and identifiers of its own."""
    svg = document[document.index("<svg") :]
    svg = _SIZE.sub(r"\1\2>", svg, count=1)
    svg = _HEIGHT.sub(r"\1", svg, count=1)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _IDENTIFIER.sub(rf"\g<1>{name}-", svg)
    for stand_in, variable in _THEME.items():
        svg = svg.replace(stand_in, f"var({variable})")
    return Markup(svg)
