"""Losses: how far a prediction is from what was wanted, as one number (or one for each)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import errors
from minigrad.apply import apply
from minigrad.functions import elementwise, reductions, shapes, transcendental
from minigrad.functions.activations import logsigmoid
from minigrad.functions.creation import finish, ones_like, zeros_like
from minigrad.functions.rounding import clamp_min
from minigrad.functions.similarity import pairwise_distance
from minigrad.rules import losses as rules
from minigrad.rules.table import Rule

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "multilabel_soft_margin_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "triplet_margin_with_distance_loss",
]


def reduction_of(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The reduction that was asked for, also by the old arguments.

    Raises:
        ValueError: for one that there is not.
    """
    if size_average is not None or reduce is not None:
        averaged = size_average is None or size_average
        reduced = reduce is None or reduce
        reduction = ("mean" if averaged else "sum") if reduced else "none"
        warnings.warn(
            "size_average and reduce args will be deprecated, please use "
            f"reduction='{reduction}' instead.",
            stacklevel=3,
        )
    if reduction not in ("none", "mean", "sum"):
        raise errors.unknown_reduction(reduction)
    return reduction


def reduced(values: Tensor, reduction: str) -> Tensor:
    """The mean, the sum, or the values as they are."""
    if reduction == "mean":
        return reductions.mean(values)
    return reductions.sum(values) if reduction == "sum" else values


def _compared(
    rule: Rule, input: Tensor, target: Tensor, reduction: str, option: Any = None
) -> Tensor:
    """A pairwise loss applied; the sizes should be the same."""
    if input._data.shape != target._data.shape:
        _warn_of_sizes(input, target)
    return apply(rule, (input, target), (reduction, option))


def _warn_of_sizes(input: Tensor, target: Tensor) -> None:
    warnings.warn(
        errors.target_size_warning(target._data.shape, input._data.shape), stacklevel=4
    )


