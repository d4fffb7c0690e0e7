"""Helpers for parameters taken together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.apply import wrap
from minigrad.functions.creation import tensor
from minigrad.functions.joining import cat
from minigrad.tensor import Tensor
from minigrad.views import as_array, version_of

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "parameters_to_vector",
    "vector_to_parameters",
]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters as one vector, one after the other."""
    return cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Put a vector's numbers into the parameters, in the order of `parameters_to_vector`."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        stop = start + parameter.numel()
        part: Any = vec[start:stop].view_as(parameter)
        parameter.data = part.data
        start = stop


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients together so that their joint norm is at most `max_norm`.

    Returns:
        The norm before that.

    Raises:
        RuntimeError: for a norm that is not finite, if `error_if_nonfinite`.
    """
    grads = _gradients(parameters)
    if not grads:
        return tensor(0.0)
    norms = [np.linalg.norm(grad.reshape(-1), float(norm_type)) for grad in grads]
    total = np.linalg.norm(np.array(norms, grads[0].dtype), float(norm_type))
    total = grads[0].dtype.type(total)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is "
            "non-finite, so it cannot be clipped. To disable this error and scale the "
            "gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    factor = min(grads[0].dtype.type(max_norm) / (total + grads[0].dtype.type(1e-6)), 1)
    for grad in grads:
        grad *= grad.dtype.type(factor)
    return wrap(total)


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Hold each element of each gradient between ±clip_value."""
    for grad in _gradients(parameters):
        np.clip(grad, -float(clip_value), float(clip_value), out=grad)


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    """The arrays of the gradients that there are, to be changed in place."""
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    held = [parameter._grad for parameter in given if parameter._grad is not None]
    for grad in held:
        version_of(grad).bump()
    return [as_array(grad) for grad in held]
