"""A drawing in Graphviz's language, which shows itself with or without Graphviz at hand.

Up to a size that fits a page, the picture is laid out here: it needs nothing, and is the same
on every machine, so that stored notebooks stay as they are. Larger drawings, and formats other
than SVG, are left to Graphviz: its library, if pygraphviz is installed, or its program `dot`.
"""

from __future__ import annotations

import math
import re
import shutil
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from .layout import Layout, lay_out

FITS_A_PAGE = 150  # boxes
LARGEST_OWN_DRAWING = 400

# Graphviz's (X11's) colours that are not CSS's.
COLOURS = {"darkolivegreen1": "#caff70", "darkolivegreen3": "#a2cd5a"}

FONT_SIZE = 12.0
LINE_HEIGHT = 1.25 * FONT_SIZE
CHARACTER = 0.62 * FONT_SIZE  # the advance of a monospaced font
PADDING = 8.0


class Drawing:
    """A directed graph: `graphviz.Digraph` as far as a drawing of a graph needs it.

    Attributes:
        body: the statements, one line each, in the order they were made.
        graph_attr, node_attr, edge_attr: attributes of the whole, of all nodes, of all edges.
        format: of the file that `render` writes.
    """

    def __init__(
        self,
        *,
        graph_attr: Mapping[str, str] | None = None,
        node_attr: Mapping[str, str] | None = None,
        edge_attr: Mapping[str, str] | None = None,
        format: str = "pdf",
    ) -> None:
        self.graph_attr = dict(graph_attr or {})
        self.node_attr = dict(node_attr or {})
        self.edge_attr = dict(edge_attr or {})
        self.format = format
        self.body: list[str] = []
        self._nodes: dict[str, dict[str, str]] = {}
        self._edges: list[tuple[str, str, dict[str, str]]] = []

    def node(self, name: str, label: str | None = None, **attributes: str) -> None:
        """Add a box, or change one."""
        if label is not None:
            attributes = {"label": label, **attributes}
        self._nodes.setdefault(name, {}).update(attributes)
        self.body.append(f"\t{_quoted(name)}{_bracketed(attributes)}\n")

    def edge(
        self, tail_name: str, head_name: str, label: str | None = None, **attributes: str
    ) -> None:
        """Add an arrow from one box to another."""
        if label is not None:
            attributes = {"label": label, **attributes}
        self._edges.append((tail_name, head_name, attributes))
        for name in (tail_name, head_name):
            self._nodes.setdefault(name, {})
        self.body.append(
            f"\t{_quoted(tail_name)} -> {_quoted(head_name)}{_bracketed(attributes)}\n"
        )

    def attr(self, kw: str | None = None, **attributes: str) -> None:
        """Set attributes of the "graph" (by default), of every "node" or of every "edge"."""
        targets = {"graph": self.graph_attr, "node": self.node_attr, "edge": self.edge_attr}
        if kw is not None and kw not in targets:
            raise ValueError(f"attr sets attributes of graph, node or edge, not of {kw!r}")
        targets[kw or "graph"].update(attributes)

    @property
    def source(self) -> str:
        """The drawing in the DOT language."""
        heads = [
            f"\t{kind}{_bracketed(attributes)}\n"
            for kind, attributes in (
                ("graph", self.graph_attr),
                ("node", self.node_attr),
                ("edge", self.edge_attr),
            )
            if attributes
        ]
        return "".join(["digraph {\n", *heads, *self.body, "}\n"])

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"<drawing of {len(self._nodes)} boxes and {len(self._edges)} arrows>"

    def pipe(self, format: str | None = None, encoding: str | None = None) -> Any:
        """The picture as bytes, or as text if an encoding is given.

        Args:
            format: "svg", "png", "pdf" ...; by default the attribute `format`.
            encoding: such as "utf-8", for text formats.

        Raises:
            RuntimeError: for a format other than svg where there is no Graphviz.
        """
        wanted = format or self.format
        picture = None
        if wanted != "svg" or len(self._nodes) > FITS_A_PAGE:
            picture = _by_library(self.source, wanted) or _by_program(self.source, wanted)
        if picture is None and wanted == "svg":
            picture = self.plain_svg().encode()
        if picture is None:
            raise RuntimeError(
                f"a {wanted} file needs Graphviz, and there is none on this machine. Install "
                "it (pip install pygraphviz), or ask for format='svg', which needs nothing"
            )
        return picture if encoding is None else picture.decode(encoding)

    def render(
        self,
        filename: str | Path = "graph.gv",
        directory: str | Path | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
    ) -> str:
        """Write the source and, beside it, the picture; returns the picture's path.

        Args:
            filename: of the source; the picture's name is this with the format appended.
            directory: where to write; it is made if need be.
            view: not offered, since notebooks show the drawing itself.
            cleanup: remove the source again.
            format: by default the attribute `format`.
        """
        if view:
            raise RuntimeError("minigrad opens no windows: open the file that render() returns")
        wanted = format or self.format
        source = Path(directory or "") / filename
        picture = self.pipe(wanted)
        source.parent.mkdir(parents=True, exist_ok=True)
        target = source.with_name(f"{source.name}.{wanted}")
        target.write_bytes(picture)
        if not cleanup:
            source.write_text(self.source, encoding="utf-8")
        return str(target)

    def save(self, filename: str | Path = "graph.gv", directory: str | Path = "") -> str:
        """Write the source; returns its path."""
        path = Path(directory) / filename
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.source, encoding="utf-8")
        return str(path)

    def _repr_svg_(self) -> str:
        text: str = self.pipe("svg", encoding="utf-8")
        # What Graphviz writes before the element is its version.
        return text[text.index("<svg") :]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"image/svg+xml": self._repr_svg_(), "text/plain": repr(self)}
        return {
            kind: value
            for kind, value in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }

    def plain_svg(self) -> str:
        """The picture by our own layout, which needs no Graphviz."""
        if len(self._nodes) > LARGEST_OWN_DRAWING:
            return _message(
                f"{len(self._nodes)} boxes are too many to draw without Graphviz "
                "(pip install pygraphviz). The source is in .source"
            )
        names = {name: i for i, name in enumerate(self._nodes)}
        lines = [self._label(name).split("\n") for name in self._nodes]
        sizes = [_box_size(text) for text in lines]
        edges = []
        for tail, head, attributes in self._edges:
            # What an operation keeps comes before it, however the line was asked for.
            pair = (head, tail) if attributes.get("dir") == "none" else (tail, head)
            edges.append((names[pair[0]], names[pair[1]]))
        layout = lay_out(sizes, edges)
        shapes = [
            _arrow(route, sizes[head][1], attributes)
            for route, (_, head), (_, _, attributes) in zip(
                layout.routes, edges, self._edges, strict=True
            )
        ]
        for text, size, centre, name in zip(
            lines, sizes, layout.centres, self._nodes, strict=True
        ):
            shapes.append(_box(text, size, centre, self._nodes[name].get("fillcolor")))
        return _page(layout, shapes)

    def _label(self, name: str) -> str:
        return self._nodes[name].get("label", name)


