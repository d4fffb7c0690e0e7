"""Versions: noticing that a value was changed in place after somebody had kept it."""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from typing import Any

# One clock for creating nodes and for changing tensors in place: who came later is a
# comparison.
clock = itertools.count(1)


class _LastChange:
    """When any tensor at all was last changed in place; mostly that settles the question."""

    __slots__ = ("stamp",)

    def __init__(self) -> None:
        self.stamp = 0


last_change = _LastChange()


class Version:
    """How often a tensor's values were changed in place; a tensor and its views share one."""

    number = 0
    stamp = 0
    changes: deque[int] | None = None
    views: weakref.WeakValueDictionary[int, Any] | None = None

    def bump(self) -> None:
        """Note one more change."""
        self.number += 1
        self.stamp = last_change.stamp = next(clock)
        if self.changes is None:
            self.changes = deque(maxlen=256)
        self.changes.append(self.stamp)

    def restamp(self) -> None:
        """Date the last change now: after the node that has kept the overwritten values."""
        self.stamp = last_change.stamp = next(clock)
        if self.changes:
            self.changes[-1] = self.stamp

    def number_at(self, time: int) -> int:
        """The version number that held at a moment of the clock."""
        return self.number - sum(change > time for change in self.changes or ())


class _NoVersion(Version):
    """In place of a version where nobody counts: on tensors made in inference mode."""

    def bump(self) -> None:
        """Nothing is noted."""


INFERENCE = _NoVersion()
