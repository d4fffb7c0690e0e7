"""What sees, replaces, packs or recomputes what passes through a graph."""

import gc
import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad.autograd import graph
from minigrad.utils.checkpoint import checkpoint, checkpoint_sequential


@pytest.fixture
def x():
    return mg.tensor([1.0, 2.0], dtype=mg.float64, requires_grad=True)


def f(x):
    return (x.sin() * x.exp() / (x * x + 1)).sum()


@pytest.fixture
def gradient(x):
    (g,) = mg.autograd.grad(f(x), x)
    return g.numpy()


# --- Packing what is kept --------------------------------------------------------------------


def test_what_is_kept_goes_through_the_hooks(x, gradient):
    packed, unpacked = [], []

    def pack(t):
        packed.append(t)
        return t.detach().numpy().copy()

    def unpack(a):
        unpacked.append(a)
        return mg.from_numpy(a)

    with graph.saved_tensors_hooks(pack, unpack):
        y = f(x)
    assert packed
    assert not unpacked
    y.backward()
    assert unpacked
    np.testing.assert_allclose(x.grad.numpy(), gradient, rtol=1e-12)
    assert mg.exp(x)._node.kept[0] is not None
    count = len(packed)
    f(x)
    assert len(packed) == count


def test_packed_values_serve_the_second_derivative(x):
    (first,) = mg.autograd.grad(f(x), x, create_graph=True)
    (expected,) = mg.autograd.grad(first.sum(), x)
    with graph.save_on_cpu():
        y = f(x)
    (first,) = mg.autograd.grad(y, x, create_graph=True)
    (second,) = mg.autograd.grad(first.sum(), x)
    np.testing.assert_allclose(second.numpy(), expected.numpy(), rtol=1e-12)


def test_a_custom_function_keeps_through_the_hooks_too(x):
    class Cube(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x * x

    with graph.saved_tensors_hooks(lambda t: t.detach() * 2, lambda t: t):
        y = Cube.apply(x)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 3 * (2 * x.detach().numpy()) ** 2)


def test_the_inner_of_two_pairs_of_hooks_is_asked(x):
    seen = []
    outer = graph.saved_tensors_hooks(lambda t: seen.append("outer") or t, lambda t: t)
    inner = graph.saved_tensors_hooks(lambda t: seen.append("inner") or t, lambda t: t)
    with outer:
        with inner:
            x.exp()
        x.exp()
    assert seen == ["inner", "outer"]


def test_hooks_and_their_mistakes(x):
    with graph.saved_tensors_hooks(lambda t: t, lambda t: 3):
        y = x.exp().sum()
    with pytest.raises(TypeError, match="unpack_hook expected to be a Tensor but got"):
        y.backward()
    with (
        graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda t: t),
        pytest.raises(RuntimeError, match="pack hook is modifying its input in place"),
    ):
        x.clone().exp()
    with (
        graph.disable_saved_tensors_hooks("not here"),
        pytest.raises(RuntimeError, match="not here"),
        graph.saved_tensors_hooks(lambda t: t, lambda t: t),
    ):
        pass


def test_a_packed_graph_is_freed_by_reference_counting(x):
    gc.disable()
    try:
        with graph.save_on_cpu():
            y = f(x)
        held = mg.autograd.graph.get_gradient_edge(y).node
        import weakref

        alive = weakref.ref(held)
        del y, held
        assert alive() is None
    finally:
        gc.enable()


# --- Checkpoints -----------------------------------------------------------------------------


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_a_checkpoint_recomputes_and_gives_the_same_gradient(x, gradient, use_reentrant):
    calls = []

    def counted(x):
        calls.append(1)
        return f(x)

    y = checkpoint(counted, x, use_reentrant=use_reentrant)
    assert len(calls) == 1
    y.backward()
    assert len(calls) == 2
    np.testing.assert_allclose(x.grad.numpy(), gradient, rtol=1e-12)


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_a_checkpoint_draws_the_same_random_numbers_again(x, use_reentrant):
    drawn = []

    def noisy(x):
        drawn.append(mg.rand(2, dtype=mg.float64))
        return (x * x * drawn[-1]).sum()

    y = checkpoint(noisy, x, use_reentrant=use_reentrant)
    before = mg.random.get_rng_state()
    y.backward()
    assert mg.equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(before, mg.random.get_rng_state())
    np.testing.assert_allclose(x.grad.numpy(), (2 * x * drawn[0]).detach().numpy())


def test_checkpoints_that_are_not_what_they_should_be(x):
    changing = iter([lambda x: x.exp(), lambda x: x.exp().exp()])
    y = checkpoint(lambda x: next(changing)(x), x, use_reentrant=False)
    with pytest.raises(RuntimeError, match="A different number of tensors was saved"):
        y.sum().backward()
    with pytest.raises(ValueError, match="Unexpected keyword arguments: k"):
        checkpoint(f, x, use_reentrant=True, k=1)
    with pytest.warns(UserWarning, match="use_reentrant parameter should be passed"):
        checkpoint(f, x)
    with pytest.raises(ValueError, match="cannot be cut into 3 segments"):
        checkpoint_sequential([mg.exp, mg.sin], 3, x, use_reentrant=False)


