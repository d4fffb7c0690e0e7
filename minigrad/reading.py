"""Reading a recorded graph, and walking back through it without changing anything.

For those who want to look at a graph rather than use it: the player and `why`. The one file
outside the engine that knows how nodes keep things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrad import engine, kept
from minigrad.node import Keepable, Node, Output, TensorBase

# Node and Output are hashable and compared by identity; leaves are tensors.
End = Any


@dataclass
class Passage:
    """What happened at one node on the way back.

    Attributes:
        node: the node.
        cotangent: what had arrived, an array; a list of them if the node has several results.
        shares: for each of the node's edges what it was sent, or None if nothing.
    """

    node: Node
    cotangent: Any
    shares: list[Any]


def nodes_behind(output: Any) -> list[Node | Output]:
    """The nodes that a tensor depends on, latest first; of several results each has its own."""
    return engine.reach([output._node])


def edges_of(node: Node | Output) -> Sequence[End]:
    """Whom a node hands its cotangents to: nodes and leaves, in the order of its inputs."""
    return (node.node,) if isinstance(node, Output) else node.edges


def has_several_results(node: Node | Output) -> bool:
    """Whether a node's results are nodes of their own (`Output`)."""
    return isinstance(node, Node) and getattr(node, "outputs", None) is not None


def kept_by(node: Node) -> dict[str, Any]:
    """The values that a node keeps, as arrays, by the names in its rule.

    Raises:
        RuntimeError: if it has been freed, or a value has been overwritten since.
    """
    return dict(zip(node.plan.names, kept.unpack(node), strict=True))


def names_kept(node: Node) -> list[str]:
    """Which of its inputs ("x", "y" ...) and its result ("out") a node keeps."""
    return [
        name
        for name, origin in zip(node.plan.names, node.origins, strict=True)
        if (name == "out" or name in node.plan.rule.inputs) and isinstance(origin, Keepable)
    ]


def pullbacks_of(node: Node) -> Iterator[Callable[[Any], Any]]:
    """For each edge, what takes a cotangent v of the result to vᵀJ of that input."""
    values = kept.unpack(node)
    for edge, (derivative, _, pick) in zip(node.edges, node.plan.pullbacks, strict=True):
        yield _pullback(derivative, pick(values), edge)


def _pullback(derivative: Any, kept: Any, edge: End) -> Callable[[Any], Any]:
    like = edge._data if isinstance(edge, TensorBase) else edge

    def pull(v: Any) -> Any:
        share = derivative(v, *kept)
        if share is None:
            return None
        return np.asarray(engine.conform(share, like.shape, like.dtype))

    return pull


def passages(output: Any, start: Any) -> Iterator[Passage]:
    """Go back from a tensor node by node, as the engine does: no `.grad`, no hook, no freeing.

    Args:
        output: a tensor with a graph.
        start: the cotangent to start with, an array of its shape.

    Raises:
        RuntimeError: if the graph has been freed, or a kept value overwritten.
    """
    arrived: dict[End, Any] = {output._node: start}
    several: dict[Node, list[Any]] = {}
    for node in nodes_behind(output):
        if isinstance(node, Output):
            if node in arrived:
                parts = several.setdefault(node.node, [None] * len(node.node.outputs))
                parts[node.index] = arrived[node]
            continue
        if node in several:
            cotangent: Any = _without_gaps(node, several[node])
        elif node in arrived:
            cotangent = arrived[node]
        else:
            continue
        with np.errstate(all="ignore"):
            shares = [pull(cotangent) for pull in pullbacks_of(node)]
        for edge, share in zip(node.edges, shares, strict=True):
            if share is not None:
                arrived[edge] = arrived[edge] + share if edge in arrived else share
        yield Passage(node, cotangent, shares)


def _without_gaps(node: Node, parts: list[Any]) -> list[Any]:
    """Zeros for those results that nobody used."""
    return [
        np.zeros(shape, dtype) if part is None else part
        for part, (shape, dtype) in zip(parts, node.outputs, strict=True)
    ]
