"""Random numbers: values pinned from PyTorch 2.13, and a bit-for-bit comparison with it."""

import math

import numpy as np
import pytest

from minigrad import random


def test_uniform_numbers_of_seed_42():
    random.manual_seed(42)
    expected = np.array([0.88226926, 0.91500396, 0.38286376, 0.95930564], np.float32)
    np.testing.assert_array_equal(random.uniform(4), expected)


def test_few_normal_numbers_of_seed_42():
    random.manual_seed(42)
    expected = np.array([0.33669037, 0.12880941, 0.23446237], np.float32)
    np.testing.assert_array_equal(random.normal(3), expected)


def test_many_normal_numbers_of_seed_42():
    random.manual_seed(42)
    expected = np.array([1.9269153, 1.4872841, 0.9007172, -2.105521], np.float32)
    np.testing.assert_array_equal(random.normal((20, 5))[0, :4], expected)


def test_a_spare_normal_number_waits_for_the_next_call():
    random.manual_seed(1)
    together = random.normal(4)
    random.manual_seed(1)
    apart = [random.normal(()) for _ in range(4)]
    np.testing.assert_array_equal(together, apart)


def test_the_spare_number_is_shared_by_the_dtypes_and_survives_a_large_draw():
    random.manual_seed(42)
    random.normal(3, np.float32)
    random.normal(20, np.float32)
    after = random.normal(1, np.float64)
    random.manual_seed(42)
    np.testing.assert_array_equal(after, random.normal(4, np.float64)[3:])


def test_a_new_seed_forgets_the_spare_number():
    random.manual_seed(3)
    first = random.normal(3)
    random.manual_seed(3)
    np.testing.assert_array_equal(random.normal(3), first)


def test_integers_and_permutations_of_seed_0():
    random.manual_seed(0)
    assert random.randint(0, 10, (5,)).tolist() == [4, 9, 3, 0, 3]
    assert random.randperm(5).tolist() == [4, 0, 3, 1, 2]


def test_state_brings_the_stream_back_with_its_spare_number():
    random.manual_seed(7)
    random.normal(3)
    state = random.get_rng_state()
    assert state.dtype == np.uint8
    assert state.shape == (5056,)
    first = random.normal(3), random.uniform(1000)
    random.set_rng_state(state)
    second = random.normal(3), random.uniform(1000)
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(second))
    assert random.initial_seed() == 7


def test_forking_leaves_the_stream_where_it_was():
    random.manual_seed(5)
    expected = random.uniform(2)
    random.manual_seed(5)
    with random.fork_rng():
        random.uniform(100)
    np.testing.assert_array_equal(random.uniform(2), expected)


def test_a_generator_of_ones_own_does_not_move_the_default_stream():
    random.manual_seed(5)
    expected = random.uniform(2)
    random.manual_seed(5)
    own = random.Generator().manual_seed(5)
    np.testing.assert_array_equal(random.uniform(2, generator=own), expected)
    np.testing.assert_array_equal(random.uniform(2), expected)


def test_seeds_are_taken_modulo_two_to_the_64():
    assert random.Generator().manual_seed(-1).initial_seed() == 2**64 - 1
    assert random.Generator().initial_seed() == 67280421310721
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        random.manual_seed(2**64)


def test_unpredictable_seeds_differ():
    generator = random.Generator()
    assert generator.seed() != generator.seed()


# Each distribution against its own mathematics, so that a wrong model would not pass as a copy.
def test_distributions_have_their_moments():
    generator = random.Generator().manual_seed(0)
    count = 200_000
    normal = random.normal(count, np.float64, 2.0, 3.0, generator)
    uniform = random.uniform(count, np.float64, -1.0, 3.0, generator)
    exponential = random.exponential(count, np.float64, 2.0, generator)
    coins = random.bernoulli(0.3, count, generator)
    for sample, mean, std in (
        (normal, 2.0, 3.0),
        (uniform, 1.0, 4 / math.sqrt(12)),
        (exponential, 0.5, 0.5),
        (coins, 0.3, math.sqrt(0.21)),
    ):
        assert abs(sample.mean() - mean) < 5 * std / math.sqrt(count)
        assert abs(sample.std() / std - 1) < 0.01


def test_multinomial_draws_by_weight_and_without_replacement_never_twice():
    generator = random.Generator().manual_seed(0)
    weights = np.array([1.0, 0.0, 3.0])
    drawn = random.multinomial(weights, 40_000, replacement=True, generator=generator)
    counts = np.bincount(drawn, minlength=3) / 40_000
    np.testing.assert_allclose(counts, [0.25, 0.0, 0.75], atol=0.01)
    for _ in range(20):
        assert set(random.multinomial(weights, 2, generator=generator)) == {0, 2}


