"""The tape and backward: order, accumulation, freeing, hooks, very long graphs."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import numpy as np
import pytest

import minigrad as mg


def leaf(values, dtype=mg.float64) -> mg.Tensor:
    return mg.tensor(values, dtype=dtype, requires_grad=True)


def test_a_value_used_twice_receives_the_sum_before_it_passes_it_on():
    a = leaf(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert a.grad.item() == 4.0


def test_order_holds_where_a_late_use_meets_an_early_one():
    x = leaf(2.0)
    early = x * 3
    middle = mg.sin(early)
    late = middle * early + early
    late.backward()
    u = 6.0
    assert a_close(x.grad, 3 * (np.cos(u) * u + np.sin(u) + 1))


def a_close(tensor: mg.Tensor, value) -> bool:
    return np.allclose(tensor.detach().numpy(), value, rtol=1e-12)


def test_gradients_accumulate_over_backward_calls():
    x = leaf([1.0, 2.0])
    for times in (1, 2, 3):
        (x * x).sum().backward()
        assert a_close(x.grad, 2 * times * np.array([1.0, 2.0]))


def test_accumulation_is_in_place_so_an_alias_sees_it():
    x = leaf([1.0, 2.0])
    (x * 1.0).sum().backward()
    alias = x.grad
    (x * 1.0).sum().backward()
    assert alias is x.grad
    assert a_close(alias, [2.0, 2.0])


def test_two_leaves_never_share_their_gradient():
    a, b = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    (a + b).backward(mg.ones(2, dtype=mg.float64))
    a.grad.zero_()
    assert a_close(b.grad, [1.0, 1.0])


def test_the_given_cotangent_is_not_taken_over():
    x = leaf([1.0, 2.0])
    v = mg.ones(2, dtype=mg.float64)
    x.backward(v)
    (x + 0.0).backward(v)
    assert a_close(v, [1.0, 1.0])


def test_backward_twice_is_refused_where_values_were_kept_only():
    x = leaf(3.0)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()
    z = x + 1
    z.backward()
    z.backward()
    assert x.grad.item() == 8.0


def test_retain_graph_allows_a_second_pass():
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 12.0


@pytest.mark.parametrize(
    "count", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids="{:,}".format
)
def test_a_long_graph_needs_no_recursion_to_run_or_to_be_dropped(count):
    x = leaf(1.0)
    y = x
    for _ in range(count):
        y = y + x
    y.backward()
    assert x.grad.item() == count + 1
    del y


def test_cost_per_operation_does_not_grow_with_the_graph():
    def seconds_per_operation(count: int) -> float:
        best = float("inf")
        for _ in range(3):
            x = leaf(0.5)
            y = x
            begin = time.process_time()
            for _ in range(count):
                y = y + x
            y.backward()
            best = min(best, time.process_time() - begin)
        return best / count

    # The collector's passes over everything that lives are not the engine's cost.
    gc.disable()
    try:
        short, long = seconds_per_operation(1_000), seconds_per_operation(50_000)
    finally:
        gc.enable()
    assert long < 2.5 * short


def test_a_dropped_graph_is_freed_by_reference_counting_alone():
    gc.collect()
    gc.disable()
    try:
        x = leaf([1.0, 2.0])
        y = mg.exp(mg.sin(x) * x)
        z = (y[0] + y.reshape(2, 1).sum()) ** 2
        nodes = [weakref.ref(t.grad_fn) for t in (y, z)]
        del y, z
        assert all(node() is None for node in nodes)
        y = mg.sin(x)
        y.retain_grad()
        y.add_(1)
        y[0] = 5.0
        kept = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert kept() is None
    finally:
        gc.enable()


def test_mixed_dtypes_give_each_leaf_a_gradient_of_its_own_dtype():
    a = mg.tensor([1.0, 2.0], requires_grad=True)
    b = mg.tensor([3.0, 4.0], dtype=mg.float64, requires_grad=True)
    y = (a * b).sum()
    assert y.dtype is mg.float64
    y.backward()
    assert a.grad.dtype is mg.float32
    assert b.grad.dtype is mg.float64


def test_broadcast_inputs_receive_the_sum_over_their_copies():
    a, b = leaf(np.ones((3, 1))), leaf(np.ones(4))
    weights = np.arange(12.0).reshape(3, 4)
    ((a + b) * mg.tensor(weights)).sum().backward()
    assert a_close(a.grad, weights.sum(1, keepdims=True))
    assert a_close(b.grad, weights.sum(0))


# --- What is asked for ----------------------------------------------------------


def test_grad_leaves_the_leaves_alone_and_takes_inner_tensors():
    x = leaf(2.0)
    h = x * x
    y = mg.log(h)
    (dy_dh,) = mg.autograd.grad(y, h, retain_graph=True)
    assert a_close(dy_dh, 0.25)
    assert x.grad is None
    assert h._grad is None


def test_grad_goes_only_where_it_is_asked():
    class Trap(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1.0

        @staticmethod
        def backward(ctx, g):
            raise AssertionError("backward went where nobody asked")

    a, b = leaf(1.0), leaf(2.0)
    y = Trap.apply(a) + b * 3
    (db,) = mg.autograd.grad(y, b)
    assert db.item() == 3.0


def test_unused_inputs():
    x, other = leaf(1.0), leaf([1.0, 2.0])
    y = x * 2
    with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
        mg.autograd.grad(y, other, retain_graph=True)
    assert mg.autograd.grad(y, other, allow_unused=True, retain_graph=True) == (None,)
    (zeros,) = mg.autograd.grad(y, other, materialize_grads=True)
    assert a_close(zeros, [0.0, 0.0])


def test_backward_into_chosen_inputs_only():
    x, w = leaf(2.0), leaf(3.0)
    h = x * w
    (h * h).backward(inputs=[w, h])
    assert x.grad is None
    assert w.grad.item() == 24.0
    assert h.grad.item() == 12.0


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_any_order_of_derivative(order):
    x = leaf(0.7)
    y = mg.sin(x) * mg.exp(2 * x)
    for _ in range(order):
        (y,) = mg.autograd.grad(y, x, create_graph=True)
    # The imaginary part of (2 + i)ⁿ e^((2 + i) x).
    assert a_close(y, ((2 + 1j) ** order * np.exp((2 + 1j) * 0.7)).imag)


def test_without_create_graph_the_gradient_is_no_function_of_anything():
    x = leaf(2.0)
    (g,) = mg.autograd.grad(x**3, x)
    assert not g.requires_grad
    (g,) = mg.autograd.grad(x**3, x, create_graph=True)
    assert g.requires_grad


def test_create_graph_within_no_grad():
    x = leaf(2.0)
    y = x**3
    with mg.no_grad():
        (g,) = mg.autograd.grad(y, x, create_graph=True)
    (h,) = mg.autograd.grad(g, x)
    assert h.item() == 12.0


# --- Errors -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "kind", "sentence"),
    [
        (
            lambda: (leaf([1.0, 2.0]) * 2).backward(),
            RuntimeError,
            "grad can be implicitly created only for scalar outputs",
        ),
        (
            lambda: mg.tensor(1.0).backward(),
            RuntimeError,
            "element 0 of tensors does not require grad and does not have a grad_fn",
        ),
        (
            lambda: (leaf([1.0, 2.0, 3.0]) * 2).backward(mg.ones(2)),
            RuntimeError,
            "Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] "
            "has a shape of torch.Size([3]).",
        ),
        (
            lambda: (leaf([1.0]) * 2).backward([1.0]),
            TypeError,
            "gradients can be either Tensors or None, but got float",
        ),
        (
            lambda: mg.tensor([1, 2], requires_grad=True),
            RuntimeError,
            "Only Tensors of floating point and complex dtype can require gradients",
        ),
        (
            lambda: leaf([1.0, 2.0]).numpy(),
            RuntimeError,
            "Can't call numpy() on Tensor that requires grad. "
            "Use tensor.detach().numpy() instead.",
        ),
        (
            lambda: mg.ones(2, 3) + mg.ones(4),
            RuntimeError,
            "The size of tensor a (3) must match the size of tensor b (4) at non-singleton "
            "dimension 1",
        ),
        (
            lambda: mg.ones(3, 4) @ mg.ones(3, 2),
            RuntimeError,
            "mat1 and mat2 shapes cannot be multiplied (3x4 and 3x2)",
        ),
    ],
)
def test_errors_begin_with_pytorchs_sentence_and_go_on_with_a_note(act, kind, sentence):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == sentence
    assert caught.value.__notes__


# --- Hooks ----------------------------------------------------------------------------


def test_hooks_see_and_may_replace_the_cotangent():
    x = leaf([1.0, 2.0])
    h = x * 3
    seen = []
    h.register_hook(lambda g: seen.append(g.tolist()))
    h.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    (h * h).sum().backward()
    assert seen == [[6.0, 12.0]]
    assert a_close(x.grad, 10 * 3 * np.array([6.0, 12.0]) + 1)


def test_a_removed_hook_is_not_called():
    x = leaf(1.0)
    calls = []
    handle = x.register_hook(calls.append)
    handle.remove()
    handle.remove()
    (x * 2).backward()
    assert not calls


def test_a_leafs_hook_sees_the_total_once():
    x = leaf(1.0)
    totals = []
    x.register_hook(lambda g: totals.append(g.item()))
    (x * 2 + x * 3 + mg.sin(x) * 0).backward()
    assert totals == [5.0]


def test_retain_grad_and_its_warning():
    x = leaf(2.0)
    h = x * x
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert h.grad is None
    h.retain_grad()
    assert h.retains_grad
    mg.log(h).backward()
    assert a_close(h.grad, 0.25)


# --- Recording on and off -----------------------------------------------------------------


def test_switches_nest_decorate_and_survive_errors():
    x = leaf(1.0)

    @mg.no_grad()
    def quiet():
        return x * 2

    @mg.no_grad
    def also_quiet():
        return x * 2

    assert not quiet().requires_grad
    assert not also_quiet().requires_grad
    with mg.no_grad():
        with mg.enable_grad():
            assert (x * 2).requires_grad
        with mg.set_grad_enabled(True):
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
    with pytest.raises(ZeroDivisionError), mg.no_grad():
        raise ZeroDivisionError
    assert mg.is_grad_enabled()
    with mg.inference_mode():
        assert not (x * 2).requires_grad
        assert mg.is_inference_mode_enabled()
    mg.set_grad_enabled(False)
    try:
        assert not (x * 2).requires_grad
    finally:
        mg.set_grad_enabled(True)


def test_each_thread_has_its_own_switch():
    x = leaf(1.0)
    found = []
    with mg.no_grad():
        thread = threading.Thread(target=lambda: found.append((x * 2).requires_grad))
        thread.start()
        thread.join()
    assert found == [True]


# --- The graph, looked at -----------------------------------------------------------------


def test_the_graph_shows_pytorchs_names_and_saved_values():
    x = mg.tensor(2.0, requires_grad=True)
    y = mg.exp(x) * x + 1
    assert y.grad_fn.name() == "AddBackward0"
    (product, _), (nothing, _) = y.grad_fn.next_functions
    assert nothing is None
    assert product.name() == "MulBackward0"
    assert product._saved_other.item() == 2.0
    (exponential, _), (accumulate, _) = product.next_functions
    assert exponential._saved_result.item() == pytest.approx(np.exp(2.0))
    assert accumulate.variable is x
    assert exponential.next_functions[0][0] is accumulate
    assert repr(y.grad_fn).startswith("<AddBackward0 object at 0x")


def test_the_derivative_of_a_constant_side_is_not_kept_for():
    x, mask = leaf([1.0, 2.0]), mg.tensor([0.0, 1.0], dtype=mg.float64)
    y = x * mask
    assert y.grad_fn.plan.names == ["y"]
    x.data.mul_(5)
    y.sum().backward()
    assert a_close(x.grad, [0.0, 1.0])


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_function_may_have_none_for_outputs_that_nobody_used(create_graph):
    received = []

    class Two(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, first, second):
            received.append((first is None, second is None))
            return second * 3 if first is None else first * 2

    x = mg.ones(2, requires_grad=True)
    for used, factor in ((0, 2.0), (1, 3.0)):
        (found,) = mg.autograd.grad(Two.apply(x)[used].sum(), x, create_graph=create_graph)
        assert found.tolist() == [factor, factor]
    assert received == [(False, True), (True, False)]
