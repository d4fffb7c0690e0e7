"""Feedback: what a student must see, and what no student may see."""

from __future__ import annotations

import pytest
from hostile_text import CONTROLS, HOSTILE, skeleton

from graders.feedback import LONGEST_MESSAGE, feedback_page
from graders.report import Question, Report, Status


def page(*questions, **more):
    return feedback_page(Report("ada", questions, **more), title="ps1", student="Ada")


def test_it_says_what_was_wrong_and_where_to_read():
    shown = page(
        Question(
            "inner",
            0.0,
            2.0,
            Status.FAILED,
            "Compare `df` with the chain rule.",
            misconception="dropped the inner derivative",
            lecture="02_chain_rule",
        )
    )
    assert "<code>df</code>" in shown
    assert "dropped the inner derivative" in shown
    named = page(
        Question("q", 0.0, 2.0, Status.FAILED, "Yours drops x < 0. So?", 0, "drops x < 0")
    )
    assert "Yours <strong>drops x &lt; 0</strong>. So?" in named
    assert "lecture 2, chain rule" in shown


@pytest.mark.parametrize("status", Status)
def test_what_is_for_the_instructor_stays_with_the_instructor(status):
    points = 1.0 if status.decided else None
    shown = page(Question("q", points, 2.0, status, detail="assert hidden(3.7) == 13.69"))
    assert "13.69" not in shown
    assert "hidden(" not in shown


def test_an_undecided_mark_is_not_a_zero():
    shown = page(
        Question("done", 2.0, 2.0, Status.PASSED),
        Question("essay", None, 3.0, Status.NEEDS_MANUAL),
    )
    assert "of 2 points" in shown
    assert "1 still to be marked, worth 3 points more" in shown


def test_a_file_that_could_not_be_read_has_no_mark():
    shown = page(Question("q", 0.0, 2.0, Status.MISSING), problem="The file is empty.")
    assert "The file is empty." in shown
    assert "of 2 points" not in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_the_page(text):
    def with_text(text):
        # Code in a message becomes code on the page, so its mark is not put there.
        message = text.replace("`", "")
        asked = Question(text, 0.0, 2.0, Status.FAILED, message, 0, message, text, text)
        report = Report(text, (asked,), (text,))
        return feedback_page(
            report, title=text, student=text, titles={text: text}, made=text
        ) + feedback_page(Report(text, (), problem=text), title=text)

    shown = with_text(text)
    assert skeleton(shown) == skeleton(with_text("harmless"))
    assert not CONTROLS.search(shown)
    assert "<script" not in shown.lower()
    assert "script-src" not in shown


def test_an_endless_message_is_cut():
    shown = page(Question("q", 0.0, 2.0, Status.ERROR, "x" * 10_000_000))
    assert len(shown) < LONGEST_MESSAGE + 20_000


@pytest.mark.parametrize("full", [0.0, 2.0])
@pytest.mark.parametrize("points", [None, -1.0, 0.0, 5.0])
def test_odd_points_make_a_page(full, points):
    assert "ps1" in page(Question("q", points, full, Status.PARTIAL))
