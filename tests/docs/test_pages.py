"""The pages agree with the project: what they name exists, what they show in Python is so."""

import doctest
import re
from pathlib import Path

import pytest
from pages import PAGES, ROOT, Command, blocks, commands

from graders.cli import COMMANDS
from graders.course import Course
from graders.exits import INTERRUPTED, LOOK, OK, USAGE
from graders.release import canaries_of
from graders.report import Status

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@every_page
def test_what_is_shown_in_python_is_so(page: Path) -> None:
    parser, runner = (
        doctest.DocTestParser(),
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS),
    )
    said: list[str] = []
    shared: dict = {}
    for line, block in blocks(page, "python"):
        test = parser.get_doctest(block, shared, page.name, str(page), line - 1)
        runner.run(test, out=said.append, clear_globs=False)
        shared = test.globs
    assert not said, "".join(said)


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for targets in LINK.findall(text):
        target = "".join(targets)
        if not re.match(r"https?://|#", target):
            file = (page.parent / target.partition("#")[0]).resolve()
            assert file.exists(), target
            assert file.is_relative_to(ROOT), target


@every_page
def test_named_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for name in re.findall(r"(?:`|^ {4}|\$ )make ([a-z-]+)", text, re.MULTILINE):
        assert name in targets, name
    for name in re.findall(r"(?:`|^ {4}|\$ )graders ([a-z][a-z-]+)", text, re.MULTILINE):
        assert name in COMMANDS, name
    for module in re.findall(r"python -m (graders[\w.]*|minigrad[\w.]*|tests[\w.]*)", text):
        path = ROOT.joinpath(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_page_is_in_the_contents() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = "\n".join(block for _, block in blocks(ROOT / "docs" / "index.md", "{toctree}"))
    for page in (ROOT / "docs").glob("*.md"):
        assert page.stem == "index" or re.search(rf"^{page.stem}$", listed, re.M), page.name
        assert page.stem == "index" or f"({page.name})" in index, page.name


def test_nothing_that_students_must_not_see_is_published() -> None:
    found = canaries_of(Course(ROOT)).search([*PAGES, *ROOT.glob("docs/pictures/*")])
    # Pages for authors name the markers; what stands between markers they do not show.
    assert [finding for finding in found if not finding.origin.startswith("the marker")] == []


def test_the_exit_codes_are_those_of_the_program() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert codes == [OK, LOOK, USAGE, INTERRUPTED]


def test_every_status_is_explained() -> None:
    text = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {status.value for status in Status} <= explained


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ([], "anything\n", True),
        (["a", "b"], "a\nb\n", True),
        (["a", "b"], "a\nc\n", False),
        (["a"], "a\nb\n", False),
        (["a", "..."], "a\nb\nc\n", True),
        (["...", "c"], "a\nb\nc\n", True),
        (["...", "b"], "a\nb\nc\n", False),
        (["took … s"], "took 1.3 s\n", True),
        (["took … s"], "took 1.3 ms!\n", False),
        (["a.b"], "axb\n", False),
    ],
)
def test_how_output_is_compared(shown: list[str], printed: str, same: bool) -> None:
    assert Command("", 0, shown).differs(printed) != same


def test_how_commands_are_read(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "A\n```console\n$ a \\\n    b\nout\n[exit 1]\n$ c\n```\n```text\n$ d\n```\n"
    )
    first, second = commands(page)
    assert (first.text, first.line, first.shown, first.code) == ("a \\\n    b", 3, ["out"], 1)
    assert (second.text, second.shown, second.code) == ("c", [], 0)
