"""The instructor's notebook with the student's answers in it."""

import json

import nbformat
import pytest
from small_notebooks import (
    HIDDEN,
    STUB,
    answer,
    given,
    graded,
    manual,
    notebook,
    source,
    submission,
    text,
)

from graders.conventions import Conventions, SourceProblem
from graders.rebuild import rebuild

GOOD = "def df(x):\n    return x + x"
ALSO_GOOD = "def dg(x):\n    return 2 * x"


def rebuilt(*cells):
    return rebuild(source(), notebook(*cells))


def by_id(result):
    return {cell.grade_id: cell for cell in result.cells if cell.grade_id}


def order(result):
    return [cell.grade_id or cell.source for cell in result.cells]


def test_only_answers_come_from_the_student():
    result = rebuilt(*submission(df=GOOD))
    cells = by_id(result)
    assert cells["df"].source == GOOD
    assert not cells["df"].missing
    assert cells["dg"].missing
    assert cells["why"].missing
    assert HIDDEN in cells["df_test"].source
    assert [cell.role for cell in result.cells] == [
        "text", "given", "answer", "test", "answer", "test", "manual",
    ]  # fmt: skip
    assert [cells[name].points for name in ("df", "df_test", "dg_test", "why")] == [0, 2, 3, 4]
    assert result.notes == ()
    assert result.problem is None


def test_the_solution_of_the_source_is_never_in_the_result():
    for cells in ([], submission(), submission()[:1]):
        assert "2 * x" not in json.dumps(rebuilt(*cells).notebook)


def test_points_tags_and_tests_of_the_student_count_for_nothing():
    cells = submission(df=GOOD)
    cells[3] = graded("df_test", "assert True", 1000, tags=["skip-execution"])
    cells[3]["metadata"]["tags"] = ["skip-execution"]
    result = rebuilt(*cells)
    restored = by_id(result)["df_test"]
    assert restored.points == 2
    assert HIDDEN in restored.source
    assert "skip-execution" not in json.dumps(result.notebook)
    assert any("df_test had been edited" in note for note in result.notes)


def test_deleted_cells_are_put_back_or_counted_missing():
    cells = submission(df=GOOD)
    result = rebuilt(*cells[:3], cells[6])
    assert order(result) == ["# Slopes", "import math", "df", "df_test", "dg", "dg_test", "why"]
    assert by_id(result)["dg"].missing
    assert STUB in by_id(result)["dg"].source
    assert any("dg had been deleted" in note for note in result.notes)


@pytest.mark.parametrize("metadata", [{}, {"nbgrader": None}, {"nbgrader": {"grade_id": 5}}])
def test_answers_without_metadata_are_known_by_text_and_place(metadata):
    cells = [
        cell | {"metadata": metadata}
        for cell in submission(df=GOOD, dg=ALSO_GOOD, why="It is a limit.")
    ]
    cells = by_id(rebuilt(*cells))
    assert [cells[name].source for name in ("df", "dg", "why")] == [
        GOOD, ALSO_GOOD, "It is a limit.",
    ]  # fmt: skip


def test_lost_ids_in_another_order_are_known_by_what_they_define():
    cells = [given(ALSO_GOOD), given("y = 5"), given(GOOD)]
    cells = by_id(rebuilt(*cells))
    assert cells["df"].source == GOOD
    assert cells["dg"].source == ALSO_GOOD


def test_cells_in_reverse_are_known_all_the_same():
    result = rebuilt(*reversed(submission(df=GOOD, dg=ALSO_GOOD)))
    answers = {name: by_id(result)[name].source for name in ("df", "dg")}
    assert answers == {"df": GOOD, "dg": ALSO_GOOD}
    assert [cell.source for cell in result.cells].count("import math") == 1


def test_cells_without_ids_are_counted_not_listed():
    cells = submission(df=GOOD)
    for cell in cells:
        cell["metadata"].pop("nbgrader", None)
    (note,) = rebuilt(*cells).notes
    assert note == "5 cells without an nbgrader id are known by text or place."


def test_of_copies_the_answered_one_counts_and_the_rest_still_run():
    cells = submission()
    result = rebuilt(*cells[:3], answer("df", GOOD), *cells[3:])
    assert by_id(result)["df"].source == GOOD
    assert [c.source for c in result.cells if c.role == "extra"] == [f"def df(x):\n    {STUB}"]


def test_a_copy_far_away_does_not_take_the_place_of_the_answer():
    result = rebuilt(*submission(df=GOOD), answer("df", "df = None  # scratch"))
    assert by_id(result)["df"].source == GOOD
    assert result.cells[-1].source == "df = None  # scratch"
    assert result.cells[-1].role == "extra"


