"""Optimisers that scale each parameter's step by the size its gradients have had."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.optim.optimizer import Array, Group, Optimizer, State


def check_not_negative(**settings: float) -> None:
    """Refuse negative settings; the names are those of PyTorch's sentences, _ for spaces."""
    spelled = {"learning_rate": "learning rate", "epsilon": "epsilon value"}
    for name, value in settings.items():
        if not value >= 0.0:
            raise errors.invalid_setting(spelled.get(name, f"{name} value"), value)


def _descent_direction(values: Array, grad: Array, group: Group) -> Array:
    """The gradient, turned round to maximise, and with the weight decay."""
    if group["maximize"]:
        grad = -grad
    return grad + group["weight_decay"] * values if group["weight_decay"] else grad


class RMSprop(Optimizer):
    """v ← α v + (1-α) g², θ ← θ - η g / (√v + ε).

    Args:
        params: what to change.
        lr: the step size η.
        alpha: α, how slowly the mean of squares forgets.
        eps: ε, so that nothing is divided by 0.
        weight_decay: λ; adds λ θ to the gradient.
        momentum: μ; b ← μ b + g / (√v + ε), θ ← θ - η b.
        centered: subtract the square of the mean gradient from v.
        maximize: go up instead of down.

    Tieleman & Hinton, "Neural networks for machine learning", lecture 6.5, 2012.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(
            learning_rate=lr,
            epsilon=eps,
            momentum=momentum,
            weight_decay=weight_decay,
            alpha=alpha,
        )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            state["square_avg"] = np.zeros_like(values)
            if group["momentum"]:
                state["momentum_buffer"] = np.zeros_like(values)
            if group["centered"]:
                state["grad_avg"] = np.zeros_like(values)
        state["step"] += 1
        grad = _descent_direction(values, grad, group)
        square, alpha = state["square_avg"], group["alpha"]
        square *= alpha
        square += (1 - alpha) * grad * grad
        size = square
        if group["centered"]:
            mean = state["grad_avg"]
            mean += (1 - alpha) * (grad - mean)
            size = square - mean * mean
        size = np.sqrt(size) + group["eps"]
        if group["momentum"]:
            buffer = state["momentum_buffer"]
            buffer *= group["momentum"]
            buffer += grad / size
            values -= group["lr"] * buffer
        else:
            values -= group["lr"] * (grad / size)


class Adagrad(Optimizer):
    """s ← s + g², θ ← θ - η g / (√s + ε), where η falls as 1 / (1 + (t - 1) lr_decay).

    Args:
        params: what to change.
        lr: the first step size.
        lr_decay: how fast it falls.
        weight_decay: λ; adds λ θ to the gradient.
        initial_accumulator_value: what s begins with.
        eps: ε, so that nothing is divided by 0.
        maximize: go up instead of down.

    Duchi et al., "Adaptive subgradient methods", 2011.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_not_negative(
            learning_rate=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            epsilon=eps,
        )
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            state["sum"] = np.full_like(values, group["initial_accumulator_value"])
        state["step"] += 1
        grad = _descent_direction(values, grad, group)
        rate = group["lr"] / (1 + (state["step"] - 1) * group["lr_decay"])
        total = state["sum"]
        total += grad * grad
        values -= rate * (grad / (np.sqrt(total) + group["eps"]))


