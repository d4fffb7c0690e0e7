"""The sample class: made from the keys, always the same, every answer what it says it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graders.keys import ps1_derivatives
from graders.keys.key import WrongAnswer
from graders.report import Question, Report, Status
from graders.sample import ASSIGNMENT, sample_class, write_sample_course
from graders.sample.answers import labels, written
from graders.sample.draft import Expected

EXERCISES = Path(__file__).parents[2] / "notebooks" / "exercises"
KEYS = {name: getattr(ps1_derivatives, name) for name in ps1_derivatives.__all__}


@pytest.fixture(scope="module")
def samples():
    return sample_class((EXERCISES / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes())


def verdict(key, text):
    """The misconception that the key names, "" where it names none, None for a right answer."""
    names = {}
    exec(text, names)
    try:
        key.test(names[key.name])
    except WrongAnswer as wrong:
        return wrong.misconception or ""
    return None


@pytest.mark.parametrize("name", KEYS)
def test_an_answer_written_out_is_the_answer_in_the_key(name):
    key = KEYS[name]
    for style in labels(key):
        assert verdict(key, written(key, style)) is None, style
    for misconception in key.misconceptions:
        found = verdict(key, written(key, misconception.name))
        assert found in (misconception.name, *misconception.twins)


def test_an_answer_that_the_key_lacks_is_not_made_up():
    with pytest.raises(LookupError):
        written(KEYS["slope_of_cubic"], "no such style")


def test_the_class_holds_every_misconception(samples):
    held = {pair for s in samples for pair in s.expected.misconceptions.items()}
    assert len(held) == sum(len(key.misconceptions) for key in KEYS.values())


def test_the_class_is_always_the_same(samples):
    source = (EXERCISES / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    assert sample_class(source) == samples
    ids = [sample.student.id for sample in samples]
    assert ids == sorted(set(ids))


def test_no_submission_holds_a_hidden_test(samples):
    for sample in samples:
        assert b"HIDDEN TESTS" not in sample.data
        assert b"BEGIN SOLUTION" not in sample.data


def test_the_course_folder_is_made_anew_and_the_gradebook_kept(tmp_path):
    write_sample_course(tmp_path, EXERCISES)
    (tmp_path / "gradebook.db").write_text("marks")
    (tmp_path / "submitted" / "stranger").mkdir()
    tame = write_sample_course(tmp_path, EXERCISES, hostile=False)
    assert (tmp_path / "gradebook.db").read_text() == "marks"
    assert not any(sample.hostile for sample in tame)
    with open(tmp_path / "roster.csv", encoding="utf-8", newline="") as file:
        roster = {row["id"] for row in csv.DictReader(file)}
    assert roster == {path.name for path in (tmp_path / "submitted").iterdir()}


def test_what_differs_from_the_expected_is_said():
    expected = Expected({"q": (Status.FAILED,)}, {"q": "dropped a term"})
    right = Question("q", 0.0, 2.0, Status.FAILED, misconception="dropped a term")
    assert expected.differences(Report("a", (right,))) == []
    for question in (
        Question("q", 2.0, 2.0, Status.PASSED),
        Question("q", 1.0, 2.0, Status.FAILED, misconception="dropped a term"),
        Question("q", 0.0, 2.0, Status.FAILED),
        Question("other", 0.0, 2.0, Status.FAILED),
    ):
        assert expected.differences(Report("a", (question,)))
    assert expected.differences(Report("a", (right,), problem="The file is empty."))
    assert expected.differences(None)
