"""Backpropagation: walk the tape from its end, and hand each node its result's cotangent.

A node is created after the nodes that its inputs came from. So, of all nodes that have received
a cotangent, the one created last has received all of its cotangent: whatever could still add to
it would have been created later, and have had its turn. Take that node, let its derivatives
carry the cotangent on to the nodes before it, and repeat. There is no recursion, and each edge
is used once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from heapq import heapify, heappop, heappush, heappushpop
from operator import attrgetter
from typing import Any

import numpy as np

from minigrad.functions.reductions import sum
from minigrad.hooks import run_hooks, show_several
from minigrad.kept import unpack
from minigrad.node import Node, Output, TensorBase
from minigrad.several import gather, without_gaps
from minigrad.versions import last_change

ndarray = np.ndarray
_sequence = attrgetter("sequence")


def backpropagate(
    pending: dict[Any, Any],
    *,
    keep_graph: bool = False,
    create_graph: bool = False,
    wanted: Container[Any] = (),
) -> dict[Any, Any]:
    """Carry cotangents back through the graph.

    Args:
        pending: the cotangent that starts at each node (or leaf): an array; a Tensor under
            create_graph.
        keep_graph: do not free what the nodes kept.
        create_graph: record the computation of the gradients.
        wanted: go only where these nodes and leaves lie; without any, to all leaves.

    Returns:
        For each leaf, or each of `wanted` that was reached, the sum of the cotangents that
        arrived.
    """
    results: dict[Any, Any] = {}
    through = _on_the_way(reach(pending), wanted) if wanted else None
    waiting = [(-end.sequence, end) for end in pending if not isinstance(end, TensorBase)]
    heapify(waiting)
    latest = heappop(waiting)[1] if waiting else None
    while latest is not None or waiting:
        if latest is None:
            node = heappop(waiting)[1]
        else:
            node = heappushpop(waiting, (-latest.sequence, latest))[1] if waiting else latest
            latest = None
        g = pending.pop(node)
        if node.hooks is not None:
            g = _run_node_hooks(node, g, create_graph)
        if through is not None:
            if node in wanted:
                results[node] = g
            if node not in through:
                continue
        if type(node) is Output:
            if node.node not in pending:
                heappush(waiting, (-node.node.sequence, node.node))
            gather(pending, node, g)
            continue
        values = node.kept
        if values is None or create_graph or last_change.stamp > node.sequence:
            values = unpack(node, create_graph)
        plan = node.plan
        if plan.holds_values and not keep_graph:
            del node[plan.origins]
            node.kept = None
        # The node is the list of its edges, and of what it has kept after them.
        for (derivative, first, pick), edge in zip(plan.pullbacks, node):  # noqa: B905
            if through is not None and edge not in through and edge not in wanted:
                continue
            # The general call is the first one; the others are the same for one value and none.
            if first is None:
                cotangent = derivative(g, *pick(values))
            elif first >= 0:
                cotangent = derivative(g, values[first])
            else:
                cotangent = derivative(g)
            if cotangent is None:
                continue
            inner = type(edge) is Node
            like = edge if inner or type(edge) is Output else edge._data
            if (
                create_graph
                or cotangent.shape != like.shape
                or cotangent.dtype is not like.dtype
            ):
                cotangent = conform(cotangent, like.shape, like.dtype)
            if edge in pending:
                pending[edge] = pending[edge] + cotangent
                continue
            if inner or type(edge) is Output:
                # In a chain one node waits at a time, and need not stand in line.
                if latest is None:
                    latest = edge
                else:
                    heappush(waiting, (-edge.sequence, edge))
            elif type(cotangent) is ndarray:
                cotangent = _owned(cotangent, g, values)
            pending[edge] = cotangent
    results.update(pending)
    return results


def reach(ends: Iterable[Any]) -> list[Any]:
    """All nodes that the ends depend on, latest first."""
    found = {end for end in ends if not isinstance(end, TensorBase)}
    waiting = list(found)
    while waiting:
        for edge in waiting.pop().edges:
            if edge not in found and (type(edge) is Node or type(edge) is Output):
                found.add(edge)
                waiting.append(edge)
    return sorted(found, key=_sequence, reverse=True)


def _on_the_way(order: Sequence[Any], wanted: Container[Any]) -> set[Any]:
    """Those nodes from which a path leads to one of `wanted`."""
    through: set[Any] = set()
    for node in reversed(order):
        if any(edge in through or edge in wanted for edge in node.edges):
            through.add(node)
    return through


# --- Cotangents --------------------------------------------------------------


def conform(cotangent: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Bring a cotangent to the shape and dtype of the value that it belongs to.

    Where broadcasting copied a value, its cotangent is the sum over the copies.
    """
    given = cotangent.shape
    if given != shape:
        extra = len(given) - len(shape)
        axes = list(range(extra))
        for i, n in enumerate(shape, extra):
            if n == 1 != given[i]:
                axes.append(i)
        total = sum if isinstance(cotangent, TensorBase) else np.add.reduce
        cotangent = total(cotangent, axis=tuple(axes), keepdims=True)
        if extra:
            cotangent = cotangent.reshape(shape)
    data = cotangent._data if isinstance(cotangent, TensorBase) else cotangent
    return cotangent if data.dtype is dtype else cotangent.astype(dtype)


def _owned(cotangent: Any, g: Any, values: Sequence[Any]) -> Any:
    """An array that a leaf may keep as its `.grad` and change: it must be nobody else's."""
    if cotangent is g or cotangent.base is not None or any(cotangent is v for v in values):
        return cotangent.copy()
    return cotangent


def _run_node_hooks(node: Any, g: Any, create_graph: bool) -> Any:
    """What is due before the derivatives: zeros for unused outputs, and the user's hooks."""
    if type(g) is list:
        return show_several(node.hooks, without_gaps(node, g, create_graph))
    return run_hooks(node.hooks, g)