class Adadelta(Optimizer):
    """v ← ρ v + (1-ρ) g², d = g √(u + ε) / √(v + ε), u ← ρ u + (1-ρ) d², θ ← θ - η d.

    Args:
        params: what to change.
        lr: η.
        rho: ρ, how slowly the means of squares forget.
        eps: ε.
        weight_decay: λ; adds λ θ to the gradient.
        maximize: go up instead of down.

    Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(learning_rate=lr, epsilon=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            state["square_avg"] = np.zeros_like(values)
            state["acc_delta"] = np.zeros_like(values)
        state["step"] += 1
        grad = _descent_direction(values, grad, group)
        rho, eps = group["rho"], group["eps"]
        square, moved = state["square_avg"], state["acc_delta"]
        square *= rho
        square += (1 - rho) * grad * grad
        delta = np.sqrt(moved + eps) / np.sqrt(square + eps) * grad
        moved *= rho
        moved += (1 - rho) * delta * delta
        values -= group["lr"] * delta


class _AdamLike(Optimizer):
    """What Adamax and NAdam share: their settings."""

    def __init__(
        self,
        params: Any,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        **further: Any,
    ) -> None:
        check_not_negative(learning_rate=lr, epsilon=eps, weight_decay=weight_decay)
        for i, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise errors.invalid_beta(i, beta)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            **further,
        }
        super().__init__(params, defaults)


class Adamax(_AdamLike):
    """Adam with the largest recent |g| in place of the root of the mean square.

    m ← β₁ m + (1-β₁) g, u ← max(β₂ u, |g| + ε), θ ← θ - η m / (u (1-β₁ᵗ)).

    Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            state["exp_avg"] = np.zeros_like(values)
            state["exp_inf"] = np.zeros_like(values)
        state["step"] += 1
        grad = _descent_direction(values, grad, group)
        beta1, beta2 = group["betas"]
        mean, largest = state["exp_avg"], state["exp_inf"]
        mean += (1 - beta1) * (grad - mean)
        np.maximum(largest * beta2, np.abs(grad) + group["eps"], out=largest)
        rate = group["lr"] / (1 - beta1 ** state["step"])
        values -= rate * (mean / largest)


class NAdam(_AdamLike):
    """Adam with Nesterov's momentum. Dozat, "Incorporating Nesterov momentum", 2016.

    Args:
        momentum_decay: how fast the momentum reaches β₁.
        decoupled_weight_decay: shrink the parameter instead of adding to the gradient.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_not_negative(momentum_decay=momentum_decay)
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
        )

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            # In single precision, as PyTorch keeps it.
            state["mu_product"] = np.float32(1.0)
            state["exp_avg"] = np.zeros_like(values)
            state["exp_avg_sq"] = np.zeros_like(values)
        state["step"] += 1
        step, rate = state["step"], group["lr"]
        if group["decoupled_weight_decay"]:
            grad = -grad if group["maximize"] else grad
            values *= 1 - rate * group["weight_decay"]
        else:
            grad = _descent_direction(values, grad, group)
        beta1, beta2 = group["betas"]
        now, following = [
            beta1 * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"])) for t in (step, step + 1)
        ]
        state["mu_product"] *= np.float32(now)
        product = float(state["mu_product"])
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean += (1 - beta1) * (grad - mean)
        square *= beta2
        square += (1 - beta2) * grad * grad
        size = np.sqrt(square / (1 - beta2**step)) + group["eps"]
        values -= rate * (1 - now) / (1 - product) * (grad / size)
        values -= rate * following / (1 - product * following) * (mean / size)


class RAdam(_AdamLike):
    """Adam that begins with momentum alone, while its variance is uncertain.

    Liu et al., "On the variance of the adaptive learning rate and beyond", 2020.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            decoupled_weight_decay=decoupled_weight_decay,
            differentiable=differentiable,
        )

    def update(self, values: Array, grad: Array, state: State, group: Group) -> None:
        if not state:
            state["step"] = 0
            state["exp_avg"] = np.zeros_like(values)
            state["exp_avg_sq"] = np.zeros_like(values)
        state["step"] += 1
        step, rate = state["step"], group["lr"]
        if group["decoupled_weight_decay"]:
            grad = -grad if group["maximize"] else grad
            values *= 1 - rate * group["weight_decay"]
        else:
            grad = _descent_direction(values, grad, group)
        beta1, beta2 = group["betas"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean += (1 - beta1) * (grad - mean)
        square *= beta2
        square += (1 - beta2) * grad * grad
        direction = mean / (1 - beta1**step)
        known = 1 - beta2**step
        limit = 2 / (1 - beta2) - 1
        length = limit - 2 * step * beta2**step / known
        if length > 5:
            certainty = math.sqrt(
                (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
            )
            direction = direction * (
                certainty * math.sqrt(known) / (np.sqrt(square) + group["eps"])
            )
        values -= rate * direction
