"""An instructor's first week: a course, a class, marks by hand, marks and feedback out."""

import csv
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from journey import Journey
from nbgrader import api
from servers import TOKEN, WAIT, jupyterlab

from graders.course import Course
from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="drives a browser")

PATIENCE = 180  # seconds
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "why": "A negative number is another case.",
}
WRONG = {"double": "def double(x):\n    return abs(2 * x)", "why": "It looks nice."}
ROSTER = (
    "First name,Last name,ID number,Email address\n"
    "Ada,Lovelace,ada,ada@uni.edu\n"
    "Bob,Babbage,bob,bob@uni.edu\n"
)
COMMENT = "Say which case it is."


def graders(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A command as typed in a terminal in `folder`."""
    done = subprocess.run(
        [sys.executable, "-m", "graders", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done


def answered(notebook: dict, answers: dict[str, str]) -> bytes:
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    return json.dumps(notebook).encode()


def download(bundle: Path, to: Path) -> None:
    """What Moodle hands out after three people answered the released notebook."""
    with zipfile.ZipFile(bundle) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("hello.ipynb")]
        released = archive.read(name)
    class_ = {"Ada Lovelace_7": RIGHT, "Bob Babbage_8": WRONG, "Eve Unknown_9": RIGHT}
    with zipfile.ZipFile(to, "w") as archive:
        for person, answers in class_.items():
            place = f"{person}_assignsubmission_file/hello.ipynb"
            archive.writestr(place, answered(json.loads(released), answers))


def grade_of(course: Course, student: str) -> tuple[float | None, str | None]:
    with api.Gradebook(course.directory.db_url, course.directory.course_id) as book:
        mark = book.find_grade("why", "hello", "hello", student).manual_score
        said = book.find_comment("why", "hello", "hello", student).manual_comment
        return mark, said


def until(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def mark_by_hand(page: "sync_api.Page", points: str, comment: str | None) -> None:
    """In the formgrader: points, a comment, and off to the next."""
    page.locator("input.score#why").wait_for(timeout=WAIT)
    # nbgrader's script fills in what the gradebook has, and only then takes what is typed.
    page.wait_for_function("window.jQuery && jQuery.active === 0", timeout=WAIT)
    page.locator("input.score#why").fill(points)
    if comment:
        page.locator("textarea#why-comment").fill(comment)
    page.keyboard.press("Tab")


def test_from_an_empty_folder_to_feedback(browser, tmp_path: Path) -> None:
    journey = Journey("instructor")
    graders(tmp_path, "init", "my-course", "--empty")
    folder = tmp_path / "my-course"
    course = Course(folder)
    journey.step("init")
    graders(folder, "release")
    journey.step("release")
    (tmp_path / "class.csv").write_text(ROSTER)
    graders(folder, "roster", tmp_path / "class.csv")
    download(folder / "build" / "minigrad-course.zip", tmp_path / "moodle.zip")
    said = graders(folder, "collect", "hello", tmp_path / "moodle.zip").stdout
    assert "2 students: 2 collected" in said
    assert "Eve Unknown" in said
    journey.step("collect", actions=2)
    graders(folder, "grade", "hello", "--workers", "1")
    journey.step("grade")
    graders(folder, "report", "hello")

    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto((folder / "reports/hello/class_report.html").as_uri())
    assert page.get_by_text("Ada Lovelace").count()
    journey.step("report", page)
    assert trouble == []

    command = (sys.executable, "-m", "graders", "lab")
    with jupyterlab(folder, tmp_path / "home", dict(os.environ), command=command) as lab:
        page.goto(f"{lab}/lab?token={TOKEN}")
        page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader").first.wait_for(timeout=WAIT)
        journey.step("lab", page)
        page.goto(f"{lab}/formgrader/gradebook/hello/hello")
        first = page.locator("a", has_text="Submission #1")
        first.wait_for(timeout=WAIT)
        journey.step("submissions", page, actions=3)
        assert "Lovelace" not in page.locator("table").inner_text(), "marked without names"
        first.click()
        mark_by_hand(page, "1.5", COMMENT)
        journey.step("mark", page, actions=3)
        students = ("ada", "bob")
        until(lambda: any(grade_of(course, s) == (1.5, COMMENT) for s in students), "the mark")
        page.locator(".next a").first.click()
        mark_by_hand(page, "3", None)
        until(lambda: {grade_of(course, s)[0] for s in students} == {1.5, 3.0}, "the marks")
        journey.step("next", page, actions=2)

    assert (
        "2 of 2 students with a mark"
        in graders(folder, "export", "hello", "--for", "moodle").stdout
    )
    with open(folder / "reports/hello/moodle.csv", newline="") as file:
        rows = {row["ID number"]: float(row["hello"]) for row in csv.DictReader(file)}
    by_hand = {student: grade_of(course, student)[0] for student in rows}
    assert rows == {"ada": 2 + by_hand["ada"], "bob": 0 + by_hand["bob"]}
    journey.step("export")

    graders(folder, "feedback", "hello", "--for", "moodle")
    commented = next(s for s in rows if by_hand[s] == 1.5)
    phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    phone.route("http*://**", lambda route: pytest.fail(f"asks for {route.request.url}"))
    phone.goto((folder / f"reports/hello/feedback/{commented}.html").as_uri())
    assert phone.get_by_text(COMMENT).is_visible()
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "the page scrolls sideways on a phone"
    journey.step("feedback", phone)
    with zipfile.ZipFile(folder / "reports/hello/feedback_moodle.zip") as archive:
        names = archive.namelist()
    assert sorted(names) == [
        "Ada Lovelace_7_assignsubmission_file_/hello_feedback.html",
        "Bob Babbage_8_assignsubmission_file_/hello_feedback.html",
    ]
    page.close()
    phone.close()
