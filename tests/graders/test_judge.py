"""What test cells of any nbgrader course may ask of an answer, and what they get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import Engine, engine

from graders.report import Status


@pytest.fixture(scope="module")
def grader() -> Iterator[Engine]:
    with engine() as made:
        yield made


def _cases() -> dict[str, dict[str, str]]:
    text = (Path(__file__).parent / "right_answers.txt").read_text()
    cases = {}
    for case in text.split("\n=== ")[1:]:
        name, _, rest = case.partition("\n")
        answer, *parts = rest.split("\n--- ")
        options = dict(part.split("\n", 1) for part in parts)
        cases[name] = {"answer": answer} | options
    return cases


RIGHT = _cases()


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_pass(grader: Engine, name: str) -> None:
    question = grader.ask(**RIGHT[name])
    assert question.status is Status.PASSED, (question.message, question.detail)
    assert question.points == 2


@pytest.mark.parametrize(
    ("answer", "test", "status", "points"),
    [
        ("def f(): return 1", "assert f() == 2", Status.FAILED, 0),
        ("def f(): return None", "assert abs(f() - 2) < 1", Status.FAILED, 0),
        ("def f(): return 1 / 0", "assert f() == 2", Status.ERROR, 0),
        ("def f(): assert False", "f()", Status.ERROR, 0),
        ("def f(:", "assert f() == 2", Status.ERROR, 0),
        ("x = 1", "assert f() == 2", Status.ERROR, 0),
        ("def f(): raise NotImplementedError", "f()", Status.MISSING, 0),
        ("def f(): pass", "1.5", Status.PARTIAL, 1.5),
        ("def f(): return 0.25", "f()", Status.PARTIAL, 0.25),
        ("def f(): pass", "0", Status.FAILED, 0),
        ("def f(): pass", "2.0", Status.PASSED, 2),
        ("def f(): pass", "'1.0'", Status.PASSED, 2),
        ("def f(): pass", "True", Status.PASSED, 2),
        ("def f(): pass", "3.5", Status.HARNESS_ERROR, None),
        ("def f(): pass", "float('nan')", Status.HARNESS_ERROR, None),
        ("def f(): pass", "assert f( == 2", Status.HARNESS_ERROR, None),
        ("def f(): pass", "import no_such_module", Status.HARNESS_ERROR, None),
        ("def f(): pass", "assert nobody_defines_this == 2", Status.HARNESS_ERROR, None),
        ("def f(x): pass", "f(type('T', (), {})())", Status.HARNESS_ERROR, None),
        ("def f():\n  while True: pass", "f()", Status.TIMEOUT, 0),
        ("def f(): pass", "while True: pass", Status.TIMEOUT, 0),
        ("import os\nos._exit(1)", "f()", Status.CRASHED, 0),
        ("def f(): return [0] * 10**11", "f()", Status.MEMORY, 0),
    ],
)
def test_statuses(
    grader: Engine, answer: str, test: str, status: Status, points: float | None
) -> None:
    question = grader.ask(answer, test, solution="def f(): pass")
    assert (question.status, question.points) == (status, points), question


def test_hidden_tests_say_nothing(grader: Engine) -> None:
    """Neither a hidden line, nor its input, nor its text, nor the student's echo of it."""
    test = (
        "### BEGIN HIDDEN TESTS\n"
        "assert f(123456) == 654321, 'the secret text'\n"
        "### END HIDDEN TESTS"
    )
    for answer in (
        "def f(x): return 0",
        "def f(x): raise ValueError(f'x is {x}')",
        "def f(x):\n    print(x)\n    return None + x",
        "def f(x): raise type(f'Seen{x}', (ValueError,), {})",
        "x = 1",
    ):
        graded = grader.graded(answer, test)
        question = graded.report.questions[0]
        shown = question.message + repr(graded.notebook["cells"][-1]["outputs"])
        assert question.points == 0
        assert question.message
        for secret in ("123456", "654321", "secret"):
            assert secret not in shown