def test_a_sequence_in_segments(x):
    steps = [mg.sin, mg.exp, mg.tanh, mg.sin, mg.exp]
    checkpoint_sequential(steps, 2, x, use_reentrant=False).sum().backward()
    expected = x.detach().clone().requires_grad_()
    expected.sin().exp().tanh().sin().exp().sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), expected.grad.numpy(), rtol=1e-12)


# --- Hooks on nodes and leaves ---------------------------------------------------------------


def test_a_node_hook_sees_both_sides_and_may_replace_one(x):
    seen = []
    y = x * 3
    handle = y.grad_fn.register_hook(lambda into, out: seen.append((into, out)))
    y.sum().backward(retain_graph=True)
    (into, out) = seen[0]
    assert into[0].tolist() == [3.0, 3.0]
    assert into[1] is None
    assert out[0].tolist() == [1.0, 1.0]
    handle.remove()
    y.grad_fn.register_hook(lambda into, out: (into[0] * 10, None))
    x.grad = None
    y.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [30.0, 30.0]
    assert len(seen) == 1


def test_a_node_prehook_sees_what_arrives_and_may_replace_it(x):
    y = x * 3
    handle = y.grad_fn.register_prehook(lambda out: (out[0] * 2,))
    y.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [6.0, 6.0]
    handle.remove()
    y.sum().backward()
    assert x.grad.tolist() == [9.0, 9.0]
    first, _second = (x * 1).split(1)
    seen = []
    first.grad_fn.register_prehook(seen.append)
    first.sum().backward()
    assert [g.tolist() for g in seen[0]] == [[1.0], [0.0]]


def test_a_leaf_tells_when_its_gradient_is_there(x):
    steps = []

    def step(leaf):
        steps.append(leaf.grad.tolist())
        leaf.grad = None

    handle = x.register_post_accumulate_grad_hook(step)
    (x * 2).sum().backward()
    (x * 3).sum().backward()
    handle.remove()
    (x * 5).sum().backward()
    assert steps == [[2.0, 2.0], [3.0, 3.0]]
    assert x.grad.tolist() == [5.0, 5.0]
    with pytest.raises(RuntimeError, match="cannot be registered on non-leaf tensors"):
        (x * 2).register_post_accumulate_grad_hook(step)


def test_a_hook_for_several_tensors_waits_for_all(x):
    w = mg.ones(2, dtype=mg.float64, requires_grad=True)
    seen = []
    graph.register_multi_grad_hook((x, w), seen.append)
    (x * w).sum().backward()
    (gradients,) = seen
    assert [g.tolist() for g in gradients] == [[1.0, 1.0], [1.0, 2.0]]


def test_the_place_of_a_tensor_in_the_graph(x):
    parts = (x * 1).split(1)
    edge = graph.get_gradient_edge(parts[1])
    assert edge.node is parts[1].grad_fn
    assert edge.output_nr == 1
    with pytest.raises(RuntimeError, match="does not require gradients"):
        graph.get_gradient_edge(mg.ones(1))
    y = x.exp()
    graph.increment_version(y)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


# --- Anomalies -------------------------------------------------------------------------------


def test_an_anomaly_names_the_operation_and_the_line():
    x = mg.tensor([0.0, 1.0], requires_grad=True)
    with mg.autograd.set_detect_anomaly(True):
        assert mg.is_anomaly_enabled()
        y = (x * 0).sqrt()  # the line to blame
        with (
            pytest.warns(UserWarning, match="Error detected in SqrtBackward0. Traceback") as w,
            pytest.raises(RuntimeError, match="Function 'SqrtBackward0' returned nan values"),
        ):
            (y * x).sum().backward()
    assert any("the line to blame" in str(each.message) for each in w)
    assert not mg.is_anomaly_enabled()


def test_an_anomaly_found_in_backward_alone():
    x = mg.tensor([0.0], requires_grad=True)
    y = (x * 0).sqrt() * x
    with (
        pytest.warns(UserWarning, match="Anomaly Detection has been enabled"),
        mg.autograd.detect_anomaly(),
        pytest.warns(UserWarning, match="No forward pass information available"),
        pytest.raises(RuntimeError, match="returned nan values in its 0th output"),
    ):
        y.sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        with mg.autograd.set_detect_anomaly(True, check_nan=False):
            z = (x * 0).sqrt() * x
            z.sum().backward()
    assert np.isnan(x.grad.numpy()).all()


def test_recording_is_put_back_as_it_was(x):
    with mg.no_grad(), graph.save_on_cpu():
        assert not mg.is_grad_enabled()
        assert x.exp().grad_fn is None
        with mg.enable_grad():
            assert x.exp().grad_fn is not None
    assert mg.is_grad_enabled() is True


def test_gradcheck_takes_an_input_in_any_order_of_memory():
    x = mg.randn(3, 2, dtype=mg.float64, requires_grad=True).detach().t().requires_grad_()
    assert not x.is_contiguous()
    assert mg.autograd.gradcheck(mg.sin, x)