def test_added_cells_stay_behind_the_cell_that_they_followed():
    cells = submission(df="def df(x):\n    return helper(x)")
    helper = given("def helper(x):\n    return 2 * x")
    result = rebuilt(given("first = 1"), *cells[:2], helper, text("my idea"), *cells[2:])
    assert order(result)[:5] == [
        "first = 1", "# Slopes", "import math", helper["source"], "my idea",
    ]  # fmt: skip
    assert [c.role for c in result.cells[3:5]] == ["extra", "text"]


def test_an_edited_open_cell_runs_after_the_given_one():
    cells = submission()
    cells[1] = given("import math\nimport cmath")
    result = rebuilt(*cells)
    assert order(result)[1:3] == ["import math", "import math\nimport cmath"]
    assert [c.role for c in result.cells[1:3]] == ["given", "extra"]


def test_an_answer_of_another_type_is_taken_as_text():
    cells = submission()
    cells[2] = answer("df", GOOD, kind="markdown")
    cells[6] = manual("why", "A limit.", kind="code")
    result = rebuilt(*cells)
    assert by_id(result)["df"].source == GOOD
    assert [c["cell_type"] for c in result.notebook["cells"]][2] == "code"
    assert result.notebook["cells"][6]["cell_type"] == "markdown"


def test_a_picture_is_an_answer():
    cells = submission()
    cells[6]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    result = rebuilt(*cells)
    assert not by_id(result)["why"].missing
    assert "a.png" in result.notebook["cells"][6]["attachments"]


@pytest.mark.parametrize("data", [b"", b"{", b"{}", source()[:500], notebook(given("x = 1"))])
def test_what_cannot_be_used_is_all_missing_and_says_why(data):
    result = rebuild(source(), data)
    assert result.problem.endswith(".")
    assert [c.missing for c in result.cells if c.role in ("answer", "manual")] == [True] * 3


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([graded("a", ""), graded("a", "")], "two cells have the nbgrader id 'a'"),
        ([graded("a b", "")], "letters, digits"),
        ([graded("", "")], "letters, digits"),
        ([graded("a", "", points="ten")], "no number"),
        ([graded("a", "", points=float("inf"))], "no number"),
        ([graded("a", "", kind="markdown")], "holds text"),
        ([graded("a", "### BEGIN HIDDEN TESTS")], "no 'END HIDDEN TESTS'"),
        ([answer("a", "### BEGIN SOLUTION\n### BEGIN SOLUTION")], "stands twice"),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(cells, words):
    with pytest.raises(SourceProblem, match=words):
        rebuild(notebook(*cells), b"")


def test_metadata_of_older_schemas_are_understood():
    old = given("assert True")
    old["metadata"]["nbgrader"] = {"grade": True, "grade_id": "t", "points": "3"}
    cell = rebuild(notebook(old), notebook(old)).cells[0]
    assert (cell.role, cell.points) == ("test", 3.0)


def test_a_task_cell_is_marked_by_hand():
    task = text("Write an essay.\n=== BEGIN MARK SCHEME ===\n5\n=== END MARK SCHEME ===")
    task["metadata"]["nbgrader"] = {
        "grade": False, "solution": False, "locked": True, "task": True, "grade_id": "essay",
        "points": 5, "schema_version": 3,
    }  # fmt: skip
    given_out = text("Write an essay.")
    given_out["metadata"] = task["metadata"]
    result = rebuild(notebook(task), notebook(given_out, text("My essay.")))
    assert [(c.role, c.points) for c in result.cells] == [("manual", 5.0), ("text", 0.0)]
    assert result.notes == ()


def test_delimiters_and_stubs_follow_the_configuration():
    own = Conventions(begin_solution="# ANSWER", end_solution="# END", code_stub="pass  # you")
    src = notebook(answer("a", "def f():\n    # ANSWER\n    return 1\n    # END"))
    cell = rebuild(src, notebook(answer("a", "def f():\n    pass  # you")), own).cells[0]
    assert cell.missing


def test_released_text_and_checksums_are_those_of_nbgrader():
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums

    released = nbformat.reads(source().decode(), 4)
    for preprocessor in (ClearSolutions(), ComputeChecksums()):
        released, _ = preprocessor.preprocess(released, {})
    checksums = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.checksum
        for cell in released.cells
        if "nbgrader" in cell.metadata
    }
    ours = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["checksum"]
        for cell in rebuilt().notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }
    assert ours == checksums
    released, _ = ClearHiddenTests().preprocess(released, {})
    assert rebuilt(*released.cells).notes == ()


def test_the_result_is_a_valid_notebook_with_valid_nbgrader_metadata():
    from nbgrader.nbgraderformat import MetadataValidator

    for cells in ([], submission(df=GOOD), submission() + submission(df=GOOD)):
        node = nbformat.from_dict(rebuilt(*cells).notebook)
        nbformat.validate(node)
        MetadataValidator().validate_nb(node)
