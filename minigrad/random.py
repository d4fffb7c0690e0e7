"""Random numbers: the same seed gives the same numbers as PyTorch on a CPU.

One stream of 32-bit words, the Mersenne Twister MT19937, feeds every distribution; each
distribution says here how many words it takes and what it makes of them. NumPy supplies the
words and knows nothing of the rest. What PyTorch computes with fused multiply-adds or with
polynomials for log, sin and cos is computed here in the same steps, because a number that
differs in its last bit ends, after a hundred training steps, as a different printed loss. The
model is PyTorch 2.13 on an x86-64 machine with AVX2 whose maker is not Intel: on Intel's,
PyTorch asks Intel's library for bernoulli (so dropout) and exponential (so multinomial without
replacement), and that library draws other numbers.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, SupportsInt

import numpy as np

from minigrad.naming import Shown

from . import errors
from .device import CPU, check_device

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Float32 = npt.NDArray[np.float32]
    Float64 = npt.NDArray[np.float64]

__all__ = [
    "Generator",
    "bernoulli",
    "default_generator",
    "exponential",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "integers_of_dtype",
    "manual_seed",
    "multinomial",
    "normal",
    "randint",
    "randperm",
    "seed",
    "set_rng_state",
    "uniform",
]

Shape = int | Sequence[int]

# The layout of `torch.Generator.get_state()`, so that a saved state can be carried over.
STATE_LAYOUT = np.dtype(
    [
        ("seed", np.uint64),
        ("left", np.int32),
        ("seeded", np.int32),
        ("next", np.uint64),
        ("words", np.uint64, 624),
        ("unused_x", np.float64),
        ("spare_normal", np.float64),
        ("unused_rho", np.float64),
        ("has_spare", np.int32),
        ("unused_float", np.float32, 3),
    ]
)


class Generator(Shown):
    """A stream of random numbers with its own seed, as `torch.Generator`.

    Args:
        device: "cpu"; there is no other.
    """

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device)
        self.device = CPU
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: SupportsInt | str) -> Generator:
        """Start the stream anew.

        Args:
            seed: an integer from -2**63 to 2**64 - 1; negative ones count from 2**64 down. Only
                its low 32 bits matter to the numbers.

        Returns:
            The generator itself.

        Raises:
            ValueError: for a seed out of that range.
        """
        number = int(seed)
        if not -(2**63) <= number < 2**64:
            raise errors.seed_out_of_range(number)
        self._seed = number % 2**64
        self._stream: np.random.RandomState | None = None
        self._spare_normal: float | None = None
        return self

    def seed(self) -> int:
        """Start the stream anew from an unpredictable seed, and return that seed."""
        self.manual_seed(int.from_bytes(os.urandom(8)) >> 11)
        return self._seed

    def initial_seed(self) -> int:
        """The seed that the stream was started from."""
        return self._seed

    def get_state(self) -> npt.NDArray[np.uint8]:
        """The place in the stream, as the 5056 bytes that PyTorch uses for it."""
        twister = self._twister().get_state(legacy=False)["state"]
        position = int(twister["pos"])
        state = np.zeros(1, STATE_LAYOUT)
        state["seed"] = self._seed
        state["seeded"] = 1
        state["words"] = twister["key"]
        state["next"] = position % 624
        state["left"] = 625 - position
        state["has_spare"] = self._spare_normal is not None
        state["spare_normal"] = self._spare_normal or 0.0
        return state.view(np.uint8)

    def set_state(self, state: npt.ArrayLike) -> Generator:
        """Go to a place in the stream that `get_state` (or PyTorch's) has returned."""
        data = np.ascontiguousarray(state)
        if data.dtype != np.uint8:
            raise errors.state_not_bytes()
        if data.size != STATE_LAYOUT.itemsize:
            raise errors.state_of_wrong_size(STATE_LAYOUT.itemsize, data.size)
        saved = data.reshape(-1).view(STATE_LAYOUT)[0]
        self.manual_seed(int(saved["seed"]))
        position = 625 - int(saved["left"])
        self._twister().set_state(
            ("MT19937", saved["words"].astype(np.uint32), position, 0, 0.0)
        )
        self._spare_normal = float(saved["spare_normal"]) if saved["has_spare"] else None
        return self

    def _twister(self) -> np.random.RandomState:
        # Made at the first draw: it takes NumPy longer to import its random numbers than
        # minigrad takes to import everything else.
        if self._stream is None:
            self._stream = np.random.RandomState(self._seed % 2**32)
        return self._stream

    def words(self, count: int) -> npt.NDArray[np.uint32]:
        """The next 32-bit words of the stream."""
        return self._twister().randint(0, 2**32, size=count, dtype=np.uint32)

    def long_words(self, count: int) -> npt.NDArray[np.uint64]:
        """The next 64-bit words: two words each, the high one first."""
        pairs = self.words(2 * count).astype(np.uint64)
        return (pairs[0::2] << np.uint64(32)) | pairs[1::2]

    def uniforms32(self, count: int) -> Float32:
        """Multiples of 2**-24 in [0, 1): one word each."""
        low_bits = self.words(count) & np.uint32(2**24 - 1)
        return low_bits.astype(np.float32) * np.float32(2.0**-24)

    def uniforms64(self, count: int) -> Float64:
        """Multiples of 2**-53 in [0, 1): two words each."""
        low_bits = self.long_words(count) & np.uint64(2**53 - 1)
        return low_bits.astype(np.float64) * 2.0**-53

    def normals_one_by_one(self, count: int) -> Float64:
        """Standard normals by the Box-Muller transform, two at a time; an odd one is kept."""
        values = [] if self._spare_normal is None or count == 0 else [self._spare_normal]
        if values:
            self._spare_normal = None
        pairs = (count - len(values) + 1) // 2
        uniforms = self.uniforms64(2 * pairs).tolist()
        for u1, u2 in zip(uniforms[0::2], uniforms[1::2], strict=True):
            radius = math.sqrt(-2.0 * math.log1p(-u2))
            angle = 2.0 * math.pi * u1
            values += [radius * math.cos(angle), radius * math.sin(angle)]
        if len(values) > count:
            self._spare_normal = values.pop()
        return np.array(values, np.float64)


default_generator = Generator()
default_generator.seed()


def manual_seed(seed: SupportsInt | str) -> Generator:
    """Start the default stream anew; see `Generator.manual_seed`."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default stream anew from an unpredictable seed, and return that seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default stream was started from."""
    return default_generator.initial_seed()


def get_rng_state() -> npt.NDArray[np.uint8]:
    """The place in the default stream; see `Generator.get_state`."""
    return default_generator.get_state()


def set_rng_state(new_state: npt.ArrayLike) -> None:
    """Go to a place in the default stream; see `Generator.set_state`."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: object = None, enabled: bool = True) -> Iterator[None]:
    """Within the `with` block draw what you like: afterwards the stream is where it was."""
    state = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            set_rng_state(state)


def uniform(
    shape: Shape,
    dtype: npt.DTypeLike = np.float32,
    low: float = 0.0,
    high: float = 1.0,
    generator: Generator | None = None,
) -> Array:
    """Numbers spread evenly over [low, high).

    Args:
        shape: of the result.
        dtype: float16, float32 or float64. The first two take one word a number, float64 two.
        low, high: the interval.
        generator: the stream to draw from; None stands for the default one.

    Raises:
        NotImplementedError: for other dtypes.
        RuntimeError: for an interval that is empty or beyond the dtype.
    """
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise errors.not_implemented_for("check_uniform_bounds", dtype)
    _check_interval(dtype, low, high)
    generator = generator or default_generator
    size, shape = _size(shape)
    if dtype == np.float64:
        values = _scale(generator.uniforms64(size), high - low, low)
    else:
        width = float(np.float32(high) - np.float32(low))
        values = _scale(generator.uniforms32(size), width, low)
    if dtype == np.float16:
        # Rounding to half precision can reach `high`, which is outside; PyTorch wraps it round.
        values = values.astype(np.float16)
        values[values == np.float16(high)] = low
    return values.reshape(shape)


def normal(
    shape: Shape,
    dtype: npt.DTypeLike = np.float32,
    mean: float = 0.0,
    std: float = 1.0,
    generator: Generator | None = None,
    one_by_one: bool = False,
) -> Array:
    """Normally distributed numbers, by the Box-Muller transform.

    PyTorch has two paths, and so has this: fewer than 16 numbers come one by one in double
    precision; from 16 on they come in blocks of 16, in the dtype's own precision, and an
    incomplete last block is made by drawing the last 16 numbers once more.

    Args:
        shape: of the result.
        dtype: float16, float32 or float64.
        mean, std: of the distribution.
        generator: the stream to draw from; None stands for the default one.
        one_by_one: take the first path, as PyTorch does to fill memory that is not in order.

    Raises:
        NotImplementedError: for other dtypes.
        RuntimeError: for a negative standard deviation.
    """
    dtype = np.dtype(dtype)
    if not std >= 0.0:
        raise errors.negative_std(std)
    if dtype.kind != "f":
        raise errors.not_implemented_for("normal_kernel_cpu", dtype)
    generator = generator or default_generator
    size, shape = _size(shape)
    if size < 16 or one_by_one:
        values: Array = _scale(generator.normals_one_by_one(size), std, mean)
    else:
        values = _scale(_normals_in_blocks(generator, size, dtype), std, mean)
    return values.astype(dtype, copy=False).reshape(shape)


def exponential(
    shape: Shape,
    dtype: npt.DTypeLike = np.float32,
    rate: float = 1.0,
    generator: Generator | None = None,
) -> Array:
    """Exponentially distributed numbers: -log(1 - u) / rate.

    Raises:
        RuntimeError: for a dtype without fractions, or a rate that is not positive.
    """
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise errors.exponential_needs_floats(dtype)
    if not rate > 0.0:
        raise errors.rate_not_positive(rate)
    size, shape = _size(shape)
    uniforms = (generator or default_generator).uniforms64(size)
    logs = _by_libm(math.log1p, -uniforms) if dtype == np.float64 else np.log1p(-uniforms)
    return (-1.0 / rate * logs).astype(dtype, copy=False).reshape(shape)


def bernoulli(
    probability: float | Array,
    shape: Shape | None = None,
    generator: Generator | None = None,
) -> npt.NDArray[np.bool_]:
    """True with the given probability.

    Args:
        probability: one for all, or an array of one for each. A float32 array takes one word a
            draw, everything else two.
        shape: of the result; by default the array's.
        generator: the stream to draw from; None stands for the default one.

    Raises:
        RuntimeError: for a probability outside [0, 1].
    """
    generator = generator or default_generator
    if not isinstance(probability, np.ndarray):
        if not 0.0 <= probability <= 1.0:
            raise errors.probability_out_of_range(probability)
        size, shape = _size(() if shape is None else shape)
        return (generator.uniforms64(size) < probability).reshape(shape)
    if probability.dtype.kind != "f":
        raise errors.not_implemented_for("bernoulli_tensor_cpu_p_", probability.dtype)
    if not np.all((probability >= 0) & (probability <= 1)):
        raise errors.probabilities_out_of_range()
    size, shape = _size(probability.shape if shape is None else shape)
    double = probability.dtype == np.float64
    uniforms = generator.uniforms64(size) if double else generator.uniforms32(size)
    return uniforms.reshape(shape) < probability


def randint(
    low: int,
    high: int,
    shape: Shape,
    dtype: npt.DTypeLike = np.int64,
    generator: Generator | None = None,
) -> Array:
    """Integers from low up to but without high, in any dtype that can hold them.

    Raises:
        RuntimeError: for an empty range, or one that the dtype cannot hold.
    """
    dtype = np.dtype(dtype)
    low, high = int(low), int(high)
    if low >= high:
        raise errors.empty_integer_range(low, high)
    _check_holds(dtype, low, high)
    generator = generator or default_generator
    size, shape = _size(shape)
    width = high - low
    # A remainder favours small numbers slightly. PyTorch bears with it as long as one word has
    # some bits to spare, and takes two words from here on.
    words = generator.words(size) if width < 2**28 else generator.long_words(size)
    offsets = words.astype(np.uint64) % np.uint64(width)
    return (offsets.view(np.int64) + np.int64(low)).astype(dtype).reshape(shape)


def integers_of_dtype(
    shape: Shape, dtype: npt.DTypeLike = np.int64, generator: Generator | None = None
) -> Array:
    """Integers over everything from 0 up that a dtype holds exactly: `tensor.random_()`."""
    dtype = np.dtype(dtype)
    generator = generator or default_generator
    size, shape = _size(shape)
    if dtype.kind == "f":
        count = 2 ** (np.finfo(dtype).nmant + 1) + 1
    else:
        count = 2 if dtype == np.bool_ else int(np.iinfo(dtype).max) + 1
    words = generator.long_words(size) if dtype.itemsize == 8 else generator.words(size)
    return (words % words.dtype.type(count)).astype(dtype).reshape(shape)


def randperm(
    n: int, dtype: npt.DTypeLike = np.int64, generator: Generator | None = None
) -> Array:
    """The integers 0 ... n - 1 in random order (Fisher-Yates).

    Raises:
        RuntimeError: for a negative n, or one that the dtype cannot hold.
    """
    if n < 0:
        raise errors.negative_dimension((n,))
    dtype = np.dtype(dtype)
    if dtype == np.bool_:
        raise errors.not_implemented_for("randperm", dtype)
    limit = 2 ** (np.finfo(dtype).nmant + 1) + 1 if dtype.kind == "f" else np.iinfo(dtype).max
    if n > limit:
        raise errors.permutation_too_long(n, dtype)
    steps = np.arange(max(n - 1, 0))
    words = (generator or default_generator).words(len(steps))
    order = list(range(n))
    for here, there in enumerate((steps + words % (n - steps)).tolist()):
        order[here], order[there] = order[there], order[here]
    return np.array(order, dtype)


def multinomial(
    weights: Array,
    count: int,
    replacement: bool = False,
    generator: Generator | None = None,
) -> npt.NDArray[np.int64]:
    """Indices drawn with probabilities proportional to weights.

    Args:
        weights: shape (n,) or (rows, n), not negative, of a floating-point dtype.
        count: how many to draw from each row.
        replacement: whether an index may be drawn again.
        generator: the stream to draw from; None stands for the default one.

    Returns:
        Shape (count,) or (rows, count). Without replacement, the indices of the largest
        weight / E with E exponential: the first to ring of n alarm clocks with these rates.

    Raises:
        RuntimeError: for weights or a count from which nothing can be drawn.
    """
    _check_weights(weights, count, replacement)
    generator = generator or default_generator
    rows = weights.reshape(-1, weights.shape[-1])
    if replacement and count > 1:  # a single draw takes the other way in PyTorch, too
        drawn = _draw_with_replacement(rows, count, generator)
    else:
        rates = rows / exponential(rows.shape, rows.dtype, generator=generator)
        drawn = np.argsort(-rates, axis=1, kind="stable")[:, :count]
    return drawn.reshape(*weights.shape[:-1], count)


def _draw_with_replacement(
    rows: Array, count: int, generator: Generator
) -> npt.NDArray[np.int64]:
    sums = np.cumsum(rows, axis=1, dtype=rows.dtype)
    sums /= sums[:, -1:].copy()
    uniforms = generator.uniforms64(len(rows) * count).reshape(-1, count)
    drawn = [
        np.searchsorted(limits, points) for limits, points in zip(sums, uniforms, strict=True)
    ]
    return np.array(drawn, np.int64)


def _normals_in_blocks(
    generator: Generator, size: int, dtype: np.dtype[Any]
) -> Float32 | Float64:
    draw: Callable[[int], Array]
    transform: Callable[[Array], Array]
    if dtype == np.float64:
        draw, transform = generator.uniforms64, _box_muller64
    else:
        draw, transform = generator.uniforms32, _box_muller32
    whole = size - size % 16
    # What is drawn beyond whole blocks is overwritten below; half precision does not draw it.
    values = draw(whole if dtype == np.float16 else size)
    result: Array = np.empty(size, values.dtype)
    chunk = 16 * 1024  # small enough for the cache: twice the speed of one sweep
    for start in range(0, whole, chunk):
        end = min(start + chunk, whole)
        result[start:end] = transform(values[start:end])
    if whole < size:
        result[-16:] = transform(draw(16))
    return result


def _box_muller64(uniforms: Array) -> Array:
    """Turn blocks of 16 uniforms in [0, 1) into as many standard normals."""
    blocks = uniforms.reshape(-1, 2, 8)
    radius = np.sqrt(-2.0 * _by_libm(math.log, 1.0 - blocks[:, 0]))
    angle = 2.0 * math.pi * blocks[:, 1]
    cosine, sine = _by_libm(math.cos, angle), _by_libm(math.sin, angle)
    return np.stack([radius * cosine, radius * sine], axis=1).ravel()


def _box_muller32(uniforms: Array) -> Array:
    """The same in single precision, with PyTorch's polynomials."""
    blocks = uniforms.reshape(-1, 2, 8)
    radius = np.sqrt(np.float32(-2.0) * _log32(np.float32(1.0) - blocks[:, 0]))
    sine, cosine = _sine_cosine32(np.float32(2.0 * math.pi) * blocks[:, 1])
    return np.stack([radius * cosine, radius * sine], axis=1).ravel()


def _by_libm(function: Callable[[float], float], values: Float64) -> Float64:
    # NumPy's own float64 functions differ from the C library's in one last bit of a thousand.
    result = np.fromiter(map(function, values.ravel().tolist()), np.float64, values.size)
    return result.reshape(values.shape)


def _fused32(a: Float32, b: Float32 | np.float32, c: Float32 | np.float32) -> Float32:
    """a * b + c with one rounding. In float64 the product is exact, and the sum nearly so."""
    exact: Float32 = (np.multiply(a, b, dtype=np.float64) + c).astype(np.float32)
    return exact


def _fused64(a: Float64, b: float, c: float) -> Float64:
    """a * b + c with one rounding, from the exact errors of product and sum (Dekker 1971)."""
    product = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(np.float64(b))
    product_error = a_low * b_low - (
        ((product - a_high * b_high) - a_low * b_high) - a_high * b_low
    )
    total = product + c
    shadow = total - product
    total_error = (product - (total - shadow)) + (c - shadow)
    result: Float64 = total + (total_error + product_error)
    return result


def _halves(value: Any) -> tuple[Any, Any]:
    scaled = value * 134217729.0  # 2**27 + 1
    high = scaled - (scaled - value)
    return high, value - high


def _scale(values: Array, factor: float, offset: float) -> Array:
    if factor == 1.0 and offset == 0.0:
        return values
    if values.dtype == np.float32:
        return _fused32(values, np.float32(factor), np.float32(offset))
    return _fused64(values, float(factor), float(offset))


# Minimax polynomials of Moshier's Cephes library, highest power first, as PyTorch has them.
LOG_POLYNOMIAL = [
    np.float32(coefficient)
    for coefficient in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
]
SINE_POLYNOMIAL = [np.float32(c) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)]
COSINE_POLYNOMIAL = [
    np.float32(c) for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
]
# Sums of few-bit numbers, so that multiples of them lose nothing: -pi/4, and log 2.
MINUS_QUARTER_PI = [
    np.float32(c) for c in (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)
]
LOG_2_HIGH, LOG_2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)


