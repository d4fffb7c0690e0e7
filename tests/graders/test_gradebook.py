"""Marks in nbgrader's gradebook, read back with nbgrader's own API."""

import logging
import sqlite3
from datetime import datetime, timedelta

import pytest
from nbgrader import api
from nbgrader.plugins import CsvExportPlugin
from small_notebooks import answer, graded, notebook, source

from graders.conventions import Conventions
from graders.gradebook import NO_RESPONSE, Entry, Gradebook, GradebookProblem, Marked
from graders.rebuild import template
from graders.report import Question, Report, Status


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'gradebook.db'}"


def slots(data):
    return template(data, Conventions())[0]


@pytest.fixture
def book(url):
    with Gradebook(url, "course") as opened:
        opened.prepare("ps1", {"p1": slots(source())})
        yield opened


@pytest.fixture
def nbgrader(url, book):
    with api.Gradebook(url, "course") as opened:
        yield opened


def report(df=2.0, dg=3.0, why=None, problem=None):
    def status(points, full):
        if points is None:
            return Status.NEEDS_MANUAL
        return Status.PASSED if points == full else Status.FAILED

    return Report(
        "ada",
        tuple(
            Question(name, points, full, status(points, full))
            for name, points, full in (
                ("df_test", df, 2.0),
                ("dg_test", dg, 3.0),
                ("why", why, 4.0),
            )
        ),
        problem=problem,
    )


def record(book, *, student="ada", changed=True, timestamp=None, unanswered=(), **points):
    marked = Marked("p1", report(**points), changed, frozenset(unanswered))
    book.record([Entry(student, (marked,), timestamp)])


def grades(nbgrader, student="ada"):
    nbgrader.db.expire_all()
    notebook = nbgrader.find_submission_notebook("p1", "ps1", student)
    return {grade.name: grade for grade in notebook.grades}


def test_cells_are_those_that_generate_assignment_makes(url, book, nbgrader, tmp_path):
    found = nbgrader.find_notebook("p1", "ps1")
    assert {c.name: c.max_score for c in found.grade_cells} == {
        "df_test": 2, "dg_test": 3, "why": 4,
    }  # fmt: skip
    assert {c.name for c in found.solution_cells} == {"df", "dg", "why"}
    stored = {c.name: c for c in found.source_cells}
    assert "HIDDEN" in stored["df_test"].source
    assert "2 * x" not in stored["df"].source
    assert (stored["df_test"].locked, stored["df"].locked) == (True, False)
    assert nbgrader.find_assignment("ps1").max_score == 9


def test_marks_and_what_waits_for_a_person(book, nbgrader):
    record(book, df=0.5)
    found = grades(nbgrader)
    assert [found[n].auto_score for n in ("df_test", "dg_test", "why")] == [0.5, 3.0, None]
    assert [found[n].needs_manual_grade for n in ("df_test", "dg_test", "why")] == [
        False, False, True,
    ]  # fmt: skip
    assert nbgrader.find_submission("ps1", "ada").score == 3.5


def test_what_could_not_be_decided_is_never_a_plain_zero(book, nbgrader):
    record(book, df=0.0, dg=0.0, why=0.0, problem="The file is empty.")
    assert all(grade.needs_manual_grade for grade in grades(nbgrader).values())
    comment = nbgrader.find_comment("df", "p1", "ps1", "ada")
    assert comment.auto_comment == "The file is empty."


def test_marks_and_comments_by_hand_survive_a_regrade(book, nbgrader):
    record(book, unanswered=["df"])
    assert nbgrader.find_comment("df", "p1", "ps1", "ada").auto_comment == NO_RESPONSE
    found = grades(nbgrader)
    found["why"].manual_score, found["why"].needs_manual_grade = 3.5, False
    found["df_test"].extra_credit = 0.5
    nbgrader.find_comment("df", "p1", "ps1", "ada").manual_comment = "Neat."
    nbgrader.db.commit()

    record(book, changed=False, dg=0.0)
    found = grades(nbgrader)
    assert (found["why"].manual_score, found["why"].needs_manual_grade) == (3.5, False)
    assert found["df_test"].extra_credit == 0.5
    assert found["dg_test"].auto_score == 0.0
    assert nbgrader.find_comment("df", "p1", "ps1", "ada").comment == "Neat."

    record(book, changed=True)
    assert grades(nbgrader)["why"].needs_manual_grade, "other work wants another look"


def test_the_same_marks_twice_are_there_once(book, nbgrader):
    record(book)
    record(book)
    assert len(grades(nbgrader)) == 3
    assert len(nbgrader.assignment_submissions("ps1")) == 1
    assert book.recorded() == {("ada", "p1"): (2, 5.0)}


