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
from minigrad.views import as_array, share

if TYPE_CHECKING:
    from minigrad.rules.table import Plan, Rule
    from minigrad.tensor import Tensor

Values = tuple[Any, ...]
ToKeep = tuple["Plan", Values, Values, Values, Values]

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
    if not x._requires_grad and a.dtype.kind != "f":
        (a,) = to_operands(rule, (a,))
    out = rule.forward(a, *params)
    if not x._requires_grad or (unusual and not mode.recording):
        return wrap(out)
    plan = rule.plans[1]
    further = (*params, a.shape) if plan.keeps_shapes else params
    return recorded(plan, (x._node or x,), (x,), (a,), further, out)


def binary(rule: Rule, x: Any, y: Any) -> Tensor:
    """Apply a rule of two tensors (or a tensor and a Python number) and no parameters."""
    if type(y) is ndarray:
        y = wrap(y)
    needs = 0
    if isinstance(x, TensorBase):
        a = x._data
        if x._requires_grad:
            needs = 1
    else:
        a = x = as_number(rule, x)
    if isinstance(y, TensorBase):
        b = y._data
        if y._requires_grad:
            needs += 2
        if a is x or a.dtype is not b.dtype or (not needs and a.dtype.kind != "f"):
            a, b = to_operands(rule, (a, b))
    else:
        b = y
        if (type(y) is not float and type(y) is not int) or a.dtype.kind != "f":
            a, b = to_operands(rule, (a, as_number(rule, y)))
    try:
        out = rule.forward(a, b)
    except ValueError as error:
        raise rule.refusal(error, (a, b)) from None
    if not needs or (unusual and not mode.recording):
        return wrap(out)
    if needs == 3:
        edges: Values = (x._node or x, y._node or y)
    else:
        edges = (x._node or x,) if needs == 1 else (y._node or y,)
    return recorded(rule.plans[needs], edges, (x, y), (a, b), (), out)


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
    if not needed:
        return wrap(out)
    return recorded(*what_to_keep(rule, inputs, data, params, needed), out)


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
    if unusual and not mode.recording:
        return data, out, ()
    needed = [i for i, x in enumerate(inputs) if isinstance(x, TensorBase) and x._requires_grad]
    return data, out, tuple(needed)


# --- Writing on the tape -------------------------------------------------------


def what_to_keep(
    rule: Rule,
    inputs: Sequence[Any],
    data: Sequence[Any],
    params: tuple[Any, ...],
    needed: tuple[int, ...],
) -> ToKeep:
    """The first arguments of `recorded`, for a rule whose inputs at `needed` need a gradient.

    Args:
        data: the inputs' values, as the rule was given them.
    """
    plan = rule.plan(needed)
    edges = tuple([inputs[i]._node or inputs[i] for i in needed])
    shapes = tuple([np.shape(x) for x in data]) if plan.keeps_shapes else ()
    if rule.variadic:
        return plan, edges, (), (), (*params, shapes)
    return plan, edges, tuple(inputs), tuple(data), (*params, *shapes)


def recorded(
    plan: Plan,
    edges: Values,
    inputs: Values,
    data: Values,
    further: Values,
    out: Any,
    kept_result: Any = None,
) -> Tensor:
    """The result of an operation as a tensor, with a node behind it.

    Args:
        edges: who receives the cotangents of those inputs that need a gradient.
        inputs, data: the tensors, and their values as the rule was given them.
        further: parameters and, if a derivative asks for them, shapes of the inputs.
        out: the result's values; of several results the first one's.
        kept_result: the result (or the several) as derivatives will find it, if it is not new.
    """
    tensor: Tensor = new(_Tensor)
    tensor._data = out
    tensor._grad = None
    tensor._requires_grad = True
    tensor._counter = None
    if plan.keeps_inputs_alone:
        node = Node(edges + inputs)
        node.kept = data
    elif not plan.names:
        node = Node(edges)
        node.kept = ()
    elif plan.keeps_result_alone and kept_result is None:
        tensor._counter = version = Version()
        node = Node((*edges, KeptResult(out, version)))
        node.kept = (out,)
    else:
        result = out
        if type(kept_result) is tuple:
            result = tuple([k._data for k in kept_result])
        elif plan.keeps_result and kept_result is None:
            tensor._counter = version = Version()
            kept_result = KeptResult(out, version)
        node = Node(edges + plan.keep((*inputs, kept_result, *further)))
        node.kept = plan.keep((*data, result, *further))
    tensor._node = node
    node.plan = plan
    node.sequence = next(clock)
    node.shape = out.shape
    node.dtype = out.dtype
    node.hooks = None
    if unusual and mode.recording is not True:
        mode.recording(node)
    return tensor
