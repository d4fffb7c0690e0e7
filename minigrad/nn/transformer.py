"""Transformers: encoder, decoder, both. Vaswani et al., "Attention is all you need", 2017."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.functions.attention import as_numbers
from minigrad.functions.creation import full
from minigrad.functions.rearranging import triu
from minigrad.grad_mode import is_grad_enabled
from minigrad.nn import functional, init
from minigrad.nn.attention import MultiheadAttention
from minigrad.nn.containers import ModuleList
from minigrad.nn.layers import Linear
from minigrad.nn.module import Module
from minigrad.nn.normalization import LayerNorm
from minigrad.nn.regularization import Dropout
from minigrad.tensor import Tensor

Activation = str | Callable[[Tensor], Tensor]


def _causal_mask(size: int, dtype: Any = None) -> Tensor:
    return triu(full((size, size), float("-inf"), dtype=dtype), diagonal=1)


def _is_causal(mask: Tensor | None, said: bool | None, size: int) -> bool:
    """What was said, or else whether the mask is the causal one."""
    if said is not None or mask is None:
        return said is True
    causal = np.triu(np.full((size, size), -np.inf, mask._data.dtype), 1)
    return np.array_equal(np.asarray(mask._data), causal)


def _activation(given: Activation) -> Callable[[Tensor], Tensor]:
    if not isinstance(given, str):
        return given
    known: dict[str, Callable[[Tensor], Tensor]] = {
        "relu": functional.relu,
        "gelu": functional.gelu,
    }
    if given not in known:
        raise RuntimeError(f"activation should be relu/gelu, not {given}")
    return known[given]


class _Layer(Module):
    """What the layers of encoder and decoder have in common.

    Args:
        d_model: the length E of the vectors.
        nhead: how many heads the attention has.
        dim_feedforward: the width of the hidden layer.
        dropout: the probability of dropping an element, at each of the places for it.
        activation: "relu", "gelu" or a function.
        layer_norm_eps: what the normalisations add to the variance.
        batch_first: inputs and outputs are (N, L, E) instead of (L, N, E).
        norm_first: normalise what goes into a block, instead of its sum with the result.
        bias: whether linear maps and normalisations have biases.
    """

    attentions: tuple[str, ...] = ()

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        where = {"device": device, "dtype": dtype}
        for name in self.attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout, bias, batch_first=batch_first, **where
            )
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, **where)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **where)
        self.norm_first = norm_first
        blocks = len(self.attentions) + 1
        for i in range(1, blocks + 1):
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
            self.add_module(f"norm{i}", norm)
        for i in range(1, blocks + 1):
            self.add_module(f"dropout{i}", Dropout(dropout))
        self.activation = _activation(activation)

    def _block(self, number: int, x: Tensor, compute: Callable[[Tensor], Tensor]) -> Tensor:
        """x + block(x), normalised before or after."""
        norm, drop = getattr(self, f"norm{number}"), getattr(self, f"dropout{number}")
        if self.norm_first:
            return x + drop(compute(norm(x)))  # type: ignore[no-any-return]
        return norm(x + drop(compute(x)))  # type: ignore[no-any-return]

    def _feed_forward(self, x: Tensor) -> Tensor:
        hidden = self.dropout(self.activation(self.linear1(x)))
        return self.linear2(hidden)  # type: ignore[no-any-return]


def _attended(attention: Any, x: Tensor, memory: Any, mask: Any, padding: Any, c: bool) -> Any:
    """What attention finds for x in memory; in x itself, if there is none."""
    keys = x if memory is None else memory
    named = {"attn_mask": mask, "key_padding_mask": padding, "is_causal": c}
    return attention(x, keys, keys, need_weights=False, **named)[0]


class TransformerEncoderLayer(_Layer):
    """Attention to itself, then two linear maps; see the base class for the arguments."""

    attentions = ("self_attn",)

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Masks are those of `functional.multi_head_attention_forward`."""
        mask = as_numbers("src_mask", src_mask, src)
        padding = as_numbers("src_key_padding_mask", src_key_padding_mask, src)
        x = self._block(
            1, src, lambda x: _attended(self.self_attn, x, None, mask, padding, is_causal)
        )
        return self._block(2, x, self._feed_forward)


