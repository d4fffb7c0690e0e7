"""What the documentation site needs beyond Sphinx: lectures, source files, commands.

`docs/conf.py` names this module as an extension.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

import nbformat
from docutils import nodes
from docutils.parsers import Parser
from docutils.statemachine import StringList
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx import addnodes
from sphinx.directives.other import TocTree
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from graders.authoring.export import body
from graders.cli import COMMANDS, command_parser

if TYPE_CHECKING:
    from sphinx.application import Sphinx

TOP = Path(__file__).resolve().parents[2]
LECTURES = "notebooks/lectures"


class LectureParser(Parser):
    """A lecture as sections with its cells and outputs, rendered as in an exported page."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        notebook = nbformat.reads(inputstring, as_version=4)
        # Sections are Sphinx's, for the contents of the page; all else is HTML as it is.
        for level, name, title, cells in _sections(body(notebook, _link)):
            section = nodes.section(ids=[name], names=[name])
            section += nodes.title(title, title)
            section += nodes.raw("", f'<div class="lecture">{cells}</div>', format="html")
            if level == 1:
                top = section
                document += top
            else:
                top += section


def _sections(fragment: str) -> Iterator[tuple[int, str, str, str]]:
    """Level, id, title and HTML of each section; a lecture begins with its title."""
    heading = r'<section class="prose" id="[^"]*">\s*<h([12]) id="([^"]*)">(.*?)</h\1>'
    _, *parts = re.split(heading, fragment)
    for level, name, title, rest in zip(*[iter(parts)] * 4, strict=True):
        plain = html.unescape(re.sub(r"<[^>]+>", "", title))
        yield int(level), html.unescape(name), plain, f'<section class="prose">{rest}'


def _link(address: str) -> str | None:
    """Where a lecture's link leads in the site: a lecture, a source file, or the outside."""
    if re.match(r"https?://|#", address):
        return address
    file, mark, place = address.partition("#")
    if re.fullmatch(r"\w+\.(ipynb|md)|\.\./\.\./minigrad/[\w/]+\.py", file):
        return str(PurePosixPath(file).with_suffix(".html")) + mark + place
    return None


class LectureList(TocTree):
    """The lectures in their order, by their short titles."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        course = json.loads((TOP / LECTURES / "course.json").read_text(encoding="utf-8"))
        lines = ["00 · The map </notebooks/lectures/00_map>"]
        for lecture in course["lectures"]:
            stem = lecture["file"].removesuffix(".ipynb")
            lines.append(f"{stem[:2]} · {lecture['title']} </{LECTURES}/{stem}>")
        self.content = StringList(lines, "course.json")
        return super().run()


class CommandHelp(SphinxDirective):
    """Every command's own help, so that the page cannot differ from the program."""

    def run(self) -> list[nodes.Node]:
        return [_command(name) for name in COMMANDS]


def _command(name: str) -> nodes.section:
    section = nodes.section(ids=[f"graders-{name}"])
    section += nodes.title("", f"graders {name}")
    _, parser = command_parser(name)
    text = parser.format_help()
    section += nodes.literal_block(text, text, language="text")
    return section


def link_sources(app: Sphinx, document: nodes.document) -> None:
    """A link to a file of minigrad opens its page, instead of a download."""
    for link in list(document.findall(addnodes.download_reference)):
        if found := re.search(r"minigrad/[\w/]+\.py$", link["reftarget"]):
            page = app.builder.get_target_uri(found[0].removesuffix(".py"))
            here = app.builder.get_target_uri(app.env.docname)
            reference = nodes.reference(internal=True, refuri=relative_uri(here, page))
            reference += link.children
            link.replace_self(reference)


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """minigrad's files as pages, since every lecture links to the lines that did it."""
    formatter = HtmlFormatter(lineanchors="L")
    for path in sorted((TOP / "minigrad").rglob("*.py")):
        name = path.relative_to(TOP)
        code = highlight(path.read_text(encoding="utf-8"), PythonLexer(), formatter)
        title = html.escape(str(name))
        context = {"title": title, "body": f"<h1>{title}</h1>\n{code}"}
        yield str(name.with_suffix("")), context, "page.html"


def front_door(app: Sphinx, problem: Exception | None) -> None:
    """index.html at the top, where people look for it."""
    first = app.builder.get_target_uri(app.config.root_doc)
    page = f"""<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={first}">
<title>{app.config.project}</title>
<a href="{first}">Read on</a>
"""
    (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(LectureParser)
    app.add_directive("lecture-list", LectureList)
    app.add_directive("command-help", CommandHelp)
    app.connect("doctree-read", link_sources, priority=100)
    app.connect("html-collect-pages", source_pages)
    app.connect("build-finished", front_door)
    return {"parallel_read_safe": True}
