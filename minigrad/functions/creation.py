"""New tensors: from Python numbers and NumPy arrays, filled, in steps."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import wrap
from minigrad.device import check_device
from minigrad.functions.arguments import shape_argument
from minigrad.functions.layout import is_row_by_row
from minigrad.node import TensorBase

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "arange",
    "as_tensor",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "from_numpy",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "meshgrid",
    "ones",
    "ones_like",
    "scalar_tensor",
    "tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]


def finish(data: Any, requires_grad: bool = False) -> Tensor:
    """A new leaf around an array, or the NumPy scalar in its place if it is 0-d."""
    if requires_grad and data.dtype.kind != "f":
        raise errors.floating_point_only(data.dtype)
    result = wrap(data[()] if data.ndim == 0 else data)
    result._requires_grad = bool(requires_grad)
    return result


def numpy_dtype(dtype: Any) -> np.dtype[Any]:
    """The NumPy dtype for an argument `dtype`; the default float if it is left out."""
    return dtypes.default_float.numpy if dtype is None else dtypes.to_numpy_dtype(dtype)


# --- From values that exist ---------------------------------------------------


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A new tensor with a copy of the values.

    Args:
        data: a number, nested lists of numbers, an array or a tensor.
        dtype: by default an array's own, float32 for Python floats, int64 for ints.
        requires_grad: record what is done with it, so that backward finds its gradient.

    Raises:
        ValueError: for lists of different lengths.
        RuntimeError: for requires_grad on integers.
    """
    check_device(device)
    return finish(to_numpy(data, None if dtype is None else numpy_dtype(dtype)), requires_grad)


def to_numpy(data: Any, dtype: np.dtype[Any] | None) -> Any:
    """A new array of the values, in the dtype that a tensor of them has."""
    if isinstance(data, TensorBase):
        return np.array(data._data, dtype)
    if isinstance(data, np.ndarray | np.generic):
        dtypes.from_numpy_dtype(data.dtype)
        return np.array(data, dtype)
    if isinstance(data, str):
        raise errors.string_data()
    if not isinstance(data, Sequence):
        if not isinstance(data, bool | int | float | complex):
            if not hasattr(data, "__array__"):
                raise errors.no_dtype_for(data)
            return to_numpy(np.asarray(data), dtype)
        return _array_of([data], dtype or dtypes.result_numpy_dtype([data])).reshape(())
    values: list[Any] = []
    shape = _measure(data, values)
    if dtype is None:
        dtype = _dtype_of_list(values)
    return _array_of(values, dtype).reshape(shape)


def _array_of(values: list[Any], dtype: np.dtype[Any]) -> Any:
    """An array of the numbers, none of which may be too large for whole numbers' dtype."""
    if dtype.kind not in "iu":
        return np.array(values, dtype)
    if not all(dtypes.fits(value, dtype) for value in values if isinstance(value, int | float)):
        raise errors.value_out_of_range(dtype, in_data=True)
    try:
        return np.array(values, dtype)
    except OverflowError:
        return np.array(values, np.int64).astype(dtype)


def _measure(data: Any, values: list[Any], depth: int = 0) -> tuple[int, ...]:
    """The shape of nested lists, whose numbers are appended to `values`."""
    if getattr(data, "ndim", 0):
        data = list(data)
    if isinstance(data, str):
        raise errors.strings_data()
    if not isinstance(data, Sequence):
        number = data._data if isinstance(data, TensorBase) else data
        if not isinstance(number, bool | int | float | complex | np.generic | np.ndarray):
            raise errors.no_dtype_for(number)
        values.append(number[()] if isinstance(number, np.ndarray) else number)
        return ()
    if not len(data):
        return (0,)
    first = _measure(data[0], values, depth + 1)
    for item in data[1:]:
        shape = _measure(item, values, depth + 1)
        if shape != first:
            if not first or not shape:
                given = item if not shape else data[0]
                raise TypeError(
                    f"not a sequence: {type(given).__name__} beside a list"
                ) from None
            raise errors.ragged_sequence(first[0], depth + 1, shape[0])
    return (len(data), *first)


