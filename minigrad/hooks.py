"""Hooks: functions of the user's that see cotangents pass, and may replace them."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.apply import wrap
from minigrad.grad_mode import no_grad, set_grad_enabled
from minigrad.naming import Shown
from minigrad.node import TensorBase


def run_hooks(hooks: Iterable[Any], g: Any) -> Any:
    """Show a cotangent to hooks, each of which may replace it."""
    recording = isinstance(g, TensorBase)
    for hook in list(hooks):
        given = g if isinstance(g, TensorBase) else wrap(g)
        with set_grad_enabled(recording):
            returned = hook(given)
        if returned is None:
            continue
        if not isinstance(returned, TensorBase):
            raise errors.hook_not_tensor(returned)
        if returned._data.shape != given._data.shape:
            raise errors.hook_changed_size(getattr(hook, "__name__", repr(hook)))
        g = returned if isinstance(g, TensorBase) else returned._data
    return g


def show_several(hooks: Iterable[Any], gathered: list[Any]) -> list[Any]:
    """Show the cotangents of all results of a node to its hooks, which may replace them."""
    recording = isinstance(gathered[0], TensorBase)
    for hook in list(hooks):
        with set_grad_enabled(recording):
            returned = hook([_as_tensor(c) for c in gathered])
        if returned is not None:
            gathered = [c if recording else c._data for c in returned]
    return gathered


class RetainGrad:
    """A hook that puts the cotangent into `tensor.grad`, while somebody holds the tensor."""

    __slots__ = ("tensor", "tensor_id")

    def __init__(self, tensor: TensorBase) -> None:
        # A node must not hold the tensor it made: the two would keep each other alive.
        self.tensor = weakref.ref(tensor)
        self.tensor_id = id(tensor)

    def __call__(self, g: Any) -> None:
        held = self.tensor()
        if held is not None:
            held._grad = g if g._requires_grad else wrap(np.array(g._data)[()])


class HookHandle(Shown):
    """What `register_hook` returns: `remove()` takes the hook away again."""

    def __init__(self, remove: Callable[[], None]) -> None:
        self._remove: Callable[[], None] | None = remove

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        if self._remove is not None:
            self._remove()
            self._remove = None

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *details: Any) -> None:
        self.remove()


def add_hook(tensor: Any, hook: Callable[[Any], Any]) -> HookHandle:
    """Call `hook` with the cotangent of `tensor`, each time one is computed."""
    key = object()
    if tensor._node is None:
        tensor._hooks = {**(tensor._hooks or {}), key: hook}
        return HookHandle(lambda: _without(tensor, key))
    node = tensor._node
    # A bound method or a built-in equals itself only; two registrations of one hook are two.
    entry = _Hook(hook)
    node.hooks = [*(node.hooks or ()), entry]

    def remove() -> None:
        node.hooks = [h for h in node.hooks if h is not entry] or None

    return HookHandle(remove)


def _without(tensor: Any, key: object) -> None:
    tensor._hooks = {k: hook for k, hook in tensor._hooks.items() if k is not key}


class _Hook:
    """A hook in a node's list, told from the same function registered again."""

    __slots__ = ("__name__", "hook")

    def __init__(self, hook: Callable[[Any], Any]) -> None:
        self.hook = hook
        self.__name__ = getattr(hook, "__name__", repr(hook))

    def __call__(self, g: Any) -> Any:
        return self.hook(g)


# --- After .grad has received its sum ----------------------------------------------------


def add_after_hook(tensor: Any, hook: Callable[[Any], None]) -> HookHandle:
    """Call `hook` with a leaf, each time backward has added to its `.grad`."""
    if not tensor._requires_grad:
        raise errors.hook_without_graph(tensor)
    if tensor._node is not None:
        raise errors.post_hook_of_non_leaf()
    key = object()
    tensor._after_hooks = {**(tensor._after_hooks or {}), key: hook}

    def remove() -> None:
        left = {k: kept for k, kept in tensor._after_hooks.items() if k is not key}
        tensor._after_hooks = left or None

    return HookHandle(remove)


def run_after_hooks(leaf: Any) -> None:
    """Show the leaf to its hooks; they may use `.grad` and set it to None."""
    with no_grad():
        for hook in list(leaf._after_hooks.values()):
            hook(leaf)


# --- On a node ---------------------------------------------------------------------------


def add_node_prehook(node: Any, hook: Callable[[Any], Any]) -> HookHandle:
    """Call `hook` with the tuple of cotangents that reach a node; it may return another."""

    def on_cotangents(given: Any) -> Any:
        several = type(given) is list
        returned = hook(tuple(given) if several else (given,))
        if returned is None:
            return None
        return list(returned) if several else returned[0]

    entry = _Hook(on_cotangents)
    node.hooks = [*(node.hooks or ()), entry]

    def remove() -> None:
        node.hooks = [h for h in node.hooks if h is not entry] or None

    return HookHandle(remove)


def add_node_hook(node: Any, hook: Callable[[Any, Any], Any]) -> HookHandle:
    """Call `hook(cotangents of the inputs, cotangents of the results)` after a node's turn."""
    plan = node.plan
    node.plan = hooked = copy.copy(plan)
    answers: list[Any] = []

    def pullback(k: int) -> Callable[..., Any]:
        def derivative(g: Any, *values: Any) -> Any:
            # One call of the hook serves all inputs.
            if k == 0 or not answers:
                answers[:] = _hooked_answers(plan, node, hook, g, values)
            return answers[k]

        return derivative

    everything = lambda values: values  # noqa: E731
    hooked.pullbacks = tuple([(pullback(k), None, everything) for k in range(len(node.edges))])
    return HookHandle(lambda: setattr(node, "plan", plan))


def _hooked_answers(plan: Any, node: Any, hook: Any, g: Any, values: Any) -> list[Any]:
    found = [derivative(g, *pick(values)) for derivative, _, pick in plan.pullbacks]
    recording = isinstance(g, TensorBase)
    shown: list[Any] = [None] * plan.arity(node)
    for position, cotangent in zip(plan.positions, found, strict=True):
        shown[position] = _as_tensor(cotangent)
    outer = g if type(g) is list else [g]
    with set_grad_enabled(recording):
        returned = hook(tuple(shown), tuple([_as_tensor(c) for c in outer]))
    if returned is None:
        return found
    chosen = [returned[position] for position in plan.positions]
    return [c if recording or c is None else c._data for c in chosen]


def _as_tensor(cotangent: Any) -> Any:
    if cotangent is None or isinstance(cotangent, TensorBase):
        return cotangent
    return wrap(cotangent)
