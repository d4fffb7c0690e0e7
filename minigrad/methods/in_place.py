"""Making the in-place form of an operation: `x.floor_()` from the rule or the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from minigrad.inplace import apply_in_place, check_fits, copy_
from minigrad.node import mode
from minigrad.rules.table import Rule

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

Method = Callable[..., "Tensor"]


def of_rule(rule: Rule) -> Method:
    """The method that replaces a tensor's values by the rule's result.

    Its arguments are the rule's other inputs.
    """

    def method(self: Tensor, *others: Any) -> Tensor:
        return apply_in_place(rule, self, others)

    method.__doc__ = f"Like `{rule.name}`, in place."
    return method


def of_function(function: Callable[..., Any]) -> Method:
    """The method that replaces a tensor's values by the function's result."""

    def method(self: Tensor, *arguments: Any, **named: Any) -> Tensor:
        # What a derivative keeps has to survive the overwriting.
        recorded = mode.recording and self._requires_grad
        result = function(self.clone() if recorded else self, *arguments, **named)
        check_fits(self, result._data)
        return copy_(self, result)

    method.__doc__ = f"Like `{function.__name__}`, in place."
    return method
