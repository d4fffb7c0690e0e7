"""`vmap` against the loop it stands for, and dual numbers against derivatives on paper."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import func
from minigrad.autograd import forward_ad


@pytest.fixture
def table():
    return mg.arange(6.0).reshape(2, 3)


def test_slices_go_in_and_results_are_stacked(table):
    assert mg.vmap(mg.dot)(table, table).tolist() == [5.0, 50.0]
    by_columns = func.vmap(mg.mul, in_dims=(0, 1))(table, table.T)
    assert mg.equal(by_columns, table * table)
    outer = func.vmap(lambda x: (x, x.sum()), out_dims=(1, 0))(table)
    assert [tuple(t.shape) for t in outer] == [(3, 2), (2,)]
    assert mg.equal(func.vmap(mg.sum, in_dims=-1)(table), table.sum(0))
    twice = func.vmap(func.vmap(lambda x: x * 2))(table)
    assert mg.equal(twice, table * 2)


def test_trees_and_what_is_not_cut(table):
    weights = {"w": mg.ones(3), "b": mg.tensor(1.0)}

    def f(p, x, scale=1.0):
        return {"y": [x @ p["w"] + p["b"]], "scaled": x * scale}

    found = func.vmap(f, in_dims=(None, 0))(weights, table, scale=mg.full((3,), 2.0))
    assert mg.equal(found["y"][0], table.sum(1) + 1)
    assert mg.equal(found["scaled"], table * 2)
    cut = func.vmap(lambda p: p["a"] * p["b"], in_dims=({"a": 0, "b": None},))
    assert mg.equal(cut({"a": table, "b": mg.ones(3)}), table)


def test_it_composes_with_derivatives(table):
    by_example = func.vmap(func.grad(lambda x: (x**3).sum()))(table)
    assert mg.allclose(by_example, 3 * table**2)
    through = func.grad(lambda x: func.vmap(mg.sin)(x).sum())(table)
    assert mg.allclose(through, table.cos())
    leaf = table.clone().requires_grad_()
    func.vmap(lambda x: x.exp().sum())(leaf).sum().backward()
    assert mg.allclose(leaf.grad, table.exp())


def test_random_numbers_as_agreed(table):
    with pytest.raises(RuntimeError, match="called random operation while in randomness error"):
        func.vmap(lambda x: x + mg.rand(3))(table)
    same = func.vmap(lambda x: x + mg.rand(3), randomness="same")(mg.zeros(2, 3))
    assert mg.equal(same[0], same[1])
    different = func.vmap(lambda x: x + mg.rand(3), randomness="different")(mg.zeros(2, 3))
    assert not mg.equal(different[0], different[1])
    with pytest.raises(RuntimeError, match="Only allowed values for randomness"):
        func.vmap(mg.sin, randomness="some")


def test_what_cannot_be_mapped(table):
    for call, sentence in (
        (lambda: func.vmap(mg.mul)(table, table.T), r"got sizes \[2, 3\] for the mapped"),
        (lambda: func.vmap(mg.mul, in_dims=(0,))(table, table), "not compatible with the"),
        (lambda: func.vmap(lambda x: 3.0)(table), "must only return Tensors, got type"),
        (lambda: func.vmap(mg.sin)(mg.tensor(1.0)), "Tensor of dimensionality 0"),
        (lambda: func.vmap(mg.sin, in_dims=2)(table), "satisfy -2 <= in_dim < 2"),
        (lambda: func.vmap(mg.sin)(2.0), "cannot vmap over non-Tensor arguments"),
        (lambda: func.vmap(mg.sin)(), "got no inputs"),
        (lambda: func.vmap(mg.sin, in_dims="a")(table), "expected `in_dims` to be int"),
        (lambda: func.vmap(mg.sin, in_dims=None)(table), "expected `in_dims` to be int"),
        (lambda: func.vmap(mg.sin, in_dims=(None,))(table), "Expected at least one Tensor"),
        (lambda: func.vmap(mg.sin, out_dims=None)(table), "when out_dim is None"),
        (lambda: func.vmap(mg.sin)(mg.zeros(0, 3)), "no slice to call the function with"),
    ):
        with pytest.raises(ValueError, match=sentence):
            call()


def test_an_ensemble_of_modules(table):
    models = [mg.nn.Linear(3, 2) for _ in range(4)]
    parameters, buffers = func.stack_module_state(models)
    assert parameters["weight"].shape == (4, 2, 3)
    assert not buffers

    def one(p, b, x):
        return func.functional_call(models[0], (p, b), (x,))

    together = func.vmap(one, in_dims=(0, None, None))(parameters, {}, table)
    apart = mg.stack([m(table) for m in models])
    assert mg.allclose(together, apart)
    with pytest.raises(RuntimeError, match="to be of the same class"):
        func.stack_module_state([models[0], mg.nn.ReLU()])


def test_dual_numbers_carry_their_tangents():
    x, t = mg.randn(3, dtype=mg.float64), mg.randn(3, dtype=mg.float64)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, t)
        assert forward_ad.unpack_dual(dual).tangent is t
        moved = forward_ad.unpack_dual(mg.sin(dual) * x)
        np.testing.assert_allclose(moved.tangent.numpy(), (x.cos() * t * x).numpy())
        np.testing.assert_allclose(moved.primal.numpy(), (x.sin() * x).numpy())
        assert forward_ad.unpack_dual(x * 2).tangent is None
    assert forward_ad.unpack_dual(dual).tangent is None


def test_dual_numbers_and_their_mistakes():
    x = mg.ones(2)
    with pytest.raises(RuntimeError, match="no level exists"):
        forward_ad.make_dual(x, x)
    with forward_ad.dual_level():
        with pytest.raises(RuntimeError, match="different size than that of the original"):
            forward_ad.make_dual(x, mg.ones(3))
        with pytest.raises(RuntimeError, match="Nested forward mode AD is not supported"):
            forward_ad.enter_dual_level()
        with pytest.raises(ValueError, match="Expected primal to be floating point"):
            forward_ad.make_dual(mg.ones(2, dtype=mg.int64), x)
