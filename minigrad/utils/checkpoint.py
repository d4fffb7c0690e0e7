"""Checkpointing: keep nothing of a part of the forward pass, and compute it again when needed.

Memory for time: the part's intermediate values are forgotten, and backward runs the part once
more to have them back.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from minigrad import random
from minigrad.autograd.function import Function, FunctionContext
from minigrad.autograd.saved import saved_tensors_hooks
from minigrad.backward import backward
from minigrad.grad_mode import enable_grad, no_grad
from minigrad.node import TensorBase

__all__ = ["checkpoint", "checkpoint_sequential"]

SAY_WHICH = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting "
    "in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. "
    "use_reentrant=False is recommended, but if you need to preserve the current default "
    "behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants."
)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), of which the graph keeps nothing but the arguments.

    Args:
        function: computes the same whenever it is called with the same arguments.
        use_reentrant: False: what the graph keeps is recomputed when first asked for. True, the
            older way: the function becomes one node, whose backward runs it again; keyword
            arguments are refused, and gradients flow to positional tensors only.
        preserve_rng_state: draw the same random numbers again.
    """
    if use_reentrant is None:
        warnings.warn(SAY_WHICH, stacklevel=2)
        use_reentrant = True
    if not use_reentrant:
        return _recomputed(function, args, kwargs, preserve_rng_state)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    return CheckpointFunction.apply(function, preserve_rng_state, *args)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """A Sequential (or list) of functions, cut into `segments`, all but the last checkpointed.

    Raises:
        ValueError: for more segments than functions, or none.
    """
    steps = list(functions.children() if hasattr(functions, "children") else functions)
    if not 1 <= segments <= len(steps):
        raise ValueError(f"{len(steps)} functions cannot be cut into {segments} segments")
    size = len(steps) // segments
    for start in range(0, size * (segments - 1), size):
        segment = _in_sequence(steps[start : start + size])
        input = checkpoint(segment, input, use_reentrant=use_reentrant, **kwargs)
    return _in_sequence(steps[size * (segments - 1) :])(input)


def _in_sequence(steps: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for step in steps:
            x = step(x)
        return x

    return run


@contextmanager
def _random_numbers_from(state: Any) -> Iterator[None]:
    """Draw as when `state` was taken, and leave the generator as it is."""
    if state is None:
        yield
        return
    with random.fork_rng():
        random.set_rng_state(state)
        yield


def _recomputed(
    function: Callable[..., Any], args: Any, kwargs: dict[str, Any], preserve: bool
) -> Any:
    state = random.get_rng_state() if preserve else None
    count = 0
    recomputed: dict[int, Any] = {}

    def pack(tensor: Any) -> int:
        nonlocal count
        count += 1
        return count - 1

    def keep(tensor: Any) -> None:
        recomputed[len(recomputed)] = tensor.detach()

    def unpack(number: int) -> Any:
        if number not in recomputed:
            hooks = saved_tensors_hooks(keep, lambda kept: kept)
            with _random_numbers_from(state), enable_grad(), hooks:
                function(*args, **kwargs)
            if len(recomputed) != count:
                raise RuntimeError(
                    "torch.utils.checkpoint: A different number of tensors was saved during "
                    "the original forward and recomputation.\n"
                    f"Number of tensors saved during forward: {count}\n"
                    f"Number of tensors saved during recomputation: {len(recomputed)}."
                )
        return recomputed[number]

    with saved_tensors_hooks(pack, unpack):
        return function(*args, **kwargs)


class CheckpointFunction(Function):
    """A part of the forward pass as one node, whose backward runs the part again."""

    @staticmethod
    def forward(ctx: FunctionContext, function: Any, preserve: bool, *args: Any) -> Any:
        """The function's value; nothing on the way is recorded."""
        ctx.function = function  # type: ignore[attr-defined]
        ctx.state = random.get_rng_state() if preserve else None  # type: ignore[attr-defined]
        ctx.others = [None if isinstance(a, TensorBase) else a for a in args]  # type: ignore[attr-defined]
        ctx.save_for_backward(*[a if isinstance(a, TensorBase) else None for a in args])
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Run the function again, recording, and go back through that."""
        again: list[Any] = []
        for tensor, other in zip(ctx.saved_tensors, ctx.others, strict=True):
            if tensor is None:
                again.append(other)
            else:
                again.append(tensor.detach().requires_grad_(tensor.requires_grad))
        with enable_grad(), _random_numbers_from(ctx.state):
            outputs = ctx.function(*again)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        pairs = [
            (y, g)
            for y, g in zip(outputs, grad_outputs, strict=True)
            if isinstance(y, TensorBase) and y._requires_grad
        ]
        if not pairs:
            raise RuntimeError(
                "none of output has requires_grad=True, this checkpoint() is not necessary"
            )
        backward([y for y, _ in pairs], [g for _, g in pairs])
        return None, None, *[getattr(a, "grad", None) for a in again]
