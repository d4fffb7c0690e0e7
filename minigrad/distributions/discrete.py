"""Distributions of one of several values."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from minigrad.distributions import constraints
from minigrad.distributions.constraints import Constraint
from minigrad.distributions.distribution import (
    Distribution,
    batch_shape_of,
    broadcast_all,
    to_logits,
    to_probs,
)
from minigrad.dtypes import finfo
from minigrad.functions.classification import one_hot
from minigrad.functions.creation import arange, empty, eye, full, zeros_like
from minigrad.functions.losses import binary_cross_entropy_with_logits
from minigrad.functions.sampling import bernoulli, multinomial
from minigrad.functions.shapes import broadcast_tensors
from minigrad.grad_mode import no_grad
from minigrad.tensor import Tensor


class _ProbsOrLogits(Distribution):
    """Distributions given by probabilities, or by logarithms of their ratios."""

    binary = True

    def _take(self, probs: Any, logits: Any) -> Any:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        return logits if probs is None else probs

    @functools.cached_property
    def logits(self) -> Tensor:
        return to_logits(self.probs, self.binary)

    @functools.cached_property
    def probs(self) -> Tensor:
        return to_probs(self.logits, self.binary)

    @property
    def _param(self) -> Tensor:
        given: Tensor = self.__dict__["probs" if self._given_probs else "logits"]
        return given

    _given_probs = True


class Bernoulli(_ProbsOrLogits):
    """1 with probability `probs`, otherwise 0.

    Args:
        probs: the probability; or
        logits: ln(p / (1 - p)).
    """

    arg_constraints = {  # noqa: RUF012
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        given = self._take(probs, logits)
        (value,) = broadcast_all(given)
        self._given_probs = probs is not None
        self.__dict__["probs" if self._given_probs else "logits"] = value
        super().__init__(batch_shape_of(value, given), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        mode = (self.probs >= 0.5).to(self.probs)
        return mode.masked_fill(self.probs == 0.5, math.nan)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        value = self._checked(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return _enumerated(arange(2, dtype=self._param.dtype), self._batch_shape, expand)


class Geometric(_ProbsOrLogits):
    """How many failures come before the first success of probability `probs`."""

    arg_constraints = {  # noqa: RUF012
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        given = self._take(probs, logits)
        (value,) = broadcast_all(given)
        self._given_probs = probs is not None
        self.__dict__["probs" if self._given_probs else "logits"] = value
        super().__init__(batch_shape_of(value, given), validate_args=validate_args)
        if self._validate_args and not (self.probs > 0).all():
            raise ValueError(
                f"Expected parameter probs of distribution {self!r} to be positive, but found "
                f"invalid values:\n{self.probs}"
            )

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape, dtype = self._extended_shape(sample_shape), self.probs.dtype
        with no_grad():
            u = empty(shape, dtype=dtype).uniform_(finfo(dtype).tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        value = self._checked(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.masked_fill((probs == 1) & (value == 0), 0)
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        logits = self.logits
        return (
            binary_cross_entropy_with_logits(logits, self.probs, reduction="none") / self.probs
        )


class Categorical(_ProbsOrLogits):
    """The number of one of several categories.

    Args:
        probs: what the probabilities are proportional to, shape (..., categories); or
        logits: their logarithms, up to a constant.
    """

    arg_constraints = {  # noqa: RUF012
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    has_enumerate_support = True
    binary = False

    def __init__(
        self,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        given = self._take(probs, logits)
        name = "logits" if probs is None else "probs"
        if given.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is None:
            self.__dict__[name] = given - given.logsumexp(dim=-1, keepdim=True)
        else:
            self.__dict__[name] = given / given.sum(-1, keepdim=True)
        self._given_probs = probs is not None
        self._num_events = given.shape[-1]
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @property
    def support(self) -> Constraint:  # type: ignore[override]
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def param_shape(self) -> Any:
        """The shape of the probabilities."""
        return self._param.shape

    @property
    def mean(self) -> Tensor:
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    @property
    def variance(self) -> Tensor:
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(dim=-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        rows = self.probs.detach().reshape(-1, self._num_events)
        drawn = multinomial(rows, math.prod(sample_shape), True).T
        return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        index = self._checked(value).long().unsqueeze(-1)
        index, logits = broadcast_tensors(index, self.logits)
        return logits.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return _enumerated(arange(self._num_events), self._batch_shape, expand)


class OneHotCategorical(Distribution):
    """A `Categorical` whose samples are vectors of zeros with a 1 in one place."""

    arg_constraints = {  # noqa: RUF012
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._categorical = Categorical(probs, logits)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return one_hot(self._categorical.mode, self.probs.shape[-1]).to(self.probs)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def expand(self, batch_shape: Sequence[int]) -> OneHotCategorical:
        return OneHotCategorical(self.probs.expand((*batch_shape, *self._event_shape)))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn = self._categorical.sample(sample_shape)
        return one_hot(drawn, self.probs.shape[-1]).to(self.probs)

    def log_prob(self, value: Tensor) -> Tensor:
        return self._categorical.log_prob(self._checked(value).argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = self._event_shape[0]
        values = eye(count, dtype=self.probs.dtype)
        values = values.view(count, *[1] * len(self._batch_shape), count)
        return values.expand((count, *self._batch_shape, count)) if expand else values

    def __repr__(self) -> str:
        return "OneHotCategorical()"


def _enumerated(values: Tensor, batch_shape: Any, expand: bool) -> Tensor:
    values = values.view(-1, *[1] * len(batch_shape))
    return values.expand((-1, *batch_shape)) if expand else values
