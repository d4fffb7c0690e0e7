"""From torch's tensors and calls to minigrad's, and the comparison of what came of them.

A sample of PyTorch's is a nest of lists, tuples and dictionaries of tensors, dtypes and
numbers. `Bridge.arguments` gives the same nest in minigrad; `compare` says whether a result of
minigrad's is the one of PyTorch's.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

# Relative error of an element; error relative to the largest element; absolute error.
TOLERANCE = {
    "float64": (1e-8, 1e-11, 1e-12),
    "float32": (1e-5, 1e-6, 1e-7),
    "float16": (2e-3, 2e-3, 1e-4),
}


class Outside(Exception):
    """A sample uses what minigrad does not have at all: complex numbers, sparse layouts."""


class Mismatch(AssertionError):
    """Two results differ; the message says where and how."""


# ---------------------------------------------------------------- trees of arguments


def mapped(change: Callable[[Any], Any], tree: Any) -> Any:
    """The same nest of lists, tuples, dictionaries and slices, with its leaves changed."""
    if isinstance(tree, slice):
        return slice(*(mapped(change, part) for part in (tree.start, tree.stop, tree.step)))
    if isinstance(tree, dict):
        return {key: mapped(change, value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [mapped(change, value) for value in tree]
    if isinstance(tree, tuple):
        return tuple(mapped(change, value) for value in tree)
    return change(tree)


def tensors(tree: Any, module: Any) -> list[Any]:
    """The tensors in a nest, in order of appearance, each once."""
    found: dict[int, Any] = {}

    def collect(leaf: Any) -> None:
        if isinstance(leaf, module.Tensor):
            found.setdefault(id(leaf), leaf)

    mapped(collect, tree)
    return list(found.values())


def resolve(root: Any, dotted: str) -> Any:
    """`root.a.b` for "a.b", or None where a name on the way is not there."""
    for name in dotted.split("."):
        root = getattr(root, name, None)
        if root is None:
            return None
    return root


# ---------------------------------------------------------------- from torch to minigrad


class Bridge:
    """Turns what the database holds (torch's tensors, dtypes, calls) into `module`'s own."""

    def __init__(self, module: Any) -> None:
        import torch

        self.torch = torch
        self.module = module

    def arguments(self, tree: Any) -> Any:
        """A nest of arguments, with one new tensor for each of torch's.

        Memory formats, layouts and pinned memory are left out: they say where numbers lie.
        """
        made: dict[int, Any] = {}

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, self.torch.Tensor):
                if id(leaf) not in made:
                    made[id(leaf)] = self.tensor(leaf)
                return made[id(leaf)]
            return self.constant(leaf)

        return mapped(convert, without_layout(tree, self.torch))

    def tensor(self, original: Any) -> Any:
        """A tensor with the same numbers, strides, offset and requires_grad."""
        torch = self.torch
        self.dtype(original.dtype)
        if original.layout is not torch.strided:
            raise Outside(f"layout {original.layout}")
        storage = original.detach().untyped_storage()
        flat = torch.empty(0, dtype=original.dtype).set_(storage).numpy().copy()
        start = original.storage_offset()
        array = np.lib.stride_tricks.as_strided(
            flat[start:],
            tuple(original.shape),
            tuple(step * flat.itemsize for step in original.stride()),
        )
        if start and hasattr(self.module.Tensor, "as_strided"):
            made = self.module.from_numpy(flat).as_strided(
                tuple(original.shape), original.stride(), start
            )
        else:
            made = self.module.from_numpy(array)
        return made.requires_grad_() if original.requires_grad else made

    def dtype(self, original: Any) -> Any:
        name = str(original).removeprefix("torch.")
        found = getattr(self.module, name, None)
        if found is None:
            raise Outside(f"dtype {name}")
        return found

    def constant(self, leaf: Any) -> Any:
        torch = self.torch
        if isinstance(leaf, torch.dtype):
            return self.dtype(leaf)
        if isinstance(leaf, torch.device):
            return str(leaf)
        if isinstance(leaf, torch.nn.Module):
            return resolve(self.module, f"nn.{type(leaf).__name__}")()
        if isinstance(leaf, complex):
            raise Outside("complex number")
        if callable(leaf):
            return self.call(leaf)
        return leaf

    def call(self, function: Any) -> Any:
        """A function of torch's test suite, its globals `torch` replaced by the module."""
        if isinstance(function, functools.partial):
            return functools.partial(
                self.call(function.func), *function.args, **function.keywords
            )
        if getattr(function, "__module__", None) == "torch.nn.functional":
            return resolve(self.module, f"nn.functional.{function.__name__}")
        if not isinstance(function, types.FunctionType):
            return resolve(self.module, getattr(function, "__name__", ""))
        world = {
            **function.__globals__,
            "torch": self.module,
            "wrapper_set_seed": lambda inner, *args, **kwargs: inner(*args, **kwargs),
        }
        rebound = types.FunctionType(
            function.__code__,
            world,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        rebound.__kwdefaults__ = function.__kwdefaults__
        return rebound


def without_layout(tree: Any, torch: Any) -> Any:
    if isinstance(tree, dict):
        kinds = (torch.memory_format, torch.layout)
        return {
            key: without_layout(value, torch)
            for key, value in tree.items()
            if not isinstance(value, kinds) and key != "pin_memory"
        }
    if isinstance(tree, tuple):
        return tuple(without_layout(value, torch) for value in tree)
    return tree


# ---------------------------------------------------------------- comparing


def compare(
    expected: Any, actual: Any, bridge: Bridge, where: str, values: bool = True
) -> None:
    """Raise Mismatch unless `actual` is in `module` what `expected` is in torch."""
    torch = bridge.torch
    if isinstance(expected, torch.Tensor):
        compare_tensors(expected, actual, bridge, where, values)
    elif isinstance(expected, (tuple, list)) and not isinstance(expected, torch.Size):
        base = tuple if isinstance(expected, tuple) else list
        if not isinstance(actual, base) or len(actual) != len(expected):
            raise Mismatch(f"{where}: expected {described(expected)}, got {described(actual)}")
        for name in getattr(type(expected), "__match_args__", ()):
            if not hasattr(actual, name):
                raise Mismatch(f"{where}: the result has no field {name!r}")
        for index, (want, got) in enumerate(zip(expected, actual, strict=True)):
            compare(want, got, bridge, f"{where}[{index}]", values)
    elif isinstance(expected, float):
        if type(actual) is not float or not agree(expected, actual, "float64"):
            raise Mismatch(f"{where}: expected {expected!r}, got {actual!r}")
    elif isinstance(expected, torch.dtype):
        compare(str(expected), str(actual), bridge, where)
    elif isinstance(expected, (int, str, torch.Size, type(None))):
        if expected != actual or isinstance(expected, bool) is not isinstance(actual, bool):
            raise Mismatch(f"{where}: expected {expected!r}, got {actual!r}")
    else:
        raise Outside(f"a result of type {type(expected).__name__}")


def compare_tensors(
    expected: Any, actual: Any, bridge: Bridge, where: str, values: bool
) -> None:
    bridge.dtype(expected.dtype)
    if not isinstance(actual, bridge.module.Tensor):
        raise Mismatch(f"{where}: expected a Tensor, got {described(actual)}")
    for name, want, got in (
        ("dtype", str(expected.dtype), str(actual.dtype)),
        ("shape", tuple(expected.shape), tuple(actual.shape)),
        ("requires_grad", expected.requires_grad, actual.requires_grad),
    ):
        if want != got:
            raise Mismatch(f"{where}: expected {name} {want}, got {got}")
    if not values:
        return
    want = expected.detach().numpy(force=True)
    got = np.asarray(actual.detach().numpy())
    if got.dtype != want.dtype or got.shape != want.shape:
        raise Mismatch(f"{where}: numpy() gives {got.dtype} {got.shape}, not {want.dtype}")
    if not agree(want, got, want.dtype.name):
        raise Mismatch(f"{where}: expected\n{want!r}\ngot\n{got!r}")


def agree(expected: Any, actual: Any, dtype: str) -> bool:
    if dtype not in TOLERANCE:
        return bool(np.array_equal(expected, actual))
    relative, of_the_largest, absolute = TOLERANCE[dtype]
    size = np.abs(np.asarray(expected, np.float64))
    largest = float(np.max(size, initial=0.0, where=np.isfinite(size)))
    floor = absolute + of_the_largest * largest
    return bool(np.allclose(actual, expected, relative, floor, equal_nan=True))


def described(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__
