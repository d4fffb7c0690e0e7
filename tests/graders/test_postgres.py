"""The gradebook on a real PostgreSQL server, which several graders write to at once."""

import subprocess
import sys

import pytest
import sqlalchemy as sql
from nbgrader import api
from nbgrader.plugins import CsvExportPlugin
from postgres import programs, server
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks, waiting

from graders.batch import grade_assignment
from graders.course import Course
from graders.gradebook import Gradebook, GradebookProblem
from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(programs() is None, reason="PostgreSQL's server is not installed"),
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]

STUDENTS = 20
ANSWERS = [{"df": GOOD_F, "dg": GOOD_G}, {"df": GOOD_F, "dg": BAD_G}, {"why": "Because."}]


@pytest.fixture
def url():
    with server() as address:
        yield address


def make_class(folder, numbers, url=None, assignments=("ps1",)):
    config = f"c.CourseDirectory.db_url = {url!r}" if url else ""
    make_course(folder, config=config)
    for assignment in assignments:
        if assignment != "ps1":
            (folder / "source" / assignment).mkdir()
            data = (folder / "source" / "ps1" / "p1.ipynb").read_bytes()
            (folder / "source" / assignment / "p1.ipynb").write_bytes(data)
        for number in numbers:
            path = hand_in(folder, f"student{number:02}", handed_in(**ANSWERS[number % 3]))
            if assignment != "ps1":
                there = path.parent.parent / assignment
                there.mkdir()
                path.rename(there / "p1.ipynb")
    return folder


def start(folder, assignment):
    return subprocess.Popen(
        [sys.executable, "-m", "graders", "grade", assignment, "--workers", "1"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(*processes):
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0, said


@pytest.fixture(scope="module")
def by_sqlite(tmp_path_factory):
    folder = make_class(tmp_path_factory.mktemp("sqlite"), range(STUDENTS))
    grade_assignment(Course(folder), "ps1")
    return marks(folder), waiting(folder)


def test_two_graders_of_one_assignment_lose_nothing(tmp_path, url, by_sqlite):
    """Two machines with a share of the class each, and one gradebook, empty when both begin."""
    shares = range(0, STUDENTS, 2), range(1, STUDENTS, 2)
    folders = [
        make_class(tmp_path / name, share, url)
        for name, share in zip("ab", shares, strict=True)
    ]
    ended(*(start(folder, "ps1") for folder in folders))
    assert (marks(folders[0]), waiting(folders[0])) == by_sqlite


def test_two_graders_of_two_assignments_lose_nothing(tmp_path, url, by_sqlite):
    """The same students in both, none of whom the gradebook knows when both begin."""
    folder = tmp_path / "course"
    make_class(folder, range(STUDENTS), url, ("ps2", "ps1"))
    ended(*(start(folder, assignment) for assignment in ("ps1", "ps2")))
    for assignment in ("ps1", "ps2"):
        assert (marks(folder, assignment), waiting(folder, assignment)) == by_sqlite
    with api.Gradebook(url) as book:
        assert len(book.students) == STUDENTS


def test_nbgrader_exports_the_same_marks(tmp_path, url):
    rows = []
    for name, address in (("one", url), ("two", None)):
        folder = make_class(tmp_path / name, range(3), address)
        grade_assignment(Course(folder), "ps1")
        with api.Gradebook(Course(folder).directory.db_url) as book:
            exporter = CsvExportPlugin()
            exporter.to = str(tmp_path / f"{name}.csv")
            exporter.export(book)
            rows.append((tmp_path / f"{name}.csv").read_text())
    assert rows[0] == rows[1]
    assert "student02" in rows[0]


def test_a_server_that_waits_too_long_for_a_lock_is_explained(url, monkeypatch):
    monkeypatch.setattr("graders.gradebook.SECONDS_FOR_A_LOCK", 1)
    holder = sql.create_engine(url)
    with Gradebook(url) as book, holder.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE assignment")
        with pytest.raises(GradebookProblem, match="Another program is writing"):
            book.prepare("ps1", {})
    holder.dispose()


def test_a_server_that_is_not_there_is_explained(url):
    nowhere = url.replace("host=", "host=/nowhere")
    with pytest.raises(GradebookProblem, match="connection"):
        Gradebook(nowhere)
