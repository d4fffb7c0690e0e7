"""The lectures in JupyterLab, in a real browser: run all, move each slider, see it change."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lecture_files import LECTURES, ROOT, code, read
from servers import ERROR, TOKEN, WAIT, jupyterlab

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api", reason="drives a browser")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "course" / "notebooks")
    with jupyterlab(home / "course", home) as address:
        yield address


@pytest.mark.parametrize("path", LECTURES, ids=lambda p: p.stem)
def test_runs_from_top_to_bottom_and_moves(
    path: Path, lab: str, browser: "sync_api.Browser"
) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(
        f"{lab}/lab/workspaces/{path.stem}/tree/notebooks/lectures/{path.name}?token={TOKEN}"
    )
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    # What is asked before the kernel answers is lost; only the status bar says that it does.
    page.get_by_text("| Idle").wait_for(timeout=WAIT)
    # Cells far below the window are not drawn unless the window is as long as the notebook.
    page.set_viewport_size({"width": 1100, "height": 12_000})
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    controls = ".jp-OutputArea .widget-slider, .jp-OutputArea .widget-dropdown"
    page.wait_for_selector(controls, timeout=WAIT)
    prompt = page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt")
    sync_api.expect(prompt).to_have_text(f"[{len(code(read(path)))}]:", timeout=WAIT)
    assert page.locator(ERROR).count() == 0
    _move_each_control(page, controls)
    assert trouble == []
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
        deadline = time.monotonic() + 60
        while _pictures(page) == before:
            assert time.monotonic() < deadline, f"control {index} does not change the picture"
            time.sleep(0.1)


def _pictures(page: "sync_api.Page") -> list[str | None]:
    screens = page.locator(".jp-OutputArea .widget-image").all()
    return [screen.get_attribute("src") for screen in screens]
