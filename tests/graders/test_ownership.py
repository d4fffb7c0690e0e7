"""Which names are the judge's own, and which the student's."""

import ast
import json

import pytest
from engine import Engine, engine

from graders.ownership import Ownership, constants, imported_modules, imports_of, ownership
from graders.report import Status


@pytest.fixture(scope="module")
def grader():
    with engine() as made:
        yield made


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("x = 1", {"x"}),
        ("import numpy as np\nxs = np.linspace(-2, 2, 9)", {"xs"}),
        ("import math\nr = 2\narea = math.pi * r**2", {"r", "area"}),
        ("points = [(1, 2), (3, 4)]", {"points"}),
        ("n = range(10)", {"n"}),
        ("x = 1\nx = 2", set()),
        ("results = []\nresults.append(1)", set()),
        ("table = {}\ntable['a'] = 1", set()),
        ("x = 1\nx += 1", set()),
        ("import numpy as np\nx = np.random.rand(3)", set()),
        ("import numpy as np\nrng = np.random.default_rng(0)\nx = rng.normal()", set()),
        ("import numpy as np\nx = np.empty(3)", set()),
        ("x = student_function(3)", set()),
        ("data = open('data.csv').read()", set()),
        ("xs = [1]\nfill(xs)", set()),
        ("xs = [1]\nprint(xs)\nfor x in xs: pass", {"xs"}),
    ],
)
def test_constants(given: str, found: set[str]) -> None:
    assert constants((given,), Ownership()) == found


def test_what_the_solution_changes_is_the_students() -> None:
    solution = Ownership(changed=frozenset({"grid"}), asked=frozenset({"x"}))
    assert constants(("grid = [0]\nx = 1\ny = 2",), solution) == {"y"}


def test_ownership_reads_the_solution() -> None:
    marking = {"grade": False, "solution": True, "locked": False, "grade_id": "a"}
    source = "class Vector:\n    pass\ndef f(): pass\ngrid[0] = 1\nresults.append(2)\nfill(zs)"
    cell = {
        "cell_type": "code",
        "source": source,
        "metadata": {"nbgrader": marking | {"schema_version": 3}},
        "outputs": [],
        "execution_count": None,
        "id": "a",
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    found = ownership(json.dumps(notebook).encode())
    assert found.asked == {"Vector", "f"}
    assert found.classes == {"Vector"}
    assert found.changed >= {"grid", "results", "zs"}


def test_imports_are_found_in_any_cell() -> None:
    codes = ("import a.b as c\nfrom d import e", "%matplotlib inline\nimport f", "not python (")
    assert imported_modules(codes) == ("a.b", "d", "d.e", "f")


def test_emptied_constants_gain_nothing(grader: Engine) -> None:
    given = "import numpy as np\nxs = np.linspace(-2, 2, 9)\ntolerance = 1e-9"
    answer = "xs = []\ntolerance = 1e9\ndef f(x): return 0"
    test = "for x in xs:\n    assert abs(f(x) - 2 * x) < tolerance"
    assert grader.ask(answer, test, given=given).status is Status.FAILED


def test_constants_that_the_student_should_fill_are_the_students(grader: Engine) -> None:
    given = "import numpy as np\nresults = []\ngrid = np.zeros(2)"
    answer = "results.append(1)\ngrid[0] = 3"
    test = "assert results == [1] and grid[0] == 3"
    question = grader.ask(answer, test, given=given, solution=answer)
    assert question.status is Status.PASSED, question


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import a.b as c", {"c": "a.b"}),
        ("from a import b", {"b": "a.b"}),
        ("from a import b as c", {"c": "a.b"}),
        ("import a.b", {}),
        ("import a.b as c, d", {}),
        ("from a import b, e", {}),
        ("from . import b", {}),
        ("x = 1", {}),
    ],
)
def test_imports_of_some_modules_and_no_other(code: str, found: dict[str, str]) -> None:
    assert imports_of(ast.parse(code).body[0], frozenset({"a.b"})) == found
