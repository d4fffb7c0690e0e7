"""An exported lecture is one file that needs nothing else, and loses nothing."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from lecture_files import LECTURES, code, pictures
from lecture_files import read as read_anew
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from graders.authoring.build import BuildError
from graders.authoring.export import between, export, page
from graders.authoring.export.__main__ import main
from graders.authoring.normal import is_interactive

NAMES = [path.stem for path in LECTURES]
LOADING = ("img", "script", "link", "iframe", "audio", "video", "source", "object", "embed")

read = cache(read_anew)
every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda p: p.stem)


@cache
def exported(path: Path) -> str:
    at = NAMES.index(path.stem)
    return page(
        read(path),
        between(NAMES),
        before=NAMES[at - 1] if at else "",
        after=NAMES[at + 1] if at + 1 < len(NAMES) else "",
    )


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(exported(path), "html.parser")


@every_lecture
def test_nothing_is_fetched(path: Path) -> None:
    for element in parsed(path).find_all(LOADING):
        source = element.get("src") or element.get("href") or element.get("data")
        assert source is None or source.startswith("data:"), source[:80]
    for style in parsed(path).find_all("style"):
        assert "@import" not in style.text
        assert all(u.startswith("data:") for u in re.findall(r"url\([\"']?(\w+:?)", style.text))


@every_lecture
def test_the_policy_lets_the_players_run_and_nothing_else(path: Path) -> None:
    policy = parsed(path).find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    rules = policy["content"].split("; ")
    assert "default-src 'none'" in rules
    scripts = [s.string for s in parsed(path).find_all("script") if not s.get("type")]
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert any(r.startswith("script-src") and f"'sha256-{digest}'" in r for r in rules)
    assert any(rule.startswith("script-src") for rule in rules) == bool(scripts)
    assert "unsafe-inline" not in "".join(r for r in rules if r.startswith("script-src"))


@every_lecture
def test_every_cell_and_every_picture_is_there(path: Path) -> None:
    notebook = read(path)
    shown = [section["id"] for section in parsed(path).select("article > section")]
    assert shown == [cell.id for cell in notebook.cells]
    described = [image["alt"] for image in parsed(path).find_all("img")]
    assert described == [p.metadata["image/png"]["alt"] for p in pictures(notebook)]
    printed = [o.text for c in code(notebook) for o in c.outputs if o.output_type == "stream"]
    page_text = parsed(path).get_text()
    assert all(text.strip() in page_text for text in printed)


@every_lecture
def test_no_formula_is_left_in_latex(path: Path) -> None:
    assert not [p for p in parsed(path).select(".prose p") if "$" in p.get_text()]


@every_lecture
def test_cells_with_controls_say_where_they_move(path: Path) -> None:
    playing = [cell.id for cell in code(read(path)) if is_interactive(cell)]
    said = [note.find_parent("section")["id"] for note in parsed(path).select(".to-run")]
    assert said == playing


@every_lecture
def test_links_lead_to_a_page_that_was_exported_too(path: Path) -> None:
    for link in parsed(path).find_all("a"):
        address = link["href"]
        if address.startswith("https://"):
            continue
        file, _, place = address.partition("#")
        assert file.removesuffix(".html") in NAMES or not file, address
        assert not place or parsed(path.with_name(f"{Path(file).stem}.ipynb")).find(id=place)


def test_the_lectures_are_joined_in_their_order() -> None:
    def neighbours(path: Path) -> list[str]:
        return [a["href"] for a in parsed(path).select("nav a")]

    assert neighbours(LECTURES[0]) == [f"{NAMES[1]}.html"]
    assert neighbours(LECTURES[1]) == [f"{NAMES[0]}.html", f"{NAMES[2]}.html"]
    assert neighbours(LECTURES[-1]) == [f"{NAMES[-2]}.html"]


def test_one_lecture_alone_has_no_dead_link(tmp_path: Path) -> None:
    (written,) = export([LECTURES[4]], tmp_path)
    links = [a["href"] for a in BeautifulSoup(written.read_text(), "html.parser").find_all("a")]
    assert links
    assert all(link.startswith("https://") for link in links)


def test_what_a_notebook_may_hold_is_shown() -> None:
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# A & B\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n\n`<b>` $x<y$"),
            new_code_cell("1 < 2", outputs=[new_output("stream", text="<script>no</script>")]),
            new_code_cell(
                "1 / 0",
                outputs=[
                    new_output("error", ename="E", evalue="v", traceback=["\x1b[31mred\x1b[0m"])
                ],
            ),
            new_code_cell(
                "svg",
                outputs=[new_output("display_data", {"image/svg+xml": "<svg><g/></svg>"})],
            ),
        ]
    )
    html = page(notebook, between([]))
    found = BeautifulSoup(html, "html.parser")
    assert found.h1.text == "A & B"
    assert found.select(".table td math")
    assert found.find("code").text == "<b>"
    assert "<mo>&lt;</mo>" in html
    assert "&lt;script&gt;no&lt;/script&gt;" in html
    assert "script-src" not in html
    assert found.select(".ansi-red-fg")[0].text == "red"
    assert found.select(".picture svg")


def test_the_command_writes_files_and_says_what_it_cannot(tmp_path: Path, monkeypatch, capsys):
    def run(*arguments: object) -> int:
        monkeypatch.setattr("sys.argv", ["export", *map(str, arguments)])
        return main()

    assert run(LECTURES[2], "--to", tmp_path / "out") == 0
    assert (tmp_path / "out" / f"{NAMES[2]}.html").stat().st_size > 50_000
    assert run(tmp_path / "out", "--to", tmp_path) == 1
    assert "no notebook" in capsys.readouterr().err
    (tmp_path / "broken.ipynb").write_text("{")
    assert run(tmp_path / "broken.ipynb", "--to", tmp_path / "out") == 1
    assert "not a notebook" in capsys.readouterr().err
    with pytest.raises(BuildError):
        list(export([tmp_path / "broken.ipynb"], tmp_path))
