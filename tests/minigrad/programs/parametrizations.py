"""Weights that are computed: parametrizations, weight and spectral normalisation."""

import copy
import pickle

import torch
import torch.nn.utils.parametrize as P
from torch import nn
from torch.nn.utils import parametrizations

from tests.minigrad.refusal import refused


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)

    def right_inverse(self, A):
        return A.triu()


class Scaled(nn.Module):
    def forward(self, X):
        return X * 2


class Outer(nn.Module):
    def forward(self, x, y):
        return x.unsqueeze(-1) @ y.unsqueeze(-2)

    def right_inverse(self, Z):
        return Z[..., 0].clone(), Z[0].clone()


class Wrong(nn.Module):
    def forward(self, X):
        return X[:1]


class Other(nn.Module):
    def forward(self, X):
        return X.double()


torch.manual_seed(0)
net = nn.Linear(3, 3)
P.register_parametrization(net, "weight", Symmetric())
print(net, type(net), P.type_before_parametrizations(net), P.is_parametrized(net))
print(list(net.state_dict()), [name for name, _ in net.named_parameters()])
print(net.weight, net.parametrizations.weight.original)
net.weight = torch.arange(9.0).reshape(3, 3)
print(net.weight, net.parametrizations.weight[0])
net(torch.ones(2, 3)).sum().backward()
print(net.parametrizations.weight.original.grad)
refused(P.register_parametrization, net, "weight", Wrong())
refused(P.register_parametrization, net, "weight", Other())
refused(P.register_parametrization, net, "wait", Symmetric())
refused(P.register_parametrization, nn.Linear(3, 3), "weight", Wrong())
refused(P.register_parametrization, nn.Linear(3, 3), "weight", Other())
refused(pickle.dumps, net)
P.register_parametrization(net, "weight", Scaled())
refused(setattr, net, "weight", torch.ones(3, 3))
with P.cached():
    print(net.weight is net.weight)
print(net.weight is net.weight, net)
twin = copy.deepcopy(net)
with torch.no_grad():
    twin.parametrizations.weight.original.zero_()
print(twin.weight, net.weight, P.is_parametrized(net, "bias"))
twin = P.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
P.remove_parametrizations(twin, "weight", leave_parametrized=False)
P.remove_parametrizations(net, "weight")
print(twin.weight, net.weight, type(net), P.is_parametrized(net), list(net.state_dict()))
refused(P.remove_parametrizations, net, "weight")
rank = P.register_parametrization(nn.Linear(3, 3), "weight", Outer())
print(rank, rank.weight, list(rank.state_dict()), rank.parametrizations.weight.ntensors)
refused(P.remove_parametrizations, rank, "weight", leave_parametrized=False)
print(P.transfer_parametrizations_and_params(rank, nn.Linear(3, 3)).weight)
print(P.remove_parametrizations(rank, "weight").weight)

x = torch.randn(4, 3)
for dim in (0, 1, None):
    normed = parametrizations.weight_norm(nn.Linear(3, 2), dim=dim)
    print(normed, {name: p.shape for name, p in normed.named_parameters()})
    normed(x).square().sum().backward()
    for parameter in normed.parameters():
        print(parameter, parameter.grad)
conv = parametrizations.weight_norm(nn.Conv1d(2, 3, 2))
print(conv(torch.randn(1, 2, 4)), conv.parametrizations.weight.original0)
for layer in (nn.Linear(3, 4), nn.ConvTranspose1d(3, 2, 2), nn.BatchNorm1d(3)):
    normed = parametrizations.spectral_norm(layer)
    print(normed, normed.state_dict())
    data = x if isinstance(layer, nn.Linear) else torch.randn(2, 3, 4)
    normed(data)
    normed(data).square().sum().backward()
    print(normed.weight.detach(), normed.parametrizations.weight.original.grad)
    print(normed.eval().weight.detach(), normed.weight.detach())
refused(parametrizations.spectral_norm, nn.Linear(3, 4), "wait")
refused(parametrizations.spectral_norm, nn.Linear(3, 4), n_power_iterations=0)
refused(parametrizations.spectral_norm, nn.Linear(3, 4), dim=2)

old = nn.utils.weight_norm(nn.Linear(3, 2), name="weight")
print(old, old.weight_g, old.weight_v, list(old.state_dict()))
old(x).sum().backward()
print(old.weight_g.grad, old.weight_v.grad)
refused(nn.utils.weight_norm, old)
print(nn.utils.remove_weight_norm(old), list(old.state_dict()), old.weight)
refused(nn.utils.remove_weight_norm, old)
old = nn.utils.spectral_norm(nn.Linear(3, 2))
print(old, old.weight, old.weight_u, list(old.state_dict()))
old(x)
old(x).sum().backward()
print(old.weight, old.weight_u, old.weight_orig.grad)
refused(nn.utils.spectral_norm, old)
refused(nn.utils.spectral_norm, nn.Linear(3, 2), n_power_iterations=0)
refused(nn.utils.spectral_norm, nn.Linear(3, 2, bias=False), "bias")
print(nn.utils.remove_spectral_norm(old), list(old.state_dict()), old.weight)
refused(nn.utils.remove_spectral_norm, old)
