"""Finding where NaN was born: `detect_anomaly` remembers lines, and looks at each cotangent."""

from __future__ import annotations

import copy
import traceback
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minigrad import errors, usercode
from minigrad.grad_mode import watching
from minigrad.node import Node, TensorBase, mode

__all__ = [
    "detect_anomaly",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "set_detect_anomaly",
]

UNKNOWN = (
    "No forward pass information available. Enable detect anomaly during forward pass for more "
    "information."
)


class _State:
    """Whether anomaly detection is on, and what it has seen."""

    def __init__(self) -> None:
        self.watcher: watching | None = None
        self.check_nan = True
        # For each node the line that made it, and the calls that led there.
        self.made: weakref.WeakKeyDictionary[Any, tuple[str | None, str]] = (
            weakref.WeakKeyDictionary()
        )


_state = _State()


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return _state.watcher is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Whether it looks for NaN."""
    return _state.check_nan


def _switch(on: bool, check_nan: bool) -> None:
    if on and _state.watcher is None:
        _state.watcher = watching(_remember)
        _state.watcher.__enter__()
        mode.anomaly = checked
    elif not on and _state.watcher is not None:
        _state.watcher.__exit__()
        _state.watcher = mode.anomaly = None
    _state.check_nan = check_nan


def _remember(node: Node) -> None:
    frame = usercode.frame()
    calls = "".join(traceback.format_stack(frame)) if frame is not None else ""
    _state.made[node] = (usercode.line(), calls)


class set_detect_anomaly:
    """Switch anomaly detection on or off, from this line on or for a `with` block.

    While it is on, an operation remembers the line that called it, and backward raises a
    RuntimeError at the first derivative that makes NaN, after a warning with that line. Slow.

    Args:
        mode: on or off.
        check_nan: look for NaN, or remember lines only.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = (is_anomaly_enabled(), _state.check_nan)
        _switch(bool(mode), check_nan)

    def __enter__(self) -> None:
        """The call itself has switched already."""

    def __exit__(self, *details: object) -> None:
        _switch(*self._before)


class detect_anomaly(set_detect_anomaly):
    """Anomaly detection for a `with` block; see `set_detect_anomaly`."""

    def __init__(self, check_nan: bool = True) -> None:
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and "
            "should only be enabled for debugging.",
            stacklevel=2,
        )
        super().__init__(True, check_nan)


@contextmanager
def checked(nodes: Iterable[Any]) -> Iterator[None]:
    """While this holds, the derivatives of these nodes refuse to hand on NaN."""
    looked_at = nodes if _state.check_nan else ()
    plans = [(node, node.plan) for node in looked_at if isinstance(node, Node)]
    try:
        for node, plan in plans:
            node.plan = copied = copy.copy(plan)
            copied.pullbacks = tuple(
                [
                    (_checking(derivative, node, position), first, pick)
                    for position, (derivative, first, pick) in zip(
                        plan.positions, plan.pullbacks, strict=True
                    )
                ]
            )
        yield
    finally:
        for node, plan in plans:
            node.plan = plan


def _checking(derivative: Callable[..., Any], node: Node, position: int) -> Callable[..., Any]:
    def checked_derivative(g: Any, *values: Any) -> Any:
        cotangent = derivative(g, *values)
        data = cotangent._data if isinstance(cotangent, TensorBase) else cotangent
        if data is not None and np.isnan(data).any():
            line, calls = _state.made.get(node, (None, ""))
            name = node.name()
            warnings.warn(
                f"Error detected in {name}. "
                + (
                    f"Traceback of forward call that caused the error:\n{calls}"
                    if calls
                    else UNKNOWN
                ),
                stacklevel=2,
            )
            raise errors.anomaly(name, position, line)
        return cotangent

    return checked_derivative
