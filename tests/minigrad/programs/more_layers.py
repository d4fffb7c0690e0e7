"""Padding, resizing, unpooling, lazy layers: text, values, nodes, gradients, errors."""

import torch
import torch.nn.functional as F
from torch import nn

from tests.minigrad.refusal import refused

torch.manual_seed(0)
line = torch.arange(6.0).reshape(1, 2, 3).requires_grad_()
plane = torch.randn(1, 2, 3, 4, requires_grad=True)
space = torch.randn(1, 1, 2, 3, 4, requires_grad=True)

for layer, x in (
    (nn.ConstantPad1d(2, 3.5), line),
    (nn.ConstantPad2d((1, 0, 2, 1), -1), plane),
    (nn.ConstantPad3d(1, 0.5), space),
    (nn.ZeroPad1d(1), line),
    (nn.ZeroPad2d((1, 0, -1, 1)), plane),
    (nn.ReflectionPad1d(2), line),
    (nn.ReflectionPad2d((1, 2, 1, 0)), plane),
    (nn.ReflectionPad3d(1), space),
    (nn.ReplicationPad1d((3, 1)), line),
    (nn.ReplicationPad2d(2), plane),
    (nn.CircularPad1d(1), line),
    (nn.CircularPad2d((1, 2, 0, 1)), plane),
    (nn.Unflatten(1, (2, 1)), line),
    (nn.ChannelShuffle(2), plane),
    (nn.Upsample(scale_factor=2), plane),
    (nn.Upsample(scale_factor=(1.5, 2), mode="bilinear"), plane),
    (nn.Upsample(size=(5, 3), mode="bilinear", align_corners=True), plane),
    (nn.Upsample(size=5, mode="linear"), line),
    (nn.Upsample(scale_factor=1.7, mode="nearest-exact"), line),
    (nn.Upsample(scale_factor=1.7, mode="bicubic"), plane),
    (nn.Upsample(scale_factor=2, mode="trilinear"), space),
    (nn.Upsample(size=(2, 2), mode="area"), plane),
    (nn.UpsamplingNearest2d(scale_factor=2), plane),
    (nn.UpsamplingBilinear2d(size=(4, 5)), plane),
    (nn.LPPool1d(2, 2), line),
    (nn.LPPool2d(3, 2, stride=1), plane),
    (nn.AdaptiveMaxPool2d((None, 2)), plane),
):
    out = layer(x)
    print(layer, out)
    (g,) = torch.autograd.grad(out.square().sum(), x)
    print(g)

for pool, unpool, x in (
    (nn.MaxPool1d(2, return_indices=True), nn.MaxUnpool1d(2), torch.randn(1, 2, 5)),
    (nn.MaxPool2d(2, 2, return_indices=True), nn.MaxUnpool2d(2, 2), torch.randn(1, 1, 4, 4)),
    (nn.MaxPool3d(2, return_indices=True), nn.MaxUnpool3d(2), torch.randn(1, 1, 2, 2, 4)),
):
    x.requires_grad_()
    small, places = pool(x)
    print(unpool, unpool(small, places), unpool(small, places, output_size=x.shape).shape)
    unpool(small, places).square().sum().backward()
    print(x.grad)

net = nn.Sequential(
    nn.LazyConv2d(3, 2, padding=1),
    nn.LazyBatchNorm2d(),
    nn.LazyConvTranspose2d(2, 2, bias=False),
    nn.Flatten(),
    nn.LazyLinear(4),
    nn.LazyBatchNorm1d(affine=False),
)
print(net, net[0].weight, net[1].running_mean)
print(net(torch.randn(2, 1, 3, 3)), net, [tuple(p.shape) for p in net.parameters()])
print(net(torch.randn(2, 1, 3, 3)), net[1].running_var)

refused(F.interpolate, plane)
refused(F.interpolate, plane, size=2, scale_factor=2)
refused(F.interpolate, plane, size=(2, 3, 4))
refused(F.interpolate, plane, scale_factor=2, mode="nearest", align_corners=True)
refused(F.interpolate, plane, scale_factor=2, mode="linear")
refused(nn.MaxUnpool2d(2), torch.ones(1, 1, 2, 2), torch.full((1, 1, 2, 2), 99))
refused(nn.MaxUnpool2d(2), torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2))
refused(F.channel_shuffle, plane, 3)
refused(nn.Unflatten, 1, 4)
refused(nn.LazyConv2d(4, 2, groups=4), plane)

up = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)
down = nn.Conv2d(3, 2, 3, stride=2, padding=1)
wide = torch.randn(1, 3, 6, 5)
print(up(down(wide), output_size=wide.shape), up(down(wide)).shape)
print(nn.ConvTranspose1d(2, 3, 2, 3)(torch.ones(2, 4), output_size=[13]).shape)
refused(up, down(wide), output_size=[9, 5])
refused(up, down(wide), output_size=[6])
