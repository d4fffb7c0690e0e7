"""Attention: sums of values, weighted by how well keys fit queries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.apply import apply
from minigrad.functions import elementwise, matrix, shapes
from minigrad.functions.activations import softmax
from minigrad.functions.contractions import baddbmm
from minigrad.functions.creation import finish, zeros
from minigrad.functions.joining import cat
from minigrad.functions.matrix import linear
from minigrad.functions.padding import pad
from minigrad.functions.regularization import dropout
from minigrad.rules import shapes as shape_rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(Q Kᵀ · scale + mask) V.

    Args:
        query: shape (..., L, E).
        key: shape (..., S, E).
        value: shape (..., S, Ev).
        attn_mask: true where attention may go, or numbers to add; shape (..., L, S).
        dropout_p: the probability of dropping a weight.
        is_causal: no position attends to a later one.
        scale: 1/√E by default.
        enable_gqa: several heads of the query share one of key and value.

    Vaswani et al., "Attention is all you need", 2017.
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
    if scale is None:
        scale = 1 / math.sqrt(query._data.shape[-1] or 1)
    if enable_gqa:
        key, value = [
            _repeated_heads(x, query._data.shape[-3] // x._data.shape[-3]) for x in (key, value)
        ]
    scores = matrix.matmul(query, shapes.transpose(key, -1, -2)) * scale
    length, size = query._data.shape[-2], key._data.shape[-2]
    if is_causal:
        attn_mask = finish(np.tril(np.ones((length, size), bool)))
    if attn_mask is not None:
        if attn_mask._data.dtype.kind == "b":
            blocked = np.where(attn_mask._data, 0.0, -np.inf)
            attn_mask = finish(blocked.astype(query._data.dtype))
        scores = scores + attn_mask
    weights = softmax(scores, -1)
    # A query that may attend to nothing gets nothing.
    lost = (np.asarray(scores._data) == -np.inf).all(axis=-1, keepdims=True)
    if lost.any():
        weights = elementwise.where(finish(lost), 0.0, weights)
    found = matrix.matmul(dropout(weights, dropout_p), value)
    fused = dropout_p == 0 and query._data.ndim == 4 and query.shape[-1] == value.shape[-1]
    return apply(shape_rules.attention_values, (found,), (found.shape,)) if fused else found


def _repeated_heads(x: Tensor, times: int) -> Tensor:
    shape = x._data.shape
    wide = shapes.expand(shapes.unsqueeze(x, -3), (*shape[:-2], times, *shape[-2:]))
    return shapes.reshape(wide, (*shape[:-3], shape[-3] * times, *shape[-2:]))


# --- Several heads -----------------------------------------------------------------------


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention by several heads, each in its own projection of queries, keys and values.

    Args:
        query: shape (L, N, E), or (L, E).
        key, value: shapes (S, N, Ek) and (S, N, Ev), or without N.
        in_proj_weight: (3E, E), the projections of queries, keys and values; or each by
            itself in `q_proj_weight`, `k_proj_weight`, `v_proj_weight`, if
            `use_separate_proj_weight`.
        bias_k, bias_v: one more key and value, shape (1, 1, E).
        add_zero_attn: one more key and value of zeros.
        key_padding_mask: true for keys to leave out, or numbers to add; shape (N, S).
        attn_mask: true where attention may not go, or numbers to add; shape (L, S) or
            (N · num_heads, L, S).
        static_k, static_v: keys and values after projection, (N · num_heads, S, E / num_heads).
        is_causal: a hint that `attn_mask` is the causal mask.

    Returns:
        The output, (L, N, E); and the weights, (N, L, S), or (N, num_heads, L, S) if not
        `average_attn_weights`, or None if not `need_weights`.
    """
    batched = query.dim() == 3
    _check_dimensions(query, key, value, key_padding_mask, attn_mask)
    if not batched:
        query, key, value = _with_batch(query, key, value)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    _check_heads(width, embed_dim_to_check, num_heads)
    mask = as_numbers("attn_mask", attn_mask, query)
    padding = as_numbers("key_padding_mask", key_padding_mask, query)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer "
            "module method `generate_square_subsequent_mask` to create this mask."
        )
    q, k, v = (
        _projected_apart(
            (query, key, value), (q_proj_weight, k_proj_weight, v_proj_weight), in_proj_bias
        )
        if use_separate_proj_weight
        else _projected(query, key, value, in_proj_weight, in_proj_bias)
    )
    mask = _mask_of_all_heads(mask, (length, key.shape[0]), batch * num_heads)
    if bias_k is not None and bias_v is not None:
        k = cat([k, bias_k.repeat(1, batch, 1)])
        v = cat([v, bias_v.repeat(1, batch, 1)])
        mask, padding = [None if m is None else pad(m, (0, 1)) for m in (mask, padding)]

    def by_head(x: Tensor) -> Tensor:
        return x.view(len(x), batch * num_heads, width // num_heads).transpose(0, 1)

    q = by_head(q)
    k = by_head(k) if static_k is None else static_k
    v = by_head(v) if static_v is None else static_v
    if add_zero_attn:
        zero = zeros(batch * num_heads, 1, width // num_heads, dtype=k.dtype)
        k, v = cat([k, zero], 1), cat([v, zero], 1)
        mask, padding = [None if m is None else pad(m, (0, 1)) for m in (mask, padding)]
    size = k.shape[1]
    if padding is not None:
        _check_padding(padding, (batch, size))
        columns = padding.view(batch, 1, 1, size).expand(-1, num_heads, -1, -1)
        columns = columns.reshape(batch * num_heads, 1, size)
        mask = columns if mask is None else mask + columns
    dropped = dropout_p if training else 0.0
    heads = (batch, num_heads)
    if not need_weights:
        causal = is_causal and padding is None
        found = _attend(q, k, v, None if causal else mask, dropped, causal, heads)
        weights = None
    else:
        found, weights = _attend_with_weights(q, k, v, mask, dropped)
        weights = weights.view(batch, num_heads, length, size)
        weights = weights.mean(dim=1) if average_attn_weights else weights
    out = linear(found.reshape(length * batch, width), out_proj_weight, out_proj_bias)
    out = out.view(length, batch, out.shape[1])
    if batched:
        return out, weights
    return out.squeeze(1), None if weights is None else weights.squeeze(0)


def _check_dimensions(query: Any, key: Any, value: Any, padding: Any, mask: Any) -> None:
    n = query.dim()
    if n not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {n}-D query tensor"
        )
    case = f"For {'batched' if n == 3 else 'unbatched'} ({n}-D) `query`, expected "
    if key.dim() != n or value.dim() != n:
        raise AssertionError(
            f"{case}`key` and `value` to be {n}-D but found {key.dim()}-D and "
            f"{value.dim()}-D tensors respectively"
        )
    if padding is not None and padding.dim() != n - 1:
        raise AssertionError(
            f"{case}`key_padding_mask` to be `None` or {n - 1}-D but found "
            f"{padding.dim()}-D tensor instead"
        )
    if mask is not None and mask.dim() not in (2, 3):
        raise AssertionError(
            f"{case}`attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D tensor "
            "instead"
        )


def _with_batch(*tensors: Tensor) -> list[Tensor]:
    """A batch of one; the tensors that were one still are."""
    made = {id(x): x.unsqueeze(1) for x in tensors}
    return [made[id(x)] for x in tensors]


def _check_heads(width: int, expected: int, num_heads: int) -> None:
    if width != expected:
        raise AssertionError(
            f"was expecting embedding dimension of {expected}, but got {width}"
        )
    if width % num_heads:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")


def _check_padding(padding: Tensor, shape: tuple[int, int]) -> None:
    for axis, size in enumerate(shape):
        if padding.shape[axis] != size:
            raise AssertionError(
                f"Expected key_padded_mask.shape[{axis}] to be {size}, but got "
                f"{padding.shape[axis]}"
            )


def as_numbers(name: str, mask: Tensor | None, like: Tensor) -> Tensor | None:
    """Numbers to add to the scores: -inf where a mask of bools is true."""
    if mask is None or mask._data.dtype.kind == "f":
        return mask
    if mask._data.dtype.kind != "b":
        raise AssertionError(f"only bool and floating types of {name} are supported")
    return finish(np.where(mask._data, -np.inf, 0.0).astype(like._data.dtype))


def _mask_of_all_heads(mask: Any, shape: tuple[int, int], heads: int) -> Any:
    if mask is None:
        return None
    wanted = shape if mask.dim() == 2 else (heads, *shape)
    if mask.shape != wanted:
        raise RuntimeError(
            f"The shape of the {mask.dim()}D attn_mask is {mask.shape}, but should be {wanted}."
        )
    return mask.unsqueeze(0) if mask.dim() == 2 else mask


def _projected(query: Tensor, key: Tensor, value: Tensor, weight: Any, bias: Any) -> Any:
    """Queries, keys and values from one weight; those of the same tensor in one product."""
    if key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
    width = query.shape[-1]
    if query is key and key is value:
        return _cut(linear(query, weight, bias), 3)
    if key is value:
        w_q, w_kv = weight.split([width, 2 * width])
        b_q, b_kv = (None, None) if bias is None else bias.split([width, 2 * width])
        return linear(query, w_q, b_q), *_cut(linear(key, w_kv, b_kv), 2)
    return _projected_apart((query, key, value), weight.chunk(3), bias)


def _projected_apart(tensors: Any, weights: Any, bias: Any) -> Any:
    biases = (None, None, None) if bias is None else bias.chunk(3)
    return [linear(*each) for each in zip(tensors, weights, biases, strict=True)]


def _cut(x: Tensor, count: int) -> Tensor:
    """(..., count · E) to (count, ..., E)."""
    parts = x.unflatten(-1, (count, x.shape[-1] // count)).unsqueeze(0)
    return parts.transpose(0, -2).squeeze(-2).contiguous()


def _attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    dropped: float,
    causal: bool,
    heads: tuple[int, int],
) -> Tensor:
    if mask is not None:
        one = len(mask) == 1
        mask = mask.unsqueeze(0) if one else mask.view(*heads, -1, k.shape[1])
    q, k, v = [x.view(*heads, *x.shape[1:]) for x in (q, k, v)]
    found = scaled_dot_product_attention(q, k, v, mask, dropped, causal)
    return found.permute(2, 0, 1, 3)


def _attend_with_weights(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, dropped: float
) -> tuple[Tensor, Tensor]:
    q = q * math.sqrt(1 / q.shape[-1])
    keys = k.transpose(-2, -1)
    scores = matrix.bmm(q, keys) if mask is None else baddbmm(mask, q, keys)
    weights = softmax(scores, dim=-1)
    if dropped > 0:
        weights = dropout(weights, dropped)
    return matrix.bmm(weights, v).transpose(0, 1), weights
