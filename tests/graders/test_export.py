"""Marks on their way into Canvas, Moodle and Gradescope."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from nbgrader import api
from small_course import make_course
from small_notebooks import graded, source

from graders import cli
from graders.conventions import Conventions
from graders.course import Course
from graders.export.lms import FRESH, Marks, merge
from graders.export.standing import standings
from graders.gradebook import Entry, Gradebook, GradebookProblem, Marked
from graders.problems import UserProblem
from graders.rebuild import template
from graders.report import Question, Report, Status

DUE = datetime(2026, 5, 1)
ROSTER = {
    "ada": {
        "first_name": "Ada",
        "last_name": "Love, lace",
        "email": "a@b.c",
        "lms_user_id": "11",
    },
    "bob": {"first_name": "=1+1", "last_name": "Babbage", "lms_user_id": "12"},
    "cleo": {"first_name": "Cleo", "last_name": "Smith", "email": "c@b.c", "lms_user_id": "13"},
    "dan": {"first_name": "Dan", "last_name": "O'Neil", "email": "d@b.c", "lms_user_id": "14"},
}
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,ps0 (1),ps1 (2),Current Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,5,{points},(read only)\n"
    '"Love, lace, Ada",11,S11,ada,Sec 1,4,,80\n'
    '"Babbage, B",12,S12,bob,Sec 1,3,1.5,70\n'
    '"Nobody, No",99,S99,nob,Sec 1,2,,60\n'
)
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)\n"
    "Participant 11,Ada Love lace,a@b.c,Submitted,,9.00,-\n"
    "Participant 13,Cleo Smith,c@b.c,Submitted,,9.00,-\n"
)


def question(name, points, full):
    status = Status.NEEDS_MANUAL if points is None else Status.PASSED
    return Question(name, points, full, status)


def entry(student, why, when=None):
    report = Report(
        student,
        (
            question("df_test", 2.0, 2.0),
            question("dg_test", 1.0, 3.0),
            question("why", why, 4.0),
        ),
    )
    return Entry(student, (Marked("p1", report),), when)


@pytest.fixture
def course(tmp_path):
    """Ada and Bob have marks, Bob's is late; Cleo waits to be marked; Dan handed in nothing."""
    course = Course(make_course(tmp_path / "course"))
    url = course.directory.db_url
    with Gradebook(url, course.directory.course_id) as book:
        book.enrol(ROSTER)
        book.prepare("ps1", {"p1": template(source(), Conventions())[0]})
    with api.Gradebook(url, course.directory.course_id) as nbgrader:
        nbgrader.find_assignment("ps1").duedate = DUE
        nbgrader.db.commit()
    with Gradebook(url, course.directory.course_id, lambda *_: 0.5) as book:
        book.prepare("ps1", {"p1": template(source(), Conventions())[0]})
        book.record(
            [
                entry("ada", 0.5, DUE),
                entry("bob", 4.0, DUE + timedelta(hours=25, seconds=1)),
                entry("cleo", None),
            ]
        )
    return course


def marks(course, **options):
    found = standings(course.directory.db_url, "ps1")
    return Marks("ps1", found, **({"out_of": found[0].max_mark} | options))


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_standings_are_nbgraders_but_for_what_is_undecided(course):
    found = {one.student.id: one for one in standings(course.directory.db_url, "ps1")}
    assert {name: one.mark for name, one in found.items()} == {
        "ada": 3.5,
        "bob": 6.5,
        "cleo": None,
        "dan": None,
    }
    assert found["cleo"].undecided == ("why",)
    assert found["cleo"].certain == 3.0
    assert not found["dan"].handed_in
    assert found["bob"].penalty == 0.5
    assert found["bob"].late_seconds == 90001
    with api.Gradebook(course.directory.db_url, course.directory.course_id) as book:
        for name in ("ada", "bob"):
            theirs = book.find_submission("ps1", name)
            assert theirs.score - theirs.late_submission_penalty == found[name].mark
            assert theirs.max_score == found[name].max_mark
        grade = book.find_grade("why", "p1", "ps1", "cleo")
        grade.manual_score, grade.needs_manual_grade, grade.extra_credit = 3.0, False, 0.25
        book.db.commit()
    found = {one.student.id: one for one in standings(course.directory.db_url, "ps1")}
    assert found["cleo"].mark == 6.25
    with pytest.raises(GradebookProblem, match="graders grade ps9"):
        standings(course.directory.db_url, "ps9")


