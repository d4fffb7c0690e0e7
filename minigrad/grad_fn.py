"""The graph as `grad_fn` shows it: functions, whose inputs come from further functions."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minigrad.hooks import HookHandle


class GraphFunction:
    """What a node shows of itself, under PyTorch's names."""

    __slots__ = ()

    plan: Any
    edges: Any

    def name(self) -> str:
        """PyTorch's name of the operation, such as MulBackward0."""
        return str(self.plan.rule.node_name(self))

    def _as_function(self) -> tuple[Any, int]:
        """Itself, as the maker of its one result."""
        return self, 0

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """For each input.

        The node that made it (None if it needs no gradient), and which output.
        """
        found: list[tuple[Any, int]] = [(None, 0)] * self.plan.arity(self)
        for position, edge in zip(self.plan.positions, self.edges, strict=False):
            found[position] = edge._as_function()
        return tuple(found)

    def register_hook(self, fn: Callable[[Any, Any], Any]) -> HookHandle:
        """Call `fn(grad_inputs, grad_outputs)` after its turn; it may replace the first."""
        from minigrad.hooks import add_node_hook

        return add_node_hook(self, fn)

    def register_prehook(self, fn: Callable[[Any], Any]) -> HookHandle:
        """Call `fn(grad_outputs)` before the derivatives; it may replace them."""
        from minigrad.hooks import add_node_prehook

        return add_node_prehook(self, fn)

    def __dir__(self) -> list[str]:
        shared = [name for name in super().__dir__() if not name.startswith("_saved_")]
        return [*shared, *self.plan.rule.saved_names(self)]

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


def show_saved(name: str) -> None:
    """Let nodes that keep a value under this name show it as an attribute.

    By `__getattr__` it would be simpler, but that makes reading any attribute of a node slow.
    """
    if not hasattr(GraphFunction, name):
        shown = property(lambda node: node.plan.rule.saved_value(node, name))
        setattr(GraphFunction, name, shown)


class AccumulateGrad:
    """The end of a path: a leaf, whose `.grad` receives the sum. `variable` is the leaf."""

    __slots__ = ("__weakref__", "variable")

    def __init__(self, variable: Any) -> None:
        self.variable = variable

    next_functions: tuple[Any, ...] = ()

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"


# Made only when somebody looks at the graph, and the same one as long as somebody holds it.
_accumulators: weakref.WeakValueDictionary[int, AccumulateGrad] = weakref.WeakValueDictionary()


def accumulator_of(leaf: Any) -> AccumulateGrad:
    """The function at the end of a path to this leaf."""
    found = _accumulators.get(id(leaf))
    if found is None:
        _accumulators[id(leaf)] = found = AccumulateGrad(leaf)
    return found
