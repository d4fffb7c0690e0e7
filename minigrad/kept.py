"""What nodes keep: taking it out again, after a check that it is still what it was."""

from __future__ import annotations

from typing import Any

from minigrad import errors
from minigrad.apply import wrap
from minigrad.node import Keepable, KeptResult, Node, Output, mode


def unpack(node: Node, create_graph: bool = False) -> Any:
    """The kept values, after a check that nobody has changed them since.

    Arrays; under create_graph Tensors, each with its own history, so that more can be recorded.
    """
    if node.kept is None:
        raise errors.graph_freed(node.name())
    for origin in node.origins:
        for kept in origin if type(origin) is tuple else (origin,):
            version = kept._counter if isinstance(kept, Keepable) else None
            if version is not None and version.stamp > node.sequence:
                raise modified(node, kept)
    if not create_graph:
        return node.kept
    return [result_of(node, v) if type(v) in (KeptResult, tuple) else v for v in node.origins]


def result_of(node: Node, kept: Any) -> Any:
    """The tensor that a node kept as its own result (or the several)."""
    if isinstance(kept, KeptResult):
        return wrap(kept._data, node)
    if kept and isinstance(kept[0], KeptResult):
        return tuple([wrap(k._data, Output(node, i, k._data)) for i, k in enumerate(kept)])
    return kept


def modified(node: Node, kept: Any) -> RuntimeError:
    """The error for a kept value that was changed in place since."""
    maker = node if isinstance(kept, KeptResult) else kept._node
    made_by = None
    if maker is not None:
        made_by = (
            (maker.index, maker.node.name()) if isinstance(maker, Output) else (0, maker.name())
        )
    return errors.modified_in_place(
        kept._data.dtype,
        kept._data.shape,
        kept._counter.number,
        kept._counter.number_at(node.sequence),
        made_by,
        anomaly_mode=mode.anomaly is not None,
        tensor=kept,
        needed_by=node.name(),
    )
