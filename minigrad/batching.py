"""`vmap`: a function of one example, applied to all the examples of a batch.

All at once where that can be: the function runs a single time, on tensors that hide the batch
(`minigrad/batched.py`), and NumPy carries it through. Where an operation cannot, as when a
function looks at values (`item()`, `if x > 0`, print), the function is called anew for each
example, with a warning: the result is the same, but it takes the time of a loop.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad import batched_functions as batched_functions
from minigrad import random
from minigrad.apply import apply, recorded, wrap
from minigrad.batched import Batched, NotBatched, depth, has, spread
from minigrad.functions.joining import stack
from minigrad.node import Node, TensorBase
from minigrad.rules.table import TABLE, Rule, linear
from minigrad.trees import flatten
from minigrad.versions import clock
from minigrad.views import version_of

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
        func: from tensors, or trees of them, to the same. It sees one example, and is called
            once for all of them, or, with a warning, once for each.
        in_dims: along which dimension each input is cut; None: it goes to every call whole. One
            number for all, or a tree as the inputs are. Inputs by name go whole.
        out_dims: at which dimension of each result the slices are joined.
        randomness: "error": refuse random numbers; "different": draw for each slice; "same":
            draw the same for each.
        chunk_size: taken for PyTorch's sake; a batch is not cut into chunks.

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
        structure: list[Any] = []

        def flat(slices: Sequence[Any]) -> Sequence[Any]:
            given, given_named = rebuild(list(slices))
            outputs, rebuild_outputs = flatten(func(*given, **given_named))
            structure[:] = [rebuild_outputs]
            return outputs

        def places(outputs: Sequence[Any]) -> Sequence[int]:
            return _places(outputs, out_dims, name)

        before = random.get_rng_state()
        try:
            found = all_at_once(flat, leaves, dims, places, count)
            if randomness == "different" and not np.array_equal(before, random.get_rng_state()):
                raise NotBatched("random numbers, different ones for each example")
            _check_randomness(randomness, before)
        except NotBatched as missing:
            random.set_rng_state(before)
            warnings.warn(_one_by_one_warning(name, count, missing), stacklevel=2)
            found = _one_by_one(flat, leaves, dims, places, count, randomness)
        return structure[0](found)

    if hasattr(func, "__name__"):
        functools.update_wrapper(batched, func)
    return batched


def _one_by_one_warning(name: str, count: int, missing: NotBatched) -> str:
    return (
        f"vmap: there is a performance drop: {name} is called once for each of the {count} "
        f"examples, since something in it cannot be done for all of them at once: {missing}. "
        "(PyTorch refuses some of what works one by one: item(), `if` on a value, backward().)"
    )


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


# --- All at once ---------------------------------------------------------------------------

# The way into a vmap and out of it, each the adjoint of the other. They are no operations of a
# user's, so they have no place in the table that is printed and tested one by one.


def _hide(x: Any, dim: int, level: int, count: int) -> Any:
    if _is_above(x, level):
        return Batched(_hide(x.array, dim + 1, level, count), x.level)
    return Batched(np.moveaxis(x, dim, 0), level)


def _show(x: Any, dim: int, level: int, count: int) -> Any:
    if _is_above(x, level):
        return Batched(_show(x.array, dim + 1, level, count), x.level)
    return np.moveaxis(spread(x, level, count), 0, dim).copy()


def _total(x: Any, level: int, count: int) -> Any:
    if _is_above(x, level):
        return Batched(_total(x.array, level, count), x.level)
    return np.add.reduce(x.array, axis=0) if has(x, level) else x * count


def _is_above(x: Any, level: int) -> bool:
    """Whether it is a batch of a vmap that began later, as when a vmap goes over a graph."""
    return isinstance(x, Batched) and x.level > level


_hidden: Rule = linear(
    "vmap_in",
    _hide,
    lambda g, dim, level, count: _shown(g, dim, level, count),
    params=("dim", "level", "count"),
)
_shown: Rule = linear(
    "vmap_out",
    _show,
    lambda g, dim, level, count: _hidden(g, dim, level, count),
    params=("dim", "level", "count"),
)
# A tensor that all examples share: its cotangent is the sum over them.
_shared: Rule = linear(
    "vmap_shared",
    lambda x, level, count: x,
    lambda g, level, count: _summed(g, level, count),
    params=("level", "count"),
)
_summed: Rule = linear(
    "vmap_sum",
    _total,
    lambda g, level, count: _shared(g, level, count),
    params=("level", "count"),
)
for rule in (_hidden, _shown, _shared, _summed):
    del TABLE[rule.name]


def all_at_once(
    func: Callable[[Sequence[Any]], Sequence[Any]],
    leaves: Sequence[Any],
    dims: Sequence[int | None],
    out_dims: Callable[[Sequence[Any]], Sequence[int]],
    count: int,
) -> list[Any]:
    """Call `func` once, on tensors that hide dimension `dims[i]` of `leaves[i]`.

    Args:
        func: from the tensors to those it returns.
        out_dims: from these, to where each is to have the batch.

    Raises:
        NotBatched: if something in it cannot be done for all examples at once.
    """
    level = next(clock)
    depth.value += 1
    try:
        given = [
            x if d is None else apply(_hidden, (x,), (d, level, count))
            for x, d in zip(leaves, dims, strict=True)
        ]
        begin = next(clock)
        outputs = list(func(given))
        places = out_dims(outputs)
        entrances = {x._node for x, d in zip(given, dims, strict=True) if d is not None}
        outputs = _tied(outputs, begin, entrances, level, count)
        return [
            apply(_shown, (y,), (d % (y._data.ndim + 1), level, count))
            for y, d in zip(outputs, places, strict=True)
        ]
    finally:
        depth.value -= 1


def _tied(
    outputs: list[Any], begin: int, entrances: set[Any], level: int, count: int
) -> list[Any]:
    """Let cotangents that leave the vmap for a tensor from outside be summed over the examples.

    What comes from outside was there before `begin`, or is a leaf; a leaf made inside is lost
    when the function returns, so for it this does no harm.
    """

    def outside(end: Any) -> bool:
        return isinstance(end, TensorBase) or (end.sequence < begin and end not in entrances)

    waiting, ties = set(), {}
    for i, y in enumerate(outputs):
        if y._requires_grad and outside(y._node or y):
            outputs[i] = apply(_shared, (y,), (level, count))
        elif y._requires_grad and y._node not in entrances:
            waiting.add(y._node)
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        for k, end in enumerate(node.edges):
            if outside(end):
                if end not in ties:
                    ties[end] = _tie(end, level, count)
                node[k] = ties[end]
            elif end not in entrances and end not in seen:
                seen.add(end)
                waiting.add(end)
        if type(node) is Node:
            # Derivatives of derivatives begin at what was kept.
            node.origins = [_tied_origin(kept, ties) for kept in node.origins]
    for k, tie in enumerate(ties.values(), 1):
        # Later than all that is outside, and earlier than what is inside.
        tie.sequence = begin + k / (len(ties) + 1)
    return outputs


def _tied_origin(kept: Any, ties: dict[Any, Any]) -> Any:
    if not isinstance(kept, TensorBase) or (kept._node or kept) not in ties:
        return kept
    alias = wrap(kept._data, ties[kept._node or kept])
    alias._counter = version_of(kept)
    return alias


def _tie(edge: Any, level: int, count: int) -> Any:
    like = edge._data if isinstance(edge, TensorBase) else edge
    plan = _shared.plan((0,))
    return recorded(plan, (edge,), (None,), (None,), (level, count), like)._node


# --- One by one ------------------------------------------------------------------------------


def _one_by_one(
    func: Callable[[Sequence[Any]], Sequence[Any]],
    leaves: Sequence[Any],
    dims: Sequence[int | None],
    out_dims: Callable[[Sequence[Any]], Sequence[int]],
    count: int,
    randomness: str,
) -> list[Any]:
    """Call `func` for each example, and stack what it returns."""
    slices = []
    before = random.get_rng_state()
    for i in range(count):
        if randomness == "same":
            random.set_rng_state(before)
        given = zip(leaves, dims, strict=True)
        slices.append(func([x if d is None else x.select(d, i) for x, d in given]))
        _check_randomness(randomness, before)
    places = out_dims(slices[0])
    columns = zip(*slices, strict=True)
    return [stack(parts, d) for parts, d in zip(columns, places, strict=True)]


def _check_randomness(kind: str, before: Any) -> None:
    if kind == "error" and not np.array_equal(before, random.get_rng_state()):
        random.set_rng_state(before)
        raise RuntimeError(
            "vmap: called random operation while in randomness error mode. Please either use "
            "the 'same' or 'different' randomness flags on vmap or perform the randomness "
            "operation out of vmap"
        )


def _places(leaves: Sequence[Any], out_dims: Any, name: str) -> list[int]:
    """Where each result is to have the batch."""
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
    if None in dims:
        raise ValueError(
            f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None"
        )
    return dims


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
