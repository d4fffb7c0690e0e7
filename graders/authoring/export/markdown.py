"""A lecture's Markdown as HTML: JupyterLab's dialect, with mathematics that needs no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from graders.authoring.export.mathml import mathml

Links = Callable[[str], str | None]


def to_html(source: str, links: Links) -> str:
    """`source` as an HTML fragment; `links` says where its links lead (None: nowhere)."""
    return MarkdownWithMath(renderer=_Renderer(links)).render(source)


class _Renderer(IPythonRenderer):
    def __init__(self, links: Links) -> None:
        super().__init__(escape=False)
        self._links = links

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return f'<div class="formula">{mathml(body, block=True)}</div>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def link(self, text: str, url: str, title: str | None = None) -> str:
        target = self._links(url)
        if target is None:
            # Whoever reads the page elsewhere still learns which file is meant.
            return f'<span class="file" title="{escape(url)}">{text}</span>'
        return f'<a href="{escape(target)}">{text}</a>'

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        name = re.sub(r"\s+", "-", re.sub(r"<[^>]+>", "", text).strip())
        return f'<h{level} id="{escape(name)}">{text}</h{level}>\n'

    def table(self, text: str) -> str:
        return f'<div class="table"><table>{text}</table></div>\n'
