"""What a notebook may show to whoever opens it graded: text, tables and pictures, no program.

The formgrader shows graded notebooks in the instructor's session, where a script could change
marks. nbconvert's templates show HTML and JavaScript outputs as they are, so they are cleaned
before they are written. `bleach` parses HTML as browsers do and keeps what is on a list;
nbconvert shows SVG and other pictures as `<img>`, in which nothing runs.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner

# Parsing takes time that grows with the square of the depth; a table needs none of these.
CHARACTERS = 400_000  # of HTML in one notebook
TAGS = 5_000  # in one output
DEPTH = 100
_AS_THEY_ARE = ("text/plain", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del"),
    *("details", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp"),
    *("small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "tt", "u", "ul", "var"),
}
_PLAIN_ATTRIBUTES = ("align", "alt", "border", "class", "colspan", "height", "rowspan")
_PLAIN_ATTRIBUTES += ("scope", "style", "title", "valign", "width")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_EMPTY = ("br", "col", "hr", "img", "input", "link", "meta", "wbr")
_PROGRAMS = ("style", "script")
_TEX_OF_PAGES = re.compile(
    r"(?:\\|&#0*92;|&#[xX]0*5[cC];|&bsol;)"
    r"(href|url|require|style|class|cssId|data|mmlToken)(?![A-Za-z])"
)
_TOO_MUCH = "[HTML output that cannot be shown here]"


class Sanitiser:
    """Cleans the outputs of one notebook, of which there may be only so many."""

    def __init__(self) -> None:
        self._left = CHARACTERS

    def clean(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The outputs of a cell, in nbformat 4's form, without anything that could run."""
        return [self._output(output) for output in outputs]

    def _output(self, output: dict[str, Any]) -> dict[str, Any]:
        data = output.get("data")
        if data is None:
            return output
        kept = {kind: data[kind] for kind in _AS_THEY_ARE if kind in data}
        if "text/latex" in kept:
            kept["text/latex"] = _without_links(kept["text/latex"])
        if "text/html" in data:
            html = self.html(data["text/html"])
            if html is not None:
                kept["text/html"] = html
        if "text/markdown" in data:  # may hold HTML; as it was written it can be read too
            kept["text/plain"] = data["text/markdown"]
        if data and not kept:
            kept["text/plain"] = _TOO_MUCH if "text/html" in data else _named(data)
        return output | {"data": kept}

    def html(self, html: str) -> str | None:
        """HTML of which nothing runs, loads or submits; None if it is not to be read."""
        if len(html) > self._left or not _is_simple(html):
            return None
        self._left -= len(html)
        for name in _PROGRAMS:
            html = _without(name, html)
        try:
            return _without_links(_cleaner().clean(html))
        except (ValueError, AssertionError, LookupError):  # odd beyond what its parser knows
            return None


def _without_links(text: str) -> str:
    r"""Without TeX's \href and its like, with which MathJax makes links to anything and styles.

    MathJax reads formulas wherever they stand on a page, so nothing tells them from other text.
    """
    return _TEX_OF_PAGES.sub(r"\\text{\1}", text)


def _named(data: dict[str, Any]) -> str:
    return f"[output of the type {', '.join(sorted(data))}, which is not shown here]"


def _is_simple(html: str) -> bool:
    """Whether it has few elements, and few of them one in another."""
    if html.count("<") > TAGS or html.count("&") > TAGS:
        return False
    opened: Counter[str] = Counter()
    depth = 0
    for closing, name in _TAG.findall(html.lower()):
        if not closing and name not in _EMPTY:
            opened[name] += 1
            depth += 1
        elif closing and opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > DEPTH:
            return False
    return True


def _without(name: str, html: str) -> str:
    """Without an element and its text, which a cleaner would leave as words to be read."""
    lowered, kept, place = html.lower(), [], 0
    if len(lowered) != len(html):
        return html
    while (start := lowered.find(f"<{name}", place)) >= 0:
        end = lowered.find(f"</{name}>", start)
        if end < 0:
            break
        kept.append(html[place:start])
        place = end + len(f"</{name}>")
    return "".join(kept) + html[place:]


@functools.cache
def _cleaner() -> Cleaner:
    from bleach.css_sanitizer import CSSSanitizer
    from bleach.sanitizer import Cleaner

    return Cleaner(
        tags=_TAGS,
        attributes=_may_have,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(),
        strip=True,
    )


def _may_have(tag: str, name: str, value: str) -> bool:
    if name == "src":  # a picture from elsewhere would tell its server who looks
        return tag == "img" and value.startswith("data:image/")
    if name == "href":
        return tag == "a" and value.startswith(("http://", "https://", "mailto:", "#"))
    return name in _PLAIN_ATTRIBUTES
