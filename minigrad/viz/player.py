"""The backprop player: a small graph that can be walked through, forward and backward.

`player(f, x, w)` returns a page fragment that needs no kernel, no network and no library: an
SVG drawing, the steps that `walk.py` has worked out, and a script that shows one after the
other. In quiz mode the reader types the next number. Where scripts do not run, the drawing and
the list of steps remain. The same graph gives the same bytes.
"""

from __future__ import annotations

import hashlib
import html
import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from minigrad import errors, usercode
from minigrad.node import Node, Output, TensorBase

from .drawing import smooth_path
from .layout import Layout, lay_out
from .story import Step, tell
from .text import array_text
from .tracing import traced
from .walk import Box, Walk, take_down

ROW = 19.0
CHARACTER = 7.7  # mean advance of the 14-pixel font, on the wide side
MARGIN = 10.0


def player(
    function: Callable[..., Any] | Any,
    *inputs: Any,
    names: Mapping[str, Any] | None = None,
    cotangent: Any = None,
    quiz: bool = False,
) -> Player:
    """Show how a result is computed, and how its derivative finds the way back.

    Args:
        function: a function of the inputs, of up to 60 operations. It is run once. Or, without
            inputs, a tensor that was computed already: its graph has kept only the values that
            some derivative needs, and what cannot be told from them is shown as not kept.
        inputs: tensors; those with requires_grad=True are the leaves.
        names: names for tensors, as `dict(x=x)`. By default those of the function's
            arguments, or of variables of the calling code.
        cotangent: where the way back starts, in the shape of the result; 1 for a single number.
        quiz: start in quiz mode.

    Returns:
        What a notebook shows; `.save("walk.html")` writes a page of its own.

    Raises:
        TypeError: for a result that is not a tensor.
        RuntimeError: for a result without a graph, or of several numbers without a cotangent.
        ValueError: for a graph that is too large.
    """
    found: Mapping[Node | Output, Any] = {}
    known = _argument_names(function, inputs) if inputs else {}
    if isinstance(function, TensorBase) and not inputs:
        result: Any = function
    elif callable(function):
        result, found = traced(function, inputs)
    else:
        raise TypeError(
            "player takes a function and its inputs, as in player(f, x), or a tensor, "
            f"but got {errors.type_name(function)}"
        )
    if not isinstance(result, TensorBase):
        raise TypeError(
            f"the function must return one tensor to start back from, but got "
            f"{errors.type_name(result)}"
        )
    known = {**_variable_names(), **known, **_by_id(names or {})}
    return Player(take_down(result, known, found, cotangent), quiz)


_WITHOUT_SCRIPT = (
    "Here stands a player with buttons. If you see none, run this cell: "
    "a notebook that is not yet trusted shows its words alone."
)


class Player:
    """A walk through a graph, ready to be shown."""

    def __init__(self, walk: Walk, quiz: bool) -> None:
        self.walk = walk
        self.steps = tell(walk)
        self.quiz = quiz

    def __repr__(self) -> str:
        return f"<backprop player of {len(self.steps)} steps>"

    def __str__(self) -> str:
        """The steps as plain text."""
        lines = [_plain(step.text) for step in self.steps]
        return "\n".join(f"{i:>2}. {line}" for i, line in enumerate(lines))

    def _repr_html_(self) -> str:
        return self.html

    @property
    def html(self) -> str:
        """The page fragment."""
        sheet, script = _asset("player.css"), _asset("player.js")
        # Players of different versions on one page must not share a definition.
        tag = "minigrad-player-" + hashlib.sha256((sheet + script).encode()).hexdigest()[:8]
        script = script.replace('"minigrad-player"', json.dumps(tag))
        drawing = _Drawing(self.walk, self.steps)
        data = {
            "sheet": sheet,
            "startWithQuiz": self.quiz,
            "steps": [asdict(step) for step in self.steps],
            "ends": [[arrow.tail, arrow.head] for arrow in self.walk.arrows],
            "layouts": {name: asdict(placed) for name, placed in drawing.placed.items()},
        }
        packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        packed = packed.replace("<", "\\u003c")
        steps = "".join(f"<li>{step.text}</li>" for step in self.steps)
        # The attribute keeps JupyterLab from taking the arrow keys for itself. The script hides
        # the rest; of a notebook that is not trusted JupyterLab shows the words and no script.
        return (
            f'<{tag} data-lm-suppress-shortcuts="true"><p>{_WITHOUT_SCRIPT}</p>{drawing.svg()}'
            f"<details><summary>The steps, one by one</summary><ol>{steps}</ol></details>"
            f'<script type="application/json">{packed}</script></{tag}>\n'
            f"<script>{script}</script>"
        )

    def save(self, path: str | Path) -> None:
        """Write a page that shows nothing but this."""
        page = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark">'
            f"<title>{html.escape(_title(self.walk))}</title></head>\n"
            f"<body>{self.html}</body></html>\n"
        )
        Path(path).write_text(page, encoding="utf-8")


