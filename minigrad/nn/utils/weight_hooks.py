"""Weight and spectral normalisation as hooks that set the weight before each forward.

The older way, which much code uses; `parametrizations` has the newer one.
"""

from __future__ import annotations

import warnings
from typing import Any

from minigrad.functions.matrix import dot, mv
from minigrad.grad_mode import no_grad
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter, UninitializedParameter
from minigrad.nn.utils.weight_norms import (
    as_matrix,
    norm_except_dim,
    outputs_dim,
    random_direction,
    towards,
    with_norm,
)
from minigrad.tensor import Tensor

__all__ = ["remove_spectral_norm", "remove_weight_norm", "spectral_norm", "weight_norm"]


class WeightNorm:
    """The hook: weight ← weight_g weight_v / ‖weight_v‖."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight of now."""
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return with_norm(v, g, self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn length and direction of a weight apart, as weight_g and weight_v.

    Args:
        dim: the dimension each index of which has a length of its own; None for one length.

    Raises:
        RuntimeError: if it has been done before.
        ValueError: if the weight has no shape yet.

    Salimans & Kingma, "Weight normalization", 2016.
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of "
        "`torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    weight = _checked_weight(module, name, WeightNorm, "weight")
    hook = WeightNorm(name, dim)
    del module._parameters[name]
    length = norm_except_dim(weight, hook.dim)
    module.register_parameter(f"{name}_g", Parameter(length.detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    hook(module, None)
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight an ordinary parameter again, with the value of now.

    Raises:
        ValueError: if it is not normed.
    """
    hook = _taken(module, name, WeightNorm, "weight_norm")
    weight = hook.compute_weight(module)
    for suffix in ("", "_g", "_v"):
        delattr(module, name + suffix)
    setattr(module, name, Parameter(weight.detach()))
    return module


class SpectralNorm:
    """The hook: weight ← weight_orig / σ, with one more power iteration in training."""

    def __init__(
        self,
        name: str = "weight",
        n_power_iterations: int = 1,
        dim: int = 0,
        eps: float = 1e-12,
    ) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.name = name
        self.dim = dim
        self.n_power_iterations = n_power_iterations
        self.eps = eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """The weight of now."""
        weight: Any = getattr(module, f"{self.name}_orig")
        u, v = getattr(module, f"{self.name}_u"), getattr(module, f"{self.name}_v")
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                transposed = matrix.t()
            for _ in range(self.n_power_iterations):
                towards(v, transposed, u, self.eps)
                towards(u, matrix, v, self.eps)
            # Copies, since the next forward changes both before the backward of this one.
            u, v = u.clone(), v.clone()
        computed: Tensor = weight / dot(u, mv(matrix, v))
        return computed

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Divide a weight by its largest singular value, as a power iteration estimates it.

    What is learned is weight_orig; the buffers weight_u and weight_v are the singular vectors.

    Args:
        n_power_iterations: of each forward in training.
        eps: ε of the unit vectors.
        dim: the dimension that counts the outputs; None finds it.

    Raises:
        RuntimeError: if it has been done before.
        ValueError: if the weight is None or has no shape yet.

    Miyato et al., "Spectral normalization for generative adversarial networks", 2018.
    """
    weight = _checked_weight(module, name, SpectralNorm, "spectral")
    hook = SpectralNorm(
        name, n_power_iterations, outputs_dim(module) if dim is None else dim, eps
    )
    rows, columns = as_matrix(weight, hook.dim).shape
    u, v = (random_direction(weight, size, eps) for size in (rows, columns))
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    # Not as a parameter: something for code that looks at the weight before the first forward.
    setattr(module, name, weight.detach())
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight an ordinary parameter again, with the value of now.

    Raises:
        ValueError: if it is not normed.
    """
    hook = _taken(module, name, SpectralNorm, "spectral_norm")
    weight = hook.compute_weight(module, do_power_iteration=False)
    for suffix in ("", "_u", "_v", "_orig"):
        delattr(module, name + suffix)
    module.register_parameter(name, Parameter(weight.detach()))
    return module


def _checked_weight(module: Module, name: str, kind: type, adjective: str) -> Any:
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, kind) and hook.name == name:  # type: ignore[attr-defined]
            raise RuntimeError(
                f"Cannot register two {adjective}_norm hooks on the same parameter {name}"
            )
    weight = getattr(module, name)
    if weight is None:
        raise ValueError(f"`{kind.__name__}` cannot be applied as parameter `{name}` is None")
    if isinstance(weight, UninitializedParameter):
        raise ValueError(
            f"The module passed to `{kind.__name__}` can't have uninitialized parameters. Make "
            f"sure to run the dummy forward before applying {adjective} normalization"
        )
    return weight


def _taken(module: Module, name: str, kind: type, called: str) -> Any:
    hook = module._forward_pre_hooks.take(
        lambda hook: isinstance(hook, kind) and hook.name == name  # type: ignore[attr-defined]
    )
    if hook is None:
        raise ValueError(f"{called} of '{name}' not found in {module}")
    return hook
