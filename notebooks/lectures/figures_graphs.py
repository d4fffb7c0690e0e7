"""The pictures of recorded graphs, what is counted in them, and the sources read aloud.

Blue is a leaf, green the result, orange what is kept.
"""

import importlib
import inspect
import re
import textwrap
from collections.abc import Sequence
from typing import Any

from figures import GREY, PATH, WIDTH, Picture, Words
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

PIXELS_PER_INCH = 100
NARROWEST = 360  # pixels

# ---------------------------------------------------------------- recorded graphs


def show_drawing(drawing: Any) -> Picture:
    """What `minigrad.viz.make_dot` drew, in the type of the course and with words.

    The result is green, leaves are blue, operations grey, and what they keep is orange. A
    drawing also shows itself, as the last line of a cell.
    """
    from minigrad.viz.layout import lay_out

    boxes, lines = drawing._nodes, drawing._edges
    labels = [_box_words(box.get("label", name)) for name, box in boxes.items()]
    sizes = [_box_size(label) for label in labels]
    numbers = {name: i for i, name in enumerate(boxes)}
    kept = [how.get("dir") == "none" for _, _, how in lines]
    # An arrow goes with the forward pass; what an operation keeps stands before it.
    pairs = [
        (numbers[head], numbers[tail]) if aside else (numbers[tail], numbers[head])
        for (tail, head, _), aside in zip(lines, kept, strict=True)
    ]
    layout = lay_out(sizes, pairs)
    axes = canvas(layout.width, layout.height)
    for route, (_, head), aside in zip(layout.routes, pairs, kept, strict=True):
        x, y = route[-1]
        draw_route(axes, [*route[:-1], (x, y - sizes[head][1] / 2)], aside)
    said = []
    for label, place, box in zip(labels, layout.centres, boxes.values(), strict=True):
        kind, colour = _DRAWN.get(box.get("fillcolor", ""), ("step", "#ECECEC"))
        look = {"boxstyle": "round,pad=0.3", "facecolor": colour, "edgecolor": GREY}
        type_ = {"fontsize": 10.5, "family": "DejaVu Sans Mono"}
        axes.annotate(label, place, ha="center", va="center", bbox=look, zorder=5, **type_)
        said.append(f"{kind} {label.replace(chr(10), ', ')}")
    return Picture(axes.figure, f"A recorded graph: {'; '.join(said)}.")


_DRAWN = {
    "lightblue": ("leaf", "#BFE0F5"),
    "orange": ("kept", "#FBDFA6"),
    "darkolivegreen1": ("result", "#BDE8D8"),
    "darkolivegreen3": ("base", "#8CD0B6"),
}


def _box_words(label: str) -> str:
    """A label without its ruler and with the empty brackets of a single number left out."""
    words = (line.strip() for line in label.split("\n"))
    return "\n".join(line for line in words if line and line != "()" and set(line) != {"-"})


def _box_size(label: str) -> tuple[float, float]:
    """Width and height in pixels of a box around `label`."""
    lines = label.split("\n")
    return 8.2 * max(map(len, lines)) + 18, 16.0 * len(lines) + 12


def canvas(width: float, height: float) -> Axes:
    """Axes without a frame, in pixels that run downwards, with the drawing in the middle.

    No wider than the drawing needs, so that a small one can be read on a telephone.
    """
    margin = 12
    column = round(min(WIDTH * PIXELS_PER_INCH, max(width + 2 * margin, NARROWEST)))
    size = (column / PIXELS_PER_INCH, (height + 2 * margin) / PIXELS_PER_INCH)
    axes = Figure(figsize=size).add_subplot()
    axes.set_axis_off()
    axes.set_xlim((width - column) / 2, (width + column) / 2)
    axes.set_ylim(height + margin, -margin)
    return axes


def draw_route(axes: Axes, route: Sequence[tuple[float, float]], aside: bool) -> None:
    """A smooth line through the points of `route`: an arrow, or dashed to what is kept."""
    (x, y), *rest = route
    points, codes = [(x, y)], [1]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        points += [(x, middle), (to_x, middle), (to_x, to_y)]
        codes += [4, 4, 4]
        x, y = to_x, to_y
    axes.add_patch(
        FancyArrowPatch(
            path=Path(points, codes),
            arrowstyle="-" if aside else "-|>",
            mutation_scale=13,
            linewidth=1.5,
            linestyle=(0, (3, 2)) if aside else "-",
            color=PATH if aside else GREY,
            zorder=2,
        )
    )


# ---------------------------------------------------------------- counting


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


# ---------------------------------------------------------------- sources


def show_source(name: str, start: str | None = None, stop: str | None = None) -> Words:
    """The code of minigrad as it is, for example of "engine.backpropagate", docstring left out.

    With `start`, from the first line that begins with it; with `stop`, up to the line before
    the first one that begins with that. Raises ValueError when the code has no such line, so
    that no lecture goes on explaining what is gone.
    """
    module, _, inside = name.partition(".")
    found: Any = importlib.import_module(f"minigrad.{module}")
    for part in inside.split("."):
        found = getattr(found, part)
    source = inspect.getsource(found)
    lines = source.replace(_docstring(source), "").rstrip().splitlines()
    begin = _line(lines, start, name) if start else 0
    end = begin + 1 + _line(lines[begin + 1 :], stop, name) if stop else len(lines)
    shown = textwrap.dedent("\n".join(line for line in lines[begin:end] if line.strip()))
    return Words(f"```python\n{shown}\n```")


def _docstring(source: str) -> str:
    found = re.search(r'^ +""".*?"""\n', source, re.DOTALL | re.MULTILINE)
    return found.group() if found else "\0"


def _line(lines: Sequence[str], beginning: str, name: str) -> int:
    for number, line in enumerate(lines):
        if line.lstrip().startswith(beginning):
            return number
    raise ValueError(f"minigrad's {name} has no line that begins with {beginning!r} here")
