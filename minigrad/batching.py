"""`vmap`: a function of one example becomes a function of many.

By a loop: the function is called for each slice, and the results are stacked. What it computes
and what it can be differentiated through is the same as in PyTorch; it saves the writing of the
loop, not its time. So a function may look at values here (`item()`, `if x > 0`), where PyTorch
refuses.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from minigrad import random
from minigrad.functions.joining import stack
from minigrad.functions.shapes import movedim
from minigrad.node import TensorBase
from minigrad.trees import flatten

__all__ = ["stack_module_state", "vmap"]


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that applies `func` to each slice of its inputs and stacks the results.

    Args:
        func: from tensors, or trees of them, to the same. Called once for each slice.
        in_dims: along which dimension each input is cut; None: it goes to every call whole. One
            number for all, or a tree as the inputs are. Inputs by name go whole.
        out_dims: at which dimension of each result the slices are joined.
        randomness: "error": refuse random numbers; "different": draw for each slice; "same":
            draw the same for each.
        chunk_size: taken for PyTorch's sake; there are no chunks in a loop.

    Raises:
        ValueError: from the new function, if lengths do not agree, or there is nothing to cut.
        RuntimeError: for random numbers under randomness="error".
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
            f"{randomness}"
        )
    name = getattr(func, "__name__", repr(func))

    def batched(*arguments: Any, **named: Any) -> Any:
        leaves, rebuild = flatten((list(arguments), named))
        if not leaves:
            raise ValueError(
                f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or "
                "you are trying to vmap over a function with no inputs. The latter is "
                "unsupported."
            )
        dims = _dims_of_inputs(in_dims, arguments, name)
        dims += [None] * (len(leaves) - len(dims))
        dims = [
            _checked_dim(d, leaf, in_dims, name) for d, leaf in zip(dims, leaves, strict=True)
        ]
        count = _common_length(leaves, dims)
        slices = []
        for i in range(count):
            with _randomness(randomness, first=i == 0):
                given, given_named = rebuild(
                    [
                        x if d is None else x.select(d, i)
                        for x, d in zip(leaves, dims, strict=True)
                    ]
                )
                slices.append(func(*given, **given_named))
        return _joined(slices, out_dims, name)

    if hasattr(func, "__name__"):
        functools.update_wrapper(batched, func)
    return batched


def _dims_of_inputs(in_dims: Any, arguments: Sequence[Any], name: str) -> list[Any]:
    if not isinstance(in_dims, int | tuple | list):
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): expected `in_dims` to be int or "
            "a (potentially nested) tuple matching the structure of inputs, got: "
            f"{type(in_dims)}."
        )
    if isinstance(in_dims, int):
        return [in_dims] * len(flatten(list(arguments))[0])
    if len(in_dims) != len(arguments):
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): in_dims is not compatible with "
            f"the structure of `inputs`: it has {len(in_dims)} entries for {len(arguments)} "
            "inputs."
        )
    found: list[Any] = []
    for dims, argument in zip(in_dims, arguments, strict=True):
        found += _spread(dims, argument, f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)")
    return found


def _spread(dims: Any, tree: Any, where: str) -> list[Any]:
    """One dimension for each leaf: the tree's own, or one for a whole branch."""
    count = len(flatten(tree)[0])
    if dims is None or isinstance(dims, int):
        return [dims] * count
    branches = list(tree.values()) if isinstance(tree, dict) else tree
    of_branches = [dims.get(k) for k in tree] if isinstance(dims, dict) else list(dims)
    if not isinstance(tree, dict | list | tuple) or len(of_branches) != len(branches):
        raise ValueError(
            f"{where}: in_dims is not compatible with the structure of `inputs`: {dims} does "
            f"not fit {type(tree).__name__}."
        )
    return [
        d
        for each, branch in zip(of_branches, branches, strict=True)
        for d in _spread(each, branch, where)
    ]


def _checked_dim(dim: Any, leaf: Any, in_dims: Any, name: str) -> int | None:
    if dim is None:
        return None
    where = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(leaf, TensorBase):
        raise ValueError(
            f"{where}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We "
            "cannot vmap over non-Tensor arguments, please use None as the respective in_dim"
        )
    ndim = leaf._data.ndim
    if not -ndim <= dim < ndim:
        raise ValueError(
            f"{where}: Got in_dim={dim} for some input, but that input is a Tensor of "
            f"dimensionality {ndim} so expected in_dim to satisfy -{ndim} <= in_dim < {ndim}."
        )
    return int(dim % ndim)


def _common_length(leaves: Sequence[Any], dims: Sequence[int | None]) -> int:
    lengths = [x._data.shape[d] for x, d in zip(leaves, dims, strict=True) if d is not None]
    if not lengths:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(n != lengths[0] for n in lengths):
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got "
            f"sizes {lengths} for the mapped dimension"
        )
    if not lengths[0]:
        raise ValueError("vmap: there is no slice to call the function with: the size is 0")
    return int(lengths[0])


@contextmanager
def _randomness(kind: str, first: bool) -> Iterator[None]:
    before = random.get_rng_state()
    yield
    if kind == "error" and not np.array_equal(before, random.get_rng_state()):
        random.set_rng_state(before)
        raise RuntimeError(
            "vmap: called random operation while in randomness error mode. Please either use "
            "the 'same' or 'different' randomness flags on vmap or perform the randomness "
            "operation out of vmap"
        )
    if kind == "same":
        random.set_rng_state(before)


def _joined(slices: Sequence[Any], out_dims: Any, name: str) -> Any:
    """The results of all calls as one, slices stacked where `out_dims` says."""
    leaves, rebuild = flatten(slices[0])
    columns = list(zip(*[flatten(each)[0] for each in slices], strict=True))
    for leaf in leaves:
        if not isinstance(leaf, TensorBase):
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(leaf)}. "
                "Did you mean to set out_dims= to None for output?"
            )
    single = out_dims is None or isinstance(out_dims, int)
    dims = [out_dims] * len(leaves) if single else list(flatten(out_dims)[0])
    if len(dims) != len(leaves):
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims}): out_dims is not compatible with the "
            f"structure of `outputs`: it has {len(dims)} entries for {len(leaves)} outputs."
        )
    joined = []
    for d, parts in zip(dims, columns, strict=True):
        if d is None:
            raise ValueError(
                f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is "
                "None"
            )
        whole = stack(parts, 0)
        joined.append(whole if d == 0 else movedim(whole, 0, d))
    return rebuild(joined)


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of like modules, stacked along a new first dimension.

    For an ensemble: `vmap` over them with `functional_call`.

    Raises:
        RuntimeError: for no model, or models of different classes or modes.
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if any(m.training != models[0].training for m in models):
        raise RuntimeError(
            "stack_module_state: Expected all models to have the same training/eval mode."
        )
    if any(type(m) is not type(models[0]) for m in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = {}
    for name, first in models[0].named_parameters():
        parts = [dict(m.named_parameters())[name].detach() for m in models]
        parameters[name] = stack(parts, 0).requires_grad_(first.requires_grad)
    buffers = {}
    for name, _ in models[0].named_buffers():
        buffers[name] = stack([dict(m.named_buffers())[name] for m in models], 0)
    return parameters, buffers