@dataclass
class _Placed:
    """One layout in the form that the script wants."""

    width: float
    height: float
    boxes: list[tuple[float, float]]
    paths: list[str]
    labels: list[tuple[float, float]]


class _Drawing:
    """The walk as SVG, for wide columns (left to right) and for narrow ones (downwards)."""

    def __init__(self, walk: Walk, steps: list[Step]) -> None:
        self.walk = walk
        self.steps = steps
        self.rows = [self.texts(i, box) for i, box in enumerate(walk.boxes)]
        self.sizes = [self.size(i, rows) for i, rows in enumerate(self.rows)]
        self.local = ["" for _ in walk.arrows]
        for step in steps:
            if step.arrow is not None and step.local:
                self.local[step.arrow] = step.local
        edges = [(arrow.tail, arrow.head) for arrow in walk.arrows]
        widest = max((len(text) for text in self.local), default=0) * CHARACTER
        wide = lay_out(self.sizes, edges, gap=26, layer_gap=max(30 + widest, 56), sideways=True)
        tall = lay_out(self.sizes, edges, gap=22, layer_gap=54)
        self.placed = {"wide": self.place(wide, True), "tall": self.place(tall, False)}

    def texts(self, i: int, box: Box) -> dict[str, str]:
        """The rows of a box when all is done."""
        title = box.name if box.kind == "leaf" else f"{box.name} = {box.expression}"
        last = {step.sets: step.shown for step in self.steps if step.box == i}
        rows = {
            "title": title,
            "value": array_text(box.value) if box.kind == "leaf" else last.get("value", ""),
            "cotangent": last.get("cotangent", ""),
        }
        if box.keeps:
            rows["keeps"] = f"keeps {', '.join(box.keeps)}"
        return rows

    def size(self, i: int, rows: Mapping[str, str]) -> tuple[float, float]:
        """Width and height of a box: room for everything that will ever stand in it."""
        lengths = [len(rows["title"]), len(rows["value"]), len(rows.get("keeps", ""))]
        for step in self.steps:
            if step.box == i and step.sets == "cotangent":
                lengths.append(len(step.shown))
        lines = 4 if "keeps" in rows else 3
        return round(max(max(lengths) * CHARACTER, 60.0) + 20, 1), lines * ROW + 10

    def place(self, layout: Layout, sideways: bool) -> _Placed:
        """Positions and paths with a margin, arrows cut off at the border of the boxes."""
        shift = MARGIN
        boxes = [(round(x + shift, 1), round(y + shift, 1)) for x, y in layout.centres]
        lanes = _lanes([(arrow.tail, arrow.head) for arrow in self.walk.arrows])
        paths, labels = [], []
        for arrow, route, lane in zip(self.walk.arrows, layout.routes, lanes, strict=True):
            points = [(x + shift, y + shift) for x, y in route]
            points = _cut(
                points, self.sizes[arrow.tail], self.sizes[arrow.head], sideways, lane
            )
            paths.append(smooth_path(points, sideways))
            (ax, ay), (bx, by) = points[-2:]
            labels.append((round((ax + bx) / 2, 1), round((ay + by) / 2, 1)))
        width = round(layout.width + 2 * shift, 1)
        height = round(layout.height + 2 * shift, 1)
        return _Placed(width, height, boxes, paths, labels)

    def svg(self) -> str:
        """The drawing as it stands at the end, for readers without scripts."""
        placed = self.placed["wide"]
        shapes = [
            '<defs><marker id="minigrad-tip" viewBox="0 0 8 8" refX="7" refY="4" '
            'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            '<path class="tip" d="M0,0L8,4L0,8z"/></marker></defs>'
        ]
        shapes += [
            f'<path class="arrow" d="{path}" fill="none" stroke="gray" '
            'marker-end="url(#minigrad-tip)"/>'
            for path in placed.paths
        ]
        for box, rows, size, at in zip(
            self.walk.boxes, self.rows, self.sizes, placed.boxes, strict=True
        ):
            shapes.append(_box_svg(box.kind, rows, size, at))
        for text, at in zip(self.local, placed.labels, strict=True):
            shapes.append(_label_svg(text, at))
        label = html.escape(_title(self.walk), quote=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
            f'width="{placed.width}" height="{placed.height}" '
            f'viewBox="0 0 {placed.width} {placed.height}" font-family="sans-serif" '
            f'font-size="14" fill="currentColor">{"".join(shapes)}</svg>'
        )


