"""Rprop: only the sign of each slope counts, and how often it changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad import errors
from minigrad.optim.adaptive import check_not_negative
from minigrad.optim.optimizer import Array, Group, Optimizer, State


class Rprop(Optimizer):
    """θ ← θ - s sign(g), with a step size s for each element.

    s grows by η⁺ while the slope keeps its sign, and shrinks by η⁻ when the sign has changed;
    the element then stays where it is for one step.

    Args:
        params: what to change.
        lr: the first step size of each element.
        etas: η⁻ and η⁺.
        step_sizes: the smallest and the largest s.
        maximize: go up instead of down.

    Riedmiller & Braun, "A direct adaptive method for faster backpropagation learning", 1993.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(learning_rate=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise errors.invalid_etas(etas)
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            state["prev"] = np.zeros_like(values)
            state["step_size"] = np.full_like(values, group["lr"])
        state["step"] += 1
        if group["maximize"]:
            grad = -grad
        shrink, grow = group["etas"]
        agreement = grad * state["prev"]
        sizes = state["step_size"]
        sizes[agreement > 0] *= grow
        sizes[agreement < 0] *= shrink
        np.clip(sizes, *group["step_sizes"], out=sizes)
        grad = np.where(agreement < 0, 0, grad)
        values -= np.sign(grad) * sizes
        state["prev"][...] = grad
