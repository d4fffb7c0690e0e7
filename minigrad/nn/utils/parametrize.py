"""Parametrizations: a weight that is computed from what is learned, as a symmetric one is.

The module gets a class of its own, in which the weight is a property: it calls the
parametrizations with the tensor that is learned, `module.parametrizations.weight.original`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from minigrad.grad_mode import no_grad
from minigrad.nn.containers import ModuleDict, ModuleList
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter
from minigrad.tensor import Tensor

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]


class _Cache:
    """What has been computed within `cached()`, by module and name."""

    depth = 0
    held: ClassVar[dict[tuple[int, str], Any]] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrized tensor once only, until this context is left."""
    _Cache.depth += 1
    try:
        yield
    finally:
        _Cache.depth -= 1
        if not _Cache.depth:
            _Cache.held.clear()


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, in order, and what they are given: the original.

    Several tensors that a `right_inverse` returns are named original0, original1 …

    Args:
        modules: the parametrizations, at least one.
        original: the tensor until now.
        unsafe: let shape and dtype change.

    Raises:
        ValueError: if shape or dtype change all the same, or something else than tensors comes
            out of a parametrization or its `right_inverse`.
    """

    def __init__(
        self, modules: Sequence[Module], original: Tensor, unsafe: bool = False
    ) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new: Any = original
            for module in reversed(list(self)):
                new = _inverse_if_any(module, new)
        self.is_tensor = isinstance(new, Tensor)
        if not self.is_tensor and not isinstance(new, Sequence):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, "
                f"tuple...). Got {type(new).__name__}"
            )
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            if new.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
            original.data = new.data
            _register(self, "original", original)
        else:
            self._register_all(new, original)
        if not unsafe:
            _check_unchanged(
                (shape, dtype), self(), "`unsafe`", "unparametrized {0}", "parametrized {0}"
            )

    def _register_all(self, tensors: Sequence[Any], original: Tensor) -> None:
        for i, tensor in enumerate(tensors):
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, "
                    f"tuple...). Got element {i} of the sequence with type "
                    f"{type(tensor).__name__}."
                )
            if isinstance(original, Parameter):
                tensor = Parameter(tensor, original.requires_grad)
            _register(self, f"original{i}", tensor.requires_grad_(original.requires_grad))

    def _originals(self) -> list[Any]:
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the parametrized tensor becomes `value`."""
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(module).__name__} does not implement "
                        "right_inverse."
                    )
                value = module.right_inverse(value)
            values = [value] if self.is_tensor else value
            if not isinstance(values, Sequence):
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors. "
                    f"Got {type(value).__name__}."
                )
            if len(values) != self.ntensors:
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors of length "
                    f"{self.ntensors}. Got a sequence of length {len(values)}."
                )
            for i, (original, new) in enumerate(zip(self._originals(), values, strict=True)):
                self._set(original, new, i)

    def _set(self, original: Tensor, new: Any, i: int) -> None:
        if not isinstance(new, Tensor):
            raise ValueError(
                f"`right_inverse` should return a tensor. Got {type(new).__name__}"
            )
        if new.dtype != original.dtype:
            which, name = (
                ("The tensor", "original")
                if self.is_tensor
                else (f"Tensor {i}", f"original{i}")
            )
            raise ValueError(
                f"{which} returned by `right_inverse` has dtype {new.dtype} while `{name}` has "
                f"dtype {original.dtype}"
            )
        original.data = new.data

    def forward(self) -> Any:
        first, *others = self
        value = first(*self._originals())
        for module in others:
            value = module(value)
        return value


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Let `module.tensor_name` be `parametrization(original)` from now on.

    A `parametrization.right_inverse(value)`, if there is one, says what the original has to be.

    Args:
        module: its owner, which is changed.
        tensor_name: of a parameter, a buffer, or one that is parametrized already.
        parametrization: called with the original, or with what earlier ones returned.
        unsafe: let shape and dtype change.

    Raises:
        ValueError: if there is no such tensor, or if shape or dtype change.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_another(module, tensor_name, parametrization)
        registered = module.parametrizations[tensor_name]
        registered.append(parametrization)
        registered.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        registered = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_own_class(module)
            module.parametrizations = ModuleDict()
        setattr(type(module), tensor_name, _computed(tensor_name))
        module.parametrizations[tensor_name] = registered
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a tensor of the module, or any of them, is parametrized."""
    registered = getattr(module, "parametrizations", None)
    if not isinstance(registered, ModuleDict):
        return False
    return len(registered) > 0 if tensor_name is None else tensor_name in registered


def remove_parametrizations(
    module: Module, tensor_name: str, leave_parametrized: bool = True
) -> Module:
    """Make `module.tensor_name` an ordinary tensor again.

    Args:
        leave_parametrized: keep the value that the parametrization computed; otherwise the
            original comes back.

    Raises:
        ValueError: if it is not parametrized, or if there are several originals to come back.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    registered = module.parametrizations[tensor_name]
    if not registered.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors."
        )
    if registered.is_tensor:
        tensor = registered.original
        if leave_parametrized:
            with no_grad():
                tensor.data = getattr(module, tensor_name).data
    else:
        tensor = getattr(module, tensor_name)
        tensor = Parameter(tensor.detach()) if tensor.requires_grad else tensor
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, tensor)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of the module, without parametrizations."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Parametrize tensors of `to_module`, one or all, as in `from_module`; share originals."""
    if not is_parametrized(from_module):
        return to_module
    names = list(from_module.parametrizations) if tensor_name is None else [tensor_name]
    for name in names:
        given = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        for parametrization in given:
            register_parametrization(to_module, name, parametrization)
        taken = to_module.parametrizations[name]
        for original in (*given._parameters, *given._buffers):
            setattr(taken, original, getattr(given, original))
    return to_module


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _inverse_if_any(module: Module, value: Any) -> Any:
    """What `right_inverse` says, or the value itself without one."""
    if not hasattr(module, "right_inverse"):
        return value
    try:
        return module.right_inverse(value)
    except NotImplementedError:
        return value


