"""The pictures of walks on a curve with many valleys, and the map of where they end."""

from collections.abc import Mapping, Sequence

import numpy as np
from figures import FUNCTION, PATH, POINT, TRUTH, WIDTH, Picture, ink, new_axes
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure


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
        norm=BoundaryNorm(np.linspace(0, 6, 13), 256, extend="max"),
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
