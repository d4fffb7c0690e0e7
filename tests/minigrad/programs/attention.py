"""Attention and transformers: text, values, nodes, masks, gradients, errors."""

import torch
import torch.nn.functional as F
from torch import nn

from tests.minigrad.refusal import refused

torch.manual_seed(0)

x, memory = torch.randn(5, 2, 8, requires_grad=True), torch.randn(3, 2, 8)
for options in (
    {},
    {"bias": False, "batch_first": True},
    {"add_bias_kv": True, "add_zero_attn": True},
    {"dropout": 0.5},
):
    layer = nn.MultiheadAttention(8, 2, **options)
    print(layer, [(name, tuple(p.shape)) for name, p in layer.named_parameters()])
    print(layer(x, x, x))
    print(layer(x, x, x, need_weights=False))
    print(layer(x[0], x[0], x[0], average_attn_weights=False))
    out, weights = layer(x, x, x)
    (out.square().sum() + weights[..., 0].sum()).backward()
    print(x.grad, layer.out_proj.weight.grad.sum())
apart = nn.MultiheadAttention(8, 2, kdim=4, vdim=6)
print(apart, apart(x, torch.randn(3, 2, 4), torch.randn(3, 2, 6)))
layer = nn.MultiheadAttention(8, 2)
print(layer(x, memory, memory))
causal = torch.ones(5, 5).triu(1).bool()
padding = torch.tensor([[False, False, False, True, True], [False] * 5])
for named in (
    {"attn_mask": causal},
    {"key_padding_mask": padding},
    {"attn_mask": causal, "key_padding_mask": padding, "need_weights": False},
    {"attn_mask": causal, "is_causal": True, "need_weights": False},
    {"attn_mask": torch.randn(4, 5, 5)},
):
    print(layer(x, x, x, **named))

mask = nn.Transformer.generate_square_subsequent_mask(5)
print(mask)
for options in (
    {},
    {"norm_first": True, "activation": "gelu", "batch_first": True},
    {"bias": False, "dropout": 0.0, "activation": F.silu},
):
    layer = nn.TransformerEncoderLayer(8, 2, 16, **options)
    print(layer)
    encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8))
    print(encoder(x), encoder(x[0]))
    if not options.get("batch_first"):
        print(encoder(x, mask=mask), encoder(x, src_key_padding_mask=padding))
    encoder.eval()
    print(encoder(x))
    with torch.no_grad():
        print(encoder(x))
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16, **options), 2)
    print(decoder(x, x.sin()))
    if not options.get("batch_first"):
        print(decoder(x, memory, tgt_mask=mask))
encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)
rows = torch.randn(2, 5, 8)
print(encoder(rows, src_key_padding_mask=padding))
with torch.no_grad():
    print(encoder.eval()(rows, src_key_padding_mask=padding))

model = nn.Transformer(8, 2, 1, 2, 16)
print(model, sum(p.numel() for p in model.parameters()))
out = model(memory, x, tgt_mask=mask)
print(out)
out.square().sum().backward()
print([(name, p.grad.abs().sum()) for name, p in model.named_parameters()])

layer = nn.MultiheadAttention(8, 2)
refused(nn.MultiheadAttention, 8, 3)
refused(nn.MultiheadAttention, 0, 3)
refused(layer, x, x, x, attn_mask=torch.zeros(3, 3))
refused(layer, x, x, x, attn_mask=torch.zeros(3))
refused(layer, x, x, x, attn_mask=torch.zeros(5, 5).long())
refused(layer, x, x, x, is_causal=True)
refused(layer, x, memory, x)
refused(nn.TransformerEncoderLayer, 8, 2, activation="sin")
refused(model, memory, x[..., :4])
refused(model, memory[:, :1], x)
refused(layer, x[0, 0], x, x)
refused(layer, x, x, x[0])
refused(layer, x, x, x, key_padding_mask=torch.zeros(5).bool())
refused(layer, x, x, x, key_padding_mask=torch.zeros(2, 4).bool())
