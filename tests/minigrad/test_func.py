"""Derivatives as functions: `func`, `autograd.functional`, `Function`, and the checks."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg
from minigrad import func
from minigrad.autograd import functional
from minigrad.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    hvp,
    jacfwd,
    jacrev,
    jvp,
    value_and_grad,
    vjp,
)

X = mg.tensor([0.3, -1.2, 0.8], dtype=mg.float64)
V = mg.tensor([1.0, 2.0, -1.0], dtype=mg.float64)


def scalar(x):
    return (mg.sin(x) * x * x).sum() + x[0] * x[1] * x[2]


def scalar_gradient(x):
    a, b, c = x
    return np.cos(x) * x**2 + 2 * x * np.sin(x) + np.array([b * c, a * c, a * b])


def pair(x):
    return mg.stack([x[0] * x[1], mg.exp(x[2])])


def pair_jacobian(x):
    return np.array([[x[1], x[0], 0.0], [0.0, 0.0, np.exp(x[2])]])


def close(tensor, value):
    np.testing.assert_allclose(tensor.numpy(), value, rtol=1e-12, atol=1e-14)


def test_grad_and_its_relatives():
    x = X.numpy()
    close(grad(scalar)(X), scalar_gradient(x))
    gradient, value = grad_and_value(scalar)(X)
    close(gradient, scalar_gradient(x))
    again, same = value_and_grad(scalar)(X)
    close(again, value)
    close(same, gradient)
    by_both = grad(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(X, V)
    close(by_both[0], 2 * x * V.numpy())
    close(by_both[1], x * x)
    found, extra = grad(lambda a: (a.sum(), "extra"), has_aux=True)(X)
    close(found, np.ones(3))
    assert extra == "extra"
    assert not gradient.requires_grad
    assert X.grad is None


def test_transformations_nest():
    x = mg.tensor(0.7, dtype=mg.float64)
    third = grad(grad(grad(lambda t: mg.sin(t) * t)))
    close(third(x), -3 * np.sin(0.7) - 0.7 * np.cos(0.7))
    # The classical trap: the inner derivative must not see the outer variable's perturbation.
    close(grad(lambda t: t * grad(lambda u: t + u)(mg.tensor(1.0, dtype=mg.float64)))(x), 1.0)


def test_outer_leaves_are_differentiated_through_an_inner_gradient():
    w = mg.tensor(3.0, dtype=mg.float64, requires_grad=True)
    inner = grad(lambda t: w * t * t)(mg.tensor(2.0, dtype=mg.float64))
    inner.backward()
    assert w.grad.item() == 4.0


def test_products_with_vectors():
    x = X.numpy()
    value, pull = vjp(pair, X)
    close(value, [x[0] * x[1], np.exp(x[2])])
    weights = mg.tensor([2.0, 3.0], dtype=mg.float64)
    close(pull(weights)[0], np.array([2.0, 3.0]) @ pair_jacobian(x))
    close(pull(weights)[0], np.array([2.0, 3.0]) @ pair_jacobian(x))
    value, tangent = jvp(pair, (X,), (V,))
    close(tangent, pair_jacobian(x) @ V.numpy())
    with pytest.raises(RuntimeError, match="shape of its primal"):
        jvp(pair, (X,), (mg.ones(2),))


def test_jacobians_both_ways_and_hessians():
    x = X.numpy()
    close(jacrev(pair)(X), pair_jacobian(x))
    close(jacfwd(pair)(X), pair_jacobian(x))
    table = hessian(scalar)(X).numpy()
    np.testing.assert_allclose(table, table.T, rtol=1e-12)
    close(hvp(scalar, (X,), (V,)), table @ V.numpy())
    close(jacrev(jacfwd(scalar))(X), table)
    matrix = mg.tensor(np.arange(6.0).reshape(2, 3))
    found = jacrev(lambda m: m @ X)(matrix)
    assert found.shape == (2, 2, 3)
    close(found, np.einsum("ij,k->ijk", np.eye(2), x))


def test_a_wide_jacobian_is_taken_in_parts(monkeypatch):
    passes = []
    weights = mg.randn(7, 3, dtype=mg.float64)

    def wide(x):
        y = weights @ x
        y.register_hook(lambda g: passes.append(g.shape))
        return mg.tanh(y)

    whole = [transform(wide)(X) for transform in (jacrev, jacfwd)]
    assert len(passes) == 1
    monkeypatch.setattr(func, "ELEMENTS_AT_ONCE", 14)
    parts = [transform(wide)(X) for transform in (jacrev, jacfwd)]
    assert len(passes) == 5  # two rows in a pass: four for seven
    for a, b in zip(whole, parts, strict=True):
        close(a, b.numpy())


def test_structures_go_in_and_come_out():
    inputs = {"w": mg.ones(2, 3, dtype=mg.float64), "b": [mg.zeros(2, dtype=mg.float64)]}
    found = grad(lambda p: (p["w"] @ X + p["b"][0]).sum())(inputs)
    close(found["w"], np.tile(X.numpy(), (2, 1)))
    close(found["b"][0], np.ones(2))


def test_what_cannot_be_differentiated_is_refused():
    with pytest.raises(RuntimeError, match="to return a scalar Tensor"):
        grad(pair)(X)
    with pytest.raises(RuntimeError, match="Got argnum=3"):
        grad(scalar, argnums=3)(X)
    with pytest.raises(RuntimeError, match="expected a tensor"):
        grad(lambda x: 3.0)(X)


def test_functional_call_uses_other_parameters_and_puts_the_own_back():
    layer = mg.nn.Linear(3, 2)
    weight = layer.weight
    other = mg.zeros(2, 3)
    result = functional_call(layer, {"weight": other, "bias": mg.ones(2)}, mg.ones(3))
    assert result.tolist() == [1.0, 1.0]
    assert layer.weight is weight


# --- autograd.functional -----------------------------------------------------------------


def test_older_forms_agree_with_the_newer():
    x = X.numpy()
    close(functional.jacobian(pair, X), pair_jacobian(x))
    close(functional.jacobian(pair, X, strategy="forward-mode"), pair_jacobian(x))
    table = functional.hessian(scalar, X)
    close(table, hessian(scalar)(X).numpy())
    close(functional.hvp(scalar, X, V)[1], table.numpy() @ V.numpy())
    close(functional.vhp(scalar, X, V)[1], table.numpy() @ V.numpy())
    close(functional.jvp(pair, X, V)[1], pair_jacobian(x) @ V.numpy())
    weights = mg.tensor([2.0, 3.0], dtype=mg.float64)
    close(functional.vjp(pair, X, weights)[1], np.array([2.0, 3.0]) @ pair_jacobian(x))
    blocks = functional.hessian(lambda a, b: (a * b).sum(), (X, V))
    close(blocks[0][1], np.eye(3))
    close(blocks[0][0], np.zeros((3, 3)))


def test_create_graph_and_strict():
    x = X.detach().requires_grad_()
    found = functional.jacobian(lambda t: t**3, x, create_graph=True)
    found.sum().backward()
    close(x.grad, 6 * X.numpy())
    assert not functional.jacobian(lambda t: t**3, x).requires_grad
    with pytest.raises(RuntimeError, match="independent of input 1"):
        functional.jacobian(lambda a, b: a * 2, (X, V), strict=True)


# --- Function -----------------------------------------------------------------------------


class Cube(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x * x

    @staticmethod
    def jvp(ctx, tangent):
        (x,) = ctx.saved_tensors
        return tangent * 3 * x * x


class Exponential(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        result = x.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return grad_output * result


class MinAndMax(mg.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        ctx.size = len(x)
        ctx.places = int(x.argmin()), int(x.argmax())
        position = mg.tensor(ctx.places)
        ctx.mark_non_differentiable(position)
        return x[ctx.places[0]] * factor, x[ctx.places[1]] * factor, position

    @staticmethod
    def backward(ctx, low, high, nothing=None):
        g = mg.zeros(ctx.size, dtype=low.dtype)
        g[ctx.places[0]] = low * ctx.factor
        g[ctx.places[1]] = high * ctx.factor
        return g, None


def leaf():
    return X.detach().clone().requires_grad_()


def test_your_own_function_takes_part_in_everything():
    x = leaf()
    y = Cube.apply(x)
    assert y.grad_fn.name() == "CubeBackward"
    y.sum().backward()
    close(x.grad, 3 * X.numpy() ** 2)
    assert mg.autograd.gradcheck(Cube.apply, (leaf(),), check_forward_ad=True)
    assert mg.autograd.gradgradcheck(Cube.apply, (leaf(),))
    assert mg.autograd.gradcheck(Exponential.apply, (leaf(),))
    assert mg.autograd.gradgradcheck(Exponential.apply, (leaf(),))


def test_several_results_some_of_them_unused_or_not_differentiable():
    x = leaf()
    low, high, places = MinAndMax.apply(x, 10.0)
    assert not places.requires_grad
    high.backward()
    close(x.grad, [0.0, 0.0, 10.0])
    assert low.requires_grad


def test_a_wrong_backward_is_named():
    class Wrong(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return mg.ones(2, dtype=mg.float64)

    with pytest.raises(
        RuntimeError, match=r"Function WrongBackward returned an invalid gradient at index 0"
    ):
        Wrong.apply(leaf()).sum().backward()

    class TooMany(Wrong):
        @staticmethod
        def backward(ctx, g):
            return g, g

    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        TooMany.apply(leaf()).sum().backward()


def test_gradcheck_sees_a_wrong_derivative():
    class Half(Cube):
        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * 1.5 * x * x

    with pytest.raises(RuntimeError, match="Jacobian mismatch for output 0 with respect to"):
        mg.autograd.gradcheck(Half.apply, (leaf(),))
    assert not mg.autograd.gradcheck(Half.apply, (leaf(),), raise_exception=False)

    class FirstOnly(Cube):
        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (3 * x * x).detach()

    assert mg.autograd.gradcheck(FirstOnly.apply, (leaf(),))
    assert not mg.autograd.gradgradcheck(FirstOnly.apply, (leaf(),), raise_exception=False)
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        mg.autograd.gradcheck(Cube.apply, (X,))
    with pytest.warns(UserWarning, match="not a double precision"):
        mg.autograd.gradcheck(
            Cube.apply, (leaf().detach().float().requires_grad_(),), raise_exception=False
        )
