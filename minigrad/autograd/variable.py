"""`Variable`, from before tensors had a `requires_grad` of their own."""

from __future__ import annotations

from typing import Any

from minigrad.node import TensorBase
from minigrad.tensor import Tensor


class _Variable:
    """Called with a tensor it returns one on the same memory; every tensor is an instance."""

    def __call__(self, data: Tensor, requires_grad: bool = False) -> Tensor:
        """The same values as a leaf; RuntimeError for requires_grad on integers."""
        return data.detach().requires_grad_(requires_grad)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, TensorBase)

    def __repr__(self) -> str:
        return "<class 'torch.autograd.variable.Variable'>"


Variable = _Variable()
