"""The graph as an object: where a tensor stands in it, and hooks on what passes or is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from minigrad import errors
from minigrad.autograd.saved import disable_saved_tensors_hooks as disable_saved_tensors_hooks
from minigrad.autograd.saved import save_on_cpu as save_on_cpu
from minigrad.autograd.saved import saved_tensors_hooks as saved_tensors_hooks
from minigrad.grad_fn import GraphFunction as Node
from minigrad.hooks import HookHandle
from minigrad.tensor import Tensor
from minigrad.views import version_of

__all__ = [
    "GradientEdge",
    "Node",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class GradientEdge(NamedTuple):
    """A place in the graph: a node, and which of its results."""

    node: Any
    output_nr: int
    ownership_token: Any = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of a tensor arrives.

    Raises:
        RuntimeError: for a tensor outside any graph.
    """
    if not tensor._requires_grad:
        raise errors.edge_without_graph()
    return GradientEdge(*(tensor._node or tensor)._as_function())


def increment_version(tensor: Any) -> None:
    """Say that a tensor (or each of several) was changed in place by other means."""
    for each in (tensor,) if isinstance(tensor, Tensor) else tensor:
        version_of(each).bump()


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., Any], *, mode: str = "all"
) -> HookHandle:
    """Call `fn` when gradients have arrived at tensors.

    Args:
        mode: "all": with the list of all gradients, once the last has arrived (it waits for
            each of them); "any": with the first one.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    arrived: dict[int, Any] = {}

    def hook_for(i: int) -> Callable[[Any], None]:
        def hook(gradient: Any) -> None:
            arrived[i] = gradient
            if mode == "any" and len(arrived) == 1:
                fn(gradient)
            if len(arrived) == len(tensors):
                given = [arrived[k] for k in range(len(tensors))]
                arrived.clear()
                if mode == "all":
                    fn(given)

        return hook

    handles = [tensor.register_hook(hook_for(i)) for i, tensor in enumerate(tensors)]

    def remove() -> None:
        for handle in handles:
            handle.remove()

    return HookHandle(remove)
