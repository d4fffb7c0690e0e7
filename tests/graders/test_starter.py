"""A course of one's own, from the first command to the first marks."""

import json
import zipfile

import pytest

from graders import cli
from graders.course import Course
from graders.sandbox import missing_layers
from graders.starter import start_course

TWICE = {"double": "def double(x):\n    return x + x", "why": "Because."}


def hand_in(bundle, to):
    """The released example with answers in it, packed as Moodle has it."""
    with zipfile.ZipFile(bundle) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("hello.ipynb")]
        notebook = json.loads(archive.read(name))
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in TWICE:
            cell["source"] = TWICE[marks["grade_id"]]
    with zipfile.ZipFile(to, "w") as archive:
        place = "Ada Lovelace_7_assignsubmission_file/hello.ipynb"
        archive.writestr(place, json.dumps(notebook))


@pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")
def test_an_empty_course_works_from_end_to_end(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init", "my-course", "--empty"]) == 0
    assert "graders release" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path / "my-course")
    assert cli.main(["release"]) == 0
    bundle = tmp_path / "my-course/build/minigrad-course.zip"
    with zipfile.ZipFile(bundle) as archive:
        text = b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".ipynb"))
        assert b"abab" not in text, "the hidden test"
        assert not [n for n in archive.namelist() if "/lectures/" in n]
    hand_in(bundle, tmp_path / "moodle.zip")
    assert cli.main(["collect", "hello", str(tmp_path / "moodle.zip")]) == 0
    assert cli.main(["grade", "hello", "--workers", "1"]) == 0
    assert cli.main(["report", "hello"]) == 1, "the written answer waits for a person"
    assert cli.main(["export", "hello", "--for", "moodle"]) == 1
    assert cli.main(["feedback", "hello", "--for", "moodle"]) == 0
    capsys.readouterr()
    marks = (tmp_path / "my-course/reports/hello/marks.csv").read_text()
    assert "7,Ada Lovelace,,5,no,2" in marks


def test_this_course_is_one_to_change(tmp_path):
    folder = tmp_path / "mine"
    there = start_course(folder, empty=False)
    assert "ps1_derivatives" in there
    course = Course(folder)
    assert course.assignments() == there
    assert (folder / "lectures/00_map.ipynb").is_file()
    assert course.directory.course_id == "mine"
    assert course.roster() == {}
    assert not [path for path in folder.rglob("*") if "checkpoints" in str(path)]


def test_every_file_is_explained(tmp_path):
    start_course(tmp_path / "mine", empty=True)
    readme = (tmp_path / "mine/README.md").read_text()
    for path in (tmp_path / "mine").iterdir():
        if path.name not in ("README.md", ".gitignore"):
            assert f"`{path.name}" in readme


def test_nothing_is_overwritten(tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("")
    assert cli.main(["init", str(tmp_path / "full")]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert cli.main(["init", str(tmp_path / "my course")]) == 2
    assert "one word" in capsys.readouterr().err
