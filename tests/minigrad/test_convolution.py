"""Convolutions and pooling against definitions written out, and their modules."""

import numpy as np
import pytest

import minigrad as mg

F, nn = mg.nn.functional, mg.nn


def by_hand(x, w, stride, padding, dilation):
    """The definition of a convolution in two dimensions, element by element."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (x.shape[2] - dilation * (w.shape[2] - 1) - 1) // stride + 1
    columns = (x.shape[3] - dilation * (w.shape[3] - 1) - 1) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            under = x[:, :, top : top + dilation * w.shape[2] : dilation]
            under = under[..., left : left + dilation * w.shape[3] : dilation]
            under = under[:, :, : w.shape[2], : w.shape[3]]
            out[:, :, i, j] = np.einsum("nchw,ochw->no", under, w)
    return out


@pytest.mark.parametrize("geometry", [(1, 0, 1), (2, 1, 1), (1, 2, 2)])
def test_conv2d_is_its_definition(geometry):
    random = np.random.default_rng(0)
    x, w = random.standard_normal((2, 3, 7, 6)), random.standard_normal((4, 3, 3, 2))
    found = F.conv2d(mg.tensor(x), mg.tensor(w), None, *geometry)
    np.testing.assert_allclose(found.numpy(), by_hand(x, w, *geometry), rtol=1e-12)


def test_the_transposed_convolution_is_the_adjoint():
    random = np.random.default_rng(1)
    x, w = random.standard_normal((1, 3, 7, 7)), random.standard_normal((4, 3, 3, 3))
    y = F.conv2d(mg.tensor(x), mg.tensor(w), stride=2)
    g = mg.tensor(random.standard_normal(tuple(y.shape)))
    back = F.conv_transpose2d(g, mg.tensor(w), stride=2)
    assert (y * g).sum().item() == pytest.approx((mg.tensor(x) * back).sum().item())


def test_pooling_by_hand():
    x = mg.arange(16.0).reshape(1, 1, 4, 4).requires_grad_()
    assert F.max_pool2d(x, 2).tolist() == [[[[5, 7], [13, 15]]]]
    assert F.avg_pool2d(x, 2).tolist() == [[[[2.5, 4.5], [10.5, 12.5]]]]
    assert F.adaptive_avg_pool2d(x, 1).item() == 7.5
    F.max_pool2d(x, 2).sum().backward()
    assert x.grad.sum().item() == 4
    assert x.grad[0, 0, 1, 1].item() == 1


def test_columns_come_back_as_often_as_they_were_taken():
    x = mg.ones(1, 1, 3, 3)
    columns = F.unfold(x, 2)
    assert columns.shape == (1, 4, 4)
    assert F.fold(columns, (3, 3), 2)[0, 0].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        (nn.Conv2d(3, 4, 3), "Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))"),
        (
            nn.Conv1d(4, 4, 3, 2, 1, 2, 2, padding_mode="reflect"),
            "Conv1d(4, 4, kernel_size=(3,), stride=(2,), padding=(1,), dilation=(2,), "
            "groups=2, padding_mode=reflect)",
        ),
        (
            nn.MaxPool2d(2),
            "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        ),
        (nn.AvgPool1d(2), "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))"),
        (nn.AdaptiveAvgPool2d((1, 1)), "AdaptiveAvgPool2d(output_size=(1, 1))"),
    ],
)
def test_modules_are_shown_as_pytorch_shows_them(layer, shown):
    assert repr(layer) == shown


def test_a_convolutional_network_learns():
    mg.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    assert list(net.state_dict()) == ["0.weight", "0.bias"]
    out = net(mg.randn(2, 1, 8, 8))
    assert out.shape == (2, 4, 4, 4)
    out.sum().backward()
    assert net[0].weight.grad.shape == (4, 1, 3, 3)
    assert "MaxPool2DWithIndicesBackward0" in repr(out)


def test_what_is_refused():
    x, w = mg.zeros(1, 3, 8, 8), mg.zeros(4, 3, 3, 3)
    for wrong, sentence in (
        (lambda: F.conv2d(x[:, :2], w), r"expected input\[1, 2, 8, 8\] to have 3 channels"),
        (lambda: F.conv2d(x[0, 0], w), r"got input of size: \[8, 8\]"),
        (lambda: F.conv2d(x[..., :2, :2], w), "Kernel size can't be greater than actual"),
        (lambda: F.conv2d(x.double(), w), "expected scalar type Double but found Float"),
        (lambda: F.conv2d(x, w, stride=0), "non-positive stride is not supported"),
        (lambda: F.conv2d(x, w, padding="same", stride=2), "strided convolutions"),
        (lambda: F.max_pool2d(x, 9), "Output size is too small"),
        (lambda: F.max_pool2d(x, 2, padding=2), "pad should be at most half"),
        (lambda: F.max_pool2d(x, 2, 0), "stride should not be zero"),
    ):
        with pytest.raises(RuntimeError, match=sentence):
            wrong()
