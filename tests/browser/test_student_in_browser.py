"""A student's first hour, in a real browser: from the ZIP file to what is handed in."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from journey import Journey
from servers import ERROR, TOKEN, WAIT, jupyterlab

from graders.course import Course
from graders.release import release

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api", reason="drives a browser")

TOP = Path(__file__).resolve().parents[2]
PS1 = "exercises/ps1_derivatives/ps1_derivatives.ipynb"
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
ANSWER = "def forward_difference(f, x, h):\nreturn (f(x + h) - f(x)) / h"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ZIP file unpacked in a folder with a space in its name."""
    home = tmp_path_factory.mktemp("a student")
    course = Course(TOP)
    course.directory.db_url = f"sqlite:///{home / 'gradebook.db'}"
    course.directory.release_directory = str(home / "release")
    made = release(course, home)
    with zipfile.ZipFile(made.archive) as archive:
        archive.extractall(home / "Downloads")
    (folder,) = (home / "Downloads").iterdir()
    _installed(folder)
    return folder


def _installed(folder: Path) -> None:
    """As start.py leaves it after installing, for which there is not always a network."""
    (folder / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name != ".ready":
            (folder / ".venv" / path.name).symlink_to(path)
    wanted = (folder / name for name in ("requirements.txt", "versions.txt"))
    text = "".join(path.read_text(encoding="utf-8") for path in wanted)
    (folder / ".venv" / ".ready").write_text(f"{text}{folder}", encoding="utf-8")


@pytest.fixture(scope="module")
def lab(bundle: Path) -> Iterator[str]:
    environment = {"PYTHONPATH": str(bundle)}
    with jupyterlab(
        bundle, bundle.parent, environment, command=(sys.executable, "start.py")
    ) as address:
        yield address


def open_page(browser: "sync_api.Browser", lab: str, path: str) -> "sync_api.Page":
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(f"{lab}/lab/tree/{path}?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    page.wait_for_selector(IDLE, state="attached", timeout=WAIT)
    return page


def test_the_first_page_is_the_map_and_nothing_else_asks(browser, lab) -> None:
    page = open_page(browser, lab, "lectures/00_map.ipynb")
    menus = [item.inner_text() for item in page.locator(".lm-MenuBar-item").all()]
    assert menus == ["File", "Edit", "View", "Run", "Kernel", "Tabs", "Settings", "Help"]
    sides = [
        tab.get_attribute("title") or ""
        for tab in page.locator(".jp-SideBar .lm-TabBar-tab").all()
    ]
    assert sides
    assert not [
        s
        for s in sides
        if "Assignment" in s or "Extension" in s or "Debugger" in s or "ormgrader" in s
    ]
    page.wait_for_timeout(2_000)
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    page.close()


def test_from_the_map_to_the_file_to_hand_in(browser, bundle, lab) -> None:
    journey = Journey("student")
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(f"{lab}/?token={TOKEN}")
    page.wait_for_url("**/lab/tree/lectures/00_map.ipynb*", timeout=WAIT)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    page.get_by_text("| Idle").wait_for(timeout=WAIT)
    journey.step("map", page, actions=2)  # unzip, python start.py
    page.close()

    page = open_page(browser, lab, PS1)
    journey.step("exercise", page)
    # Cells far below the window are not drawn unless the window is as long as the notebook.
    page.set_viewport_size({"width": 1300, "height": 12_000})
    cell = page.locator(".jp-CodeCell", has_text="def forward_difference").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(ANSWER)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    # The first unanswered question stops the run; what was answered has no error.
    page.locator(ERROR).first.wait_for(timeout=WAIT)
    assert cell.locator(ERROR).count() == 0
    test = page.locator(".jp-CodeCell", has_text="forward_difference").nth(1)
    assert test.locator(ERROR).count() == 0
    journey.step("answered", page, actions=3)

    page.keyboard.press("Control+S")
    page.locator(".jp-Document.jp-mod-dirty, .jp-mod-dirty").first.wait_for(
        state="detached", timeout=WAIT
    )
    cell.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("from graders import progress\nprogress()")
    page.keyboard.press("Shift+Enter")
    shown = page.get_by_text("questions attempted").first
    shown.wait_for(timeout=WAIT)
    assert shown.inner_text().startswith("1 of ")
    page.set_viewport_size({"width": 1300, "height": 1000})
    shown.evaluate("element => element.scrollIntoView()")
    journey.step("progress", page, actions=3)
    page.close()

    done = subprocess.run(
        [sys.executable, "-I", "pack.py", "ps1_derivatives"],
        cwd=bundle,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 of " in done.stdout
    assert "is not answered" in done.stdout
    with zipfile.ZipFile(bundle / "to_hand_in" / "ps1_derivatives.zip") as archive:
        assert ANSWER.splitlines()[0] in archive.read("ps1_derivatives.ipynb").decode()
    journey.step("packed")
