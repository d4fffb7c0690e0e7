"""Results and nodes of products of every combination of dimensions."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def walk(node, depth=0):
    print(" " * depth, node.name().removeprefix("torch::autograd::"))
    for inner, _ in node.next_functions:
        if inner is not None:
            walk(inner, depth + 1)


def drawn(shape, requires_grad):
    return torch.randn(shape, requires_grad=requires_grad)


for left, right in [
    ((3,), (3, 2)),
    ((5, 3), (2, 3, 4)),
    ((3,), (2, 3, 4)),
    ((2, 3, 4), (4, 2)),
    ((2, 3, 4), (4,)),
    ((2, 3, 4), (2, 4, 3)),
    ((1, 2, 3, 4), (2, 4, 3)),
    ((2, 0, 3), (3, 4)),
]:
    for first, second in [(True, True), (False, True), (True, False)]:
        x, y = drawn(left, first), drawn(right, second)
        out = x @ y
        print(left, right, first, second, out)
        out.square().sum().backward()
        print(x.grad, y.grad)

walk((drawn((2, 3, 4), True) @ drawn((4, 2), True)).grad_fn)

layer, without_bias = nn.Linear(4, 5), nn.Linear(4, 5, bias=False)
for shape in [(4,), (2, 4), (2, 3, 4), (1, 2, 3, 4), (2, 0, 4)]:
    x = torch.randn(shape)
    print(layer(x), without_bias(x))
x = torch.randn(3, 2, 4).transpose(0, 1)
print(layer(x), without_bias(x))

for change in ["t_()", "transpose_(0, 1)", "squeeze_()", "squeeze_(0)", "unsqueeze_(0)"]:
    print(eval("drawn((1, 3), True).clone()." + change))

q = drawn((2, 2, 3, 4), True)
causal = torch.ones(3, 3).tril().bool()
print(F.scaled_dot_product_attention(q, q, q))
print(F.scaled_dot_product_attention(q, q, q, attn_mask=causal))
print(F.scaled_dot_product_attention(q[0], q[0], q[0], is_causal=True))
