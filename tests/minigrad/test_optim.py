"""Optimisers and schedules; (slow) their ways against PyTorch's, step by step."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg

WAYS = [
    ("RMSprop", {"lr": 0.05}),
    ("RMSprop", {"lr": 0.05, "momentum": 0.9, "centered": True, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.3, "lr_decay": 0.1, "initial_accumulator_value": 0.2}),
    ("Adadelta", {"lr": 2.0, "weight_decay": 0.1, "maximize": False}),
    ("Adamax", {"lr": 0.1, "weight_decay": 0.05}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.05, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.05}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (0.02, 0.2)}),
    ("ASGD", {"lr": 1e-3, "t0": 4, "weight_decay": 0.1}),
    ("ASGD", {"lr": 1e-5, "lambd": 0.5, "alpha": 0.5, "maximize": True}),
    ("LBFGS", {"lr": 0.1, "max_iter": 4, "history_size": 3}),
    ("LBFGS", {"line_search_fn": "strong_wolfe", "max_iter": 6}),
]


def way(module, name, settings, steps=12):
    """The parameters after each step down Rosenbrock's valley and a bowl."""
    a = module.tensor([-1.2, 1.0], dtype=module.float64, requires_grad=True)
    b = module.tensor([[3.0], [-0.5]], dtype=module.float64, requires_grad=True)
    optimizer = getattr(module.optim, name)([a, b], **settings)

    def closure():
        optimizer.zero_grad()
        loss = (1 - a[0]) ** 2 + 100 * (a[1] - a[0] ** 2) ** 2 + (b * b).sum() * a[0].exp()
        loss.backward()
        return loss

    seen = [repr(optimizer)]
    for _ in range(steps):
        loss = optimizer.step(closure)
        seen.append(np.array([*a.tolist(), *b.detach().numpy().ravel(), loss.item()]))
    return seen


@pytest.mark.slow
@pytest.mark.parametrize(("name", "settings"), WAYS)
def test_an_optimiser_goes_pytorchs_way(name, settings):
    torch = pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    ours, theirs = way(mg, name, settings), way(torch, name, settings)
    assert ours[0] == theirs[0]
    for got, wanted in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-7, atol=1e-10)


def test_rmsprop_is_the_formula():
    x = mg.tensor([2.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.RMSprop([x], lr=0.1, alpha=0.5)
    theta, v = 2.0, 0.0
    for _ in range(4):
        optimizer.zero_grad()
        (x**3).sum().backward()
        optimizer.step()
        g = 3 * theta**2
        v = 0.5 * v + 0.5 * g * g
        theta -= 0.1 * g / (v**0.5 + 1e-8)
    assert x.item() == pytest.approx(theta, rel=1e-12)


def test_lbfgs_finds_the_bottom_of_rosenbrocks_valley():
    x = mg.tensor([-1.2, 1.0], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.LBFGS([x], line_search_fn="strong_wolfe", max_iter=100)

    def closure():
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(x.detach().numpy(), [1, 1], atol=1e-4)


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("RMSprop", {"lr": -1}, "Invalid learning rate: -1"),
        ("RMSprop", {"alpha": -1}, "Invalid alpha value: -1"),
        ("Adagrad", {"lr_decay": -2}, "Invalid lr_decay value: -2"),
        ("Adadelta", {"rho": 2}, "Invalid rho value: 2"),
        ("Adamax", {"betas": (1, 0.5)}, "Invalid beta parameter at index 0: 1"),
        ("NAdam", {"eps": -1}, "Invalid epsilon value: -1"),
        ("Rprop", {"etas": (0.5, 0.9)}, "Invalid eta values: 0.5, 0.9"),
        ("ASGD", {"weight_decay": -1}, "Invalid weight_decay value: -1"),
    ],
)
def test_settings_out_of_range(name, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        getattr(mg.optim, name)([mg.ones(1, requires_grad=True)], **settings)


SCHEDULES = {
    "StepLR": lambda s, o: s.StepLR(o, 3, gamma=0.7),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5, 5], gamma=0.3),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "ConstantLR": lambda s, o: s.ConstantLR(o, 0.5, 4),
    "LinearLR": lambda s, o: s.LinearLR(o, 0.25, 0.9, 6),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, 7, power=2.0),
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 0.95**epoch),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.93),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 5, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.7, total_steps=20),
    "OneCycleLR three": lambda s, o: s.OneCycleLR(
        o, 0.7, epochs=4, steps_per_epoch=6, three_phase=True, anneal_strategy="linear"
    ),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.3, 3, 4, mode="triangular2"),
    "CyclicLR exp": lambda s, o: s.CyclicLR(o, 0.01, 0.3, 2, mode="exp_range", gamma=0.9),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=4), s.ExponentialLR(o, 0.8)], milestones=[5]
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler(
        [s.ConstantLR(o, 0.1, 2), s.ExponentialLR(o, 0.9)]
    ),
}


def rates(module, make):
    """The step sizes (and momentum) of 18 epochs."""
    parameter = module.ones(2, requires_grad=True)
    optimizer = module.optim.SGD([parameter], lr=0.2, momentum=0.9)
    scheduler = make(module.optim.lr_scheduler, optimizer)
    seen = [scheduler.get_last_lr()]
    for _ in range(18):
        optimizer.step()
        scheduler.step()
        seen.append([*scheduler.get_last_lr(), optimizer.param_groups[0]["momentum"]])
    return seen


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_pytorchs_to_the_last_digit(name):
    torch = pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    assert rates(mg, SCHEDULES[name]) == rates(torch, SCHEDULES[name])


@pytest.mark.slow
def test_a_plateau_is_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    losses = [3.0, 2.0, 2.0, 1.9999, 1.99, 2.5, 2.5, 2.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    for settings in ({"patience": 1}, {"patience": 0, "cooldown": 2, "threshold_mode": "abs"}):
        seen = []
        for module in (mg, torch):
            optimizer = module.optim.SGD([module.ones(1, requires_grad=True)], lr=0.3)
            plateau = module.optim.lr_scheduler.ReduceLROnPlateau(
                optimizer, factor=0.5, **settings
            )
            ways = []
            for loss in losses:
                plateau.step(loss)
                ways.append(optimizer.param_groups[0]["lr"])
            seen.append(ways)
        assert seen[0] == seen[1]


def test_a_schedule_by_hand_goes_on_from_its_state():
    def made():
        optimizer = mg.optim.SGD([mg.ones(1, requires_grad=True)], lr=1.0)
        return optimizer, mg.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)

    optimizer, scheduler = made()
    found = []
    for _ in range(5):
        found.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    assert found == [1.0, 1.0, 0.5, 0.5, 0.25]
    other_optimizer, other = made()
    other.load_state_dict(scheduler.state_dict())
    other_optimizer.load_state_dict(optimizer.state_dict())
    other.step()
    assert other.get_last_lr() == [0.125]
