"""The pictures of lecture 13, where the reader's own engine is drawn.

They read nothing but what its `Node` has: `data`, and the pairs (input, local derivative) in
`inputs`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from figures import FUNCTION, PATH, Picture, new_axes, values
from figures_roads import show_graph


def show_record(names: Mapping[str, Any], *, height: float = 2.8) -> Picture:
    """The record behind some nodes: a box a node, and on each arrow the local derivative.

    `names` maps a name to its node, and names every node that is to be drawn. Arrows between
    the same two boxes are drawn as one, with both numbers on it.
    """
    called = {id(node): name for name, node in names.items()}
    written: dict[str, list[str]] = {}
    for name, node in names.items():
        for source, slope in node.inputs:
            if id(source) in called:
                written.setdefault(f"{called[id(source)]}→{name}", []).append(f"{slope:.4g}")
    arrows = {arrow: " and ".join(slopes) for arrow, slopes in written.items()}
    boxes = {name: f"{name} = {node.data:.4g}" for name, node in names.items()}
    return show_graph(arrows, names=boxes, height=height)


def show_fitted(
    points: Sequence[tuple[float, float]], curve: Callable[[float], float], title: str
) -> Picture:
    """The points (x, y) and the curve that was fitted to them, with its mean squared error."""
    xs, ys = np.array(points).T
    # A training that breaks is shown as well, and its loss may have left the range of floats.
    with np.errstate(over="ignore", invalid="ignore"):
        loss = float(np.mean((values(curve, xs) - ys) ** 2))
    axes = new_axes("x, the input", "y, the output")
    across = np.linspace(xs.min(), xs.max(), 161)
    axes.plot(across, values(curve, across), color=PATH)
    axes.plot(xs, ys, "o", color=FUNCTION, markersize=7)
    axes.set_ylim(-1.8, 1.8)
    axes.set_title(f"{title}: L = {loss:.2g}")
    return Picture(
        axes.figure,
        f"{len(points)} points and a fitted curve, {title}: its loss is {loss:.2g}.",
    )
