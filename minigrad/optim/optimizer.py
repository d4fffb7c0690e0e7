"""What all optimisers share: groups of parameters with settings, a state for each parameter.

An optimiser says in `update` how one parameter's values change, on NumPy arrays and in place: a
step makes no graph, and should make no temporaries either.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.apply import wrap
from minigrad.functions import creation
from minigrad.grad_mode import enable_grad
from minigrad.naming import Named
from minigrad.nn.module import clear_grad
from minigrad.tensor import Tensor
from minigrad.views import as_array, version_of

Array = np.ndarray[Any, np.dtype[Any]]
State = dict[str, Any]
Group = dict[str, Any]


class Optimizer(metaclass=Named):
    """The base of optimisers.

    Args:
        params: tensors, or groups: dicts with "params" and settings of their own.
        defaults: the settings of groups that say nothing else.

    Raises:
        ValueError: for no parameters, or a parameter twice.
        TypeError: for parameters that are no tensors.
    """

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise errors.parameters_are_a_tensor(params.type())
        self.defaults = defaults
        self.state: dict[Tensor, State] = {}
        self.param_groups: list[Group] = []
        given = list(params.values()) if isinstance(params, dict) else list(params)
        if not given:
            raise errors.no_parameters()
        if isinstance(given[0], tuple):
            given = [tensor for _, tensor in given]
        groups = given if isinstance(given[0], dict) else [{"params": given}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with settings of their own."""
        group = dict(param_group)
        tensors = group["params"]
        group["params"] = [tensors] if isinstance(tensors, Tensor) else list(tensors)
        for tensor in group["params"]:
            if not isinstance(tensor, Tensor):
                raise errors.parameter_not_tensor(tensor)
            if not tensor.is_leaf:
                raise errors.parameter_not_leaf(tensor)
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        known = {id(tensor) for other in self.param_groups for tensor in other["params"]}
        if known & {id(tensor) for tensor in group["params"]}:
            raise errors.repeated_parameter()
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, so that the next backward begins from nothing."""
        for group in self.param_groups:
            for tensor in group["params"]:
                clear_grad(tensor, set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change each parameter that has a gradient.

        Args:
            closure: computes the loss anew and returns it, for optimisers that want it more
                than once.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for tensor in group["params"]:
                if tensor._grad is not None:
                    state = self.state.get(tensor)
                    if state is None:
                        state = self.state[tensor] = {}
                    values = as_array(tensor)
                    self.update(values, tensor._grad._data, state, group)
                    version_of(tensor).bump()
        return loss

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        """Change `values` in place, given the gradient; `grad` itself is not to be changed."""
        raise NotImplementedError

    # --- State -----------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Settings and state, with parameters numbered in order."""
        numbers = self._numbers()
        groups = [
            {key: value for key, value in group.items() if key != "params"}
            | {"params": [numbers[id(tensor)] for tensor in group["params"]]}
            for group in self.param_groups
        ]
        state = {
            numbers[id(tensor)]: shown
            for tensor, held in self.state.items()
            if (shown := {k: _shown(k, v) for k, v in held.items() if not k.startswith("_")})
        }
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over settings and state that `state_dict` returned.

        Raises:
            ValueError: if the groups are not of the same sizes.
        """
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        for own, given in zip(self.param_groups, groups, strict=True):
            if len(own["params"]) != len(given["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size "
                    "of optimizer's group"
                )
        tensors: dict[int, Tensor] = {}
        for own, given in zip(self.param_groups, groups, strict=True):
            tensors.update(zip(given["params"], own["params"], strict=True))
            own.update({key: value for key, value in given.items() if key != "params"})
        self.state = {
            tensors[n]: {key: _held(key, value) for key, value in held.items()}
            for n, held in state_dict["state"].items()
        }

    def _numbers(self) -> dict[int, int]:
        tensors: Iterable[Tensor] = [t for group in self.param_groups for t in group["params"]]
        return {id(tensor): number for number, tensor in enumerate(tensors)}

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines += [""] * (i > 0) + [f"Parameter Group {i}"]
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


def _shown(key: str, value: Any) -> Any:
    """What a state holds, as PyTorch's `state_dict` has it: in tensors."""
    if key == "step" or isinstance(value, np.generic):
        return creation.tensor(float(value))
    return wrap(value) if isinstance(value, np.ndarray) else value


def _held(key: str, value: Any) -> Any:
    """The way back, with copies."""
    if isinstance(value, Tensor):
        value = as_array(value).copy() if value.dim() else value._data
    if isinstance(value, np.ndarray | np.generic) and key == "step":
        return int(value)
    return copy.deepcopy(value)


def scratch(state: State, like: Array) -> Array:
    """An array to compute in, the same one at every step."""
    held = state.get("_scratch")
    if held is None or held.shape != like.shape or held.dtype != like.dtype:
        held = state["_scratch"] = np.empty_like(like)
    return held
