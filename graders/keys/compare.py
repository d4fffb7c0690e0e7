"""What answers give when they are probed, and whether two of them gave the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.check.values import Problem, as_array, quietly

SINGLE_RTOL = 2e-5  # a hundred and seventy roundings of float32
_MATCH_RTOL = 1e-9


@dataclass(frozen=True)
class Outcome:
    """What one probe gave: arrays, or the exception that was raised instead.

    `several` says whether they were the items of a tuple or a list, each a part of the answer.
    """

    parts: tuple[np.ndarray, ...] = ()
    error: Exception | None = None
    several: bool = False

    @property
    def numbers(self) -> np.ndarray:
        """All parts in one row of float64."""
        rows = [np.asarray(p, dtype=np.float64).reshape(-1) for p in self.parts]
        return np.concatenate(rows) if rows else np.zeros(0)


def parts_of(
    value: Any, right: Outcome, source: str, names: Sequence[str] = ()
) -> tuple[np.ndarray, ...]:
    """`value` as the arrays that a right answer consists of.

    They are called by `names` if there are any; a single one is called `source`.

    Raises:
        Problem: `value` is not of that form.
    """
    if not right.several:
        return (_real(as_array(value, source), source),)
    try:
        items = list(value)
    except TypeError:
        items = [value]
    if len(items) != len(right.parts):
        raise Problem(f"{source} should have {len(right.parts)} parts and has {len(items)}")
    called = names or [f"part {i} of {source}" for i in range(len(items))]
    return tuple(
        _real(as_array(item, name), name) for item, name in zip(items, called, strict=True)
    )


def _real(array: np.ndarray, source: str) -> np.ndarray:
    if array.dtype.kind == "c":
        raise Problem(f"{source} is complex where a real number is asked")
    return array


def agree(
    outcome: Outcome, right: Outcome, rtol: float, atol: Sequence[float] = (), *, single: bool
) -> bool:
    """Whether `outcome` is `right` within rounding.

    `atol` is for each part, 1e-12 if it is empty; `single` is for inputs in float32.
    """
    if outcome.error or right.error:
        return type(outcome.error) is type(right.error)
    rtol = max(rtol, SINGLE_RTOL) if single else rtol
    if len(outcome.parts) != len(right.parts):
        return False
    absolute = atol or [1e-12] * len(right.parts)
    return all(
        mine.shape == theirs.shape and _close(mine, theirs, rtol, allowed, single)
        for mine, theirs, allowed in zip(outcome.parts, right.parts, absolute, strict=True)
    )


def _close(
    mine: np.ndarray, theirs: np.ndarray, rtol: float, atol: float, single: bool
) -> bool:
    if single:  # rounding in one component is measured against the largest
        atol = max(atol, SINGLE_RTOL * 0.1 * float(np.max(np.abs(theirs), initial=0.0)))
    with quietly():
        return bool(np.allclose(mine, theirs, rtol=rtol, atol=atol, equal_nan=True))


def same_behaviour(
    outcomes: Sequence[Outcome],
    others: Iterable[Outcome],
    single: Sequence[bool],
    rtol: float = 0.0,
) -> bool:
    """Whether two answers gave the same at every probe, errors included.

    `rtol` is what the question allows, where that is more than rounding in another algebra.
    """
    return all(
        agree(a, b, max(rtol, _MATCH_RTOL), single=s)
        for a, b, s in zip(outcomes, others, single, strict=True)
    )


def largest_relative_difference(
    outcomes: Sequence[Outcome], rights: Sequence[Outcome]
) -> float:
    """Over all probes of equal form, relative to the largest number of each probe."""
    worst = 0.0
    for outcome, right in zip(outcomes, rights, strict=True):
        mine, theirs = outcome.numbers, right.numbers
        if mine.shape != theirs.shape or not np.all(np.isfinite(mine)):
            return np.inf
        size = float(np.max(np.abs(theirs), initial=0.0)) or 1.0
        worst = max(worst, float(np.max(np.abs(mine - theirs), initial=0.0)) / size)
    return worst
