"""Step sizes that rise and fall again, with the momentum going the other way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minigrad.optim.optimizer import Optimizer
from minigrad.optim.schedules import LRScheduler

__all__ = ["CyclicLR", "OneCycleLR"]


def for_each_group(optimizer: Optimizer, given: Any, name: str) -> list[float]:
    """One setting for each group; what is no list is for all. `name` is for the error."""
    groups = len(optimizer.param_groups)
    values = list(given) if isinstance(given, list | tuple) else [given] * groups
    if len(values) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(values)} values, param_groups has {groups}."
        )
    return values


def _set_momentum(group: dict[str, Any], value: float) -> None:
    """The momentum of SGD, or β₁ of the Adam family."""
    if "betas" in group:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


def _check_momentum(optimizer: Optimizer) -> None:
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
        )


class OneCycleLR(LRScheduler):
    """From max_lr / div_factor up to max_lr, then down to (max_lr / div_factor) / final.

    Args:
        max_lr: the largest step size, one for all groups or each.
        total_steps: of the whole; or `epochs` and `steps_per_epoch`.
        pct_start: the share of the steps that go up.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: move the momentum between base_momentum and max_momentum, the other way.
        div_factor, final_div_factor: how the first and last step size follow.
        three_phase: down to the first step size before going lower.

    Smith & Topin, "Super-convergence", 2018.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError(
                    "You must define either total_steps OR (epochs AND steps_per_epoch)"
                )
            total_steps = epochs * steps_per_epoch
        if total_steps <= 0:
            raise ValueError(f"Expected positive integer total_steps, but got {total_steps}")
        if not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                "anneal_strategy must be one of 'cos' or 'linear', instead got "
                f"{anneal_strategy}"
            )
        self.total_steps = total_steps
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = cycle_momentum
        up = float(pct_start * total_steps) - 1
        self._phases: list[tuple[float, str, str, str, str]] = [
            (up, "initial_lr", "max_lr", "max_momentum", "base_momentum")
        ]
        if three_phase:
            self._phases += [
                (2 * up + 1 - 1, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                (total_steps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
            ]
        else:
            self._phases.append(
                (total_steps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")
            )
        if last_epoch == -1:
            _start_cycle(
                optimizer,
                max_lr,
                div_factor,
                final_div_factor,
                cycle_momentum,
                base_momentum,
                max_momentum,
            )
        super().__init__(optimizer, last_epoch)

    def _between(self, start: float, end: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)

    def get_lr(self) -> list[float]:
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The total number of steps is {self.total_steps}"
            )
        start = 0.0
        for end, lr_from, lr_to, momentum_from, momentum_to in self._phases:  # noqa: B007
            if step <= end or end == self._phases[-1][0]:
                break
            start = end
        share = (step - start) / (end - start)
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._between(group[lr_from], group[lr_to], share))
            if self.cycle_momentum:
                value = self._between(group[momentum_from], group[momentum_to], share)
                _set_momentum(group, value)
        return rates


def _start_cycle(
    optimizer: Optimizer,
    max_lr: Any,
    div_factor: float,
    final_div_factor: float,
    cycle_momentum: bool,
    base_momentum: Any,
    max_momentum: Any,
) -> None:
    """Write the corners of the cycle into the groups."""
    rates = for_each_group(optimizer, max_lr, "max_lr")
    for group, top in zip(optimizer.param_groups, rates, strict=True):
        group["initial_lr"] = top / div_factor
        group["max_lr"] = top
        group["min_lr"] = group["initial_lr"] / final_div_factor
    if cycle_momentum:
        _check_momentum(optimizer)
        lows = for_each_group(optimizer, base_momentum, "base_momentum")
        highs = for_each_group(optimizer, max_momentum, "max_momentum")
        for group, low, high in zip(optimizer.param_groups, lows, highs, strict=True):
            _set_momentum(group, high)
            group["max_momentum"], group["base_momentum"] = high, low


class CyclicLR(LRScheduler):
    """Between base_lr and max_lr, up and down again and again.

    Args:
        base_lr, max_lr: one for all groups or each.
        step_size_up, step_size_down: steps of each half; the second as the first by default.
        mode: "triangular"; "triangular2", whose height halves each cycle; or "exp_range", whose
            height shrinks by `gamma` each step.
        scale_fn: the height as a function of the cycle or the step, in place of `mode`.
        scale_mode: "cycle" or "iterations".
        cycle_momentum: move the momentum the other way.

    Smith, "Cyclical learning rates for training neural networks", 2017.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        lows = for_each_group(optimizer, base_lr, "base_lr")
        self.max_lrs = for_each_group(optimizer, max_lr, "max_lr")
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, lows, strict=True):
                group["lr"] = low
                group["initial_lr"] = low
        down = float(step_size_up if step_size_down is None else step_size_down)
        self.total_size = float(step_size_up) + down
        self.step_ratio = float(step_size_up) / self.total_size
        self.mode = mode
        self.gamma = gamma
        self.scale_fn = scale_fn
        self.scale_mode = (
            "iterations" if scale_fn is None and mode == "exp_range" else scale_mode
        )
        self.cycle_momentum = cycle_momentum
        self.base_momentums = for_each_group(optimizer, base_momentum, "base_momentum")
        self.max_momentums = for_each_group(optimizer, max_momentum, "max_momentum")
        if cycle_momentum:
            _check_momentum(optimizer)
            for group, high in zip(optimizer.param_groups, self.max_momentums, strict=True):
                _set_momentum(group, high)
        super().__init__(optimizer, last_epoch)

    def _scale(self, x: float) -> float:
        if self.scale_fn is not None:
            return self.scale_fn(x)
        if self.mode == "triangular2":
            return float(1 / (2.0 ** (x - 1)))
        return float(self.gamma**x) if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list[float]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        share = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self._scale(cycle if self.scale_mode == "cycle" else self.last_epoch)
        rates = [
            low + (high - low) * share * scale
            for low, high in zip(self.base_lrs, self.max_lrs, strict=True)
        ]
        if self.cycle_momentum:
            for group, low, high in zip(
                self.optimizer.param_groups,
                self.base_momentums,
                self.max_momentums,
                strict=True,
            ):
                _set_momentum(group, high - (high - low) * share * scale)
        return rates