def test_lateness_follows_due_date_extension_and_policy(url):
    due = datetime(2026, 3, 1, 12)
    with Gradebook(url, "course", lambda student, score, seconds: score / 2) as book:
        book.prepare("ps1", {"p1": slots(source())})
        with api.Gradebook(url, "course") as nbgrader:
            nbgrader.update_or_create_assignment("ps1", duedate=due)
        book.prepare("ps1", {"p1": slots(source())})
        record(book, student="early", timestamp=due - timedelta(hours=1))
        record(book, student="late", timestamp=due + timedelta(hours=1))
        with api.Gradebook(url, "course") as nbgrader:
            assert nbgrader.find_submission("ps1", "early").late_submission_penalty == 0
            late = nbgrader.find_submission("ps1", "late")
            assert (late.late_submission_penalty, late.score) == (2.5, 5.0)
            late.extension = timedelta(hours=2)
            nbgrader.db.commit()
        book.refresh_penalties()
        with api.Gradebook(url, "course") as nbgrader:
            assert nbgrader.find_submission("ps1", "late").late_submission_penalty == 0


def test_a_source_that_changed_after_submissions_came(book, nbgrader, url):
    record(book)
    by_hand = grades(nbgrader)["why"]
    by_hand.manual_score = 4.0
    nbgrader.db.commit()
    changed = notebook(
        answer("df", "pass"),
        graded("df_test", "assert True", 5),
        graded("new_test", "assert True", 1),
    )
    notes = " ".join(book.prepare("ps1", {"p1": slots(changed)}))
    assert "df_test is now worth 5 points, not 2" in notes
    assert "dg_test is gone from the source and was removed" in notes
    assert "why is gone from the source but has marks" in notes
    assert set(grades(nbgrader)) == {"df_test", "why"}
    record(book)
    assert set(grades(nbgrader)) == {"df_test", "why", "new_test"}


def test_nbgrader_exports_what_was_recorded(book, nbgrader, tmp_path):
    record(book)
    record(book, student="bob", df=0.0)
    target = tmp_path / "grades.csv"
    exporter = CsvExportPlugin(log=logging.getLogger("quiet"))
    exporter.to = str(target)
    exporter.export(nbgrader)
    rows = [line.split(",") for line in target.read_text().splitlines()]
    at = rows[0].index("score")
    assert {row[3]: row[at] for row in rows[1:]} == {"ada": "5.0", "bob": "3.0"}


def test_the_formgraders_view_lists_what_was_recorded(book, nbgrader):
    record(book)
    (submission,) = nbgrader.submission_dicts("ps1")
    assert (submission["student"], submission["score"]) == ("ada", 5.0)
    assert submission["needs_manual_grade"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "not usable"),
        ("sqlite:////no/such/folder/gradebook.db", "unable to open"),
        ("oracle://user:secret@host/db", "not usable"),
    ],
)
def test_a_gradebook_that_cannot_be_opened_is_explained(url, words):
    with pytest.raises(GradebookProblem, match=words) as caught:
        Gradebook(url)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_gradebook_is_explained(tmp_path):
    path = tmp_path / "gradebook.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(GradebookProblem, match="damaged or is no gradebook"):
        Gradebook(f"sqlite:///{path}")


def test_a_locked_gradebook_is_waited_for_and_explained(book, url, tmp_path, monkeypatch):
    monkeypatch.setattr("graders.gradebook.SECONDS_FOR_A_LOCK", 0.1)
    with Gradebook(url, "course") as impatient:
        impatient.prepare("ps1", {"p1": slots(source())})
        holder = sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookProblem, match="Another program is writing"):
            record(impatient)
        holder.execute("ROLLBACK")
        record(impatient)


def test_a_roster_adds_names_and_overwrites_none(book, nbgrader):
    record(book)
    book.enrol({"ada": {"first_name": "Ada"}, "bob": {"last_name": "Boole"}})
    book.enrol({"ada": {"first_name": "Other", "email": "ada@example.org"}})
    assert book.student_names() == {"ada": "Ada", "bob": "Boole"}
    assert nbgrader.find_student("ada").email == "ada@example.org"


def test_waiting_for_another_program_is_said(book, url, tmp_path, monkeypatch):
    monkeypatch.setattr("graders.gradebook.SECONDS_IN_SILENCE", 0.05)
    holder = sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None)
    said = []

    def tell(text):
        said.append(text)
        holder.execute("ROLLBACK")

    with Gradebook(url, "course", tell=tell) as patient:
        patient.prepare("ps1", {"p1": slots(source())})
        holder.execute("BEGIN IMMEDIATE")
        record(patient)
    assert len(said) == 1
    assert "Another program is writing" in said[0]


def test_a_gradebook_that_may_not_be_written_can_be_read(book, url, tmp_path):
    record(book)
    book.enrol({"ada": {"first_name": "Ada"}})
    uri = f"sqlite:///file:{tmp_path / 'gradebook.db'}?mode=ro&uri=true"
    with Gradebook(uri, "course") as reader:
        assert reader.student_names() == {"ada": "Ada"}
        with pytest.raises(GradebookProblem, match="may not be written"):
            reader.prepare("ps1", {"p1": slots(source())})


def test_a_name_brings_no_html_into_the_formgrader(book):
    book.enrol({"mal": {"first_name": '<img src=x onerror="f()">', "last_name": "O'Mal"}})
    assert book.student_names() == {"mal": "‹img src=x onerror=”f()”› O'Mal"}
