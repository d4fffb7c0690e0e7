"""Beside stock nbgrader: the same marks on honest work, and its commands on our folders."""

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks, waiting
from small_notebooks import (
    answer,
    given,
    graded,
    manual,
    notebook,
    submission,
    text,
)

from graders.batch import grade_assignment
from graders.course import Course
from graders.release import generate
from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]
NBGRADER = Path(sysconfig.get_path("scripts"), "nbgrader")

MEAN = """\
def mean(xs):
    ### BEGIN SOLUTION
    return sum(xs) / len(xs)
    ### END SOLUTION
"""
MEAN_ERROR = """\
try:
    mean([])
except ZeroDivisionError:
    pass
else:
    raise AssertionError("no error")
"""
GREET = """\
def greet(name):
    ### BEGIN SOLUTION
    print(f"hello {name}")
    ### END SOLUTION
"""
GREET_PRINT = """\
import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    greet("ada")
assert out.getvalue().strip() == "hello ada"
"""
POINT = """\
class Point:
    ### BEGIN SOLUTION
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    ### END SOLUTION
"""
POINT_TEST = """\
p = Point(1, 2) + Point(3, 4)
assert (p.x, p.y) == (4, 6)
assert isinstance(p, Point)
"""
CONSTANT_TEST = """\
assert constant == 20
### BEGIN HIDDEN TESTS
assert type(constant) is int
### END HIDDEN TESTS
"""
PARTIAL = """\
points = 0
if constant == 20: points += 1
if mean([2, 4]) == 3: points += 0.5
points
"""

# What nbgrader's own users write: several ways to test, partial credit, words, code by hand.
SOURCE = notebook(
    text("# Everything"),
    given("import numpy as np\nlimit = 10"),
    answer("mean", MEAN),
    graded("mean_plain", "assert mean([1, 2, 3]) == 2", 1),
    graded("mean_numpy", "np.testing.assert_allclose(mean(np.arange(4.0)), 1.5)", 2),
    graded("mean_error", MEAN_ERROR, 1),
    answer("greet", GREET),
    graded("greet_print", GREET_PRINT, 1),
    answer("Point", POINT),
    graded("point", POINT_TEST, 2),
    answer("constant", "### BEGIN SOLUTION\nconstant = limit * 2\n### END SOLUTION"),
    graded("constant_test", CONSTANT_TEST, 1),
    graded("partial", PARTIAL, 3),
    manual("essay", "Because.", 5),
    manual("plot", "### BEGIN SOLUTION\nprint('a plot')\n### END SOLUTION", 2, kind="code"),
)

RIGHT = {
    "mean": "def mean(xs):\n    return sum(xs) / len(xs)",
    "greet": "def greet(name):\n    print('hello', name)",
    "Point": POINT.replace("    ### BEGIN SOLUTION\n", "").replace(
        "    ### END SOLUTION\n", ""
    ),
    "constant": "constant = 2 * limit",
}
BY_NUMPY = """\
def mean(xs):
    if len(xs) == 0:
        raise ZeroDivisionError
    return float(np.mean(xs))
"""
CLASS = {
    "right": RIGHT,
    "numpy": RIGHT | {"mean": BY_NUMPY},
    "wrong_mean": RIGHT | {"mean": "def mean(xs):\n    return sum(xs)"},
    "error": RIGHT | {"greet": "def greet(name):\n    return undefined"},
    "syntax": RIGHT | {"mean": "def mean(xs)\n    return 1"},
    "typed": RIGHT | {"constant": "constant = 20.0"},
    "half": {"mean": RIGHT["mean"]},
    "nothing": {},
    "no_add": RIGHT | {"Point": "class Point:\n    x = y = 1\n    def __init__(self, *_): ..."},
    "returns_none": RIGHT | {"mean": "def mean(xs):\n    sum(xs) / len(xs)"},
    "words": RIGHT | {"essay": "The mean is the centre of mass.", "plot": "print('my plot')"},
}


def student_notebook(released, answers):
    """The released notebook, filled in as a student would."""
    document = json.loads(released)
    for cell in document["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id]
    return json.dumps(document).encode()


def nbgrader(folder, *arguments):
    done = subprocess.run(
        [NBGRADER, *arguments],
        cwd=folder,
        env=os.environ | {"PATH": f"{NBGRADER.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = make_course(tmp_path_factory.mktemp("course"), notebooks={"p1": SOURCE})
    nbgrader(folder, "generate_assignment", "ps1")
    released = (folder / "release/ps1/p1.ipynb").read_bytes()
    for student, answers in CLASS.items():
        data = student_notebook(released, answers)
        hand_in(folder, student, data, when="2026-04-01 10:00:00 UTC")
    return folder


@pytest.fixture(scope="module")
def ours(course, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours") / "course"
    shutil.copytree(course, folder)
    grade_assignment(Course(folder), "ps1", workers=2)
    return folder


def test_honest_work_gets_the_marks_that_nbgrader_gives(course, ours):
    nbgrader(course, "autograde", "ps1")
    assert marks(ours) == marks(course)
    assert waiting(ours) == waiting(course)


def test_export_and_feedback_of_nbgrader_work_on_what_was_graded_here(ours):
    nbgrader(ours, "export")
    rows = [line.split(",") for line in (ours / "grades.csv").read_text().splitlines()]
    score = {row[3]: float(row[rows[0].index("score")]) for row in rows[1:]}
    assert score == {
        student: sum(mark or 0 for mark in cells.values())
        for student, cells in marks(ours).items()
    }
    nbgrader(ours, "generate_feedback", "ps1")
    for student in CLASS:
        assert (ours / "feedback" / student / "ps1" / "p1.html").stat().st_size > 10_000


def test_an_assignment_that_was_never_released_is_graded_all_the_same(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    hand_in(folder, "bob", notebook(*submission(df=GOOD_F, dg=BAD_G)[:5]))
    grade_assignment(Course(folder), "ps1")
    assert marks(folder)["bob"] == {"df_test": 2.0, "dg_test": 0.0, "why": 0.0}
    generate(Course(folder), "ps1")
    assert (folder / "release/ps1/p1.ipynb").exists()
    assert marks(folder)["ada"]["df_test"] == 2.0, "releasing again leaves the marks"
