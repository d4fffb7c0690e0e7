"""Operations with several results, such as `split`: one node, and an output for each result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.apply import ToKeep, carry_out, recorded, what_to_keep, wrap
from minigrad.node import KeptResult, Node, Output
from minigrad.views import as_array, share, version_of

if TYPE_CHECKING:
    from minigrad.rules.table import Rule
    from minigrad.tensor import Tensor


def apply_several(
    rule: Rule, inputs: Sequence[Any], params: tuple[Any, ...] = ()
) -> tuple[Tensor, ...]:
    """Apply a rule with several results; arguments as for `apply`.

    Those results that a gradient can flow through come from one node.
    """
    if rule.view:
        as_array(inputs[0])
    data, outs, needed = carry_out(rule, inputs, params)
    results = tuple([wrap(out) for out in outs])
    differentiable = rule.differentiable or (True,) * len(results)
    sources = [r for r, d in zip(results, differentiable, strict=True) if d]
    if needed and sources:
        _record(rule, what_to_keep(rule, inputs, data, params, needed), sources)
    if rule.view:
        for index, result in enumerate(results):
            share(inputs[0], result, rule, params, index)
    return results


def _record(rule: Rule, to_keep: ToKeep, sources: Sequence[Any]) -> None:
    """Put a node behind the results that a gradient can flow through."""
    single = bool(rule.differentiable) and len(sources) == 1
    kept: Any = tuple([KeptResult(s._data, version_of(s)) for s in sources])
    node: Any = recorded(*to_keep, sources[0]._data, kept[0] if single else kept)._node
    if single:
        sources[0]._node = node
    else:
        # Not None, so that the engine looks: some outputs may have received nothing.
        node.hooks = []
        node.outputs = [(s._data.shape, s._data.dtype) for s in sources]
        for index, source in enumerate(sources):
            source._node = Output(node, index, source._data)
    for source in sources:
        source._requires_grad = True


def gather(pending: dict[Any, Any], output: Output, g: Any) -> None:
    """Note the cotangent of one of several outputs, until their node's turn comes."""
    node = output.node
    gathered = pending.get(node)
    if gathered is None:
        gathered = pending[node] = [None] * len(node.outputs)
    known = gathered[output.index]
    gathered[output.index] = g if known is None else known + g


def without_gaps(node: Node, gathered: list[Any], create_graph: bool) -> list[Any]:
    """Zeros for those outputs that nobody used, unless the operation wants None."""
    if not node.plan.fills_gaps:
        return gathered
    for i, (shape, dtype) in enumerate(node.outputs):
        if gathered[i] is None:
            zeros = np.zeros(shape, dtype)
            gathered[i] = wrap(zeros) if create_graph else zeros
    return gathered
