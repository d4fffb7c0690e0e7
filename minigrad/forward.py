"""Forward mode: carry tangents along the tape, from the inputs to the outputs.

The table gives each operation's derivative in both directions. What was recorded from x to y is
the linear map of dy by dx, one node after the other in the order they were created; pushing a
tangent through it costs about as much as computing y. Recorded once, it serves any number of
tangents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.apply import wrap
from minigrad.engine import reach
from minigrad.kept import unpack
from minigrad.node import Output, TensorBase
from minigrad.rules.shapes import expand


def push_forward(
    outputs: Sequence[Any], inputs: Sequence[Any], tangents: Sequence[Any], create_graph: bool
) -> list[Any]:
    """The tangent of each output, given those of the inputs.

    Args:
        outputs: tensors computed from `inputs`, with recording on.
        inputs: tensors, leaves or not.
        tangents: a tensor for each input, of its shape.
        create_graph: record the computation.

    Returns:
        For each output an array (a Tensor under create_graph), or None if no input reaches it.
    """
    known: dict[Any, Any] = {}
    for x, t in zip(inputs, tangents, strict=True):
        known[x._node or x] = t if create_graph else t._data
    ends = [y._node or y for y in outputs]
    for node in reversed(reach(ends)):
        if node in known:
            continue
        if type(node) is Output:
            of_all = known.get(node.node)
            if of_all is not None:
                known[node] = of_all[node.index]
            continue
        total = None
        values = None
        for (derivative, _, pick), edge in zip(node.plan.pushforwards, node.edges, strict=True):
            t = known.get(edge)
            if t is None:
                continue
            if values is None:
                values = unpack(node, create_graph)
            change = derivative(t, *pick(values))
            if change is not None:
                total = change if total is None else _added(total, change)
        if total is not None:
            known[node] = total if type(total) is tuple else _stretched(total, node)
    return [known.get(end) for end in ends]


def _added(a: Any, b: Any) -> Any:
    if type(a) is tuple:
        return tuple([x + y for x, y in zip(a, b, strict=True)])
    return a + b


def _stretched(t: Any, node: Any) -> Any:
    """A tangent in the shape and dtype of the result, where broadcasting stretched an input."""
    if t.shape != node.shape:
        t = expand(t, node.shape)
    data = t._data if isinstance(t, TensorBase) else t
    return t if data.dtype is node.dtype else t.astype(node.dtype)


def as_tensor(t: Any, like: Any) -> Any:
    """A tangent as a tensor; zeros where there is none."""
    if t is None:
        return wrap(np.zeros(like._data.shape, like._data.dtype))
    return t if isinstance(t, TensorBase) else wrap(t)
