"""Near-identical answers: what style hides, and what a class has in common."""

import random

import pytest
from synthetic import class_of

from graders.classreport import class_report
from graders.classreport.likeness import Cluster, clusters, fingerprint

LOOP = """
def mean(values):
    total = 0.0
    for value in values:
        total = total + value
    return total / len(values)
"""
RENAMED = '''
def mean(xs: list) -> float:
    """The mean of xs."""
    s: float = 0.0
    # add them up
    for x in xs:
        s = (s
             + x)
    return s / len(xs)
'''
OTHER = LOOP.replace("total + value", "value + total")


def prints(text, kind="code"):
    return fingerprint([(kind, text)])


def test_names_comments_layout_and_annotations_hide_nothing():
    assert prints(LOOP) == prints(RENAMED)
    assert prints(LOOP) != prints(OTHER)
    assert prints(LOOP) != prints(LOOP.replace("len", "sum")), "names not one's own count"


@pytest.mark.parametrize("text", ["", "x = 1", "def f(x):\n    return 2 * x", "def f(:", "\0"])
def test_what_is_short_or_no_python_says_nothing(text):
    assert prints(text) is None


def test_words_are_compared_as_words():
    long = "The step is too large, so that the truncation error is greater than rounding."
    assert prints(long, "markdown") == prints(long.upper().replace(",", " "), "markdown")
    assert prints("Too large.", "markdown") is None


def class_with(*groups, size=200, questions=4):
    """A class in which everybody answered alike or alone, but for the groups."""
    answers = {
        f"s{i:03}": {
            f"q{q}": "common" if (i + q) % 2 else f"own{i}.{q}" for q in range(questions)
        }
        for i in range(size)
    }
    for number, (members, shared) in enumerate(groups):
        for member in members:
            answers[member] |= dict.fromkeys(shared, f"copied{number}")
    return answers


def test_rare_answers_that_are_shared_are_found_and_common_ones_are_not():
    assert clusters(class_with()) == []
    trio = ("s003", "s010", "s150")
    found = clusters(class_with((trio, ("q0", "q2")), (("s001", "s002"), ("q1",))))
    assert found == [Cluster(trio, ("q0", "q2"))], "one shared answer is a coincidence"


def test_an_answer_that_spread_through_the_class_is_no_evidence():
    many = tuple(f"s{i:03}" for i in range(50))
    assert clusters(class_with((many, ("q0", "q1", "q2")))) == []


def test_in_a_class_of_thousands_chance_is_no_evidence():
    draw = random.Random(1)
    answers = {
        f"s{i}": {f"q{q}": f"variant{draw.randrange(60)}" for q in range(6)}
        for i in range(20_000)
    }
    for question in ("q1", "q4"):
        answers["s5"][question] = answers["s900"][question] = "copied"
    assert clusters(answers) == [Cluster(("s5", "s900"), ("q1", "q4"))]


def test_they_are_read_from_a_graded_class(tmp_path):
    """Three who copied, and the rest of a class of their own making."""
    from small_course import hand_in, handed_in, make_course

    from graders import cli
    from graders.course import Course
    from graders.results import alike

    folder = make_course(tmp_path)
    body = "def {name}(x):\n    {a} = x\n    {b} = {a} + x\n    return {b} + {n} - {n}"
    for number, student in enumerate(("ada", "bob", "cy", "dan", "eve")):
        n = 7.5 if student in ("ada", "dan") else number
        answers = {
            name: body.format(name=name, a=f"u{number}", b=f"v{number}", n=n)
            for name in ("df", "dg")
        }
        hand_in(folder, student, handed_in(**answers))
    call = ["--course", str(folder), "ps1"]
    assert cli.main(["grade", *call, "--isolation", "none", "--workers", "1"]) == 0
    assert alike(Course(folder), "ps1") == [Cluster(("ada", "dan"), ("df_test", "dg_test"))]
    assert cli.main(["report", *call]) == 0
    assert "nearly the same" in (folder / "reports/ps1/class_report.html").read_text()


def test_it_stands_in_the_report_as_something_to_look_at():
    reports = class_of(12)
    students = tuple(report.submission for report in reports[:2])
    question = reports[0].questions[0].id
    page = class_report(reports, title="ps1", alike=[Cluster(students, (question,))])
    assert "Answers that are nearly the same" in page
    assert "no more than a reason to look" in page
    assert "Answers that are nearly the same" not in class_report(reports, title="ps1")
