"""Carrying out an operation and writing it on the tape.

`apply` is the one way from tensors to tensors: take the values out, run the rule's forward on
NumPy, wrap the result; and, if a gradient may be asked for, leave a node behind. `unary` and
`binary` are the same for the commonest shapes of call, without the generality that costs time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.node import KeptResult, Node, Output, TensorBase, mode, unusual
from minigrad.operands import as_number, to_operands
from minigrad.versions import INFERENCE, Version, clock
from minigrad.views import as_array, share, version_of

if TYPE_CHECKING:
    from minigrad.rules.table import Rule
    from minigrad.tensor import Tensor

new = object.__new__
ndarray = np.ndarray

# The class of results. tensor.py, which stands above this file, enters it.
_Tensor: Any = TensorBase


def results_are(tensor_class: type[TensorBase]) -> None:
    """Say of which class the results of operations are."""
    global _Tensor
    _Tensor = tensor_class


def wrap(data: Any, node: Node | Output | None = None) -> Tensor:
    """A tensor around an array or a NumPy scalar; it needs a gradient if a node made it."""
    tensor: Tensor = new(_Tensor)
    tensor._data = data
    tensor._counter = INFERENCE if unusual and mode.inference else None
    tensor._grad = None
    tensor._node = node
    tensor._requires_grad = node is not None
    return tensor


def unary(rule: Rule, x: Any, params: tuple[Any, ...] = ()) -> Tensor:
    """Apply a rule of one tensor."""
    if not isinstance(x, TensorBase):
        raise rule.wrong_argument(0, x)
    a = x._data
    if not x._requires_grad:
        if a.dtype.kind != "f":
            (a,) = to_operands(rule, (a,))
        return wrap(rule.forward(a, *params))
    out = rule.forward(a, *params)
    if unusual and mode.recording is not True:
        return finish(rule, (x,), (a,), params, out, (0,))
    node = new(Node)
    node.plan = plan = rule.plans[1]
    node.edges = (x._node or x,)
    node.sequence = next(clock)
    node.shape = out.shape
    node.dtype = out.dtype
    node.hooks = None
    tensor: Tensor = new(_Tensor)
    tensor._data = out
    tensor._grad = None
    tensor._node = node
    tensor._requires_grad = True
    if plan.keeps_inputs_alone:
        tensor._counter = None
        node.kept = (a,)
        node.origins = (x,)
        return tensor
    if not plan.names:
        tensor._counter = None
        node.kept = node.origins = ()
        return tensor
    kept_result = None
    tensor._counter = version = Version() if plan.keeps_result else None
    if version is not None:
        kept_result = KeptResult(out, version)
    node.kept = plan.keep((a, out, *params, a.shape))
    node.origins = plan.keep((x, kept_result, *params, a.shape))
    return tensor


def binary(rule: Rule, x: Any, y: Any) -> Tensor:
    """Apply a rule of two tensors (or a tensor and a Python number) and no parameters."""
    if type(y) is ndarray:
        y = wrap(y)
    a = x._data if isinstance(x, TensorBase) else x
    b = y._data if isinstance(y, TensorBase) else y
    needs = 0
    if a is not x:
        if x._requires_grad:
            needs = 1
        if b is not y:
            if y._requires_grad:
                needs += 2
            if a.dtype is not b.dtype or (not needs and a.dtype.kind != "f"):
                a, b = to_operands(rule, (a, b))
        elif (type(y) is not float and type(y) is not int) or a.dtype.kind != "f":
            a, b = to_operands(rule, (a, as_number(rule, y)))
    else:
        if y._requires_grad:
            needs = 2
        a, b = to_operands(rule, (as_number(rule, x), b))
    try:
        out = rule.forward(a, b)
    except ValueError as error:
        raise rule.refusal(error, (a, b)) from None
    if not needs:
        return wrap(out)
    if unusual and mode.recording is not True:
        return finish(rule, (x, y), (a, b), (), out, (0, 1) if needs == 3 else (needs - 1,))
    node = new(Node)
    node.plan = plan = rule.plans[needs]
    if needs == 3:
        node.edges = (x._node or x, y._node or y)
    else:
        node.edges = (x._node or x,) if needs == 1 else (y._node or y,)
    node.sequence = next(clock)
    node.shape = out.shape
    node.dtype = out.dtype
    node.hooks = None
    tensor: Tensor = new(_Tensor)
    tensor._data = out
    tensor._grad = None
    tensor._node = node
    tensor._requires_grad = True
    if plan.keeps_inputs_alone:
        tensor._counter = None
        node.kept = (a, b)
        node.origins = (x, y)
        return tensor
    if not plan.names:
        tensor._counter = None
        node.kept = node.origins = ()
        return tensor
    kept_result = None
    tensor._counter = version = Version() if plan.keeps_result else None
    if version is not None:
        kept_result = KeptResult(out, version)
    node.kept = plan.keep((a, b, out))
    node.origins = plan.keep((x, y, kept_result))
    return tensor


def apply(rule: Rule, inputs: Sequence[Any], params: tuple[Any, ...] = ()) -> Tensor:
    """Apply any rule with one result.

    Args:
        rule: an entry of the derivative table.
        inputs: tensors, Python numbers, or None where an optional input is left out.
        params: the rule's parameters, in its order.
    """
    if rule.view:
        as_array(inputs[0])
    if len(inputs) == 1 and not rule.variadic:
        result = unary(rule, inputs[0], params)
        if rule.view:
            share(inputs[0], result, rule, params)
        return result
    data, out, needed = carry_out(rule, inputs, params)
    return finish(rule, inputs, data, params, out, needed)


def carry_out(
    rule: Rule, inputs: Sequence[Any], params: tuple[Any, ...]
) -> tuple[Sequence[Any], Any, tuple[int, ...]]:
    """The values the rule was given, what it computed, and which inputs need a gradient."""
    data: Sequence[Any] = [x._data if isinstance(x, TensorBase) else x for x in inputs]
    data = to_operands(rule, data)
    try:
        out = rule.forward(data, *params) if rule.variadic else rule.forward(*data, *params)
    except (ValueError, np.exceptions.AxisError) as error:
        raise rule.refusal(error, data) from None
    needed = [i for i, x in enumerate(inputs) if isinstance(x, TensorBase) and x._requires_grad]
    return data, out, tuple(needed)


def finish(
    rule: Rule,
    inputs: Sequence[Any],
    data: Sequence[Any],
    params: tuple[Any, ...],
    out: Any,
    needed: tuple[int, ...],
) -> Tensor:
    """A tensor around the result, with a node if it is wanted."""
    result = wrap(out)
    if needed and mode.recording:
        record(rule, inputs, data, params, result, needed)
    return result


def record(
    rule: Rule,
    inputs: Sequence[Any],
    data: Sequence[Any],
    params: tuple[Any, ...],
    result: Any,
    needed: tuple[int, ...],
) -> None:
    kept_result = None
    if rule.plan(needed).keeps_result:
        kept_result = KeptResult(result._data, version_of(result))
    result._node = make_node(rule, inputs, data, params, kept_result, needed, result._data)
    result._requires_grad = True


def make_node(
    rule: Rule,
    inputs: Sequence[Any],
    data: Sequence[Any],
    params: tuple[Any, ...],
    kept_result: Any,
    needed: tuple[int, ...],
    out: Any,
) -> Node:
    """A node for `rule`, which will hand cotangents to the inputs at the positions `needed`.

    Args:
        data: the inputs' values, as the rule was given them.
        kept_result: the result (or tuple of results) to keep, if a derivative asks for it.
        out: the result's values.
    """
    node = new(Node)
    node.plan = plan = rule.plan(needed)
    edges = []
    for i in needed:
        x = inputs[i]
        edges.append(x._node or x)
    node.edges = tuple(edges)
    node.hooks = None
    node.shape = out.shape
    node.dtype = out.dtype
    shapes = [np.shape(x) for x in data] if plan.keeps_shapes else ()
    further = (*params, tuple(shapes)) if rule.variadic else (*params, *shapes)
    if rule.variadic:
        inputs = data = ()
    node.kept = plan.keep((*data, values_of(kept_result), *further))
    node.origins = plan.keep((*inputs, kept_result, *further))
    node.sequence = next(clock)
    if unusual and mode.recording is not True:
        mode.recording(node)
    return node


def values_of(kept: Any) -> Any:
    """The array in what is kept as a result, or the several."""
    if isinstance(kept, tuple):
        return tuple([k._data for k in kept])
    return None if kept is None else kept._data
