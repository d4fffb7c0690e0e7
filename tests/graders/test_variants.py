"""Numbers of one's own: dealt by the secret, written into the notebook, followed by the key."""

import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest
from small_course import SECRET, hand_in, marks, waiting

from graders.batch import grade_assignment, reports
from graders.conventions import Conventions, SourceProblem
from graders.course import Course
from graders.keys import ps1_derivatives as ps1
from graders.keys.key import OthersAnswer
from graders.keys.variants import shown
from graders.problems import UserProblem
from graders.release import generate, release
from graders.report import Status
from graders.sample.answers import written
from graders.sandbox import missing_layers
from graders.variants import Variants, released, variants_of

PS1 = "ps1_derivatives"
SOURCE = (
    Path(__file__).parents[2] / "notebooks" / "exercises" / PS1 / f"{PS1}.ipynb"
).read_bytes()
CUBIC = ps1.slope_of_cubic
FAMILY = CUBIC.family
VARIANTS = Variants(PS1, SECRET)
CLASS = ("ada", "bob", "cem")


def version(student):
    return VARIANTS.versions(SOURCE, student)["slope_of_cubic"]


def cells(data):
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"]]


def make_course(folder, *, config=f"c.Variants.assignments = ['{PS1}']", roster=CLASS):
    place = folder / "source" / PS1
    place.mkdir(parents=True)
    (place / f"{PS1}.ipynb").write_bytes(SOURCE)
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n")
    (folder / ".graders").mkdir()
    (folder / ".graders" / "secret").write_bytes(SECRET)
    if roster:
        (folder / "roster.csv").write_text("id\n" + "".join(f"{name}\n" for name in roster))
    return folder


def answered(source, parameters):
    """A student's notebook from `source`, with the cubic of `parameters` differentiated."""
    notebook = json.loads(released(source, Conventions()))
    (cell,) = (c for c in notebook["cells"] if c["id"] == "slope-of-cubic")
    cell["source"] = written(CUBIC.variant(**parameters))
    return json.dumps(notebook).encode()


def test_the_version_is_the_one_that_the_documentation_says():
    message = b"variant\0ps1_derivatives\0slope_of_cubic\0ada"
    number = int(hmac.new(SECRET, message, hashlib.sha256).hexdigest(), 16)
    assert version("ada") == FAMILY.members[number % len(FAMILY.members)]
    assert version("ada") == version("ada") != version("bob")
    assert Variants(PS1, b"another secret").versions(SOURCE, "ada") != version("ada")


def test_a_personal_notebook_holds_its_own_numbers_and_no_others():
    mine = "\n".join(cells(VARIANTS.source(SOURCE, "ada")))
    for text in FAMILY.texts("slope_of_cubic", version("ada")).values():
        assert text in mine
    for what, text in FAMILY.texts("slope_of_cubic", FAMILY.default).items():
        if FAMILY.texts("slope_of_cubic", version("ada"))[what] != text:
            assert text not in mine


def test_only_the_cells_of_the_question_differ():
    pairs = zip(cells(SOURCE), cells(VARIANTS.source(SOURCE, "ada")), strict=True)
    changed = [one for one, other in pairs if one != other]
    assert len(changed) == 4  # the text, the given function, the answer and its test
    assert all("cubic" in text or "Term by term" in text for text in changed)


@pytest.mark.parametrize("parameters", FAMILY.members[::10])
def test_each_passes_its_own_test_and_no_other(parameters):
    answer = CUBIC.variant(**parameters).present(CUBIC.reference)
    CUBIC.variant(**parameters).test(answer)
    with pytest.raises(OthersAnswer) as caught:
        CUBIC.variant(**version("ada")).test(answer)
    assert shown(parameters) in caught.value.for_instructor
    assert not re.search(r"\d", caught.value.student_message)


def test_formula_code_and_parameters_are_of_one_function():
    for parameters in FAMILY.members:
        passages = FAMILY.passages(**parameters)
        latex = re.sub(r"(\d)x", r"\1*x", passages["formula"]).replace("^", "**")
        flat = int(re.search(r"x = (\d)", passages["hint"])[1])
        for x in (-1.5, 0.0, 2.5, flat):
            a, b, c, d = parameters.values()
            right = a * x**3 + b * x**2 + c * x + d
            assert eval(passages["code"], {"x": x}) == eval(latex, {"x": x}) == right
            slope = CUBIC.variant(**parameters).present(CUBIC.reference)(x)
            assert eval(passages["solution"], {"x": x}) == slope
        assert slope == 0


def test_a_key_refuses_parameters_that_it_does_not_have():
    with pytest.raises(TypeError, match="a, b, c, d"):
        CUBIC.variant(a=1)
    with pytest.raises(TypeError, match="none"):
        ps1.product_slope.variant(a=1)


def test_a_passage_that_is_not_in_the_notebook_is_said():
    broken = SOURCE.replace(b"the curve is flat", b"the curve is level")
    with pytest.raises(SourceProblem, match="the curve is flat"):
        VARIANTS.source(broken, "ada")


def test_a_variant_of_a_key_without_versions_is_said():
    wrong = SOURCE.replace(b"key.product_slope.test", b"key.product_slope.variant(a=1).test")
    with pytest.raises(SourceProblem, match="product_slope"):
        VARIANTS.source(wrong, "ada")


