"""What feedback shows of a visible check: what the student's notebook shows, and no more."""

import json
import re
from pathlib import Path

import pytest

from graders import check, grade, seed
from graders.feedback import feedback_page
from graders.feedback.curve import curve
from graders.keys import ps1_derivatives as ps1
from graders.report import Report, Seen, Status, seen_from
from graders.sandbox import missing_layers
from graders.visible import seen

PS1 = Path(__file__).parents[2] / "notebooks/exercises/ps1_derivatives/ps1_derivatives.ipynb"
sandboxed = pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")


def cubic(x):
    return 2 * x**3 - 5 * x**2 + 4 * x - 7


def failed(f, df, **options) -> BaseException:
    with pytest.raises(check.CheckFailed) as caught:
        check.derivative(f, df, **options).required()
    return caught.value


def test_a_check_that_differs_is_seen_with_its_points():
    found = seen_from(seen(failed(cubic, lambda x: 6 * x**2 - 10 * x)))
    assert found.line.startswith("The derivative differs at 12 of 12 points")
    assert len(found.x) == 12
    assert list(found.x) == sorted(found.x)
    for x, yours, numerical in zip(found.x, found.yours, found.numerical, strict=True):
        assert yours == pytest.approx(6 * x**2 - 10 * x, rel=1e-4)
        assert numerical == pytest.approx(6 * x**2 - 10 * x + 4, rel=1e-4, abs=1e-4)


def test_a_number_has_a_line_and_no_curve():
    found = seen_from(seen(failed(cubic, 7.0, at=2.0)))
    assert "yours is 7" in found.line
    assert found.x == ()


def test_the_text_of_an_answers_own_exception_is_not_shown():
    def tells(x):
        raise ValueError("a hidden input: 3.38158")

    assert seen(failed(cubic, tells)) is None
    assert seen(AssertionError("3.38158")) is None


def test_points_without_a_number_are_left_out_of_the_picture():
    found = Seen("differs", (0.0, 1.0, 2.0), (1.0, None, 3.0), (2.0, 2.0, None))
    assert curve(found) == ""
    assert curve(None) == ""
    assert curve(Seen("differs")) == ""
    one_more = Seen("differs", (0.0, 1.0, 2.0), (1.0, None, 3.0), (2.0, 2.0, 2.0))
    assert str(curve(one_more)).count("<circle") == 2


def test_a_curve_far_away_leaves_the_right_one_to_be_seen():
    x = tuple(float(i) for i in range(5))
    drawn = str(curve(Seen("differs", x, (1e9,) * 5, x)))
    heights = {float(y) for y in re.findall(r'<rect x="[\d.]+" y="([\d.]+)"', drawn)}
    assert max(heights) - min(heights) > 20
    assert all(0 <= float(y) <= 160 for y in re.findall(r'cy="([\d.-]+)"', drawn))


def test_the_picture_says_in_words_what_it_shows():
    drawn = str(curve(Seen("differs", (0.0, 1.0), (1.0, 5.0), (1.0, 2.0))))
    (words,) = re.findall(r'role="img" aria-label="([^"]+)"', drawn)
    assert "2 points from x = 0 to 1" in words
    assert "x = 1, where yours is 5 and the measured one 2" in words


def graded(**answers) -> dict:
    notebook = json.loads(PS1.read_bytes())
    for cell in notebook["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
    report = grade(PS1.read_bytes(), json.dumps(notebook).encode(), secret=b"visible")
    assert Report.from_json(report.to_json()) == report
    return {question.id: question for question in report.questions}, report


def answer(**cells):
    return {name.replace("_", "-"): text for name, text in cells.items()}


@sandboxed
def test_feedback_shows_the_visible_check_of_a_failed_question_and_of_no_other():
    wrong = "def slope_of_cubic(x):\n    return 6 * x**2 - 10 * x - 3"
    questions, report = graded(**answer(slope_of_cubic=wrong))
    failing = questions["test-slope-of-cubic"]
    assert failing.misconception == "keeps the constant"
    assert "Yours is smaller than the numerical one by 7 everywhere" in failing.seen.line
    assert [q.id for q in report.questions if q.seen] == ["test-slope-of-cubic"]
    page = feedback_page(report, title="ps1")
    assert page.count("<svg") == 1
    assert failing.seen.line in page

    # The points are those of the check in the notebook, whatever the hidden inputs are.
    shown = check.derivative(cubic, lambda x: 0.0 * x)
    assert failing.seen.x == tuple(sorted(row.x for row in shown.rows))
    seed.set_seed(b"any")
    hidden = {round(probe.arguments[0], 6) for probe in ps1.slope_of_cubic.probes()}
    seed.set_seed(None)
    assert not hidden & set(failing.seen.x)


@sandboxed
def test_an_answer_that_hangs_in_the_visible_check_keeps_its_verdict():
    slow = """\
calls = []


def slope_of_cubic(x):
    calls.append(x)
    while len(calls) > 60 or x == -1.7:
        pass
    return 6 * x**2 - 10 * x - 3"""
    questions, _ = graded(**answer(slope_of_cubic=slow))
    failing = questions["test-slope-of-cubic"]
    assert (failing.status, failing.seen) == (Status.FAILED, None)
    assert failing.misconception == "keeps the constant"
    assert questions["test-gradient-of-two-roads"].status is Status.PASSED


@sandboxed
def test_an_answer_cannot_say_in_the_visible_check_what_it_was_called_with():
    tells = """\
inputs = []


def slope_of_cubic(x):
    inputs.append(x)
    if x == -1.7:
        raise ValueError(f"I was called with {inputs}")
    return 0.0"""
    questions, report = graded(**answer(slope_of_cubic=tells))
    failing = questions["test-slope-of-cubic"]
    assert failing.seen is None
    assert "I was called" not in feedback_page(report, title="ps1")
