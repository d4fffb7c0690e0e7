"""New tensors at random; after the same `manual_seed` the numbers are PyTorch's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import random
from minigrad.apply import apply, wrap
from minigrad.device import check_device
from minigrad.functions.arguments import shape_argument, tensor_argument
from minigrad.functions.creation import finish, numpy_dtype, shape_of
from minigrad.functions.layout import in_layout_of, is_row_by_row
from minigrad.inplace import copy_
from minigrad.node import TensorBase
from minigrad.rules import sampling as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "bernoulli",
    "initial_seed",
    "manual_seed",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
]

INT64 = np.dtype(np.int64)

# --- Of a shape -------------------------------------------------------------------------


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers spread evenly over [0, 1)."""
    check_device(device)
    shape = shape_of(sizes, size)
    values = random.uniform(shape, numpy_dtype(dtype), generator=generator)
    return finish(values, requires_grad)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normally distributed numbers of mean 0 and standard deviation 1."""
    check_device(device)
    shape = shape_of(sizes, size)
    values = random.normal(shape, numpy_dtype(dtype), generator=generator)
    return finish(values, requires_grad)


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Integers from low (0 if only one bound is given) up to but without high."""
    check_device(device)
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    wanted = INT64 if dtype is None else numpy_dtype(dtype)
    values = random.randint(low, high, shape_argument((size,)), wanted, generator)
    return finish(values, requires_grad)


def randperm(
    n: int,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The integers 0 ... n - 1 in random order."""
    check_device(device)
    wanted = INT64 if dtype is None else numpy_dtype(dtype)
    return finish(random.randperm(n, wanted, generator), requires_grad)


# --- Like another tensor ------------------------------------------------------------------


def rand_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Like `rand`, in the shape and dtype of another tensor."""
    check_device(device)
    wanted = numpy_dtype(dtype or input.dtype)
    values = in_layout_of(
        input, lambda shape: random.uniform(shape, wanted, generator=generator)
    )
    return finish(values, requires_grad)


def randn_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Like `randn`, in the shape and dtype of another tensor."""
    check_device(device)
    wanted = numpy_dtype(dtype or input.dtype)
    return finish(_normals_like(input, wanted, 0.0, 1.0, generator), requires_grad)


def randint_like(
    input: Tensor,
    low: int,
    high: int | None = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Like `randint`, in the shape and dtype of another tensor."""

    def make(shape: tuple[int, ...]) -> Any:
        return randint(low, high, shape, generator=generator, dtype=dtype or input.dtype)

    check_device(device)
    return finish(in_layout_of(input, lambda shape: make(shape).numpy()), requires_grad)


def _normals_like(x: Tensor, dtype: Any, mean: float, std: float, generator: Any) -> Any:
    one_by_one = not is_row_by_row(x)
    return in_layout_of(
        x, lambda shape: random.normal(shape, dtype, mean, std, generator, one_by_one)
    )


# --- With parameters that are tensors -------------------------------------------------------


def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normally distributed numbers.

    Args:
        mean, std: numbers, together with `size`; or tensors, whose shape the result has. No
            gradient goes back to them: the one recorded is 0.
    """
    check_device(device)
    if size is not None:
        shape = shape_argument((size,))
        values = random.normal(shape, numpy_dtype(dtype), mean, std, generator)
        return finish(values, requires_grad)
    given = [x._data for x in (mean, std) if isinstance(x, TensorBase)]
    if not given:
        raise TypeError("normal() needs a size where mean and std are numbers")
    wanted = given[0].dtype if dtype is None else numpy_dtype(dtype)
    shape = np.broadcast_shapes(*[x.shape for x in given])
    unit = random.normal(shape, wanted, generator=generator)
    means, deviations = [x._data if isinstance(x, TensorBase) else x for x in (mean, std)]
    if np.any(np.less(deviations, 0)):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    values = (unit * deviations + means).astype(wanted)[()]
    inputs = [x if isinstance(x, TensorBase) else None for x in (mean, std)]
    return apply(rules.normal, inputs, (values,))


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that each element says (or p), otherwise 0."""
    data = np.asarray(tensor_argument("bernoulli", input)._data)
    drawn = random.bernoulli(data if p is None else p, data.shape, generator)
    return apply(rules.bernoulli, (input,), (drawn.astype(data.dtype)[()],))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None
) -> Tensor:
    """Indices drawn with probabilities proportional to the elements (of each row)."""
    weights = np.asarray(tensor_argument("multinomial", input)._data)
    return wrap(random.multinomial(weights, num_samples, replacement, generator))


# --- In place ---------------------------------------------------------------------------


def _overwrite(x: Tensor, values: Any) -> Tensor:
    return copy_(x, wrap(np.asarray(values, x._data.dtype)[()]))


def uniform_(
    self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **named: Any
) -> Tensor:
    """Overwrite with numbers spread evenly over [from, to)."""
    # `from` is a keyword of Python's, and reaches a function only this way.
    low = named.pop("from", from_)
    if named:
        raise TypeError(f"uniform_() got an unexpected keyword argument '{next(iter(named))}'")
    values = in_layout_of(
        self, lambda shape: random.uniform(shape, self._data.dtype, low, to, generator)
    )
    return _overwrite(self, values)


def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None
) -> Tensor:
    """Overwrite with normally distributed numbers."""
    values = _normals_like(self, self._data.dtype, mean, std, generator)
    return _overwrite(self, values)


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Overwrite with exponentially distributed numbers of rate lambd."""
    values = in_layout_of(
        self, lambda shape: random.exponential(shape, self._data.dtype, lambd, generator)
    )
    return _overwrite(self, values)


def log_normal_(
    self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None
) -> Tensor:
    """Overwrite with numbers whose logarithms are normally distributed."""
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    stream = generator or random.default_generator
    unit = np.asarray(stream.normals_one_by_one(self._data.size))
    return _overwrite(self, np.exp(unit * std + mean).reshape(self._data.shape))


def cauchy_(
    self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None
) -> Tensor:
    """Overwrite with numbers of Cauchy's distribution."""
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    uniforms = (generator or random.default_generator).uniforms64(self._data.size)
    values = median + sigma * np.tan(np.pi * (uniforms - 0.5))
    return _overwrite(self, values.reshape(self._data.shape))


def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Overwrite with the number of trials up to the first success of probability p."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    uniforms = (generator or random.default_generator).uniforms64(self._data.size)
    values = np.ceil(np.log(uniforms) / np.log1p(-p))
    return _overwrite(self, values.reshape(self._data.shape))


def random_(
    self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Any = None
) -> Tensor:
    """Overwrite with integers: all the dtype holds, those below a bound, or between two."""
    shape, kind = self._data.shape, self._data.dtype
    if from_ is None:
        return _overwrite(self, random.integers_of_dtype(shape, kind, generator))
    low, high = (0, from_) if to is None else (from_, to)
    return _overwrite(self, random.randint(low, high, shape, kind, generator))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Overwrite with 1 with probability p (a number, or a tensor of them), otherwise 0."""
    chances = np.asarray(p._data) if isinstance(p, TensorBase) else p
    if isinstance(chances, np.ndarray):
        chances = np.broadcast_to(chances, self._data.shape)
    return _overwrite(self, random.bernoulli(chances, self._data.shape, generator))


# --- The stream -----------------------------------------------------------------------------


def manual_seed(seed: Any) -> random.Generator:
    """Start the default stream of random numbers at `seed`."""
    return random.manual_seed(seed)


seed = random.seed
initial_seed = random.initial_seed
