"""The pictures of training: runs against the step, fitted lines, paths on a landscape.

They keep to the style of `figures`: blue is a function, orange the path of an algorithm, green
the truth, black the point where we stand. An optimiser keeps its colour and marker.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from figures import (
    BLACK,
    BLUE,
    FUNCTION,
    GREY,
    ORANGE,
    PATH,
    POINT,
    PURPLE,
    TRUTH,
    VERMILION,
    WIDTH,
    Picture,
    end_labels,
    height_of,
    ink,
    new_axes,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

OPTIMISERS = {
    "gradient descent": (ORANGE, "o"),
    "momentum": (VERMILION, "s"),
    "RMSprop": (PURPLE, "^"),
    "Adam": (BLACK, "D"),
}
_RUNS = [(ORANGE, "o"), (VERMILION, "s"), (PURPLE, "^"), (BLUE, "D"), (GREY, "v")]
_PAPER = matplotlib.colors.LinearSegmentedColormap.from_list("pale", ["#FFFFFF", "#A9C9E6"])


# ---------------------------------------------------------------- runs


def show_runs(
    runs: Mapping[str, Sequence[float]],
    x_label: str = "step",
    y_label: str = "L, the loss",
    *,
    xs: Sequence[float] | None = None,
    logarithmic: bool = True,
    highest: float | None = None,
    height: float = 3.8,
) -> Picture:
    """How a number goes along, one line for each entry of `runs`, labelled at its end.

    Lines may be of different lengths. What grows over `highest` is cut off there.
    """
    axes = new_axes(x_label, y_label, height)
    if logarithmic:
        axes.set_yscale("log")
    ends, said = [], []
    longest = max(len(run) for run in runs.values())
    xs = np.arange(longest) if xs is None else np.asarray(xs)
    for i, (name, run) in enumerate(runs.items()):
        colour, marker = OPTIMISERS.get(name, _RUNS[i % len(_RUNS)])
        seen = np.asarray(run, dtype=float)
        inside = len(seen)
        if highest is not None and np.any(seen > highest):
            inside = int(np.argmax(seen > highest)) + 1
        seen = seen[:inside]
        every = max(1, longest // 10)
        width = 2.0 if longest <= 100 else 1.3
        look = {"color": colour, "marker": marker, "markersize": 5, "linewidth": width}
        look["clip_on"] = highest is not None
        axes.plot(xs[:inside], seen, markevery=every, **look)
        ends.append((xs[inside - 1], seen[-1], name, colour, inside == longest))
        said.append(f"{name} from {run[0]:.3g} to {run[-1]:.3g}")
    axes.set_xlim(xs[0], xs[-1])
    if highest is not None:
        axes.set_ylim(top=highest)
    axes.autoscale_view()
    end_labels(axes, [(height_of(axes, x, y), n, c) for x, y, n, c, whole in ends if whole])
    for x, y, name, colour, whole in ends:
        if not whole:
            axes.annotate(
                name,
                (x, min(y, highest or y)),
                xytext=(8, -4),
                textcoords="offset points",
                va="top",
                color=ink(colour),
            )
    return Picture(axes.figure, f"{y_label} against {x_label}: {'; '.join(said)}.")


# ---------------------------------------------------------------- lines through points


def show_fit(
    x: Sequence[float], y: Sequence[float], lines: Mapping[str, tuple[float, float]]
) -> Picture:
    """The points (x, y) and straight lines; `lines` maps words to (slope a, intercept b).

    The line called "truth" is green and dashed.
    """
    axes = new_axes("x, the input", "y, the output")
    axes.plot(x, y, "o", color=FUNCTION, markersize=5, alpha=0.6, clip_on=False)
    ends = np.array([min(x), max(x)])
    labels, said = [], []
    for name, (a, b) in lines.items():
        colour, style = (TRUTH, "--") if name == "truth" else (PATH, "-")
        axes.plot(ends, a * ends + b, color=colour, linestyle=style)
        labels.append((ends[1], a * ends[1] + b, name, colour))
        said.append(f"{name}, y = {a:.3g} x + {b:.3g}")
    axes.set_xlim(*ends)
    axes.autoscale_view()
    end_labels(axes, [(height_of(axes, x, y), n, c) for x, y, n, c in labels])
    return Picture(axes.figure, f"{len(x)} points and lines: {'; '.join(said)}.")


def show_frames(
    x: Sequence[float],
    y: Sequence[float],
    path: Sequence[tuple[float, float]],
    steps: Sequence[int],
) -> Picture:
    """A strip of frames: the line of `path`, pairs (a, b), after each number of `steps`."""
    figure = Figure(figsize=(WIDTH, 2.3))
    panels = figure.subplots(1, len(steps), sharey=True, squeeze=False)[0]
    ends, said = np.array([min(x), max(x)]), []
    for axes, step in zip(panels, steps, strict=True):
        a, b = (float(number) for number in path[step])
        loss = float(np.mean((a * np.asarray(x) + b - np.asarray(y)) ** 2))
        axes.plot(x, y, "o", color=FUNCTION, markersize=3, alpha=0.5)
        axes.plot(ends, a * ends + b, color=PATH)
        axes.set_title(f"step {step}\nL = {loss:.2f}", fontsize=11)
        axes.set_xlabel("x")
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        said.append(f"step {step}, y = {a:.3g} x + {b:.3g}, loss {loss:.3g}")
    panels[0].set_ylabel("y")
    return Picture(figure, f"The line while it is fitted: {'; '.join(said)}.")


# ---------------------------------------------------------------- landscapes


def show_landscape(
    f: Callable[[float, float], Any],
    paths: Mapping[str, Sequence[tuple[float, float]]],
    low: tuple[float, float],
    high: tuple[float, float],
    *,
    labels: tuple[str, str] = ("θ₁", "θ₂"),
    best: tuple[float, float] | None = None,
    title: str = "",
    height: float = 4.6,
) -> Picture:
    """A function of two numbers as a map with contour lines, and paths walked on it.

    The paler, the lower. `low` and `high` are opposite corners; `best` is marked by a green
    cross. A path that leaves the map is cut at its edge.
    """
    axes = new_axes(*labels, height)
    axes.set_title(title)
    _draw_landscape(axes, f, low, high)
    if best is not None:
        axes.plot(*best, "P", color=TRUTH, markersize=14, markeredgecolor="white", zorder=6)
    said = []
    for i, (name, path) in enumerate(paths.items()):
        colour, marker = OPTIMISERS.get(name, _RUNS[i % len(_RUNS)])
        points = np.array([[float(a), float(b)] for a, b in path])
        _draw_path(axes, points, colour, marker)
        start, end = points[0], points[-1]
        walk = f"{name} from ({_pair(start)}) to ({_pair(end)}) in {len(points) - 1} steps"
        if best is not None:
            walk += f", {_pair([np.hypot(*(end - best))])} from the best point"
        said.append(walk)
        if len(paths) > 1:
            axes.plot([], [], color=colour, marker=marker, markersize=6, label=name)
    if len(paths) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    where = f", {title}" if title else ""
    return Picture(axes.figure, f"A landscape{where}, and paths on it: {'; '.join(said)}.")


def _pair(point: Sequence[float]) -> str:
    return ", ".join(f"{round(float(number), 6) + 0.0:.3g}" for number in point)


def _draw_landscape(
    axes: Axes,
    f: Callable[[float, float], Any],
    low: tuple[float, float],
    high: tuple[float, float],
    pixels: int = 81,
) -> None:
    across, up = (np.linspace(low[i], high[i], pixels) for i in (0, 1))
    heights = np.array([[float(f(a, b)) for a in across] for b in up])
    # Lines at equal ratios above the lowest point: a valley's floor would show no line else.
    above = heights - heights.min()
    shown = np.log(above + 2e-3 * above.max())
    levels = np.linspace(shown.min(), shown.max(), 8)[1:]
    tones = [_PAPER(tone) for tone in np.linspace(0, 1, len(levels) + 1)]
    axes.contourf(across, up, shown, levels, colors=tones, extend="both", zorder=0)
    axes.contour(
        across, up, shown, levels, colors=FUNCTION, linewidths=0.8, linestyles="solid", zorder=1
    )
    # Not drawn: the fingerprint reads images, and contours hold no data.
    axes.imshow(shown, aspect="auto", visible=False)


def _draw_path(axes: Axes, points: np.ndarray, colour: str, marker: str) -> None:
    finite = points[np.all(np.abs(points) < 1e6, axis=1)]
    axes.plot(*finite.T, color=colour, linewidth=1.6, marker=marker, markersize=4, zorder=4)
    axes.plot(*finite[0], "o", color="white", markeredgecolor=colour, markersize=8, zorder=5)
    axes.plot(*finite[-1], "o", color=POINT, markersize=7, zorder=5)
