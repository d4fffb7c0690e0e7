"""Convolutions and transposed convolutions in one, two and three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from minigrad import errors
from minigrad.apply import apply
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.padding import pad
from minigrad.functions.shapes import squeeze, unsqueeze
from minigrad.rules import convolution as rules
from minigrad.rules.convolution import Geometry

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "fold",
    "unfold",
]

Sizes = int | Sequence[int]


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Kernels moved along a line (cross-correlation: the kernels are not reversed).

    Args:
        input: shape (N, C, L), or (C, L).
        weight: shape (O, C / groups, k).
        bias: shape (O).
        stride, dilation: the step from position to position, and within the kernel.
        padding: zeros at both ends; "valid" for none, "same" for a result as long as the input.
        groups: cut channels into groups that do not mix.

    Returns:
        shape (N, O, (L + 2·padding - dilation·(k - 1) - 1) // stride + 1).

    Raises:
        RuntimeError: if shapes do not fit.
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Kernels moved over a plane: input (N, C, H, W), weight (O, C / groups, kH, kW).

    Arguments as for `conv1d`, with one number for both dimensions or one for each.
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Kernels moved through space: input (N, C, D, H, W); arguments as for `conv1d`."""
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The adjoint of `conv1d`: each element lays down a kernel times its value.

    Args:
        input: shape (N, C, L), or (C, L).
        weight: shape (C, O / groups, k).
        bias: shape (O).
        padding: how much is cut off at both ends.
        output_padding: how much longer the result is at its far end.

    Returns:
        shape (N, O, (L - 1)·stride - 2·padding + dilation·(k - 1) + output_padding + 1).
    """
    numbers = (stride, padding, output_padding, dilation)
    return _transposed("conv_transpose1d", 1, input, weight, bias, numbers, groups)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The adjoint of `conv2d`; arguments as for `conv_transpose1d`."""
    numbers = (stride, padding, output_padding, dilation)
    return _transposed("conv_transpose2d", 2, input, weight, bias, numbers, groups)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The adjoint of `conv3d`; arguments as for `conv_transpose1d`."""
    numbers = (stride, padding, output_padding, dilation)
    return _transposed("conv_transpose3d", 3, input, weight, bias, numbers, groups)


def numbers_for(name: str, value: Any, count: int) -> tuple[int, ...]:
    """One number for each dimension."""
    if isinstance(value, int):
        return (value,) * count
    found = tuple([int(n) for n in value])
    if len(found) not in (1, count):
        raise errors.convolution_numbers(name, found, count)
    return found if len(found) == count else found * count


def _convolve(
    name: str,
    count: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    steps = numbers_for("stride", stride, count)
    spread = numbers_for("dilation", dilation, count)
    kernel = tensor_argument(name, weight, "weight", 2)._data.shape[2:]
    if padding == "same":
        if any(s != 1 for s in steps):
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        total = [d * (k - 1) for d, k in zip(spread, kernel, strict=True)]
        if any(n % 2 for n in total):
            # What cannot be shared out evenly goes to the far end.
            input = pad(input, [n for t in reversed(total) for n in (0, t % 2)])
        padding = [n // 2 for n in total]
    elif isinstance(padding, str):
        if padding != "valid":
            raise RuntimeError(f"Invalid padding string: '{padding}'")
        padding = 0
    around = numbers_for("padding", padding, count)
    geometry = Geometry(steps, around, spread, groups)
    batch = _batched(name, count, input)
    _check(batch, weight, bias, geometry, transposed=False)
    size = [n + 2 * p for n, p in zip(batch._data.shape[2:], around, strict=True)]
    reach = [d * (k - 1) + 1 for d, k in zip(spread, kernel, strict=True)]
    if any(r > n for r, n in zip(reach, size, strict=True)):
        raise errors.kernel_too_large(size, reach)
    out = apply(rules.convolution, (batch, weight, bias), (geometry,))
    return out if batch is input else squeeze(out, 0)


def _transposed(
    name: str,
    count: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    numbers: tuple[Sizes, Sizes, Sizes, Sizes],
    groups: int,
) -> Tensor:
    names = ("stride", "padding", "output_padding", "dilation")
    steps, cut, longer, spread = [
        numbers_for(each, value, count) for each, value in zip(names, numbers, strict=True)
    ]
    geometry = Geometry(steps, cut, spread, groups)
    kernel = tensor_argument(name, weight, "weight", 2)._data.shape[2:]
    batch = _batched(name, count, input)
    _check(batch, weight, bias, geometry, transposed=True)
    if any(o >= s and o >= d for o, s, d in zip(longer, steps, spread, strict=True)):
        raise RuntimeError("output padding must be smaller than either stride or dilation")
    rows = zip(batch._data.shape[2:], kernel, steps, cut, spread, longer, strict=True)
    size = tuple([(n - 1) * s - 2 * p + d * (k - 1) + o + 1 for n, k, s, p, d, o in rows])
    if any(n < 1 for n in size):
        raise RuntimeError(
            f"Given input size per channel: {list(batch._data.shape[2:])}. Calculated output "
            f"size per channel: {list(size)}. Output size is too small"
        )
    # A result that much longer has room for further positions, which the input has not.
    left_out = tuple([o // s for o, s in zip(longer, steps, strict=True)])
    geometry = geometry._replace(left_out=left_out)
    out = apply(rules.transposed, (batch, weight, bias), (size, geometry))
    return out if batch is input else squeeze(out, 0)


def _batched(name: str, count: int, input: Tensor) -> Tensor:
    shape = tensor_argument(name, input)._data.shape
    if len(shape) == count + 1:
        return unsqueeze(input, 0)
    if len(shape) != count + 2:
        raise errors.convolution_dimensions(name, count, shape)
    return input


def _check(
    input: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry, transposed: bool
) -> None:
    x, w, groups = input._data, weight._data, geometry.groups
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if min(geometry.padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(geometry.stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(geometry.dilation) <= 0:
        raise RuntimeError(
            f"dilation should be greater than zero, but got {list(geometry.dilation)}"
        )
    if w.ndim != x.ndim:
        if w.ndim > x.ndim:
            raise errors.weight_dimensions(w.shape, x.shape)
        raise errors.convolution_numbers("stride", geometry.stride, w.ndim - 2)
    expected = w.shape[0] if transposed else w.shape[1] * groups
    if w.shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension "
            f"0, but got weight of size [{list(w.shape)}] instead"
        )
    if x.shape[1] != expected:
        raise errors.convolution_channels(w.shape, x.shape, groups, expected, transposed)
    channels = w.shape[1] * groups if transposed else w.shape[0]
    if bias is not None and bias._data.shape != (channels,):
        raise errors.convolution_bias(w.shape, channels, bias._data.shape, transposed)
    if bias is not None and bias._data.dtype is not x.dtype:
        raise errors.convolution_bias_dtype(x.dtype, bias._data.dtype)
    if x.dtype is not w.dtype:
        raise errors.convolution_dtypes(x.dtype, w.dtype)


# --- Columns -----------------------------------------------------------------------


def unfold(
    input: Tensor,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """What lies under each position of a kernel, as columns.

    Args:
        input: shape (N, C, H, W), or (C, H, W).

    Returns:
        shape (N, C · kH · kW, positions).
    """
    shape = tensor_argument("im2col", input)._data.shape
    if len(shape) not in (3, 4):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other "
            f"non-zero dimensions for input, but got: {list(shape)}"
        )
    kernel = numbers_for("kernel_size", kernel_size, 2)
    geometry = Geometry(
        numbers_for("stride", stride, 2),
        numbers_for("padding", padding, 2),
        numbers_for("dilation", dilation, 2),
    )
    positions = geometry.positions(shape[-2:], kernel)
    if min(positions) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(shape[-2:])}, kernel_size={kernel}, "
            f"dilation={geometry.dilation}, padding={geometry.padding}, calculated shape of "
            f"the array of sliding blocks as {positions}, but its components must be at least "
            "one."
        )
    batch = input if len(shape) == 4 else unsqueeze(input, 0)
    out = apply(rules.im2col, (batch,), (kernel, geometry))
    return out if batch is input else squeeze(out, 0)


def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns added back where `unfold` takes them from.

    Args:
        input: shape (N, C · kH · kW, positions), or without N.

    Returns:
        shape (N, C, *output_size).
    """
    shape = tensor_argument("col2im", input)._data.shape
    if len(shape) not in (2, 3):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            f"non-zero dimensions for input, but got: {list(shape)}"
        )
    kernel = numbers_for("kernel_size", kernel_size, 2)
    size = numbers_for("output_size", output_size, 2)
    geometry = Geometry(
        numbers_for("stride", stride, 2),
        numbers_for("padding", padding, 2),
        numbers_for("dilation", dilation, 2),
    )
    if shape[-2] % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of "
            f"kernel_size, but got input.size(1)={shape[-2]} and kernel_size={kernel}."
        )
    rows, columns = geometry.positions(size, kernel)
    if shape[-1] != rows * columns:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={geometry.dilation}, "
            f"padding={geometry.padding}, stride={geometry.stride}, expected size of input's "
            "dimension 2 to match the calculated number of sliding blocks "
            f"{rows} * {columns} = {rows * columns}, but got input.size(2)={shape[-1]}."
        )
    batch = input if len(shape) == 3 else unsqueeze(input, 0)
    out = apply(rules.col2im, (batch,), (size, kernel, geometry))
    return out if batch is input else squeeze(out, 0)
