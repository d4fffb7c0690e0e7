"""What the tape is made of: nodes, the values they keep, and the recording switch.

A node stands for one operation that was carried out. It knows the rule that was applied, whom
to hand cotangents to (its edges), and the values that the rule's derivatives will ask for. It
never knows the tensor it produced: tensors point to nodes, nodes to earlier nodes, so a graph
that nobody needs any more is freed by reference counting alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.grad_fn import AccumulateGrad, GraphFunction, accumulator_of
from minigrad.versions import Version, clock

if TYPE_CHECKING:
    from minigrad.rules.table import Plan


class _Mode(threading.local):
    """Whether operations are recorded, in this thread. `minigrad.no_grad` sets it.

    `recording` is True, False, or, while somebody watches, a function that is shown each new
    node; `when_on` is what it is set to when recording is switched on.
    """

    recording: Any = True
    when_on: Any = True
    inference = False
    # While anomaly detection is on: given the nodes of a graph, a context that checks them
    # (False within it, so that it is not entered twice).
    anomaly: Any = None


mode = _Mode()

# The threads in which recording is anything but True. Mostly there is none, and asking that
# takes a tenth of the time of asking for this thread's mode.
unusual: set[int] = set()


class Keepable:
    """What a node can keep for its derivatives: values, and the version they have."""

    __slots__ = ("_counter", "_data")

    _data: Any
    _counter: Version | None


class KeptResult(Keepable):
    """An operation's own result, kept without the tensor, which would close a circle."""

    __slots__ = ()

    def __init__(self, data: Any, version: Version) -> None:
        self._data = data
        self._counter = version


class TensorBase(Keepable):
    """The part of a Tensor that nodes and rules know about.

    `_data` is an array, or a NumPy scalar for a 0-d tensor that shares its memory with nobody:
    arithmetic on scalars is ten times faster. `_node` made the values; None for a leaf.
    """

    __slots__ = ("__dict__", "__weakref__", "_grad", "_node", "_requires_grad")

    _grad: Any
    _node: Node | Output | None
    _requires_grad: bool

    def _as_function(self) -> tuple[AccumulateGrad, int]:
        """How PyTorch shows a leaf: the function that adds to its `.grad`."""
        return accumulator_of(self), 0


class Node(GraphFunction, list[Any]):
    """One recorded operation; what `tensor.grad_fn` shows.

    It is itself the list of what it points at, `[*edges, *origins]`: the garbage collector
    visits every container, and in a graph of a million nodes it took as long as all the rest
    while a node had tuples for them.

    Attributes:
        plan: the rule, and which of its derivatives are wanted.
        edges: for each of those derivatives, who receives its cotangent: the node that made the
            input, or the input itself if it is a leaf.
        kept: the values that the derivatives need, as arrays; None once they were freed.
        origins: whose values they are, tensors or results of this node, for the check that
            nobody has changed them since, and for recording derivatives of derivatives.
        sequence: when it was created. A node comes later than all nodes it depends on.
        shape, dtype: of the result, and so of the cotangent that will arrive.
        hooks: functions to call on that cotangent, or None.
    """

    __slots__ = (
        "__weakref__",
        "dtype",
        "hooks",
        "kept",
        "outputs",
        "plan",
        "sequence",
        "shape",
    )

    plan: Plan
    kept: Any
    sequence: float
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    hooks: list[Any] | None
    outputs: list[tuple[tuple[int, ...], np.dtype[Any]]]

    # A node is like no other.
    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    @property
    def edges(self) -> list[Any]:
        return self[: self.plan.origins.start]

    @property
    def origins(self) -> list[Any]:
        return self[self.plan.origins]

    @origins.setter
    def origins(self, values: Iterable[Any]) -> None:
        self[self.plan.origins] = values


class Output:
    """One of several results of a node, in the place of a node.

    `tensor._node` of that result.
    """

    __slots__ = ("__weakref__", "dtype", "hooks", "index", "node", "sequence", "shape")

    def __init__(self, node: Node, index: int, data: Any) -> None:
        self.node = node
        self.index = index
        self.sequence = next(clock)
        self.shape = data.shape
        self.dtype = data.dtype
        self.hooks: list[Any] | None = None

    def _as_function(self) -> tuple[Node, int]:
        """How PyTorch shows it: the node, and which of its results."""
        return self.node, self.index

    @property
    def edges(self) -> tuple[Node]:
        """The one node that this is a result of."""
        return (self.node,)
