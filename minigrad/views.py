"""Views: tensors that share the memory of another, and how they know of it.

A view remembers its base and the rules that led to it, so that a change in place can be
replayed for all who see it. Sharing needs an array; a 0-d tensor that nobody shares may hold a
NumPy scalar instead.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.node import TensorBase, mode
from minigrad.versions import Version

if TYPE_CHECKING:
    from minigrad.rules.table import Rule

ndarray = np.ndarray


class View:
    """How a view came from its base: the rules to replay, and whether that was recorded."""

    __slots__ = ("base", "recorded", "steps")

    def __init__(self, base: TensorBase, steps: tuple[Any, ...], recorded: bool) -> None:
        self.base = base
        self.steps = steps
        self.recorded = recorded


def as_array(x: TensorBase) -> Any:
    """The tensor's values as an array that can be shared, also where a scalar served so far."""
    if isinstance(x._data, np.generic):
        x._data = np.asarray(x._data)
    return x._data


def version_of(x: TensorBase) -> Version:
    """The version counter of a tensor, made when first needed."""
    if x._counter is None:
        x._counter = Version()
    return x._counter


def share(
    x: Any, result: Any, rule: Rule, params: tuple[Any, ...], index: int | None = None
) -> None:
    """Tie a view to its base, if the rule gave a view and not a copy."""
    if type(result._data) is not ndarray:
        return
    if result._data.size and not np.may_share_memory(result._data, x._data):
        return
    result._counter = version = version_of(x)
    if x._requires_grad and not mode.recording:
        # PyTorch's way: a view taken without recording is a leaf that requires a gradient.
        result._requires_grad = True
    above = x._view
    step = (rule, params, index)
    if above is None:
        result._view = View(x, (step,), mode.recording)
    else:
        result._view = View(above.base, (*above.steps, step), mode.recording and above.recorded)
    if version.views is None:
        version.views = weakref.WeakValueDictionary()
    version.views[id(result)] = result