def test_a_question_that_came_after_grading_is_undecided_and_no_zero(course):
    longer = json.loads(source())
    longer["cells"].append(graded("new_test", "assert True", 2.0))
    slots = template(json.dumps(longer).encode(), Conventions())[0]
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.prepare("ps1", {"p1": slots})
    found = {one.student.id: one for one in standings(course.directory.db_url, "ps1")}
    assert found["ada"].max_mark == 11.0
    assert found["ada"].mark is None
    assert found["ada"].undecided == ("new_test",)
    assert found["cleo"].undecided == ("new_test", "why")
    assert not found["dan"].handed_in


def test_marks_on_another_scale_where_there_are_no_points(course):
    (one, *_) = standings(course.directory.db_url, "ps1")
    empty = replace(one, mark=0.0, max_mark=0.0)
    assert Marks("ps1", [empty], out_of=0.0).value(empty) == 0.0
    with pytest.raises(UserProblem, match="no points"):
        Marks("ps1", [empty], out_of=5.0)


def test_a_fresh_file_for_canvas(course):
    heads, possible, *people = rows(FRESH["canvas"](marks(course)))
    assert heads == ["Student", "ID", "SIS Login ID", "Section", "ps1"]
    assert possible == ["    Points Possible", "", "", "", "9"]
    assert people[0] == ["Love, lace, Ada", "11", "ada", "", "3.5"]
    assert [row[4] for row in people] == ["3.5", "6.5", "", ""]


def test_fresh_files_for_the_others(course):
    assert rows(FRESH["moodle"](marks(course)))[1] == [
        "ada",
        "Ada",
        "Love, lace",
        "a@b.c",
        "3.5",
    ]
    scope = rows(FRESH["gradescope"](marks(course)))
    assert scope[0][4:] == [
        "ps1",
        "ps1 - Max Points",
        "ps1 - Submission Time",
        "ps1 - Lateness (H:M:S)",
    ]
    assert scope[2][4:] == ["6.5", "9", "2026-05-02 01:00:01 +0000", "25:00:01"]
    plain = rows(FRESH["csv"](marks(course)))
    assert plain[3][-1] == "undecided: why"
    assert plain[4][-1] == "nothing was handed in"
    for system in ("moodle", "gradescope", "csv"):
        text = FRESH[system](marks(course))
        assert ",'=1+1" in text or "\n'=1+1" in text, "a spreadsheet would run it"


def test_marks_on_another_scale_and_zero_for_nothing(course):
    converted = rows(FRESH["canvas"](marks(course, out_of=100.0, zero_for_missing=True)))
    assert [row[4] for row in converted[1:]] == ["100", "38.8889", "72.2222", "", "0"]


def test_into_canvas_fills_one_column_and_deletes_no_mark(course, tmp_path):
    path = tmp_path / "gradebook.csv"
    path.write_text(CANVAS.format(points=9))
    merged = merge(marks(course), path)
    assert merged.column == "ps1 (2)"
    assert rows(merged.content) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1 (2)"],
        ["", "", "", "", "", ""],
        ["    Points Possible", "", "", "", "", "9"],
        ["Love, lace, Ada", "11", "S11", "ada", "Sec 1", "3.5"],
        ["Babbage, B", "12", "S12", "bob", "Sec 1", "6.5"],
        ["Nobody, No", "99", "S99", "nob", "Sec 1", ""],
    ]
    assert merged.unknown == ("Nobody, No 99",)
    assert merged.not_in_file == ("cleo", "dan")
    with api.Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.find_grade("why", "p1", "ps1", "bob").needs_manual_grade = True
        book.db.commit()
    again = rows(merge(marks(course), path).content)
    assert again[4][-1] == "1.5", "undecided: what Canvas has stays"


