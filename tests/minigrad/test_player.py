"""The backprop player: what it tells is what backward does, and what it shows can be played."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import minigrad as mg
from minigrad.rules.table import TABLE, general
from minigrad.several import apply_several
from minigrad.viz import player
from minigrad.viz.walk import Sent


def leaf(values):
    return mg.tensor(values, dtype=mg.float64, requires_grad=True)


CASES = {
    "fan-in": (lambda x, c: c * mg.sin(x) + x + c, [5.0, 3.0]),
    "constants": (lambda x: 3 * x**2 - 4 * x + 2, [1.5]),
    "same twice": (lambda x: (x * x) / (x + 1), [2.0]),
    "elements": (lambda v, w: (v * w).exp().sum(), [[1.0, 2.0, 0.5], [0.1, 0.2, 0.3]]),
    "matrix": (lambda w, v: (w @ v).tanh().mean(), [[[1.0, 2.0], [0.5, -1.0]], [0.3, 0.7]]),
    "broadcast": (lambda v, b: ((v + b) ** 2).sum(), [[1.0, 2.0, 3.0], 0.5]),
    "indexing": (lambda v: v[0] * v[1] + v[0], [[2.0, 3.0]]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_gradients_are_those_of_backward(name):
    function, values = CASES[name]
    inputs = [leaf(value) for value in values]
    walk = player(function, *inputs).walk
    assert [x.grad for x in inputs] == [None] * len(inputs)
    function(*inputs).backward()
    found = {walk.boxes[i].name: gradient for i, gradient in walk.gradients.items()}
    names = function.__code__.co_varnames
    for x, argument in zip(inputs, names, strict=False):
        np.testing.assert_array_equal(found[argument], x.grad.numpy())


@pytest.mark.parametrize("name", CASES)
def test_every_value_of_a_function_is_shown(name):
    function, values = CASES[name]
    inputs = [leaf(value) for value in values]
    walk = player(function, *inputs).walk
    assert all(box.value is not None for box in walk.boxes)
    result = function(*inputs).detach().numpy()
    np.testing.assert_array_equal(walk.boxes[walk.output].value, result)


def test_local_derivatives_agree_with_difference_quotients():
    walk = player(lambda x, c: c * mg.sin(x) + x + c, leaf(5.0), leaf(3.0)).walk
    values = {(a.event.arrow): a for a in map(Told, walk.events) if a.is_sent}
    sine = next(i for i, box in enumerate(walk.boxes) if box.expression == "sin(x)")
    arrow = next(i for i, a in enumerate(walk.arrows) if a.head == sine)
    slope = (np.sin(5 + 1e-6) - np.sin(5 - 1e-6)) / 2e-6
    assert values[arrow].event.local.number == pytest.approx(slope, rel=1e-7)


class Told:
    def __init__(self, event):
        self.event = event
        self.is_sent = isinstance(event, Sent)


def test_the_story_of_one_product():
    text = str(player(lambda w, x: w * x, leaf(2.0), leaf(5.0)))
    assert text.splitlines() == [
        " 0. The graph of y. The forward pass computes it from w and x; "
        "the backward pass finds how y changes with each.",
        " 1. y = w · x = 2 · 5 = 10. It keeps w and x: the derivative will need it.",
        " 2. The way back starts at y with the cotangent 1, because ∂y/∂y = 1.",
        " 3. The cotangent at y is 1; the local derivative ∂y/∂w is 5. "
        "So w receives 1 · 5 = 5.",
        " 4. The cotangent at y is 1; the local derivative ∂y/∂x is 2. "
        "So x receives 1 · 2 = 2.",
        " 5. y has handed everything on; what it kept (w and x) is freed.",
        " 6. The leaves have their gradients, in .grad: ∂y/∂w = 5, ∂y/∂x = 2.",
    ]


def test_constants_that_nobody_kept_are_told_from_the_result():
    boxes = player(lambda x: (2 - (x + 3)) * 4, leaf(1.5)).walk.boxes
    assert [box.expression for box in boxes[1:]] == ["x + 3", "2 − v₁", "v₂ · 4"]


def test_whole_exponents_are_raised():
    boxes = player(lambda x: (x**3) ** 0.5, leaf(1.5)).walk.boxes
    assert [box.expression for box in boxes[1:]] == ["x³", "v₁^0.5"]


def test_fan_in_is_a_step_of_its_own():
    steps = player(lambda x: x * x, leaf(3.0)).steps
    shares = [step for step in steps if step.arrow is not None]
    assert [step.shown for step in shares] == ["∂y/∂x = 3", "3 + 3", "∂y/∂x = 6"]
    assert "added" in shares[2].text
    assert shares[2].answer == [6.0]


def test_values_fade_when_they_are_freed():
    steps = player(lambda x: x.exp() + 1, leaf(0.0)).steps
    assert [step.phase for step in steps if step.sets == "freed"] == ["backward"]


def test_known_mistakes_are_recognised_and_never_the_answer():
    for function, values in CASES.values():
        for step in player(function, *map(leaf, values)).steps:
            for wrong, hint in step.mistakes:
                assert hint
                assert not np.allclose(wrong, step.answer, rtol=1e-2)
    steps = player(lambda x: 3 * x.sin(), leaf(5.0)).steps
    last = next(step for step in steps if step.question == "What does v₁ send to x?")
    hints = {round(wrong[0], 4): hint for wrong, hint in last.mistakes}
    assert "local derivative alone" in hints[round(float(np.cos(5)), 4)]
    assert "sign" in hints[round(float(-3 * np.cos(5)), 4)]


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_nothing_is_asked_whose_answer_is_not_a_number():
    steps = player(lambda x: x.log(), leaf(0.0)).steps
    asked = [step.answer for step in steps if step.answer is not None]
    assert np.isfinite(asked).all()
    assert "−∞" in steps[1].text


def test_a_finished_tensor_shows_what_its_graph_has_kept():
    w, b = leaf(2.0), leaf(0.5)
    h = w * b
    y = (h + 3).exp()
    walk = player(y).walk
    by_name = {box.name: box for box in walk.boxes}
    assert set(by_name) == {"w", "b", "h", "v₁", "y"}
    assert by_name["h"].value == 1.0
    assert by_name["v₁"].value is None
    assert "Its value was not kept" in str(player(y))
    y.backward()
    assert walk.gradients[0] == w.grad.item()


def test_neither_grad_nor_graph_is_touched():
    x = leaf(2.0)
    y = x.exp()
    player(y)
    assert x.grad is None
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        player(y)


def test_names_can_be_given():
    x = leaf(2.0)
    boxes = player(lambda v: v.exp(), x, names={"time": x}).walk.boxes
    assert [box.name for box in boxes] == ["time", "y"]


def test_names_are_text_and_not_markup():
    x = leaf(2.0)
    page = player(lambda v: v.exp(), x, names={"<script>&": x}).html
    assert "<script>&" not in page
    assert "&lt;script&gt;&amp;" in page


@pytest.fixture
def halves():
    """An operation with two results, as long as this test runs."""
    rule = general(
        "halves",
        lambda x: (x[: len(x) // 2], x[len(x) // 2 :]),
        [lambda g: np.concatenate(g)],
        [lambda t: (t[: len(t) // 2], t[len(t) // 2 :])],
        differentiable=(),
        formula=("1",),
    )
    yield lambda x: apply_several(rule, (x,))
    del TABLE["halves"]


def test_several_results_of_one_operation_are_walked_through(halves):
    walk = player(lambda v: halves(v)[0] * 3, leaf([2.0, 5.0])).walk
    np.testing.assert_array_equal(walk.gradients[0], [3.0, 0.0])
    first = next(box for box in walk.boxes if box.expression == "halves(v)[0]")
    np.testing.assert_array_equal(first.value, [2.0])
    whole = next(box for box in walk.boxes if box.expression == "halves(v)")
    assert whole.value is None


def test_a_cotangent_starts_where_there_are_several_numbers():
    x = leaf([1.0, 2.0])
    with pytest.raises(RuntimeError, match="grad can be implicitly created"):
        player(lambda v: v * v, x)
    walk = player(lambda v: v * v, x, cotangent=[1.0, 0.5]).walk
    np.testing.assert_array_equal(walk.gradients[0], [2.0, 2.0])
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        player(lambda v: v * v, x, cotangent=[1.0])


@pytest.mark.parametrize(
    ("call", "error", "advice"),
    [
        (lambda: player(3.0), TypeError, "player\\(f, x\\)"),
        (lambda: player(lambda x: 3.0, leaf(1.0)), TypeError, "must return one tensor"),
        (lambda: player(leaf(1.0)), RuntimeError, "does not have a grad_fn"),
        (lambda: player(lambda x: sum([x] * 70), leaf(1.0)), ValueError, "make_dot"),
        (lambda: player(lambda x: x * 2, leaf(1.0), names={"x": 1}), TypeError, "names="),
    ],
)
def test_what_cannot_be_played_is_answered_with_advice(call, error, advice):
    with pytest.raises(error, match=advice):
        call()


def test_results_are_ordinary_tensors_again_afterwards():
    x = leaf(1.0)
    with pytest.raises(ZeroDivisionError):
        player(lambda v: v * (1 / 0), x)
    assert type(x * 2) is mg.Tensor


# ---------------------------------------------------------------------------------- the page


def page_of(quiz=False):
    return player(lambda x, c: c * mg.sin(x) + x + c, leaf(5.0), leaf(3.0), quiz=quiz).html


def test_the_same_graph_gives_the_same_bytes():
    assert page_of() == page_of()
    assert not re.search(r"0x[0-9a-f]{6}", page_of())


def test_the_page_fetches_nothing():
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page_of()))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<link|<img|@import|\bfetch\(|\burl\((?!#)|\bsrc=", page_of())


def test_the_page_reads_without_scripts():
    page = re.sub(r"<script.*?</script>", "", page_of(), flags=re.S)
    assert page.count("<li>") == 18
    assert "∂y/∂x = 1.851" in page
    assert "minigrad" not in re.sub(r"</?minigrad-player-\w+|minigrad-tip", "", page)


def test_the_data_is_what_the_script_expects():
    packed = re.search(r'type="application/json">(.*?)</script>', page_of(True), re.S)[1]
    data = json.loads(packed)
    assert data["startWithQuiz"] is True
    boxes, arrows = len(data["layouts"]["wide"]["boxes"]), len(data["ends"])
    for layout in data["layouts"].values():
        counts = len(layout["boxes"]), len(layout["paths"]), len(layout["labels"])
        assert counts == (boxes, arrows, arrows)
    assert page_of().count('class="arrow"') == arrows


def test_a_page_of_its_own_is_written(tmp_path):
    path = tmp_path / "walk.html"
    player(lambda x: x.exp(), leaf(1.0)).save(path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="plays the page in a browser")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("plays the page in Chromium")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser, tmp_path):
    path = tmp_path / "walk.html"
    function = player(lambda x, c: c * mg.sin(x) + x + c, leaf(5.0), leaf(3.0))
    function.save(path)
    opened = browser.new_page(viewport={"width": 900, "height": 700}, reduced_motion="reduce")
    problems = []
    opened.on("pageerror", lambda error: problems.append(error))
    opened.goto(path.as_uri())
    yield opened
    assert problems == []
    opened.close()


def texts(page, kind):
    return [t for t in page.locator(f".player .box .{kind}").all_text_contents() if t]


@pytest.mark.slow
def test_stepping_through_by_button_and_by_key(page):
    assert page.locator(".count").inner_text() == "step 0 of 17"
    assert texts(page, "value") == ["5", "3", "?", "?", "?", "?"]
    page.get_by_role("button", name="Next").click()
    assert "−0.9589" in page.locator(".say").inner_text()
    for _ in range(16):
        page.keyboard.press("ArrowRight")
    assert page.locator(".phase").inner_text() == "Done"
    assert "∂y/∂x = 1.851" in texts(page, "cotangent")
    assert page.locator(".player .box.freed").count() == 2
    page.keyboard.press("Home")
    assert texts(page, "cotangent") == []


@pytest.mark.slow
def test_the_quiz_asks_understands_and_counts(page):
    page.get_by_role("button", name="Quiz").click()
    assert page.locator("label").inner_text() == "What does y send to v₃?"

    def answer(text):
        page.locator("#answer").fill(text)
        page.keyboard.press("Enter")

    for text in ("2/2", "1", "1", "1"):
        answer(text)
    assert page.locator("label").inner_text() == "What does v₂ send to c?"
    answer("banana")
    assert "Type a number" in page.locator(".hint").inner_text()
    answer("0.9589")
    assert "sign" in page.locator(".hint").inner_text()
    answer("sin(5)")
    assert page.locator(".hint").inner_text() == "Right."
    assert "4 of 5 right at the first try" in page.locator(".score").inner_text()
    page.get_by_role("button", name="Show me").click()
    assert "∂y/∂c = 0.04108" in texts(page, "cotangent")
    assert "4 of 6" in page.locator(".score").inner_text()


@pytest.mark.slow
def test_narrow_columns_get_the_tall_drawing_and_dark_pages_dark_colours(page):
    wide = page.locator(".player svg").bounding_box()
    assert wide["width"] > wide["height"]
    page.set_viewport_size({"width": 380, "height": 800})
    page.wait_for_timeout(200)
    tall = page.locator(".player svg").bounding_box()
    assert tall["height"] > tall["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.evaluate("document.body.style.background = '#111'")
    page.wait_for_selector(".player.dark")
