"""Tensors of minigrad that both sides hold: numbers cross, graphs stay where they are.

A tensor crosses as its numbers. The side that receives one which requires a gradient makes a
leaf of them; if it was computed on the other side, `backward` that reaches the leaf goes on
over there. Either side keeps a table of the tensors it shares, by number, and before and after
every request what has changed of them (values, gradients) is made equal.

So a test computes with its own tensors, by its own minigrad, and a Tensor class that was
patched in the student's process decides nothing. What does not cross is the graph itself:
`grad_fn` of a received tensor is None, and derivatives of derivatives end at the border.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

Change = tuple[int, np.ndarray, np.ndarray | None]


def is_tensor(value: Any) -> bool:
    """Whether `value` is a minigrad tensor; minigrad is not imported to find out."""
    tensor = getattr(sys.modules.get("minigrad"), "Tensor", None)
    return tensor is not None and issubclass(type(value), tensor)


def values_of(tensor: Any) -> np.ndarray:
    """The numbers of a tensor, copied."""
    return np.array(tensor.detach().numpy())


def plain(values: np.ndarray) -> Any:
    """A tensor that records nothing."""
    import minigrad

    return minigrad.tensor(values)


class SharedTensors:
    """One side's tensors that the other has too; its own are numbered in steps of `step`."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._made = 0
        self._tensors: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._agreed: dict[int, tuple[bytes, bytes | None]] = {}

    def __bool__(self) -> bool:
        return bool(self._tensors)

    def __contains__(self, number: int) -> bool:
        return number in self._tensors

    def __getitem__(self, number: int) -> Any:
        return self._tensors[number]

    def number(self, tensor: Any) -> int | None:
        """The number of a tensor that is shared already."""
        return self._numbers.get(id(tensor))

    def share(self, tensor: Any) -> int:
        """Give a tensor a number; its present state is what both sides have."""
        self._made += self._step
        self.keep(self._made, tensor)
        return self._made

    def keep(self, number: int, tensor: Any) -> None:
        self._tensors[number] = tensor  # for good, so that its id stays its own
        self._numbers[id(tensor)] = number
        self._agreed[number] = _state(tensor)

    def receive(
        self,
        number: int,
        values: np.ndarray,
        requires_grad: bool,
        go_on: Callable[[np.ndarray], Any] | None,
    ) -> Any:
        """A leaf for a tensor of the other side; `go_on` carries a cotangent back to there."""
        import minigrad

        tensor = minigrad.tensor(values, requires_grad=requires_grad)
        if requires_grad and go_on is not None:
            tensor.register_hook(lambda cotangent: _no_result(go_on(values_of(cotangent))))
        self.keep(number, tensor)
        return tensor

    def changes(self) -> list[Change]:
        """What has changed since both sides agreed; from now on they do."""
        changed = []
        for number, tensor in self._tensors.items():
            state = _state(tensor)
            if state != self._agreed[number]:
                self._agreed[number] = state
                changed.append((number, values_of(tensor), _gradient(tensor)))
        return changed

    def update(self, number: int, values: np.ndarray, gradient: np.ndarray | None) -> None:
        """Take over a change from the other side."""
        import minigrad

        tensor = self._tensors[number]
        if tensor.is_leaf:
            tensor.data = minigrad.tensor(values)
            tensor.grad = None if gradient is None else minigrad.tensor(gradient)
        self._agreed[number] = _state(tensor)

    def backward(self, number: int, cotangent: np.ndarray) -> None:
        """Go on with a cotangent that reached the other side's leaf for this tensor."""
        import minigrad

        self._tensors[number].backward(minigrad.tensor(cotangent), retain_graph=True)


def _no_result(result: Any) -> None:
    """A hook that returns something would replace the gradient."""


def _gradient(tensor: Any) -> np.ndarray | None:
    gradient = tensor.grad if tensor.is_leaf else None
    return None if gradient is None else values_of(gradient)


def _state(tensor: Any) -> tuple[bytes, bytes | None]:
    gradient = _gradient(tensor)
    return values_of(tensor).tobytes(), None if gradient is None else gradient.tobytes()
