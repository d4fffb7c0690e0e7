"""A student's derivative against the measured one, as a small picture for the feedback page.

It shows what the visible check compared and nothing else: points that the check names in the
student's own notebook, and the slope that a difference quotient gives there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from graders.report import Seen

_WIDTH, _HEIGHT = 280, 160
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 8, 24  # the margins
_FIGURE = Markup(
    '<figure class="curve"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    '<figcaption><span class="yours">○ yours</span> <span class="numerical">■ measured by a '
    "difference quotient</span></figcaption></figure>"
)
_FARTHEST = 3  # times the height of the right curve; what lies beyond is drawn at the edge


def curve(seen: Seen | None) -> Markup:
    """Inline SVG in the page's colours, and the same in words; empty without a curve."""
    points = _points(seen) if seen else []
    if len(points) < 2:
        return Markup("")
    x_low, x_high = _span([x for x, _, _ in points])
    right = [numerical for _, _, numerical in points]
    y_low, y_high = _window([yours for _, yours, _ in points], right)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - x_low) / (x_high - x_low)
        up = (min(max(y, y_low), y_high) - y_low) / (y_high - y_low)
        return (
            round(_LEFT + across * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    mine = [place(x, yours) for x, yours, _ in points]
    theirs = [place(x, numerical) for x, _, numerical in points]
    drawn = [
        *_across(_ticks(y_low, y_high), lambda y: place(x_low, y)[1]),
        *_below(_ticks(x_low, x_high), lambda x: place(x, y_low)[0]),
        _line("right", theirs),
        *(
            Markup('<rect x="{}" y="{}" width="5" height="5"/>').format(x - 2.5, y - 2.5)
            for x, y in theirs
        ),
        *(_line("gap", pair) for pair in zip(mine, theirs, strict=True)),
        *(Markup('<circle cx="{}" cy="{}" r="3.2"/>').format(x, y) for x, y in mine),
    ]
    return _FIGURE.format(_WIDTH, _HEIGHT, _in_words(points), Markup("").join(drawn))


def _points(seen: Seen) -> list[tuple[float, float, float]]:
    rows = zip(seen.x, seen.yours, seen.numerical, strict=True)
    return [row for row in rows if None not in row]


def _in_words(points: list[tuple[float, float, float]]) -> str:
    x, yours, numerical = max(points, key=lambda point: abs(point[1] - point[2]))
    return (
        f"Your derivative and the measured one at {len(points)} points from "
        f"x = {points[0][0]:g} to {points[-1][0]:g}. They are farthest apart at x = {x:g}, "
        f"where yours is {yours:.4g} and the measured one {numerical:.4g}."
    )


def _window(yours: list[float], right: list[float]) -> tuple[float, float]:
    low, high = _span(right)
    reach = _FARTHEST * (high - low)
    return _span([max(min(*yours, low), low - reach), min(max(*yours, high), high + reach)])


def _span(numbers: list[float]) -> tuple[float, float]:
    low, high = min(numbers), max(numbers)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _ticks(low: float, high: float) -> Iterator[float]:
    ticks = MaxNLocator(nbins=4, steps=[1, 2, 5, 10]).tick_values(low, high)
    return (float(tick) for tick in ticks if low <= tick <= high)


def _across(ticks: Iterable[float], height) -> Iterator[Markup]:
    for tick in ticks:
        y = height(tick)
        line = Markup('<line x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            _LEFT, _WIDTH - _RIGHT, y, y
        )
        text = Markup('<text x="{}" y="{}" text-anchor="end">{:g}</text>')
        yield line + text.format(_LEFT - 5, y + 3.5, round(tick, 10))


def _below(ticks: Iterable[float], place) -> Iterator[Markup]:
    text = Markup('<text x="{}" y="{}" text-anchor="middle">{:g}</text>')
    for tick in ticks:
        yield text.format(place(tick), _HEIGHT - 8, round(tick, 10))


def _line(name: str, points: Iterable[tuple[float, float]]) -> Markup:
    path = " ".join(f"{x},{y}" for x, y in points)
    return Markup('<polyline class="{}" points="{}"/>').format(name, path)
