"""Activation functions and the softmax family."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, unary
from minigrad.functions import elementwise
from minigrad.functions.arguments import one_dim, tensor_argument
from minigrad.functions.creation import finish
from minigrad.functions.shapes import reshape
from minigrad.inplace import apply_in_place
from minigrad.random import exponential, uniform
from minigrad.rules import activations as rules
from minigrad.rules import elementwise as elementwise_rules
from minigrad.rules import softmax as softmax_rules
from minigrad.rules.table import Rule

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanhshrink",
    "threshold",
    "threshold_",
]

# Klambauer et al., "Self-normalizing neural networks", 2017.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def _activated(
    rule: Rule, input: Tensor, params: tuple[Any, ...], kernel: str, inplace: bool = False
) -> Tensor:
    """The rule applied, if the input is floating point; `kernel` is whom PyTorch blames."""
    data = tensor_argument(rule.name, input)._data
    if kernel and data.dtype.kind != "f":
        raise errors.not_implemented_for(kernel, data.dtype)
    if inplace:
        return apply_in_place(rule, input, (), params)
    return unary(rule, input, params)


# --- Bent lines ------------------------------------------------------------------


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(0, x)."""
    return _activated(elementwise_rules.relu, input, (), "", inplace)


def relu_(input: Tensor) -> Tensor:
    """max(0, x), in place."""
    return relu(input, True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, x), 6)."""
    return hardtanh(input, 0.0, 6.0, inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x, or negative_slope · x where x is not positive."""
    return _activated(rules.leaky_relu, input, (negative_slope,), "leaky_relu_cpu", inplace)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Like `leaky_relu`, in place."""
    return leaky_relu(input, negative_slope, True)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x, or weight · x where x is not positive.

    Args:
        weight: one number, or one for each channel (dimension 1).

    He et al., "Delving deep into rectifiers", 2015.
    """
    shape, count = input._data.shape, weight._data.size
    if weight._data.ndim > 1:
        raise errors.prelu_weight_dimensions(weight._data.ndim)
    if count != 1:
        if not shape:
            raise errors.prelu_of_scalar()
        channels = shape[1] if len(shape) > 1 else 1
        if count != channels:
            raise errors.prelu_channels(count, channels)
        if len(shape) > 1:
            weight = reshape(weight, (count,) + (1,) * (len(shape) - 2))
    elif weight._data.ndim > len(shape):
        weight = reshape(weight, ())
    return apply(rules.prelu, (input, weight))


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """`leaky_relu` with a slope drawn from [lower, upper] in training, their mean otherwise.

    Xu et al., "Empirical evaluation of rectified activations", 2015.
    """
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    data = np.asarray(input._data)
    slopes = np.ones_like(data)
    negative = data <= 0
    slopes[negative] = uniform((int(negative.sum()),), np.float64, lower, upper)
    noise = finish(slopes)
    if inplace:
        return apply_in_place(elementwise_rules.mul, input, (noise,))
    return elementwise.mul(input, noise)


