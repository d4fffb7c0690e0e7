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
REPORTS = TOP / "build" / "demo" / "reports" / "ps1_derivatives"
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
        page.goto((REPORTS / "class_report.html").as_uri())
        keep(page, "class_report")
        page.set_viewport_size({"width": 720, "height": 620})
        page.goto(feedback_with_a_curve().as_uri())
        page.evaluate(
            "() => scrollTo(0, document.querySelector('li:has(.curve)').offsetTop - 20)"
        )
        keep(page, "feedback")
        browser.close()


def feedback_with_a_curve() -> Path:
    """The first student's page on which a mistake is drawn."""
    pages = sorted((REPORTS / "feedback").glob("*.html"))
    return next(p for p in pages if 'class="curve"' in p.read_text(encoding="utf-8"))


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