def _dtype_of_list(values: list[Any]) -> np.dtype[Any]:
    if not values:
        return dtypes.default_float.numpy
    kinds = {type(value) for value in values}
    if kinds <= {int, float, bool}:
        if float in kinds:
            return dtypes.default_float.numpy
        return dtypes.int64.numpy if int in kinds else dtypes.bool_.numpy
    return dtypes.result_numpy_dtype(
        [v.item() if isinstance(v, np.floating) else v for v in values]
    )


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor of the values, without copying an array or a tensor of the right dtype."""
    check_device(device)
    wanted = None if dtype is None else numpy_dtype(dtype)
    if isinstance(data, TensorBase):
        given: Any = data
        return given if wanted is None else given.to(dtype)  # type: ignore[no-any-return]
    if isinstance(data, np.ndarray) and wanted in (None, data.dtype):
        return from_numpy(data)
    return finish(to_numpy(data, wanted))


def asarray(
    obj: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of the values; with `copy` always a new one, otherwise sharing if it can."""
    if copy:
        made = tensor(obj, dtype=dtype, device=device)
    else:
        made = as_tensor(obj, dtype=dtype, device=device)
    return made.requires_grad_() if requires_grad else made


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor that shares its memory with a NumPy array.

    Raises:
        TypeError: for anything but an array, and for elements that no tensor holds.
    """
    if not isinstance(ndarray, np.ndarray):
        raise errors.not_an_array(ndarray)
    dtypes.from_numpy_dtype(ndarray.dtype)
    return wrap(ndarray)


# --- Filled --------------------------------------------------------------------


def shape_of(sizes: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    """The shape given as `f(2, 3)`, as `f((2, 3))` or as `f(size=(2, 3))`."""
    return shape_argument(sizes if size is None else (size,))


def _filled(shape: tuple[int, ...], value: Any, dtype: np.dtype[Any] | None) -> Any:
    for size in shape:
        if size < 0:
            raise errors.negative_dimension(shape)
    if isinstance(value, TensorBase):
        value = value._data[()]
    if dtype is None:
        dtype = dtypes.result_numpy_dtype([value])
    return np.full(shape, dtypes.fitting(value, dtype), dtype)


def zeros(
    *sizes: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of zeros of the given shape."""
    check_device(device)
    return finish(_filled(shape_of(sizes, size), 0, numpy_dtype(dtype)), requires_grad)


def ones(
    *sizes: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of ones of the given shape."""
    check_device(device)
    return finish(_filled(shape_of(sizes, size), 1, numpy_dtype(dtype)), requires_grad)


def empty(
    *sizes: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor whose values do not matter yet.

    They are zeros here, so that runs can be repeated.
    """
    return zeros(*sizes, size=size, dtype=dtype, device=device, requires_grad=requires_grad)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of one value; its dtype follows the value's."""
    check_device(device)
    wanted = None if dtype is None else numpy_dtype(dtype)
    return finish(_filled(shape_argument((size,)), fill_value, wanted), requires_grad)


def zeros_like(input: Tensor, **named: Any) -> Tensor:
    """Zeros, in the shape and dtype of another tensor; arguments as for `full_like`."""
    return full_like(input, 0, **named)


def ones_like(input: Tensor, **named: Any) -> Tensor:
    """Ones, in the shape and dtype of another tensor; arguments as for `full_like`."""
    return full_like(input, 1, **named)


def empty_like(input: Tensor, **named: Any) -> Tensor:
    """Like `empty`, in the shape and dtype of another tensor; arguments as for `full_like`."""
    return full_like(input, 0, **named)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = dtypes.preserve_format,
) -> Tensor:
    """One value, in the shape and dtype of another tensor.

    Args:
        memory_format: `preserve_format`: the elements lie in memory in the input's order;
            `contiguous_format`: row by row.
    """
    check_device(device)
    wanted = input._data.dtype if dtype is None else numpy_dtype(dtype)
    values = _filled(input._data.shape, fill_value, wanted)
    if memory_format is not dtypes.contiguous_format and not is_row_by_row(input):
        values = np.full_like(input._data, values, wanted)
    return finish(values, requires_grad)


