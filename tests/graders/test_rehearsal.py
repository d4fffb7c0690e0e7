"""`graders grade --diff`: what would change is said, and nothing is written."""

import json
from pathlib import Path

import pytest
from nbgrader import api
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks

from graders.batch import grade_assignment
from graders.cli import main
from graders.course import Course
from graders.pool import WorkerPool
from graders.rehearsal import rehearse
from graders.sandbox import missing_layers

pytestmark = pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1) as workers:
        yield workers


@pytest.fixture
def course(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    hand_in(folder, "bob", handed_in(df=GOOD_F, dg=BAD_G))
    return folder


def change_test(folder: Path, grade_id: str, old: str, new: str) -> None:
    path = folder / "source" / "ps1" / "p1.ipynb"
    document = json.loads(path.read_text())
    for cell in document["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            assert old in cell["source"]
            cell["source"] = cell["source"].replace(old, new)
    path.write_text(json.dumps(document))


def files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def differences(folder, pool):
    summary, changes = rehearse(Course(folder), "ps1", executor=pool)
    return summary, {(c.student, c.question): (c.before, c.after, c.by_hand) for c in changes}


def test_what_is_said_beforehand_is_what_is_written_then(course, pool):
    grade_assignment(Course(course), "ps1", executor=pool)
    change_test(course, "df_test", "df(", "2 * df(")
    before = files(course)
    summary, found = differences(course, pool)
    assert summary.fresh == 2
    assert found == {("ada", "df_test"): (2.0, 0.0, None), ("bob", "df_test"): (2.0, 0.0, None)}
    assert files(course) == before
    then = marks(course)
    for (student, question), (_, after, _) in found.items():
        then[student][question] = after
    grade_assignment(Course(course), "ps1", executor=pool)
    assert marks(course) == then
    summary, found = differences(course, pool)
    assert (summary.fresh, found) == (0, {})


def test_marks_that_somebody_else_wrote_are_compared_too(course, pool):
    grade_assignment(Course(course), "ps1", executor=pool)
    with api.Gradebook(Course(course).directory.db_url) as book:
        grade = book.find_grade("dg_test", "p1", "ps1", "bob")
        grade.auto_score, grade.manual_score = 3.0, 1.0
        book.db.commit()
    assert differences(course, pool)[1] == {("bob", "dg_test"): (3.0, 0.0, 1.0)}


def test_without_a_gradebook_none_is_made(course, pool):
    _, found = differences(course, pool)
    assert found["ada", "dg_test"] == (None, 3.0, None)
    assert not (course / "gradebook.db").exists()
    assert not (course / ".graders" / "ps1.journal").exists()


def test_the_command_prints_a_table_or_json(course, pool, capsys):
    grade_assignment(Course(course), "ps1", executor=pool)
    change_test(course, "df_test", "df(", "2 * df(")
    asked = ["grade", "ps1", "--diff", "--course", str(course), "--workers", "1"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "2 marks of 2 students would change" in said
    assert "Nothing was written." in said
    assert main([*asked, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["student"], line["before"], line["after"]) for line in lines] == [
        ("ada", 2.0, 0.0),
        ("bob", 2.0, 0.0),
    ]
    assert main([*asked, "--quiet"]) == 0
    assert capsys.readouterr().out == ""
