"""Make the pictures of README.md anew: `graders demo`, then `python docs/pictures/make.py`.

It needs Playwright and a Chromium. Each picture is a screenshot of what a user sees.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from graders.authoring.export import export

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
REPORT = TOP / "build" / "demo" / "reports" / "ps1_derivatives" / "class_report.html"
LECTURE = TOP / "notebooks" / "lectures" / "04_backward.ipynb"


def main() -> None:
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(reduced_motion="reduce")
        (lecture,) = export([LECTURE], Path(folder))
        page.set_viewport_size({"width": 900, "height": 1120})
        page.goto(lecture.as_uri())
        play(page)
        keep(page, "lecture")
        page.set_viewport_size({"width": 1000, "height": 1245})
        page.goto(REPORT.as_uri())
        keep(page, "class_report")
        browser.close()


def play(page: Page) -> None:
    """Scroll to the first player, and play until two roads have met."""
    player = page.locator("[data-lm-suppress-shortcuts]").first
    player.locator(".modes button").first.click()
    for _ in range(8):
        player.locator(".controls .main").click()
    player.locator(".modes button").last.click()
    player.evaluate(
        "e => scrollTo(0, e.getBoundingClientRect().bottom + scrollY - innerHeight + 40)"
    )


def keep(page: Page, name: str) -> None:
    target = HERE / f"{name}.png"
    page.screenshot(path=target)
    # Few colours are enough, and a third of the bytes.
    few = Image.open(target).convert("RGB").quantize(128, Image.Quantize.FASTOCTREE, dither=0)
    few.save(target, optimize=True)


if __name__ == "__main__":
    main()
