"""What well-known handouts on automatic differentiation print with PyTorch, printed here.

Each snippet is our own; the expected text is what PyTorch 2 prints for the same computation.
"""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as torch
from minigrad.viz import make_dot


def printed(*values) -> str:
    return " ".join(str(value) for value in values)


def test_chain_rule_by_backward_by_hand_and_by_differences():
    def composed(v):
        return torch.log(v[0] * v[1]) * torch.sin(v[1])

    v = torch.tensor([0.5, 0.75], requires_grad=True)
    value = composed(v)
    value.backward()
    assert printed(v.grad) == "tensor([1.3633, 0.1912])"
    slope = torch.zeros(2)
    slope[0] = (composed(v + torch.tensor([1e-3, 0])) - value) / 1e-3
    slope[1] = (composed(v + torch.tensor([0, 1e-3])) - value) / 1e-3
    assert printed(slope) == "tensor([1.3619, 0.1919], grad_fn=<CopySlices>)"


def test_a_line_fitted_with_sgd():
    torch.manual_seed(0)
    x = torch.randn(100, dtype=torch.float)
    y = 2 + x + torch.randn(100, dtype=torch.float)
    start = [torch.randn(1, requires_grad=True), torch.randn(1, requires_grad=True)]
    model = [torch.nn.Parameter(t) for t in start]
    assert repr(model[0]) == "Parameter containing:\ntensor([-1.0882], requires_grad=True)"
    optimizer = torch.optim.SGD(model, lr=0.1)
    for step in range(500):
        optimizer.zero_grad()
        loss = torch.mean((y - (model[0] + model[1] * x)) ** 2)
        loss.backward()
        if step == 0:
            assert f"{loss.item():.4f}" == "12.4041"
            assert printed(model[0].grad) == "tensor([-6.5609])"
        optimizer.step()
    assert [f"{p.item():.4f}" for p in model] == ["2.1597", "0.8810"]


def test_the_bridge_to_numpy():
    assert printed(torch.linspace(-5, 5, 10)) == (
        "tensor([-5.0000, -3.8889, -2.7778, -1.6667, -0.5556,  0.5556,  1.6667,  2.7778,\n"
        "         3.8889,  5.0000])"
    )
    shared = torch.from_numpy(np.linspace(-5, 5, 10))
    assert printed(shared.dtype, shared.float().dtype) == "torch.float64 torch.float32"


def test_a_graph_its_gradient_and_its_drawing():
    x = torch.tensor(5.0, requires_grad=True)
    c = torch.tensor(3.0)
    y = c * torch.sin(x) + x + c
    assert printed(x, x.grad) == "tensor(5., requires_grad=True) None"
    assert printed(y) == "tensor(5.1232, grad_fn=<AddBackward0>)"
    body = make_dot(y, {"x": x, "c": c, "y": y}, show_attrs=True, show_saved=True).body
    assert [sum(name in line for line in body) for name in ("MulBackward0", "SinB")] == [1, 1]
    y.backward()
    assert printed(x.grad) == "tensor(1.8510)"
    with pytest.raises(RuntimeError) as caught:
        y.backward()
    assert str(caught.value).startswith(
        "Trying to backward through the graph a second time (or"
    )
    assert str(caught.value).endswith("access saved tensors after calling backward.")


def test_gradients_accumulate_until_they_are_zeroed():
    x = torch.tensor(5.0, requires_grad=True)
    for expected in ("tensor(30.)", "tensor(60.)"):
        y = 3 * x**2
        y.backward()
        assert printed(x.grad) == expected
        assert printed(y) == "tensor(75., grad_fn=<MulBackward0>)"
    assert printed(x.grad.zero_()) == "tensor(0.)"


def test_many_inputs():
    x = torch.arange(5, dtype=torch.float32).requires_grad_(True)
    y = torch.mean(torch.log(x**2 + 1) + 5 * x)
    y.backward()
    assert printed(y) == "tensor(11.4877, grad_fn=<MeanBackward0>)"
    assert printed("Grad", x.grad) == "Grad tensor([1.0000, 1.2000, 1.1600, 1.1200, 1.0941])"


