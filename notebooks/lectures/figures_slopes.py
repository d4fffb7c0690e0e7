"""The pictures of measured slopes: secants, errors against the step, counts against n."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from figures import (
    FUNCTION,
    GREY,
    PATH,
    POINT,
    TECHNIQUES,
    TRUTH,
    Picture,
    end_labels,
    height_of,
    new_axes,
    values,
)


class Counted:
    """A function that counts how often it is called: `calls` starts at 0."""

    def __init__(self, function: Callable[..., Any]):
        self.function = function
        self.calls = 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        return self.function(*arguments)


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
        labels.append((height_of(axes, high, end), f"h = {h:g}: slope {secant:.3g}", PATH))
    if slope is not None:
        axes.plot(line_ends, height + slope * (line_ends - at), color=TRUTH, linestyle="--")
        end = height + slope * (high - at)
        labels.append((height_of(axes, high, end), f"tangent: slope {slope:.3g}", TRUTH))
    axes.plot([at], [height], "o", color=POINT, markersize=8)
    axes.set_xlim(low, high)
    end_labels(axes, labels)
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
        ends.append((height_of(axes, steps[0], shown[0]), name, colour))
        here = int(np.argmin(sizes if at is None else np.abs(np.log10(steps) - np.log10(at))))
        words = "smallest error" if at is None else "error"
        said.append(f"{name}, {words} {sizes[here]:.0e} at h = {steps[here]:.0e}")
        if at is not None:
            axes.plot([steps[here]], [shown[here]], "o", color=POINT, markersize=9)
    end_labels(axes, ends)
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
        axes.plot(xs, ys, color=colour, marker=marker, markersize=5, clip_on=False)
        drawn.append((name, colour, ys))
    axes.set_xlim(min(xs), max(xs))
    end_labels(
        axes, [(height_of(axes, xs[-1], ys[-1]), name, colour) for name, colour, ys in drawn]
    )
    said = "; ".join(f"{name} from {ys[0]:g} to {ys[-1]:g}" for name, _, ys in drawn)
    return Picture(axes.figure, f"{y_label} against {x_label}: {said}.")
