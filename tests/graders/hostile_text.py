"""Text that tries to leave the place where it is shown, and what it must not change."""

from __future__ import annotations

import re
from html.parser import HTMLParser

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "</style></svg><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "$\\frac{1}{$ \\unknown",
    "`<b>`",
    "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202eabc\u2066 \x00 \ud800",
    "a\u2028b -- <!-- <script",
]
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class _Skeleton(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, *sorted(name for name, _ in attributes)))


def skeleton(page: str) -> list[tuple[str, ...]]:
    """The page's tags and attribute names, without what is written in them."""
    return _Skeleton(page).tags
