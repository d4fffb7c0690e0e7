"""Kullback and Leibler's divergence of one distribution from another."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minigrad.distributions.continuous import Exponential, Laplace, Normal, Uniform
from minigrad.distributions.discrete import Bernoulli, Categorical, Geometric
from minigrad.distributions.distribution import Distribution
from minigrad.distributions.joint import Independent, MultivariateNormal
from minigrad.functions.activations import softplus
from minigrad.functions.creation import full_like
from minigrad.functions.decompositions import solve
from minigrad.functions.elementwise import where
from minigrad.tensor import Tensor

Formula = Callable[[Any, Any], Tensor]
KNOWN: dict[tuple[type, type], Formula] = {}


def register_kl(
    type_p: type[Distribution], type_q: type[Distribution]
) -> Callable[[Formula], Formula]:
    """Decorate a function of (p, q) that `kl_divergence` is to call for these classes."""

    def decorator(formula: Formula) -> Formula:
        KNOWN[type_p, type_q] = formula
        return formula

    return decorator


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """E[ln p(x) - ln q(x)] for x drawn from p; shape of the batch.

    Raises:
        NotImplementedError: for two distributions of which no formula is known.
    """
    for first in type(p).__mro__:
        for second in type(q).__mro__:
            if (first, second) in KNOWN:
                return KNOWN[first, second](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type "
        f"{type(q).__name__}"
    )


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale).pow(2)
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).pow(2) - 1 - ratio.log())


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    one = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    zero = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    one = where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, one))
    zero = where(p.probs == 1, 0.0, where(q.probs == 1, math.inf, zero))
    found: Tensor = one + zero
    return found


@register_kl(Categorical, Categorical)
def _categorical(p: Categorical, q: Categorical) -> Tensor:
    terms: Tensor = p.probs * (p.logits - q.logits)
    terms = where((q.probs == 0).expand_as(terms), full_like(terms, math.inf), terms)
    terms = where((p.probs == 0).expand_as(terms), full_like(terms, 0.0), terms)
    return terms.sum(-1)


@register_kl(Exponential, Exponential)
def _exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(Geometric, Geometric)
def _geometric(p: Geometric, q: Geometric) -> Tensor:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio = p.scale / q.scale
    apart = (p.loc - q.loc).abs()
    away = apart / q.scale
    return -ratio.log() + away + ratio * (-apart / p.scale).exp() - 1


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Tensor:
    found = ((q.high - q.low) / (p.high - p.low)).log()
    outside = (q.low > p.low) | (q.high < p.high)
    return found.where(~outside, math.inf)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot "
            "be computed"
        )
    spread = solve(q._scale_tril, p._scale_tril).pow(2).sum((-2, -1))
    apart = solve(q._scale_tril, (q.loc - p.loc).unsqueeze(-1)).pow(2).sum((-2, -1))
    half_log_dets = q._half_log_det() - p._half_log_det()
    found: Tensor = half_log_dets + 0.5 * (spread + apart - p.event_shape[0])
    return found


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return p._summed(kl_divergence(p.base_dist, q.base_dist))
