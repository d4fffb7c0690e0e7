"""Pooling by a power mean, and the way back from maxima to where they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.apply import apply
from minigrad.functions import elementwise, pooling
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.convolution import Sizes, numbers_for
from minigrad.functions.shapes import squeeze, unsqueeze
from minigrad.rules import pooling as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]


def _power_mean(
    pool: Any, input: Tensor, p: float, kernel: Sizes, count: int, stride: Any, ceil: bool
) -> Tensor:
    sizes = [kernel] * count if isinstance(kernel, int) else list(kernel)
    mean = pool(elementwise.pow(input, p), kernel, stride, 0, ceil)
    positive = elementwise.relu(elementwise.abs(mean))
    total = elementwise.sign(mean) * positive * int(np.prod(sizes))
    return elementwise.pow(total, 1 / p)


def lp_pool1d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^(1/p) over windows along a line; p is `norm_type`."""
    return _power_mean(pooling.avg_pool1d, input, norm_type, kernel_size, 1, stride, ceil_mode)


def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^(1/p) over windows on a plane; p is `norm_type`."""
    return _power_mean(pooling.avg_pool2d, input, norm_type, kernel_size, 2, stride, ceil_mode)


def lp_pool3d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^(1/p) over windows in space; p is `norm_type`."""
    return _power_mean(pooling.avg_pool3d, input, norm_type, kernel_size, 3, stride, ceil_mode)


def _unpool(name: str, input: Tensor, indices: Tensor, size: tuple[int, ...]) -> Tensor:
    count = len(size)
    if indices._data.dtype != np.int64:
        raise RuntimeError(
            "elements in indices should be type int64 but got: "
            f"{indices.type().removeprefix('torch.').removesuffix('Tensor')}"
        )
    if input.shape != indices.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor "
            f"({list(input.shape)}) but got indices tensor with shape: {list(indices.shape)}"
        )
    shape = tensor_argument(name, input)._data.shape
    if len(shape) not in (count + 1, count + 2):
        raise RuntimeError(
            f"Input to {name} should be a {count + 1}d or {count + 2}d Tensor, but got a "
            f"tensor with {len(shape)} dimensions"
        )
    places = np.asarray(indices._data)
    if places.size and not (places.min() >= 0 and places.max() < np.prod(size)):
        raise RuntimeError(
            f"Found an invalid max index: {places.max()} (output volumes are of size "
            f"{'x'.join(map(str, size))})"
        )
    if len(shape) == count + 2:
        return apply(rules.max_unpool, (input,), (places, size))
    return squeeze(apply(rules.max_unpool, (unsqueeze(input, 0),), (places[None], size)), 0)


def unpooled_size(
    input: Tensor, count: int, kernel: Sizes, stride: Any, padding: Sizes, output_size: Any
) -> tuple[int, ...]:
    """The size of what was pooled, if it is not said; it may be off by less than a stride."""
    k = numbers_for("kernel_size", kernel, count)
    p = numbers_for("padding", padding, count)
    s = k if stride is None or stride == [] else numbers_for("stride", stride, count)
    rows = list(zip(input.shape[-count:], k, s, p, strict=True))
    usual = tuple([(n - 1) * step + width - 2 * around for n, width, step, around in rows])
    if output_size is None:
        return usual
    wanted = tuple(output_size)[-count:]
    for d, (size, about, step) in enumerate(zip(wanted, usual, s, strict=True)):
        if not about - step < size < about + step:
            raise ValueError(
                f'invalid output_size "{list(wanted)}" (dim {d} must be between '
                f"{about - step} and {about + step})"
            )
    return wanted


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Any = None,
) -> Tensor:
    """Undo `max_pool1d`: maxima go back to where they were, zeros elsewhere.

    Args:
        indices: the places that `max_pool1d(return_indices=True)` gave.
        output_size: the size of what was pooled, where several are possible.
    """
    size = unpooled_size(input, 1, kernel_size, stride, padding, output_size)
    plane, places = unsqueeze(input, -1), unsqueeze(indices, -1)
    return squeeze(_unpool("max_unpool2d", plane, places, (*size, 1)), -1)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Any = None,
) -> Tensor:
    """Undo `max_pool2d`; arguments as for `max_unpool1d`."""
    size = unpooled_size(input, 2, kernel_size, stride, padding, output_size)
    return _unpool("max_unpool2d", input, indices, size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Any = None,
) -> Tensor:
    """Undo `max_pool3d`; arguments as for `max_unpool1d`."""
    size = unpooled_size(input, 3, kernel_size, stride, padding, output_size)
    return _unpool("max_unpool3d", input, indices, size)
