"""Hooks of modules: functions of the user's that see what goes in and comes out.

Backward hooks stand at two nodes that copy all tensors: one before the module, whose cotangents
are those of its inputs, and one behind it, whose cotangents are those of its outputs.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.apply import wrap
from minigrad.hooks import HookHandle, add_node_prehook
from minigrad.node import TensorBase, mode
from minigrad.rules.shapes import module_boundary
from minigrad.several import apply_several

if TYPE_CHECKING:
    from minigrad.nn.module import Module

Hook = Callable[..., Any]
_numbers = itertools.count()


class Hooks(OrderedDict[int, Hook]):
    """Hooks by number, in the order in which they are called.

    Attributes:
        named: the numbers of those that are given the keyword arguments, too.
        always: the numbers of those that are called even if the module fails.
    """

    def __init__(self) -> None:
        super().__init__()
        self.named: set[int] = set()
        self.always: set[int] = set()

    def add(
        self, hook: Hook, prepend: bool = False, named: bool = False, always: bool = False
    ) -> HookHandle:
        """Register a hook; the handle takes it away again."""
        key = next(_numbers)
        others = dict(self) if prepend else {}
        if prepend:
            self.clear()
        self[key] = hook
        self.update(others)
        if named:
            self.named.add(key)
        if always:
            self.always.add(key)

        def remove() -> None:
            self.pop(key, None)

        return HookHandle(remove)

    def entries(self) -> list[tuple[Hook, bool, bool]]:
        """Each hook; whether it takes the keyword arguments; whether it is always called."""
        return [(hook, key in self.named, key in self.always) for key, hook in self.items()]

    def take(self, wanted: Callable[[Hook], bool]) -> Any:
        """Take out the first hook that is wanted; None if there is none."""
        for key, hook in self.items():
            if wanted(hook):
                return self.pop(key)
        return None

    def __repr__(self) -> str:
        return repr(OrderedDict(self))


# Those of all modules.
forward_pre, forward, backward_pre, backward = Hooks(), Hooks(), Hooks(), Hooks()


def register_module_forward_pre_hook(hook: Hook) -> HookHandle:
    """Call `hook(module, inputs)` before the forward of every module."""
    return forward_pre.add(hook)


def register_module_forward_hook(
    hook: Hook, *, with_kwargs: bool = False, always_call: bool = False
) -> HookHandle:
    """Call `hook(module, inputs, output)` after the forward of every module."""
    return forward.add(hook, named=with_kwargs, always=always_call)


def register_module_full_backward_pre_hook(hook: Hook) -> HookHandle:
    """Call `hook(module, grad_output)` before the backward of every module."""
    return backward_pre.add(hook)


def register_module_full_backward_hook(hook: Hook) -> HookHandle:
    """Call `hook(module, grad_input, grad_output)` after the backward of every module."""
    return backward.add(hook)


def call(module: Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """The module's forward, with all hooks."""
    for hook, takes_named, _ in [*forward_pre.entries(), *module._forward_pre_hooks.entries()]:
        inputs, named = _before(module, hook, takes_named, inputs, named)
    before = [*backward_pre.values(), *module._backward_pre_hooks.values()]
    after = [*backward.values(), *module._backward_hooks.values()]
    watch = _Watch(module, before, after) if before or after else None
    if watch is not None:
        inputs = watch.enter(inputs)
    remaining = [*forward.entries(), *module._forward_hooks.entries()]
    output = None
    try:
        output = module.forward(*inputs, **named)
        while remaining:
            hook, takes_named, _ = remaining.pop(0)
            changed = hook(module, inputs, *([named] if takes_named else []), output)
            output = output if changed is None else changed
    except Exception:
        for hook, takes_named, always in remaining:
            if always:
                hook(module, inputs, *([named] if takes_named else []), output)
        raise
    return output if watch is None else watch.leave(output)