def _polynomial(coefficients: Sequence[np.float32], x: Float32) -> Float32:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = _fused32(value, x, coefficient)
    return value


def _log32(x: Float32) -> Float32:
    """The natural logarithm: x = m 2**e, m in [sqrt(1/2), sqrt(2)), a polynomial in m - 1."""
    mantissa, exponent = np.frexp(x)
    below = mantissa < np.float32(math.sqrt(0.5))
    power = (exponent - below).astype(np.float32)
    m = (mantissa - np.float32(1.0)) + np.where(below, mantissa, np.float32(0.0))
    square = m * m
    tail = _fused32(_polynomial(LOG_POLYNOMIAL, m) * m, square, power * LOG_2_LOW)
    tail = _fused32(-square, np.float32(0.5), tail)
    return _fused32(power, LOG_2_HIGH, m + tail)


def _sine_cosine32(angle: Float32) -> tuple[Float32, Float32]:
    """Sine and cosine of angles that are not negative, reduced to [-pi/4, pi/4]."""
    octant = ((angle * np.float32(4.0 / math.pi)).astype(np.int32) + 1) & ~1
    turns = octant.astype(np.float32)
    x = angle
    for part in MINUS_QUARTER_PI:
        x = _fused32(turns, part, x)
    square = x * x
    half = np.float32(0.5)
    cosine = _polynomial(COSINE_POLYNOMIAL, square) * square
    cosine = _fused32(cosine, square, -(square * half)) + np.float32(1.0)
    sine = _fused32(_polynomial(SINE_POLYNOMIAL, square) * square, x, x)
    swap = (octant & 2) != 0
    sine, cosine = np.where(swap, cosine, sine), np.where(swap, sine, cosine)
    sine = np.where(octant & 4, -sine, sine)
    cosine = np.where((octant + 2) & 4, -cosine, cosine)
    return sine, cosine


