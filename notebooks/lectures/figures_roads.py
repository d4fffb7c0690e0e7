"""The pictures of roads: a nudge along a chain, slopes on arrows, a product's area."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from figures import FUNCTION, GREY, PATH, POINT, WIDTH, Picture, ink
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle


def show_nudge(
    links: Sequence[tuple[str, Callable[[float], float], Callable[[float], float]]],
    at: float,
    nudge: float = 0.1,
    *,
    names: str = "xszuvw",
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
    # In the order of the places: one graph is drawn in one way, however its arrows were given.
    for start, end in sorted(pairs, key=lambda pair: (places[pair[0]], places[pair[1]])):
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
            Rectangle(
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
