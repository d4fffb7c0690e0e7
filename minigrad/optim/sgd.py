"""Gradient descent, with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import errors
from minigrad.optim.optimizer import Array, Group, Optimizer, State, scratch


class SGD(Optimizer):
    """θ ← θ - η g, or with momentum μ: b ← μ b + (1 - τ) g, θ ← θ - η b.

    Args:
        params: what to change.
        lr: the step size η.
        momentum: μ.
        dampening: τ, which does not hold for the first step.
        weight_decay: λ; adds λ θ to the gradient.
        nesterov: step along g + μ b instead of b.
        maximize: go up instead of down.

    Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        if lr < 0.0:
            raise errors.invalid_setting("learning rate", lr)
        if momentum < 0.0:
            raise errors.invalid_setting("momentum value", momentum)
        if weight_decay < 0.0:
            raise errors.invalid_setting("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise errors.nesterov_without_momentum()
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if group["maximize"]:
            grad = -grad
        if group["weight_decay"]:
            grad = grad + group["weight_decay"] * values
        momentum = group["momentum"]
        if momentum:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = np.array(grad)
            else:
                buffer *= momentum
                buffer += (1 - group["dampening"]) * grad
            grad = grad + momentum * buffer if group["nesterov"] else buffer
        step = np.multiply(grad, group["lr"], out=scratch(state, values))
        values -= step
