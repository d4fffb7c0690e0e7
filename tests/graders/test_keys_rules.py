"""What counts as using a forbidden name."""

import pytest

from graders import sources
from graders.keys import ps1_derivatives as ps1
from graders.keys.key import WrongAnswer
from graders.keys.rules import BY_HAND, broken_rule, names_used


@pytest.fixture(autouse=True)
def forget_sources():
    yield
    sources.set_sources(None)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (["import minigrad as mg", "def answer(x):\n    return mg.sin(x)"], "minigrad"),
        (["from minigrad import grad", "def answer(x):\n    return grad(f)(x)"], "minigrad"),
        (["def answer(x):\n    import sympy\n    return 1"], "sympy"),
        (["def answer(x):\n    from jax.numpy import sin\n    return sin(x)"], "jax"),
        (["import numpy", "answer = lambda x: numpy.gradient([x])"], "numpy.gradient"),
        (["from numpy import gradient as g", "def answer(x): return g([x])"], "numpy.gradient"),
        (["def answer(x): return np.gradient([x])"], "numpy.gradient"),
        (["def answer(x): return mg.sin(x)"], "minigrad"),
        (["def answer(x):\n    y.backward()"], ".backward"),
        (["def answer(x):\n    return f(x + 1e-20j).imag"], "complex numbers"),
        (["def answer(x):\n    return f(complex(x, 1)).imag"], "complex numbers"),
        (["def helper(x): return central_difference(f, x, 1)", "answer = helper"],
         "central_difference"),
        (["%matplotlib inline\nimport torch as t", "!ls\ndef answer(x): return t.sin(x)"],
         "torch"),
        (["def helper(x): return torch.sin(x)\ndef answer(x): return helper(x)"], "torch"),
        (["import torch\nx = torch.tensor(1.0)", "def answer(t): return x"], "torch"),
        (["x = torch.ones(1)", "def answer(t):\n    global x\n    x = x + t\n    return x"],
         "torch"),
    ],
)  # fmt: skip
def test_forbidden_roads_are_seen(cells, rule):
    sources.set_sources(cells)
    assert broken_rule("answer", None, BY_HAND) == rule


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["def answer(x): return 2 * x"],
        ["import numpy as np\nimport minigrad as mg", "def answer(x): return np.cos(x)"],
        ["def other(x): return y.backward()", "def answer(x): return 2 * x"],
        ["def answer(x): return 2 * x  # not torch", "this is no Python"],
        ["def answer(x): return y.backward()", "def answer(x): return 2 * x"],
        ["import torch\nx = torch.tensor(1.0)", "def answer(x): return 2 * x"],
        ["import torch\nx = torch.tensor(1.0)", "def answer(t):\n    x = t\n    return x"],
        ["import torch\nx = torch.tensor(1.0)", "answer = lambda x: 2 * x"],
        ['def answer(x):\n    """No minigrad here."""\n    return 2 * x'],
    ],
)
def test_allowed_roads_are_left_alone(cells):
    sources.set_sources(cells)
    assert broken_rule("answer", None, BY_HAND) is None


def test_an_answer_that_is_at_hand_is_read_where_no_judge_has_said_anything():
    def difference(x):
        return central_difference(abs, x, 1e-6)  # noqa: F821

    assert broken_rule("anything", difference, BY_HAND) == "central_difference"
    assert broken_rule("anything", abs, BY_HAND) is None
    assert broken_rule("anything", 3.0, BY_HAND) is None


def test_a_right_answer_by_a_forbidden_road_is_told_so():
    def by_hidden_road(x):
        minigrad = None  # noqa: F841
        return complex(6 * x**2 - 10 * x + 4).real

    with pytest.raises(WrongAnswer, match="uses complex numbers, which this question"):
        ps1.slope_of_cubic.test(by_hidden_road)


def test_long_chains_and_deep_trees_are_no_trouble():
    assert ".a" in names_used("answer", ["answer = x" + ".a" * 500])
    for hostile in ("answer = x" + ".a" * 50_000, "answer = " + "-" * 50_000 + "1", "\0", "("):
        names_used("answer", [hostile])
