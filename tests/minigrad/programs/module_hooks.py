"""Hooks of modules, forward and backward, of one and of all; names of classes."""

import torch
from torch import nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_full_backward_hook,
)

from tests.minigrad.refusal import refused

torch.manual_seed(0)
print(torch.manual_seed(0), type(torch.manual_seed(0)))
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
x = torch.randn(5, 3)


def backward(module, grad_input, grad_output):
    print(module, grad_input, grad_output)


handles = [layer.register_full_backward_hook(backward) for layer in net]
print(type(handles[0]))
out = net(x)
print(out)
out.sum().backward()
x.requires_grad_()
net(x).square().sum().backward()
print(x.grad)
for handle in handles:
    handle.remove()
print(net(x))

net[1].register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))
net[2].register_full_backward_pre_hook(lambda m, go: (go[0] * 3,))
net.zero_grad()
net(x).sum().backward()
print(net[0].weight.grad, net[2].weight.grad)


class Two(nn.Module):
    def forward(self, a, b, scale=1.0):
        return a * scale, a + b


two = Two()
two.register_full_backward_hook(backward)
a, b = torch.ones(2, requires_grad=True), torch.ones(2)
first, second = two(a, b)
print(first, second)
(first * second).sum().backward()
first, second = two(a, b)
(g,) = torch.autograd.grad((first * second).sum(), a, create_graph=True)
print(g)

two = Two()
two.register_forward_pre_hook(lambda m, args, kwargs: (args, {"scale": 5.0}), with_kwargs=True)
two.register_forward_hook(lambda m, args, kwargs, out: print("named", kwargs), with_kwargs=True)
two.register_forward_hook(lambda m, args, out: print("first"), prepend=True)
two.register_forward_hook(lambda m, args, out: print("always", out), always_call=True)
print(two(a, b))
refused(two, a, torch.ones(3))

handle = register_module_forward_hook(lambda m, i, o: print("all", type(m).__name__))
also = register_module_full_backward_hook(lambda m, gi, go: print("back", len(gi), len(go)))
net(x).sum().backward()
handle.remove()
also.remove()

bad = nn.Linear(3, 2)
bad.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
refused(bad(x).sum().backward)

for thing in (x, net, net[0], net[0].weight, x.dtype, x.shape, Two(), nn.BatchNorm1d(2)):
    print(type(thing))
print(nn.Dropout, nn.CrossEntropyLoss, nn.LSTM, torch.optim.SGD, torch.Tensor)
print(
    type(torch.optim.RMSprop(net.parameters())), torch.optim.Adam, torch.typename(nn.Parameter)
)
print(torch.optim.lr_scheduler.StepLR(torch.optim.SGD(net.parameters(), lr=0.1), 3))
print(torch.utils.data.DataLoader([1]), torch.utils.data.TensorDataset(x), torch.no_grad())
print(net.get_submodule("0"), nn.BatchNorm1d(2).get_buffer("running_mean"))
net.set_submodule("1", nn.Tanh())
print(net.half()[0].weight.dtype, net.type(torch.float64)[0].weight.dtype, net)
