"""nbgrader's own example course, graded by it, by us, and by its own commands routed to us."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from small_course import GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks, waiting

from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]
SCRIPTS = Path(sysconfig.get_path("scripts"))
ROUTED = "import graders.autograde"
FORMGRADER = """\
import json, sys
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

app = NbGrader()
app.initialize([])
api = NbGraderAPI(CourseDirectory(parent=app), parent=app)
print(json.dumps(api.autograde("ps1", sys.argv[1])))
"""

SQUARES = """\
def squares(n):
    if n < 1:
        raise ValueError("n must be at least 1")
    return [i**2 for i in range(1, n + 1)]
"""
SUM = "def sum_of_squares(n):\n    return sum(squares(n))"
CLASS = {
    "right": {"squares": SQUARES, "sum_of_squares": SUM},
    "silent": {
        "squares": "def squares(n):\n    return [i * i for i in range(1, n + 1)]",
        "sum_of_squares": SUM,
    },
    "alone": {
        "squares": SQUARES,
        "sum_of_squares": "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6",
    },
    "wrong": {"squares": "def squares(n):\n    return list(range(n))", "sum_of_squares": SUM},
    "blank": {},
}


def run(folder, *command, ok=True):
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ok or done.returncode == 0, done.stderr[-3000:]
    return done


def route(folder):
    path = folder / "nbgrader_config.py"
    path.write_text(f"{path.read_text()}\n{ROUTED}\n")


@pytest.fixture(scope="module", params=["--autotest", ""])
def example(request, tmp_path_factory):
    """The course that `nbgrader quickstart` makes, with a few submissions."""
    top = tmp_path_factory.mktemp("quickstart")
    options = [request.param] if request.param else []
    run(top, "nbgrader", "quickstart", "course101", *options)
    folder = top / "course101"
    run(folder, "nbgrader", "generate_assignment", "ps1")
    for student, answers in CLASS.items():
        target = folder / "submitted" / student / "ps1"
        shutil.copytree(folder / "release" / "ps1", target)
        notebook = target / "problem1.ipynb"
        document = json.loads(notebook.read_text())
        for cell in document["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = answers.get(grade_id, cell["source"])
        notebook.write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def stock(example):
    """What nbgrader itself makes of it."""
    folder = example.with_name("stock")
    shutil.copytree(example, folder)
    run(folder, "nbgrader", "autograde", "ps1")
    return folder


def test_graders_grade_stands_in_for_nbgrader_autograde(example, stock):
    folder = example.with_name("ours")
    shutil.copytree(example, folder)
    run(folder, "graders", "grade", "ps1", "--workers", "1")
    assert marks(folder) == marks(stock)
    assert waiting(folder) == waiting(stock)
    names = [sorted(p.name for p in f.rglob("autograded/*/*/*")) for f in (folder, stock)]
    assert names[0] == names[1]


def test_one_line_routes_nbgrader_autograde_here(example, stock):
    folder = example.with_name("routed")
    shutil.copytree(example, folder)
    route(folder)
    run(folder, "nbgrader", "autograde", "ps1", "--student", "right")
    assert list(marks(folder)) == ["right"]
    said = run(folder, "nbgrader", "autograde", "ps1").stderr
    assert "right: 3 of 13, as before" in said
    assert marks(folder) == marks(stock)
    assert (folder / ".graders" / "ps1.journal").exists()


def test_options_of_nbgrader_keep_their_meaning(tmp_path):
    folder = make_course(tmp_path, config=ROUTED)
    run(folder, "nbgrader", "generate_assignment", "ps1")
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    hand_in(folder, "bad", b"{")
    elsewhere = f"sqlite:///{tmp_path / 'other.db'}"
    done = run(folder, "nbgrader", "autograde", "ps1", "--db", elsewhere, ok=False)
    assert done.returncode == 1
    assert "bad needs a look: The file breaks off" in done.stderr
    assert not marks(folder), "--db names the gradebook"
    refused = "--Autograde.create_student=False"
    done = run(folder, "nbgrader", "autograde", "ps1", refused, ok=False)
    assert done.returncode == 1
    assert "not in the gradebook: ada, bad." in done.stderr
    run(folder, "nbgrader", "autograde", "ps1", "--student", "ada")
    assert marks(folder)["ada"]["df_test"] == 2.0


def test_the_formgraders_button_grades_here(tmp_path):
    folder = make_course(tmp_path, config=ROUTED)
    run(folder, "nbgrader", "generate_assignment", "ps1")
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    hand_in(folder, "bob", handed_in(df=GOOD_F))
    answer = json.loads(run(folder, sys.executable, "-c", FORMGRADER, "ada").stdout)
    assert answer["success"], answer
    assert "ada: 5 of 9" in answer["log"]
    assert list(marks(folder)) == ["ada"]
    assert (folder / ".graders" / "ps1.journal").exists()
