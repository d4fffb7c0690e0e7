"""Marks as CSV and on a terminal: undecided is not zero, and no text becomes more than text."""

from __future__ import annotations

import csv
import io

import pytest
import synthetic
from hostile_text import CONTROLS, HOSTILE
from rich.console import Console

from graders.marks import legend, looks_table, marks_table, write_csv
from graders.report import Question, Report, Status

PASSED = Question("a", 2.0, 2.0, Status.PASSED)
ESSAY = Question("b", None, 3.0, Status.NEEDS_MANUAL)
UNREADABLE = Report(
    "eve", (Question("a", 0.0, 2.0, Status.MISSING),), problem="The file is empty."
)


def rows(*reports, **more):
    file = io.StringIO(newline="")
    write_csv(file, reports, **more)
    return list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))


def printed(renderable, **more):
    console = Console(file=io.StringIO(), width=100, **more)
    console.print(renderable)
    return console.file.getvalue()


def test_a_mark_that_stands():
    (row,) = rows(Report("ada", (PASSED,)), names={"ada": "Lovelace, Ada"})
    assert row["name"] == "Lovelace, Ada"
    assert (row["mark"], row["max_mark"], row["stands"]) == ("2", "2", "yes")
    assert (row["a"], row["a status"]) == ("2", "passed")


def test_an_undecided_mark_is_blank_and_says_why():
    undecided, unreadable = rows(Report("bo", (PASSED, ESSAY)), UNREADABLE)
    assert (undecided["mark"], undecided["stands"]) == ("", "no")
    assert (undecided["decided_points"], undecided["b"]) == ("2", "")
    assert undecided["why"] == "To mark by hand: b."
    assert (unreadable["mark"], unreadable["decided_points"]) == ("", "")
    assert unreadable["why"] == "The file is empty."


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\x00=", "|"])
def test_no_text_is_a_formula(start):
    text = start + 'cmd|" /C calc"!A0'
    for cell in rows(Report(text, (PASSED,), (text,)), names={text: text})[0].values():
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "|"))


@pytest.mark.parametrize("text", [*HOSTILE, 'a,"b"\nc;d', "[red]x[/nothing]"])
def test_no_text_leaves_its_cell(text):
    asked = Question(text, None, 2.0, Status.HARNESS_ERROR, detail=text)
    reports = [Report(text, (asked,), (text,)), Report("b", (asked,))]
    table = rows(*reports, names={text: text})
    assert [len(row) for row in table] == [9, 9]
    for shown in (marks_table(reports), legend(reports), looks_table(reports)):
        assert not CONTROLS.search(printed(shown))
    assert printed(marks_table(reports)).count("\n") == 6


def test_the_terminal_says_the_same_without_colour():
    reports = [Report("ada", (PASSED,)), Report("bo", (PASSED, ESSAY)), UNREADABLE]
    plain = printed(marks_table(reports))
    assert "2 / 2" in plain
    assert "2 + ? / 5" in plain, "of the whole, and something to come"
    assert plain.count("to decide") == 1
    assert "● passed" in printed(legend(reports))
    colour = printed(marks_table(reports), force_terminal=True, color_system="standard")
    assert "\x1b[" in colour


def test_who_must_be_decided_comes_first_and_the_rest_is_counted():
    noted = [Report(f"n{i}", (PASSED,), ("a note",)) for i in range(20)]
    shown = printed(looks_table([*noted, UNREADABLE], most=5))
    assert shown.startswith("eve")
    assert "and 16 more" in shown


def test_a_class_makes_a_row_each():
    reports = synthetic.class_of(300)
    table = rows(*reports)
    assert [row["submission"] for row in table] == [report.submission for report in reports]
    standing = [report for report in reports if not report.needs_look]
    assert sum(float(row["mark"]) for row in table if row["mark"]) == sum(
        report.score for report in standing
    )
