"""Students' Markdown as the formgrader and nbgrader's feedback pages may show it.

nbconvert shows HTML in Markdown as it stands, and the formgrader does so in the instructor's
session, where a script could change marks. One line of `nbgrader_config.py` mends it:

    c.HTMLExporter.filters = {"markdown2html": "graders.showing.markdown2html"}
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from graders.sanitise import Sanitiser

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_STANDS_FOR = "data:image/png;base64,attachment"  # then its number; `sanitise` lets it pass
_TOO_MUCH = "<p>[Markdown that cannot be shown here]</p>"


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """A jinja filter: Markdown to HTML in which nothing runs, loads or submits."""
    cell = context.get("cell", {})
    renderer = _Renderer(cell.get("attachments") or {})
    html = MarkdownWithMath(renderer=renderer).render(source)
    cleaned = Sanitiser().html(html)
    return _TOO_MUCH if cleaned is None else renderer.with_pictures(cleaned)


class _Renderer(IPythonRenderer):
    """Leaves attached pictures out, for they may be large, until the rest is cleaned."""

    def __init__(self, attachments: dict[str, dict[str, Any]]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self._pictures: list[str] = []

    def _embed_image_or_attachment(self, src: str) -> str:
        if not src.startswith("attachment:"):
            return src
        attached = self.attachments.get(src.removeprefix("attachment:"), {})
        for kind in _PICTURES:
            data = attached.get(kind)
            if isinstance(data, str) and _BASE64.fullmatch(data):
                self._pictures.append(f"data:{kind};base64,{data}")
                return f"{_STANDS_FOR}{len(self._pictures) - 1}"
        return src  # it is not there: the picture's description is shown in its place

    def with_pictures(self, html: str) -> str:
        def picture(match: re.Match[str]) -> str:
            number = int(match[1])
            there = number < len(self._pictures)
            return f'src="{self._pictures[number]}"' if there else 'src=""'

        return re.sub(rf'src="{re.escape(_STANDS_FOR)}(\d{{1,6}})"', picture, html)
