"""Modules.

Parameters, and the modules they are made of, found by assigning them as attributes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from minigrad import errors
from minigrad.grad_mode import no_grad
from minigrad.hooks import HookHandle
from minigrad.legacy import dtype_of
from minigrad.naming import Named
from minigrad.nn import hooks
from minigrad.nn.hooks import Hooks
from minigrad.nn.parameter import Parameter
from minigrad.tensor import Tensor
from minigrad.views import as_array


class _Keys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class IncompatibleKeys(_Keys):
    """What `load_state_dict(strict=False)` could not match."""

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


class Module(metaclass=Named):
    """The base of every layer and model.

    Assign Parameters and Modules as attributes in `__init__` (after `super().__init__()`), and
    say in `forward` how the output is computed. Calling the module calls `forward`.
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _forward_pre_hooks: Hooks
    _forward_hooks: Hooks
    _backward_pre_hooks: Hooks
    _backward_hooks: Hooks

    def __init__(self) -> None:
        # Not through __setattr__, which needs these.
        state = self.__dict__
        state["training"] = True
        state["_parameters"] = {}
        state["_buffers"] = {}
        state["_unsaved_buffers"] = set()
        state["_modules"] = {}
        state["_forward_pre_hooks"] = Hooks()
        state["_forward_hooks"] = Hooks()
        state["_backward_pre_hooks"] = Hooks()
        state["_backward_hooks"] = Hooks()

    def forward(self, *inputs: Any) -> Any:
        """Compute the output; every module says how."""
        raise errors.no_forward(type(self).__name__)

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        if (
            self._forward_pre_hooks
            or self._forward_hooks
            or self._backward_hooks
            or self._backward_pre_hooks
            or hooks.forward_pre
            or hooks.forward
            or hooks.backward
            or hooks.backward_pre
        ):
            return hooks.call(self, inputs, named)
        return self.forward(*inputs, **named)

    # --- Attributes ----------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        stores = ("_parameters", "_buffers", "_modules")
        if isinstance(value, Parameter | Module):
            if "_modules" not in self.__dict__:
                kind = "parameters" if isinstance(value, Parameter) else "module"
                raise errors.module_not_initialised(kind)
            home = "_parameters" if isinstance(value, Parameter) else "_modules"
            # A new value under an old name keeps the old one's place in the order.
            for store in stores:
                if store != home:
                    self.__dict__[store].pop(name, None)
            self.__dict__.pop(name, None)
            self.__dict__[home][name] = value
            return
        for store, kind in zip(
            stores, ("torch.nn.Parameter", "torch.Tensor", "torch.nn.Module"), strict=True
        ):
            held = self.__dict__.get(store, {})
            if name in held:
                if value is not None and not (
                    store == "_buffers" and isinstance(value, Tensor)
                ):
                    noun = {"_parameters": "parameter", "_buffers": "buffer"}.get(
                        store, "child module"
                    )
                    raise errors.not_a_parameter(_type_text(value), name, noun, kind)
                held[name] = value
                return
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        for store in ("_parameters", "_buffers", "_modules"):
            held = self.__dict__.get(store)
            if held is not None and name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for store in (self._parameters, self._buffers, self._modules):
            if name in store:
                del store[name]
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *self._parameters, *self._buffers, *self._modules}
        return sorted(names)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None keeps the name for later."""
        self._check_name(name, "parameter")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_type_text(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(
        self, name: str, tensor: Tensor | None, persistent: bool = True
    ) -> None:
        """Add a tensor that belongs to the state but is not learned.

        Args:
            persistent: whether it is part of the `state_dict`.
        """
        self._check_name(name, "buffer")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{_type_text(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        if not persistent:
            self._unsaved_buffers.add(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a module under a name."""
        self._check_name(name, "module")
        if module is not None and not isinstance(module, Module):
            raise errors.not_a_module(_type_text(module))
        self._modules[name] = module

    add_module = register_module

    def _check_name(self, name: str, kind: str) -> None:
        if "_modules" not in self.__dict__:
            raise errors.module_not_initialised(kind)
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {_type_text(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in {
            **self._parameters,
            **self._buffers,
            **self._modules,
        }:
            raise KeyError(f"attribute '{name}' already exists")

    # --- Looking through ---------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all within it, with their dotted names."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                inner = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, inner, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all within it."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly within this one, with their names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly within this one."""
        for _, module in self.named_children():
            yield module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their dotted names; one that is shared comes once."""
        yield from self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters; what an optimiser wants."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers with their dotted names."""
        yield from self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _named(
        self, store: str, prefix: str, recurse: bool, once: bool
    ) -> Iterator[tuple[str, Any]]:
        owners: Iterable[tuple[str, Module]] = [(prefix, self)]
        if recurse:
            owners = self.named_modules(prefix=prefix, remove_duplicate=once)
        seen: set[int] = set()
        for owner_name, owner in owners:
            for name, held in getattr(owner, store).items():
                if held is None or id(held) in seen:
                    continue
                if once:
                    seen.add(id(held))
                yield (f"{owner_name}.{name}" if owner_name else name), held

    def get_submodule(self, target: str) -> Module:
        """The module with a dotted name."""
        module = self
        for part in target.split(".") if target else []:
            if part not in module._modules:
                raise AttributeError(f"{type(module).__name__} has no attribute `{part}`")
            found = module._modules[part]
            if not isinstance(found, Module):
                raise AttributeError(f"`{part}` is not an nn.Module")
            module = found
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with a dotted name."""
        owner, _, name = target.rpartition(".")
        found = self.get_submodule(owner)._parameters.get(name)
        if found is None:
            raise AttributeError(
                f"{type(self.get_submodule(owner)).__name__} has no attribute `{name}`"
            )
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with a dotted name."""
        owner, _, name = target.rpartition(".")
        found = self.get_submodule(owner)._buffers.get(name)
        if found is None:
            raise AttributeError(
                f"{type(self.get_submodule(owner)).__name__} has no attribute `{name}`"
            )
        return found

    def set_submodule(self, target: str, module: Module) -> None:
        """Put a module in the place with a dotted name."""
        if not target:
            raise ValueError("Cannot set the submodule without a target name!")
        owner, _, name = target.rpartition(".")
        setattr(self.get_submodule(owner), name, module)

    # --- Doing something to all -----------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Switch to training behaviour (dropout drops, batch norm measures)."""
        if not isinstance(mode, bool):
            raise errors.mode_not_bool(mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch to the behaviour for use."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set `requires_grad` of all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call `fn` with every module within, innermost first, and with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self, *wanted: Any, **named: Any) -> Self:
        """Convert all floating point parameters and buffers to another dtype."""
        with no_grad():
            for module in self.modules():
                for store in (module._parameters, module._buffers):
                    for tensor in store.values():
                        if tensor is not None and tensor.is_floating_point():
                            tensor._data = as_array(tensor.to(*wanted, **named))
                            if tensor._grad is not None:
                                tensor._grad = tensor._grad.to(*wanted, **named)
        return self

    def float(self) -> Self:
        """Convert to float32."""
        from minigrad.dtypes import float32

        return self.to(float32)

    def double(self) -> Self:
        """Convert to float64."""
        from minigrad.dtypes import float64

        return self.to(float64)

    def half(self) -> Self:
        """Convert to float16."""
        from minigrad.dtypes import float16

        return self.to(float16)

    def type(self, dst_type: Any) -> Self:
        """Convert all floating point parameters and buffers to a dtype."""
        return self.to(dtype_of(dst_type))

    def cpu(self) -> Self:
        """The module itself: everything lives in main memory."""
        return self

    # --- State -------------------------------------------------------------------------------

    def state_dict(
        self, *, prefix: str = "", keep_vars: bool = False
    ) -> OrderedDict[str, Tensor]:
        """Parameters and persistent buffers by dotted name, sharing memory with the module."""
        state: OrderedDict[str, Tensor] = OrderedDict()
        for owner_name, owner in self.named_modules(
            prefix=prefix.rstrip("."), remove_duplicate=False
        ):
            start = f"{owner_name}." if owner_name else ""
            for name, tensor in owner._state():
                state[start + name] = tensor if keep_vars else tensor.detach()
        return state

    def _state(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self._parameters.items():
            if parameter is not None:
                yield name, parameter
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in self._unsaved_buffers:
                yield name, buffer

    def load_state_dict(
        self, state_dict: Mapping[str, Tensor], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy values from `state_dict`. Nothing is changed if something does not fit.

        Args:
            strict: refuse names that are missing or too many.
            assign: take the tensors themselves instead of copying.

        Raises:
            RuntimeError: with every misfit listed.
        """
        own = self.state_dict(keep_vars=True)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        problems = []
        if strict and missing:
            quoted = ", ".join(f'"{name}"' for name in missing)
            problems.append(f"Missing key(s) in state_dict: {quoted}. ")
        if strict and unexpected:
            quoted = ", ".join(f'"{name}"' for name in unexpected)
            problems.append(f"Unexpected key(s) in state_dict: {quoted}. ")
        for name, tensor in own.items():
            given = state_dict.get(name)
            if given is not None and given.shape != tensor.shape:
                problems.append(
                    f"size mismatch for {name}: copying a param with shape {given.shape} from "
                    f"checkpoint, the shape in current model is {tensor.shape}."
                )
        if problems:
            listed = "\n\t".join(problems)
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}"
            )
        with no_grad():
            for name, tensor in own.items():
                if name in state_dict and assign:
                    tensor._data = as_array(state_dict[name])
                elif name in state_dict:
                    tensor.copy_(state_dict[name])
        return IncompatibleKeys(missing, unexpected)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Call `hook(module, inputs)` before each forward.

        What it returns replaces the inputs. With `with_kwargs` it is given the keyword
        arguments, too, and returns both.
        """
        return self._forward_pre_hooks.add(hook, prepend, with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> HookHandle:
        """Call `hook(module, inputs, output)` after each forward.

        What it returns replaces the output. With `with_kwargs` it is given the keyword
        arguments, too, before the output.
        """
        return self._forward_hooks.add(hook, prepend, with_kwargs, always_call)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> HookHandle:
        """Call `hook(module, grad_output)` when the gradients of the outputs have come.

        What it returns replaces them.
        """
        return self._backward_pre_hooks.add(hook, prepend)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> HookHandle:
        """Call `hook(module, grad_input, grad_output)` when those of the inputs have come.

        What it returns replaces `grad_input`.
        """
        return self._backward_hooks.add(hook, prepend)

    register_backward_hook = register_full_backward_hook

    # --- Text
    # ----------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What the printed form says of the module itself."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        own = self.extra_repr()
        own_lines = own.split("\n") if own else []
        inner = [
            f"({name}): {_indented(repr(module))}" for name, module in self._modules.items()
        ]
        lines = own_lines + inner
        if not lines:
            return f"{self._get_name()}()"
        if len(own_lines) == 1 and not inner:
            return f"{self._get_name()}({own})"
        return "\n  ".join([f"{self._get_name()}(", *lines]) + "\n)"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _type_text(value: Any) -> str:
    kind = type(value)
    if isinstance(value, Tensor):
        return "torch.FloatTensor" if value.is_floating_point() else str(value.type())
    return (
        kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    )


def clear_grad(parameter: Any, set_to_none: bool) -> None:
    """Forget a gradient, or set it to zeros."""
    if parameter._grad is None:
        return
    if set_to_none:
        parameter._grad = None
        return
    with no_grad():
        parameter._grad = parameter._grad.detach()
        parameter._grad.zero_()
