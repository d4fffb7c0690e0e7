"""Forward mode with dual numbers: a tensor that carries its tangent along.

Within `dual_level()`, `make_dual(x, t)` is x moving along t; what is computed from it moves
too, and `unpack_dual` says how. The tape does the carrying, so recording has to be on.
"""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple

from minigrad import forward
from minigrad.grad_mode import enable_grad
from minigrad.tensor import Tensor

__all__ = [
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]


class UnpackedDualTensor(NamedTuple):
    """A value and its tangent; None if it does not move."""

    primal: Tensor
    tangent: Tensor | None


# For each level the duals that were made in it, with their tangents.
_levels: list[list[tuple[Tensor, Tensor]]] = []


def enter_dual_level() -> int:
    """Begin a level; its number.

    Raises:
        RuntimeError: within another level.
    """
    if _levels:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    _levels.append([])
    return len(_levels) - 1


def exit_dual_level(*, level: int | None = None) -> None:
    """End a level: tangents are forgotten.

    Raises:
        RuntimeError: outside any level.
    """
    if not _levels:
        raise RuntimeError(
            "Trying to exit a forward AD level but no level exists, make sure to "
            "enter_dual_level() first."
        )
    _levels.pop()


class dual_level:
    """A level for a `with` block."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """The same values, moving along `tangent`.

    Raises:
        RuntimeError: outside any level, or for a tangent of another shape.
        ValueError: for tensors that are not floating point.
    """
    if not _levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    if not tensor.is_floating_point():
        raise ValueError(
            f"Expected primal to be floating point or complex, but got: {tensor.dtype}"
        )
    if not tangent.is_floating_point():
        raise ValueError(
            f"Expected tangent to be floating point or complex, but got: {tangent.dtype}"
        )
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the "
            "original Tensor, this is not supported. Tensor is of size "
            f"{list(tensor.shape)} while the given forward gradient is of size "
            f"{list(tangent.shape)}."
        )
    with enable_grad():
        dual = tensor.view_as(tensor) if tensor.requires_grad else tensor.detach()
    if dual._node is None:
        dual.requires_grad_()
    kept = tangent if tangent.stride() == tensor.stride() else tangent.clone()
    _levels[-1].append((dual, kept))
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """A tensor's value and tangent; outside any level it has none."""
    for dual, tangent in _levels[-1] if _levels else ():
        if dual is tensor:
            return UnpackedDualTensor(tensor.detach(), tangent)
    if not _levels or not tensor._requires_grad:
        return UnpackedDualTensor(tensor, None)
    duals = [dual for dual, _ in _levels[-1]]
    tangents = [tangent.to(dual.dtype) for dual, tangent in _levels[-1]]
    (found,) = forward.push_forward([tensor], duals, tangents, create_graph=False)
    if found is None:
        return UnpackedDualTensor(tensor, None)
    return UnpackedDualTensor(tensor.detach(), forward.as_tensor(found, tensor))
