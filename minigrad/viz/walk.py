"""One forward and one backward pass over a small graph, taken down event by event.

`take_down` reads a recorded graph and repeats by hand what the engine does: it visits the nodes
from the last to the first, multiplies the cotangent that has arrived by each local derivative,
and adds where several arrive. Nothing is changed: no `.grad` is written, no hook is run and no
graph is freed. `story.py` puts the events into words.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.node import Node, Output, TensorBase
from minigrad.reading import (
    edges_of,
    has_several_results,
    kept_by,
    names_kept,
    nodes_behind,
    passages,
    pullbacks_of,
)

from .formula import expression, missing_operand, operand
from .local import LocalDerivative, local_derivative

LARGEST = 60
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass
class Box:
    """A leaf, or the result of an operation.

    Attributes:
        name: the reader's name for it, or v₁, v₂ ...
        kind: "leaf", "operation" or "output".
        value: the array; None if nobody has kept it.
        expression: the operation in names, as x + v₁.
        with_numbers: the same in numbers, as 2 + 0.5.
        keeps: the names of what the operation keeps for its derivative.
        several: whether it has several results, which then have boxes of their own.
    """

    name: str
    kind: str
    value: Any = None
    expression: str = ""
    with_numbers: str = ""
    keeps: list[str] = field(default_factory=list)
    several: bool = False


@dataclass
class Arrow:
    """One use of a value: from the box that it is in to the operation that takes it."""

    tail: int
    head: int
    place: str = ""  # which of several uses by the same operation


@dataclass
class Computed:
    """The forward pass has reached a box."""

    box: int


@dataclass
class Started:
    """The backward pass starts."""

    box: int
    cotangent: Any


@dataclass
class Sent:
    """A cotangent has gone back along an arrow.

    Attributes:
        arrow: the arrow.
        cotangent: what had arrived at its head; None for an operation with several results.
        local: the local derivative, or None likewise.
        share: what the tail receives.
        before: what had arrived there before, or None.
        total: both together.
    """

    arrow: int
    cotangent: Any
    local: LocalDerivative | None
    share: Any
    before: Any
    total: Any


@dataclass
class Freed:
    """An operation has let go of what it kept."""

    box: int


Event = Computed | Started | Sent | Freed


@dataclass
class Walk:
    """A graph, and what happens on it.

    Attributes:
        boxes, arrows: the graph.
        events: forward and backward pass, in order.
        output: the box that the way back starts from.
        gradients: for each leaf's box what has arrived in the end.
    """

    boxes: list[Box]
    arrows: list[Arrow]
    events: list[Event]
    output: int
    gradients: dict[int, Any]


def take_down(
    output: Any,
    names: Mapping[int, str],
    values: Mapping[Node | Output, Any],
    cotangent: Any = None,
) -> Walk:
    """Walk through the graph of a tensor.

    Args:
        output: a tensor that was computed from leaves.
        names: the reader's names, by the id of a leaf or node.
        values: results of nodes, as far as they are known.
        cotangent: of the output's shape; 1 by default, for a single number.

    Raises:
        RuntimeError: for a graph that was freed, an output outside any graph or of several
            elements without a cotangent.
        ValueError: for a graph of more than 60 operations.
    """
    if output._node is None:
        raise errors.no_graph(0, output)
    order = nodes_behind(output)
    if len(order) > LARGEST:
        raise ValueError(
            f"the player is for graphs that fit on a page, up to {LARGEST} operations, and "
            f"this one has {len(order)}. Use a smaller example, or make_dot for a picture of it"
        )
    start = _start(output, cotangent)
    graph = _Graph(output, order, names, values)
    forward: list[Event] = [Computed(graph.number[node]) for node in reversed(order)]
    backward, gradients = _way_back(graph, output, start)
    end = graph.number[output._node]
    return Walk(graph.boxes, graph.arrows, forward + backward, end, gradients)


def _start(output: Any, cotangent: Any) -> Any:
    shape, dtype = output._data.shape, output._data.dtype
    if cotangent is None:
        if output._data.size != 1:
            raise errors.not_scalar(shape)
        return np.ones(shape, dtype)
    given = cotangent._data if isinstance(cotangent, TensorBase) else cotangent
    start = np.asarray(given, dtype)
    if start.shape != shape:
        raise errors.cotangent_shape(0, start.shape, shape)
    return start


class _Graph:
    """Boxes and arrows for the nodes and leaves behind an output."""

    def __init__(
        self,
        output: Any,
        order: Sequence[Any],
        names: Mapping[int, str],
        values: Mapping[Node | Output, Any],
    ) -> None:
        self.order = order
        self.names = names
        single = {n: v for n, v in values.items() if not has_several_results(n)}
        self.values = {**self.kept_values(), **single, output._node: output._data}
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.number: dict[Any, int] = {}  # the box of each leaf, node and output
        self.arrow_of: dict[tuple[Any, int], int] = {}
        self.end = output._node
        self.add_boxes()

    def kept_values(self) -> dict[Any, Any]:
        """Results that some derivative needs, and so a node has kept."""
        found: dict[Any, Any] = {}
        for node in self.order:
            if type(node) is not Node:
                continue
            kept = kept_by(node)
            if "out" in kept and not isinstance(kept["out"], tuple):
                found[node] = kept["out"]
            for position, edge in zip(node.plan.positions, node.edges, strict=False):
                name = node.plan.rule.inputs[position] if node.plan.rule.inputs else ""
                if name in kept and not isinstance(edge, TensorBase):
                    found[edge] = kept[name]
        return found

    def add_boxes(self) -> None:
        """A box for each leaf, in the order of their use, and for each operation."""
        forward = list(reversed(self.order))
        ends = [edge for node in forward for edge in (node, *edges_of(node))]
        taken = {self.names[id(end)] for end in ends if id(end) in self.names}
        letters = (c for c in string.ascii_lowercase if c not in taken)
        for node in forward:
            for edge in edges_of(node):
                if isinstance(edge, TensorBase) and edge not in self.number:
                    name = self.names.get(id(edge)) or next(letters, "leaf")
                    self.number[edge] = len(self.boxes)
                    self.boxes.append(Box(name, "leaf", edge._data))
        unnamed = 0
        for node in forward:
            kind = "output" if node is self.end else "operation"
            name = self.names.get(id(node), "")
            if not name and node is self.end:
                name = "y" if "y" not in taken else "output"
            if not name:
                unnamed += 1
                name = f"v{unnamed}".translate(SUBSCRIPTS)
            self.number[node] = len(self.boxes)
            value = self.values.get(node)
            if value is None:
                value = self.values[node] = self.replayed(node)
            self.boxes.append(Box(name, kind, value, several=has_several_results(node)))
        for node in forward:
            for i, edge in enumerate(edges_of(node)):
                self.arrow_of[node, i] = len(self.arrows)
                self.arrows.append(Arrow(self.number[edge], self.number[node]))
            self.describe(node)
        self.tell_places()

    def tell_places(self) -> None:
        """Number the arrows between the same two boxes, as in x · x."""
        for i, arrow in enumerate(self.arrows):
            alike = [
                j
                for j, other in enumerate(self.arrows)
                if (other.tail, other.head) == (arrow.tail, arrow.head)
            ]
            if len(alike) > 1:
                arrow.place = f" (place {alike.index(i) + 1} of {len(alike)})"

    def replayed(self, node: Any) -> Any:
        """The result of an operation, computed again if all that went into it is known."""
        if type(node) is not Node or not node.plan.rule.inputs or has_several_results(node):
            return None
        rule, plan = node.plan.rule, node.plan
        known = kept_by(node)
        for position, edge in zip(plan.positions, node.edges, strict=False):
            leaf = isinstance(edge, TensorBase)
            known[rule.inputs[position]] = edge._data if leaf else self.values.get(edge)
        arguments = [known.get(name) for name in (*rule.inputs, *rule.params)]
        if any(argument is None for argument in arguments):
            return None
        result = rule.forward(*arguments)
        return None if isinstance(result, tuple) else result

    def describe(self, node: Any) -> None:
        """Fill in the box of an operation: its formula, in names and in numbers."""
        box = self.boxes[self.number[node]]
        if type(node) is Output:
            whole = self.boxes[self.number[node.node]].expression
            box.expression = f"{whole}[{node.index}]"
            return
        rule, plan = node.plan.rule, node.plan
        kept = kept_by(node)
        inputs = rule.inputs or [str(i) for i in range(plan.arity(node))]
        words: dict[str, str] = {}
        numbers: dict[str, str] = {}
        values: dict[str, Any] = {}
        for position, edge in zip(plan.positions, node.edges, strict=False):
            source = self.boxes[self.number[edge]]
            words[inputs[position]] = source.name
            values[inputs[position]] = source.value
        for name in inputs:
            if name not in words:
                values[name] = kept.get(
                    name, missing_operand(rule.name, name, values, box.value)
                )
                words[name] = operand(values[name])
            numbers[name] = operand(values[name])
        details = {name: str(kept[name]) for name in rule.params if name in kept}
        box.expression = expression(rule.name, words, details)
        box.with_numbers = expression(rule.name, numbers, details)
        keeps = [box.name if name == "out" else words[name] for name in names_kept(node)]
        box.keeps = list(dict.fromkeys(keeps))


def _way_back(graph: _Graph, output: Any, start: Any) -> tuple[list[Event], dict[int, Any]]:
    """The events of the backward pass, and what the leaves have received in the end."""
    arrived: dict[int, Any] = {graph.number[output._node]: start}
    events: list[Event] = [Started(graph.number[output._node], start)]
    for passage in passages(output, start):
        node, several = passage.node, isinstance(passage.cotangent, list)
        known = None if several else passage.cotangent
        pulls = list(pullbacks_of(node))
        for i, share in enumerate(passage.shares):
            if share is None:
                continue
            arrow = graph.arrow_of[node, i]
            target = graph.arrows[arrow].tail
            before = arrived.get(target)
            total = share if before is None else before + share
            arrived[target] = total
            local = None if several else local_derivative(pulls[i], known, share)
            events.append(Sent(arrow, known, local, share, before, total))
        if graph.boxes[graph.number[node]].keeps:
            events.append(Freed(graph.number[node]))
    leaves = [i for i, box in enumerate(graph.boxes) if box.kind == "leaf"]
    return events, {i: arrived[i] for i in leaves if i in arrived}
