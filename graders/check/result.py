"""What a check found: one line to read, a table on demand, true or false."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from graders.check.words import pattern

_HERE = str(Path(__file__).parent)


class CheckFailed(AssertionError):
    """A check that was required to agree did not; the text is the check's line."""

    def __init__(self, line: str, result: Result | None = None):
        super().__init__(line)
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the way through your own functions, if one raised, and the line.

        How the check came to its line is nobody's business in the middle of a notebook.
        """
        own = [] if self.__cause__ is None else traceback.format_exception(_own(self.__cause__))
        return "".join([*own, "" if not own else "\n", f"CheckFailed: {self}"]).splitlines()


def _own(error: BaseException) -> BaseException:
    """`error` with its traceback beginning where the checks called a function of yours."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_HERE):
        frames = frames.tb_next
    return error.with_traceback(frames or error.__traceback__)


@dataclass(frozen=True)
class Row:
    """One compared number. `left_out` says why the numerical derivative has no opinion here.

    `x` is the point, where the function is of one number.
    """

    where: str
    yours: float
    numerical: float
    agrees: bool
    left_out: str = ""
    x: float | None = None


@dataclass(frozen=True)
class Result:
    """True when everything that could be compared agrees.

    check.derivative(f, df)                 prints its line
    check.derivative(f, df).table()         prints every compared number
    check.derivative(f, df).required()      raises unless it agrees (for test cells)
    assert check.derivative(f, df)          the same in other words
    """

    agrees: bool
    line: str
    rows: tuple[Row, ...] = ()
    cause: BaseException | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.agrees

    def __repr__(self) -> str:
        return self.line

    def _ipython_display_(self) -> None:
        """Nothing: the line was printed when the check ran."""

    def required(self) -> Result:
        """This result, if it agrees.

        Raises:
            CheckFailed: it does not; the exception of your own function, if any, is the cause.
        """
        if not self.agrees:
            raise CheckFailed(self.line, self) from self.cause
        return self

    def table(self) -> Result:
        """Print every compared number, yours beside the numerical one."""
        print(self._table() if self.rows else "There is nothing to compare yet.")
        return self

    def _table(self) -> str:
        lines = [["where", "yours", "numerical", "difference", ""]]
        for row in self.rows:
            verdict = row.left_out or ("agrees" if row.agrees else "differs")
            numbers = [f"{row.yours:.6g}", f"{row.numerical:.6g}", _difference(row)]
            lines.append([row.where, *numbers, verdict])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(
                [line[0].ljust(widths[0])]
                + [
                    cell.rjust(width)
                    for cell, width in zip(line[1:4], widths[1:4], strict=True)
                ]
                + [line[4]]
            ).rstrip()
            for line in lines
        )


def _difference(row: Row) -> str:
    """Relative, in one digit; below what the numerical derivative can tell it is noise."""
    if row.left_out:
        return "-"
    largest = max(abs(row.yours), abs(row.numerical))
    relative = abs(row.yours - row.numerical) / largest if largest else 0.0
    return "< 1e-8" if relative < 1e-8 else f"{relative:.0e}"


def compared(what: str, unit: str, rows: list[Row], shape: tuple[int, ...] | None) -> Result:
    """The result of comparing `rows`; `unit` is what a row is ("point", "component").

    `shape` is that of the whole array when the rows are its components.
    """
    judged = [row for row in rows if not row.left_out]
    if not judged:
        reason = rows[0].left_out if rows else "there is nothing to compare"
        return Result(False, f"{what} could not be checked: {reason}.", tuple(rows))
    wrong = [row for row in judged if not row.agrees]
    preposition = "at" if unit == "point" else "in"
    if not wrong:
        if shape == ():
            return Result(True, f"{what} agrees at {rows[0].where}.", tuple(rows))
        amount = _count(len(judged), unit)
        line = f"{what} agrees {preposition} {amount}{_left_out(rows)}."
        return Result(True, line, tuple(rows))
    of = f"{len(wrong)} of {_count(len(judged), unit)}, first " if len(judged) > 1 else ""
    first = wrong[0]
    yours, numerical = _told_apart(first.yours, first.numerical)
    line = (
        f"{what} differs {preposition + ' ' if of else ''}{of}at {first.where}: "
        f"yours is {yours}, the numerical one {numerical}{_left_out(rows)}."
    )
    said = _pattern(judged, rows, shape)
    return Result(False, f"{line} {said}" if said else line, tuple(rows))


def _pattern(judged: list[Row], rows: list[Row], shape: tuple[int, ...] | None) -> str | None:
    yours = np.array([row.yours for row in judged])
    numerical = np.array([row.numerical for row in judged])
    if shape is not None and len(judged) == len(rows) == np.prod(shape, dtype=int):
        yours, numerical = yours.reshape(shape), numerical.reshape(shape)
    return pattern(yours, numerical, "the numerical one")


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Both numbers in as few digits as show that they differ, and at least four."""
    for digits in range(4, 18):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _left_out(rows: list[Row]) -> str:
    out = [row for row in rows if row.left_out]
    if not out:
        return ""
    return f" ({len(out)} left out: {out[0].left_out} at {out[0].where})"