def test_what_no_file_can_hold_does_not_cost_the_mark(grader: Engine) -> None:
    graded = grader.graded("def f():\n  print('\\ud800 a')\n  return 2", "assert f() == 2")
    text = graded.notebook["cells"][-1]["outputs"][0]["text"]
    assert graded.report.questions[0].points == 2
    assert text.encode() == b"? a\n"


@pytest.mark.parametrize("base", ["object", "list", "dict", "set", "tuple"])
def test_an_object_does_not_say_what_is_in_it(grader: Engine, base: str) -> None:
    made = (
        f"class C({base}):\n  def __contains__(self, item): return True\n"
        "  def __iter__(self): return iter([1, 2])\n"
    )
    filled = "C()" if base == "object" else "C({1: 0, 2: 0})"
    answer = f"{made}def f(): return {filled}"
    assert grader.ask(answer, "assert 1 in f() and 3 not in f()", solution="pass").points == 2
    assert grader.ask(answer, "assert 3 in f()", solution="pass").points == 0


def test_a_class_that_was_asked_for_says_what_is_in_it(grader: Engine) -> None:
    answer = "class Even:\n  def __contains__(self, n): return n % 2 == 0"
    test = "assert 4 in Even() and 3 not in Even()"
    assert grader.ask(answer, test, solution=answer).points == 2


def test_visible_tests_say_what_failed(grader: Engine) -> None:
    question = grader.ask("def f(x): return 0", "assert f(1) == 2")
    assert "assert f(1) == 2" in question.message
    question = grader.ask("def f(x): return 0", "assert f(1) == 2, 'twice the input'")
    assert "twice the input" in question.message


def test_key_says_what_it_wants_to_say(grader: Engine) -> None:
    test = (
        "### BEGIN HIDDEN TESTS\n"
        "class Wrong(AssertionError):\n"
        "    student_message, misconception, lecture = 'Mind the sign.', 'sign', '02'\n"
        "if f(1) != 1: raise Wrong('expected 1')\n"
        "### END HIDDEN TESTS"
    )
    question = grader.ask("def f(x): return -1", test)
    assert question.message == "Mind the sign."
    assert (question.misconception, question.lecture) == ("sign", "02")
    assert "expected 1" in question.detail


def test_one_question_does_not_cost_the_others(grader: Engine) -> None:
    answer = "import os\ndef f(n):\n    if n == 1: os._exit(0)\n    return n"
    tests = [f"assert f({n}) == {n}" for n in (0, 1, 2, 1, 3)]
    statuses = [q.status for q in grader.graded(answer, *tests).report.questions]
    P, C = Status.PASSED, Status.CRASHED
    assert statuses == [P, C, P, C, P]


def test_tests_share_their_names(grader: Engine) -> None:
    tests = [
        "def helper(x): return f(x) + 1\nbase = 10",
        "assert helper(1) == 3 and base == 10",
    ]
    questions = grader.graded("def f(x): return 2 * x", *tests).report.questions
    assert [q.status for q in questions] == [Status.PASSED] * 2


def test_student_cannot_see_the_judges_names(grader: Engine) -> None:
    answer = "def f():\n    return sorted(n for n in globals() if n in ('secret', 'helper'))"
    test = (
        "secret = 5\n### BEGIN HIDDEN TESTS\ndef helper(): return secret\n"
        "assert f() == []\n### END HIDDEN TESTS"
    )
    assert grader.ask(answer, test).status is Status.PASSED


def test_a_test_may_delete_an_answer_and_put_it_back(grader: Engine) -> None:
    """As nbgrader's own example does, to see whether one function uses another."""
    test = (
        "kept = f\ndel f\n"
        "try:\n    g()\nexcept NameError:\n    pass\nelse:\n    raise AssertionError\n"
        "f = kept\nassert g() == 1"
    )
    solution = "def f(): pass\ndef g(): pass"
    uses = "def f(): return 1\ndef g(): return f()"
    assert grader.ask(uses, test, solution=solution).status is Status.PASSED
    alone = "def f(): return 1\ndef g(): return 1"
    assert grader.ask(alone, test, solution=solution).status is Status.FAILED
    assert grader.ask("def g(): return 1", "del f", solution=solution).status is Status.ERROR