# --- Distances -----------------------------------------------------------------------


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(x - y)², averaged ("mean"), summed ("sum") or as it is ("none").

    Args:
        weight: factors for the elements; their sum takes the place of their number in a mean.

    Raises:
        ValueError: for another reduction.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if weight is None:
        return _compared(rules.mse_loss, input, target, reduction)
    values = _compared(rules.mse_loss, input, target, "none")
    return _weighted_reduction(values, weight, reduction, input._data.shape)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|x - y|; arguments as for `mse_loss`."""
    reduction = reduction_of(size_average, reduce, reduction)
    if input._data.shape != target._data.shape:
        _warn_of_sizes(input, target)
    values = elementwise.abs(input - target)
    if weight is not None:
        return _weighted_reduction(values, weight, reduction, input._data.shape)
    return reduced(values, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """(x - y)²/(2 beta) where |x - y| < beta, elsewhere |x - y| - beta/2. Girshick, 2015."""
    reduction = reduction_of(size_average, reduce, reduction)
    if beta < 0:
        raise errors.negative_beta()
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return _compared(rules.smooth_l1_loss, input, target, reduction, beta)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """delta times `smooth_l1_loss` with beta = delta. Huber, 1964."""
    reduction = reduction_of(None, None, reduction)
    if delta <= 0:
        raise errors.delta_not_positive()
    if weight is None:
        return _compared(rules.huber_loss, input, target, reduction, delta)
    values = _compared(rules.huber_loss, input, target, "none", delta)
    return _weighted_reduction(values, weight, reduction, input._data.shape)


def _weighted_reduction(
    values: Tensor, weight: Tensor, reduction: str, shape: tuple[int, ...]
) -> Tensor:
    if weight._data.shape != shape:
        raise ValueError("Weights and input must have the same size.")
    weighted = values * weight
    if reduction == "mean":
        return reductions.sum(weighted) / reductions.sum(weight)
    return reduced(weighted, reduction)


# --- Probabilities of two outcomes ------------------------------------------------------


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-(y ln x + (1 - y) ln(1 - x)), with logarithms of at least -100.

    Args:
        input: probabilities.
        target: in the same shape, what the probabilities should have been.
        weight: factors for the elements.

    Raises:
        ValueError: if the shapes differ.
        RuntimeError: if an element of input is no probability.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    x = np.asarray(input._data)
    if x.shape != target._data.shape:
        raise errors.target_size(target._data.shape, x.shape)
    if not ((x >= 0) & (x <= 1)).all():
        raise errors.not_probabilities()
    factors = None if weight is None else np.broadcast_to(weight._data, x.shape)
    return apply(rules.binary_cross_entropy, (input, target), (reduction, factors))


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(x), computed without overflow.

    Args:
        input: scores x, any numbers.
        target: in the same shape, the wanted probabilities.
        weight: factors for the elements.
        pos_weight: factors for the part with target 1.

    Raises:
        ValueError: if the shapes differ.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if input._data.shape != target._data.shape:
        raise errors.logits_target_size(target._data.shape, input._data.shape)
    option = None
    if weight is not None or pos_weight is not None:
        option = tuple([None if w is None else w._data for w in (weight, pos_weight)])
    return apply(rules.binary_cross_entropy_with_logits, (input, target), (reduction, option))


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """`binary_cross_entropy_with_logits`, averaged over the last dimension."""
    reduction = reduction_of(size_average, reduce, reduction)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    last = input._data.ndim - 1
    return reduced(reductions.sum(loss, last) / input.size(last), reduction)


# --- Distributions ---------------------------------------------------------------------


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target · (ln target - input), where input holds logarithms of probabilities.

    Args:
        reduction: "batchmean" (the divergence, averaged over dimension 0), "mean" (over all
            elements), "sum" or "none".
        log_target: whether target holds logarithms too.

    Kullback & Leibler, "On information and sufficiency", 1951.
    """
    by_batch = reduction == "batchmean" and size_average is None and reduce is None
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(errors.KL_DIV_MEAN, stacklevel=2)
    reduction = reduction_of(size_average, reduce, "sum" if by_batch else reduction)
    if log_target:
        values = elementwise.exp(target) * (target - input)
    else:
        values = transcendental.xlogy(target, target) - target * input
    result = reduced(values, reduction)
    return result / input.size(0) if by_batch and input._data.ndim else result


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """λ - y ln λ for counts y and their expectation λ = eˣ (λ = x without `log_input`).

    Args:
        full: add Stirling's approximation of ln y! where y > 1.
        eps: keeps the logarithm of 0 finite.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if log_input:
        loss = elementwise.exp(input) - target * input
    else:
        loss = input - target * elementwise.log(input + eps)
    if full:
        stirling = (
            target * elementwise.log(target)
            - target
            + 0.5 * elementwise.log(2 * math.pi * target)
        )
        loss = loss + elementwise.where(target <= 1, zeros_like(target), stirling)
    return reduced(loss, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(ln v + (x - y)²/v) / 2 for a variance v. Nix & Weigend, 1994.

    Args:
        var: variances, at least eps; in the shape of input, or without (or with length 1 in)
            its last dimension.
        full: add ln(2π) / 2.
    """
    variance: Tensor = var * ones_like(input) if isinstance(var, float) else var
    if (np.asarray(variance._data) < 0).any():
        raise ValueError("var has negative entry/entries")
    shape, given = input._data.shape, variance._data.shape
    if given != shape:
        misfits = [b for a, b in zip(shape, given, strict=False) if a != b]
        if shape[:-1] == given:
            variance = shapes.unsqueeze(variance, -1)
        elif len(given) != len(shape) or sum(misfits) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    # The bound changes the number, not the derivative.
    short = np.maximum(eps - np.asarray(variance._data), 0)
    variance = variance + finish(short.astype(variance._data.dtype))
    residual = input - target
    loss = 0.5 * (elementwise.log(variance) + residual * residual / variance)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


# --- Margins ---------------------------------------------------------------------------


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ln(1 + e⁻ˣʸ) for targets ±1."""
    reduction = reduction_of(size_average, reduce, reduction)
    return apply(rules.soft_margin_loss, (input, target), (reduction, None))


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """x where the target is 1, max(0, margin - x) where it is -1."""
    reduction = reduction_of(size_average, reduce, reduction)
    none = zeros_like(input)
    apart = elementwise.where(target != 1, clamp_min(margin - input, 0), none)
    together = elementwise.where(target != -1, input, none)
    return reduced(apart + together, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, -y (x1 - x2) + margin): x1 should be the larger where y = 1, x2 where y = -1."""
    reduction = reduction_of(size_average, reduce, reduction)
    if len({x._data.ndim for x in (input1, input2, target)}) > 1:
        raise errors.ranking_dimensions(*[x._data.shape for x in (input1, input2, target)])
    return reduced(clamp_min(-target * (input1 - input2) + margin, 0), reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin + d(anchor, positive) - d(anchor, negative)).

    Args:
        distance_function: d; the Euclidean distance along the last dimension by default.
        swap: take the smaller of d(anchor, negative) and d(positive, negative).
    """
    reduction = reduction_of(None, None, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dimensions = [x._data.ndim for x in (anchor, positive, negative)]
    if len(set(dimensions)) > 1:
        raise errors.triplet_dimensions(*dimensions)
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = elementwise.minimum(far, distance(positive, negative))
    return reduced(clamp_min(margin + near - far, 0), reduction)
