"""Jacobians, Hessians and their products with vectors, of a function at a point.

The same computations as in `minigrad.func`, in PyTorch's older form: function and point are
given together, and one input or output stands for itself, several for a tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigrad import forward
from minigrad.backward import grad
from minigrad.func import Traced, jacfwd, jacrev
from minigrad.functions.creation import ones_like
from minigrad.grad_mode import no_grad, set_grad_enabled
from minigrad.node import mode
from minigrad.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]


def _trace(func: Callable[..., Any], inputs: Tensors, name: str) -> Traced:
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    for i, x in enumerate(given):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"The inputs given to {name} must be either a Tensor or a tuple of Tensors but "
                f"the value at index {i} has type {type(x)}."
            )
    return Traced(func, given, tuple(range(len(given))))


def _vectors(v: Any, like: Sequence[Tensor], what: str) -> list[Tensor]:
    """The vector for each of `like`; ones if none is needed."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single "
                "Tensor with a single element."
                if what == "output"
                else "The vector v can only be None if the input to the user-provided function "
                "is a single Tensor with a single element."
            )
        return [ones_like(like[0])]
    given = list(v) if isinstance(v, tuple | list) else [v]
    if len(given) != len(like):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(like)} but got {len(given)}."
        )
    for i, (vector, tensor) in enumerate(zip(given, like, strict=True)):
        if vector.shape != tensor.shape:
            prefix = f"Entry {i} in " if len(like) > 1 else ""
            raise RuntimeError(
                f"{prefix}v has invalid size: should be {tensor.shape} but got {vector.shape}."
            )
    return given


def _packed(results: Sequence[Any], like: Any) -> Any:
    return tuple(results) if isinstance(like, tuple) else results[0]


def _finished(tensors: Sequence[Any], create_graph: bool) -> list[Any]:
    return [t if create_graph else t.detach() for t in tensors]


def vjp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> Any:
    """func(inputs) and vᵀJ.

    Args:
        v: a tensor in the shape of each output; not needed for a single number.
        create_graph: whether the results may be differentiated in turn.
        strict: refuse if an output does not depend on an input.
    """
    with set_grad_enabled(mode.recording and create_graph):
        traced = _trace(func, inputs, "vjp")
        if strict:
            _check_all_used(traced)
        found = traced.pull_back(_vectors(v, traced.outputs, "output"))
        value = traced.rebuild_outputs(_finished(traced.outputs, create_graph))
        return value, _packed(_finished(found, create_graph), inputs)


def jvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> Any:
    """func(inputs) and Jv; arguments as for `vjp`, with v in the shape of each input."""
    with set_grad_enabled(mode.recording and create_graph):
        traced = _trace(func, inputs, "jvp")
        if strict:
            _check_all_used(traced)
        found = traced.push_forward(_vectors(v, traced.inputs, "input"))
        value = traced.rebuild_outputs(_finished(traced.outputs, create_graph))
        return value, traced.rebuild_outputs(_finished(found, create_graph))


def jacobian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of func at inputs.

    Args:
        strategy: "reverse-mode" goes row by row, "forward-mode" column by column.

    Returns:
        For an output of shape S and an input of shape T a tensor of shape S + T; for several
        outputs, inputs or both a tuple of them, or a tuple of tuples (outputs first).
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise ValueError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your '
            'function has more outputs than inputs, "forward-mode" tends to be more '
            'performant. Otherwise, prefer to use "reverse-mode".'
        )
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    if strict:
        with no_grad():
            _check_all_used(_trace(func, inputs, "jacobian"))
    argnums = tuple(range(len(given))) if isinstance(inputs, tuple) else 0
    transformed = jacfwd if strategy == "forward-mode" else jacrev
    with set_grad_enabled(mode.recording and create_graph):
        return transformed(func, argnums)(*given)


def hessian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The matrix of second derivatives of a function that returns a single number.

    Returns:
        For an input of shape T a tensor of shape T + T; for several a tuple of tuples.
    """
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    argnums = tuple(range(len(given))) if isinstance(inputs, tuple) else 0
    outer = jacfwd if outer_jacobian_strategy == "forward-mode" else jacrev
    with set_grad_enabled(mode.recording and create_graph):
        return outer(jacrev(_single(func), argnums), argnums)(*given)


def _single(func: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*arguments: Any) -> Tensor:
        value = func(*arguments)
        if not isinstance(value, Tensor):
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if value.numel() != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single "
                "element"
            )
        return value.reshape(())

    return checked


def vhp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> Any:
    """func(inputs) and vᵀH, by backward through backward."""
    with set_grad_enabled(True):
        traced = _trace(_single(func), inputs, "vhp")
        vectors = _vectors(v, traced.inputs, "input")
        first = grad(
            traced.outputs[0],
            traced.inputs,
            create_graph=True,
            allow_unused=True,
            materialize_grads=True,
        )
        recorded = [(g, u) for g, u in zip(first, vectors, strict=True) if g.requires_grad]
        if recorded:
            gradients, weights = zip(*recorded, strict=True)
            found: Sequence[Any] = grad(
                gradients,
                traced.inputs,
                weights,
                create_graph=create_graph,
                allow_unused=True,
                materialize_grads=True,
            )
        else:
            found = [forward.as_tensor(None, x) for x in traced.inputs]
    value = _finished(traced.outputs, create_graph)[0]
    return value, _packed(_finished(found, create_graph), inputs)


def hvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> Any:
    """func(inputs) and Hv. The Hessian is symmetric, so this is `vhp`."""
    return vhp(func, inputs, v, create_graph, strict)


def _check_all_used(traced: Traced) -> None:
    for k, output in enumerate(traced.outputs):
        if not output.requires_grad:
            raise RuntimeError(
                f"Output {k} of the user-provided function does not require gradient. The "
                "outputs must be computed in a differentiable manner from the input when "
                "running in strict mode."
            )
        ones = ones_like(output)
        found = grad(output, traced.inputs, ones, retain_graph=True, allow_unused=True)
        for i, g in enumerate(found):
            if g is None:
                raise RuntimeError(
                    f"Output {k} of the user-provided function is independent of input {i}. "
                    "This is not allowed in strict mode."
                )
