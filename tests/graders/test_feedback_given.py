"""Feedback handed back: with marks by hand in it, to the right people, and only when due."""

import json
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta

import pytest
from nbgrader import api
from small_course import BAD_G, GOOD_F, GOOD_G, handed_in, make_course

from graders import cli
from graders.by_hand import ByHand, read_by_hand, settled
from graders.collecting.collect import collect
from graders.course import Course
from graders.feedback.given import given_out, record_file, write_down
from graders.report import Question, Report, Status


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Ada's and Bob's work, collected from Canvas and graded."""
    top = tmp_path_factory.mktemp("course")
    exchange = top / "exchange"
    exchange.mkdir()
    config = (
        'c.CourseDirectory.course_id = "c1"\n'
        f"c.Exchange.root = {str(exchange)!r}\n"
        "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    folder = make_course(top / "course", config=config)
    download = top / "canvas.zip"
    with zipfile.ZipFile(download, "w") as archive:
        for name, user, work in (
            ("lovelaceada", 11, handed_in(df=GOOD_F, dg=GOOD_G, why="A limit.")),
            ("babbagebob", 12, handed_in(df=GOOD_F, dg=BAD_G)),
        ):
            archive.writestr(f"{name}_{user}_9{user}_p1.ipynb", work)
    collect(Course(folder), "ps1", [download], roster={})
    assert run(folder, "grade", "--isolation", "none", "--workers", "1") in (0, 1)
    return folder


def run(folder, command, *more):
    return cli.main([command, "ps1", "--course", str(folder), *more])


def mark(folder, student, cell, points, comment=None):
    """As the formgrader does it."""
    course = Course(folder)
    with api.Gradebook(course.directory.db_url, course.directory.course_id) as book:
        grade = book.find_grade(cell, "p1", "ps1", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(cell, "p1", "ps1", student).manual_comment = comment
        book.db.commit()


def page(folder, student):
    return (folder / "reports/ps1/feedback" / f"{student}.html").read_text(encoding="utf-8")


def archive(folder, system):
    with zipfile.ZipFile(folder / f"reports/ps1/feedback_{system}.zip") as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_from_the_first_page_to_the_regrade(folder, capsys):
    assert run(folder, "feedback", "--for", "canvas") == 0
    said = capsys.readouterr().out
    assert "2 pages" in said
    assert set(archive(folder, "canvas")) == {
        "lovelaceada_11_911_ps1_feedback.html",
        "babbagebob_12_912_ps1_feedback.html",
    }
    assert "still to be marked" in page(folder, "11")

    assert run(folder, "feedback", "--for", "canvas", "--only-changed") == 0
    assert archive(folder, "canvas") == {}, "nobody's marks changed"

    mark(folder, "11", "why", 3.0, "Nicely put: <b>a limit</b>.")
    assert run(folder, "feedback", "--for", "canvas", "--only-changed", "--json") == 0
    about = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert about["changes"] == {"11": [5.0, 8.0]}
    (name,) = archive(folder, "canvas")
    assert name.startswith("lovelaceada_11_")
    shown = page(folder, "11")
    assert "Nicely put: &lt;b&gt;a limit" in shown
    assert "still to be marked" not in shown
    assert "of 9 points" in shown

    assert run(folder, "feedback", "--only-changed", "--json") == 0
    assert json.loads(capsys.readouterr().out)["pages"] == 0
    yesterday = (datetime.now() - timedelta(days=1)).date().isoformat()
    assert run(folder, "feedback", "--changed-since", yesterday, "--json") == 0
    assert json.loads(capsys.readouterr().out)["pages"] == 2

    assert run(folder, "report") == 0, "nothing waits any more"
    report = (folder / "reports/ps1/marks.csv").read_text()
    assert ",8," in report


def test_a_comment_beside_the_answer_is_on_its_question(folder):
    course = Course(folder)
    with api.Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.find_comment("dg", "p1", "ps1", "12").manual_comment = "See lecture two."
        book.db.commit()
    assert run(folder, "feedback") == 0
    before, _, after = page(folder, "12").partition("See lecture two.")
    assert after
    assert "dg" in before.rpartition("<li")[2]


def test_who_did_not_come_from_there_is_named(folder, capsys):
    assert run(folder, "feedback", "--for", "moodle") == 1
    assert "not collected from Moodle" in capsys.readouterr().out
    assert run(folder, "feedback", "--for", "folders") == 0
    assert set(archive(folder, "folders")) == {
        "11/ps1_feedback.html",
        "12/ps1_feedback.html",
    }


def test_by_two_ways_each_reason_is_said_and_nobody_is_told_twice(folder, tmp_path, capsys):
    to = ["--to", str(tmp_path / "new")]
    assert run(folder, "feedback", "--for", "moodle", "--exchange", *to) == 1
    said = capsys.readouterr().out
    assert said.count("left out  11") == 1
    assert "not collected from Moodle, not handed in by the exchange" in said
    assert run(folder, "feedback", "--for", "folders", "--exchange", "--json", *to) == 1
    assert json.loads(capsys.readouterr().out)["left_out"] == ["11", "12"]
    again = ["--for", "folders", "--only-changed", "--to", str(tmp_path / "newer")]
    assert run(folder, "feedback", *again) == 0, "the ZIP reached them"
    assert (tmp_path / "newer" / "feedback_folders.zip").is_file()
    assert "0 pages" in capsys.readouterr().out


def test_a_record_that_was_cut_off_is_passed_over(folder):
    course = Course(folder)
    first, second = {"ada": {"f": 1.0}}, {"ada": {"f": 2.0}}
    write_down(course, "ps9", first)
    record = record_file(course, "ps9")
    record.write_bytes(record.read_bytes() + b'{"time": "2026-01-')
    assert given_out(course, "ps9") == first
    write_down(course, "ps9", second)
    assert given_out(course, "ps9") == second


def test_by_nbgraders_exchange_to_the_student(folder, tmp_path, capsys, monkeypatch):
    """Real exchange: release, fetch, submit, collect, feedback, fetch_feedback."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    student = tmp_path / "student"
    student.mkdir()
    (student / "nbgrader_config.py").write_text((folder / "nbgrader_config.py").read_text())

    def nbgrader(where, *arguments):
        call = [sys.executable, "-m", "nbgrader", *arguments, "--course", "c1"]
        done = subprocess.run(call, cwd=where, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    nbgrader(folder, "generate_assignment", "ps1", "--force")
    nbgrader(folder, "release_assignment", "ps1")
    nbgrader(student, "fetch_assignment", "ps1")
    nbgrader(student, "submit", "ps1")
    nbgrader(folder, "collect", "ps1")
    assert run(folder, "grade", "--isolation", "none", "--workers", "1") in (0, 1)
    assert run(folder, "feedback", "--exchange") == 1
    assert "not handed in by the exchange" in capsys.readouterr().out
    nbgrader(student, "fetch_feedback", "ps1")
    (got,) = (student / "ps1" / "feedback").rglob("*.html")
    assert "of 9 points" in got.read_text(encoding="utf-8")


def report(*questions, **more):
    return Report("ada", questions, **more)


def test_a_mark_by_hand_takes_the_place_of_the_automatic_one():
    asked = report(
        Question("a", 0.0, 2.0, Status.FAILED, "Wrong.", misconception="sign"),
        Question("b", None, 2.0, Status.NEEDS_MANUAL),
        Question("c", 2.0, 2.0, Status.PASSED),
    )
    done = settled(asked, {"ada": ByHand({"a": 2.0, "b": 1.0}, {"c": 0.5})})
    assert [(q.points, q.status) for q in done.questions] == [
        (2.0, Status.PASSED),
        (1.0, Status.PARTIAL),
        (2.5, Status.PASSED),
    ]
    assert done.questions[0].message == ""
    assert done.questions[0].misconception is None
    assert settled(asked, {}) == asked


def test_a_file_that_could_not_be_read_stands_once_all_of_it_is_marked():
    broken = report(Question("a", 0.0, 2.0, Status.MISSING), problem="The file is empty.")
    assert settled(broken, {"ada": ByHand({"a": 1.0})}).problem is None
    assert settled(broken, {"ada": ByHand()}).problem == "The file is empty."


def test_two_notebooks_and_a_late_penalty(tmp_path):
    from small_notebooks import source

    course = Course(make_course(tmp_path, notebooks={"p1": source(), "p2": source()}))
    from graders.conventions import Conventions
    from graders.gradebook import Entry, Gradebook, Marked
    from graders.rebuild import template

    slots = template(source(), Conventions())[0]
    url, name = course.directory.db_url, course.directory.course_id
    due = datetime(2026, 1, 1)
    with Gradebook(url, name) as book:
        book.prepare("ps1", {"p1": slots, "p2": slots})
    with api.Gradebook(url, name) as theirs:
        theirs.find_assignment("ps1").duedate = due
        theirs.db.commit()
    with Gradebook(url, name, lambda *_: 0.25) as book:
        book.prepare("ps1", {"p1": slots, "p2": slots})
        questions = tuple(Question(q, 2.0, 4.0, Status.PARTIAL) for q in ("df_test", "why"))
        marked = tuple(Marked(n, Report("ada", questions)) for n in ("p1", "p2"))
        book.record([Entry("ada", marked, due + timedelta(days=1))])
    with api.Gradebook(url, name) as theirs:
        grade = theirs.find_grade("why", "p2", "ps1", "ada")
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        theirs.db.commit()
    assert read_by_hand(url, "ps1") == {"ada": ByHand({"p2/why": 3.0}, penalty=0.5)}


def test_late_is_said_on_the_page():
    from graders.feedback import feedback_page

    shown = feedback_page(
        report(Question("a", 2.0, 2.0, Status.PASSED)), title="ps1", penalty=0.5
    )
    assert "2 for the answers, 0.5 taken off because it came late" in shown
    assert "<strong>1.5</strong>" in shown


def test_not_graded_yet_is_explained(tmp_path, capsys):
    folder = make_course(tmp_path)
    for command in ("feedback", "report", "export"):
        assert run(folder, command) == 2
        assert "'graders grade ps1'" in capsys.readouterr().err
    assert not (folder / "reports").exists()