def test_into_moodles_worksheet(course, tmp_path):
    path = tmp_path / "worksheet.csv"
    path.write_text("\ufeff" + WORKSHEET.replace(",", ";"), encoding="utf-8")
    merged = merge(marks(course), path)
    assert "Participant 11;Ada Love lace;a@b.c;Submitted;3.5;9.00;-" in merged.content
    assert "Participant 13;Cleo Smith;c@b.c;Submitted;;9.00;-" in merged.content


@pytest.mark.parametrize(
    ("content", "column", "why"),
    [
        (CANVAS.format(points=10), None, "--out-of 10 converts"),
        (WORKSHEET.replace("9.00", "100.00"), None, "--out-of 100 converts"),
        (CANVAS.replace("ps1 (2)", "week 1 (2)"), None, "no column 'ps1'.*week 1"),
        (CANVAS.replace("ps0 (1)", "ps1 (1)"), None, "several columns"),
        ("", None, "is empty"),
        (CANVAS, "Quiz", "no column 'Quiz'"),
    ],
)
def test_a_file_that_does_not_fit_is_explained(course, tmp_path, content, column, why):
    path = tmp_path / "theirs.csv"
    path.write_text(content)
    with pytest.raises(UserProblem, match=why):
        merge(marks(course), path, column=column)


def test_the_command(course, tmp_path, capsys):
    here = ["--course", str(course.root)]
    assert cli.main(["export", "ps1", "--for", "canvas", *here]) == 1
    said = capsys.readouterr().out
    assert "2 of 4 students with a mark" in said
    assert "cleo: undecided: why" in said
    assert "1 handed in nothing" in said
    assert (course.root / "reports/ps1/canvas.csv").is_file()
    path = tmp_path / "theirs.csv"
    path.write_text(CANVAS.format(points=9))
    call = ["export", "ps1", "--for", "canvas", "--into", str(path), "--json", *here]
    assert cli.main(call) == 1
    about = json.loads(capsys.readouterr().out)
    assert about["unknown"] == ["Nobody, No 99"]
    assert about["not_in_file"] == ["cleo"]
    assert cli.main(["export", "ps1", "--quiet", *here]) == 1
    assert capsys.readouterr().out == ""
    for wrong in (
        ["--into", str(path)],
        ["--column", "x"],
        ["--out-of", "0"],
        ["--for", "canvas", "--into", str(path), "--to", str(path)],
    ):
        assert cli.main(["export", "ps1", *wrong, *here]) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_a_mark_by_hand_after_grading_changes_what_is_taken_off(tmp_path, capsys):
    """All of it, by nbgrader's policy 'zero', and nothing after an extension."""
    config = "c.LateSubmissionPlugin.penalty_method = 'zero'"
    course = Course(make_course(tmp_path / "course", config=config))
    url, name = course.directory.db_url, course.directory.course_id
    slots = template(source(), Conventions())[0]
    with Gradebook(url, name) as book:
        book.prepare("ps1", {"p1": slots})
    with api.Gradebook(url, name) as theirs:
        theirs.find_assignment("ps1").duedate = DUE
        theirs.db.commit()
    with Gradebook(url, name, course.late_penalty) as book:
        book.prepare("ps1", {"p1": slots})
        book.record([entry("ada", None, DUE + timedelta(hours=1))])
    with api.Gradebook(url, name) as theirs:
        grade = theirs.find_grade("why", "p1", "ps1", "ada")
        grade.manual_score, grade.needs_manual_grade = 4.0, False
        theirs.db.commit()
    call = ["export", "ps1", "--course", str(course.root), "--quiet"]
    assert cli.main(call) == 0
    plain = course.root / "reports/ps1/csv.csv"
    assert rows(plain.read_text())[1][5] == "0"
    with api.Gradebook(url, name) as theirs:
        theirs.find_submission("ps1", "ada").extension = timedelta(days=1)
        theirs.db.commit()
    assert cli.main(call) == 0
    assert rows(plain.read_text())[1][5] == "7"
