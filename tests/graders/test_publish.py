"""The files that come out of a graded assignment, and what its questions are called."""

from __future__ import annotations

import csv
import json

import synthetic

from graders.publish import publish, question_titles
from graders.report import Question, Report, Status


def test_everything_is_written_and_written_again(tmp_path):
    reports = synthetic.class_of(12)
    for _ in range(2):
        out = publish(reports, tmp_path, title="ps1", names=synthetic.names_of(reports))
    assert len(out.feedback) == 12
    assert out.report.read_text(encoding="utf-8").startswith("<!doctype html>")
    with open(out.marks, encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 12
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "class_report.html",
        "feedback",
        "marks.csv",
    ]


def test_no_submission_leaves_the_folder_or_takes_the_place_of_another(tmp_path):
    hostile = ["../../etc/passwd", "a/b", "a_b", "a\x00b", "..", ".", "", "\ud800", "x" * 500]
    reports = [Report(name, (Question("q", 1.0, 1.0, Status.PASSED),)) for name in hostile]
    out = publish(reports, tmp_path, title="ps1")
    assert len(set(out.feedback)) == len(hostile)
    assert all(path.parent == tmp_path / "feedback" and path.exists() for path in out.feedback)


def test_a_question_is_called_as_the_heading_above_it():
    def test_cell(grade_id):
        marking = {"grade": True, "solution": False, "locked": True, "points": 1}
        metadata = {"nbgrader": {**marking, "grade_id": grade_id, "schema_version": 3}}
        return {"cell_type": "code", "metadata": metadata, "source": "assert True"}

    cells = [
        test_cell("before"),
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "# Set\n\n## 1. The *slope* of `x`",
        },
        {"cell_type": "markdown", "metadata": {}, "source": "Just words."},
        test_cell("slope"),
        {"cell_type": "markdown", "metadata": {}, "source": "## Two parts ##"},
        test_cell("first"),
        test_cell("second"),
    ]
    source = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert question_titles(source.encode()) == {
        "slope": "1. The slope of x",
        "first": "Two parts: first",
        "second": "Two parts: second",
    }
