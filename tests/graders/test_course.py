"""Reading a course folder and its configuration."""

import pytest
from small_course import hand_in, handed_in, make_course
from small_notebooks import answer, given, graded, notebook, source

from graders.conventions import Conventions, SourceProblem
from graders.course import Course, CourseProblem, with_autotests
from graders.problems import UserProblem
from graders.rebuild import template


def submissions(course):
    return [course.submission(*found, ["p1"]) for found in course.folders("ps1")]


def test_the_course_is_found_from_a_folder_within(tmp_path):
    folder = make_course(tmp_path / "course")
    course = Course(folder / "source" / "ps1")
    assert course.root == folder
    assert course.assignments() == ["ps1"]
    assert course.sources("ps1") == {"p1": source()}


def test_a_folder_that_is_no_course_says_what_to_do(tmp_path):
    with pytest.raises(CourseProblem, match="graders init"):
        Course(tmp_path)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("c.Limits.cell_secs = 3", "cell_seconds"),
        ("c.Limits.cell_seconds = -3", "above zero"),
        ("c.Limits.memory_bytes = 'much'", "above zero"),
        ("c.Limits.cell_seconds = float('nan')", "above zero"),
        ("1 / 0", "ZeroDivisionError"),
        ("c.CourseDirectory.course_id = (", "SyntaxError"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_named(tmp_path, config, words):
    folder = make_course(tmp_path, config=config)
    with pytest.raises(CourseProblem, match=words):
        _ = Course(folder).limits


def test_limits_come_from_the_configuration_nbgraders_timeout_included(tmp_path):
    course = Course(make_course(tmp_path / "a", config="c.Limits.memory_bytes = 2e8"))
    assert course.limits.memory_bytes == 200_000_000
    course = Course(make_course(tmp_path / "b", config="c.Execute.timeout = 7"))
    assert (course.limits.cell_seconds, course.limits.question_seconds) == (7.0, 7.0)


def test_delimiters_come_from_the_configuration(tmp_path):
    config = (
        "c.ClearSolutions.begin_solution_delimeter = 'ANSWER'\n"
        "c.ClearSolutions.code_stub = {'python': 'pass'}\n"
        "c.ClearHiddenTests.begin_test_delimeter = 'SECRET'"
    )
    found = Course(make_course(tmp_path, config=config)).conventions
    assert (found.begin_solution, found.code_stub, found.begin_hidden) == (
        "ANSWER", "pass", "SECRET",
    )  # fmt: skip


def test_an_assignment_without_a_source_lists_what_there_is(tmp_path):
    course = Course(make_course(tmp_path))
    with pytest.raises(CourseProblem, match="There are: ps1"):
        course.sources("ps2")


def test_header_and_footer_are_part_of_the_source(tmp_path):
    folder = make_course(tmp_path, config="c.IncludeHeaderFooter.header = 'header.ipynb'")
    (folder / "header.ipynb").write_bytes(notebook(given("import numpy as np")))
    course = Course(folder)
    slots, _ = template(course.sources("ps1")["p1"], course.conventions)
    assert slots[0].released == "import numpy as np"
    assert len(slots) == 8
    (folder / "header.ipynb").unlink()
    with pytest.raises(CourseProblem, match=r"header\.ipynb: No such file"):
        course.sources("ps1")


def test_autotests_are_those_that_nbgrader_made():
    written = notebook(answer("a", "x = 3"), graded("t", "### AUTOTEST x"))
    made = with_autotests(written, {"t": "assert x == 3"})
    slots, _ = template(made, Conventions())
    assert slots[1].cell["source"] == "assert x == 3"
    for stored in ({}, {"t": "### HASHED AUTOTEST x"}):
        with pytest.raises(SourceProblem, match="generate_assignment"):
            with_autotests(written, stored)
    assert with_autotests(source(), {}) == source()


def test_submissions_are_in_order_with_their_times(tmp_path):
    folder = make_course(tmp_path, config="c.CourseDirectory.student_id_exclude = 'carl'")
    hand_in(folder, "bob", handed_in(), when="2026-03-01 12:00:00 +0100")
    hand_in(folder, "ada", handed_in(), when="whenever")
    hand_in(folder, "carl", handed_in())
    (folder / "submitted" / "a file").write_text("not a folder")
    ada, bob = submissions(Course(folder))
    assert (ada.student, bob.student) == ("ada", "bob")
    assert bob.timestamp.isoformat() == "2026-03-01T11:00:00"
    assert ada.timestamp is None
    assert "lateness unknown" in ada.notes[0]


def test_of_several_strange_notebooks_none_is_taken_for_the_missing_one(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(), name="first try")
    hand_in(folder, "ada", handed_in(), name="second try")
    (ada,) = submissions(Course(folder))
    assert ada.notebooks == {}
    assert len(ada.notes) == 2


def test_the_secret_is_made_once_and_kept_from_others(tmp_path):
    folder = make_course(tmp_path)
    (folder / ".graders" / "secret").unlink()
    made = Course(folder).secret
    assert len(made) == 32
    assert Course(folder).secret == made
    assert (folder / ".graders" / "secret").stat().st_mode & 0o077 == 0


def test_a_roster_gives_names(tmp_path):
    folder = make_course(tmp_path)
    assert Course(folder).roster() == {}
    (folder / "roster.csv").write_text("\ufeffid,first_name,seat\nada,Ada,7\n,,8\nbob,,9\n")
    assert Course(folder).roster() == {"ada": {"first_name": "Ada"}, "bob": {}}
    (folder / "roster.csv").write_text("name\nAda\n")
    with pytest.raises(UserProblem, match="no column 'id'"):
        Course(folder).roster()
    (folder / "roster.csv").write_bytes(b"id\n\xff\n")
    with pytest.raises(UserProblem, match="UTF-8"):
        Course(folder).roster()


def test_a_folder_may_be_called_anything(tmp_path):
    for name in ("50% off", "a%20b", "#1?", "ünïcode"):
        folder = make_course(tmp_path / name)
        assert Course(folder).students() == []
        assert (folder / "gradebook.db").is_file()
