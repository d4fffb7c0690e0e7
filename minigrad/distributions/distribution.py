"""What all distributions have in common."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from minigrad.distributions.constraints import Constraint
from minigrad.dtypes import Size, finfo
from minigrad.functions.activations import softmax
from minigrad.functions.creation import tensor
from minigrad.functions.elementwise import log, sigmoid
from minigrad.functions.shapes import broadcast_tensors
from minigrad.functions.transcendental import log1p
from minigrad.grad_mode import no_grad
from minigrad.naming import Named
from minigrad.node import TensorBase
from minigrad.tensor import Tensor


class Distribution(metaclass=Named):
    """A batch of distributions.

    Attributes:
        batch_shape: of the parameters: one distribution each.
        event_shape: of one sample from one of them.
        arg_constraints: which values each parameter may have.
        support: which values a sample may have.
    """

    has_rsample = False
    has_enumerate_support = False
    arg_constraints: dict[str, Constraint] = {}  # noqa: RUF012  (a property in some)
    support: Constraint
    _validate_args = True

    def __init__(
        self,
        batch_shape: Sequence[int] = (),
        event_shape: Sequence[int] = (),
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape = Size(batch_shape)
        self._event_shape = Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, constraint in self.arg_constraints.items():
                if name in self.__dict__:
                    self._check_parameter(name, constraint)

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions check their parameters and samples."""
        Distribution._validate_args = value

    def _check_parameter(self, name: str, constraint: Constraint) -> None:
        value = getattr(self, name)
        if not constraint.check(value).all():
            raise ValueError(
                f"Expected parameter {name} ({type(value).__name__} of shape "
                f"{tuple(value.shape)}) of distribution {self!r} to satisfy the constraint "
                f"{constraint!r}, but found invalid values:\n{value}"
            )

    @property
    def batch_shape(self) -> Size:
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        return self._event_shape

    # --- What each says of itself -------------------------------------------------------

    @property
    def mean(self) -> Tensor:
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Like `sample`, with a gradient for the parameters."""
        raise NotImplementedError

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Samples without a gradient, of shape sample_shape + batch_shape + event_shape."""
        with no_grad():
            return self.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability, or of its density."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most this value."""
        raise NotImplementedError

    def icdf(self, value: Tensor) -> Tensor:
        """The value whose `cdf` this is."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values there are, along the first dimension."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The entropy, in nats."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """exp of the entropy."""
        return self.entropy().exp()

    # --- Shapes and checks ---------------------------------------------------------------

    def expand(self, batch_shape: Sequence[int]) -> Self:
        """The same, repeated to another batch shape."""
        new = copy.copy(self)
        old = len(self._batch_shape)
        for name in [*self.arg_constraints, "_param", "_scale_tril"]:
            held = self.__dict__.get(name)
            if isinstance(held, Tensor):
                new.__dict__[name] = held.expand((*batch_shape, *held.shape[old:]))
        new._batch_shape = Size(batch_shape)
        return new

    def _extended_shape(self, sample_shape: Sequence[int] = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _checked(self, value: Any) -> Any:
        """A value whose probability is asked for.

        Raises:
            ValueError: if it is no tensor, does not fit, or is not in the support.
        """
        if not self._validate_args:
            return value
        if not isinstance(value, TensorBase):
            raise ValueError("The value argument to log_prob must be a Tensor")
        shape, events = value._data.shape, len(self._event_shape)
        if shape[len(shape) - events :] != tuple(self._event_shape):
            raise ValueError(
                f"The right-most size of value must match event_shape: {Size(shape)} vs "
                f"{self._event_shape}."
            )
        expected = self._extended_shape()
        try:
            np.broadcast_shapes(shape, expected)
        except ValueError:
            raise ValueError(
                "Value is not broadcastable with batch_shape+event_shape: "
                f"{Size(shape)} vs {expected}."
            ) from None
        if not self.support.check(value).all():  # type: ignore[arg-type]
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {shape}) to be "
                f"within the support ({self.support!r}) of the distribution {self!r}, but "
                f"found invalid values:\n{value}"
            )
        return value

    def __repr__(self) -> str:
        given = [
            f"{name}: {held if held.numel() == 1 else held.size()}"
            for name in self.arg_constraints
            if (held := self.__dict__.get(name)) is not None
        ]
        return f"{type(self).__name__}({', '.join(given)})"


# --- Parameters ----------------------------------------------------------------------------


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Numbers and tensors, as tensors of one shape."""
    like = next((x for x in values if isinstance(x, TensorBase)), None)
    dtype = None if like is None else like.dtype  # type: ignore[attr-defined]
    tensors = [
        x
        if isinstance(x, TensorBase)
        else tensor(x, dtype=dtype)
        if dtype
        else tensor(float(x))
        for x in values
    ]
    found: tuple[Tensor, ...] = tuple(broadcast_tensors(*tensors))
    return found


def batch_shape_of(first: Tensor, *given: Any) -> Size:
    """Empty, if all parameters were given as numbers."""
    return first.shape if any(isinstance(x, TensorBase) for x in given) else Size(())


def to_logits(probs: Tensor, binary: bool = False) -> Tensor:
    """Logarithms of probabilities, or of odds if `binary`; without infinities."""
    eps = finfo(probs.dtype).eps
    clamped = probs.clamp(min=eps, max=1 - eps)
    return log(clamped) - log1p(-clamped) if binary else log(clamped)


def to_probs(logits: Tensor, binary: bool = False) -> Tensor:
    """The way back."""
    return sigmoid(logits) if binary else softmax(logits, dim=-1)
