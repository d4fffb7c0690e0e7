"""Untrusted text made fit to be shown: in a terminal, on a page, in a table.

A student's name, answer or message may hold terminal escapes that repaint the screen,
direction marks that turn a line round, halves of characters that no file can hold. What
controls is taken out or made visible; what is written in any script of the world stays.
"""

from __future__ import annotations

import re

# ECMA-48: control sequences (CSI), then strings such as window titles and links (OSC, DCS,
# SOS, PM, APC) up to their terminator, then two-character escapes; each also in its 8-bit form.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_DIRECTION_MARKS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_UNSHOWABLE = (
    _CONTROLS
    | dict.fromkeys(range(0x7F, 0xA0), "\N{REPLACEMENT CHARACTER}")
    | dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
    | dict.fromkeys(_DIRECTION_MARKS, "")
)
_BLANKS = re.compile(r"\s+")


def storable(text: str) -> str:
    """`text` with question marks for the halves of characters that no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str) -> str:
    """`text` without terminal escapes, direction marks or anything that cannot be encoded.

    Line breaks and tabs stay; other control characters become their visible pictures.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPES.sub("", unified).translate(_UNSHOWABLE)


def one_line(text: str, limit: int = 200) -> str:
    """`printable(text)` on one line of at most `limit` characters, with an ellipsis if cut."""
    line = _BLANKS.sub(" ", printable(text)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