def test_a_released_notebook_is_what_nbgrader_makes_of_the_source(tmp_path):
    course = Course(make_course(tmp_path, config=""))
    generate(course, PS1)
    theirs = json.loads((tmp_path / "release" / PS1 / f"{PS1}.ipynb").read_bytes())
    ours = json.loads(released(SOURCE, course.conventions))
    assert cells(json.dumps(ours)) == cells(json.dumps(theirs))
    for one, other in zip(ours["cells"], theirs["cells"], strict=True):
        assert one["metadata"].get("nbgrader") == other["metadata"].get("nbgrader")
        assert one["id"] == other["id"]


def test_a_release_holds_a_folder_for_each_student(tmp_path):
    course = Course(make_course(tmp_path / "course"))
    bundle = release(course, tmp_path / "build")
    assert bundle.students == len(CLASS)
    found = {}
    for student in CLASS:
        data = (bundle.personal / student / PS1 / f"{PS1}.ipynb").read_bytes()
        assert b"SOLUTION" not in data
        assert b"graders.keys" not in data
        found[student] = FAMILY.passages(**version(student))["code"]
        assert found[student].encode() in data
    assert len(set(found.values())) == len(CLASS)
    assert not (bundle.folder / "exercises").exists(), "nobody is to work on the default"


def test_without_variants_everybody_gets_the_default(tmp_path):
    course = Course(make_course(tmp_path / "course", config="", roster=()))
    letter = tmp_path / "build" / "personal" / "letter.txt"
    letter.parent.mkdir(parents=True)
    letter.write_text("mine")
    bundle = release(course, tmp_path / "build")
    assert letter.read_text() == "mine", "what is not the suite's is not taken away"
    assert bundle.personal is None
    data = (bundle.folder / "exercises" / PS1 / f"{PS1}.ipynb").read_bytes()
    assert FAMILY.passages(**FAMILY.default)["code"].encode() in data


@pytest.mark.parametrize(
    ("config", "roster", "said"),
    [
        (f"c.Variants.assignments = ['{PS1}']", (), "roster.csv"),
        ("c.Variants.assignments = ['ps9']", CLASS, "ps9"),
    ],
)
def test_what_is_missing_is_said(tmp_path, config, roster, said):
    course = Course(make_course(tmp_path / "course", config=config, roster=roster))
    with pytest.raises(UserProblem, match=said):
        release(course, tmp_path / "build")


def test_an_assignment_without_versions_cannot_be_varied(tmp_path):
    make_course(tmp_path, config="c.Variants.assignments = ['ps1_derivatives']")
    path = tmp_path / "source" / PS1 / f"{PS1}.ipynb"
    path.write_bytes(SOURCE.replace(b".variant(a=2, b=-5, c=4, d=-7)", b""))
    with pytest.raises(UserProblem, match="none of its hidden tests"):
        variants_of(Course(tmp_path), PS1)


@pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")
def test_a_class_with_numbers_of_its_own(tmp_path):
    folder = make_course(tmp_path, roster=("ada", "bob", "cem", "dee", "eva", "finn"))

    def submit(student, source_of, answer_of):
        source = VARIANTS.source(SOURCE, source_of) if source_of else SOURCE
        answer = version(answer_of) if answer_of else FAMILY.default
        path = hand_in(folder, student, answered(source, answer), name=PS1)
        path.parent.rename(path.parent.with_name(PS1))

    submit("ada", "ada", "ada")  # right
    submit("bob", "bob", "bob")  # right
    submit("cem", "bob", "bob")  # hands in bob's notebook
    submit("dee", "dee", "bob")  # copies bob's answer into her own
    submit("eva", None, None)  # works on the default, which nobody was given
    submit("finn", "ada", None)  # ada's notebook, and not right for anybody's
    grade_assignment(Course(folder), PS1)

    found = {report.submission: report for report in reports(Course(folder), PS1)}
    name = "test-slope-of-cubic"
    one = {
        student: next(q for q in report.questions if q.id == name)
        for student, report in found.items()
    }
    assert {s: (q.status, q.points) for s, q in one.items()} == {
        "ada": (Status.PASSED, 2.0),
        "bob": (Status.PASSED, 2.0),
        "cem": (Status.NEEDS_MANUAL, None),
        "dee": (Status.NEEDS_MANUAL, None),
        "eva": (Status.NEEDS_MANUAL, None),
        "finn": (Status.NEEDS_MANUAL, None),
    }
    assert marks(folder, PS1)["cem"][name] is None
    assert ("cem", name) in waiting(folder, PS1)
    said = {student: " ".join(report.notes) for student, report in found.items()}
    assert said["ada"] == said["bob"] == ""
    assert "it is that of bob" in said["cem"]
    assert f"right for the version {shown(version('bob'))}" in said["cem"]
    assert f"right for the version {shown(version('bob'))}" in said["dee"]
    assert "no student's of this class" in said["eva"]
    assert "it is that of ada" in said["finn"]
    assert "another student" in one["cem"].message
    assert not re.search(r"\d", one["cem"].message)
