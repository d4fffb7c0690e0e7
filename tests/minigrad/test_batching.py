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


# --- All at once -----------------------------------------------------------------------------

AT_ONCE = pytest.mark.filterwarnings("error:vmap. there is a performance drop")


def counted(function):
    """The function, and the list of its calls."""
    calls = []

    def called(*arguments):
        calls.append(arguments)
        return function(*arguments)

    return called, calls


@pytest.fixture
def classified():
    """A small net, examples, and the loss of one of them by the net's parameters."""
    mg.manual_seed(3)
    net = mg.nn.Sequential(mg.nn.Linear(5, 4), mg.nn.Tanh(), mg.nn.Linear(4, 3))
    x, classes = mg.randn(6, 5), mg.randint(0, 3, (6,))

    def loss(parameters, example, wanted):
        scores = func.functional_call(net, parameters, (example.unsqueeze(0),))
        return mg.nn.functional.cross_entropy(scores, wanted.unsqueeze(0))

    return net, x, classes, loss


@AT_ONCE
def test_gradients_for_each_example_take_one_call(classified):
    net, x, classes, loss = classified
    loss, calls = counted(loss)
    parameters = {name: p.detach() for name, p in net.named_parameters()}
    found = func.vmap(func.grad(loss), in_dims=(None, 0, 0))(parameters, x, classes)
    assert len(calls) == 1
    for i in range(6):
        alone = func.grad(loss)(parameters, x[i], classes[i])
        for name, g in alone.items():
            np.testing.assert_allclose(found[name][i].numpy(), g.numpy(), rtol=1e-5, atol=1e-7)


@AT_ONCE
def test_what_is_captured_receives_the_sum_over_the_examples(classified):
    net, x, classes, loss = classified
    values = func.vmap(lambda a, b: loss(dict(net.named_parameters()), a, b))(x, classes)
    (values.sum() + (net[0].weight ** 2).sum()).backward()
    found = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    whole = mg.nn.functional.cross_entropy(net(x), classes, reduction="sum")
    (whole + (net[0].weight ** 2).sum()).backward()
    for g, p in zip(found, net.parameters(), strict=True):
        np.testing.assert_allclose(g.numpy(), p.grad.numpy(), rtol=1e-4, atol=1e-6)


@AT_ONCE
def test_inner_nodes_of_the_graph_outside_are_captured_too(table):
    w = mg.tensor([0.5, -1.0, 2.0], requires_grad=True)
    inner = w.exp()
    unused = w * 2
    y, same = func.vmap(lambda x: ((x * inner).sin() * w, unused))(table)
    assert same.shape == (2, 3)
    (y.sum() + inner.sum() + same.sum()).backward()
    expected = w.detach().requires_grad_()
    e = expected.exp()
    ((table * e).sin() * expected + e / 2 + 2 * expected).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), expected.grad.numpy(), rtol=1e-5)


@AT_ONCE
def test_derivatives_of_any_order_through_it():
    x = mg.linspace(0.1, 1.2, 6, dtype=mg.float64).reshape(2, 3)
    w = mg.tensor([0.5, -1.0, 2.0], dtype=mg.float64)

    def total(w):
        return func.vmap(lambda row: (row * w).sin().prod())(x).sum()

    def by_loop(w):
        return sum((row * w).sin().prod() for row in x)

    for transform in (func.grad, func.hessian, lambda f: func.jacrev(func.jacrev(f))):
        np.testing.assert_allclose(transform(total)(w).numpy(), transform(by_loop)(w).numpy())
    pushed = func.jvp(total, (w,), (mg.ones(3, dtype=mg.float64),))[1]
    assert pushed.item() == pytest.approx(func.grad(by_loop)(w).sum().item())
    # An inner derivative by what is cut, an outer one by what is captured.
    mixed = func.grad(lambda w: func.vmap(func.grad(lambda r: (r * w).sin().sum()))(x).sum())
    expected = func.grad(lambda w: (w * (x * w).cos()).sum())
    np.testing.assert_allclose(mixed(w).detach().numpy(), expected(w).numpy())
    assert mg.autograd.gradgradcheck(
        lambda x, w: func.vmap(lambda r: (r * w).tanh())(x),
        (x.clone().requires_grad_(), w.clone().requires_grad_()),
    )


@AT_ONCE
def test_one_vmap_in_another():
    a, b = mg.randn(4, 3), mg.randn(5, 3)
    outer = func.vmap(lambda x: func.vmap(lambda y: (x * y).sum())(b))(a)
    assert mg.allclose(outer, a @ b.T)
    w = mg.randn(3, requires_grad=True)
    func.vmap(lambda x: func.vmap(lambda y: (x * y * w).sum())(b))(a).sum().backward()
    assert mg.allclose(w.grad, a.sum(0) * b.sum(0))
    inside = func.vmap(func.vmap(lambda x: x - x.mean(), in_dims=1, out_dims=1))
    cube = mg.randn(2, 3, 4)
    assert mg.allclose(inside(cube), cube - cube.mean(1, keepdim=True))


@AT_ONCE
def test_cotangents_and_tangents_in_a_batch():
    matrix, x = mg.randn(4, 3), mg.randn(3)
    y, pull = func.vjp(lambda v: (matrix @ v).tanh(), x)
    slope = (1 - y * y)[:, None] * matrix
    assert mg.allclose(func.vmap(pull)(mg.eye(4))[0], slope, atol=1e-6)
    push = func.vmap(lambda t: func.jvp(lambda v: (matrix @ v).tanh(), (x,), (t,))[1])
    assert mg.allclose(push(mg.eye(3)), slope.T, atol=1e-6)


@AT_ONCE
def test_an_index_of_its_own_for_each_example():
    x, i = mg.randn(4, 3, 5), mg.tensor([2, 0, 1, 2])
    picked = func.vmap(lambda row, k: row[:, :2][k])(x, i)
    assert mg.equal(picked, mg.stack([x[n, k, :2] for n, k in enumerate(i.tolist())]))
    several = func.vmap(lambda row, k: row[:, k])(x, mg.tensor([[0, 4]] * 3 + [[1, 1]]))
    assert mg.equal(several[3], x[3][:, [1, 1]])


def test_what_looks_at_a_value_is_called_for_each_example(table):
    def by_sign(x):
        return x * 2 if x.sum() > 5 else -x

    with pytest.warns(UserWarning, match="by_sign is called once for each of the 2 examples"):
        found = func.vmap(by_sign)(table)
    assert mg.equal(found, mg.stack([by_sign(row) for row in table]))

    def in_place(x):
        y = x.clone()
        y[0] = 7.0
        return y

    with pytest.warns(UserWarning, match="a change in place"):
        assert func.vmap(in_place)(table)[:, 0].tolist() == [7.0, 7.0]
    w = mg.ones(3, requires_grad=True)

    def backward_inside(x):
        (x * w).sum().backward()
        return x

    with pytest.warns(UserWarning, match="backward"):
        func.vmap(backward_inside)(table)
    assert mg.equal(w.grad, table.sum(0))


@AT_ONCE
def test_the_result_shares_no_memory_with_the_input(table):
    found = func.vmap(lambda x: x)(table)
    found += 1
    assert table[0].tolist() == [0.0, 1.0, 2.0]
