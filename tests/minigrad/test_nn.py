"""Modules, losses and optimisers; against the formulas by hand, and (slow) against PyTorch."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn, optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.rest = nn.Sequential(nn.Tanh(), nn.Linear(4, 2, bias=False))
        self.register_buffer("count", mg.tensor(0))

    def forward(self, x):
        return self.rest(self.first(x))


def test_parameters_are_found_by_assignment():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == [
        "first.weight",
        "first.bias",
        "rest.1.weight",
    ]
    assert [name for name, _ in net.named_buffers()] == ["count"]
    assert len(list(net.modules())) == 5
    net.tied = net.first
    assert len(list(net.parameters())) == 3
    del net.tied
    net.first.bias = None
    assert len(list(net.parameters())) == 2
    with pytest.raises(TypeError, match=r"cannot assign 'torch.FloatTensor' as param"):
        net.first.weight = mg.ones(4, 3)
    with pytest.raises(
        AttributeError, match=r"cannot assign module before Module.__init__\(\)"
    ):
        type("Early", (nn.Module,), {"__init__": lambda self: setattr(self, "a", Net())})()
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'missing'"):
        net.missing  # noqa: B018


def test_a_module_prints_as_pytorchs_does():
    assert repr(Net()) == (
        "Net(\n"
        "  (first): Linear(in_features=3, out_features=4, bias=True)\n"
        "  (rest): Sequential(\n"
        "    (0): Tanh()\n"
        "    (1): Linear(in_features=4, out_features=2, bias=False)\n"
        "  )\n"
        ")"
    )
    assert repr(nn.ReLU()) == "ReLU()"
    assert repr(nn.Sequential()) == "Sequential()"


def test_state_goes_out_and_in():
    net, other = Net(), Net()
    assert list(net.state_dict()) == ["count", "first.weight", "first.bias", "rest.1.weight"]
    assert repr(other.load_state_dict(net.state_dict())) == "<All keys matched successfully>"
    x = mg.randn(5, 3)
    assert (net(x) == other(x)).all()
    state = net.state_dict()
    state["first.bias"] = mg.ones(7)
    state["extra"] = mg.ones(1)
    before = other.first.weight.tolist()
    state["first.weight"] = mg.zeros(4, 3)
    with pytest.raises(RuntimeError) as caught:
        other.load_state_dict(state)
    assert 'Unexpected key(s) in state_dict: "extra"' in str(caught.value)
    assert "size mismatch for first.bias" in str(caught.value)
    assert other.first.weight.tolist() == before


def test_modes_hooks_and_walks():
    net = Net()
    assert net.eval().rest[0].training is False
    net.train()
    seen = []
    handle = net.first.register_forward_hook(lambda m, i, o: seen.append(tuple(o.shape)))
    net(mg.ones(2, 3))
    handle.remove()
    net(mg.ones(2, 3))
    assert seen == [(2, 4)]
    names = []
    net.apply(lambda m: names.append(type(m).__name__))
    assert names == ["Linear", "Tanh", "Linear", "Sequential", "Net"]
    net.double()
    assert net.first.weight.dtype is mg.float64
    assert net.count.dtype is mg.int64
    twin = copy.deepcopy(net)
    assert twin.first.weight is not net.first.weight
    assert isinstance(twin.first.weight, nn.Parameter)


def test_linear_by_hand_and_its_errors():
    layer = nn.Linear(3, 2)
    x = mg.randn(5, 3)
    expected = x.numpy() @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, rtol=1e-6)
    assert layer(mg.ones(3)).shape == (2,)
    assert layer(mg.ones(2, 5, 3)).shape == (2, 5, 2)
    assert layer(x).grad_fn.name() == "AddmmBackward0"
    with pytest.raises(RuntimeError, match=r"mat1 and mat2 shapes cannot be multiplied \(5x4"):
        layer(mg.ones(5, 4))
    with pytest.raises(RuntimeError, match="must have the same dtype"):
        layer(mg.ones(5, 3, dtype=mg.float64))


def test_mse_loss_and_its_warning():
    x, y = mg.tensor([1.0, 2.0], requires_grad=True), mg.tensor([0.0, 4.0])
    assert nn.MSELoss()(x, y).item() == 2.5
    assert nn.MSELoss(reduction="sum")(x, y).item() == 5.0
    assert nn.functional.mse_loss(x, y, reduction="none").tolist() == [1.0, 4.0]
    nn.MSELoss()(x, y).backward()
    assert x.grad.tolist() == [1.0, -2.0]
    with pytest.warns(UserWarning, match="that is different to the input size"):
        nn.MSELoss()(x, mg.zeros(2, 1))


# --- Optimisers -----------------------------------------------------------------------------


def steps(make, count=5):
    """The way of two parameters down a bowl."""
    a = mg.tensor([1.0, -2.0], dtype=mg.float64, requires_grad=True)
    b = mg.tensor(3.0, dtype=mg.float64, requires_grad=True)
    optimizer = make([a, b])
    for _ in range(count):
        optimizer.zero_grad()
        ((a * a).sum() * 2 + (b - 1) ** 4 + a[0] * b).backward()
        optimizer.step()
    return np.array([*a.tolist(), b.item()])


def gradient(theta):
    a0, a1, b = theta
    return np.array([4 * a0 + b, 4 * a1, 4 * (b - 1) ** 3 + a0])


def test_sgd_is_the_formula():
    theta, velocity = np.array([1.0, -2.0, 3.0]), None
    for _ in range(5):
        g = gradient(theta) + 0.1 * theta
        velocity = g if velocity is None else 0.9 * velocity + g
        theta = theta - 0.01 * (g + 0.9 * velocity)
    found = steps(
        lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1)
    )
    np.testing.assert_allclose(found, theta, rtol=1e-12)


def test_adam_is_the_formula():
    theta, m, v = np.array([1.0, -2.0, 3.0]), np.zeros(3), np.zeros(3)
    for t in range(1, 6):
        g = gradient(theta)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta = theta - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(steps(lambda p: optim.Adam(p, lr=0.1)), theta, rtol=1e-12)


def test_optimisers_resume_from_their_state():
    whole = steps(lambda p: optim.Adam(p, lr=0.1), count=6)
    a = mg.tensor([1.0, -2.0], dtype=mg.float64, requires_grad=True)
    b = mg.tensor(3.0, dtype=mg.float64, requires_grad=True)
    state = None
    for _ in range(2):
        optimizer = optim.Adam([a, b], lr=0.1)
        if state is not None:
            optimizer.load_state_dict(state)
        for _ in range(3):
            optimizer.zero_grad()
            ((a * a).sum() * 2 + (b - 1) ** 4 + a[0] * b).backward()
            optimizer.step()
        state = optimizer.state_dict()
    np.testing.assert_allclose([*a.tolist(), b.item()], whole, rtol=1e-12)


def test_what_optimisers_refuse():
    w = mg.ones(2, requires_grad=True)
    for wrong, kind, sentence in (
        (lambda: optim.SGD([], lr=0.1), ValueError, "optimizer got an empty parameter list"),
        (lambda: optim.SGD(w, lr=0.1), TypeError, "should be an iterable of Tensors or dicts"),
        (lambda: optim.SGD([w * 2], lr=0.1), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda: optim.SGD([w], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda: optim.Adam([{"params": [w]}, {"params": [w]}]), ValueError, "more than one"),
        (lambda: optim.SGD([3.0], lr=0.1), TypeError, "can only optimize Tensors"),
    ):
        with pytest.raises(kind, match=sentence):
            wrong()


def test_a_step_after_which_backward_would_be_wrong_is_noticed():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    w.grad = mg.ones(2)
    optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


# --- Against PyTorch --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("SGD", {"lr": 0.01}),
        ("SGD", {"lr": 0.01, "momentum": 0.8, "dampening": 0.3, "maximize": True}),
        ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "weight_decay": 0.1, "amsgrad": True}),
        ("AdamW", {"lr": 0.05}),
    ],
)
def test_training_goes_as_in_pytorch(name, settings):
    torch = pytest.importorskip("torch", reason="compares with PyTorch")

    def losses(module):
        module.manual_seed(5)
        net = module.nn.Sequential(
            module.nn.Linear(6, 5), module.nn.Sigmoid(), module.nn.Linear(5, 2)
        ).double()
        x = module.randn(7, 6, dtype=module.float64)
        y = module.randn(7, 2, dtype=module.float64)
        optimizer = getattr(module.optim, name)(net.parameters(), **settings)
        scheduler = module.optim.lr_scheduler.StepLR(optimizer, 4, gamma=0.5)
        found = []
        for _ in range(12):
            optimizer.zero_grad()
            loss = module.nn.MSELoss()(net(x), y)
            loss.backward()
            optimizer.step()
            scheduler.step()
            found.append(loss.item())
        return found, repr(optimizer)

    (ours, text), (theirs, their_text) = losses(mg), losses(torch)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert text == their_text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("StepLR", {"step_size": 3}),
        ("MultiStepLR", {"milestones": [2, 5], "gamma": 0.3}),
        ("ExponentialLR", {"gamma": 0.9}),
        ("LambdaLR", {"lr_lambda": lambda epoch: 1 / (1 + epoch)}),
        ("CosineAnnealingLR", {"T_max": 6, "eta_min": 0.01}),
    ],
)
def test_schedules_go_as_in_pytorch(name, settings):
    torch = pytest.importorskip("torch", reason="compares with PyTorch")

    def rates(module):
        optimizer = module.optim.SGD([module.ones(1, requires_grad=True)], lr=0.5)
        scheduler = getattr(module.optim.lr_scheduler, name)(optimizer, **settings)
        found = []
        for _ in range(9):
            optimizer.step()
            scheduler.step()
            found.append(scheduler.get_last_lr()[0])
        return found

    np.testing.assert_allclose(rates(mg), rates(torch), rtol=1e-9)


@pytest.mark.slow
def test_a_plateau_is_seen_as_in_pytorch():
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    measures = [5.0, 4.0, 4.1, 4.0, 4.0, 3.9999, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]

    def rates(module):
        optimizer = module.optim.SGD([module.ones(1, requires_grad=True)], lr=0.5)
        scheduler = module.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=0.5, patience=1, cooldown=1
        )
        found = []
        for measure in measures:
            scheduler.step(measure)
            found.append(optimizer.param_groups[0]["lr"])
        return found

    assert rates(mg) == rates(torch)
