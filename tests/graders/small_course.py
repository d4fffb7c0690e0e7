"""A small course folder for the tests, and what is in it after grading."""

from __future__ import annotations

from pathlib import Path

from nbgrader import api
from small_notebooks import notebook, source, submission

from graders.course import Course

GOOD_F = "def df(x):\n    return x + x"
GOOD_G = "def dg(x):\n    return 2 * x"
BAD_G = "def dg(x):\n    return x"
SECRET = bytes(32)


def handed_in(**answers: str) -> bytes:
    return notebook(*submission(**answers))


def make_course(
    folder: Path, *, config: str = "", notebooks: dict[str, bytes] | None = None
) -> Path:
    """A course with one assignment, ps1, made of the notebook p1 unless told otherwise."""
    for name, data in (notebooks or {"p1": source()}).items():
        path = folder / "source" / "ps1" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n")
    # One secret for all courses of the tests, so that a worker keeps its engine.
    (folder / ".graders").mkdir(exist_ok=True)
    (folder / ".graders" / "secret").write_bytes(SECRET)
    return folder


def hand_in(
    folder: Path, student: str, data: bytes, *, name: str = "p1", when: str | None = None
) -> Path:
    path = folder / "submitted" / student / "ps1" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if when is not None:
        (path.parent / "timestamp.txt").write_text(when)
    return path


def marks(folder: Path, assignment: str = "ps1") -> dict[str, dict[str, float | None]]:
    """Automatic marks by student and cell, as nbgrader reads them."""
    with api.Gradebook(Course(folder).directory.db_url) as book:
        return {
            submitted.student_id: {
                grade.name: grade.auto_score
                for one in submitted.notebooks
                for grade in one.grades
            }
            for submitted in book.assignment_submissions(assignment)
        }


def waiting(folder: Path, assignment: str = "ps1") -> set[tuple[str, str]]:
    """Students and cells that wait for a person."""
    with api.Gradebook(Course(folder).directory.db_url) as book:
        return {
            (submitted.student_id, grade.name)
            for submitted in book.assignment_submissions(assignment)
            for one in submitted.notebooks
            for grade in one.grades
            if grade.needs_manual_grade
        }
