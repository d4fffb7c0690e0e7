"""A local derivative to be shown: one number, one for each element, or a Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .text import array_text, number_text

LARGEST_JACOBIAN = 64


@dataclass
class LocalDerivative:
    """The derivative of one operation with respect to one input.

    Attributes:
        text: the numbers, short enough to stand at an arrow.
        words: a clause about it, with {} where its symbol goes; "" for a single number.
        number: the number, if it is one.
    """

    text: str
    words: str = ""
    number: float | None = None


def local_derivative(pull: Callable[[Any], Any], g: Any, share: Any) -> LocalDerivative:
    """Read a local derivative off its vector-Jacobian product.

    Args:
        pull: takes a cotangent v of the result to vᵀJ.
        g: the cotangent that arrives, for the result's shape.
        share: vᵀJ for it, for the input's shape.
    """
    g = np.asarray(g)
    if g.size == share.size == 1:
        number = float(pull(np.ones_like(g)).ravel()[0])
        return LocalDerivative(number_text(number), number=number)
    if g.size * share.size > LARGEST_JACOBIAN:
        text = f"{g.size}×{share.size}"
        return LocalDerivative(
            text,
            f"the local derivative {{}} is a matrix of {text}, which is never formed; its "
            "product with the cotangent is computed at once",
        )
    basis = np.eye(g.size, dtype=g.dtype).reshape(-1, *g.shape)
    jacobian = np.array([pull(one).ravel() for one in basis])
    if g.size == share.size and np.array_equal(jacobian, np.diag(np.diag(jacobian))):
        return _diagonal(np.diag(jacobian).reshape(g.shape))
    text = array_text(jacobian, longest=12)
    return LocalDerivative(
        text, f"the local derivative {{}} is the Jacobian {text}; vᵀJ is the product of the two"
    )


def _diagonal(slopes: Any) -> LocalDerivative:
    if np.all(slopes == slopes.flat[0]):
        text = number_text(slopes.flat[0])
        return LocalDerivative(text, f"the local derivative {{}} is {text} for each element")
    text = array_text(slopes)
    return LocalDerivative(
        text, f"element by element, the local derivative {{}} is {text}; the two are multiplied"
    )