def scalar_tensor(
    s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One number as a 0-d tensor."""
    return full((), s, dtype=numpy_dtype(dtype), device=device, requires_grad=requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal, zeros elsewhere: shape (n, m), m being n unless given."""
    check_device(device)
    for name, length in (("n", n), ("m", m)):
        if length is not None and length < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {length}")
    return finish(np.eye(n, m, dtype=numpy_dtype(dtype)), requires_grad)


# --- In steps --------------------------------------------------------------------


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, ... up to but without end. All ints give int64, otherwise floats.

    Raises:
        RuntimeError: for a step of 0, or one that leads away from the end.
    """
    check_device(device)
    if end is None:
        start, end = 0, start
    start, end, step = [x.item() if hasattr(x, "item") else x for x in (start, end, step)]
    if step == 0:
        raise errors.range_step()
    if (end - start) * step < 0:
        raise errors.range_sign()
    if dtype is None:
        whole = all(isinstance(x, int) for x in (start, end, step))
        wanted = dtypes.int64.numpy if whole else dtypes.default_float.numpy
    else:
        wanted = numpy_dtype(dtype)
    if wanted == dtypes.int64.numpy:
        start, end, step = int(start), int(end), int(step)
    count = max(0, int(np.ceil((end - start) / step)))
    kind = np.int64 if wanted.kind in "iu" else np.float64
    if wanted.kind in "iu":
        start, step = int(start), int(step)
    return finish((start + step * np.arange(count, dtype=kind)).astype(wanted), requires_grad)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers at equal distances, from start to end, both included.

    The first half is counted from the start and the second from the end, as PyTorch does, so
    that both ends are met exactly.
    """
    check_device(device)
    wanted = numpy_dtype(dtype)
    return finish(_even_steps(start, end, steps, wanted).astype(wanted), requires_grad)


def _even_steps(start: Any, end: Any, steps: int, wanted: np.dtype[Any]) -> Any:
    steps = operator.index(steps)
    if steps < 0:
        raise errors.negative_steps()
    start, end = [x.item() if hasattr(x, "item") else x for x in (start, end)]
    kind = wanted
    if wanted.kind != "f":
        start, end, kind = int(start), int(end), np.dtype(np.float64)
    if steps == 1:
        return np.full(1, start, kind)
    first, last = kind.type(start), kind.type(end)
    step = (last - first) / kind.type(steps - 1) if steps > 1 else kind.type(0)
    index = np.arange(steps)
    half = steps // 2
    up = first + step * index[:half].astype(kind)
    down = last - step * (steps - 1 - index[half:]).astype(kind)
    return np.concatenate([up, down])


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` powers of base whose exponents are those of `linspace`."""
    check_device(device)
    wanted = numpy_dtype(dtype)
    # float() because an int to a negative power is refused by NumPy.
    exponents = _even_steps(start, end, steps, wanted).astype(np.float64)
    powers = float(base) ** exponents
    return finish(powers.astype(wanted), requires_grad)


# --- Where things are ---------------------------------------------------------------


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None
) -> Tensor:
    """The places on and below a diagonal of a (row, col) matrix: shape (2, how many)."""
    return _indices(np.tri(row, col, offset, dtype=bool), dtype, device)


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None
) -> Tensor:
    """The places on and above a diagonal of a (row, col) matrix: shape (2, how many)."""
    return _indices(~np.tri(row, col, offset - 1, dtype=bool), dtype, device)


def _indices(chosen: Any, dtype: Any, device: Any) -> Tensor:
    check_device(device)
    return finish(np.array(np.nonzero(chosen), numpy_dtype(dtype)))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """For vectors of coordinates: their values at each point of the grid that they span.

    Args:
        tensors: vectors (or 0-d tensors), one for each dimension of the grid.
        indexing: "ij": the first vector runs along the first dimension; "xy": along the
            second, as the x of an image.

    Raises:
        RuntimeError: for tensors of more than one dimension.
    """
    given: Sequence[Any] = tensors[0] if isinstance(tensors[0], list | tuple) else tensors
    for x in given:
        if x._data.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {x}"
            )
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            'torch.meshgrid: indexing must be one of "xy" or "ij", but received: ' + indexing
        )
    order = list(range(len(given)))
    if indexing == "xy" and len(given) > 1:
        order[:2] = [1, 0]
    lengths = [given[i].numel() for i in order]
    grids = []
    for i, x in enumerate(given):
        along = [1] * len(given)
        along[order.index(i)] = -1
        grids.append(x.reshape(along).expand(lengths))
    return tuple(grids)
