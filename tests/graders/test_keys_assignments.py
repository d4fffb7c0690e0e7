"""Every assignment's notebook and its keys belong together, and nbgrader takes it as it is."""

import copy
import csv
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import nbformat
import pytest
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from graders import grade, sources
from graders.keys.catalogue import all_keys, assignments, keys_of
from graders.report import Status

ROOT = Path(__file__).parents[2]
EXERCISES = ROOT / "notebooks" / "exercises"

SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)

_USED = r"^key\.(\w+)(?:\.variant\(.*\))?\.test\("

LECTURES = 14  # of the whole course, 00 to 13

every_assignment = pytest.mark.parametrize("name", assignments())


def source_of(name):
    return nbformat.read(EXERCISES / name / f"{name}.ipynb", as_version=4)


def graded(notebook):
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def is_manual(cell):
    return cell.metadata.nbgrader.solution


@every_assignment
def test_the_notebook_is_in_nbgraders_format(name):
    notebook = source_of(name)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    marked = [c for c in notebook.cells if "nbgrader" in c.metadata]
    ids = [c.metadata.nbgrader.grade_id for c in marked]
    assert len(set(ids)) == len(ids)
    assert all(c.metadata.nbgrader.schema_version == 3 for c in marked)
    assert all(c.id == c.metadata.nbgrader.grade_id for c in marked)
    assert not any(c.get("outputs") or c.get("execution_count") for c in notebook.cells)


@every_assignment
def test_points_in_the_text_are_the_points_that_are_given(name):
    notebook = source_of(name)
    total = sum(c.metadata.nbgrader.points for c in graded(notebook))
    assert f"{total} points" in notebook.cells[0].source
    promised = given = 0
    for cell in notebook.cells:
        line = re.search(r"^\*([\d+ ]+) points? · \d+ minutes · .+\*$", cell.source, re.M)
        if line and cell.cell_type == "markdown":
            assert promised == given
            promised, given = sum(map(int, line[1].split("+"))), 0
        given += cell.metadata.get("nbgrader", {}).get("points", 0)
    assert promised == given
    assert total


@every_assignment
def test_every_key_is_used_once_and_before_the_visible_check(name):
    """The key speaks first, since it knows the misconception and the visible check does not."""
    tests = [c.source for c in graded(source_of(name)) if not is_manual(c)]
    used = [re.findall(_USED, source, re.M) for source in tests]
    assert sorted(itertools.chain(*used)) == sorted(key.name for key in keys_of(name))
    for source in tests:
        assert source.startswith("### BEGIN HIDDEN TESTS\n")
        assert f"from graders.keys import {name} as key" in source


@every_assignment
def test_the_solution_gets_every_point(name):
    matplotlib.use("Agg")
    namespace = {"__name__": "__main__"}
    answered = [c.source for c in source_of(name).cells if c.cell_type == "code"]
    sources.set_sources(answered)
    try:
        for source in answered:
            exec(compile(source, "cell", "exec"), namespace)
    finally:
        sources.set_sources(None)


@every_assignment
def test_a_release_holds_no_answer_and_no_hidden_test(name):
    notebook = source_of(name)
    everything = "\n".join(cell.source for cell in notebook.cells)
    solutions = [
        line.strip()
        for region in SOLUTION.findall(everything)
        for line in region.splitlines()
        if len(line.strip()) > 12 and line.strip() not in SOLUTION.sub("", everything)
    ]
    letters = [c.source for c in graded(notebook) if c.cell_type == "markdown"]
    released = notebook
    for preprocessor in (ClearSolutions(), ClearHiddenTests()):
        released, _ = preprocessor.preprocess(released, {})
    text = "\n".join(c.source for c in released.cells)
    assert solutions
    for secret in [*solutions, *letters, "SOLUTION", "HIDDEN", "graders.keys"]:
        assert secret not in text
    for cell in released.cells:
        marked = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and marked.get("solution"):
            assert "# YOUR CODE HERE" in cell.source
            assert cell.source.startswith(("def ", "class ", "# "))


def test_the_lectures_that_keys_point_to_exist():
    lectures = {path.stem for path in (ROOT / "notebooks" / "lectures").glob("[01]*.ipynb")}
    named = {key.lecture for _, key in all_keys()}
    named |= {m.lecture for _, key in all_keys() for m in key.misconceptions if m.lecture}
    if named - lectures and len(lectures) < LECTURES:
        pytest.skip(f"not written yet: {sorted(named - lectures)}")
    assert named <= lectures


@pytest.mark.slow
@every_assignment
def test_graders_grades_it(name):
    """In the real sandbox, where functions and classes of an answer stay in another process."""
    notebook = source_of(name)
    source = nbformat.writes(notebook).encode()
    automatic = sum(c.metadata.nbgrader.points for c in graded(notebook) if not is_manual(c))
    untouched, _ = ClearSolutions().preprocess(copy.deepcopy(notebook), {})
    right = grade(source, source)
    empty = grade(source, nbformat.writes(untouched).encode())
    assert sum(q.points for q in right.questions if q.points is not None) == automatic
    judged = [q for q in empty.questions if q.status is not Status.NEEDS_MANUAL]
    assert {(q.status, q.points) for q in judged} == {(Status.MISSING, 0.0)}


@pytest.mark.slow
@every_assignment
def test_stock_nbgrader_grades_it(name, tmp_path):
    notebook = source_of(name)
    automatic = sum(c.metadata.nbgrader.points for c in graded(notebook) if not is_manual(c))
    config = 'c = get_config()\nc.CourseDirectory.course_id = "stock"\n'
    (tmp_path / "nbgrader_config.py").write_text(config)
    shutil.copytree(EXERCISES / name, tmp_path / "source" / name)

    def nbgrader(*arguments):
        # nbgrader starts `alembic` and `jupyter` by name.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": path}
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    nbgrader("generate_assignment", name)
    shutil.copytree(tmp_path / "source" / name, tmp_path / "submitted" / "right" / name)
    shutil.copytree(tmp_path / "release" / name, tmp_path / "submitted" / "untouched" / name)
    said = nbgrader("validate", str(tmp_path / "release" / name / f"{name}.ipynb"))
    assert "VALIDATION FAILED" in said
    nbgrader("autograde", name)
    nbgrader("export")
    with open(tmp_path / "grades.csv", newline="") as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert scores == {"right": automatic, "untouched": 0.0}
