"""Which values a parameter or a sample may have."""

from __future__ import annotations

from typing import Any

from minigrad.functions.decompositions import eigvalsh
from minigrad.tensor import Tensor


class Constraint:
    """A set of values.

    Attributes:
        event_dim: how many of the last dimensions make up one value.
    """

    event_dim = 0

    def check(self, value: Tensor) -> Tensor:
        """Whether each value is in the set."""
        raise NotImplementedError

    def __repr__(self) -> str:
        # Those without bounds are named in lower case, and called for it.
        return f"{type(self).__name__.removeprefix('_')}({self._bounds()})"

    def _bounds(self) -> str:
        return ", ".join([f"{name}={value}" for name, value in vars(self).items()])


class _Real(Constraint):
    def check(self, value: Tensor) -> Tensor:
        return value == value


class _Boolean(Constraint):
    def check(self, value: Tensor) -> Tensor:
        return (value == 0) | (value == 1)


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(dim=-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _OneHot(Constraint):
    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        found: Tensor = ((value == 0) | (value == 1)).all(-1) & (value.sum(-1) == 1)
        return found


class _LowerCholesky(Constraint):
    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        below = (value.tril() == value).flatten(-2).all(-1)
        return below & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _PositiveDefinite(Constraint):
    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        symmetric = ((value - value.mT).abs() < 1e-6).flatten(-2).all(-1)
        return symmetric & (eigvalsh(value) > 0).all(-1)


class GreaterThan(Constraint):
    """The numbers above a bound."""

    def __init__(self, lower_bound: Any) -> None:
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        found: Tensor = value > self.lower_bound
        return found


class GreaterThanEq(GreaterThan):
    """The numbers from a bound on."""

    def check(self, value: Tensor) -> Tensor:
        found: Tensor = value >= self.lower_bound
        return found


class LessThan(Constraint):
    """The numbers below a bound."""

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        found: Tensor = value < self.upper_bound
        return found


class Interval(Constraint):
    """The numbers from one bound to another."""

    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        found: Tensor = (value >= self.lower_bound) & (value <= self.upper_bound)
        return found


class IntegerInterval(Interval):
    """The integers from one bound to another."""

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & super().check(value)


class IntegerGreaterThan(GreaterThan):
    """The integers from a bound on."""

    def check(self, value: Tensor) -> Tensor:
        found: Tensor = (value % 1 == 0) & (value >= self.lower_bound)
        return found


class IndependentConstraint(Constraint):
    """What holds for each of several elements, as one."""

    def __init__(self, base: Constraint, count: int) -> None:
        self.base = base
        self.event_dim = base.event_dim + count

    def check(self, value: Tensor) -> Tensor:
        found = self.base.check(value)
        for _ in range(self.event_dim - self.base.event_dim):
            found = found.all(-1)
        return found

    def _bounds(self) -> str:
        return f"{self.base!r}, {self.event_dim - self.base.event_dim}"


real = _Real()
boolean = _Boolean()
simplex = _Simplex()
one_hot = _OneHot()
lower_cholesky = _LowerCholesky()
positive_definite = _PositiveDefinite()
positive = GreaterThan(0.0)
nonnegative = GreaterThanEq(0.0)
nonnegative_integer = IntegerGreaterThan(0)
unit_interval = Interval(0.0, 1.0)
real_vector = IndependentConstraint(real, 1)
greater_than = GreaterThan
less_than = LessThan
interval = Interval
integer_interval = IntegerInterval
