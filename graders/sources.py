"""The text of a student's answer cells, for keys that ask how an answer was written.

The judge sets it from the submission before the tests run. Where no judge did (stock nbgrader,
say), it is what the running notebook has executed so far, if there is a running notebook.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

_sources: tuple[str, ...] | None = None


def set_sources(cells: Iterable[str] | None) -> None:
    """Fix the student's cells, in the order in which they run; None forgets them."""
    global _sources
    _sources = None if cells is None else tuple(cells)


def sources() -> tuple[str, ...]:
    """The cells known; none when nobody knows them."""
    if _sources is not None:
        return _sources
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return tuple(shell.user_ns.get("In", ())) if shell else ()
