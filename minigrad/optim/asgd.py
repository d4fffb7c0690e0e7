"""Averaged stochastic gradient descent: the mean of the way is steadier than its end."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.optim.adaptive import check_not_negative
from minigrad.optim.optimizer import Array, Group, Optimizer, State


class ASGD(Optimizer):
    """θ ← (1 - λ η) θ - η g, where η falls as lr / (1 + λ lr t)^α; a mean of θ from step t0 on.

    The mean is `optimizer.state[parameter]["ax"]`.

    Args:
        params: what to change.
        lr: the first step size.
        lambd: λ, how much the parameters shrink.
        alpha: α, how fast η falls.
        t0: the step at which averaging begins.
        weight_decay: adds weight_decay θ to the gradient.
        maximize: go up instead of down.

    Polyak & Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_not_negative(learning_rate=lr, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            # PyTorch keeps these two in single precision, whatever the parameters are in.
            state.update(step=0, eta=np.float32(group["lr"]), mu=np.float32(1))
            state["ax"] = np.zeros_like(values)
        state["step"] += 1
        if group["maximize"]:
            grad = -grad
        if group["weight_decay"]:
            grad = grad + group["weight_decay"] * values
        eta, decay, mean = float(state["eta"]), group["lambd"], state["ax"]
        values *= 1 - decay * eta
        values -= eta * grad
        mean += float(state["mu"]) * (values - mean)
        step, rate = state["step"], group["lr"]
        state["eta"] = np.float32(rate / (1 + decay * rate * step) ** group["alpha"])
        state["mu"] = np.float32(1 / max(1, step - group["t0"]))
