"""Helpers for parameters taken together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from minigrad.apply import wrap
from minigrad.functions.joining import cat
from minigrad.tensor import Tensor
from minigrad.views import as_array, version_of

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
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
    total = _total_norm(grads, norm_type, error_if_nonfinite)
    _scale(grads, max_norm, total)
    return wrap(total)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The joint norm of several tensors, as if they were one vector."""
    given = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    arrays = [np.asarray(each._data) for each in given]
    return wrap(_total_norm(arrays, norm_type, error_if_nonfinite))


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scale all gradients by max_norm / total_norm, if that is less than 1."""
    _scale(_gradients(parameters), max_norm, total_norm._data)


def _total_norm(arrays: list[Any], norm_type: float, error_if_nonfinite: bool) -> Any:
    if not arrays:
        return np.float32(0)
    norms = [np.linalg.norm(array.reshape(-1), float(norm_type)) for array in arrays]
    total = np.linalg.norm(np.array(norms, arrays[0].dtype), float(norm_type))
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is "
            "non-finite, so it cannot be clipped. To disable this error and scale the "
            "gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return arrays[0].dtype.type(total)


def _scale(grads: list[Any], max_norm: float, total: Any) -> None:
    for grad in grads:
        kind = grad.dtype.type
        grad *= kind(min(kind(max_norm) / (kind(total) + kind(1e-6)), 1))


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
