"""A class graded for real: the sandbox, the journal, nbgrader's folders and gradebook."""

import json
import os
import signal
from pathlib import Path

import nbformat
import pytest
from nbgrader import api
from nbgrader.nbgraderformat import MetadataValidator
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks, waiting
from small_notebooks import answer, given, graded, notebook, source

from graders.batch import Watch, grade_assignment, reports
from graders.course import Course, CourseProblem
from graders.journal import JournalBusy
from graders.pool import WorkerPool
from graders.problems import UserProblem
from graders.report import Status
from graders.sandbox import missing_layers

pytestmark = pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")

FULL = {"df_test": 2.0, "dg_test": 3.0}


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1) as workers:
        yield workers


class Listener(Watch):
    def __init__(self):
        self.fresh, self.said, self.strays = [], [], []

    def done(self, student, reports, *, fresh):
        if fresh:
            self.fresh.append(student)

    def note(self, text):
        self.said.append(text)

    def stray(self, text):
        self.strays.append(text)


def grade(folder, pool, **options):
    watch = Listener()
    summary = grade_assignment(Course(folder), "ps1", executor=pool, watch=watch, **options)
    return summary, watch


@pytest.fixture
def course(tmp_path):
    folder = make_course(tmp_path / "a course")
    hand_in(
        folder,
        "ada",
        handed_in(df=GOOD_F, dg=GOOD_G, why="A limit."),
        when="2026-01-02 10:00:00 UTC",
    )
    hand_in(folder, "bob", handed_in(df=GOOD_F, dg=BAD_G))
    hand_in(folder, "cut", handed_in(df=GOOD_F)[:-30])
    return folder


def test_marks_notebooks_and_what_needs_a_look(course, pool):
    summary, _ = grade(course, pool)
    assert marks(course) == {
        "ada": FULL | {"why": None},
        "bob": {"df_test": 2.0, "dg_test": 0.0, "why": 0.0},
        "cut": {"df_test": 0.0, "dg_test": 0.0, "why": 0.0},
    }
    assert waiting(course) == {
        ("ada", "why"), ("cut", "df_test"), ("cut", "dg_test"), ("cut", "why"),
    }  # fmt: skip
    assert [student for student, _ in summary.unusable] == ["cut"]
    assert summary.statuses[Status.PASSED] == 3
    for student in ("ada", "bob", "cut"):
        path = course / "autograded" / student / "ps1" / "p1.ipynb"
        node = nbformat.read(path, 4)
        nbformat.validate(node)
        MetadataValidator().validate_nb(node)
    assert (
        course / "autograded/ada/ps1/timestamp.txt"
    ).read_text() == "2026-01-02 10:00:00 UTC"
    assert not os.access(path, os.W_OK) or os.geteuid() == 0
    with api.Gradebook(Course(course).directory.db_url) as book:
        assert book.find_submission("ps1", "ada").timestamp.year == 2026


def test_only_what_changed_runs_again_and_marks_by_hand_stay(course, pool):
    grade(course, pool)
    with api.Gradebook(Course(course).directory.db_url) as book:
        mark = book.find_grade("why", "p1", "ps1", "ada")
        mark.manual_score, mark.needs_manual_grade = 3.0, False
        book.db.commit()
    _, watch = grade(course, pool)
    assert watch.fresh == []

    hand_in(course, "bob", handed_in(df=GOOD_F, dg=GOOD_G))
    _, watch = grade(course, pool)
    assert watch.fresh == ["bob"]
    assert marks(course)["bob"]["dg_test"] == 3.0

    (course / "source/ps1/p1.ipynb").write_bytes(source().replace(b"== 14", b"== 15"))
    _, watch = grade(course, pool)
    assert sorted(watch.fresh) == ["ada", "bob", "cut"]
    assert marks(course)["ada"]["df_test"] == 0.0
    with api.Gradebook(Course(course).directory.db_url) as book:
        mark = book.find_grade("why", "p1", "ps1", "ada")
        assert (mark.manual_score, mark.needs_manual_grade) == (3.0, False)
    assert grade(course, pool, force=True)[1].fresh


@pytest.mark.parametrize("lost", ["gradebook.db", "autograded", ".graders/ps1.journal"])
def test_whatever_is_lost_is_made_again(course, pool, lost):
    grade(course, pool)
    before = marks(course)
    path = course / lost
    path.rename(course / "lost")
    grade(course, pool)
    assert marks(course) == before
    assert (course / "autograded/ada/ps1/p1.ipynb").exists()


def test_one_student_of_a_class(course, pool):
    assert grade(course, pool, students=["bob"])[1].fresh == ["bob"]
    assert set(marks(course)) == {"bob"}
    with pytest.raises(CourseProblem, match="nothing was handed in by zoe"):
        grade(course, pool, students=["zoe"])


