"""Draws whose parameters are tensors: recorded, with a derivative of 0."""

from __future__ import annotations

import numpy as np

from minigrad.node import Node
from minigrad.rules.table import Case, elementwise

NO_SLOPE = "a draw does not depend smoothly on its parameters: the derivative counts as 0"


def _normal_name(node: Node) -> str:
    """PyTorch numbers the forms."""
    return "NormalBackward3" if len(node.plan.positions) == 2 else "NormalBackward1"


normal = elementwise(
    "normal",
    lambda mean, std, values: values,
    lambda g: g * 0,
    lambda g: g * 0,
    inputs=("mean", "std"),
    params=("values",),
    promotion=None,
    node_name=_normal_name,
    formula=("0", "0"),
    note=NO_SLOPE,
    cases=(Case(((2, 3), (2, 3)), (np.zeros((2, 3)),)),),
)

bernoulli = elementwise(
    "bernoulli",
    lambda x, values: values,
    lambda g: g * 0,
    params=("values",),
    promotion=None,
    formula=("0",),
    note=NO_SLOPE,
    cases=(Case(((2, 3),), (np.zeros((2, 3)),)),),
)