def _title(walk: Walk) -> str:
    box = walk.boxes[walk.output]
    return f"Backprop player: the graph of {box.name} = {box.expression}"


def _box_svg(
    kind: str, rows: Mapping[str, str], size: tuple[float, float], at: tuple[float, float]
) -> str:
    width, height = size
    top = -height / 2
    lines = []
    for i, name in enumerate(("title", "value", "cotangent", "keeps")):
        if name not in rows:
            continue
        lines.append(
            f'<text class="{name}" y="{top + ROW * (i + 1):.1f}" text-anchor="middle">'
            f"{html.escape(rows[name])}</text>"
        )
    return (
        f'<g class="box {kind}" transform="translate({at[0]},{at[1]})">'
        f'<rect x="{-width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="8" fill="none" stroke="gray"/>{"".join(lines)}</g>'
    )


def _label_svg(text: str, at: tuple[float, float]) -> str:
    width = len(text) * CHARACTER * 0.9 + 10
    return (
        f'<g class="label" transform="translate({at[0]},{at[1]})">'
        f'<rect x="{-width / 2:.1f}" y="-10" width="{width:.1f}" height="20" rx="6" '
        f'fill="none"/><text y="4.5" text-anchor="middle">{html.escape(text)}</text></g>'
    )


def _lanes(edges: list[tuple[int, int]]) -> list[float]:
    """A sideways shift for arrows between the same two boxes, so that they lie apart."""
    return [
        (edges[:i].count(edge) - (edges.count(edge) - 1) / 2) * 26
        for i, edge in enumerate(edges)
    ]


def _cut(
    points: list[tuple[float, float]],
    tail: tuple[float, float],
    head: tuple[float, float],
    sideways: bool,
    lane: float,
) -> list[tuple[float, float]]:
    """Begin and end at the border of the boxes, in the middle of the side facing the flow."""
    along = 0 if sideways else 1

    def moved(point: tuple[float, float], forward: float) -> tuple[float, float]:
        x, y = point
        return (x + forward, y + lane) if sideways else (x + lane, y + forward)

    first, last = points[0], points[-1]
    between = [moved(point, 0.0) for point in points[1:-1]]
    return [moved(first, tail[along] / 2), *between, moved(last, -head[along] / 2)]


def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def _by_id(names: Mapping[str, Any]) -> dict[int, str]:
    for name, tensor in names.items():
        if not isinstance(tensor, TensorBase):
            raise TypeError(
                "names gives tensors their names, as in names=dict(x=x), but got "
                f"{name!r}: {errors.type_name(tensor)}"
            )
    return {id(tensor._node or tensor): name for name, tensor in names.items()}


def _argument_names(function: Any, inputs: tuple[Any, ...]) -> dict[int, str]:
    """The names that a function gives its arguments."""
    try:
        bound = inspect.signature(function).bind(*inputs)
    except (TypeError, ValueError):
        return {}
    return {
        id(value): name
        for name, value in bound.arguments.items()
        if isinstance(value, TensorBase)
    }


def _variable_names() -> dict[int, str]:
    """The names of the tensors in the calling code."""
    caller = usercode.frame()
    found: dict[int, str] = {}
    for names in (caller.f_locals, caller.f_globals) if caller is not None else ():
        for name, value in list(names.items()):
            if isinstance(value, TensorBase) and not name.startswith("_"):
                found.setdefault(id(value._node or value), name)
    return found
