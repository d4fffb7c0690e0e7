"""A student's first quarter of an hour, in the released bundle and a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import ERROR, TOKEN, WAIT, jupyterlab

from graders.course import Course
from graders.release import release

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api", reason="drives a browser")

TOP = Path(__file__).resolve().parents[2]
PS1 = "exercises/ps1_derivatives/ps1_derivatives.ipynb"
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bundle as released, in a folder with a space in its name, with its own settings."""
    home = tmp_path_factory.mktemp("a student")
    course = Course(TOP)
    course.directory.db_url = f"sqlite:///{home / 'gradebook.db'}"
    course.directory.release_directory = str(home / "release")
    bundle = release(course, home)
    settings = {
        "JUPYTER_CONFIG_PATH": str(bundle.folder / "settings"),
        "PYTHONPATH": str(bundle.folder),
    }
    with jupyterlab(bundle.folder, home, settings) as address:
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


def test_an_answer_is_checked_where_it_is_written(browser, lab) -> None:
    page = open_page(browser, lab, PS1)
    page.set_viewport_size({"width": 1300, "height": 12_000})
    cell = page.locator(".jp-CodeCell", has_text="def forward_difference").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("def forward_difference(f, x, h):\nreturn (f(x + h) - f(x)) / h")
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    # The first unanswered question stops the run; what was answered has no error.
    first = page.locator(ERROR).first
    first.wait_for(timeout=WAIT)
    assert cell.locator(ERROR).count() == 0
    test = page.locator(".jp-CodeCell", has_text="forward_difference").nth(1)
    assert test.locator(ERROR).count() == 0
    page.close()
