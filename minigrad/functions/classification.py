"""Losses of classification: scores for several classes, and the class that it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.batched import anywhere, as_array
from minigrad.functions import elementwise, reductions, shapes
from minigrad.functions.activations import log_softmax
from minigrad.functions.arguments import INT64
from minigrad.functions.creation import finish
from minigrad.functions.losses import reduced, reduction_of
from minigrad.functions.rounding import clamp_min
from minigrad.functions.similarity import pairwise_distance
from minigrad.rules import losses as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "cosine_embedding_loss",
    "cross_entropy",
    "multi_margin_loss",
    "nll_loss",
    "one_hot",
    "triplet_margin_loss",
]

Array = np.ndarray[Any, np.dtype[Any]]


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-w x for the target's class, where x are logarithms of probabilities.

    Args:
        input: shape (C), (N, C) or (N, C, d1, ...).
        target: class numbers, in the shape without C.
        weight: a factor w for each class. A mean is divided by the sum of those used.
        ignore_index: targets with this number do not count.

    Raises:
        ValueError: if the numbers of examples differ.
        IndexError: for a class that there is not.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    classes = as_array(target._data)
    scores = as_array(input._data)
    _check_classes(scores, classes, weight)
    axis = 1 if scores.ndim > 1 else 0
    counted = classes != ignore_index
    known = np.where(counted, classes, 0)
    outside = (known < 0) | (known >= scores.shape[axis])
    if anywhere(outside):
        raise errors.target_out_of_bounds(int(known[outside][0]), scores.shape[axis])
    factors = counted.astype(scores.dtype)
    if weight is not None:
        factors = factors * np.asarray(weight._data)[known]
    if reduction == "mean":
        total = factors.sum(dtype=factors.dtype)
        factors = factors / (total if scores.dtype.kind == "f" else 1)
    grid = np.indices(classes.shape, sparse=True)
    places = (*grid[:axis], known, *grid[axis:]) if axis else (known,)
    return apply(rules.nll_loss, (input,), (places, -factors, reduction))


def _check_classes(scores: Array, classes: Array, weight: Tensor | None) -> None:
    """Refuse scores and class numbers that do not belong together."""
    single = scores.ndim == 1 and (classes.ndim == 0 or classes.shape == (1,))
    if not single and scores.ndim in (0, 1, 2) and (scores.ndim < 2 or classes.ndim > 1):
        raise errors.nll_dimensions(scores.shape, classes.shape)
    if classes.dtype not in (INT64, np.dtype(np.uint8)):
        raise errors.target_dtype(str(classes.dtype))
    count = scores.shape[1] if scores.ndim > 1 else scores.shape[0]
    if scores.ndim > 1:
        if classes.ndim == 0 or scores.shape[0] != classes.shape[0]:
            found = classes.shape[0] if classes.ndim else 0
            raise errors.batch_sizes(scores.shape[0], found)
        expected = (scores.shape[0], *scores.shape[2:])
        if classes.shape != expected:
            raise errors.nll_target_shape(expected, classes.shape)
    if weight is not None and weight._data.shape != (count,):
        raise errors.class_weights(count, weight._data.shape)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-ln p of the target's class, where p = softmax(input).

    Args:
        input: scores, shape (C), (N, C) or (N, C, d1, ...).
        target: class numbers in the shape without C, or probabilities in the shape of input.
        weight: a factor for each class.
        ignore_index: class numbers that do not count.
        label_smoothing: how much of the target is spread evenly over all classes.

    Raises:
        ValueError: if the numbers of examples differ.
        IndexError: for a class that there is not.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise errors.label_smoothing(label_smoothing)
    axis = 0 if input._data.ndim == 1 else 1
    probabilities = input._data.shape == target._data.shape and input._data.ndim > 0
    if probabilities and target._data.dtype.kind != "f":
        raise errors.probabilities_are_floats(target._data.dtype)
    if not probabilities and target._data.dtype.kind == "f":
        _check_classes(input._data, target._data, weight)
    logarithms = log_softmax(input, axis)
    if probabilities:
        if ignore_index >= 0:
            raise errors.ignored_probabilities()
        return _against_probabilities(
            logarithms, target, weight, reduction, label_smoothing, axis
        )
    hard = nll_loss(logarithms, target, weight, None, ignore_index, None, reduction)
    if not label_smoothing:
        return hard
    soft = _smooth(logarithms, target, weight, ignore_index, reduction, axis)
    share = label_smoothing / input.size(axis)
    smoothed: Tensor = (1 - label_smoothing) * hard + share * soft
    return smoothed


def _for_each_class(weight: Tensor, ndim: int, axis: int) -> Tensor:
    return shapes.reshape(weight, tuple([-1 if i == axis else 1 for i in range(ndim)]))


def _against_probabilities(
    logarithms: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    smoothing: float,
    axis: int,
) -> Tensor:
    classes = logarithms.size(axis)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / classes
    products = logarithms * target
    if weight is not None:
        products = products * _for_each_class(weight, logarithms._data.ndim, axis)
    if reduction == "none":
        return -reductions.sum(products, axis)
    total = -reductions.sum(products)
    if reduction == "sum":
        return total
    count = logarithms.numel() // classes if classes else 0
    return total / count if count else total * float("nan")


def _smooth(
    logarithms: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    axis: int,
) -> Tensor:
    """-Σ w ln p over all classes, for the examples that count."""
    if weight is not None:
        logarithms = logarithms * _for_each_class(weight, logarithms._data.ndim, axis)
    values = -reductions.sum(logarithms, axis)
    classes = np.asarray(target._data)
    counted = classes != ignore_index
    values = elementwise.where(finish(counted), values, 0.0)
    if reduction != "mean":
        return reduced(values, reduction)
    if weight is None:
        return reductions.sum(values) / int(counted.sum())
    used = np.asarray(weight._data)[np.where(counted, classes, 0)] * counted
    return reductions.sum(values) / float(used.sum())


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over classes of max(0, margin - x[target] + x)ᵖ, without the target's own.

    Args:
        input: scores, shape (C) or (N, C).
        target: class numbers, shape () or (N).
        p: 1 or 2.
        weight: a factor for each class, taken for the target's.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    classes = np.asarray(target._data)
    rows = input if input._data.ndim == 2 else shapes.reshape(input, (1, -1))
    known = classes.reshape(-1)
    if len(rows) != len(known):
        raise errors.multi_margin_target(len(rows), classes.shape, input._data.shape)
    if ((known < 0) | (known >= rows.size(1))).any():
        raise RuntimeError("target out of range")
    dtype = rows._data.dtype
    factors = np.ones(len(known), dtype) if weight is None else np.asarray(weight._data)[known]
    places = (np.arange(len(known)), known)
    values = apply(rules.multi_margin_loss, (rows,), (places, p, margin, factors))
    if input._data.ndim < 2 and classes.ndim == 0:
        values = shapes.reshape(values, ())
    return reduced(values, reduction)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each class number a row of zeros with a 1 at its place.

    Args:
        tensor: int64 class numbers, any shape.
        num_classes: the length of a row; -1 for the largest number plus one.

    Returns:
        int64, shape (..., num_classes).
    """
    classes = np.asarray(tensor._data)
    if classes.dtype != INT64:
        raise errors.one_hot_dtype(classes.dtype)
    if classes.size == 0:
        if num_classes <= 0:
            raise errors.one_hot_of_nothing()
        return finish(np.zeros((*classes.shape, num_classes), np.int64))
    if classes.min() < 0:
        raise errors.negative_class()
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    elif classes.max() >= num_classes:
        raise errors.class_too_large()
    rows = np.zeros((*classes.shape, num_classes), np.int64)
    np.put_along_axis(rows, classes[..., None], 1, -1)
    return finish(rows)


