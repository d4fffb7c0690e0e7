"""Adam: steps of a size that each parameter's own gradients suggest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.optim.optimizer import Array, Group, Optimizer, State, scratch


class Adam(Optimizer):
    """m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g², θ ← θ - η m̂ / (√v̂ + ε).

    There m̂ = m / (1-β₁ᵗ) and v̂ = v / (1-β₂ᵗ) make up for the means having begun at 0.

    Args:
        params: what to change.
        lr: the step size η.
        betas: β₁ and β₂, how slowly the two means forget.
        eps: ε, so that nothing is divided by 0.
        weight_decay: λ; adds λ θ to the gradient.
        amsgrad: divide by the largest v so far.
        maximize: go up instead of down.

    Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015.
    """

    # AdamW shrinks the parameter itself instead of adding to the gradient.
    decoupled = False

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        if lr < 0.0:
            raise errors.invalid_setting("learning rate", lr)
        if eps < 0.0:
            raise errors.invalid_setting("epsilon value", eps)
        for i, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise errors.invalid_beta(i, beta)
        if weight_decay < 0.0:
            raise errors.invalid_setting("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": self.decoupled,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if "step" not in state:
            state["step"] = 0
            state["exp_avg"] = np.zeros_like(values)
            state["exp_avg_sq"] = np.zeros_like(values)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = np.zeros_like(values)
        state["step"] += 1
        if group["maximize"]:
            grad = -grad
        if group["weight_decay"] and self.decoupled:
            values *= 1 - group["lr"] * group["weight_decay"]
        elif group["weight_decay"]:
            grad = grad + group["weight_decay"] * values
        beta1, beta2 = group["betas"]
        mean, square, work = state["exp_avg"], state["exp_avg_sq"], scratch(state, values)
        np.subtract(grad, mean, out=work)
        work *= 1 - beta1
        mean += work
        square *= beta2
        np.multiply(grad, grad, out=work)
        work *= 1 - beta2
        square += work
        if group["amsgrad"]:
            square = np.maximum(state["max_exp_avg_sq"], square, out=state["max_exp_avg_sq"])
        np.sqrt(square, out=work)
        work /= math.sqrt(1 - beta2 ** state["step"])
        work += group["eps"]
        np.divide(mean, work, out=work)
        work *= group["lr"] / (1 - beta1 ** state["step"])
        values -= work


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter directly. Loshchilov & Hutter, 2019."""

    decoupled = True

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        **further: Any,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, **further)
