"""Errors of drawing random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .voices import Shape, c_type, scalar_type, two_voices

if TYPE_CHECKING:
    import numpy.typing as npt

DType = np.dtype[Any]


def seed_out_of_range(seed: int) -> ValueError:
    """A seed of more than 64 bits."""
    return two_voices(
        ValueError("Overflow when unpacking long long"),
        f"the seed is {seed}.",
        "use a number from -2**63 to 2**64 - 1; any small one will do.",
    )


def state_not_bytes() -> TypeError:
    """A generator's state of another dtype than uint8."""
    return two_voices(
        TypeError("RNG state must be a torch.ByteTensor"),
        fix="give what get_rng_state() or generator.get_state() returned.",
    )


def state_of_wrong_size(expected: int, got: int) -> RuntimeError:
    """A generator's state of another length."""
    return two_voices(
        RuntimeError(
            f"Expected a CPUGeneratorImplState of size {expected} but found the input RNG "
            f"state size to be {got}"
        ),
        fix="give what get_rng_state() or generator.get_state() returned.",
    )


def empty_interval(low: float, high: float) -> RuntimeError:
    """`uniform_(1, 0)`."""
    return two_voices(
        RuntimeError(
            "uniform_ expects to return a [from, to) range, but found "
            f"from={low:g} > to={high:g}"
        ),
        "the lower bound comes first.",
    )


def interval_too_wide(low: float, high: float, dtype: npt.DTypeLike) -> RuntimeError:
    """`uniform_` over a width that the dtype cannot hold."""
    return two_voices(
        RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{scalar_type(dtype)}>::max(), "
            f"but found to={high:g} and from={low:g} which result in to-from to exceed the "
            "limit"
        ),
        f"the width of the interval is more than torch.{np.dtype(dtype)} can hold.",
    )


def bound_out_of_range(bound: str, dtype: npt.DTypeLike) -> RuntimeError:
    """A bound that the dtype cannot hold; bound is "from", "to" or "to - 1"."""
    return two_voices(
        RuntimeError(f"{bound} is out of bounds for {c_type(dtype)}"),
        f"torch.{np.dtype(dtype)} cannot hold that number.",
        "choose a wider dtype.",
    )


def empty_integer_range(low: int, high: int) -> RuntimeError:
    """`randint(5, 5, ...)`."""
    return two_voices(
        RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        ),
        "the upper bound is not included, so it must be larger than the lower one.",
    )


def negative_std(std: float) -> RuntimeError:
    """`normal_(0, -1)`."""
    return two_voices(
        RuntimeError(f"normal expects std >= 0.0, but found std {std:g}"),
        "a standard deviation is a width.",
    )


def exponential_needs_floats(dtype: npt.DTypeLike) -> RuntimeError:
    """`exponential_()` on integers."""
    return two_voices(
        RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be "
            f"a floating point but you specified {scalar_type(dtype)}"
        ),
        fix="draw into a tensor of floats.",
    )


def rate_not_positive(rate: float) -> RuntimeError:
    """`exponential_(0)`."""
    return two_voices(
        RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate:g}"),
        "the rate is how many events there are in a unit of time on average.",
    )


def probability_out_of_range(probability: float) -> RuntimeError:
    """`bernoulli_(2)`."""
    return two_voices(
        RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={probability:g}"),
        "p is the probability of a 1.",
    )


def probabilities_out_of_range() -> RuntimeError:
    """`bernoulli` of a tensor with something other than probabilities in it."""
    return two_voices(
        RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error "
            "message be improved?  If so, please report an enhancement request to PyTorch.)"
        ),
        "the tensor holds the probability of a 1 for each element, from 0 to 1.",
        "torch.sigmoid makes probabilities of any numbers.",
    )


def permutation_too_long(n: int, dtype: npt.DTypeLike) -> RuntimeError:
    """`randperm(n)` with a dtype that cannot hold n."""
    kind = np.dtype(dtype)
    sentence = (
        f"n cannot be greater than {2 ** (np.finfo(kind).nmant + 1) + 1} for "
        f"{scalar_type(kind)} type."
        if kind.kind == "f"
        else f"value cannot be converted to type {kind}_t without overflow"
    )
    return two_voices(
        RuntimeError(sentence), f"torch.{kind} cannot hold {n}.", "choose a wider dtype."
    )


def multinomial_dimensions(shape: Shape) -> RuntimeError:
    """Weights that are neither a vector nor a matrix."""
    return two_voices(
        RuntimeError("prob_dist must be 1 or 2 dim"), f"the weights have shape {list(shape)}."
    )


def multinomial_dtype(dtype: npt.DTypeLike) -> RuntimeError:
    """Integer weights."""
    return two_voices(
        RuntimeError(
            "multinomial only supports floating-point dtypes for input, got: "
            f"{scalar_type(dtype)}"
        ),
        fix="convert first: weights.float().",
    )


def multinomial_count(count: int) -> RuntimeError:
    """Nothing to draw."""
    return two_voices(
        RuntimeError("cannot sample n_sample <= 0 samples"), f"{count} were asked for."
    )


def multinomial_too_many(count: int, available: int) -> RuntimeError:
    """More draws than there are indices, without replacement."""
    return two_voices(
        RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement"),
        f"{count} were asked for, of {available}.",
        "pass replacement=True to let an index be drawn again.",
    )


def multinomial_weights() -> RuntimeError:
    """Weights that are not weights."""
    return two_voices(
        RuntimeError("probability tensor contains either `inf`, `nan` or element < 0"),
        fix="torch.softmax makes weights of any numbers.",
    )


def multinomial_no_weight() -> RuntimeError:
    """Weights that are all zero."""
    return two_voices(
        RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)"),
        "all weights are zero, so there is nothing to draw.",
    )


def dropout_probability(probability: float) -> ValueError:
    """`dropout(x, 1.5)`."""
    return two_voices(
        ValueError(f"dropout probability has to be between 0 and 1, but got {probability}"),
        "it is the chance that an element is set to zero.",
    )
