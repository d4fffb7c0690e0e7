"""Distributions of several numbers at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.distributions import constraints
from minigrad.distributions.constraints import Constraint, IndependentConstraint
from minigrad.distributions.continuous import standard_normal
from minigrad.distributions.distribution import Distribution
from minigrad.functions.decompositions import cholesky, inv, solve
from minigrad.functions.matrix import matmul
from minigrad.tensor import Tensor


class MultivariateNormal(Distribution):
    """Normal variables that depend on each other.

    Args:
        loc: the means, shape (..., n).
        covariance_matrix: shape (..., n, n); or
        precision_matrix: its inverse; or
        scale_tril: the lower triangle L with covariance L Lᵀ.
    """

    arg_constraints = {  # noqa: RUF012
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = {
            "covariance_matrix": covariance_matrix,
            "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }
        matrices = {name: x for name, x in given.items() if x is not None}
        if len(matrices) != 1:
            raise ValueError(
                "Exactly one of covariance_matrix or precision_matrix or scale_tril may be "
                "specified."
            )
        ((name, matrix),) = matrices.items()
        if matrix.dim() < 2:
            raise ValueError(
                f"{name} must be at least two-dimensional, with optional leading batch "
                "dimensions"
            )
        batch = np.broadcast_shapes(loc.shape[:-1], matrix.shape[:-2])
        self.loc = loc.expand((*batch, -1))
        matrix = matrix.expand((*batch, -1, -1))
        self.__dict__[name] = matrix
        super().__init__(self.loc.shape[:-1], self.loc.shape[-1:], validate_args=validate_args)
        if name == "scale_tril":
            self._scale_tril = matrix
        elif name == "covariance_matrix":
            self._scale_tril = cholesky(matrix)
        else:
            self._scale_tril = cholesky(inv(matrix))

    def __getattr__(self, name: str) -> Tensor:
        # Only those that were given are attributes; the others follow.
        if name == "scale_tril":
            return self._scale_tril
        if name == "covariance_matrix":
            return matmul(self._scale_tril, self._scale_tril.mT)
        if name == "precision_matrix":
            return inv(self.covariance_matrix)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        found: Tensor = self._scale_tril.pow(2).sum(-1)
        return found.expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        eps = standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + matmul(self._scale_tril, eps.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        from_mean = (self._checked(value) - self.loc).unsqueeze(-1)
        scaled = self._scale_tril.expand((*from_mean.shape[:-2], *self._scale_tril.shape[-2:]))
        distance = solve(scaled, from_mean).pow(2).sum((-2, -1))
        constant = self._event_shape[0] * math.log(2 * math.pi)
        found: Tensor = -0.5 * (constant + distance) - self._half_log_det()
        return found

    def _half_log_det(self) -> Tensor:
        found: Tensor = self._scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return found

    def entropy(self) -> Tensor:
        constant = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi))
        found: Tensor = constant + self._half_log_det()
        return found.expand(self._batch_shape) if self._batch_shape else found


class Independent(Distribution):
    """The last batch dimensions of a distribution taken for dimensions of one sample.

    Args:
        base_distribution: any.
        reinterpreted_batch_ndims: how many dimensions.
    """

    def __init__(
        self,
        base_distribution: Any,
        reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:
        batch = base_distribution.batch_shape
        if reinterpreted_batch_ndims > len(batch):
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), "
                f"actual {reinterpreted_batch_ndims} vs {len(batch)}"
            )
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        kept = len(batch) - reinterpreted_batch_ndims
        super().__init__(
            batch[:kept],
            (*batch[kept:], *base_distribution.event_shape),
            validate_args=validate_args,
        )

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return bool(self.base_dist.has_rsample)

    @property
    def support(self) -> Constraint:  # type: ignore[override]
        base: Constraint = self.base_dist.support
        count = self.reinterpreted_batch_ndims
        return IndependentConstraint(base, count) if count else base

    @property
    def mean(self) -> Tensor:
        found: Tensor = self.base_dist.mean
        return found

    @property
    def mode(self) -> Tensor:
        found: Tensor = self.base_dist.mode
        return found

    @property
    def variance(self) -> Tensor:
        found: Tensor = self.base_dist.variance
        return found

    def expand(self, batch_shape: Sequence[int]) -> Independent:
        count = self.reinterpreted_batch_ndims
        inner = self._event_shape[:count]
        return Independent(self.base_dist.expand((*batch_shape, *inner)), count)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn: Tensor = self.base_dist.sample(sample_shape)
        return drawn

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn: Tensor = self.base_dist.rsample(sample_shape)
        return drawn

    def log_prob(self, value: Tensor) -> Tensor:
        return self._summed(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        return self._summed(self.base_dist.entropy())

    def _summed(self, values: Tensor) -> Tensor:
        count = self.reinterpreted_batch_ndims
        return values.sum(tuple(range(-count, 0))) if count else values

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"
