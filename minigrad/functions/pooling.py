"""Averages and maxima over windows, in one, two and three dimensions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply, wrap
from minigrad.functions.arguments import tensor_argument
from minigrad.functions.convolution import Sizes
from minigrad.functions.reductions import mean
from minigrad.functions.shapes import squeeze, unsqueeze
from minigrad.rules import pooling as rules
from minigrad.rules import resampling

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
]

Shape = tuple[int, ...]


def _numbers(name: str, what: str, value: Any, count: int) -> Shape:
    if isinstance(value, int):
        return (value,) * count
    found = tuple([int(n) for n in value])
    if len(found) not in (1, count):
        words = {1: "one int", 2: "two ints", 3: "three ints"}
        raise RuntimeError(
            f"{name}: {what} must either be a single int, or a tuple of {words[count]}"
        )
    return found if len(found) == count else found * count


def _given(stride: Any) -> Any:
    """The stride, or None where it is to be as large as the window."""
    return None if stride is None or stride in ([], ()) else stride


def _step(name: str, stride: Any, kernel: Shape) -> Shape:
    given = _given(stride)
    return kernel if given is None else _numbers(name, "stride", given, len(kernel))


def _on_a_plane(pool: Any, input: Tensor, *sizes: tuple[Any, Any]) -> Any:
    """Pooling along a line, as on a plane that is one element high.

    Args:
        sizes: what each argument is along the line, and what it is across.
    """
    along = [None if n is None else (across, *_line(n)) for n, across in sizes]
    return pool(unsqueeze(input, -2), *along)


def _line(value: Any) -> Shape:
    return _numbers("pool1d", "kernel_size", value, 1)


def _batch(name: str, input: Tensor, count: int) -> tuple[Tensor, bool]:
    """(N, C, ...), and whether the input was that already."""
    shape = tensor_argument(name, input)._data.shape
    if len(shape) == count + 1:
        return unsqueeze(input, 0), False
    if len(shape) != count + 2:
        if name.startswith("adaptive"):
            raise RuntimeError(
                f"{name}(): Expected {count + 1}D or {count + 2}D tensor, but got {list(shape)}"
            )
        raise RuntimeError(
            f"non-empty {count + 1}D or {count + 2}D (batch mode) tensor expected for input"
        )
    return input, True


def _positions(
    shape: Shape, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape, ceil: bool
) -> Shape:
    """How many windows there are along each dimension; the last begins inside."""
    found = []
    for n, k, s, p, d in zip(shape[2:], kernel, stride, padding, dilation, strict=True):
        if s == 0:
            raise RuntimeError("stride should not be zero")
        if k <= 0 or s < 0 or d <= 0:
            raise RuntimeError("kernel size, stride and dilation should be greater than zero")
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > ((k - 1) * d + 1) // 2:
            raise errors.pooling_padding(p, k, d)
        count = (n + 2 * p - d * (k - 1) - 1 + (s - 1 if ceil else 0)) // s + 1
        found.append(count - 1 if ceil and (count - 1) * s >= n + p else count)
    if min(found) < 1:
        raise errors.pooling_too_small(shape, found)
    return tuple(found)


# --- Averages ----------------------------------------------------------------------


def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean over windows along a line; arguments as for `avg_pool2d`."""
    ndim = tensor_argument("avg_pool1d", input)._data.ndim
    if ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {ndim}-dimensional tensor for argument #1 "
            "'self' (while checking arguments for avg_pool1d)"
        )

    def pool(plane: Tensor, kernel: Any, step: Any, around: Any) -> Tensor:
        return avg_pool2d(plane, kernel, step, around, ceil_mode, count_include_pad)

    sizes = ((kernel_size, 1), (_given(stride), 1), (padding, 0))
    return squeeze(_on_a_plane(pool, input, *sizes), -2)


def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean over windows.

    Args:
        input: shape (N, C, H, W), or (C, H, W).
        kernel_size, stride: of the window, and from window to window (as large as the window
            if not given).
        padding: zeros around the input.
        ceil_mode: let the last window reach over the end.
        count_include_pad: whether the zeros count in the mean.
        divisor_override: divide by this instead of by how many elements there are.
    """
    given = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return _average("avg_pool2d", 2, input, *given)


def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean over windows in space; arguments as for `avg_pool2d`."""
    given = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return _average("avg_pool3d", 3, input, *given)


