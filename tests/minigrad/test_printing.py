"""The printed text of tensors: pinned examples, and random ones beside PyTorch."""

import math

import numpy as np
import pytest

from minigrad.printing import (
    get_printoptions,
    printoptions,
    set_printoptions,
    tensor_text,
)

INF, NAN = math.inf, math.nan
F32 = np.float32


@pytest.fixture(autouse=True)
def _default_options():
    set_printoptions(profile="default")
    yield
    set_printoptions(profile="default")


EXAMPLES = [
    (np.array(5.0, F32), "tensor(5.)"),
    (np.array(5), "tensor(5)"),
    (np.array(True), "tensor(True)"),
    (np.array([True, False]), "tensor([ True, False])"),
    (np.array([12, -8]), "tensor([12, -8])"),
    (np.array([-12.0, -8.0], F32), "tensor([-12.,  -8.])"),
    (np.array([0.0, -0.0], F32), "tensor([0., -0.])"),
    (np.array([1.3633, 0.1912], F32), "tensor([1.3633, 0.1912])"),
    (np.array([-4.8429e-07], F32), "tensor([-4.8429e-07])"),
    (np.array([1e-5, 1.0], F32), "tensor([1.0000e-05, 1.0000e+00])"),
    (np.array([1.0, 1000.0], F32), "tensor([   1., 1000.])"),
    (np.array([1.0, 1001.0], F32), "tensor([1.0000e+00, 1.0010e+03])"),
    (np.array([1.0, INF, NAN, -INF], F32), "tensor([1., inf, nan, -inf])"),
    (np.array([1.5, INF, NAN], F32), "tensor([1.5000,    inf,    nan])"),
    (np.array([NAN, 0.5e-4], F32), "tensor([       nan, 5.0000e-05])"),
    (np.array([1.5, 2.0], np.float16), "tensor([1.5000, 2.0000], dtype=torch.float16)"),
    (np.array([1, 2], np.uint8), "tensor([1, 2], dtype=torch.uint8)"),
    (np.array([], F32), "tensor([])"),
    (np.array([], np.int64), "tensor([], dtype=torch.int64)"),
    (np.zeros((0, 3), F32), "tensor([], size=(0, 3))"),
    (np.zeros((0, 3)), "tensor([], size=(0, 3), dtype=torch.float64)"),
    (np.zeros((1, 2), F32), "tensor([[0., 0.]])"),
]


@pytest.mark.parametrize(("data", "text"), EXAMPLES)
def test_examples(data, text):
    assert tensor_text(data) == text


def test_eight_numbers_fill_a_line():
    text = tensor_text(np.linspace(-5, 5, 10, dtype=F32))
    assert text.splitlines() == [
        "tensor([-5.0000, -3.8889, -2.7778, -1.6667, -0.5556,  0.5556,  1.6667,  2.7778,",
        "         3.8889,  5.0000])",
    ]


def test_blocks_of_a_cube_are_set_apart():
    assert (
        tensor_text(np.zeros((2, 1, 2), F32)) == "tensor([[[0., 0.]],\n\n        [[0., 0.]]])"
    )


def test_more_than_a_thousand_elements_show_their_edges():
    assert tensor_text(np.arange(1001)) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])"
    rows = tensor_text(np.zeros((2000, 1), F32)).splitlines()
    assert [len(rows), rows[3], rows[-1]] == [7, "        ...,", "        [0.]])"]


def test_suffixes_move_to_a_line_of_their_own_where_the_line_is_full():
    short = tensor_text(np.ones(2, F32), ["grad_fn=<MulBackward0>"])
    assert short == "tensor([1., 1.], grad_fn=<MulBackward0>)"
    long = tensor_text(np.linspace(0, 1, 7, dtype=F32), ["grad_fn=<MulBackward0>"])
    assert long.splitlines()[1] == "       grad_fn=<MulBackward0>)"


def test_the_default_dtype_goes_without_saying():
    assert tensor_text(np.ones(1), default_dtype=np.float64) == "tensor([1.])"
    assert tensor_text(np.ones(1, F32), default_dtype=np.float64).endswith(
        "dtype=torch.float32)"
    )


def test_options_change_the_text_and_can_be_put_back():
    value = np.array([1.12345678, 2e6], F32)
    with printoptions(precision=2, sci_mode=False):
        assert tensor_text(value) == "tensor([      1.12, 2000000.00])"
    with printoptions(profile="short", threshold=3):
        assert tensor_text(np.arange(9)) == "tensor([0, 1,  ..., 7, 8])"
    assert get_printoptions()["precision"] == 4


def test_an_unknown_profile_is_named():
    with pytest.raises(ValueError, match=r"default, short, full.*'tiny'"):
        set_printoptions(profile="tiny")


def test_complex_numbers_are_refused():
    with pytest.raises(TypeError, match="complex128"):
        tensor_text(np.array([1j]))


def random_array(random: np.random.Generator) -> np.ndarray:
    """An array of any dtype, up to four dimensions, with the mixtures that choose a format."""
    dimensions = random.integers(0, 5)
    largest = [3000, 60, 14, 9] if random.random() < 0.2 else [40, 12, 6, 5]
    smallest = 0 if random.random() < 0.1 else 1
    shape = tuple(random.integers(smallest, largest[max(dimensions - 1, 0)], dimensions))
    values = random.normal(size=shape)
    special = random.choice([0.0, -0.0, INF, -INF, NAN], size=shape)
    values = [
        values * 10.0 ** random.integers(-12, 12),
        values * 10.0 ** random.uniform(-5, 5, size=shape),
        np.round(values * 10.0 ** random.integers(0, 9)),
        np.where(random.random(shape) < 0.3, special, values),
        np.where(random.random(shape) < 0.3, special, np.round(10 * values)),
        values * 1e-4 + (random.random() < 0.5),
    ][random.integers(6)]
    dtype = np.dtype(random.choice(["f2", "f4", "f8", "i1", "u1", "i2", "i4", "i8", "?"]))
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = np.clip(np.nan_to_num(values * 10), limits.min, limits.max // 2)
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(dtype)


def random_options(random: np.random.Generator) -> dict:
    if random.random() < 0.7:
        return {"profile": "default"}
    return {
        "precision": int(random.integers(0, 9)),
        "threshold": int(random.choice([0, 5, 100, 1000])),
        "edgeitems": int(random.integers(0, 5)),
        "linewidth": int(random.choice([10, 40, 80, 200])),
        "sci_mode": [None, True, False][random.integers(3)],
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_three_thousand_random_tensors_print_as_in_pytorch(seed):
    torch = pytest.importorskip("torch", reason="PyTorch is the model to compare with")
    random = np.random.default_rng(seed)
    try:
        for _ in range(750):
            data, options = random_array(random), random_options(random)
            torch.set_printoptions(**options)
            set_printoptions(**options)
            tensor = torch.from_numpy(data.copy())
            suffixes = []
            if tensor.is_floating_point() and random.random() < 0.5:
                tensor.requires_grad_()
                suffixes = ["requires_grad=True"]
                if random.random() < 0.5:
                    tensor = tensor * 1
                    suffixes = ["grad_fn=<MulBackward0>"]
            assert tensor_text(data, suffixes) == repr(tensor), options
    finally:
        torch.set_printoptions(profile="default")
