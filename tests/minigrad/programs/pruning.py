"""Pruning: masks, names, what is left after a second time."""

import torch
from torch import nn
from torch.nn.utils import prune

from tests.minigrad.refusal import refused

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(12, 2))
conv, linear = net[0], net[3]
x = torch.randn(2, 1, 3, 3)
print(prune.is_pruned(net), prune.random_unstructured(conv, name="weight", amount=0.3))
print([name for name, _ in conv.named_parameters()], list(conv.named_buffers()), conv.weight)
print(conv._forward_pre_hooks.values(), prune.is_pruned(net))
prune.l1_unstructured(conv, name="bias", amount=1)
print(conv.bias, list(net.state_dict()))
prune.ln_structured(conv, name="weight", amount=0.5, n=2, dim=0)
print(conv.weight, conv.weight_mask)
for hook in conv._forward_pre_hooks.values():
    if hook._tensor_name == "weight":
        print(list(hook), len(hook), hook[0].amount)
net(x).sum().backward()
print(conv.weight_orig.grad, conv.bias_orig.grad)
with torch.no_grad():
    conv.weight_orig.add_(1)
print(net(x), conv.weight)
prune.remove(conv, "weight")
print(conv.weight, list(conv.state_dict()), conv._forward_pre_hooks.values())
refused(prune.remove, conv, "weight")
print(list(net.state_dict()))

for _ in range(2):
    prune.global_unstructured(
        [(conv, "weight"), (linear, "weight")], prune.L1Unstructured, amount=0.4
    )
    print((conv.weight == 0).sum(), linear.weight, list(net.state_dict()))
print(prune.random_structured(nn.Linear(4, 3), "weight", amount=2, dim=1).weight)
print(prune.ln_structured(nn.Linear(4, 3), "weight", amount=1, n=1, dim=-1).weight)
print(prune.ln_structured(nn.Linear(4, 3), "weight", 2, n=float("inf"), dim=0).weight)
print(prune.identity(nn.Linear(2, 2), "weight").weight_mask)
mask = torch.tensor([0.0, 1.0])
print(prune.custom_from_mask(nn.Linear(2, 2), "bias", mask=mask).bias)
score = torch.tensor([[1.0, 2.0], [4.0, 3.0]])
print(prune.l1_unstructured(nn.Linear(2, 2), "weight", 2, importance_scores=score).weight)
print(prune.L1Unstructured(amount=2).prune(score))


class Third(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask.view(-1)[::3] = 0
        return mask


layer = nn.Linear(3, 2)
Third.apply(layer, "weight")
Third.apply(layer, "weight")
print(layer.weight)
refused(prune.l1_unstructured, layer, "weight", amount=-1)
refused(prune.l1_unstructured, layer, "weight", amount=1.5)
refused(prune.l1_unstructured, layer, "weight", amount="all")
refused(prune.l1_unstructured, nn.Linear(3, 2), "weight", amount=7)
refused(prune.ln_structured, layer, "bias", amount=1, n=2, dim=0)
refused(prune.ln_structured, nn.Linear(3, 2), "weight", amount=1, n=2, dim=2)
refused(prune.l1_unstructured, layer, "weight", 1, importance_scores=score)
refused(prune.custom_from_mask, nn.Linear(3, 2), "weight", mask)
refused(prune.global_unstructured, [(layer, "weight")], prune.LnStructured, amount=1, n=2)
refused(prune.BasePruningMethod)
print(layer.weight, sorted(layer.state_dict()))
