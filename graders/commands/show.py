"""What several commands print for people: one report, and how a class run ended.

Everything that comes from a student passes through `graders.plaintext`, for a terminal obeys
escapes. Colour is rich's business: only on a terminal, and not where NO_COLOR is set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graders.plaintext import one_line
from graders.report import Question, Report, Status
from graders.words import points, words

if TYPE_CHECKING:
    from graders.rehearsal import Change

CONSOLE = Console(highlight=False)
ERRORS = Console(stderr=True, highlight=False)

_STYLES = {
    Status.PASSED: "green",
    Status.PARTIAL: "cyan",
    Status.FAILED: "yellow",
    Status.ERROR: "red",
    Status.MISSING: "dim",
    Status.NEEDS_MANUAL: "bold blue",
    Status.HARNESS_ERROR: "bold red",
}


def report(one: Report) -> None:
    """One submission: its marks, each question on a line, and what was noted."""
    marks = f"{points(one.score)} / {points(one.max_score)}"
    CONSOLE.print(
        Text.assemble((one_line(one.submission), "bold"), "  ", marks), soft_wrap=True
    )
    if one.problem is not None:
        CONSOLE.print(Text(f"  {one_line(one.problem)}", style="red"), soft_wrap=True)
    else:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for _ in range(4):
            table.add_column(overflow="fold")
        for question in one.questions:
            table.add_row(*_question(question))
        CONSOLE.print(table)
    for note in one.notes:
        CONSOLE.print(Text(f"  note: {one_line(note)}", style="dim"), soft_wrap=True)
    CONSOLE.file.flush()


def _question(question: Question) -> tuple[Text, ...]:
    said = words(question.status)
    style = _STYLES.get(question.status, "magenta")
    return (
        Text(f"  {said.symbol} {said.label}", style=style),
        Text(f"{points(question.points)} / {points(question.max_points)}"),
        Text(one_line(question.id, 40)),
        Text(one_line(question.message, 300)),
    )


def statuses(counts: dict[Status, int]) -> Table:
    """How many questions ended in which way."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    total = sum(counts.values())
    for status in Status:
        if counts.get(status):
            said = words(status)
            table.add_row(
                Text(f"{said.symbol} {said.label}", style=_STYLES.get(status, "magenta")),
                f"{counts[status]:,}",
                f"{100 * counts[status] / total:.0f} %",
            )
    return table


def changes(found: Sequence[Change]) -> Table:
    """Marks that would be others, one a line."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, justify in (
        *(("student", "left"), ("question", "left"), ("now", "right"), ("then", "right")),
        *(("of", "right"), ("", "left")),
    ):
        table.add_column(name, justify=justify, overflow="fold")
    for change in found:
        said = words(change.status).label
        if change.by_hand is not None:
            said += f"; {points(change.by_hand)} by hand stays"
        table.add_row(
            *(one_line(change.student, 40), one_line(change.question, 60)),
            *(points(change.before), points(change.after), points(change.max_points)),
            Text(said, style=_STYLES.get(change.status, "magenta")),
        )
    return table
