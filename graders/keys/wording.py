"""The sentences in which a key says what is wrong; none of them holds a hidden number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graders.check.words import pattern
from graders.keys.compare import Outcome
from graders.keys.domain import Probe


def sentence(text: str) -> str:
    name = "_" in text.partition(" ")[0]  # what a student wrote keeps its letters
    return f"{text}." if name else f"{text[:1].upper()}{text[1:]}."


def form(
    outcomes: Sequence[Outcome], rights: Sequence[Outcome], drawn: Sequence[Probe]
) -> str | None:
    """What is wrong with shape or precision, which comes before any number."""
    for mine, right, probe in zip(outcomes, rights, drawn, strict=True):
        for got, expected in zip(mine.parts, right.parts, strict=True):
            if got.shape != expected.shape:
                return f"It gives {_shape(got)} where {_shape(expected)} is asked."
            narrow = got.dtype.kind == "f" and got.dtype.itemsize < 8
            if narrow and not probe.single_precision:
                return f"It gives {got.dtype} for float64 input: digits are lost on the way."
    return None


def _shape(array: np.ndarray) -> str:
    return "one number" if array.shape == () else f"an array of shape {array.shape}"


def general_pattern(outcomes: Sequence[Outcome], rights: Sequence[Outcome]) -> str | None:
    mine = np.concatenate([outcome.numbers for outcome in outcomes])
    right = np.concatenate([outcome.numbers for outcome in rights])
    return pattern(mine, right)


def where(drawn: Sequence[Probe], wrong: Sequence[bool]) -> str:
    """Which regions are right and which are not, by their labels."""
    failing = {probe.label for probe, bad in zip(drawn, wrong, strict=True) if bad}
    labels = list(dict.fromkeys(probe.label for probe in drawn))
    right = [label for label in labels if label not in failing]
    said = f"It differs for {listed([label for label in labels if label in failing])}"
    return f"{said}; it is right for {listed(right)}." if right else f"{said}."


def listed(labels: list[str]) -> str:
    return ", ".join(labels[:-1]) + " and " + labels[-1] if len(labels) > 1 else labels[0]


def are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