def test_results_stay_inside_their_range():
    generator = random.Generator().manual_seed(0)
    for dtype in (np.float16, np.float32, np.float64):
        values = random.uniform(50_000, dtype, -0.37, 1.91, generator)
        assert values.min() >= dtype(-0.37)
        assert values.max() < dtype(1.91)
        assert values.dtype == dtype
    integers = random.randint(-3, 4, 10_000, np.int8, generator)
    assert (integers.min(), integers.max(), integers.dtype) == (-3, 3, np.int8)
    assert sorted(random.randperm(100, generator=generator)) == list(range(100))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: random.randint(5, 5, 1), RuntimeError, "got from=5 >= to=5"),
        (lambda: random.randint(0, 300, 1, np.uint8), RuntimeError, "to - 1 is out of bounds"),
        (lambda: random.uniform(1, low=1, high=0), RuntimeError, "found from=1 > to=0"),
        (lambda: random.uniform(1, np.int64), NotImplementedError, "'Long'"),
        (lambda: random.uniform(-1), RuntimeError, "negative dimension -1"),
        (lambda: random.normal(1, std=-1), RuntimeError, "found std -1"),
        (lambda: random.bernoulli(2.0, 1), RuntimeError, "got p=2"),
        (lambda: random.exponential(1, rate=0.0), RuntimeError, "found lambda=0"),
        (lambda: random.multinomial(np.zeros(2), 1), RuntimeError, "sum of probabilities"),
        (lambda: random.multinomial(np.ones(2), 3), RuntimeError, "without replacement"),
        (lambda: random.multinomial(np.array([1, -1.0]), 1), RuntimeError, "element < 0"),
        (lambda: random.set_rng_state(np.zeros(3, np.uint8)), RuntimeError, "size 5056"),
        (lambda: random.randperm(300, np.uint8), RuntimeError, "type uint8_t"),
        (lambda: random.Generator("cuda"), RuntimeError, "CPU only"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value)


def draw_both(torch, choose, kind):
    """The same draw from PyTorch and from here."""
    size = int(choose.choice([0, 1, 2, 3, 7, 15, 16, 17, 31, 32, 100, 1003]))
    name = str(choose.choice(["float16", "float32", "float64"]))
    dtype = getattr(torch, name)
    low, high = sorted(choose.normal(size=2) * 10.0 ** choose.integers(-3, 3))
    empty = torch.empty(size, dtype=dtype)
    if kind == "uniform":
        return empty.uniform_(low, high), random.uniform(size, name, low, high)
    if kind == "normal":
        return empty.normal_(low, high - low), random.normal(size, name, low, high - low)
    if kind == "exponential":
        return empty.exponential_(high - low), random.exponential(size, name, high - low)
    if kind == "bernoulli":
        chance = float(choose.random())
        return empty.bernoulli_(chance), random.bernoulli(chance, size).astype(name)
    if kind == "bernoulli_each":
        chances = torch.rand(size, dtype=dtype)
        random.uniform(size, name)
        return torch.bernoulli(chances), random.bernoulli(chances.numpy()).astype(name)
    if kind == "randint":
        name = str(choose.choice(["uint8", "int8", "int16", "int32", "int64"]))
        limits = np.iinfo(name)
        low = int(choose.integers(limits.min, limits.max))
        high = int(choose.integers(low + 1, limits.max, endpoint=True))
        both = torch.randint(low, high, (size,), dtype=getattr(torch, name))
        return both, random.randint(low, high, size, name)
    if kind == "random_":
        name = str(choose.choice(["uint8", "int16", "int64", "float16", "float32", "float64"]))
        both = torch.empty(size, dtype=getattr(torch, name)).random_()
        return both, random.integers_of_dtype(size, name)
    if kind == "randperm":
        return torch.randperm(size), random.randperm(size)
    name = "float32" if name == "float16" else name
    weights = choose.random((2, size + 1)).astype(name)
    again = bool(choose.random() < 0.5)
    count = int(choose.integers(1, size + 1, endpoint=True))
    both = torch.multinomial(torch.from_numpy(weights), count, again)
    return both, random.multinomial(weights, count, again)


KINDS = ["uniform", "normal", "exponential", "bernoulli", "bernoulli_each"]
KINDS += ["randint", "random_", "randperm", "multinomial"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_mixed_calls_agree_with_pytorch_to_the_last_bit(seed):
    torch = pytest.importorskip("torch", reason="PyTorch is the model to compare with")
    choose = np.random.default_rng(seed)
    start = int(choose.choice([seed, -seed, seed * 2**40 + 7]))
    torch.manual_seed(start)
    random.manual_seed(start)
    for kind in choose.choice(KINDS, 12):
        expected, got = draw_both(torch, choose, kind)
        assert got.dtype == expected.numpy().dtype, kind
        np.testing.assert_array_equal(got, expected.numpy(), err_msg=kind)
    state = torch.get_rng_state().numpy()
    np.testing.assert_array_equal(random.get_rng_state(), state)
    random.set_rng_state(state)
    np.testing.assert_array_equal(random.normal(3), torch.randn(3).numpy())


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_large_draws_agree_with_pytorch_to_the_last_bit(dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is the model to compare with")
    torch.manual_seed(99)
    random.manual_seed(99)
    for size in (100_001, 65_536):
        expected = torch.randn(size, dtype=getattr(torch, dtype)).numpy()
        np.testing.assert_array_equal(random.normal(size, dtype), expected)
