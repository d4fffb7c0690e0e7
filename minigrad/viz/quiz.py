"""What the player asks, and what a wrong answer says about the one who gives it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .local import LocalDerivative

Mistakes = list[tuple[list[float], str]]


def numbers_to_ask(value: Any) -> list[float] | None:
    """The numbers of an answer; None if there are more than three, or some are not finite."""
    if value is None:
        return None
    numbers = np.asarray(value, float).ravel()
    if numbers.size == 0 or numbers.size > 3 or not np.isfinite(numbers).all():
        return None
    return [float(f"{number:.8g}") for number in numbers]


def mistakes_of_product(g: Any, local: LocalDerivative | None, share: Any) -> Mistakes:
    """Wrong ways to take a cotangent through one local derivative."""
    if local is None or local.number is None:
        return []
    v, d = float(np.asarray(g).ravel()[0]), local.number
    named = [
        (d, "That is the local derivative alone. Multiply it by the cotangent that arrives."),
        (v, "That is the cotangent as it arrives. Multiply it by the local derivative."),
        (-v * d, "The size is right; look at the sign again."),
        (v + d, "Along a path the two are multiplied, not added."),
        (v / d if d else v, "Multiply by the local derivative; do not divide."),
    ]
    return _different([([wrong], hint) for wrong, hint in named], numbers_to_ask(share))


def mistakes_of_sum(before: Any, share: Any, total: Any) -> Mistakes:
    """Wrong ways to bring together what arrives along two paths."""
    named = [
        (share, "That is what came along this path alone. Add what was there already."),
        (before, "That was there already. Add what has come along this path."),
        (
            np.multiply(before, share),
            "Over several paths the shares are added, not multiplied.",
        ),
        (np.subtract(before, share), "Add the two shares, and look at the signs."),
    ]
    mistakes = [(numbers_to_ask(wrong) or [], hint) for wrong, hint in named]
    return _different(mistakes, numbers_to_ask(total))


def _different(mistakes: Mistakes, answer: list[float] | None) -> Mistakes:
    """Only those that are not right by chance."""
    return [
        ([float(f"{number:.8g}") for number in wrong], hint)
        for wrong, hint in mistakes
        if answer is not None
        and len(wrong) == len(answer)
        and not np.allclose(wrong, answer, rtol=2e-2, atol=1e-3)
    ]
