"""Feedback for one student: what the marks are, what went wrong, and what to read again.

One HTML file, without a script, that opens offline on a phone. It is made from what a student
may see: a question's `message` is shown and its `detail` never is, so hidden tests, hidden
inputs and expected values stay hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from graders import pages
from graders.feedback.curve import curve
from graders.plaintext import printable
from graders.report import Question, Report, Status
from graders.words import words

__all__ = ["feedback_page"]

LONGEST_MESSAGE = 4000
_CODE = re.compile(r"`([^`\n]+)`")


def feedback_page(
    report: Report,
    *,
    title: str,
    student: str = "",
    titles: Mapping[str, str] | None = None,
    made: str = "",
    comments: Mapping[str, str] | None = None,
    penalty: float = 0.0,
) -> str:
    """A self-contained HTML page about one submission, for its author.

    `titles` maps a question's id to words; `made` is a date to print on the page; `comments`
    are a grader's, by question; `penalty` is what is taken off for lateness, in points.
    """
    decided = [question for question in report.questions if question.points is not None]
    comments = dict(comments or {})
    here = {question.id for question in report.questions}
    return pages.render(
        __name__,
        title=title,
        student=student,
        titles=titles or {},
        made=made,
        report=report,
        mark=max(0.0, report.score - penalty),
        penalty=penalty,
        comments=comments,
        other_comments=[text for name, text in comments.items() if name not in here],
        possible=sum(question.max_points for question in decided),
        right=sum(question.status is Status.PASSED for question in report.questions),
        waiting=len(report.questions) - len(decided),
        words=words,
        said=said,
        curve=curve,
    )


def said(question: Question) -> Markup:
    """The question's message with `code` set as code, or its status in a sentence."""
    text = printable(question.message or words(question.status).student).strip()
    if len(text) > LONGEST_MESSAGE:
        text = text[:LONGEST_MESSAGE].rstrip() + " …"
    misconception = printable(question.misconception or "").strip()
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else _strong(piece, misconception)
        for index, piece in enumerate(_CODE.split(text))
    )


def _strong(text: str, phrase: str) -> Markup:
    """`text` with `phrase` stressed where it stands in it."""
    if not phrase:
        return escape(text)
    return Markup("<strong>{}</strong>").format(phrase).join(map(escape, text.split(phrase)))