def rrelu_(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False
) -> Tensor:
    """Like `rrelu`, in place."""
    return rrelu(input, lower, upper, training, True)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """x, held between min_val and max_val."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _activated(rules.hardtanh, input, (min_val, max_val), "", inplace)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Like `hardtanh`, in place."""
    return hardtanh(input, min_val, max_val, True)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where it exceeds the threshold, value elsewhere."""
    value = dtypes.fitting(value, input._data.dtype)
    return _activated(rules.threshold, input, (threshold, value), "", inplace)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """x where it exceeds the threshold, value elsewhere, in place."""
    value = dtypes.fitting(value, input._data.dtype)
    return _activated(rules.threshold, input, (threshold, value), "", True)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x/6 + 1/2, held between 0 and 1."""
    return _activated(rules.hardsigmoid, input, (), "hardsigmoid_cpu", inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · hardsigmoid(x). Howard et al., "Searching for MobileNetV3", 2019."""
    return _activated(rules.hardswish, input, (), "hardswish_cpu", inplace)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x, or 0 where |x| ≤ lambd."""
    return _activated(rules.hardshrink, input, (lambd,), "hardshrink_cpu")


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved towards 0 by lambd, or 0 where |x| ≤ lambd."""
    if input._data.dtype.kind == "f" and lambd < 0:
        raise errors.negative_lambda(lambd, input._data.dtype)
    return _activated(rules.softshrink, input, (lambd,), "softshrink_check")


# --- Bent by exponentials ----------------------------------------------------------


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x, or alpha (eˣ - 1) where x is not positive. Clevert et al., 2016."""
    return _activated(rules.elu, input, (alpha, 1.0, 1.0), "elu_cpu", inplace)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """Like `elu`, in place."""
    return elu(input, alpha, True)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """1.0507 · elu(x, 1.6733), which keeps mean 0 and variance 1. Klambauer et al., 2017."""
    return _activated(rules.elu, input, (SELU_ALPHA, SELU_SCALE, 1.0), "elu_cpu", inplace)


def selu_(input: Tensor) -> Tensor:
    """Like `selu`, in place."""
    return selu(input, True)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x, or alpha (exp(x/alpha) - 1) where x is not positive. Barron, 2017."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _activated(rules.celu, input, (alpha, 1.0, 1.0 / alpha), "elu_cpu", inplace)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """Like `celu`, in place."""
    return celu(input, alpha, True)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x / (1 + e⁻ˣ), also called swish. Ramachandran et al., 2017."""
    return _activated(rules.silu, input, (), "silu_cpu", inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · tanh(softplus(x)). Misra, 2019."""
    return _activated(rules.mish, input, (), "mish_cpu", inplace)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """ln(1 + exp(beta x)) / beta; x itself where beta x exceeds the threshold."""
    return _activated(rules.softplus, input, (beta, threshold), "softplus_cpu")


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x Φ(x), where Φ is the normal distribution function. Hendrycks & Gimpel, 2016.

    Args:
        approximate: "none", or "tanh" for Φ by a hyperbolic tangent.
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    rule = rules.gelu if approximate == "none" else rules.gelu_tanh
    return _activated(rule, input, (), "GeluKernelImpl")


def logsigmoid(input: Tensor) -> Tensor:
    """ln(1 / (1 + e⁻ˣ)), without overflow."""
    return _activated(rules.log_sigmoid, input, (), "log_sigmoid_cpu")


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return input / (elementwise.abs(input) + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x)."""
    return input - elementwise.tanh(input)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a / (1 + e⁻ᵇ) of the two halves a and b along a dimension. Dauphin et al., 2017.

    Raises:
        RuntimeError: for an odd number of elements along it.
    """
    shape = input._data.shape
    if not shape:
        raise errors.glu_of_scalar()
    axis = one_dim(dim, len(shape))
    if shape[axis] % 2:
        raise errors.glu_halves(axis, shape[axis])
    return _activated(rules.glu, input, (axis,), "glu_cpu")


# --- Probabilities -------------------------------------------------------------------


def softmax(
    input: Tensor,
    dim: int | None = None,
    _stacklevel: int = 3,
    dtype: Any = None,
    *,
    axis: int | None = None,
) -> Tensor:
    """eˣ / Σ eˣ along a dimension: positive numbers that sum to 1.

    Raises:
        IndexError: if there is no such dimension.
    """
    return _normalised(softmax_rules.softmax, input, axis if dim is None else dim, dtype)


def log_softmax(
    input: Tensor,
    dim: int | None = None,
    _stacklevel: int = 3,
    dtype: Any = None,
    *,
    axis: int | None = None,
) -> Tensor:
    """x - ln Σ eˣ along a dimension: the logarithm of `softmax`, without overflow."""
    return _normalised(softmax_rules.log_softmax, input, axis if dim is None else dim, dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """softmax(-x)."""
    if dim is None:
        dim = _implicit_dim("softmin", input._data.ndim)
    return softmax(-input, dim, dtype=dtype)


def _normalised(rule: Rule, input: Tensor, dim: int | None, dtype: Any) -> Tensor:
    data = tensor_argument(rule.name, input)._data
    axis = one_dim(_implicit_dim(rule.name, data.ndim) if dim is None else dim, data.ndim)
    if dtype is not None:
        input = input.to(dtypes.FROM_NUMPY[dtypes.to_numpy_dtype(dtype)])
    if input._data.dtype.kind != "f":
        part = "_lastdim" if axis >= data.ndim - 1 else ""
        raise errors.not_implemented_for(f"{rule.name}{part}_kernel_impl", input._data.dtype)
    if data.ndim == 0:
        return reshape(unary(rule, reshape(input, (1,)), (0,)), ())
    return unary(rule, input, (axis,))


def _implicit_dim(name: str, ndim: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include "
        "dim=X as an argument.",
        UserWarning,
        stacklevel=4,
    )
    return 0 if ndim in (0, 1, 3) else 1


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A soft sample of a category: softmax of scores plus Gumbel noise, divided by tau.

    Args:
        hard: give a one-hot sample, with the derivative of the soft one.

    Jang et al., "Categorical reparameterization with Gumbel-softmax", 2017.
    """
    data = np.asarray(logits._data)
    noise = -np.log(exponential(data.shape, data.dtype))
    soft = softmax((logits + finish(noise)) / tau, dim)
    if not hard:
        return soft
    values = np.asarray(soft._data)
    axis = one_dim(dim, values.ndim)
    chosen = np.zeros_like(values)
    if values.ndim:
        np.put_along_axis(chosen, np.expand_dims(values.argmax(axis), axis), 1, axis)
    else:
        chosen[...] = 1
    return finish(chosen) - soft.detach() + soft
