"""The pictures of lecture 12: a curve, and the parabolas that Newton's method jumps along."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from figures import FUNCTION, PATH, POINT, TRUTH, Picture, new_axes, values


def show_newton(
    f: Callable[[float], Any],
    walk: Sequence[tuple[float, float, float]],
    *,
    low: float = -3.2,
    high: float = 3.2,
    title: str = "",
) -> Picture:
    """The curve of `f`, and Newton's walk on it.

    `walk` holds (x, slope, curvature) for each point. Through each of the first three that are
    on the map goes the dashed parabola with that slope and curvature; its flat point is where
    the next x lies.
    """
    axes = new_axes("x, the input", "f(x), the output", height=4.0)
    axes.set_title(title)
    across = np.linspace(low, high, 241)
    heights = values(f, across)
    axes.plot(across, heights, color=FUNCTION)
    reach = np.ptp(heights)
    axes.set_ylim(heights.min() - 0.35 * reach, heights.max() + 0.35 * reach)
    # What is 0 up to rounding differs between machines.
    points = [round(x, 9) + 0.0 for x, _, _ in walk]
    for number, (x, slope, curvature) in enumerate(walk[:3]):
        if not low <= x <= high:
            continue
        moved = across - x
        parabola = float(f(x)) + slope * moved + curvature * moved**2 / 2
        axes.plot(across, parabola, color=PATH, linestyle="--", linewidth=1.4 - 0.3 * number)
    inside = [x for x in points if low <= x <= high]
    axes.plot(inside, values(f, np.array(inside)), "o", color=POINT, markersize=6)
    for number, x in enumerate(points[:3]):
        if low <= x <= high:
            axes.annotate(
                str(number), (x, float(f(x))), xytext=(5, 8), textcoords="offset points"
            )
    axes.set_xlim(low, high)
    if low <= points[-1] <= high:
        axes.axvline(points[-1], color=TRUTH, linewidth=1, linestyle=":")
    visited = ", ".join(f"{x:.3g}" for x in points)
    end = "." if low <= points[-1] <= high else ": off the map."
    where = f" on {title}" if title else ""
    return Picture(axes.figure, f"Newton's walk{where} visits x = {visited}{end}")
