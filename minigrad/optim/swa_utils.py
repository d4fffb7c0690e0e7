"""Averages of a model's weights on the way of training, which are often better than its end."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from minigrad.functions.creation import tensor
from minigrad.grad_mode import no_grad
from minigrad.nn.module import Module
from minigrad.nn.normalization import _BatchNorm
from minigrad.optim.cycles import for_each_group
from minigrad.optim.optimizer import Optimizer
from minigrad.optim.schedules import LRScheduler
from minigrad.tensor import Tensor

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]
Averages = Callable[[list[Tensor], list[Tensor], Any], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The exponential moving average of one tensor: decay · average + (1 - decay) · now.

    Raises:
        ValueError: if decay is not between 0 and 1.
    """
    _check_decay(decay)

    def ema_update(averaged: Tensor, current: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            return decay * averaged + (1 - decay) * current

    return ema_update


def get_swa_avg_fn() -> Average:
    """The mean of one tensor so far."""

    def swa_update(averaged: Tensor, current: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            moved: Tensor = averaged + (current - averaged) / (num_averaged + 1)
        return moved

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """The exponential moving averages of several tensors, in place.

    Raises:
        ValueError: if decay is not between 0 and 1.
    """
    return _for_all(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Averages:
    """The means of several tensors so far, in place."""
    return _for_all(get_swa_avg_fn())


def _for_all(average: Average) -> Averages:
    def update(averaged: list[Tensor], current: list[Tensor], num_averaged: Any) -> None:
        with no_grad():
            for own, new in zip(averaged, current, strict=True):
                own.copy_(average(own, new, num_averaged))

    return update


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(
            f"Invalid decay value {decay} provided. Please provide a value in [0,1] range."
        )


class AveragedModel(Module):
    """A copy of a model whose parameters are the averages of the model's.

    Args:
        model: what is averaged; the copy is `self.module`.
        avg_fn: `avg_fn(average, now, number)` is the next average; the mean, if nothing is
            given.
        multi_avg_fn: the same for lists of tensors, in place.
        use_buffers: average the buffers, too, instead of copying them.

    Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018.
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the model's parameters of now into the averages."""
        own, current = self._tensors(self.module), self._tensors(model)
        with no_grad():
            if self.n_averaged == 0:
                _copy_all(own, current)
            elif self.multi_avg_fn is not None:
                self.multi_avg_fn(own, current, self.n_averaged)
            else:
                _for_all(self.avg_fn or get_swa_avg_fn())(own, current, self.n_averaged)
            if not self.use_buffers:
                _copy_all(self.module.buffers(), model.buffers())
            self.n_averaged += 1

    def _tensors(self, model: Module) -> list[Tensor]:
        """What is averaged."""
        buffers = model.buffers() if self.use_buffers else ()
        return [held.detach() for held in itertools.chain(model.parameters(), buffers)]


def _copy_all(targets: Iterable[Tensor], sources: Iterable[Tensor]) -> None:
    for target, source in zip(targets, sources, strict=True):
        target.copy_(source)


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Measure the statistics of all batch normalisations anew, as means over all batches.

    Args:
        loader: batches, or tuples that begin with one.
        model: changed in place.
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    with no_grad():
        for batch in loader:
            model(batch[0] if isinstance(batch, list | tuple) else batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """From each group's step size to `swa_lr` within some epochs; then it stays.

    Args:
        swa_lr: the last step size, one for all groups or each.
        anneal_epochs: how long it takes.
        anneal_strategy: "cos" or "linear".

    Raises:
        ValueError: for another strategy or a negative number of epochs.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = for_each_group(optimizer, swa_lr, "swa_lr")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                "anneal_strategy must be one of 'cos' or 'linear', instead got "
                f"{anneal_strategy}"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(
                f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}"
            )
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of the way to `swa_lr` is behind us."""
        time = max(0, min(1, step / max(1, self.anneal_epochs)))
        return time if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * time)) / 2

    def get_lr(self) -> list[float]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        rates = []
        for group in self.optimizer.param_groups:
            # What another schedule would have it be, without the way already gone.
            rate, last = group["lr"], group["swa_lr"]
            own = last if before == 1 else (rate - before * last) / (1 - before)
            rates.append(last * now + own * (1 - now))
        return rates