def test_misnamed_and_misplaced_notebooks(course, pool):
    path = hand_in(course, "dan", handed_in(df=GOOD_F, dg=GOOD_G), name="p1 (1)")
    (course / "submitted/eva").mkdir()
    (course / "submitted/eva/p1.ipynb").write_bytes(path.read_bytes())
    (course / "submitted/fay/PS1").mkdir(parents=True)
    (course / "submitted/gus/ps1").mkdir(parents=True)
    hand_in(course, "<img src=x onerror=alert(1)>", handed_in(df=GOOD_F))
    summary, watch = grade(course, pool)
    assert marks(course)["dan"] == FULL | {"why": 0.0}
    assert any("eva/p1.ipynb lies outside" in text for text in watch.strays)
    assert any("onerror=alert(1)>/ps1' is no name for a student" in t for t in watch.strays)
    assert any("fay/PS1 belongs to no assignment" in t and "'ps1'" in t for t in watch.strays)
    assert ("gus", "No notebook of this assignment was handed in.") in summary.unusable
    found = {report.submission: report for report in reports(Course(course), "ps1")}
    assert "was called p1 (1).ipynb" in found["dan"].notes[0]


def test_a_file_larger_than_memory_stops_nobody(course, pool):
    """With a hole in it, such a file costs its author nothing."""
    notebook = hand_in(course, "hole", b"")
    hand_in(course, "late", handed_in(df=GOOD_F, dg=GOOD_G))
    for path in (notebook, course / "submitted/late/ps1/timestamp.txt"):
        with path.open("wb") as file:
            file.truncate(1 << 40)
    grade(course, pool)
    found = marks(course)
    assert found["ada"].items() >= FULL.items()
    assert found["late"].items() >= FULL.items()
    assert found["hole"]["df_test"] == 0.0


def test_files_beside_the_notebook(course, pool):
    (course / "source/ps1/data.txt").write_text("21")
    reads = (
        'def df(x):\n    return x * 2 if open("data.txt").read() == "21" else open("own.txt")'
    )
    hand_in(course, "ada", handed_in(df=reads))
    beside = course / "submitted/ada/ps1"
    (beside / "data.txt").write_text("forged")
    (beside / "own.txt").write_text("mine")
    (beside / "stolen.db").symlink_to(course / "gradebook.db")
    grade(course, pool)
    assert marks(course)["ada"]["df_test"] == 2.0
    there = {p.name for p in (course / "autograded/ada/ps1").iterdir()}
    assert there == {"p1.ipynb", "data.txt", "own.txt", "timestamp.txt"}
    (report,) = [r for r in reports(Course(course), "ps1") if r.submission == "ada"]
    assert any("stolen.db is a link" in note for note in report.notes)


def test_a_file_in_the_way_of_the_instructors_stops_nobody(course, pool):
    for place in ("tables/values.csv", "readme"):
        path = course / "source/ps1" / place
        path.parent.mkdir(exist_ok=True)
        path.write_text("21")
    reads = 'def df(x):\n    return x * 2 if open("tables/values.csv").read() == "21" else 0'
    hand_in(course, "ada", handed_in(df=reads))
    beside = course / "submitted/ada/ps1"
    (beside / "tables").write_text("a file where a folder should be")
    (beside / "readme").mkdir()
    (beside / "readme" / "own.txt").write_text("a folder where a file should be")
    (beside / "p1.ipynb").rename(beside / "mine.ipynb")
    (beside / "p1.ipynb").mkdir()
    (beside / "p1.ipynb" / "own.txt").write_text("a folder where the notebook should be")
    deep = beside.joinpath(*["n" * 200] * 6)
    deep.mkdir(parents=True)
    (deep / "own.txt").write_text("too deep")
    assert "ada" not in dict(grade(course, pool)[0].unusable)
    assert marks(course)["ada"]["df_test"] == 2.0
    (report,) = [r for r in reports(Course(course), "ps1") if r.submission == "ada"]
    said = " ".join(report.notes)
    assert "tables is in the way" in said
    assert "readme/own.txt is in the way" in said
    assert "p1.ipynb/own.txt is in the way" in said
    assert "too long a name" in said


