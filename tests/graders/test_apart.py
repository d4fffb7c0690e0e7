"""What may be judged apart, and above all what may not."""

import pytest

from graders.apart import can_be_judged_apart

GIVEN = "import math\nimport numpy as np\nfrom graders import check\nLIMIT = 10\nxs = [1, 2]"
SLOPE = "def slope(f, x, h):\n    return (f(x + h) - f(x)) / h"
POINT = """\
class Point:
    scale = 2
    def __init__(self, x):
        self.x = self.scale * x
"""
LOOP = """\
from graders.keys import ps1_derivatives as key
key.forward_difference.test(slope)
def square(x):
    return x * x
for h, by_hand in [(0.5, 6.5)]:
    found = slope(square, 3.0, h)
    check.value(found, equals=by_hand).required()
"""


@pytest.mark.parametrize(
    ("code", "tests"),
    [
        (SLOPE, [LOOP, LOOP]),
        ("def best(xs):\n    return min(xs, key=lambda h: abs(h - LIMIT))", ["best([1])"]),
        ("f = lambda x: math.sin(x)", ["assert f(0) == 0", "x = 1\nassert f(x) == f(x)"]),
        (POINT.replace("__init__", "start"), ["p = Point()\np.start(1)\nassert p.x == 2"]),
        (
            "def f(n):\n    def g(k): return k + n\n    return g(1)",
            ["np.testing.assert_equal(f(1), 2)"],
        ),
        ("y = xs[0]\nprint([v for v in xs])", ["assert 1", "t = 0\nt += 1"]),
    ],
)
def test_what_remembers_nothing(code: str, tests: list[str]) -> None:
    assert can_be_judged_apart([GIVEN, code], tests)


@pytest.mark.parametrize(
    "code",
    [
        "n = 0\ndef f():\n    global n\n    n += 1\n    return n",
        "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
        "def f(x):\n    alias = xs\n    alias[0] = x",
        "def f(x, memo={}):\n    memo[x] = 1\n    return len(memo)",
        "def f():\n    return np.random.rand()",
        "import random\ndef f():\n    return random.random()",
        "from numpy import random as r\ndef f():\n    return r.rand()",
        "def f():\n    f.calls = 1",
        "def f(g):\n    g.calls = 1",
        "from functools import cache\n@cache\ndef f(x): return x",
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g",
        "def f():\n    with open('x', 'a') as file: file.write('x')",
        "def f():\n    return globals()",
        "class C:\n    kept = []\n    def add(self, x): self.kept.append(x)",
        "def f():\n    memo = xs\n    def g():\n        memo = 1\n    return memo",
        "def f():\n    yield 1",
        "def f():\n    import os\n    return os",
        "def f(:",
    ],
)
def test_whatever_may_remember_is_not_judged_apart(code: str) -> None:
    assert not can_be_judged_apart([GIVEN, code], ["assert 1"])


@pytest.mark.parametrize(
    "tests",
    [
        ["y = 1", "assert y == 1"],
        ["def helper(): return 1", "assert helper() == 1"],
        ["t = 0", "for i in range(3):\n    t = t + i\nassert t"],
        ["t = 0", "t += 1"],
        ["xs.append(3)", "assert len(xs)"],
        ["np.random.seed(0)", "assert 1"],
        ["np.x = 1", "assert 1"],
        ["del slope", "assert 1"],
        ["made = slope\nmade.x = 1\nslope.y = 2", "assert 1"],
        ["assert (", "assert 1"],
        ["import os", "assert os.getcwd()"],
        ["assert unknown == 1"],
    ],
)
def test_tests_that_lean_on_one_another_are_not_judged_apart(tests: list[str]) -> None:
    assert not can_be_judged_apart([GIVEN, SLOPE], tests)
