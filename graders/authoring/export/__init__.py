"""A lecture as one HTML file that needs no kernel, no network and no second file.

    python -m graders.authoring.export notebooks/lectures --to build/lectures

Mathematics is MathML with the font in the page, pictures and players are inside it, and the
page's own security policy forbids it to fetch anything. Links between lectures that are
exported together lead from one to the other; a link to a file that is not there becomes text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from graders import pages
from graders.authoring.build import read
from graders.authoring.export.markdown import Links, to_html

__all__ = ["body", "export", "page"]

HIGHLIGHTING = {"light": "a11y-high-contrast-light", "dark": "github-dark-colorblind"}
_HERE = Path(__file__).resolve().parent
FONT = _HERE / "formulas.woff"


def body(notebook: NotebookNode, links: Links) -> str:
    """The cells and outputs of `notebook` as an HTML fragment.

    `links` says where a link of the notebook leads in the page: it takes the address as written
    and gives the one to use, or None where there is nothing to open.
    """
    exporter = HTMLExporter(raw_template=_asset("body.html"), template_name="base")
    exporter.register_filter("markdown2html", lambda source: to_html(source, links))
    fragment, _ = exporter.from_notebook_node(notebook)
    return fragment


def page(notebook: NotebookNode, links: Links, before: str = "", after: str = "") -> str:
    """The notebook as a whole page.

    `before` and `after` are the names of the neighbouring lectures' files, without suffix, or
    empty.
    """
    fragment = body(notebook, links)
    players = re.findall(r"<script>(.*?)</script>", fragment, re.DOTALL)
    return pages.render(
        __name__,
        policy=[
            *([pages.script_rule(players)] if players else []),
            "img-src data:",
            "font-src data:",
        ],
        title=notebook.metadata.get("title", "A lecture"),
        body=Markup(fragment),
        page_css=Markup(_style()),
        before=before,
        after=after,
    )


def export(paths: Sequence[Path], to: Path) -> Iterable[Path]:
    """Write the notebooks at `paths` as pages in the folder `to`; the files, as they are made.

    Raises:
        BuildError: one of them is not a notebook that can be read.
    """
    to.mkdir(parents=True, exist_ok=True)
    names = [path.stem for path in paths]
    links = between(names)
    for at, path in enumerate(paths):
        html = page(
            read(path),
            links,
            before=names[at - 1] if at else "",
            after=names[at + 1] if at + 1 < len(names) else "",
        )
        target = to / f"{path.stem}.html"
        target.write_text(html, encoding="utf-8")
        yield target


def between(names: Sequence[str]) -> Callable[[str], str | None]:
    """Links among the notebooks `names`, to places within a page, and to the outside world."""

    def link(address: str) -> str | None:
        if re.match(r"https?://|mailto:|#", address):
            return address
        file, mark, place = address.partition("#")
        stem = file.removesuffix(".ipynb")
        return f"{stem}.html{mark}{place}" if stem != file and stem in names else None

    return link


def _style() -> str:
    font = base64.b64encode(FONT.read_bytes()).decode()
    formulas = f"src: url(data:font/woff;base64,{font}) format('woff')"
    return "\n".join(
        [
            f"@font-face {{ font-family: Formulas; {formulas}; }}",
            _asset("cells.css"),
            _asset("page.css"),
            _highlighting("light"),
            f"@media screen and (prefers-color-scheme: dark) {{\n{_highlighting('dark')}\n}}",
        ]
    )


def _highlighting(theme: str) -> str:
    return HtmlFormatter(style=HIGHLIGHTING[theme]).get_style_defs(".lecture .highlight")


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
