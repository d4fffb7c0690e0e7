"""Errors of convolutions and pooling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .voices import Shape, c_type, scalar_type, two_voices


def _listed(shape: Shape) -> str:
    return str(list(shape))


def convolution_dimensions(name: str, spatial: int, shape: Shape) -> RuntimeError:
    """An input that has not the dimensions of (N, C, ...) or (C, ...)."""
    return two_voices(
        RuntimeError(
            f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {name}, "
            f"but got input of size: {_listed(shape)}"
        ),
        "the input is (batch, channels, ...) or (channels, ...).",
        "add the missing dimension with unsqueeze.",
    )


def convolution_numbers(
    name: str, values: Sequence[int], expected: int, what: str = "convolution"
) -> RuntimeError:
    """So many strides (say) for another number of dimensions."""
    return two_voices(
        RuntimeError(
            f"expected {name} to be a single integer value or a list of {expected} values to "
            f"match the {what} dimensions, but got {name}={list(values)}"
        ),
        f"{name} holds one number for each dimension the kernel moves along, {expected} here.",
        f"give one number, or {expected} of them; or use the convolution of that many "
        "dimensions.",
    )


def weight_dimensions(weight: Shape, shape: Shape) -> RuntimeError:
    """Kernels of more dimensions than the input."""
    return two_voices(
        RuntimeError(
            f"Expected {len(weight)}-dimensional input for {len(weight)}-dimensional weight "
            f"{list(weight)}, but got {len(shape)}-dimensional input of size {list(shape)} "
            "instead"
        ),
        "the weight is (out channels, in channels, ...), with one size for each dimension that "
        "the kernels move along.",
        "use the convolution of as many dimensions as the kernels have.",
    )


def convolution_channels(
    weight: Shape, shape: Shape, groups: int, channels: int, transposed: bool
) -> RuntimeError:
    """An input with other channels than the kernels expect."""
    how = f"transposed={int(transposed)}" if transposed else f"groups={groups}"
    return two_voices(
        RuntimeError(
            f"Given {how}, weight of size {_listed(weight)}, expected "
            f"input{_listed(shape)} to have {channels} channels, but got {shape[1]} channels "
            "instead"
        ),
        f"dimension 1 of the input are its channels, {shape[1]}; the kernels are for "
        f"{channels}.",
        "check in_channels, and that channels come before height and width.",
    )


def convolution_bias(
    weight: Shape, channels: int, bias: Shape, transposed: bool = False
) -> RuntimeError:
    """A bias that has not one number for each channel of the result."""
    how = "transposed=1, " if transposed else ""
    return two_voices(
        RuntimeError(
            f"Given {how}weight of size {list(weight)}, expected bias to be 1-dimensional with "
            f"{channels} elements, but got bias of size {list(bias)} instead"
        ),
        f"the result has {channels} channels, and the bias is one number for each.",
        f"give a bias of shape [{channels}].",
    )


def kernel_too_large(padded: Sequence[int], kernel: Sequence[int]) -> RuntimeError:
    """A kernel that fits nowhere."""
    return two_voices(
        RuntimeError(
            f"Calculated padded input size per channel: ({' x '.join(map(str, padded))}). "
            f"Kernel size: ({' x '.join(map(str, kernel))}). Kernel size can't be greater than "
            "actual input size"
        ),
        fix="use a smaller kernel, or padding.",
    )


def convolution_dtypes(first: npt.DTypeLike, second: npt.DTypeLike) -> RuntimeError:
    """Input and kernels of different dtypes."""
    kinds = scalar_type(first), scalar_type(second)
    # PyTorch computes batches of float32 in another place, which has another sentence.
    sentence = (
        f"Input type (torch.{kinds[0]}Tensor) and weight type (torch.{kinds[1]}Tensor) should "
        "be the same or input should be a MKLDNN tensor and weight is a dense tensor"
        if kinds[0] == "Float"
        else f"expected scalar type {kinds[0]} but found {kinds[1]}"
    )
    return two_voices(
        RuntimeError(sentence),
        f"the input is of {np.dtype(first)}, the kernels of {np.dtype(second)}.",
        "bring both to one dtype: input.to(weight.dtype).",
    )


def convolution_bias_dtype(first: npt.DTypeLike, bias: npt.DTypeLike) -> RuntimeError:
    """Input and bias of different dtypes."""
    return two_voices(
        RuntimeError(
            f"Input type ({c_type(first)}) and bias type ({c_type(bias)}) should be the same"
        ),
        f"the input is of {np.dtype(first)}, the bias of {np.dtype(bias)}.",
        "bring both to one dtype: bias.to(input.dtype).",
    )


def pooling_too_small(shape: Shape, out: Sequence[int]) -> RuntimeError:
    """A window that fits nowhere."""
    channels = shape[1]
    return two_voices(
        RuntimeError(
            f"Given input size: ({'x'.join(map(str, shape[1:]))}). Calculated output size: "
            f"({'x'.join(map(str, (channels, *out)))}). Output size is too small"
        ),
        "a window is larger than the input.",
        "use a smaller window, or pool once less.",
    )


def pooling_padding(padding: int, kernel: int, dilation: int) -> RuntimeError:
    """Padding of more than half a window."""
    return two_voices(
        RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={padding}, "
            f"kernel_size={kernel} and dilation={dilation}"
        ),
        "with more padding, a window could lie outside the input altogether.",
        f"take padding={((kernel - 1) * dilation + 1) // 2} or less, or a larger window.",
    )
