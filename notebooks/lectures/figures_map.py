"""The map of the course: what needs what, drawn from course.json."""

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from figures import FUNCTION, GREY, PATH, POINT, Picture, Words
from figures_graphs import PIXELS_PER_INCH, canvas, draw_route
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch
from matplotlib.textpath import TextPath

POINTS = 10  # the size of the letters

Needs = Mapping[str, Iterable[str]]
Lines = Mapping[str, Sequence[str]]


def read_course() -> dict[str, Any]:
    """The lectures, their ideas and what those need, and the files of minigrad: course.json."""
    return json.loads((Path(__file__).parent / "course.json").read_text(encoding="utf-8"))


def ideas_of(course: Mapping[str, Any] | None = None) -> list[str]:
    """The names of all ideas, in the order of the lectures."""
    return list(_needs(course or read_course()))


def needed_for(goal: str, course: Mapping[str, Any] | None = None) -> list[str]:
    """All ideas that `goal` rests on, directly or not, in the order to learn them."""
    return _rests_on(goal, _needs(course or read_course()))


def show_map(goal: str | None = None) -> Picture:
    """The lectures and their ideas, with arrows from what is needed first.

    With `goal`, the ideas alone that this one rests on: it is framed in black, they in orange.
    """
    course = read_course()
    return _map_of_lectures(course) if goal is None else _way_to(goal, course)


def show_course(part: str = "lectures") -> Words:
    """The lectures, or the files of minigrad, as a list with links."""
    course = read_course()
    if part == "minigrad":
        files = course["minigrad"].items()
        lines = [f"- [{name}](../../minigrad/{name}): {idea}" for name, idea in files]
    else:
        lines = [
            f"- [{lec['file'][:2]} · {lec['title']}]({lec['file']}): {lec['question']}"
            f" ([exercise]({lec['exercise']}))"
            for lec in course["lectures"]
        ]
    return Words("\n".join(lines))


# ---------------------------------------------------------------- what needs what


def _needs(course: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        idea: first
        for lecture in course["lectures"]
        for idea, first in lecture["ideas"].items()
    }


def _rests_on(goal: str, needs: Needs) -> list[str]:
    found, waiting = set(), [goal]
    while waiting:
        for first in needs[waiting.pop()]:
            if first not in found:
                found.add(first)
                waiting.append(first)
    return [box for box in needs if box in found]


def _arrows(needs: Needs) -> list[tuple[str, str]]:
    """From what is needed to what needs it, without those that a longer way makes plain."""
    rests = {box: set(_rests_on(box, needs)) for box in needs}
    return [
        (first, box)
        for box, firsts in needs.items()
        for first in dict.fromkeys(firsts)
        if not any(first in rests[other] for other in firsts)
    ]


# ---------------------------------------------------------------- the two pictures


def _map_of_lectures(course: Mapping[str, Any]) -> Picture:
    home = {idea: lec["file"] for lec in course["lectures"] for idea in lec["ideas"]}
    needs, headings, words = {}, {}, {}
    for lecture in course["lectures"]:
        file, ideas = lecture["file"], lecture["ideas"]
        firsts = [home[first] for firsts in ideas.values() for first in firsts]
        needs[file] = [first for first in firsts if first != file]
        headings[file] = textwrap.wrap(f"{file[:2]}  {lecture['title']}", 18)
        words[file] = list(ideas)
    drawn = _draw(needs, headings, words, dict.fromkeys(needs, FUNCTION))
    said = (f"{' '.join(headings[file])}: {', '.join(words[file])}" for file in needs)
    return Picture(drawn, f"The map of the course, from top to bottom. {'; '.join(said)}.")


def _way_to(goal: str, course: Mapping[str, Any]) -> Picture:
    everything = _needs(course)
    way = [*_rests_on(goal, everything), goal]
    numbers = {i: [lec["file"][:2]] for lec in course["lectures"] for i in lec["ideas"]}
    needs = {idea: everything[idea] for idea in way}
    words = {idea: [idea] for idea in way}
    colours = {idea: POINT if idea == goal else PATH for idea in way}
    others = way[:-1]
    rests = f"it rests on {len(others)} others: {', '.join(others)}" if others else "start here"
    return Picture(_draw(needs, numbers, words, colours), f"The way to “{goal}”: {rests}.")


def _draw(needs: Needs, headings: Lines, words: Lines, colours: Mapping[str, str]) -> Figure:
    """Boxes with a bold heading and words under it, in layers, with arrows downwards."""
    from minigrad.viz.layout import lay_out

    boxes = list(needs)
    lines = [[*headings[box], *words[box]] for box in boxes]
    sizes = [(max(map(_length, text)) + 10, 17.0 * len(text) + 12) for text in lines]
    pairs = [(boxes.index(first), boxes.index(box)) for first, box in _arrows(needs)]
    layout = lay_out(sizes, pairs, gap=10, layer_gap=30)
    axes = canvas(layout.width, layout.height)
    for route, (tail, head) in zip(layout.routes, pairs, strict=True):
        (x0, y0), *between, (x1, y1) = route
        ends = (x0, y0 + sizes[tail][1] / 2), (x1, y1 - sizes[head][1] / 2)
        draw_route(axes, [ends[0], *between, ends[1]], aside=False)
    for box, text, (x, y), (wide, tall) in zip(
        boxes, lines, layout.centres, sizes, strict=True
    ):
        axes.add_patch(_frame(x, y, wide, tall, colours[box]))
        for row, line in enumerate(text):
            bold = row < len(headings[box])
            look = {"color": GREY, "fontweight": "bold"} if bold else {"color": POINT}
            look |= {"fontsize": POINTS, "ha": "center", "va": "center", "zorder": 6}
            axes.annotate(line, (x, y - tall / 2 + 17 * row + 14.5), **look)
    return axes.figure


def _length(line: str) -> float:
    """How many pixels `line` is long in bold letters, with room for the picture's margins."""
    letters = FontProperties(weight="bold", size=POINTS)
    return (
        1.05 * PIXELS_PER_INCH / 72 * TextPath((0, 0), line, prop=letters).get_extents().width
    )


def _frame(x: float, y: float, wide: float, tall: float, colour: str) -> Any:
    look = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.6, "zorder": 5}
    corner = (x - wide / 2 + 3, y - tall / 2 + 3)
    return FancyBboxPatch(corner, wide - 6, tall - 6, boxstyle="round,pad=3", **look)
