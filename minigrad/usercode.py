"""What the reader's own code looks like from inside: the line that called, its names.

Only used when something has gone wrong, or when a picture is drawn, so it may take its time.
"""

from __future__ import annotations

import linecache
import os
import sys
from types import FrameType

PACKAGE_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep


def frame() -> FrameType | None:
    """The innermost running frame that is not minigrad's own."""
    current: FrameType | None = sys._getframe(1)
    while current is not None and current.f_code.co_filename.startswith(PACKAGE_FOLDER):
        current = current.f_back
    return current


def name_of(value: object) -> str | None:
    """The variable that holds this very object in the caller's code, or None.

    The attributes of `self` are searched after local and global variables.
    """
    caller = frame()
    if caller is None or value is None:
        return None
    attributes: dict[str, object] = getattr(caller.f_locals.get("self"), "__dict__", {})
    places = (("", caller.f_locals), ("", caller.f_globals), ("self.", attributes))
    for prefix, names in places:
        for name, held in list(names.items()):
            # Names with an underscore in front are the notebook's: `_`, `_12`, `_i`.
            if held is value and not name.startswith("_"):
                return prefix + name
    return None


def line() -> str | None:
    """The caller's line, for a message, as "fit.py, line 12: y = x @ w"."""
    caller = frame()
    if caller is None:
        return None
    return describe_line(caller.f_code.co_filename, caller.f_lineno, caller.f_globals)


def describe_line(filename: str, number: int, names: dict[str, object] | None = None) -> str:
    """A place in a source file or notebook cell, and the text that stands there."""
    text = linecache.getline(filename, number, names).strip()
    in_notebook = "ipykernel_" in filename or filename.startswith("<ipython-input")
    place = "this notebook" if in_notebook else os.path.basename(filename)
    return f"{place}, line {number}: {text}" if text else f"{place}, line {number}"
