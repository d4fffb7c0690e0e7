"""What may be told of a visible check that failed: what it prints in the student's notebook."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from graders.check.result import CheckFailed, Result
from graders.plaintext import one_line
from graders.report import Seen

_LINE_CHARACTERS = 400
_FEWEST, _MOST = 4, 60  # points that make a curve


def seen(error: BaseException) -> dict[str, Any] | None:
    """The record of a `Seen` of a check that compared and did not agree; None of other errors.

    An answer's own exception is left out: its text is the student's, and may hold anything.
    """
    result = error.result if isinstance(error, CheckFailed) else None
    if result is None or result.cause is not None:
        return None
    return asdict(Seen(one_line(result.line, _LINE_CHARACTERS), **_curve(result)))


def _curve(result: Result) -> dict[str, tuple[float | None, ...]]:
    points = sorted(
        (row for row in result.rows if row.x is not None and not row.left_out),
        key=lambda row: row.x,
    )
    if not _FEWEST <= len(points) <= _MOST:
        return {}
    return {
        "x": tuple(_plain(row.x) for row in points),
        "yours": tuple(_plain(row.yours) for row in points),
        "numerical": tuple(_plain(row.numerical) for row in points),
    }


def _plain(number: float) -> float | None:
    """A number that JSON can hold, in as many digits as a picture shows."""
    return float(f"{number:.6g}") if math.isfinite(number) else None
