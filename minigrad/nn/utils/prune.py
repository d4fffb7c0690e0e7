"""Pruning: weights that a mask holds at 0.

A pruned `weight` is computed before each forward, from the parameter weight_orig and the buffer
weight_mask, by a hook. A method says in `compute_mask` what is pruned.
"""

from __future__ import annotations

import abc
import numbers
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from minigrad.functions.creation import ones_like, zeros_like
from minigrad.functions.sampling import rand, rand_like
from minigrad.functions.sorting import topk
from minigrad.naming import Shown
from minigrad.nn.module import Module
from minigrad.nn.utils.parameters import parameters_to_vector
from minigrad.tensor import Tensor


class BasePruningMethod(Shown, abc.ABC):
    """The hook of a pruned tensor.

    Attributes:
        PRUNING_TYPE: what `compute_mask` is given if the tensor has been pruned before:
            "unstructured", the elements that are left; "structured", the slices along
            `self.dim` that are left; "global", everything.
    """

    PRUNING_TYPE: str
    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abc.abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The new mask, of the shape of `t`: 0 where it is pruned. The old one counts, too."""

    def apply_mask(self, module: Module) -> Tensor:
        """The pruned tensor."""
        original: Tensor = getattr(module, f"{self._tensor_name}_orig")
        mask: Tensor = getattr(module, f"{self._tensor_name}_mask")
        return mask.to(dtype=original.dtype) * original

    @classmethod
    def apply(
        cls,
        module: Module,
        name: str,
        *args: Any,
        importance_scores: Tensor | None = None,
        **kwargs: Any,
    ) -> BasePruningMethod:
        """Prune the tensor `name` of a module, for the first time or further.

        Args:
            importance_scores: what `compute_mask` looks at in place of the tensor itself.
            args, kwargs: the method's settings.
        """
        tensor: Tensor = getattr(module, name)
        scores = _scores(tensor, importance_scores, f"parameter {name} of {module}")
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        earlier = next((hook for hook in _hooks(module) if hook._tensor_name == name), None)
        if earlier is None:
            mask = method.compute_mask(scores, default_mask=ones_like(tensor).detach())
            module.register_parameter(f"{name}_orig", module._parameters[name])
            del module._parameters[name]
        else:
            if not isinstance(earlier, PruningContainer):
                earlier = PruningContainer(earlier)
            mask = getattr(module, f"{name}_mask").detach().clone()
            mask = combine_masks(method, scores, mask)
            earlier.add_pruning_method(method)
            _take(module, name)
            method = earlier
        module.register_buffer(f"{name}_mask", mask)
        method(module, None)
        module.register_forward_pre_hook(method)
        return method

    def prune(
        self,
        t: Tensor,
        default_mask: Tensor | None = None,
        importance_scores: Tensor | None = None,
    ) -> Tensor:
        """A tensor pruned, without any module."""
        scores = _scores(t, importance_scores, "tensor t")
        if default_mask is None:
            default_mask = ones_like(t).detach()
        return t * self.compute_mask(scores, default_mask=default_mask)

    def remove(self, module: Module) -> None:
        """Make the pruned tensor the parameter; what was pruned stays 0."""
        name = self._tensor_name
        pruned = self.apply_mask(module)
        delattr(module, name)
        parameter = module._parameters.pop(f"{name}_orig")
        del module._buffers[f"{name}_mask"]
        assert parameter is not None
        parameter.data = pruned.data
        setattr(module, name, parameter)


class PruningContainer(BasePruningMethod):
    """Several methods that have pruned one tensor, in order."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if args:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Add a method that acts on the same tensor."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method._tensor_name != self._tensor_name:
            raise ValueError(
                "Can only add pruning methods acting on the parameter named "
                f"'{self._tensor_name}' to PruningContainer {self}. Found "
                f"'{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> BasePruningMethod:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask that the last method makes of the one until now."""
        return combine_masks(self._pruning_methods[-1], t, default_mask)


def combine_masks(method: BasePruningMethod, t: Tensor, mask: Tensor) -> Tensor:
    """The mask after one more method, which is shown only what is left."""
    left: Any
    if method.PRUNING_TYPE == "unstructured":
        left = mask == 1
    elif method.PRUNING_TYPE == "structured":
        if not hasattr(method, "dim"):
            raise AttributeError(
                'Pruning methods of PRUNING_TYPE "structured" need to have the attribute '
                "`dim` defined."
            )
        dim = method.dim + t.dim() if method.dim < 0 else method.dim
        if dim < 0:
            raise IndexError(f"Index is out of bounds for tensor with dimensions {t.dim()}")
        others = [d for d in range(t.dim()) if d != dim]
        left = (slice(None),) * dim + (mask.sum(dim=others) != 0,)
    elif method.PRUNING_TYPE == "global":
        left = ...
    else:
        raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
    combined = mask.to(dtype=t.dtype).clone()
    combined[left] = method.compute_mask(t[left], default_mask=mask[left]).to(
        dtype=combined.dtype
    )
    return combined


class Identity(BasePruningMethod):
    """Prunes nothing; the tensor gets its mask."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _ByAmount(BasePruningMethod):
    """A method that prunes a share, or a number of elements or slices."""

    def __init__(self, amount: float) -> None:
        if not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        if amount < 0 or (amount > 1 and not isinstance(amount, numbers.Integral)):
            raise ValueError(
                f"amount={amount} should either be a float in the range [0, 1] or a "
                "non-negative integer"
            )
        self.amount: Any = amount

    def _count(self, size: int) -> int:
        whole = isinstance(self.amount, numbers.Integral)
        count = int(self.amount) if whole else round(self.amount * size)
        if count > size:
            raise ValueError(
                f"amount={count} should be smaller than the number of parameters to "
                f"prune={size}"
            )
        return count


class _Unstructured(_ByAmount):
    PRUNING_TYPE = "unstructured"

    def _worth(self, t: Tensor) -> Tensor:
        """The elements that are worth least are pruned."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        pruned = self._count(t.numel())
        mask = default_mask.clone()
        if pruned:
            least = topk(self._worth(t).reshape(-1), pruned, largest=False).indices
            mask.view(-1)[least] = 0
        return mask


class RandomUnstructured(_Unstructured):
    """Prunes elements at random."""

    def _worth(self, t: Tensor) -> Tensor:
        return -rand_like(t)


class L1Unstructured(_Unstructured):
    """Prunes the elements that are smallest in size."""

    def _worth(self, t: Tensor) -> Tensor:
        return t.abs()


class _Structured(_ByAmount):
    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _kept(self, t: Tensor, size: int, pruned: int) -> Tensor:
        """Which slices along `self.dim` are kept: a mask of them, or their numbers."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.dim() <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. Found "
                f"tensor of shape {t.shape} with {t.dim()} dims"
            )
        if self.dim >= t.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        size = t.shape[self.dim]
        pruned = self._count(size)
        if not pruned:
            return default_mask
        mask = zeros_like(t).detach()
        mask[(slice(None),) * (self.dim % t.dim()) + (self._kept(t, size, pruned),)] = 1
        return mask * default_mask.to(dtype=mask.dtype)


class RandomStructured(_Structured):
    """Prunes slices at random."""

    def _kept(self, t: Tensor, size: int, pruned: int) -> Tensor:
        drawn = rand(size)
        kept: Tensor = drawn > drawn.sort().values[pruned - 1]
        return kept


class LnStructured(_Structured):
    """Prunes the slices whose norm of order n is smallest."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Tensor, size: int, pruned: int) -> Tensor:
        others = [d for d in range(t.dim()) if d != self.dim % t.dim()]
        kept: Tensor = topk(t.norm(self.n, others), size - pruned).indices
        return kept


class CustomFromMask(BasePruningMethod):
    """Prunes where a given mask is 0."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape "
                f"{self.mask.shape}"
            )
        return default_mask * self.mask.to(dtype=default_mask.dtype)


def identity(module: Module, name: str) -> Module:
    """Give a tensor a mask without pruning anything."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune elements at random: a share between 0.0 and 1.0, or a whole number of them."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(
    module: Module, name: str, amount: float, importance_scores: Tensor | None = None
) -> Module:
    """Prune the smallest elements: a share between 0.0 and 1.0, or a whole number of them."""
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune slices along `dim` at random: a share, or a whole number of them."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module,
    name: str,
    amount: float,
    n: Any,
    dim: int,
    importance_scores: Tensor | None = None,
) -> Module:
    """Prune the slices along `dim` of the smallest norm of order `n`: a share, or a number."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune where `mask` is 0."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: Callable[..., BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Prune several tensors as if they were one.

    Args:
        parameters: modules and names.
        pruning_method: a class of unstructured pruning; kwargs are its settings.
        importance_scores: what it looks at in place of some of the tensors.
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    given = importance_scores or {}
    if not isinstance(given, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs = list(parameters)
    tensors: list[Tensor] = [getattr(module, name) for module, name in pairs]
    masks = [
        getattr(module, f"{name}_mask", ones_like(tensor).detach())
        for (module, name), tensor in zip(pairs, tensors, strict=True)
    ]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {method.PRUNING_TYPE}"
        )
    scores = [given.get(pair, tensor) for pair, tensor in zip(pairs, tensors, strict=True)]
    mask = combine_masks(method, parameters_to_vector(scores), parameters_to_vector(masks))
    parts = mask.split([tensor.numel() for tensor in tensors])
    for (module, name), tensor, part in zip(pairs, tensors, parts, strict=True):
        custom_from_mask(module, name, part.view_as(tensor))


def remove(module: Module, name: str) -> Module:
    """Make pruning permanent: mask and original go, the pruned tensor is the parameter.

    Raises:
        ValueError: if it is not pruned.
    """
    hook = _take(module, name)
    if hook is None:
        raise ValueError(
            f"Parameter '{name}' of module {module} has to be pruned before pruning can be "
            "removed"
        )
    hook.remove(module)
    return module


def is_pruned(module: Module) -> bool:
    """Whether a tensor of this module or one within it is pruned."""
    return any(_hooks(each) for each in module.modules())


def _hooks(module: Module) -> list[BasePruningMethod]:
    hooks = module._forward_pre_hooks.values()
    return [hook for hook in hooks if isinstance(hook, BasePruningMethod)]


def _take(module: Module, name: str) -> Any:
    return module._forward_pre_hooks.take(
        lambda hook: isinstance(hook, BasePruningMethod) and hook._tensor_name == name
    )


def _scores(tensor: Tensor, given: Tensor | None, of_what: str) -> Tensor:
    scores = tensor if given is None else given
    if scores.shape != tensor.shape:
        raise AssertionError(
            f"importance_scores should have the same shape as {of_what}, got {scores.shape} vs "
            f"{tensor.shape}"
        )
    return scores.detach()
