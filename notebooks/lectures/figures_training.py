"""The pictures of descent and training: paths on curves and landscapes, fits, networks.

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
    _end_labels,
    _height,
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
_CLASSES = matplotlib.colors.LinearSegmentedColormap.from_list(
    "classes", ["#F7D9A0", "#FFFFFF", "#A9D0EC"]
)


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
        axes.plot(xs[:inside], seen, markevery=every, **look)
        ends.append((xs[inside - 1], seen[-1], name, colour, inside == longest))
        said.append(f"{name} from {run[0]:.3g} to {run[-1]:.3g}")
    axes.set_xlim(xs[0], xs[-1])
    if highest is not None:
        axes.set_ylim(top=highest)
    axes.autoscale_view()
    _end_labels(axes, [(_height(axes, x, y), n, c) for x, y, n, c, whole in ends if whole])
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
    axes.plot(x, y, "o", color=FUNCTION, markersize=5, alpha=0.6)
    ends = np.array([min(x), max(x)])
    labels, said = [], []
    for name, (a, b) in lines.items():
        colour, style = (TRUTH, "--") if name == "truth" else (PATH, "-")
        axes.plot(ends, a * ends + b, color=colour, linestyle=style)
        labels.append((ends[1], a * ends[1] + b, name, colour))
        said.append(f"{name}, y = {a:.3g} x + {b:.3g}")
    axes.set_xlim(*ends)
    axes.autoscale_view()
    _end_labels(axes, [(_height(axes, x, y), n, c) for x, y, n, c in labels])
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


# ---------------------------------------------------------------- walks on a curve


def show_valleys(
    grid: Sequence[float], heights: Sequence[float], valleys: Sequence[float]
) -> Picture:
    """A curve, given by its `heights` over `grid`, with its local minima marked in green."""
    axes = new_axes("θ, the parameter", "f(θ), the height")
    grid, heights = np.asarray(grid, dtype=float), np.asarray(heights, dtype=float)
    axes.plot(grid, heights, color=FUNCTION)
    for valley in valleys:
        depth = np.interp(valley, grid, heights)
        axes.plot([valley], [depth], "o", color=TRUTH, markersize=8)
        axes.annotate(
            _number(valley, ".2f"),
            (valley, depth),
            xytext=(0, -16),
            textcoords="offset points",
            ha="center",
            color=ink(TRUTH),
        )
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylim(bottom=heights.min() - 0.12 * np.ptp(heights))
    said = ", ".join(f"{valley:.2f}" for valley in valleys)
    return Picture(axes.figure, f"The curve of f and its {len(valleys)} valleys at {said}.")


def show_walks(
    grid: Sequence[float],
    heights: Sequence[float],
    walks: Mapping[str, Sequence[float]],
    *,
    low: float | None = None,
    high: float | None = None,
) -> Picture:
    """Walks on one curve, a panel for each entry of `walks`, from the white to the black point.

    The curve is given by its `heights` over `grid`; `low` and `high` cut out a part of it.
    """
    grid, heights = np.asarray(grid, dtype=float), np.asarray(heights, dtype=float)
    low, high = grid[0] if low is None else low, grid[-1] if high is None else high
    shown = (grid >= low) & (grid <= high)
    figure = Figure(figsize=(WIDTH, 0.4 + 1.9 * len(walks)))
    panels = figure.subplots(len(walks), 1, sharex=True, squeeze=False)[:, 0]
    said = []
    for axes, (name, walk) in zip(panels, walks.items(), strict=True):
        _draw_walk(axes, (grid[shown], heights[shown]), walk)
        axes.annotate(
            f"{name}: ends at {_number(walk[-1])}",
            (0.5, 1.0),
            xycoords="axes fraction",
            ha="center",
            va="bottom",
        )
        said.append(f"{name}, from {walk[0]:.4g} to {walk[-1]:.4g}")
    panels[-1].set_xlabel("θ, the parameter")
    return Picture(figure, f"Walks on the curve of f: {'; '.join(said)}.")


def _draw_walk(
    axes: Axes, curve: tuple[Sequence[float], Sequence[float]], walk: Sequence[float]
) -> float:
    """Draw a walk on a curve (grid, heights); the height where it ends."""
    grid, heights = (np.asarray(numbers, dtype=float) for numbers in curve)
    places = np.asarray(walk, dtype=float)
    places = np.where((places >= grid[0]) & (places <= grid[-1]), places, np.nan)
    levels = np.interp(places, grid, heights)
    axes.plot(grid, heights, color=FUNCTION, linewidth=1.6)
    axes.plot(places, levels, color=PATH, marker="o", markersize=4, linewidth=1)
    axes.plot(places[:1], levels[:1], "o", color="white", markeredgecolor=PATH, markersize=9)
    axes.plot(places[-1:], levels[-1:], "o", color=POINT, markersize=7)
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylabel("f(θ)")
    return float(levels[-1])


def _number(value: float, form: str = ".4g") -> str:
    """A number for a label, with the minus sign that the axes have."""
    return format(value, form).replace("-", "−")


def show_basins(
    starts: Sequence[float],
    steps: Sequence[float],
    ends: np.ndarray,
    curve: tuple[Sequence[float], Sequence[float]],
    walk: Sequence[float],
    η: float,
) -> Picture:
    """Where descent ends, for every start (across) and step size (up): the darker, the lower.

    `ends` holds the height at the end, a row for each step size. Below the map stands the
    `curve`, (grid, heights), with one `walk` of step size η, which the white point marks.
    """
    figure = Figure(figsize=(WIDTH, 6.2))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.3, 1))
    image = above.imshow(
        ends,
        origin="lower",
        extent=(starts[0], starts[-1], steps[0], steps[-1]),
        aspect="auto",
        cmap="cividis",
        norm=matplotlib.colors.BoundaryNorm(np.linspace(0, 6, 13), 256, extend="max"),
        interpolation="nearest",
    )
    bar = figure.colorbar(image, ax=(above, below), ticks=range(7))
    bar.set_label("f(θ) at the end of the walk")
    above.set_ylabel("η, the step size")
    above.plot([walk[0]], [η], "o", color="white", markeredgecolor=POINT, markersize=11)
    last = _draw_walk(below, curve, walk)
    below.set_xlabel("θ, the parameter")
    words = f"Where descent ends, for {ends.shape[1]} starts and {ends.shape[0]} step sizes"
    words += f"; the walk from θ = {walk[0]:.4g} with η = {η:.3g} ends at {walk[-1]:.4g}"
    return Picture(figure, f"{words}, at height {last:.3g}.")


# ---------------------------------------------------------------- networks


def show_borders(
    points: np.ndarray, signs: np.ndarray, nets: Mapping[str, Sequence[np.ndarray]]
) -> Picture:
    """The border of a classifier with one hidden layer of ReLU units, a panel for each net.

    `points` has two columns, `signs` are +1 or -1; a net is its arrays (W1, b1, W2, b2), and
    says + where W2 · relu(W1 x + b1) + b2 is above 0. Grey lines: where a unit switches on.
    """
    figure = Figure(figsize=(WIDTH, 4.4 if len(nets) == 1 else 2.5))
    panels = figure.subplots(1, len(nets), sharey=True, squeeze=False)[0]
    low, high = points.min(axis=0) - 0.3, points.max(axis=0) + 0.3
    across, up = (np.linspace(low[i], high[i], 101) for i in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    said = []
    for axes, (name, given) in zip(panels, nets.items(), strict=True):
        # Two machines may differ in the sixteenth digit, and that can move a pixel.
        net = [np.round(array, 9) for array in given]
        scores = _scores(grid, net)
        axes.contourf(across, up, scores, [-1e9, 0, 1e9], colors=[_CLASSES(0.0), _CLASSES(1.0)])
        axes.contour(across, up, scores, [0], colors=BLACK, linewidths=1.6)
        # Not drawn: the fingerprint reads images, and contours hold no data.
        axes.imshow(scores, aspect="auto", visible=False)
        for (w1, w2), b in zip(net[0], net[1], strict=True):
            if np.hypot(w1, w2) > 0:
                foot = -b * np.array([w1, w2]) / (w1**2 + w2**2)
                axes.axline(foot, foot + np.array([-w2, w1]), color=GREY, linewidth=0.6)
        for sign, colour, marker in ((1, BLUE, "o"), (-1, ORANGE, "s")):
            axes.plot(*points[signs == sign].T, marker, color=colour, markersize=3)
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(low[1], high[1])
        wrong = int(np.sum((_scores(points, net) > 0) != (signs > 0)))
        axes.set_title(f"{name}\n{wrong} wrong", fontsize=11)
        axes.set_xlabel("x₁")
        said.append(f"{name}, {wrong} of {len(points)} points on the wrong side")
    panels[0].set_ylabel("x₂")
    return Picture(figure, f"The border of a classifier: {'; '.join(said)}.")


def _scores(points: np.ndarray, net: Sequence[np.ndarray]) -> np.ndarray:
    W1, b1, W2, b2 = net
    return (np.maximum(points @ W1.T + b1, 0) @ W2.T + b2)[..., 0]


def show_activity(
    points: np.ndarray, nets: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> Picture:
    """Which ReLU units (up) are on for which points (across), a panel for each (W1, b1).

    Blue is on. The busiest units stand on top; those at the bottom without any blue are dead.
    """
    figure = Figure(figsize=(WIDTH, 3.0))
    panels = figure.subplots(1, len(nets), sharey=True, squeeze=False)[0]
    look = matplotlib.colors.ListedColormap(["#F2F2F2", FUNCTION])
    said = []
    for axes, (name, (W1, b1)) in zip(panels, nets.items(), strict=True):
        on = (points @ W1.T + b1 > 0).T
        dead = int(np.sum(~on.any(axis=1)))
        on = on[np.argsort(-on.sum(axis=1), kind="stable")]
        axes.imshow(on, aspect="auto", cmap=look, vmin=0, vmax=1, interpolation="nearest")
        axes.set_title(f"{name}: {dead} dead", fontsize=11)
        axes.set_xlabel("points")
        axes.set_yticks([])
        said.append(f"{name}, {dead} of {len(on)} are on for no point")
    panels[0].set_ylabel("hidden units")
    return Picture(figure, f"Which units are on for which points: {'; '.join(said)}.")