def test_the_random_data_of_a_regression():
    torch.manual_seed(42)
    x = torch.randn(100, 5).requires_grad_(True)
    y = torch.mean(x, axis=1)
    theta = torch.randn(5).requires_grad_(True)
    error = torch.mean((y - torch.matmul(x, theta)) ** 2)
    assert printed(theta) == (
        "tensor([-0.1869,  0.0173, -1.3771, -0.3060,  0.9693], requires_grad=True)"
    )
    error.backward()
    assert printed(x.grad[:2]) == (
        "tensor([[ 0.0066,  0.0031,  0.0268,  0.0086, -0.0131],\n"
        "        [-0.0361, -0.0170, -0.1471, -0.0472,  0.0718]])"
    )


@pytest.mark.parametrize(
    ("step_size", "first"),
    [
        (0.05, [0.5, 0.5117, 0.5256, 0.5416]),
        (0.07, [0.5, 0.5164, 0.5369, 0.5611]),
        (0.15, [0.5, 0.5352, 0.5865, 0.6428]),
    ],
)
def test_descent_on_a_curve_with_many_valleys(step_size, first):
    theta = torch.tensor(0.5, requires_grad=True)
    path = []
    for _ in range(4):
        path.append(theta.detach().numpy().copy())
        if theta.grad is not None:
            theta.grad.zero_()
        (theta * torch.cos(4 * theta) + 2 * torch.abs(theta)).backward()
        with torch.no_grad():
            theta -= step_size * theta.grad
    assert np.round(path, 4).tolist() == np.float32(first).tolist()
    assert path[0].dtype == np.float32


def test_a_two_layer_net_learns_as_fast():
    torch.manual_seed(1)
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    model = torch.nn.Sequential(
        torch.nn.Linear(1000, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10)
    )
    loss_function = torch.nn.MSELoss(reduction="sum")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    for step in range(100):
        loss = loss_function(model(x), y)
        if step in (49, 99):
            assert f"{loss.item():.3f}" == {49: "214.855", 99: "50.666"}[step]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_inner_gradients_on_request():
    x = (2.0 * torch.ones(5).float()).requires_grad_(True)
    y = torch.dot(torch.arange(5).float(), x)
    y.retain_grad()
    torch.log(y).backward()
    assert printed(y, y.grad) == "tensor(20., grad_fn=<DotBackward0>) tensor(0.0500)"
    assert printed(x.grad) == "tensor([0.0000, 0.0500, 0.1000, 0.1500, 0.2000])"


def test_cotangents_say_how_much_each_output_counts():
    x = torch.arange(3.0, requires_grad=True)
    (x * x).backward(torch.tensor([1.0, 1.0, 0]))
    assert printed(x.grad) == "tensor([0., 2., 0.])"
    a = torch.tensor([2.0, 3.0], requires_grad=True)
    b = torch.tensor([6.0, 4.0], requires_grad=True)
    (3 * a**3 - b**2).backward(gradient=torch.tensor([1, 1]))
    assert printed(a.grad, b.grad) == "tensor([36., 81.]) tensor([-12.,  -8.])"
    assert printed(torch.tensor([2.0]) == torch.tensor([2.0])) == "tensor([True])"


def test_all_digits_of_a_float32_descent():
    weights = torch.tensor([1.0, 1.0])
    x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 1.5, 2.0])
    for step in range(50):
        weights = weights.clone().detach().requires_grad_(True)
        loss = ((y - (weights[0] * x + weights[1])) ** 2).mean()
        line = f"{loss.item()} {weights[0]} {weights[1]}"
        loss.backward()
        weights = weights - 0.05 * weights.grad
        if step == 1:
            assert line == "0.4854629337787628 0.6666666269302368 0.8500000238418579"
        if step == 49:
            assert line == "0.0024147231597453356 0.44292715191841125 0.6297400593757629"
    assert printed(weights) == "tensor([0.4436, 0.6282], grad_fn=<SubBackward0>)"
