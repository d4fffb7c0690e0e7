"""`graders new-question`: what it writes works at once, and it overwrites nothing."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graders.authoring.templates import BY_HAND, KINDS
from graders.keys.proof import prove
from graders.report import Report, Status
from graders.sandbox import missing_layers

ROOT = Path(__file__).parents[2]
PS1 = Path("notebooks", "exercises", "ps1_derivatives", "ps1_derivatives.ipynb")
MINE = Path("notebooks", "exercises", "ps9_mine", "ps9_mine.ipynb")
NAMES = {kind: f"the_{kind}" for kind in KINDS} | {"class": "RunningMean"}


class Clone:
    """A copy of what authors work in, so that no test writes into this one."""

    def __init__(self, folder: Path):
        self.folder = folder
        leave = shutil.ignore_patterns("__pycache__")
        for name in ("graders", "minigrad", "notebooks/exercises"):
            shutil.copytree(ROOT / name, folder / name, ignore=leave)
        shutil.copyfile(ROOT / "nbgrader_config.py", folder / "nbgrader_config.py")

    def __call__(self, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "graders", *map(str, arguments)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    def cells(self, path):
        return json.loads((self.folder / path).read_bytes())["cells"]

    def everything(self):
        files = [*self.folder.glob("graders/keys/**/*.py"), *self.folder.glob("**/*.ipynb")]
        return {path: path.read_bytes() for path in files}


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A new assignment with a question of each kind."""
    clone = Clone(tmp_path_factory.mktemp("clone"))
    for kind in KINDS:
        done = clone("new-question", "ps9_mine", NAMES[kind], "--kind", kind)
        assert done.returncode == 0, done.stderr
        assert str(MINE) in done.stdout
    return clone


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BY_HAND])
def test_each_template_holds(kind):
    module = importlib.import_module(f"graders.authoring.templates.{kind}")
    assert prove(module.question_name).faults == ()


def test_the_keys_of_a_new_assignment_hold_under_their_own_names(written):
    done = written("check-keys", "ps9_mine", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = [json.loads(line)["key"] for line in done.stdout.splitlines()]
    assert found == sorted(NAMES[kind] for kind in KINDS if kind not in BY_HAND)


@pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")
def test_the_solution_of_a_new_assignment_gets_every_point(written):
    done = written("run", MINE, MINE, "--json")
    report = Report.from_json(done.stdout)
    statuses = {question.id: question.status for question in report.questions}
    assert len(statuses) == len(KINDS)
    by_hand = {"the-written", "the-plot"}
    assert {name for name, s in statuses.items() if s is Status.NEEDS_MANUAL} == by_hand
    assert {s for name, s in statuses.items() if name not in by_hand} == {Status.PASSED}


def test_points_minutes_and_numbers_add_up(written):
    cells = written.cells(MINE)
    given = [c["metadata"]["nbgrader"].get("points", 0) for c in cells]
    text = "\n".join("".join(c["source"]) for c in cells)
    minutes = re.findall(r"· (\d+) minutes ·", text)
    assert f"{sum(given)} points · about {sum(map(int, minutes))} minutes" in text
    assert re.findall(r"^### (\d+) ·", text, re.M) == [str(i + 1) for i in range(len(KINDS))]
    assert "question_name" not in text
    assert "problem_set" not in text


def test_what_is_written_is_clean(written):
    made = (written.folder / "graders/keys/ps9_mine", written.folder / MINE.parent)
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            ["ruff", *arguments, "--config", ROOT / "pyproject.toml", *made],
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_question_more_leaves_the_others_as_they_are(clone):
    before = clone.cells(PS1)
    done = clone("new-question", "ps1_derivatives", "slope_of_hill", "--kind", "formula")
    assert done.returncode == 0, done.stderr
    after = clone.cells(PS1)
    assert after[1 : len(before)] == before[1:]
    assert "20 points · about 80 minutes" in "".join(before[0]["source"])
    assert "22 points · about 90 minutes" in "".join(after[0]["source"])
    assert "".join(after[len(before)]["source"]).startswith("### 11 · ")
    done = clone("check-keys", "ps1_derivatives.slope_of_hill", "ps1_derivatives.best_step")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ps1_derivatives", "best_step", "--kind", "formula"], "has a key best_step already"),
        (["ps1_derivatives", "cubic", "--kind", "plot"], "has a cell 'cubic' already"),
        (["ps1_derivatives", "my-step", "--kind", "formula"], "is no name for a question"),
        (["ps1_derivatives", "lambda", "--kind", "formula"], "is no name for a question"),
        (["ps1_derivatives", "np", "--kind", "formula"], "means something else"),
        (["ps9_mine", "mean", "--kind", "class"], "a class is written Mean"),
        (["../ps9", "mean", "--kind", "formula"], "is no name for an assignment"),
        (["PS 9", "mean", "--kind", "formula"], "is no name for an assignment"),
        (["ps9_mine", "mean", "--kind", "essay"], "invalid choice"),
        (["ps9_mine", "mean"], "--kind"),
    ],
)
def test_a_name_that_cannot_be_had_is_said_and_nothing_is_written(clone, arguments, said):
    before = clone.everything()
    done = clone("new-question", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert clone.everything() == before


@pytest.mark.parametrize(
    "more",
    ["SEED = 7\n", "from graders.keys.ps1_derivatives.cubics import (\n    FAMILY,\n)\n"],
)
def test_what_a_person_wrote_beside_the_keys_is_not_lost(clone, more):
    file = clone.folder / "graders/keys/ps1_derivatives/__init__.py"
    head, _, rest = file.read_text().partition("\n\nfrom ")
    file.write_text(f"{head}\n\n{more}\nfrom {rest}")
    before = clone.everything()
    done = clone("new-question", "ps1_derivatives", "slope_of_hill", "--kind", "formula")
    assert done.returncode == 2
    assert "holds more than" in done.stderr
    assert clone.everything() == before


def test_a_broken_notebook_is_said_and_left(clone):
    (clone.folder / PS1).write_text("{")
    before = clone.everything()
    done = clone("new-question", "ps1_derivatives", "slope_of_hill", "--kind", "formula")
    assert done.returncode == 2
    assert "is not a notebook" in done.stderr
    assert clone.everything() == before