def _size(shape: Shape) -> tuple[int, tuple[int, ...]]:
    dimensions = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    if any(dimension < 0 for dimension in dimensions):
        raise errors.negative_dimension(dimensions)
    return math.prod(dimensions), dimensions


def _check_interval(dtype: np.dtype[Any], low: float, high: float) -> None:
    largest = float(np.finfo(dtype).max)
    for name, bound in (("from", low), ("to", high)):
        if not -largest <= bound <= largest:
            raise errors.bound_out_of_range(name, dtype)
    if low > high:
        raise errors.empty_interval(low, high)
    if high - low > largest:
        raise errors.interval_too_wide(low, high, dtype)


def _check_holds(dtype: np.dtype[Any], low: int, high: int) -> None:
    if dtype.kind == "f":
        smallest, largest = (int(bound) for bound in (np.finfo(dtype).min, np.finfo(dtype).max))
    elif dtype == np.bool_:
        smallest, largest = 0, 1
    else:
        smallest, largest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if not smallest <= low <= largest:
        raise errors.bound_out_of_range("from", dtype)
    if not smallest <= high - 1 <= largest:
        raise errors.bound_out_of_range("to - 1", dtype)


def _check_weights(weights: Array, count: int, replacement: bool) -> None:
    if weights.ndim not in (1, 2):
        raise errors.multinomial_dimensions(weights.shape)
    if weights.dtype.kind != "f":
        raise errors.multinomial_dtype(weights.dtype)
    if count <= 0:
        raise errors.multinomial_count(count)
    if not replacement and count > weights.shape[-1]:
        raise errors.multinomial_too_many(count, weights.shape[-1])
    if not np.all(np.isfinite(weights) & (weights >= 0)):
        raise errors.multinomial_weights()
    if not np.all(weights.sum(axis=-1) > 0):
        raise errors.multinomial_no_weight()