def _check_unchanged(
    before: tuple[Any, Any], after: Any, flag: str, name_before: str, name_after: str
) -> None:
    """Refuse another shape or dtype; the names are of both tensors, with {0} for which."""
    if not isinstance(after, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(after).__name__}.")
    shape, dtype = before
    for which, old, new in (("dtype", dtype, after.dtype), ("shape", shape, after.shape)):
        if old != new:
            raise ValueError(
                f"Registering a parametrization may not change the {which} of the tensor, "
                f"unless {flag} flag is enabled.\n{name_before.format(which)}: {old}\n"
                f"{name_after.format(which)}: {new}"
            )


def _check_another(module: Module, name: str, parametrization: Module) -> None:
    """Refuse a further parametrization that changes shape or dtype, either way."""
    before = getattr(module, name)
    after = parametrization(before)
    labels = f"module.{name}.{{0}}", f"parametrization(module.{name}).{{0}}"
    _check_unchanged((before.shape, before.dtype), after, "the `unsafe`", *labels)
    back = _inverse_if_any(parametrization, after)
    if not isinstance(back, Tensor):
        raise ValueError(
            f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}"
        )
    for which in ("dtype", "shape"):
        if getattr(back, which) != getattr(before, which):
            raise ValueError(
                "The tensor returned by parametrization.right_inverse must have the same "
                f"{which} as module.{name}, unless the `unsafe` flag is enabled.\n"
                f"module.{name}.{which}: {getattr(before, which)}\n"
                f"returned {which}: {getattr(back, which)}"
            )


def _give_own_class(module: Module) -> None:
    """A subclass for this module alone, to hold its properties."""

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        replica = memo[id(self)] = object.__new__(type(self))
        vars(replica).update(copy.deepcopy(vars(self), memo))
        return replica

    def __getstate__(self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:"
            "\nhttps://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    before: Any = type(module)
    extra: dict[str, Any] = {"__module__": __name__, "__getstate__": __getstate__}
    if not hasattr(before, "__deepcopy__"):
        extra["__deepcopy__"] = __deepcopy__
    module.__class__ = type(before)(f"Parametrized{before.__name__}", (before,), extra)


def _computed(name: str) -> property:
    def get(module: Any) -> Any:
        registered = module.parametrizations[name]
        if not _Cache.depth:
            return registered()
        key = id(module), name
        if key not in _Cache.held:
            _Cache.held[key] = registered()
        return _Cache.held[key]

    def set_(module: Any, value: Any) -> None:
        module.parametrizations[name].right_inverse(value)

    return property(get, set_)