class TransformerDecoderLayer(_Layer):
    """Attention to itself, to the memory, then two linear maps."""

    attentions = ("self_attn", "multihead_attn")

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Masks are those of `functional.multi_head_attention_forward`."""
        own = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        across = (memory_mask, memory_key_padding_mask, memory_is_causal)
        x = self._block(1, tgt, lambda x: _attended(self.self_attn, x, None, *own))
        x = self._block(2, x, lambda x: _attended(self.multihead_attn, x, memory, *across))
        return self._block(3, x, self._feed_forward)


def _copies(layer: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """Copies of an encoder layer, one after the other.

    Args:
        encoder_layer: what is copied; all copies begin with its parameters.
        num_layers: how many copies.
        norm: a normalisation for the end.
        enable_nested_tensor: with a padding mask, give zeros for the padding when evaluating
            without gradients, as PyTorch does.
        mask_check: without effect: the mask is always looked at.
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Masks are those of `functional.multi_head_attention_forward`."""
        mask = as_numbers("mask", mask, src)
        steps = src.shape[1 if src.dim() == 3 and self._batch_first() else 0]
        causal = _is_causal(mask, is_causal, steps)
        x = src
        for layer in self.layers:
            x = layer(
                x, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=causal
            )
        if mask is None and src_key_padding_mask is not None and self._cuts_padding(src):
            padding = as_numbers("src_key_padding_mask", src_key_padding_mask, src)
            assert padding is not None
            if not (np.diff(np.asarray(padding._data != 0).astype(int)) < 0).any():
                x = x.masked_fill((padding != 0).unsqueeze(-1), 0.0)
        return x if self.norm is None else self.norm(x)

    def _batch_first(self) -> bool:
        return bool(self.layers[0].self_attn.batch_first)

    def _cuts_padding(self, src: Tensor) -> bool:
        """Whether PyTorch would work without the padding, and fill it with zeros in the end."""
        first = self.layers[0]
        if not isinstance(first, TransformerEncoderLayer):
            return False
        learning = any(p.requires_grad for p in (src, *first.parameters()))
        return (
            self.enable_nested_tensor
            and not first.training
            and not (is_grad_enabled() and learning)
            and not first.norm_first
            and src.dim() == 3
            and self._batch_first()
            and first.self_attn.in_proj_bias is not None
            and first.self_attn.num_heads % 2 == 0
            and first.activation in (functional.relu, functional.gelu)
        )


class TransformerDecoder(Module):
    """Copies of a decoder layer, one after the other.

    Args:
        decoder_layer: what is copied; all copies begin with its parameters.
        num_layers: how many copies.
        norm: a normalisation for the end.
    """

    def __init__(
        self, decoder_layer: Module, num_layers: int, norm: Module | None = None
    ) -> None:
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Masks are those of `functional.multi_head_attention_forward`."""
        by_batch = tgt.dim() == 3 and self.layers[0].self_attn.batch_first
        x = tgt
        for layer in self.layers:
            x = layer(
                x,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=_is_causal(tgt_mask, tgt_is_causal, tgt.shape[int(by_batch)]),
                memory_is_causal=memory_is_causal,
            )
        return x if self.norm is None else self.norm(x)


class Transformer(Module):
    """Encoder and decoder.

    Args:
        num_encoder_layers, num_decoder_layers: how many layers each has.
        custom_encoder, custom_decoder: modules to take instead.

    The other arguments are those of the layers.
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        common = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        common += (batch_first, norm_first, bias, device, dtype)  # type: ignore[assignment]
        norm = {"eps": layer_norm_eps, "bias": bias, "device": device, "dtype": dtype}
        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*common), num_encoder_layers, LayerNorm(d_model, **norm)
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*common), num_decoder_layers, LayerNorm(d_model, **norm)
        )
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Encode `src` (S, N, E), and decode `tgt` (T, N, E) with it.

        Masks are those of `functional.multi_head_attention_forward`.
        """
        across = 0 if self.batch_first else 1
        if src.dim() == 3 and src.shape[across] != tgt.shape[across]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(
            src,
            mask=src_mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=src_is_causal,
        )
        return self.decoder(  # type: ignore[no-any-return]
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(
        sz: int, device: Any = None, dtype: Any = None
    ) -> Tensor:
        """-inf above the diagonal and 0 elsewhere: no position attends to a later one."""
        return _causal_mask(sz, dtype)
