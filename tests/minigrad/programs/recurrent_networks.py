"""Recurrent layers and cells in all their forms: text, values, nodes, gradients, errors."""

import torch
from torch import nn
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
    unpack_sequence,
)

from tests.minigrad.refusal import refused

torch.manual_seed(0)

for kind in (nn.RNN, nn.GRU, nn.LSTM):
    for options in (
        {},
        {"bias": False},
        {"num_layers": 2, "bidirectional": True},
        {"batch_first": True},
        {"num_layers": 2, "dropout": 0.5},
        {"batch_first": True, "bidirectional": True, "dtype": torch.float64},
    ):
        layer = kind(3, 4, **options)
        print(layer, [(name, tuple(p.shape)) for name, p in layer.named_parameters()])
        x = torch.randn(5, 2, 3, dtype=layer.weight_ih_l0.dtype, requires_grad=True)
        out, state = layer(x)
        print(out, state)
        h = state[0] if kind is nn.LSTM else state
        (out.square().sum() + h.sin().sum()).backward()
        print(x.grad, layer.weight_hh_l0.grad.sum(), layer.weight_ih_l0.grad.sum())
        out, state = layer(x[0])
        print(out, state)
print(nn.RNN(3, 4, 1, "relu")(torch.randn(2, 1, 3)))
projected = nn.LSTM(3, 4, proj_size=2, num_layers=2)
print(projected, projected(torch.randn(2, 1, 3)))
layer = nn.GRU(3, 4, 2)
print(layer(torch.randn(5, 2, 3), torch.randn(2, 2, 4)), len(layer.all_weights))

for kind in (nn.RNNCell, nn.GRUCell, nn.LSTMCell):
    cell = kind(3, 4)
    print(cell, cell(torch.randn(2, 3)), cell(torch.randn(3)))
    h = torch.randn(2, 4)
    print(cell(torch.randn(2, 3), (h, h.sin()) if kind is nn.LSTMCell else h))
print(nn.RNNCell(3, 4, nonlinearity="relu", bias=False))

# Sequences of different lengths.
sequences = [torch.randn(n, 3) for n in (4, 1, 2)]
print(pad_sequence(sequences), pad_sequence(sequences, True, -1.0, padding_side="left"))
packed = pack_sequence(sequences, enforce_sorted=False)
print(packed, pad_packed_sequence(packed, batch_first=True, total_length=5))
print(unpack_sequence(packed))
padded = pad_sequence(sequences[:1] + sequences[:0:-1], batch_first=True)
print(pack_padded_sequence(padded, [4, 2, 1], batch_first=True))
for layer in (nn.RNN(3, 4, bidirectional=True), nn.LSTM(3, 4, 2, bidirectional=True)):
    out, state = layer(packed)
    print(pad_packed_sequence(out), state)
    out.data.square().sum().backward()
    print(layer.weight_hh_l0.grad, layer.weight_ih_l0_reverse.grad)
    print(layer(packed, state)[1])

layer, lstm = nn.GRU(3, 4), nn.LSTM(3, 4)
refused(layer, torch.randn(2, 2, 5))
refused(layer, torch.randn(2, 2, 3), torch.randn(1, 3, 4))
refused(layer, torch.randn(2, 3), torch.randn(1, 1, 4))
refused(layer, torch.randn(1, 2, 2, 3))
refused(layer, torch.randn(2, 2, 3).double())
refused(layer, torch.randn(0, 2, 3))
refused(lstm, torch.randn(2, 2, 3), (torch.randn(1, 2, 3), torch.randn(1, 2, 4)))
refused(lstm, torch.randn(2, 2, 3), (torch.randn(2, 4), torch.randn(2, 4)))
refused(nn.LSTMCell(3, 4), torch.randn(2, 5))
refused(nn.GRUCell(3, 4), torch.randn(2, 3), torch.randn(3, 4))
refused(nn.GRUCell(3, 4), torch.randn(2, 3, 4))
refused(nn.RNN, 3, 4, nonlinearity="sin")
refused(nn.GRU, 3, 4, proj_size=2)
refused(nn.LSTM, 3, 4, proj_size=4)
refused(nn.LSTM, 3, 0)
refused(nn.LSTM, 3.0, 4)
refused(nn.LSTM, 3, 4, dropout=1.5)
refused(pack_sequence, sequences[::-1])
refused(pack_padded_sequence, padded, [4, 2], batch_first=True)
refused(pack_padded_sequence, padded, [4, 2, 0], batch_first=True)
refused(pad_packed_sequence, packed, total_length=3)
refused(pad_sequence, [])
