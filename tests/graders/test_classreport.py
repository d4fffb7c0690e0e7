"""The class report: its arithmetic by hand, and its page against hostile text and size."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import numpy as np
import pytest
import synthetic
from hostile_text import CONTROLS, HOSTILE, skeleton

from graders.classreport import class_report
from graders.classreport.statistics import class_statistics, looks
from graders.classreport.tables import STATIC_ROWS
from graders.report import Question, Report, Status


def question(points, *, full=2.0, status=None, id="q", **more):
    if status is None:
        status = Status.PASSED if points == full else Status.FAILED
    return Question(id, points, full, status, **more)


def report(submission, *questions, **more):
    return Report(submission, questions, **more)


def test_marks_are_those_that_stand():
    undecided = report("c", question(None, status=Status.HARNESS_ERROR))
    unreadable = report("d", question(0.0, status=Status.MISSING), problem="Not a notebook.")
    counted = class_statistics(
        [report("a", question(2.0)), report("b", question(0.0)), undecided, unreadable]
    )
    assert counted.marks.tolist() == [2.0, 0.0]
    assert counted.undecided == 2
    assert counted.items[0].difficulty == 0.5
    assert [(d.label, d.count) for d in counted.decisions] == [
        ("undecided", 1),
        ("not graded", 1),
    ]


def test_what_is_marked_by_hand_waits_without_holding_up_the_rest():
    essay = question(None, full=4.0, id="essay", status=Status.NEEDS_MANUAL)
    marked = question(4.0, full=4.0, id="essay")
    reports = [
        report("a", question(2.0), essay),
        report("b", question(0.0), marked),
        report("c", question(None, status=Status.HARNESS_ERROR), essay),
    ]
    counted = class_statistics(reports)
    assert counted.marks.tolist() == [2.0, 0.0]
    assert (counted.max_score, counted.by_hand) == (2.0, 4.0)
    assert {look.submission for look in counted.looks} == {"c"}
    page = class_report(reports, title="t")
    assert "4 points are still to be given by hand" in page


def test_discrimination_is_the_correlation_with_the_rest():
    own = [2, 2, 2, 1, 2, 0, 0, 1, 0, 0]
    other = [2, 2, 1, 2, 2, 1, 0, 1, 0, 1]
    third = [1, 2, 2, 2, 2, 0, 1, 0, 0, 0]
    reports = [
        report(
            str(row),
            question(a, id="own"),
            question(b, id="other"),
            question(c, id="third"),
            question(None, id="essay", status=Status.NEEDS_MANUAL),
        )
        for row, (a, b, c) in enumerate(zip(own, other, third, strict=True))
    ]
    item, *_, essay = class_statistics(reports).items
    expected = np.corrcoef(own, np.add(other, third))[0, 1]
    assert item.discrimination == pytest.approx(expected, rel=1e-12)
    assert essay.difficulty is None
    assert essay.discrimination is None
    assert class_statistics(reports[:9]).items[0].discrimination is None


def test_a_question_that_the_able_get_wrong_is_remarked_on():
    reports = [
        report(str(n), question(2.0 * (n < 10), id="good"), question(2.0 * (n >= 10), id="bad"))
        for n in range(20)
    ]
    assert any(
        "check the test" in remark for remark in class_statistics(reports).items[1].remarks
    )


def test_misconceptions_are_counted_by_question_and_ranked():
    held = ["a", "b", "b", None]
    reports = [
        report(str(n), question(0.0, misconception=m, lecture="02")) for n, m in enumerate(held)
    ]
    found = class_statistics(reports).misconceptions
    assert [(m.name, m.count, m.share, m.lecture) for m in found] == [
        ("b", 2, 0.5, "02"),
        ("a", 1, 0.25, "02"),
    ]


def test_every_reason_to_look_is_given():
    shown = looks(
        report(
            "a",
            question(None, status=Status.HARNESS_ERROR, detail="Traceback\nNameError: expectd"),
            question(0.0),
            notes=("A test cell had been edited.",),
        )
    )
    assert [look.why for look in shown] == [
        "NameError: expectd",
        "A test cell had been edited.",
    ]


def all_equal(size):
    return [report(str(n), question(1.0, status=Status.PARTIAL)) for n in range(size)]


@pytest.mark.parametrize(
    "reports",
    [
        [],
        all_equal(1),
        all_equal(30),
        [report("a")],
        [report("a", question(0.0, full=0.0, status=Status.PASSED))],
        [report("a", question(None, status=Status.NEEDS_MANUAL))],
        [report("a", problem="Not a notebook.")],
        [report("a", question(-1.0)), report("b", question(3.0))],
        [report("a", question(1e-6, full=1e-6)), report("b", question(0.0, full=1e-6))],
        [
            report("a", question(1e7, full=1e7, seconds=1e6)),
            report("b", question(0.0, full=1e7)),
        ],
        [report("a", question(1.0, id="one")), report("b", question(1.0, id="two"))],
        [report("a", *(question(1.0, id=f"question_{n}") for n in range(60)))],
    ],
    ids=str,
)
def test_every_kind_of_class_has_a_report(reports):
    page = class_report(reports, title="ps1")
    page.encode()
    assert page.count("<figure") == len(re.findall(r"<svg\b", page))
    assert ("No submission has been graded yet" in page) == (not reports)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_the_page(text):
    def page(text):
        broken = question(None, id=text, status=Status.HARNESS_ERROR, detail=text)
        known = question(0.0, id="known", message=text, misconception=text, lecture=text)
        reports = [
            report(text, broken, known, notes=(text,)),
            report("~", broken, known, problem=text),
        ]
        return class_report(
            reports, title=text, names={text: text}, titles={"known": text}, made=text
        )

    shown = page(text)
    assert skeleton(shown) == skeleton(page("harmless"))
    assert not CONTROLS.search(shown)
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', shown):
        json.loads(block)


def test_only_the_named_script_may_run_and_nothing_is_fetched():
    page = class_report(synthetic.class_of(12), title="ps1")
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src &#39;none&#39;" in page
    assert f"script-src &#39;sha256-{digest}&#39;" in page
    assert not re.search(r"(src|href)=\"(?!#)|url\((?!#)|@import", page)


def test_the_same_reports_give_the_same_bytes_in_any_order():
    reports = synthetic.class_of(30)
    assert class_report(reports, title="t") == class_report(reversed(reports), title="t")


def test_identifiers_of_the_figures_are_unique():
    page = class_report(synthetic.class_of(30), title="t")
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    for target in re.findall(r'(?:url\(#|href="#)([^)"]+)', page):
        assert target in identifiers


def test_a_large_class_is_data_and_not_elements():
    reports = synthetic.class_of(20_000)
    page = class_report(reports, title="t", names=synthetic.names_of(reports))
    assert page.count("<tr>") <= 2 * STATIC_ROWS + 10
    assert len(page) < 3_000_000


@pytest.mark.slow
def test_in_a_browser(tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    reports = synthetic.class_of(20_000)
    path = tmp_path / "report.html"
    path.write_text(
        class_report(reports, title="t", names=synthetic.names_of(reports)), encoding="utf-8"
    )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 375, "height": 800})
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        milliseconds = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
        assert milliseconds < 3000
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        table = page.locator(".table", has=page.locator("#everyone"))
        rows = table.locator("tbody tr")
        assert rows.count() == 25
        table.get_by_role("searchbox").fill("student00042")
        assert rows.count() == 1
        assert "student00042" in rows.first.inner_text()
        table.get_by_role("searchbox").fill("")
        table.get_by_role("button", name="mark", exact=True).click()
        assert rows.first.locator("td.number").inner_text() == "0"
        table.get_by_role("button", name="mark", exact=True).click()
        assert rows.first.locator("td.number").inner_text() == "10"
        table.get_by_role("button", name="Next").click()
        assert "26–50 of 20,000" in table.locator(".pager").inner_text()
        assert said == []
        browser.close()
