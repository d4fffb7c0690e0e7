"""What happens to the values a graph keeps: hooks that pack them away and bring them back.

While `saved_tensors_hooks` is in force, each kept tensor goes through the pack hook, and only
what that returns stays; when a derivative asks for the value, the unpack hook has to give it.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable
from typing import Any

from minigrad import errors
from minigrad.apply import wrap
from minigrad.batched import NotBatched, depth
from minigrad.grad_mode import no_grad, watching
from minigrad.node import Keepable, KeptResult, Node, TensorBase
from minigrad.views import version_of


class Saved:
    """One packed value, and its place in the graph, for derivatives of derivatives."""

    __slots__ = ("_dtype", "_edge", "_packed", "_unpack")

    def __init__(
        self, packed: Any, unpack: Callable[[Any], Any], dtype: Any, edge: Any
    ) -> None:
        self._packed = packed
        self._unpack = unpack
        self._dtype = dtype
        self._edge = edge

    def array(self) -> Any:
        """The value, of the dtype that the derivative expects."""
        with no_grad():
            tensor = self._unpack(self._packed)
        if not isinstance(tensor, TensorBase):
            raise errors.unpack_not_tensor(tensor)
        data = tensor._data
        return data if data.dtype is self._dtype else data.astype(self._dtype)

    def tensor(self) -> Any:
        """The value with its history."""
        edge = self._edge() if isinstance(self._edge, weakref.ref) else self._edge
        data = self.array()
        if isinstance(edge, TensorBase):
            alias: Any = edge.view_as(edge)  # type: ignore[attr-defined]
            alias._data = data
            return alias
        return wrap(data, edge)

    def shown(self) -> Any:
        """The value as a user sees it; of a leaf it looks like the leaf."""
        if not isinstance(self._edge, TensorBase):
            return self.tensor()
        leaf: Any = wrap(self.array())
        leaf._requires_grad = True
        return leaf


class SavedArray:
    """Stands among a node's kept arrays for one that is packed."""

    __slots__ = ("saved",)

    def __init__(self, saved: Saved) -> None:
        self.saved = saved


def pack_kept(node: Node, pack: Callable[[Any], Any], unpack: Callable[[Any], Any]) -> None:
    """Pack the tensors that a new node keeps."""
    if depth.value:
        raise NotBatched("saved_tensors_hooks")
    ctx = getattr(node.plan, "ctx", None)
    if ctx is not None:
        ctx._kept = tuple(
            [
                (None, i) if t is None else (_packed(node, t, t._data, pack, unpack), None)
                for t, i in ctx._kept
            ]
        )
        return
    kept, origins = list(node.kept), node.origins
    for i in _order(node):
        origin = origins[i]
        if isinstance(origin, Keepable):
            origins[i] = saved = _packed(node, origin, kept[i], pack, unpack)
            kept[i] = SavedArray(saved)
    if all(new is old for new, old in zip(origins, node.origins, strict=True)):
        return
    node.kept, node.origins = tuple(kept), origins
    node.plan = plan = copy.copy(node.plan)
    plan.pullbacks = tuple([(d, None, _unpacking(pick)) for d, _, pick in plan.pullbacks])
    plan.pushforwards = tuple([(d, None, _unpacking(pick)) for d, _, pick in plan.pushforwards])


def _order(node: Node) -> list[int]:
    """PyTorch's order: what the first derivative asks for, then the second, and so on."""
    plan = node.plan
    asked = [
        plan.names.index(name)
        for position in plan.positions
        for name in plan.rule.argument_names(plan.rule.vjp(position), position)
    ]
    return list(dict.fromkeys([*asked, *range(len(plan.names))]))


def _packed(
    node: Node,
    origin: Any,
    value: Any,
    pack: Callable[[Any], Any],
    unpack: Callable[[Any], Any],
) -> Saved:
    own = isinstance(origin, KeptResult)
    tensor = wrap(origin._data, node) if own else origin
    if own:
        tensor._counter = origin._counter
    before = version_of(tensor).number
    with no_grad():
        packed = pack(tensor)
    if version_of(tensor).number != before:
        raise errors.pack_changed_input()
    edge: Any = weakref.ref(node) if own else tensor._node
    if edge is None and tensor._requires_grad:
        edge = tensor
    dtype = getattr(value, "dtype", origin._data.dtype)
    return Saved(packed, unpack, dtype, edge)


def _unpacking(pick: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def picked(values: Any) -> list[Any]:
        return [_value(v) for v in pick(values)]

    return picked


def _value(value: Any) -> Any:
    if isinstance(value, SavedArray):
        return value.saved.array()
    return value.tensor() if isinstance(value, Saved) else value


_refusals: list[str] = []


class saved_tensors_hooks(watching):
    """While this holds, let `pack_hook` say what is kept of each tensor that a graph needs.

    Args:
        pack_hook: from a tensor to anything; must not change the tensor.
        unpack_hook: from that to a tensor of the same values.
    """

    __slots__ = ()

    def __init__(
        self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]
    ) -> None:
        super().__init__(lambda node: pack_kept(node, pack_hook, unpack_hook), alone=True)

    def __enter__(self) -> None:
        if _refusals:
            raise RuntimeError(_refusals[-1])
        super().__enter__()


class save_on_cpu(saved_tensors_hooks):
    """Keep copies in main memory, where all tensors are; so a changed original does no harm."""

    __slots__ = ()

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor.detach().clone(), lambda kept: kept)


class disable_saved_tensors_hooks:
    """While this holds, refuse `saved_tensors_hooks` with this message."""

    def __init__(self, error_message: str) -> None:
        self._message = error_message

    def __enter__(self) -> None:
        _refusals.append(self._message)

    def __exit__(self, *details: object) -> None:
        _refusals.pop()