def _before(
    module: Module, hook: Hook, takes_named: bool, inputs: Any, named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    changed = hook(module, inputs, named) if takes_named else hook(module, inputs)
    if changed is None:
        return inputs, named
    if not takes_named:
        return (changed if isinstance(changed, tuple) else (changed,)), named
    if isinstance(changed, tuple) and len(changed) == 2:
        return changed
    raise RuntimeError(
        "forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
        f"{changed}."
    )


class _Watch:
    """The backward hooks of one call of a module.

    Attributes:
        seen: the cotangents of the outputs, once they have come.
    """

    def __init__(self, module: Module, before: list[Hook], after: list[Hook]) -> None:
        self.module = module
        self.before = before
        self.after = after
        self.seen: tuple[Any, ...] | None = None
        self.inputs = 0
        self.watches_inputs = False

    def enter(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        self.inputs = len(inputs)
        watched = _through_boundary(inputs, self._at_inputs, zeros_elsewhere=True)
        self.watches_inputs = watched is not None
        return inputs if watched is None else watched

    def leave(self, output: Any) -> Any:
        several = isinstance(output, tuple)
        watched = _through_boundary(output if several else (output,), self._at_outputs)
        if watched is None:
            return output
        return watched if several else watched[0]

    def _at_outputs(self, cotangents: tuple[Any, ...]) -> tuple[Any, ...]:
        self.seen = _changed(self.before, "pre hook", "grad_output", (self.module,), cotangents)
        answer = self.seen
        if not self.watches_inputs:
            for hook in self.after:
                returned = hook(self.module, (None,) * self.inputs, self.seen)
                if returned is not None and any(each is not None for each in returned):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should "
                        "always return None or None for all gradients."
                    )
            self.seen = None
        return answer

    def _at_inputs(self, cotangents: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.seen is None:
            # The gradient came here without passing the outputs, in a second backward.
            return cotangents
        seen, self.seen = self.seen, None
        found = cotangents
        for hook in self.after:
            found = _checked(hook(self.module, found, seen), found, "hook", "grad_input")
        return found


def _changed(
    hooks: list[Hook], which: str, what: str, given: tuple[Any, ...], values: tuple[Any, ...]
) -> tuple[Any, ...]:
    for hook in hooks:
        values = _checked(hook(*given, values), values, which, what)
    return values


def _checked(returned: Any, values: tuple[Any, ...], which: str, what: str) -> Any:
    if returned is None:
        return values
    returned = returned if isinstance(returned, tuple) else (returned,)
    if len(returned) != len(values):
        raise RuntimeError(
            f"Backward {which} returned an invalid number of {what}, got {len(returned)}, but "
            f"expected {len(values)}"
        )
    return returned


def _through_boundary(
    values: tuple[Any, ...], hook: Hook, zeros_elsewhere: bool = False
) -> tuple[Any, ...] | None:
    """Copies of the tensors that require a gradient, at a node with a hook; None without any.

    The hook is given cotangents for all values: None for those that have none, or zeros for
    those of them that are tensors.
    """
    places = [i for i, x in enumerate(values) if isinstance(x, TensorBase) and x._requires_grad]
    if not places or not mode.recording:
        return None
    copies = apply_several(module_boundary, [values[i] for i in places])

    def on_cotangents(given: tuple[Any, ...]) -> tuple[Any, ...]:
        shown: list[Any] = [None] * len(values)
        for i, value in enumerate(values if zeros_elsewhere else ()):
            if isinstance(value, TensorBase):
                shown[i] = wrap(np.zeros_like(value._data))
        for i, cotangent in zip(places, given, strict=True):
            shown[i] = cotangent
        answer = hook(tuple(shown))
        return tuple([answer[i] for i in places])

    add_node_prehook(copies[0].grad_fn, on_cotangents)
    through = list(values)
    for i, copy in zip(places, copies, strict=True):
        through[i] = copy
    return tuple(through)
