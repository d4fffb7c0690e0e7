"""From a list of examples to a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from minigrad.dtypes import float64
from minigrad.functions.creation import as_tensor, tensor
from minigrad.functions.joining import stack
from minigrad.tensor import Tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """Tensors, arrays and numbers become a tensor with one more dimension in front.

    Tuples, lists and dictionaries become one of batches; texts stay a list.

    Raises:
        TypeError: for anything else.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch), 0)
    if isinstance(first, np.ndarray | np.generic) and first.dtype.kind in "biuf":
        return stack([as_tensor(x) for x in batch], 0)
    if isinstance(first, float):
        return tensor(list(batch), dtype=float64)
    if isinstance(first, int):
        return tensor(list(batch))
    if isinstance(first, str | bytes):
        return list(batch)
    if isinstance(first, Mapping):
        merged = {key: default_collate([example[key] for example in batch]) for key in first}
        return type(first)(merged) if type(first) is not dict else merged  # type: ignore[call-arg]
    if isinstance(first, Sequence):
        if len({len(example) for example in batch}) > 1:
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        if hasattr(first, "_fields"):
            return type(first)(*columns)
        return columns
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {type(first)}"
    )


def default_convert(data: Any) -> Any:
    """NumPy arrays become tensors, wherever they are; everything else stays."""
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind in "biuf":
        return as_tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*[default_convert(value) for value in data])
    if isinstance(data, tuple | list):
        return [default_convert(value) for value in data]
    return data
