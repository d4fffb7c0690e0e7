"""Where an answer is probed: named regions from which the inputs are drawn.

The name of a region is in words that a student may read ("negative numbers"); the inputs drawn
from it are never shown.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], tuple[Any, ...]]


@dataclass(frozen=True)
class Region:
    """`count` draws of a tuple of arguments, all of one kind that `label` names."""

    label: str
    draw: Draw
    count: int = 3


@dataclass(frozen=True)
class Probe:
    """One call: the arguments, and the label of the region that they are from."""

    label: str
    arguments: tuple[Any, ...]

    def fresh(self) -> tuple[Any, ...]:
        """The arguments, for one caller to keep: writing in them moves nobody else's."""
        return copy.deepcopy(self.arguments)

    @property
    def single_precision(self) -> bool:
        return any(getattr(a, "dtype", None) == np.float32 for a in self.arguments)


def probes(domain: Sequence[Region], generator: np.random.Generator) -> list[Probe]:
    """All draws from all regions, in order."""
    return [
        Probe(region.label, region.draw(generator))
        for region in domain
        for _ in range(region.count)
    ]


def numbers(label: str, low: float, high: float, count: int = 4) -> Region:
    """Python floats between `low` and `high`, as the only argument."""
    return Region(label, lambda generator: (float(generator.uniform(low, high)),), count)


def exactly(label: str, *arguments: Any) -> Region:
    """The same arguments every time: a zero, a kink, an edge."""
    return Region(label, lambda generator: arguments, 1)


def arrays(
    label: str,
    shape: tuple[int, ...],
    low: float = -2.0,
    high: float = 2.0,
    count: int = 3,
    dtype: type = np.float64,
) -> Region:
    """Arrays of one shape with entries between `low` and `high`, as the only argument."""

    def draw(generator: np.random.Generator) -> tuple[Any, ...]:
        return (generator.uniform(low, high, size=shape).astype(dtype),)

    return Region(label, draw, count)


def cotangents(
    label: str,
    shapes: Sequence[tuple[int, ...]],
    output: tuple[int, ...],
    low: float = -2.0,
    high: float = 2.0,
    *,
    settings: tuple[Any, ...] = (),
    count: int = 1,
    dtype: type = np.float64,
) -> Region:
    """What a VJP rule is called with: inputs of `shapes`, `settings`, a cotangent of `output`.

    The cotangent is random: ones would hide a wrong transpose, and all of softmax.
    """

    def draw(generator: np.random.Generator) -> tuple[Any, ...]:
        inputs = [np.asarray(generator.uniform(low, high, s), dtype) for s in shapes]
        v = np.asarray(generator.normal(size=output), dtype)
        return (*inputs, *settings, v)

    return Region(label, draw, count)
