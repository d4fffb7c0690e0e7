"""Lengths of weights: what weight and spectral normalisation compute."""

from __future__ import annotations

from minigrad.apply import apply
from minigrad.functions.matrix import mv
from minigrad.functions.similarity import normalize
from minigrad.grad_mode import no_grad
from minigrad.nn.convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from minigrad.nn.module import Module
from minigrad.rules.normalization import weight_norm
from minigrad.tensor import Tensor


def norm_except_dim(v: Tensor, dim: int | None) -> Tensor:
    """The Euclidean norm over all dimensions but one, which is kept; None or -1: over all."""
    if dim is None or dim == -1:
        return v.norm()
    others = [d for d in range(v.dim()) if d != dim]
    return v.norm(dim=others, keepdim=True) if others else v.abs()


def with_norm(v: Tensor, g: Tensor, dim: int | None) -> Tensor:
    """The direction of v with the length g. Salimans & Kingma, 2016."""
    if dim in (0, v.dim() - 1):
        others = tuple(d for d in range(v.dim()) if d != dim)
        return apply(weight_norm, (v, g), (others,))
    return v * (g / norm_except_dim(v, dim))


def outputs_dim(module: Module) -> int:
    """The dimension of the module's weight that counts its outputs."""
    transposed = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
    return 1 if isinstance(module, transposed) else 0


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """Rows along one dimension, all others flattened."""
    if dim != 0:
        weight = weight.permute(dim, *[d for d in range(weight.dim()) if d != dim])
    return weight.flatten(1)


def random_direction(weight: Tensor, size: int, eps: float) -> Tensor:
    """A unit vector to begin a power iteration with."""
    with no_grad():
        return normalize(weight.new_empty(size).normal_(0, 1), dim=0, eps=eps)


def towards(direction: Tensor, matrix: Tensor, other: Tensor, eps: float) -> None:
    """Half a step of the power iteration, in place: direction ← Mv / ‖Mv‖."""
    with no_grad():
        direction.copy_(normalize(mv(matrix, other), dim=0, eps=eps))
