"""`why` finds the reason of the best-known silences, and says nothing that is not so."""

import pytest

import minigrad as mg
from minigrad.why import why


def leaf(values):
    return mg.tensor(values, requires_grad=True)


def test_backward_has_not_been_called():
    w = leaf([1.0, 2.0])
    loss = (w * w).sum()
    assert repr(why(w)) == "w.grad is None.\nloss depends on w: call loss.backward()."
    loss.backward()
    assert "w.grad is there" in repr(why(w))


def test_the_gradient_was_cleared_after_backward():
    w = leaf([1.0, 2.0])
    loss = (w * w).sum()
    loss.backward()
    w.grad = None
    assert "Backward has been run from loss" in repr(why(w))


def test_not_asked_for():
    x = mg.tensor([1.0])
    assert "x.requires_grad is False" in repr(why(x))


def test_integers():
    n = mg.tensor([1, 2])
    assert "torch.int64" in repr(why(n))
    assert "write the numbers with a point" in repr(why(n))


def test_a_parameter_that_was_replaced():
    start = leaf([1.0, 2.0])
    w = start - 0.1 * start
    text = repr(why(w))
    assert "w is not a leaf: it was computed, by SubBackward0" in text
    assert "computed from start" in text
    assert "w -= step under no_grad()" in text


def test_a_retained_gradient_of_a_computed_tensor_is_explained_like_a_leafs():
    x = leaf(2.0)
    h = x * x
    h.retain_grad()
    y = h * 3
    y.backward(retain_graph=True)
    assert "It is the gradient of y" in repr(why(h))


def test_a_detached_copy_was_used():
    w, b = leaf([1.0, 2.0]), leaf(1.0)
    loss = (w.detach() * b).sum()
    text = repr(why(w))
    assert "loss does not depend on w: its graph leads to b only" in text
    assert loss.requires_grad


def test_a_parameter_made_from_a_leaf_shares_its_memory():
    w = leaf([1.0])
    parameter = mg.nn.Parameter(w)
    loss = (parameter * 2).sum()
    text = repr(why(w))
    assert "not depend on w, but on parameter" in text
    assert loss.requires_grad


def test_recording_was_off():
    w = leaf([1.0])
    with mg.no_grad():
        loss = (w * w).sum()
    assert "loss has no graph at all" in repr(why(w))
    assert not loss.requires_grad


def test_nothing_was_computed():
    w = leaf([1.0])
    assert "Compute an output from w" in repr(why(w))


def test_a_zero_is_traced_to_the_operation_that_made_it():
    w = leaf([-1.0, -2.0])
    loss = (mg.relu(w * 2) * 5).sum()
    loss.backward(retain_graph=True)
    text = repr(why(w))
    assert "w.grad is zero" in text
    assert "ReluBackward0" in text


def test_a_nan_is_traced_to_the_operation_that_made_it():
    w = leaf([0.0, 2.0])
    loss = (w * w).sqrt().sum()
    loss.backward(retain_graph=True)
    text = repr(why(w))
    assert "w.grad is NaN in 1 of 2 elements" in text
    assert "SqrtBackward0" in text
    assert "derivative of sqrt at 0 is infinite" in text


def test_an_infinity_of_the_forward_pass_is_named():
    w = leaf(0.0)
    loss = mg.log(w)
    loss.backward(retain_graph=True)
    text = repr(why(w))
    assert "w.grad is infinite" in text
    assert "loss itself is -inf" in text
    assert "Its input there was 0" in text


@pytest.mark.parametrize("times", [2, 3])
def test_gradients_that_have_added_up_are_counted(times):
    w = leaf([1.0, 2.0])
    for _ in range(times):
        loss = (w**3).sum()
        loss.backward(retain_graph=True)
    assert f"{times} times the gradient of loss" in repr(why(w))


def test_the_right_gradient_is_confirmed_and_a_stale_one_is_not():
    w = leaf([1.0, 2.0])
    loss = (w**3).sum()
    loss.backward(retain_graph=True)
    assert "It is the gradient of loss at the present values" in repr(why(w))
    other = (w**2).sum()
    assert "It is not the gradient of other" in repr(why(w, other))


def test_a_freed_graph_can_tell_nothing_and_says_so():
    w = leaf([0.0, -2.0])
    loss = (w * w).sum()
    loss.backward()
    assert "Compute the output once more" in repr(why(w))


def test_nothing_is_changed_by_asking():
    w = leaf([1.0, 2.0])
    loss = (w * w).sum()
    why(w, loss)
    assert w.grad is None
    loss.backward()
    before = w.grad.clone()
    why(w, loss)
    assert (w.grad == before).all()


def test_several_results_of_an_operation_are_no_obstacle():
    w = leaf([1.0, 2.0])
    parts = mg.unbind(w) if hasattr(mg, "unbind") else (w[0], w[1])
    loss = parts[0] * 2
    assert "loss depends on w" in repr(why(w))
    loss.backward(retain_graph=True)
    assert "It is the gradient of loss" in repr(why(w))


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (None, "why\\(w\\), not why\\(w.grad\\)"),
        (mg.nn.Linear(2, 2), "why\\(model.weight\\)"),
        (3.0, "got float"),
    ],
)
def test_what_is_not_a_tensor_is_answered_with_advice(wrong, advice):
    with pytest.raises(TypeError, match=advice):
        why(wrong)
    if wrong is not None:
        with pytest.raises(TypeError, match="why\\(\\)"):
            why(leaf(1.0), wrong)
