"""What came out of an assignment, for whoever shows it: reports, names, marks by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.batch import reports
from graders.by_hand import ByHand, read_by_hand, settled
from graders.classreport.likeness import Cluster, clusters, fingerprint
from graders.course import Course
from graders.problems import UserProblem
from graders.publish import cells_of_questions, question_titles
from graders.report import Report


@dataclass(frozen=True, slots=True)
class Results:
    """An assignment's results; `titles` by question, the rest by student."""

    reports: Sequence[Report]
    names: Mapping[str, str]
    titles: Mapping[str, str]
    by_hand: Mapping[str, ByHand]


def results(course: Course, assignment: str) -> Results:
    """The last results of `graders grade`, with what was marked by hand since.

    Raises:
        UserProblem: the assignment has not been graded.
    """
    found = list(reports(course, assignment))
    if not found:
        raise UserProblem(
            f"{assignment} has not been graded yet; 'graders grade {assignment}' does that."
        )
    course.refresh_penalties(assignment)
    by_hand = read_by_hand(course.directory.db_url, assignment)
    found = [settled(report, by_hand) for report in found]
    titles: dict[str, str] = {}
    questions: dict[str, str] = {}
    sources = course.sources(assignment)
    for name, source in sources.items():
        prefix = f"{name}/" if len(sources) > 1 else ""
        for key, title in question_titles(source, course.conventions).items():
            titles[f"{prefix}{key}"] = title
        for cell, question in cells_of_questions(source, course.conventions).items():
            questions[f"{prefix}{cell}"] = f"{prefix}{question}"
    for one in by_hand.values():
        one.comments = _by_question(one.comments, questions)
    return Results(found, course.student_names(), titles, by_hand)


def alike(course: Course, assignment: str) -> list[Cluster]:
    """Whose answers are nearly the same, as they lie in `autograded`."""
    sources = course.sources(assignment)
    cells = {
        name: cells_of_questions(source, course.conventions) for name, source in sources.items()
    }
    answers: dict[str, dict[str, str | None]] = {}
    for report in reports(course, assignment):
        folder = course.autograded_folder(report.submission, assignment)
        found = answers.setdefault(report.submission, {})
        for name, questions in cells.items():
            prefix = f"{name}/" if len(sources) > 1 else ""
            for question, given in _answers(folder / f"{name}.ipynb", questions).items():
                found[f"{prefix}{question}"] = fingerprint(given)
    return clusters(answers)


def _answers(path: Path, questions: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """The cells that answer each question, by kind and text; none that was left."""
    try:
        notebook = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    found: dict[str, list[tuple[str, str]]] = {}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        text = "".join(cell["source"])
        if marks.get("solution") and "raise NotImplementedError()" not in text:
            question = questions.get(marks["grade_id"])
            if question is not None:
                found.setdefault(question, []).append((cell["cell_type"], text))
    return found


def _by_question(comments: Mapping[str, str], questions: Mapping[str, str]) -> dict[str, str]:
    """A comment on an answer's cell is one on the question whose test follows."""
    found: dict[str, str] = {}
    for cell, text in comments.items():
        question = questions.get(cell, cell)
        found[question] = f"{found[question]}\n\n{text}" if question in found else text
    return found
