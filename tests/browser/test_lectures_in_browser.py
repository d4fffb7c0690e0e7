"""The lectures in JupyterLab, in a real browser: run all, move each slider, see it change."""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from lecture_files import LECTURES, ROOT, code, read
from servers import ERROR, TOKEN, WAIT, jupyterlab

from graders.calm import write_settings

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api", reason="drives a browser")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("lab") / "course"
    shutil.copytree(ROOT / "notebooks", course / "notebooks")
    return course


@pytest.fixture(scope="module")
def lab(course: Path) -> Iterator[str]:
    """JupyterLab with the settings that `make lab` gives it."""
    write_settings(course.parent / "settings")
    settings = {
        "JUPYTER_CONFIG_PATH": str(course.parent / "settings"),
        "PYTHONPATH": str(ROOT),
    }
    with jupyterlab(course, course.parent, settings) as address:
        yield address


def opened(
    browser: "sync_api.Browser", lab: str, path: Path, trouble: list[str]
) -> "sync_api.Page":
    """The page of a lecture whose kernel answers; what goes wrong in it goes into `trouble`."""
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.extend(_scolding(said)))
    page.goto(
        f"{lab}/lab/workspaces/{path.stem}/tree/notebooks/lectures/{path.name}?token={TOKEN}"
    )
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    # What is asked before the kernel answers is lost; only the status bar says that it does.
    page.get_by_text("| Idle").wait_for(timeout=WAIT)
    return page


def run_all(page: "sync_api.Page") -> None:
    """Run all cells to the end, asking again where JupyterLab was not yet listening."""
    running = page.locator(".jp-InputPrompt", has_text="[*]")
    for _ in range(4):
        page.get_by_text("Run", exact=True).first.click()
        page.get_by_text("Run All Cells", exact=True).click()
        with suppress(sync_api.TimeoutError):
            running.first.wait_for(timeout=15_000)
            break
    sync_api.expect(running).to_have_count(0, timeout=WAIT)


@pytest.mark.parametrize("path", LECTURES, ids=lambda p: p.stem)
def test_runs_from_top_to_bottom_and_moves(
    path: Path, lab: str, browser: "sync_api.Browser"
) -> None:
    trouble: list[str] = []
    page = opened(browser, lab, path, trouble)
    # Cells far below the window are not drawn unless the window is as long as the notebook.
    page.set_viewport_size({"width": 1100, "height": 12_000})
    run_all(page)
    controls = ".jp-OutputArea .widget-slider, .jp-OutputArea .widget-dropdown"
    page.wait_for_selector(controls, timeout=WAIT)
    prompt = page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt")
    sync_api.expect(prompt).to_have_text(f"[{len(code(read(path)))}]:", timeout=WAIT)
    assert page.locator(ERROR).count() == 0
    _move_each_control(page, controls)
    assert trouble == []
    page.close()


def _scolding(said: "sync_api.ConsoleMessage") -> list[str]:
    """An error message of a script; a file that it does not find is not ours."""
    ours = said.type == "error" and "Failed to load resource" not in said.text
    return [said.text] if ours else []


def test_a_lecture_that_was_opened_and_saved_is_as_it_was(
    course: Path, lab: str, browser: "sync_api.Browser"
) -> None:
    path = LECTURES[2]
    page = opened(browser, lab, path, [])
    assert page.locator(".jp-mod-dirty").count() == 0
    copy = course / path.relative_to(ROOT)
    before = copy.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    deadline = time.monotonic() + WAIT / 1000
    while copy.stat().st_mtime_ns == before:
        assert time.monotonic() < deadline, "nothing was saved"
        page.wait_for_timeout(100)
    assert copy.read_bytes() == path.read_bytes()
    page.close()


def test_a_player_in_a_notebook_that_is_not_trusted_says_how_to_see_it(
    lab: str, browser: "sync_api.Browser"
) -> None:
    path = next(path for path in LECTURES if path.stem == "04_backward")
    page = opened(browser, lab, path, [])
    page.set_viewport_size({"width": 1100, "height": 12_000})
    cell = page.locator(".jp-CodeCell", has_text="player(product")
    words = cell.get_by_text("If you see none, run this cell")
    words.wait_for(timeout=WAIT)
    assert cell.locator(".player").count() == 0
    run_all(page)
    cell.locator(".player svg").wait_for(timeout=WAIT)
    sync_api.expect(words).to_be_hidden()
    page.close()


def _move_each_control(page: "sync_api.Page", controls: str) -> None:
    for index in range(page.locator(controls).count()):
        control = page.locator(controls).nth(index)
        before = _pictures(page)
        handle = control.locator(".noUi-handle")
        if handle.count():
            handle.first.focus()
            for _ in range(3):
                page.keyboard.press("ArrowRight")
        else:
            options = control.locator("option").count()
            control.locator("select").select_option(index=options - 1)
        deadline = time.monotonic() + WAIT / 1000
        while _pictures(page) == before:
            assert time.monotonic() < deadline, f"control {index} does not change the picture"
            time.sleep(0.1)


def _pictures(page: "sync_api.Page") -> list[str | None]:
    screens = page.locator(".jp-OutputArea .widget-image").all()
    return [screen.get_attribute("src") for screen in screens]