def _average(
    name: str,
    count: int,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Tensor:
    kernel = _numbers(name, "kernel_size", kernel_size, count)
    step = _step(name, stride, kernel)
    around = _numbers(name, "padding", padding, count)
    if divisor == 0:
        raise RuntimeError("divisor must be not zero")
    batch, was_batch = _batch(name, input, count)
    shape = batch._data.shape
    out = _positions(shape, kernel, step, around, (1,) * count, ceil_mode)
    if divisor is None:
        divisors = _counts(shape[2:], kernel, step, around, out, count_include_pad)
    else:
        divisors = np.full(out, divisor)
    found = apply(rules.avg_pool, (batch,), (kernel, step, around, divisors))
    return found if was_batch else squeeze(found, 0)


def _counts(
    size: Shape, kernel: Shape, stride: Shape, padding: Shape, out: Shape, include: bool
) -> Any:
    """How many elements each window holds, with or without those of the padding."""
    counts: Any = np.ones((), int)
    for n, k, s, p, positions in zip(size, kernel, stride, padding, out, strict=True):
        start = np.arange(positions) * s - p
        end = np.minimum(start + k, n + p)
        if not include:
            start, end = np.maximum(start, 0), np.minimum(end, n)
        counts = counts[..., None] * (end - start)
    return counts


# --- Maxima ------------------------------------------------------------------------


def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest in each window along a line; arguments as for `max_pool2d`."""
    shape = tensor_argument("max_pool1d", input)._data.shape
    if len(shape) not in (2, 3):
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size "
            f"for input, but got:{list(shape)}"
        )

    def pool(plane: Tensor, kernel: Any, step: Any, around: Any, spread: Any) -> Any:
        return max_pool2d(plane, kernel, step, around, spread, ceil_mode, return_indices)

    sizes = ((kernel_size, 1), (_given(stride), 1), (padding, 0), (dilation, 1))
    found = _on_a_plane(pool, input, *sizes)
    if return_indices:
        return squeeze(found[0], -2), squeeze(found[1], -2)
    return squeeze(found, -2)


def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element in each window; of equal ones, the first.

    Args:
        input: shape (N, C, H, W), or (C, H, W).
        kernel_size, stride: of the window, and from window to window (as large as the window
            if not given).
        padding: how far windows reach over the edge, at most half a window.
        dilation: the step within the window.
        ceil_mode: let the last window reach over the end.
        return_indices: also give the numbers of these elements in their channel.
    """
    given = (kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return _largest("max_pool2d", 2, input, *given)


def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element in each window in space; arguments as for `max_pool2d`."""
    given = (kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return _largest("max_pool3d", 3, input, *given)


def _largest(
    name: str,
    count: int,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    kernel = _numbers(name, "kernel_size", kernel_size, count)
    step = _step(name, stride, kernel)
    around = _numbers(name, "padding", padding, count)
    spread = _numbers(name, "dilation", dilation, count)
    batch, was_batch = _batch(name, input, count)
    shape = batch._data.shape
    if 0 in shape[1:]:
        raise RuntimeError(
            f"Expected {count + 1}D or {count + 2}D (batch mode) tensor with optional 0 dim "
            f"batch size for input, but got:{list(shape)}"
        )
    out = _positions(shape, kernel, step, around, spread, ceil_mode)
    places = _places(batch._data, kernel, step, around, spread, out)
    return _picked(rules.max_pool, batch, places, was_batch, return_indices)


def _picked(rule: Any, batch: Tensor, places: Any, was_batch: bool, indices: bool) -> Any:
    found, where = apply(rule, (batch,), (places,)), wrap(places)
    if not was_batch:
        found, where = squeeze(found, 0), squeeze(where, 0)
    return (found, where) if indices else found


def _places(
    x: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape, out: Shape
) -> Any:
    """Where the largest element of each window is, as a number within its channel.

    Goes through the places of the kernel, not the windows: each is one comparison of arrays.
    """
    low = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    reach = rules.padded_shape(kernel, stride, dilation, out)
    numbers: Any = np.arange(np.prod(x.shape[2:])).reshape(1, 1, *x.shape[2:])
    x = rules.padded(x, padding, reach, low)
    numbers = rules.padded(numbers, padding, reach, -1)
    best = np.full((*x.shape[:2], *out), low, x.dtype)
    places = np.full(best.shape, -1)
    for offset in itertools.product(*map(range, kernel)):
        window = rules.window_slices(offset, stride, dilation, out)
        candidate, number = x[window], numbers[window]
        better = (candidate > best) | (candidate != candidate) | (places < 0)
        better &= number >= 0
        best[better] = candidate[better]
        np.copyto(places, number, where=better)
    return places


# --- Windows fitted to the size of the result -----------------------------------------


def adaptive_avg_pool1d(input: Tensor, output_size: Sizes) -> Tensor:
    """Means over as many windows as `output_size` says; as `adaptive_avg_pool2d`."""
    _check_line("adaptive_avg_pool1d", input)
    return squeeze(_on_a_plane(adaptive_avg_pool2d, input, (output_size, 1)), -2)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means over as many windows as `output_size` says.

    Window i of m in n elements reaches from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.

    Args:
        input: shape (N, C, H, W), or (C, H, W).
        output_size: (height, width), or one number for both; None leaves a size as it is.
    """
    return _adaptive_average("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """As `adaptive_avg_pool2d`, in space."""
    return _adaptive_average("adaptive_avg_pool3d", 3, input, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Any:
    """Maxima over as many windows as `output_size` says; as `adaptive_max_pool2d`."""
    _check_line("adaptive_max_pool1d", input)
    found, where = _on_a_plane(
        lambda plane, size: adaptive_max_pool2d(plane, size, True), input, (output_size, 1)
    )
    found = squeeze(found, -2)
    return (found, squeeze(where, -2)) if return_indices else found


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over the windows of `adaptive_avg_pool2d`."""
    return _adaptive_maximum("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over the windows of `adaptive_avg_pool3d`."""
    return _adaptive_maximum("adaptive_max_pool3d", 3, input, output_size, return_indices)


def _check_line(name: str, input: Tensor) -> None:
    shape = tensor_argument(name, input)._data.shape
    if len(shape) not in (2, 3):
        raise RuntimeError(f"{name}(): Expected 2D or 3D tensor, but got {list(shape)}")


def _adaptive_windows(
    name: str, shape: Shape, was_batch: bool, output_size: Any
) -> list[tuple[Any, Any]]:
    """For each dimension where the windows begin and end."""
    if 0 in shape[1 if was_batch else 2 :]:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but "
            f"input has sizes {list(shape)} with dimension {shape.index(0, 1)} being empty"
        )
    count = len(shape) - 2
    sizes: Sequence[Any] = (
        (output_size,) * count if isinstance(output_size, int | None) else tuple(output_size)
    )
    if len(sizes) == 1:
        sizes = tuple(sizes) * count
    if len(sizes) != count:
        raise RuntimeError(f"{name}: output_size must be {count}")
    found = []
    for n, wanted in zip(shape[2:], sizes, strict=True):
        m = n if wanted is None else wanted
        if m < 0:
            raise RuntimeError(
                f"{name}: elements of output_size must be greater than or equal to 0 but "
                f"received {{{', '.join(map(str, sizes))}}}"
            )
        i = np.arange(m)
        found.append((i * n // max(m, 1), -(-(i + 1) * n // max(m, 1))))
    return found


def _adaptive_average(name: str, count: int, input: Tensor, output_size: Any) -> Tensor:
    batch, was_batch = _batch(name, input, count)
    if output_size == 1 or tuple(np.atleast_1d(output_size)) == (1,) * count:
        return mean(input, tuple(range(-count, 0)), True)
    taps = []
    for start, end in _adaptive_windows(name, batch._data.shape, was_batch, output_size):
        step = np.arange(int((end - start).max(initial=1)))[:, None]
        inside = start + step < end
        taps.append((np.where(inside, start + step, start), inside / (end - start)))
    found = apply(resampling.adaptive_avg_pool, (batch,), (tuple(taps),))
    return found if was_batch else squeeze(found, 0)


def _adaptive_maximum(
    name: str, count: int, input: Tensor, output_size: Any, return_indices: bool
) -> Any:
    batch, was_batch = _batch(name, input, count)
    x = batch._data
    windows = _adaptive_windows(name, x.shape, was_batch, output_size)
    places: Any = np.zeros((*x.shape[:2], *[len(start) for start, _ in windows]), int)
    numbers = np.arange(np.prod(x.shape[2:])).reshape(x.shape[2:])
    for position in itertools.product(*[range(len(start)) for start, _ in windows]):
        window = tuple(
            [slice(start[i], end[i]) for i, (start, end) in zip(position, windows, strict=True)]
        )
        inside = x[(..., *window)].reshape(*x.shape[:2], numbers[window].size)
        # NumPy's argmax takes the first NaN for the largest, too; PyTorch the last.
        places[(..., *position)] = numbers[window].ravel()[inside.argmax(-1)]
    return _picked(rules.adaptive_max_pool, batch, places, was_batch, return_indices)
