"""Changes in place, views of views, and the version counter that keeps backward honest."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg


def leaf(values) -> mg.Tensor:
    return mg.tensor(values, dtype=mg.float64, requires_grad=True)


def test_an_inner_tensor_changed_in_place_gets_a_new_history():
    x = leaf([1.0, 2.0])
    y = x * 3
    y.mul_(y.detach() * 0 + 2).add_(1)
    assert y.grad_fn.name() == "AddBackward0"
    y.sum().backward()
    assert x.grad.tolist() == [6.0, 6.0]


def test_the_old_values_live_on_where_a_derivative_needs_them():
    x, w = leaf([1.0, 2.0]), leaf([5.0, 7.0])
    y = x * 1.0
    y.mul_(w)
    y.exp_()
    y.sum().backward()
    expected = np.exp(np.array([5.0, 14.0]))
    np.testing.assert_allclose(x.grad.numpy(), expected * [5, 7])
    np.testing.assert_allclose(w.grad.numpy(), expected * [1, 2])


def test_a_value_that_is_still_needed_may_not_be_overwritten():
    x = leaf([1.0, 2.0, 3.0])
    y = mg.exp(x)
    z = y.sum()
    y.add_(1)
    with pytest.raises(RuntimeError) as caught:
        z.backward()
    assert str(caught.value).startswith(
        "one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.DoubleTensor [3]], which is output 0 of"
    )
    assert "is at version 1; expected version 0 instead" in str(caught.value)


def test_the_version_that_was_expected_is_counted_from_when_it_was_kept():
    x = leaf([1.0, 2.0])
    y = x * 2
    for _ in range(3):
        y.add_(1)
    z = y * y
    for _ in range(300):
        y.add_(1)
    with pytest.raises(RuntimeError, match=r"is at version 303; expected version"):
        z.sum().backward()
    y = x * 2
    for _ in range(3):
        y.add_(1)
    z = y * y
    y.add_(1)
    y.add_(1)
    with pytest.raises(RuntimeError, match="is at version 5; expected version 3 instead"):
        z.sum().backward()


def test_a_value_nobody_needs_may_be_overwritten():
    x = leaf([1.0, 2.0])
    y = x + 1
    z = (y + 2).sum()
    y.zero_()
    z.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_change_through_detach_is_noticed_and_through_data_is_not():
    x = leaf([1.0, 2.0])
    y = x * x
    x.detach().mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    x = leaf([1.0, 2.0])
    y = x * x
    x.data.mul_(2)
    y.sum().backward()
    assert x.grad is not None


def test_a_leaf_is_protected_while_recording():
    x = leaf([1.0, 2.0])
    before = x.tolist()
    for change in (
        lambda: x.add_(1),
        lambda: x.zero_(),
        lambda: x.__setitem__(0, 5.0),
        lambda: x[0].add_(1),
        lambda: x.view(2, 1).mul_(2),
        lambda: x.copy_(mg.zeros(2)),
    ):
        with pytest.raises(
            RuntimeError, match="leaf Variable that requires grad is being used"
        ):
            change()
        assert x.tolist() == before
    with mg.no_grad():
        x -= 1
    assert x.tolist() == [0.0, 1.0]
    assert x.is_leaf


def test_a_refused_change_changes_nothing():
    y = leaf([1.0, 2.0]) * 1
    for change, sentence in (
        (lambda: y.add_(mg.ones(3, 2)), "doesn't match the broadcast shape"),
        (lambda: mg.tensor([1, 2]).add_(0.5), "result type Float can't be cast"),
        (lambda: y.copy_(mg.ones(3)), "must match the size of tensor b"),
    ):
        with pytest.raises(RuntimeError, match=sentence):
            change()
    assert y.tolist() == [1.0, 2.0]


def test_in_place_keeps_the_dtype():
    x = mg.ones(2, dtype=mg.float32)
    x.mul_(mg.tensor([2.0, 3.0], dtype=mg.float64))
    assert x.dtype is mg.float32
    n = mg.tensor([5, 7])
    n += 2
    assert n.dtype is mg.int64
    assert n.tolist() == [7, 9]


# --- Views ------------------------------------------------------------------------


def test_writing_into_part_of_a_tensor_is_a_step_of_the_tape():
    x = leaf(2.0)
    y = mg.zeros(3, dtype=mg.float64)
    y[1] = x * 3
    y[2] = x * x
    assert y.grad_fn.name() == "CopySlices"
    (y * mg.tensor([1.0, 10.0, 100.0], dtype=mg.float64)).sum().backward()
    assert x.grad.item() == 30 + 400


def test_a_view_changed_in_place_changes_its_base_and_the_other_views():
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    base = x * 1
    row, column = base[0], base[:, 1]
    row.mul_(10)
    assert base.tolist() == [[10.0, 20.0], [3.0, 4.0]]
    assert column.tolist() == [20.0, 4.0]
    assert base.grad_fn.name() == "CopySlices"
    (column * mg.tensor([1.0, 2.0], dtype=mg.float64)).sum().backward()
    assert x.grad.tolist() == [[0.0, 10.0], [0.0, 2.0]]


def test_a_view_of_a_view_and_a_change_of_the_base():
    x = leaf(np.arange(1.0, 7.0))
    base = x * 1
    inner = base.view(2, 3)[1].view(3, 1)
    base.mul_(2)
    inner.add_(base[:3].view(3, 1).detach())
    inner.mul_(3)
    base.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0, 6.0, 6.0, 6.0]


def test_a_view_of_constants_starts_to_require_a_gradient_with_them():
    x = leaf(3.0)
    base = mg.zeros(2, dtype=mg.float64)
    view = base[0]
    assert not view.requires_grad
    base[0] = x
    assert view.requires_grad
    view.backward()
    assert x.grad.item() == 1.0


def test_transposed_memory_takes_the_same_road():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    x = leaf(1.0)
    base = mg.from_numpy(array) * x
    assert base.t().is_contiguous()
    part = base.t().view(6)[1:3]
    part.mul_(5)
    assert base.tolist() == [[0.0, 5.0, 2.0], [15.0, 4.0, 5.0]]
    (base * mg.arange(6.0, dtype=mg.float64).view(2, 3)).sum().backward()
    assert x.grad.item() == 0 + 5 + 4 + 45 + 16 + 25


def test_values_are_shared_with_numpy_and_scalars_can_be_viewed():
    array = np.array([1.0, 2.0])
    t = mg.from_numpy(array)
    t.mul_(2)
    assert array.tolist() == [2.0, 4.0]
    number = mg.tensor(1.0)
    shared = number.detach().numpy()
    number.add_(1)
    assert shared == 2.0
    assert number.view(1)[0].fill_(7) is not number
    assert number.item() == 7.0


def test_an_expanded_view_cannot_be_written():
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        mg.ones(1).expand(3).add_(1)


def test_a_view_made_in_no_grad_is_not_recorded_into():
    base = leaf([1.0, 2.0]) * 1
    with mg.no_grad():
        view = base[0]
    with pytest.raises(RuntimeError, match="A view was created in no_grad mode"):
        view.mul_(leaf(2.0))


def test_assignment_by_mask_and_by_positions():
    x = leaf([10.0, 20.0])
    y = mg.zeros(4, dtype=mg.float64)
    y[mg.tensor([True, False, False, True])] = x
    y[[1]] = x[0] * 2
    assert y.tolist() == [10.0, 20.0, 0.0, 20.0]
    (y * mg.tensor([1.0, 10.0, 100.0, 1000.0], dtype=mg.float64)).sum().backward()
    assert x.grad.tolist() == [21.0, 1000.0]


def test_assignment_says_what_is_wrong():
    y = mg.zeros(3)
    with pytest.raises(
        IndexError, match="index 5 is out of bounds for dimension 0 with size 3"
    ):
        y[5] = 1.0
    with pytest.raises(RuntimeError, match="must match the existing size"):
        y[:2] = mg.ones(3)
    with pytest.raises(IndexError, match="only integers, slices"):
        y["a"] = 1.0
