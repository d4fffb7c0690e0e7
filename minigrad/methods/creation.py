"""Methods that make new tensors of this one's dtype, and fill it at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad.functions import creation, sampling

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


class CreationMethods:
    """New tensors from this one, and random numbers into it."""

    __slots__ = ()

    def new_tensor(
        self: Any,
        data: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        """A new tensor with a copy of `data`, in this one's dtype."""
        return creation.tensor(
            data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad
        )

    def new_full(
        self: Any,
        size: Any,
        fill_value: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        """A new tensor of one value, in this one's dtype."""
        return creation.full(
            size,
            fill_value,
            dtype=dtype or self.dtype,
            device=device,
            requires_grad=requires_grad,
        )

    def new_zeros(self: Any, *sizes: Any, size: Any = None, **named: Any) -> Tensor:
        """New zeros in this one's dtype; arguments as for `new_full`."""
        filled: Tensor = self.new_full(creation.shape_of(sizes, size), 0, **named)
        return filled

    def new_ones(self: Any, *sizes: Any, size: Any = None, **named: Any) -> Tensor:
        """New ones in this one's dtype; arguments as for `new_full`."""
        filled: Tensor = self.new_full(creation.shape_of(sizes, size), 1, **named)
        return filled

    new_empty = new_zeros

    uniform_ = sampling.uniform_
    normal_ = sampling.normal_
    exponential_ = sampling.exponential_
    log_normal_ = sampling.log_normal_
    cauchy_ = sampling.cauchy_
    geometric_ = sampling.geometric_
    random_ = sampling.random_
    bernoulli_ = sampling.bernoulli_
    bernoulli = sampling.bernoulli
    multinomial = sampling.multinomial
