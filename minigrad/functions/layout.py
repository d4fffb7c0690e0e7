"""The order in which the elements of a tensor lie in memory.

PyTorch fills a new tensor that is like another in that order, and so it decides which random
number comes where.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def order_like(data: Any) -> str:
    """NumPy's word for the order of elements in what is like an array: "C" row by row, or "K".

    An array that is stretched over its memory has no order that could be kept.
    """
    if not isinstance(data, np.ndarray) or data.flags.c_contiguous:
        return "C"
    stretched = any(
        step == 0 and size > 1 for step, size in zip(data.strides, data.shape, strict=True)
    )
    return "C" if stretched else "K"


def is_row_by_row(x: Any) -> bool:
    """Whether what is like this tensor has its elements in memory in the order of indices."""
    return order_like(x._data) == "C"


def in_layout_of(x: Any, make: Callable[[tuple[int, ...]], Any]) -> Any:
    """What `make(shape)` gives, in the shape and the order of axes in memory of a tensor."""
    data = np.asarray(x._data)
    if is_row_by_row(x):
        return make(data.shape)
    order = sorted(range(data.ndim), key=lambda axis: -data.strides[axis])
    made = make(tuple([data.shape[axis] for axis in order]))
    return np.transpose(made, np.argsort(order))
