"""A mended test runs again alone, and the marks are those of a whole regrade."""

import json
import shutil

import pytest
from small_course import GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks
from test_batch import grade
from test_rehearsal import change_test

from graders import regrade
from graders.batch import reports
from graders.course import Course
from graders.pool import WorkerPool
from graders.report import Status
from graders.sandbox import missing_layers

pytestmark = pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")

WRONG_F = "def df(x):\n    return 2"
REMEMBERS = "calls = []\ndef df(x):\n    calls.append(x)\n    return 2 * len(calls)"
COUNTS = "def dg(x):\n    return 2 * x if len(calls) == 3 else 0"
CLASS = {
    "right": {"df": GOOD_F, "dg": GOOD_G},
    "wrong": {"df": WRONG_F, "dg": GOOD_G},
    "remembers": {"df": REMEMBERS, "dg": COUNTS},
    "dies": {"df": "import os\ndef df(x):\n    os._exit(1)", "dg": GOOD_G},
    "blank": {},
}


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1) as workers:
        yield workers


def everything(folder):
    """All that a run says and writes of its students, times aside."""
    said = {}
    for report in reports(Course(folder), "ps1"):
        record = json.loads(report.to_json())
        for question in record["questions"]:
            del question["seconds"]
        del record["seconds"]
        said[report.submission] = record
    notebooks = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.glob("autograded/*/*/*.ipynb"))
    }
    return said, marks(folder), notebooks


def test_a_mended_test_gives_what_a_whole_regrade_gives(tmp_path, pool):
    folder = make_course(tmp_path / "course")
    for student, answers in CLASS.items():
        hand_in(folder, student, handed_in(**answers))
    first, _ = grade(folder, pool)
    assert (first.fresh, first.standing) == (5, 0)
    change_test(folder, "df_test", "df(7) == 14", "df(7) == 14 and df(2) == 4")
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)
    again, _ = grade(folder, pool)
    forced, _ = grade(whole, pool, force=True)
    assert (again.fresh, forced.standing) == (5, 0)
    assert again.standing == 3, "one question each of right, wrong and blank"
    assert everything(folder) == everything(whole)


def test_what_stands_is_not_run(tmp_path, pool):
    """Seen by its time, which is copied and not measured again."""
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    grade(folder, pool)
    (before,) = reports(Course(folder), "ps1")
    change_test(folder, "df_test", "df(7) == 14", "df(7) == 15")
    grade(folder, pool)
    (after,) = reports(Course(folder), "ps1")
    assert after.questions[1] == before.questions[1]
    assert after.questions[0].status is Status.FAILED
    for name in ("harness", "code", "keys", "python", "numpy", "source"):
        assert after.versions[name]
    assert after.versions["source"] != before.versions["source"]


@pytest.mark.parametrize("change", ["answer", "given", "points"])
def test_whatever_else_changes_costs_a_whole_run(tmp_path, pool, change):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    grade(folder, pool)
    path = folder / "source" / "ps1" / "p1.ipynb"
    if change == "answer":
        hand_in(folder, "ada", handed_in(df=WRONG_F, dg=GOOD_G))
    elif change == "given":
        path.write_text(path.read_text().replace("import math", "import math, cmath"))
    else:
        path.write_text(path.read_text().replace('"points": 4', '"points": 5'))
    summary, _ = grade(folder, pool)
    assert (summary.fresh, summary.standing) == (1, 0)


def test_the_keys_that_a_test_names():
    test = "from graders.keys import ps1_derivatives as key\nkey.best_step.test(f)"
    named = regrade.keys_named(test)
    assert b"ps1_derivatives/best_step.py" in named
    assert b"def by_sorting" in named, "the text of the file"
    assert b"domain.py" in named, "what it imports"
    assert b"ps1_derivatives/slope_of_cubic.py" not in named
    assert regrade.keys_named("assert f(1) == 2") == b""
    for other in (
        "import graders.keys.ps1_derivatives as key\nkey.best_step.test(f)",
        "from graders.keys.ps1_derivatives import best_step",
        "from graders.keys import ps1_derivatives as key\ntests = key",
    ):
        assert b"ps1_derivatives/slope_of_cubic.py" in regrade.keys_named(other)