def _quoted(text: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*|-?\d+(\.\d+)?", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _bracketed(attributes: Mapping[str, str]) -> str:
    pairs = [f"{name}={_quoted(str(value))}" for name, value in attributes.items()]
    return f" [{' '.join(pairs)}]" if pairs else ""


# The library runs in a process of its own: on some graphs it crashes, and a notebook's kernel
# must not go with it. What it has to say of fonts on stderr stays there as well.
LIBRARY_CALL = """
import sys, pygraphviz
source = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(pygraphviz.AGraph(string=source).draw(format=sys.argv[1], prog="dot"))
"""


def _by_library(source: str, format: str) -> bytes | None:
    return _output_of([sys.executable, "-c", LIBRARY_CALL, format], source)


def _by_program(source: str, format: str) -> bytes | None:
    program = shutil.which("dot")
    return None if program is None else _output_of([program, f"-T{format}"], source)


def _output_of(command: list[str], source: str) -> bytes | None:
    import subprocess  # slow to import, and seldom wanted

    done = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
    return done.stdout if done.returncode == 0 and done.stdout else None


def _box_size(lines: list[str]) -> tuple[float, float]:
    longest = max(len(line) for line in lines)
    return longest * CHARACTER + 2 * PADDING, len(lines) * LINE_HEIGHT + PADDING


def _box(
    lines: list[str], size: tuple[float, float], centre: tuple[float, float], fill: str | None
) -> str:
    (width, height), (x, y) = size, centre
    colour = COLOURS.get(fill or "", fill or "lightgrey")
    top = y - (len(lines) - 1) * LINE_HEIGHT / 2 + FONT_SIZE * 0.35
    text = "".join(
        f'<tspan x="{x:.1f}" y="{top + i * LINE_HEIGHT:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" fill="{escape(colour)}" stroke="black"/>'
        f'<text text-anchor="middle" xml:space="preserve">{text}</text>'
    )


def _arrow(
    route: list[tuple[float, float]], head_height: float, attributes: Mapping[str, str]
) -> str:
    points = list(route)
    if len(points) < 2:
        return ""
    x, y = points[-1]
    pointed = attributes.get("dir") != "none"
    clearance = head_height / 2 + (1.5 if pointed else 0.0)
    points[-1] = (x, y - clearance if points[-2][1] < y else y + clearance)
    marker = ' marker-end="url(#head)"' if pointed else ""
    dashes = {"dotted": ' stroke-dasharray="1,4"', "dashed": ' stroke-dasharray="5,3"'}
    dash = dashes.get(attributes.get("style", ""), "")
    return f'<path d="{smooth_path(points)}" fill="none" stroke="black"{dash}{marker}/>'


def smooth_path(points: list[tuple[float, float]], sideways: bool = False) -> str:
    """An SVG path through the points that leaves and enters along the direction of flow."""
    (x, y), *rest = points
    path = f"M{x:.1f},{y:.1f}"
    for to_x, to_y in rest:
        if sideways:
            half = (x + to_x) / 2
            path += f"C{half:.1f},{y:.1f} {half:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"
        else:
            half = (y + to_y) / 2
            path += f"C{x:.1f},{half:.1f} {to_x:.1f},{half:.1f} {to_x:.1f},{to_y:.1f}"
        x, y = to_x, to_y
    return path


def _page(layout: Layout, shapes: list[str]) -> str:
    width, height = math.ceil(layout.width) + 8, math.ceil(layout.height) + 8
    head = (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0,0L8,4L0,8z"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="-4 -4 {width} {height}" font-family="monospace" font-size="{FONT_SIZE:g}">'
        f'{head}<rect x="-4" y="-4" width="100%" height="100%" fill="white"/>'
        f"{''.join(shapes)}</svg>"
    )


def _message(text: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{7 * len(text) + 20}" height="30">'
        f'<text x="8" y="20" font-family="sans-serif" font-size="12">{escape(text)}</text>'
        "</svg>"
    )