# --- Distances between rows ------------------------------------------------------------


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin + ‖anchor - positive + eps‖ₚ - ‖anchor - negative + eps‖ₚ).

    Args:
        swap: take the smaller of the distances of negative from anchor and from positive.

    Balntas et al., "Learning shallow convolutional feature descriptors with triplet losses".
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dimensions = [x._data.ndim for x in (anchor, positive, negative)]
    if len(set(dimensions)) > 1:
        raise errors.triplet_dimensions(*dimensions)
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = elementwise.minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(clamp_min(margin + near - far, 0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos where the target is 1, max(0, cos - margin) where it is -1.

    Args:
        input1, input2: rows, shape (N, D) or (D), whose angle is taken.
        target: 1 or -1, shape (N) or ().
    """
    reduction = reduction_of(size_average, reduce, reduction)
    dim = input1._data.ndim - 1
    if target._data.ndim > 1 or dim != target._data.ndim or input2._data.ndim != dim + 1:
        raise errors.cosine_shapes(input1._data.shape, input2._data.shape, target._data.shape)
    product = reductions.sum(input1 * input2, dim)
    first = reductions.sum(input1 * input1, dim) + 1e-12
    second = reductions.sum(input2 * input2, dim) + 1e-12
    cosine = product / elementwise.sqrt(first * second)
    none = cosine * 0
    together = elementwise.where(target == 1, 1 - cosine, none)
    apart = elementwise.where(target == -1, clamp_min(cosine - margin, 0), none)
    return reduced(together + apart, reduction)
