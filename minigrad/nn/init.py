"""How parameters begin.

Random numbers whose spread keeps signals of one size from layer to layer.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from minigrad import random
from minigrad.functions.creation import finish
from minigrad.grad_mode import no_grad
from minigrad.inplace import copy_, fill_
from minigrad.tensor import Tensor

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "conv3d": 1.0,
    "conv_transpose1d": 1.0,
    "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
}


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    """By how much a nonlinearity shrinks a signal: the factor that makes up for it."""
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else float(param)
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with numbers spread evenly over [a, b)."""
    values = random.uniform(tensor._data.shape, tensor._data.dtype, a, b, generator)
    with no_grad():
        return copy_(tensor, finish(values))


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None
) -> Tensor:
    """Fill with normally distributed numbers."""
    values = random.normal(tensor._data.shape, tensor._data.dtype, mean, std, generator)
    with no_grad():
        return copy_(tensor, finish(values))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number."""
    with no_grad():
        return fill_(tensor, val)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def _fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs each output has, and how many outputs each input has."""
    shape = tensor._data.shape
    if len(shape) < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"
        )
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _fan(tensor: Tensor, mode: str) -> int:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _fans(tensor)[0 if mode.lower() == "fan_in" else 1]


def _is_empty(tensor: Tensor) -> bool:
    if 0 in tensor._data.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return True
    return False


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Uniform with bound gain · sqrt(3 / fan): keeps the variance through ReLU layers.

    He et al., "Delving deep into rectifiers", 2015.
    """
    if _is_empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Normal with standard deviation gain / sqrt(fan). He et al., 2015."""
    if _is_empty(tensor):
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    return normal_(tensor, 0.0, std, generator)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform with bound gain · sqrt(6 / (fan_in + fan_out)). Glorot & Bengio, 2010."""
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Normal with standard deviation gain · sqrt(2 / (fan_in + fan_out)).

    Glorot & Bengio, 2010.
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(_fans(tensor))), generator)


def _filled_with(tensor: Tensor, values: Any) -> Tensor:
    with no_grad():
        return copy_(tensor, finish(np.asarray(values).astype(tensor._data.dtype)))


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with ones on the diagonal and zeros elsewhere."""
    if tensor._data.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _filled_with(tensor, np.eye(*tensor._data.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill a kernel so that a convolution passes its channels on unchanged."""
    shape = tensor._data.shape
    if len(shape) not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if shape[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")
    values = np.zeros(shape)
    per_group = shape[0] // groups
    centre = tuple([size // 2 for size in shape[2:]])
    for group in range(groups):
        for channel in range(min(per_group, shape[1])):
            values[(group * per_group + channel, channel, *centre)] = 1
    return _filled_with(tensor, values)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Fill with a matrix whose rows (or columns) are orthonormal, times gain.

    Saxe et al., "Exact solutions to the nonlinear dynamics of learning", 2013.
    """
    shape = tensor._data.shape
    if len(shape) < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor._data.size:
        return tensor
    rows, columns = shape[0], tensor._data.size // shape[0]
    flat = random.normal((rows, columns), tensor._data.dtype, 0.0, 1.0, generator)
    q, r = np.linalg.qr(flat.T if rows < columns else flat)
    q = q * np.sign(np.diag(r))
    return _filled_with(tensor, (q.T if rows < columns else q).reshape(shape) * gain)


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None
) -> Tensor:
    """Fill a matrix with normal numbers, and with zeros at a share of each column.

    Martens, "Deep learning via Hessian-free optimization", 2010.
    """
    if tensor._data.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor._data.shape
    values = random.normal((rows, columns), tensor._data.dtype, 0.0, std, generator)
    for column in range(columns):
        order = random.randperm(rows)
        values[order[: math.ceil(sparsity * rows)], column] = 0
    return _filled_with(tensor, values)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Any = None,
) -> Tensor:
    """Fill with normal numbers, drawn anew where they fall outside [a, b]."""
    shape, dtype = tensor._data.shape, tensor._data.dtype
    below, above = [(1 + math.erf((x - mean) / std / math.sqrt(2))) / 2 for x in (a, b)]
    if above - below <= 0.3:
        return _filled_with(tensor, _rare_normals(shape, dtype, mean, std, a, b, generator))
    values = random.normal(shape, dtype, mean, std, generator)
    low, high = dtype.type(a), dtype.type(b)
    while (outside := (values < low) | (values > high)).any():
        values = np.where(outside, random.normal(shape, dtype, mean, std, generator), values)
    return _filled_with(tensor, values)


def _rare_normals(
    shape: Any, dtype: Any, mean: float, std: float, a: float, b: float, generator: Any
) -> Any:
    """Normal numbers in an interval that few fall into: uniform ones, kept by their density."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    values = np.zeros(shape, dtype)
    pending = np.ones(shape, bool)
    while pending.any():
        drawn = random.uniform(shape, dtype, a, b, generator)
        values = np.where(pending, drawn, values)
        density = -0.5 * ((drawn - mean) / std) ** 2 - peak
        pending &= np.log(random.uniform(shape, dtype, generator=generator)) > density
    return values
