"""Element types: what a number becomes, and which type two become together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import minigrad as mg

NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


def test_what_python_and_numpy_values_become():
    assert mg.tensor(1.5).dtype is mg.float32
    assert mg.tensor([1, 2]).dtype is mg.int64
    assert mg.tensor([True, False]).dtype is mg.bool
    assert mg.tensor([True, 2, 0.5]).dtype is mg.float32
    assert mg.tensor(np.ones(2)).dtype is mg.float64
    assert mg.tensor(np.float32(2)).dtype is mg.float32
    assert mg.tensor([]).shape == (0,)
    assert mg.tensor([mg.tensor(1.0), mg.tensor(2.0)]).tolist() == [1.0, 2.0]
    assert mg.arange(3).dtype is mg.int64
    assert mg.arange(3.0).dtype is mg.float32
    assert repr(mg.float) == "torch.float32"


def test_categories_decide():
    whole = mg.tensor([1, 2])
    assert (whole + 1.5).dtype is mg.float32
    assert (whole / 2).dtype is mg.float32
    assert (whole * mg.tensor(2.0, dtype=mg.float64)).dtype is mg.float64
    assert (mg.ones(2) * mg.tensor(2.0, dtype=mg.float64)).dtype is mg.float32
    assert (mg.ones(2, dtype=mg.float16) * 2.5).dtype is mg.float16
    assert (mg.tensor([True]) + 1).dtype is mg.int64
    assert (mg.tensor([1], dtype=mg.uint8) + 300).tolist() == [45]
    assert mg.sin(whole).dtype is mg.float32
    assert whole.sum().dtype is mg.int64
    assert mg.tensor([True, True]).sum().item() == 2
    assert (whole**2).tolist() == [1, 4]


def test_the_default_float_can_be_changed():
    mg.set_default_dtype(mg.float64)
    try:
        assert mg.tensor(1.5).dtype is mg.float64
        assert mg.ones(2).dtype is mg.float64
        assert repr(mg.tensor(1.5)) == "tensor(1.5000)"
    finally:
        mg.set_default_dtype(mg.float32)
    with pytest.raises(TypeError, match="only floating-point types are supported"):
        mg.set_default_dtype(mg.int64)


def test_what_cannot_be_a_tensor():
    for wrong, kind, sentence in (
        ([[1, 2], [3]], ValueError, r"expected sequence of length 2 at dim 1 \(got 1\)"),
        ("text", TypeError, "invalid data type 'str'"),
        (["a"], ValueError, "too many dimensions 'str'"),
        (None, RuntimeError, "Could not infer dtype of NoneType"),
        (1j, TypeError, "complex dtypes are not supported"),
        (np.array([object()]), TypeError, "can't convert np.ndarray of type numpy.object_"),
    ):
        with pytest.raises(kind, match=sentence):
            mg.tensor(wrong)
    with pytest.raises(RuntimeError, match="minigrad runs on the CPU only"):
        mg.ones(2, device="cuda")
    with pytest.raises(RuntimeError, match="Integers to negative integer powers"):
        mg.tensor([2]) ** -1


@pytest.mark.slow
@pytest.mark.parametrize("operator", ["add", "mul", "div", "pow", "eq", "maximum"])
def test_promotion_is_pytorchs(operator):
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    for left, right in itertools.product(NAMES, NAMES):
        for shape_left, shape_right in (((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())):

            def result(module, left=left, right=right, shapes=(shape_left, shape_right)):
                a = module.ones(shapes[0], dtype=getattr(module, left))
                b = module.ones(shapes[1], dtype=getattr(module, right))
                try:
                    return repr(getattr(module, operator)(a, b).dtype)
                except (RuntimeError, NotImplementedError):
                    return "refused"

            assert result(mg) == result(torch), (operator, left, right, shape_left, shape_right)


@pytest.mark.slow
@pytest.mark.parametrize("number", [True, 2, 2.5])
def test_promotion_with_numbers_is_pytorchs(number):
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    for name, shape in itertools.product(NAMES, ((2,), ())):
        for operator in ("__add__", "__rmul__", "__truediv__", "__pow__", "__lt__"):

            def result(module, name=name, shape=shape, operator=operator):
                a = module.ones(shape, dtype=getattr(module, name))
                try:
                    return repr(getattr(a, operator)(number).dtype)
                except (RuntimeError, NotImplementedError):
                    return "refused"

            assert result(mg) == result(torch), (name, shape, operator, number)


def test_a_negative_number_counts_down_in_uint8():
    x = mg.tensor([1, 2, 3], dtype=mg.uint8)
    chosen = x > 1
    assert x.masked_fill(chosen, -1).tolist() == [1, 255, 255]
    assert mg.where(chosen, x, -2).tolist() == [254, 2, 3]
    assert x.clamp(min=-1).tolist() == [255, 255, 255]
    x[0] = -1
    assert x.tolist() == [255, 2, 3]
    assert x.fill_(-255).tolist() == [1, 1, 1]


def test_half_precision_becomes_infinite_where_pytorch_lets_it():
    x = mg.tensor([1.0, 2.0], dtype=mg.float16)
    x[0] = -1e9
    assert mg.where(x < 0, x, 1e9).tolist() == [-float("inf"), float("inf")]
