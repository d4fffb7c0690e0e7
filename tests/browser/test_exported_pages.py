"""Exported lectures and the site in a browser without a network: wide, on a phone, dark."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lecture_files import LECTURES, ROOT

from graders.authoring.export import export

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api", reason="drives a browser")

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SEEN = ROOT / "build" / "screenshots"

# What is cut off at the right, but for what scrolls by itself.
TOO_WIDE = """() => [...document.querySelectorAll("article *")].filter(e =>
    e.getBoundingClientRect().right > innerWidth + 1 &&
    !e.closest(".table, .table-wrapper, .picture, .formula, pre, svg")).map(e => e.outerHTML)"""
EMPTY = """() => [...document.querySelectorAll("math, article img")].filter(e => {
    const box = e.getBoundingClientRect();
    return !(box.width && box.height) && !e.closest("details:not([open])");
}).map(e => e.outerHTML.slice(0, 200))"""
STEP = "player => player.shadowRoot.querySelector('.count').textContent"
NEXT = "player => player.shadowRoot.querySelector('.controls .main').click()"


@contextmanager
def opened(browser, path: Path, viewport: dict, scheme: str, name: str) -> Iterator:
    """The page at `path`; afterwards nothing may have gone wrong or out."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    trouble: list[str] = []

    def local_only(route) -> None:
        if route.request.url.startswith(("file:", "data:")):
            route.continue_()
        else:
            trouble.append(f"asked for {route.request.url}")
            route.abort()

    def load():
        page = context.new_page()
        page.route("**/*", local_only)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
        page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url[:200]}"))
        page.goto(path.as_uri())
        page.wait_for_function("document.fonts.status === 'loaded'")  # through a redirect too
        return page

    try:
        page = load()
    except sync_api.Error as error:
        # A crash of the browser itself, on a machine short of something, is not the page's.
        if "crashed" not in str(error):
            raise
        page = load()
    yield page
    SEEN.mkdir(parents=True, exist_ok=True)
    whole = viewport is PHONE and not name.startswith("site")
    page.screenshot(path=SEEN / f"{name}_{viewport['width']}_{scheme}.png", full_page=whole)
    context.close()
    assert trouble == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("lectures on a phone")
    return {path.stem: path for path in export(LECTURES, folder)}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [*(sys.executable, "-m", "sphinx", "--quiet"), "--conf-dir", ROOT / "docs"]
    build += ["--doctree-dir", folder / "doctrees", ROOT, folder / "html"]
    done = subprocess.run(build, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder / "html"


@pytest.mark.parametrize("name", [path.stem for path in LECTURES])
@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_a_lecture_is_whole_by_itself(browser, pages, name, viewport, scheme) -> None:
    with opened(browser, pages[name], viewport, scheme, name) as page:
        _is_whole(page, viewport)
        dark = "rgb(20, 23, 26)" if scheme == "dark" else "rgb(253, 252, 250)"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


@pytest.mark.parametrize("name", ["03_graphs", "04_backward"])
def test_the_player_plays(browser, pages, name) -> None:
    with opened(browser, pages[name], PHONE, "light", f"{name}_played") as page:
        players = page.locator("[data-lm-suppress-shortcuts]")
        assert players.count()
        player = players.first
        player.locator(".modes button").first.click()
        before = player.evaluate(STEP)
        player.evaluate(NEXT)
        assert player.evaluate(STEP) != before


def test_a_tap_shows_a_picture_at_full_size(browser, pages) -> None:
    with opened(browser, pages["01_derivatives"], PHONE, "light", "enlarged") as page:
        picture = page.locator("figure img").first
        full = int(picture.get_attribute("width"))
        assert picture.bounding_box()["width"] == PHONE["width"] < full
        picture.click()
        assert picture.bounding_box()["width"] == full
        _is_whole(page, PHONE)
        picture.click()
        assert picture.bounding_box()["width"] == PHONE["width"]


def test_answers_unfold_and_lectures_follow_each_other(browser, pages) -> None:
    with opened(browser, pages["01_derivatives"], PHONE, "light", "unfolded") as page:
        answer = page.locator("details p").first
        assert not answer.is_visible()
        page.locator("summary").first.click()
        assert answer.is_visible()
        page.locator("a[rel=next]").click()
        page.wait_for_url("**/02_chain_rule.html")


def test_a_lecture_is_printed_without_scroll_bars(browser, pages) -> None:
    with opened(browser, pages["04_backward"], WIDE, "dark", "printed") as page:
        page.emulate_media(media="print")
        assert page.locator("nav").is_hidden()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert not page.evaluate(
            "[...document.querySelectorAll('pre')].some(e => e.scrollWidth > e.clientWidth)"
        )


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_every_page_of_the_site_is_whole(browser, site, viewport, scheme) -> None:
    found = [*site.glob("docs/*.html"), *site.glob("notebooks/lectures/*.html")]
    assert len(found) > len(LECTURES) + 4
    for path in [*found, site / "minigrad" / "engine.html"]:
        with opened(browser, path, viewport, scheme, f"site_{path.stem}") as page:
            _is_whole(page, viewport)


def test_the_arrow_keys_are_the_players(browser, site) -> None:
    path = site / "notebooks" / "lectures" / "04_backward.html"
    with opened(browser, path, WIDE, "light", "site_keys") as page:
        player = page.locator("[data-lm-suppress-shortcuts]").first
        player.locator(".modes button").first.click()
        before = player.evaluate(STEP)
        player.locator(".modes button").first.press("ArrowRight")
        assert player.evaluate(STEP) != before
        assert page.url == path.as_uri()


def test_the_site_is_entered_at_its_top_and_searched(browser, site) -> None:
    with opened(browser, site / "index.html", WIDE, "light", "site_searched") as page:
        page.wait_for_url("**/docs/index.html")
        page.get_by_label("Search").first.fill("cotangent")
        page.keyboard.press("Enter")
        page.locator("ul.search li", has_text="quadrillion").first.wait_for()


def _is_whole(page, viewport: dict) -> None:
    if page.locator("math").count():
        assert page.evaluate("document.fonts.check('16px Formulas')")
    assert page.evaluate(EMPTY) == []
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
