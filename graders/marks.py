"""The table of marks: on a terminal, and as CSV for a spreadsheet.

A mark that does not stand is left blank and says why in words: a spreadsheet that sums the
column must never find a zero that nobody gave.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TextIO

from rich import box
from rich.columns import Columns
from rich.console import Group
from rich.table import Table
from rich.text import Text

from graders.classreport.statistics import Look, looks, mark, pending_by_hand, question_ids
from graders.plaintext import one_line
from graders.report import Report, Status
from graders.words import points, question, words

_STYLES = {
    Status.PASSED: "green",
    Status.PARTIAL: "cyan",
    Status.FAILED: "yellow",
    Status.ERROR: "red",
    Status.TIMEOUT: "magenta",
    Status.MEMORY: "magenta",
    Status.OUTPUT: "magenta",
    Status.CRASHED: "magenta",
    Status.MISSING: "dim",
    Status.NEEDS_MANUAL: "bold blue",
    Status.HARNESS_ERROR: "bold blue",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")
_CELL_LIMIT = 500
_SIGNS_ON_A_LINE = 20


def write_csv(
    file: TextIO, reports: Iterable[Report], *, names: Mapping[str, str] | None = None
) -> None:
    """Write one row a submission; open `file` with `newline=""` and UTF-8.

    `mark` is blank unless it stands, and `decided_points` is what is certain so far. Each
    question has its points (blank while undecided) and its status. Text that a spreadsheet
    would run as a formula begins with an apostrophe (OWASP, CSV injection).
    """
    reports = list(reports)
    names = names or {}
    ids = question_ids(reports)
    writer = csv.writer(file)
    writer.writerow(
        [
            "submission",
            "name",
            "mark",
            "max_mark",
            "stands",
            "decided_points",
            "why",
            *(spreadsheet_text(f"{name}{part}") for name in ids for part in ("", " status")),
        ]
    )
    for report in reports:
        questions = {asked.id: asked for asked in report.questions}
        stands = not report.needs_look
        row = [
            spreadsheet_text(report.submission),
            spreadsheet_text(names.get(report.submission, "")),
            _number(report.score) if stands else "",
            _number(report.max_score),
            "yes" if stands else "no",
            "" if report.problem is not None else _number(report.score),
            spreadsheet_text(" ".join(_reasons(report) + _by_hand(report))),
        ]
        for name in ids:
            asked = questions.get(name)
            row += ["", ""] if asked is None else [_number(asked.points), asked.status.value]
        writer.writerow(row)


def marks_table(
    reports: Iterable[Report],
    *,
    names: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
) -> Table:
    """A rich table for a terminal: a submission a line, its mark, a sign for each question.

    `about` says something about submissions in a column of its own. A mark with `+ ?` has
    questions in it that wait to be marked by hand. Every status has a sign of its own, so
    that no colour is needed; `legend` explains them.
    """
    reports = list(reports)
    ids, pending = question_ids(reports), pending_by_hand(reports)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("submission", no_wrap=True, min_width=16, max_width=28)
    if about is not None:
        table.add_column("", style="dim")
    table.add_column("mark", justify="right", no_wrap=True, min_width=9)
    signs = 2 * min(len(ids), _SIGNS_ON_A_LINE) - 1
    table.add_column("questions", min_width=max(signs, 9), max_width=max(signs, 9))
    for report in reports:
        # Its column may shrink, so that the others need not, and yet it stays on one line.
        told = one_line((about or {}).get(report.submission, ""))
        said = [] if about is None else [Text(told, no_wrap=True, overflow="ellipsis")]
        who = Text(_who(report, names or {}))
        table.add_row(who, *said, _mark(report, pending), _signs(report, ids))
    return table


def legend(reports: Iterable[Report]) -> Group:
    """What the signs of `marks_table` stand for, and which questions they are, in order."""
    reports = list(reports)
    used = {asked.status for report in reports for asked in report.questions}
    signs = [
        Text.assemble((words(status).symbol, _STYLES[status]), f" {words(status).label}")
        for status in Status
        if status in used
    ]
    in_order = ", ".join(one_line(question(name), 60) for name in question_ids(reports))
    return Group(Columns(signs, padding=(0, 2)), Text(f"questions: {in_order}", style="dim"))


def looks_table(
    reports: Iterable[Report], *, names: Mapping[str, str] | None = None, most: int = 12
) -> Table:
    """The submissions that a person should look at and why, those to be decided first."""
    waiting = sorted(
        (report for report in reports if _reasons(report)), key=lambda r: not _to_decide(r)
    )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, max_width=28)
    table.add_column(overflow="fold")
    for report in waiting[:most]:
        who = Text(_who(report, names or {}), style="bold blue" if _to_decide(report) else "")
        table.add_row(who, Text(one_line(" ".join(_reasons(report)), 240)))
    if len(waiting) > most:
        table.add_row(Text(f"and {len(waiting) - most} more", style="dim"), Text(""))
    return table


def _signs(report: Report, ids: Sequence[str]) -> Text:
    questions = {asked.id: asked for asked in report.questions}
    signs = [
        (words(questions[name].status).symbol, _STYLES[questions[name].status])
        if name in questions
        else " "
        for name in ids
    ]
    return Text(" ").join(Text.assemble(sign) for sign in signs)


def _who(report: Report, names: Mapping[str, str]) -> str:
    return one_line(names.get(report.submission, report.submission), 60)


def _mark(report: Report, pending: Container[str]) -> Text:
    given = mark(report, pending)
    if given is None:
        return Text("to decide", style="bold blue")
    possible = sum(q.max_points for q in report.questions if q.id not in pending)
    shown = f"{points(given)} / {points(report.max_score)}"
    if any(q.id in pending for q in report.questions):
        shown = f"{points(given)} + ? / {points(report.max_score)}"
    return Text(shown, "green" if given >= possible else "")


def _to_decide(report: Report) -> bool:
    return any(look.decide for look in looks(report))


def _reasons(report: Report) -> list[str]:
    return [_sentence(look) for look in looks(report)]


def _sentence(look: Look) -> str:
    why = one_line(look.why)
    why = why if why.endswith((".", "…")) else f"{why}."
    return why if look.question is None else f"{question(look.question)}: {why}"


def _by_hand(report: Report) -> list[str]:
    waiting = [q.id for q in report.questions if q.status is Status.NEEDS_MANUAL]
    return [f"To mark by hand: {', '.join(waiting)}."] if waiting else []


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 4):.10g}"


def spreadsheet_text(text: str) -> str:
    line = one_line(text, _CELL_LIMIT)
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line
