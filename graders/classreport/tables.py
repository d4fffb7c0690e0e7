"""Tables that stay light with 20,000 rows: a first page as HTML, every row as data.

Without a script the first rows stand and can be printed; with it (`tables.js`) the whole
table can be searched, sorted and leafed through, and only a page of it is in the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from graders.plaintext import one_line
from graders.report import Question, Status
from graders.words import points, words

STATIC_ROWS = 100
_STATUSES = tuple(Status)

Outcome = tuple[float | None, int]  # points, and the status by its place in `Status`


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is how a cell is shown and sorted: text, number, correlation (two decimals), share
    (0 to 1) or outcome."""

    title: str
    kind: str = "text"
    help: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` hold a str, a float, an `Outcome` or None a column, as the column's kind says."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]
    search: bool = False

    @property
    def first_rows(self) -> Sequence[Sequence[Any]]:
        return self.rows[:STATIC_ROWS]

    @property
    def data(self) -> Markup:
        """All rows as JSON that cannot end the script element it stands in."""
        cleaned = [
            [one_line(c, 400) if isinstance(c, str) else c for c in r] for r in self.rows
        ]
        kinds = [column.kind for column in self.columns]
        record = {"kinds": kinds, "rows": cleaned}
        return htmlsafe_json_dumps(record, separators=(",", ":"), ensure_ascii=True)


def outcome(question: Question | None) -> Outcome | None:
    return question and (question.points, _STATUSES.index(question.status))


def shown_outcome(cell: Outcome) -> dict[str, str]:
    """What `tables.js` shows for the same cell: points, symbol, class and words."""
    status = _STATUSES[cell[1]]
    shown = words(status)
    return {
        "points": "" if cell[0] is None else points(cell[0]),
        "symbol": shown.symbol,
        "class": status.value,
        "label": shown.label,
    }


def legend() -> Markup:
    """The statuses in order, for the script: class, symbol and label of each."""
    return htmlsafe_json_dumps([(s.value, words(s).symbol, words(s).label) for s in _STATUSES])
