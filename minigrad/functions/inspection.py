"""Questions about a tensor that are functions: what it is, how large, of which type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad import dtypes, errors
from minigrad.functions.arguments import tensor_argument
from minigrad.naming import pytorch_name
from minigrad.node import TensorBase

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "is_complex",
    "is_floating_point",
    "is_nonzero",
    "is_tensor",
    "numel",
    "result_type",
    "typename",
]


def is_tensor(obj: Any) -> bool:
    """Whether an object is a tensor."""
    return isinstance(obj, TensorBase)


def is_floating_point(input: Tensor) -> bool:
    """Whether a tensor's elements are floats."""
    return bool(tensor_argument("is_floating_point", input)._data.dtype.kind == "f")


def is_complex(input: Tensor) -> bool:
    """Whether a tensor's elements are complex numbers: there are none here."""
    tensor_argument("is_complex", input)
    return False


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of a tensor is not 0; RuntimeError for several or none."""
    return bool(tensor_argument("is_nonzero", input))


def numel(input: Tensor) -> int:
    """The number of elements."""
    return int(tensor_argument("numel", input)._data.size)


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype that an operation on the two (tensors or numbers) gives."""
    values = [x._data if isinstance(x, TensorBase) else x for x in (tensor1, tensor2)]
    return dtypes.FROM_NUMPY[dtypes.result_numpy_dtype(values)]


def typename(obj: Any) -> str:
    """PyTorch's name of a tensor's type; of anything else the name of its class."""
    if isinstance(obj, TensorBase):
        return f"torch.{errors.scalar_type(obj._data.dtype)}Tensor"
    if isinstance(obj, type) and obj.__module__ != "builtins":
        return pytorch_name(obj)
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(named, "__module__", None) or "builtins"
    name = str(named.__qualname__)
    return name if module == "builtins" else f"{module}.{name}"
