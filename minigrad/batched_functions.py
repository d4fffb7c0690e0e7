"""How NumPy's functions carry a batch: the axes of one example come after that of the batch.

One entry for each function that the derivative table uses. What is missing here raises
`NotBatched`, and `vmap` then goes through the examples one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.batched import (
    FUNCTIONS,
    Batched,
    NotBatched,
    aligned,
    count,
    elementwise,
    has,
    len_of,
    one_axis,
    packed,
    some_axes,
    spread,
    top,
)


def carries(*functions: Any) -> Callable[[Any], Any]:
    """Enter what follows as the way these functions carry a batch."""

    def enter(way: Any) -> Any:
        for function in functions:
            FUNCTIONS[function] = way
        return way

    return enter


def by(way: Callable[..., Any], *functions: Any) -> None:
    """Enter `way(function, ...)` for each function."""
    for function in functions:
        FUNCTIONS[function] = lambda *given, function=function, **named: way(
            function, *given, **named
        )


by(elementwise, np.where, np.clip, np.nan_to_num, np.isclose, np.round)


# --- Reductions and scans ------------------------------------------------------


@carries("reduce")
def _reduce(ufunc: Any, x: Any, axis: Any = 0, **named: Any) -> Any:
    axes = some_axes(axis, x.ndim)
    return Batched(ufunc.reduce(x.array, axis=axes, **named), x.level)


@carries("accumulate")
def _accumulate(ufunc: Any, x: Any, axis: int = 0, **named: Any) -> Any:
    return Batched(ufunc.accumulate(x.array, axis=one_axis(axis, x.ndim), **named), x.level)


def _reduction(function: Any, x: Any, axis: Any = None, **named: Any) -> Any:
    return Batched(function(x.array, axis=some_axes(axis, x.ndim), **named), x.level)


by(_reduction, np.sum, np.prod, np.mean, np.max, np.min, np.any, np.all, np.std, np.var)
by(_reduction, np.median, np.count_nonzero)


def _along(function: Any, x: Any, axis: Any = None, **named: Any) -> Any:
    if axis is None:
        flat = Batched(np.reshape(x.array, (len_of(x), x.size)), x.level)
        return _along(function, flat, 0, **named)
    return Batched(function(x.array, axis=one_axis(axis, x.ndim), **named), x.level)


def _along_last(function: Any, x: Any, axis: Any = -1, **named: Any) -> Any:
    return _along(function, x, axis, **named)


by(_along, np.argmax, np.argmin, np.cumsum, np.cumprod)
by(_along_last, np.sort, np.argsort)


@carries(np.flip)
def _flip(x: Any, axis: Any = None) -> Any:
    return Batched(np.flip(x.array, some_axes(axis, x.ndim)), x.level)


@carries(np.roll)
def _roll(x: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        flat = np.reshape(x, (x.size,))
        return np.reshape(_roll(flat, shift, 0), x.shape)
    return Batched(np.roll(x.array, shift, some_axes(axis, x.ndim)), x.level)


@carries(np.take)
def _take(x: Any, indices: Any, axis: Any = None) -> Any:
    if axis is None or isinstance(indices, Batched):
        flat = np.reshape(x, (np.size(x),)) if axis is None else x
        return flat[(slice(None),) * (axis or 0) + (indices,)]
    return Batched(np.take(x.array, indices, one_axis(axis, x.ndim)), x.level)


@carries(np.take_along_axis)
def _take_along_axis(x: Any, indices: Any, axis: int) -> Any:
    level = top((x, indices))
    length = count((x, indices), level)
    whole, places = spread(x, level, length), spread(indices, level, length)
    return Batched(np.take_along_axis(whole, places, one_axis(axis, np.ndim(x))), level)


@carries(np.put_along_axis)
def _put_along_axis(x: Any, indices: Any, values: Any, axis: int) -> None:
    level = top((x, indices, values))
    if not has(x, level):
        raise NotBatched("writing into an array that all examples share")
    ndim = x.ndim
    places = spread(indices, level, len_of(x))
    np.put_along_axis(x.array, places, aligned(values, level, ndim), one_axis(axis, ndim))


# --- Shapes ----------------------------------------------------------------------


@carries(np.reshape)
def _reshape(x: Any, shape: Any, **named: Any) -> Any:
    wanted = list(shape) if isinstance(shape, tuple | list) else [shape]
    if -1 in wanted:
        known = int(np.prod([n for n in wanted if n != -1], dtype=np.int64))
        wanted[wanted.index(-1)] = x.size // max(known, 1)
    if int(np.prod(wanted, dtype=np.int64)) != x.size:
        raise ValueError(f"cannot reshape array of size {x.size} into shape {shape}")
    return Batched(np.reshape(x.array, (len_of(x), *wanted), **named), x.level)


@carries(np.broadcast_to)
def _broadcast_to(x: Any, shape: Any) -> Any:
    wide = aligned(x, x.level, len(shape))
    return Batched(np.broadcast_to(wide, (len_of(x), *shape)), x.level)


@carries(np.transpose)
def _transpose(x: Any, axes: Any = None) -> Any:
    order = range(x.ndim - 1, -1, -1) if axes is None else axes
    return Batched(np.transpose(x.array, (0, *[one_axis(a, x.ndim) for a in order])), x.level)


@carries(np.swapaxes)
def _swapaxes(x: Any, first: int, second: int) -> Any:
    axes = one_axis(first, x.ndim), one_axis(second, x.ndim)
    return Batched(np.swapaxes(x.array, *axes), x.level)


@carries(np.moveaxis)
def _moveaxis(x: Any, source: Any, destination: Any) -> Any:
    places = some_axes(source, x.ndim), some_axes(destination, x.ndim)
    return Batched(np.moveaxis(x.array, *places), x.level)


@carries(np.expand_dims)
def _expand_dims(x: Any, axis: Any) -> Any:
    new = x.ndim + (len(axis) if isinstance(axis, tuple) else 1)
    return Batched(np.expand_dims(x.array, some_axes(axis, new)), x.level)


@carries(np.squeeze)
def _squeeze(x: Any, axis: Any = None) -> Any:
    ones = tuple([i for i, n in enumerate(x.shape) if n == 1]) if axis is None else axis
    return Batched(np.squeeze(x.array, some_axes(ones, x.ndim)), x.level)


def _together(function: Any, arrays: Any, axis: int, extra: int) -> Any:
    level = top(arrays)
    length = count(arrays, level)
    ndim = np.ndim(arrays[0]) + extra
    whole = [spread(x, level, length) for x in arrays]
    return Batched(function(whole, axis=one_axis(axis, ndim)), level)


@carries(np.concatenate)
def _concatenate(arrays: Any, axis: int = 0) -> Any:
    return _together(np.concatenate, arrays, axis, 0)


@carries(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Any:
    return _together(np.stack, arrays, axis, 1)


@carries(np.diagonal)
def _diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    axes = one_axis(axis1, x.ndim), one_axis(axis2, x.ndim)
    view = np.diagonal(x.array, offset, *axes)
    if isinstance(view, np.ndarray) and x.array.flags.writeable:
        view.flags.writeable = True
    return Batched(view, x.level)


@carries(np.pad)
def _pad(x: Any, width: Any, mode: Any = "constant", **named: Any) -> Any:
    widths = np.broadcast_to(width, (x.ndim, 2)).tolist()
    return Batched(np.pad(x.array, [(0, 0), *widths], mode, **named), x.level)


def _new_like(function: Any, x: Any, *given: Any, **named: Any) -> Any:
    shape = named.pop("shape", None)
    if shape is not None:
        named["shape"] = (len_of(x), *shape)
    return Batched(function(x.array, *given, **named), x.level)


by(_new_like, np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.copy)

FUNCTIONS[np.shape] = lambda x: x.shape
FUNCTIONS[np.ndim] = lambda x: x.ndim
FUNCTIONS[np.size] = lambda x: x.size


@carries(np.may_share_memory)
def _may_share_memory(a: Any, b: Any, **named: Any) -> bool:
    while isinstance(a, Batched):
        a = a.array
    while isinstance(b, Batched):
        b = b.array
    return bool(np.may_share_memory(a, b, **named))


# --- Products ----------------------------------------------------------------------


@carries(np.matmul)
def _matmul(a: Any, b: Any) -> Any:
    """Matrix products; one matrix for all examples is one product with all of them as rows."""
    if np.ndim(a) == 1:
        return np.squeeze(_matmul(a[None], b), -1 if np.ndim(b) == 1 else -2)
    if np.ndim(b) == 1:
        return np.squeeze(_matmul(a, b[:, None]), -1)
    level = top((a, b))
    if a.ndim == b.ndim == 2 and has(a, level) and not has(b, level):
        length, rows = len_of(a), a.shape[0]
        product = np.reshape(a.array, (length * rows, a.shape[1])) @ b
        return Batched(np.reshape(product, (length, rows, b.shape[1])), level)
    if a.ndim == b.ndim == 2 and has(b, level) and not has(a, level):
        return np.transpose(_matmul(np.transpose(b), np.transpose(a)))
    ndim = max(a.ndim, b.ndim)
    return Batched(np.matmul(aligned(a, level, ndim), aligned(b, level, ndim)), level)


@carries(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if min(np.ndim(a), np.ndim(b)) < 1 or max(np.ndim(a), np.ndim(b)) > 2:
        raise NotBatched("np.dot of more than matrices")
    return _matmul(a, b)


def _of_matrices(function: Any, x: Any, *given: Any, **named: Any) -> Any:
    return packed(function(x.array, *given, **named), x.level)


by(_of_matrices, np.linalg.det, np.linalg.slogdet, np.linalg.inv, np.linalg.cholesky)
by(_of_matrices, np.linalg.eigh, np.linalg.svd, np.linalg.qr, np.tril, np.triu)


@carries(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return np.squeeze(_solve(a, b[:, None]), -1)
    level = top((a, b))
    ndim = max(a.ndim, b.ndim)
    return Batched(np.linalg.solve(aligned(a, level, ndim), aligned(b, level, ndim)), level)


# --- Indexing ----------------------------------------------------------------------


def _is_array(item: Any) -> bool:
    return isinstance(item, np.ndarray | Batched | list)


def _plain_index(index: Any, ndim: int) -> tuple[tuple[Any, ...], int | None, int]:
    """An index without an ellipsis; where its arrays begin in the result, and their dimensions.

    Arrays (and the integers among them) that stand side by side leave their dimensions there;
    others leave them in front.
    """
    items = list(index) if isinstance(index, tuple) else [index]
    used = sum([i.ndim if _is_bool(i) else i is not None for i in items if i is not Ellipsis])
    if any(item is Ellipsis for item in items):
        at = next(k for k, item in enumerate(items) if item is Ellipsis)
        items[at : at + 1] = [slice(None)] * (ndim - used)
    if not any(_is_array(item) for item in items):
        return tuple(items), None, 0
    places = [k for k, i in enumerate(items) if not (isinstance(i, slice) or i is None)]
    adjacent = _adjacent(items)
    ranks = [1 if _is_bool(items[k]) else np.ndim(items[k]) for k in places]
    return tuple(items), places[0] if adjacent else 0, max(ranks)


def _is_bool(item: Any) -> bool:
    return _is_array(item) and np.dtype(bool) is getattr(item, "dtype", None)


@carries("getitem")
def _getitem(x: Any, index: Any) -> Any:
    items, begin, ndim = _plain_index(index, x.ndim)
    level = top((x, *items))
    if begin is None or not any(has(item, level) for item in items):
        picked = x.array[(slice(None), *items)]
        separated = begin == 0 and not _adjacent(items)
        return Batched(np.moveaxis(picked, ndim, 0) if separated else picked, level)
    if any(has(item, level) and item.dtype is np.dtype(bool) for item in items):
        raise NotBatched("a boolean index that differs between examples")
    length = count((x, *items), level)
    places = [aligned(i, level, ndim) if has(i, level) else i for i in items]
    which = np.arange(length).reshape((length,) + (1,) * ndim)
    picked = spread(x, level, length)[(which, *places)]
    return Batched(np.moveaxis(picked, range(1, ndim + 1), _from(begin, ndim)), level)


def _from(begin: int, ndim: int) -> list[int]:
    return [begin + 1 + k for k in range(ndim)]


def _adjacent(items: Any) -> bool:
    """Whether the arrays in an index stand side by side: then their dimensions stay there."""
    places = [k for k, i in enumerate(items) if not (isinstance(i, slice) or i is None)]
    return places[-1] - places[0] + 1 == len(places)


@carries("setitem")
def _setitem(x: Any, index: Any, value: Any) -> None:
    places, ndim = _places_to_write(x, index, value)
    x.array[places] = aligned(value, x.level, ndim)


@carries("at")
def _at(ufunc: Any, x: Any, index: Any, value: Any) -> None:
    places, ndim = _places_to_write(x, index, value)
    ufunc.at(x.array, places, aligned(value, x.level, ndim))


def _places_to_write(x: Any, index: Any, value: Any) -> tuple[tuple[Any, ...], int]:
    """An index into the whole batch, and how many dimensions an example has there."""
    items, begin, ndim = _plain_index(index, np.ndim(x))
    level = top((x, value, *items))
    if not has(x, level):
        raise NotBatched("writing into an array that all examples share")
    differs = any(has(item, level) for item in items)
    if any(has(item, level) and item.dtype is np.dtype(bool) for item in items) or (
        begin is not None and (not _adjacent(items) or (differs and begin > 0))
    ):
        raise NotBatched("writing to places that do not lie side by side")
    places: tuple[Any, ...] = (slice(None), *items)
    if differs:
        which = np.arange(len_of(x)).reshape((len_of(x),) + (1,) * ndim)
        places = (which, *[aligned(i, level, ndim) for i in items])
    return places, x.array[places].ndim - 1