def test_two_notebooks_an_own_structure_and_an_own_database(tmp_path, pool):
    two = {
        "one": notebook(answer("f", "def f(): return 1"), graded("t", "assert f() == 1", 2)),
        "two": notebook(given("k = 5"), answer("h", "h = k"), graded("t", "assert h == 5", 1)),
    }
    database = tmp_path / "elsewhere" / "marks.db"
    database.parent.mkdir()
    config = (
        "c.CourseDirectory.directory_structure = "
        "'{nbgrader_step}/{assignment_id}/{student_id}'\n"
        f"c.CourseDirectory.db_url = 'sqlite:///{database}'\n"
        "c.CourseDirectory.source_directory = 'master'"
    )
    folder = make_course(tmp_path / "course", config=config)
    for name, data in two.items():
        path = folder / "master/ps1" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    work = folder / "submitted/ps1/ada"
    work.mkdir(parents=True)
    (work / "one.ipynb").write_bytes(two["one"])
    grade(folder, pool)
    with api.Gradebook(f"sqlite:///{database}") as book:
        submitted = book.find_submission("ps1", "ada")
        assert (submitted.score, submitted.max_score) == (2.0, 3.0)
        assert not submitted.needs_manual_grade
    (report,) = reports(Course(folder), "ps1")
    assert [(q.id, q.status) for q in report.questions] == [
        ("one/t", Status.PASSED), ("two/t", Status.MISSING),
    ]  # fmt: skip
    assert (folder / "autograded/ps1/ada/one.ipynb").exists()


def test_a_worker_that_dies_is_replaced_and_nobody_loses_marks(course):
    class Doomed(WorkerPool):
        """Ends the first worker that is to grade ada."""

        killed = False

        def submit(self, function, /, settings, jobs):
            if jobs[0].label == "ada" and not self.killed:
                self.killed = True
                return super().submit(os.kill, *_suicide())
            return super().submit(function, settings, jobs)

    with Doomed(1) as doomed:
        grade(course, doomed)
    assert doomed.killed
    assert marks(course)["ada"] == FULL | {"why": None}


def _suicide():
    class Own:
        def __reduce__(self):
            return os.getpid, ()

    return Own(), signal.SIGKILL


def test_a_job_that_ends_every_worker_is_undecided_and_tried_again_next_time(course, pool):
    class Broken(WorkerPool):
        def submit(self, function, /, settings, jobs):
            if jobs[0].label == "bob":
                return super().submit(os.kill, *_suicide())
            return super().submit(function, settings, jobs)

    with Broken(1) as broken:
        summary, _ = grade(course, broken)
    assert marks(course)["bob"] == {"df_test": None, "dg_test": None, "why": None}
    assert ("bob", "dg_test") in waiting(course)
    assert dict(summary.unusable)["bob"].startswith("The harness failed on it")
    assert marks(course)["ada"] == FULL | {"why": None}
    _, watch = grade(course, pool)
    assert watch.fresh == ["bob"]
    assert marks(course)["bob"] == FULL | {"dg_test": 0.0, "why": 0.0}


def test_late_policy_and_excluded_students_follow_nbgraders_configuration(tmp_path, pool):
    config = (
        "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
        "c.CourseDirectory.student_id_exclude = 'ghost'"
    )
    folder = make_course(tmp_path / "course", config=config)
    hand_in(folder, "ada", handed_in(df=GOOD_F), when="2026-05-02 10:00:00 UTC")
    hand_in(folder, "ghost", handed_in())
    grade(folder, pool)
    url = Course(folder).directory.db_url
    with api.Gradebook(url) as book:
        book.update_or_create_assignment("ps1", duedate="2026-05-01 10:00:00 UTC")
    grade(folder, pool)
    with api.Gradebook(url) as book:
        late = book.find_submission("ps1", "ada")
        assert (late.score, late.late_submission_penalty) == (2.0, 2.0)
        assert [s.student_id for s in book.assignment_submissions("ps1")] == ["ada"]


def test_two_at_once_are_refused(course, pool):
    from graders.journal import Journal

    with Journal(Course(course).journal("ps1")), pytest.raises(JournalBusy):
        grade(course, pool)


def test_the_journal_holds_no_answer_and_no_hidden_test(course, pool):
    grade(course, pool)
    text = (course / ".graders/ps1.journal").read_text()
    assert "BEGIN HIDDEN" not in text
    for line in text.splitlines():
        json.loads(line[9:])


def test_a_worker_sees_the_same_class_from_a_path_with_odd_characters(tmp_path, pool):
    folder = make_course(tmp_path / "Kurs \u00fc [1]")
    hand_in(folder, "m\u00fcller o'neil", handed_in(df=GOOD_F))
    grade(folder, pool)
    assert marks(folder)["m\u00fcller o'neil"]["df_test"] == 2.0
    assert Path(folder, "autograded", "m\u00fcller o'neil", "ps1", "p1.ipynb").exists()


def test_a_test_that_its_authors_solution_fails_is_said(course, pool):
    (course / "source/ps1/p1.ipynb").write_bytes(source().replace(b"== 14", b"== 15"))
    _, watch = grade(course, pool)
    assert any("own solution gets 0 of 2 on df_test" in text for text in watch.said)


def test_when_nothing_can_run_nothing_is_written(course):
    class Broken(WorkerPool):
        def submit(self, function, /, settings, jobs):
            return super().submit(os.kill, *_suicide())

    with Broken(1) as broken, pytest.raises(UserProblem, match="nothing was graded"):
        grade(course, broken)
    assert marks(course) == {}
