"""What optimisers keep, print and take back."""

import torch

torch.manual_seed(0)
optim = torch.optim
for make in (
    lambda p: optim.SGD(p, lr=0.1),
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    optim.Adam,
    optim.AdamW,
    optim.RMSprop,
    optim.Adagrad,
    optim.Adadelta,
    optim.NAdam,
    optim.RAdam,
    optim.Adamax,
    optim.Rprop,
    lambda p: optim.ASGD(p, t0=0),
):
    w = torch.nn.Parameter(torch.ones(2))
    optimizer = make([w])
    (w**2).sum().backward()
    optimizer.step()
    print(optimizer.state_dict())
    other = make([w])
    other.load_state_dict(optimizer.state_dict())
    other.step()
    print(w)
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
groups = [{"params": net[0].parameters()}, {"params": net[1].parameters(), "lr": 1e-3}]
print(optim.SGD(groups, lr=1e-2, momentum=0.9))
try:
    net.load_state_dict({"a": 1})
except RuntimeError as error:
    print(error)
print(torch.set_grad_enabled(False), torch.set_grad_enabled(True))
x = torch.tensor(2.0, requires_grad=True)
(slope,) = torch.autograd.grad(x**4, x, create_graph=True)
(second,) = torch.autograd.grad(slope, x, create_graph=True)
print(slope, second)
