"""Sorting, the largest few, and where a number would stand among sorted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors, return_types
from minigrad.apply import apply, wrap
from minigrad.functions.arguments import as_int, numpy_names, one_dim, tensor_argument
from minigrad.functions.picking import along
from minigrad.functions.shapes import clone, reshape
from minigrad.node import TensorBase
from minigrad.rules import picking as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "argsort",
    "bucketize",
    "kthvalue",
    "msort",
    "searchsorted",
    "sort",
    "topk",
]


@numpy_names
def sort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False
) -> return_types.sort:
    """The elements in order along `dim`, and where each stood.

    NaN counts as the largest number. Equal elements keep their order.
    """
    data = np.asarray(tensor_argument("sort", input)._data)
    axis = one_dim(dim, data.ndim)
    return return_types.sort(*_picked(rules.sort, input, _order(data, axis, descending), axis))


@numpy_names
def argsort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False
) -> Tensor:
    """The positions that put the elements in order along `dim`."""
    data = np.asarray(tensor_argument("argsort", input)._data)
    return wrap(_order(data, one_dim(dim, data.ndim), descending))


def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension."""
    return sort(input, 0).values


def _order(data: Any, axis: int, descending: bool) -> Any:
    """The positions in order; equal elements stay in theirs."""
    if not data.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(data, axis, kind="stable")
    # The mirror image sorted upwards, and read backwards, keeps equal elements in order.
    mirrored = np.argsort(np.flip(data, axis), axis, kind="stable")
    return data.shape[axis] - 1 - np.flip(mirrored, axis)


def _picked(rule: Any, x: Tensor, positions: Any, axis: int) -> tuple[Tensor, Tensor]:
    if not x._data.ndim:
        values = reshape(apply(rule, (reshape(x, 1),), ((np.zeros(1, np.int64),),)), ())
    else:
        values = apply(rule, (x,), (along(positions, axis),))
    return values, wrap(np.asarray(positions, np.int64))


@numpy_names
def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> return_types.topk:
    """The k largest (or smallest) elements along `dim`, in order, and where they stood."""
    data = np.asarray(tensor_argument("topk", input)._data)
    axis = one_dim(dim, data.ndim)
    k = as_int(k)
    if not 0 <= k <= (data.shape[axis] if data.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if not data.ndim:
        if k == 0:
            return return_types.topk(reshape(input, 1)[:0], wrap(np.zeros(0, np.int64)))
        return return_types.topk(clone(input), wrap(np.int64(0)))
    first = np.take(_order(data, axis, largest), np.arange(k), axis)
    return return_types.topk(*_picked(rules.topk, input, first, axis))


@numpy_names
def kthvalue(
    input: Tensor, k: int, dim: int = -1, keepdim: bool = False
) -> return_types.kthvalue:
    """The k-th smallest element along `dim` (counted from 1), and where it stood."""
    data = np.asarray(tensor_argument("kthvalue", input)._data)
    axis = one_dim(dim, data.ndim)
    length = data.shape[axis] if data.ndim else 1
    if length == 0:
        raise errors.empty_dimension("kthvalue", axis)
    k = as_int(k)
    if not 1 <= k <= length:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
    if not data.ndim:
        return return_types.kthvalue(clone(input), wrap(np.int64(0)))
    there = np.take(_order(data, axis, False), [k - 1], axis)
    values, positions = _picked(rules.kthvalue, input, there, axis)
    if not keepdim:
        shape = (*data.shape[:axis], *data.shape[axis + 1 :])
        values, positions = reshape(values, shape), reshape(positions, shape)
    return return_types.kthvalue(values, positions)


# --- Among sorted numbers ------------------------------------------------------


def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Before which place of the sorted sequence each number could be put in.

    Args:
        sorted_sequence: in order along its last dimension; one sequence for all, or one for
            each row of the input.
        right: put equal numbers after those that are there; so does side="right".
        sorter: positions that bring the sequence in order, if it is not.
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(
            f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}"
        )
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left "
            "while right was True"
        )
    edges = np.asarray(sorted_sequence._data)
    wanted = np.asarray(input._data if isinstance(input, TensorBase) else input)
    if not edges.ndim:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 "
            "dimension"
        )
    if edges.ndim > 1 and edges.shape[:-1] != wanted.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
            "dimensions of boundaries tensor and input value tensor must match, but we got "
            f"boundaries tensor {list(edges.shape)} and input value tensor {list(wanted.shape)}"
        )
    if sorter is not None:
        edges = np.take_along_axis(edges, np.asarray(sorter._data), -1)
    which: Any = "right" if right or side == "right" else "left"
    if edges.ndim == 1:
        found = np.searchsorted(edges, wanted, which)
    else:
        found = np.zeros(wanted.shape, np.int64)
        for row in np.ndindex(edges.shape[:-1]):
            found[row] = np.searchsorted(edges[row], wanted[row], which)
    return wrap(np.asarray(found, np.int32 if out_int32 else np.int64))


def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Tensor:
    """Into which of the intervals between the boundaries each number falls."""
    if boundaries._data.ndim != 1:
        raise RuntimeError(
            f"boundaries tensor must be 1 dimension, but got dim({boundaries._data.ndim})"
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
