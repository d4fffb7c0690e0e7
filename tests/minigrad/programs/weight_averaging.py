"""Averages of weights: means, moving averages, buffers, their schedule."""

import torch
from torch import nn
from torch.optim import swa_utils
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

from tests.minigrad.refusal import refused

torch.manual_seed(0)
data = [(torch.randn(6, 3), torch.randn(6, 1)) for _ in range(4)]
for settings in (
    {},
    {"multi_avg_fn": get_ema_multi_avg_fn(0.9)},
    {"avg_fn": swa_utils.get_ema_avg_fn(0.5), "use_buffers": True},
    {"avg_fn": lambda averaged, now, number: torch.maximum(averaged, now)},
    {"multi_avg_fn": swa_utils.get_swa_multi_avg_fn()},
):
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
    averaged = AveragedModel(model, **settings)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    schedule = SWALR(optimizer, swa_lr=0.05, anneal_epochs=3)
    for x, y in data:
        optimizer.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        optimizer.step()
        averaged.update_parameters(model)
        schedule.step()
        print(schedule.get_last_lr())
    print(averaged, averaged.n_averaged)
    for name, held in averaged.state_dict().items():
        print(name, held)
    averaged.eval()
    update_bn(data, averaged)
    print(averaged.training, averaged.module[1].momentum, averaged.module[1].running_var)
    print(averaged(data[0][0]).detach())
    twin = AveragedModel(model, **settings)
    print(twin.load_state_dict(averaged.state_dict()), twin.n_averaged)

parameters = [torch.ones(1, requires_grad=True)]
for settings in (
    {"swa_lr": 0.1, "anneal_strategy": "linear", "anneal_epochs": 4},
    {"swa_lr": 0.1, "anneal_epochs": 0},
    {"swa_lr": [0.1, 0.9], "anneal_epochs": 2},
):
    groups = [{"params": parameters}]
    if isinstance(settings["swa_lr"], list):
        groups.append({"params": [torch.ones(2, requires_grad=True)], "lr": 0.01})
    optimizer = torch.optim.SGD(groups, lr=1.0)
    decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    schedule = SWALR(optimizer, **settings)
    rates = []
    for _ in range(6):
        optimizer.step()
        decay.step()
        schedule.step()
        rates.append(schedule.get_last_lr())
    print(rates)
refused(SWALR, optimizer, 0.1, anneal_strategy="fast")
refused(SWALR, optimizer, 0.1, anneal_epochs=-1)
refused(SWALR, optimizer, [0.1])
refused(get_ema_multi_avg_fn, 2.0)
refused(swa_utils.get_ema_avg_fn, -1)
refused(
    AveragedModel, model, avg_fn=swa_utils.get_swa_avg_fn(), multi_avg_fn=get_ema_multi_avg_fn()
)
print(schedule, type(averaged))