def test_what_a_test_binds_is_not_shown_to_the_student(grader: Engine) -> None:
    peeks = "def f(): return globals().get('expected')"
    solution = "expected = 1\ndef f(): pass"
    found = grader.ask(peeks, "expected = 7\nassert f() == expected", solution=solution)
    assert found.status is Status.FAILED


def test_given_names_stay_the_judges(grader: Engine) -> None:
    given = "import numpy as np\ndef exact(x): return 2 * x"
    answer = "def exact(x): return 0\ndef f(x): return 0"
    test = "assert exact(3) == 6\nassert f(3) == exact(3)"
    assert grader.ask(answer, test, given=given).status is Status.FAILED


def test_in_student_process_works_and_says_so(grader: Engine) -> None:
    test = (
        "from unittest import mock\n"
        "with mock.patch('builtins.input', lambda *a: 'x'):\n"
        "    assert f() == 'x'"
    )
    answer = "def f(): return input()"
    graded = grader.graded(answer, test, tags=("in-student-process",))
    assert graded.report.questions[0].status is Status.PASSED
    assert any("forge" in note for note in graded.report.notes)
    wrong = grader.graded("def f(): return 'y'", test, tags=("in-student-process",))
    assert wrong.report.questions[0].status is Status.FAILED
    partial = grader.graded("x = 1.5", "x", tags=("in-student-process",))
    assert partial.report.questions[0].points == 1.5


def test_files_lie_beside_the_notebook(grader: Engine) -> None:
    answer = "import csv\nrows = list(csv.reader(open('data/table.csv')))"
    question = grader.ask(
        answer, "assert rows == [['1', '2']]", files={"data/table.csv": b"1,2\n"}
    )
    assert question.status is Status.PASSED, question


def test_executed_notebook_has_outputs(grader: Engine) -> None:
    answer = (
        "import matplotlib.pyplot as plt\nprint('out')\nplt.plot([1, 2])\nplt.show()\nx = 3\nx"
    )
    notebook = grader.graded(answer, "assert x == 3", "assert x == 4", "0.5").notebook
    import nbformat

    nbformat.validate(nbformat.from_dict(notebook))
    outputs = [cell["outputs"] for cell in notebook["cells"]]
    kinds = [output["output_type"] for output in outputs[1]]
    assert kinds == ["stream", "display_data", "execute_result"]
    assert "image/png" in outputs[1][1]["data"]
    assert outputs[1][2]["data"]["text/plain"] == "3"
    from nbgrader.utils import determine_grade

    graded = [nbformat.from_dict(cell) for cell in notebook["cells"][2:]]
    assert [determine_grade(cell)[0] for cell in graded] == [2, 0, 0.5]


def test_hidden_inputs_are_the_same_again(grader: Engine) -> None:
    test = "from graders.seed import generator\nprint(generator('q').random())"
    answers = ["x = 1", "x = 1", "x = 2"]
    seen = [grader.graded(a, test).notebook["cells"][-1]["outputs"][0]["text"] for a in answers]
    assert seen[0] == seen[1] != seen[2]


def test_a_forbidden_package_is_seen_under_the_name_that_a_given_cell_gave_it(
    grader: Engine,
) -> None:
    question = grader.ask(
        given="import minigrad as engine",
        answer="def slope_of_cubic(x):\n"
        "    x = engine.tensor(x, dtype=engine.float64, requires_grad=True)\n"
        "    (slope,) = engine.autograd.grad(2 * x**3 - 5 * x**2 + 4 * x - 7, x)\n"
        "    return slope.item()",
        test="from graders.keys import ps1_derivatives as key\n"
        "key.slope_of_cubic.test(slope_of_cubic)",
    )
    assert question.status is Status.FAILED
    assert question.message.startswith("slope_of_cubic uses minigrad")
