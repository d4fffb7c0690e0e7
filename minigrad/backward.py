"""From tensors to the engine and back: `backward` and `grad`.

The engine knows nodes and cotangents. Here a user's outputs become the ends of the graph, the
cotangents are checked (or filled in for a single number), and what arrives is put into `.grad`
or returned.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.apply import wrap
from minigrad.batched import NotBatched, depth
from minigrad.engine import backpropagate, conform, reach
from minigrad.grad_mode import enable_grad
from minigrad.hooks import run_after_hooks, run_hooks
from minigrad.node import TensorBase, mode


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradient of `tensors` to the `.grad` of each leaf that they depend on.

    Args:
        tensors: one tensor or several, the outputs to differentiate.
        grad_tensors: for each a cotangent of its shape; may be left out for a single number.
        retain_graph: keep what the graph has saved, to go through it again. By default as
            create_graph.
        create_graph: record the computation, so that the gradient can be differentiated in
            turn.
        inputs: add only to the `.grad` of these tensors.

    Raises:
        RuntimeError: for an output outside any graph, a graph that was freed, a missing or
            misshapen cotangent, or a value that was overwritten in place.
    """
    if depth.value:
        raise NotBatched("backward(), which writes to `.grad`")
    outputs = (tensors,) if isinstance(tensors, TensorBase) else tuple(tensors)
    pending = start(outputs, grad_tensors, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        for leaf, g in run(pending, keep, create_graph).items():
            deposit(leaf, g, create_graph)
            if leaf._after_hooks is not None:
                run_after_hooks(leaf)
        return
    targets = _as_tuple(inputs)
    if not targets:
        raise errors.backward_inputs_empty()
    found = run(pending, keep, create_graph, {end_of(t) for t in targets})
    for tensor in {id(t): t for t in targets}.values():
        g = found.get(end_of(tensor))
        if g is not None:
            deposit(tensor, g, create_graph)
            if tensor._after_hooks is not None:
                run_after_hooks(tensor)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradient of `outputs` with respect to each of `inputs`, without touching any `.grad`.

    Args:
        outputs, grad_outputs, retain_graph, create_graph: as for `backward`.
        inputs: one tensor or several, leaves or not.
        allow_unused: return None for an input that the outputs do not depend on.
        materialize_grads: return zeros for it.

    Returns:
        A tuple with one tensor for each input.
    """
    if is_grads_batched:
        raise NotImplementedError(
            "is_grads_batched is not supported: call grad once for each row of grad_outputs"
        )
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but "
            "got: allow_unused=False."
        )
    ends = _as_tuple(outputs)
    targets = _as_tuple(inputs)
    if not targets:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    for i, tensor in enumerate(targets):
        if not tensor._requires_grad:
            raise errors.differentiated_needs_grad(i, tensor)
    pending = start(ends, grad_outputs, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    found = run(pending, keep, create_graph, {end_of(t) for t in targets})
    results: list[Any] = []
    for i, tensor in enumerate(targets):
        g = found.get(end_of(tensor))
        if g is not None:
            results.append(g if isinstance(g, TensorBase) else wrap(g))
        elif materialize_grads:
            results.append(wrap(np.zeros(tensor._data.shape, tensor._data.dtype)))
        elif allow_unused:
            results.append(None)
        else:
            raise errors.differentiated_unused(i, tensor)
    return tuple(results)


def end_of(tensor: TensorBase) -> Any:
    """What stands for a tensor in the graph.

    The node that made it, or itself if it is a leaf.
    """
    return tensor._node or tensor


def run(
    pending: dict[Any, Any], keep: bool, create_graph: bool, wanted: Container[Any] = ()
) -> dict[Any, Any]:
    """Run the engine, recording if the gradients are to be differentiated in turn."""
    if mode.anomaly:
        check, mode.anomaly = mode.anomaly, False
        try:
            with check(reach(pending)):
                return run(pending, keep, create_graph, wanted)
        finally:
            mode.anomaly = check
    if create_graph:
        with enable_grad():
            found = backpropagate(pending, keep_graph=keep, create_graph=True, wanted=wanted)
    else:
        found = backpropagate(pending, keep_graph=keep, wanted=wanted)
    for end, g in found.items():
        if isinstance(end, TensorBase) and end._hooks is not None:  # type: ignore[attr-defined]
            found[end] = run_hooks(end._hooks.values(), g)  # type: ignore[attr-defined]
    return found


def start(outputs: Sequence[Any], cotangents: Any, create_graph: bool) -> dict[Any, Any]:
    """The cotangent that each end of the graph begins with."""
    cotangents = _as_tuple(cotangents, len(outputs))
    for cotangent in cotangents:
        if cotangent is not None and not isinstance(cotangent, TensorBase):
            raise errors.cotangent_type(cotangent)
    if len(cotangents) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(cotangents)} gradients")
    pending: dict[Any, Any] = {}
    for i, output in enumerate(outputs):
        if not isinstance(output, TensorBase):
            raise errors.argument_must_be_tensor("backward", output, "tensors", i + 1)
        g = _first_cotangent(output, cotangents[i], i)
        if not output._requires_grad:
            raise errors.no_graph(i, output)
        end = output._node or output
        if create_graph:
            g = g if isinstance(g, TensorBase) else wrap(g)
        elif isinstance(g, TensorBase):
            g = g._data.copy() if end is output else g._data
        pending[end] = g if end not in pending else pending[end] + g
    return pending


def _first_cotangent(output: Any, cotangent: Any, position: int) -> Any:
    data = output._data
    if cotangent is None:
        if data.shape == ():
            return data.dtype.type(1)
        if data.size == 1:
            return np.ones(data.shape, data.dtype)
        if not output._requires_grad:
            raise errors.no_graph(position, output)
        raise errors.not_scalar(data.shape)
    if cotangent._data.shape != data.shape:
        raise errors.cotangent_shape(position, cotangent._data.shape, data.shape)
    return conform(cotangent, data.shape, data.dtype)


def deposit(tensor: Any, g: Any, create_graph: bool) -> None:
    """Add to a tensor's `.grad`: in place, unless the sum is to be differentiated."""
    known = tensor._grad
    if known is None:
        tensor._grad = g if isinstance(g, TensorBase) else wrap(_own(tensor, g))
    elif create_graph or known._requires_grad:
        tensor._grad = known + (g if isinstance(g, TensorBase) else wrap(g))
    elif type(known._data) is np.ndarray:
        known._data += g
        if known._counter is not None:
            known._counter.bump()
    else:
        known._data = known._data + g


def _own(tensor: TensorBase, g: Any) -> Any:
    # The engine made sure for leaves that nobody else holds the array.
    return g if tensor._node is None or type(g) is not np.ndarray else g.copy()


def _as_tuple(given: Any, count: int = 1) -> tuple[Any, ...]:
    if given is None:
        return (None,) * count
    if isinstance(given, TensorBase) or not isinstance(given, list | tuple):
        return (given,)
    return tuple(given)
