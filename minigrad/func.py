"""Derivatives as transformations: `grad(f)` is the function that computes f's gradient.

What goes in and comes out may be tensors, or tuples, lists and dicts of them. Transformations
nest: `grad(grad(f))` is the second derivative, `jacfwd(jacrev(f))` the Hessian.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from minigrad import errors, forward
from minigrad.apply import wrap
from minigrad.backward import grad as gradient
from minigrad.batched import NotBatched
from minigrad.batching import all_at_once
from minigrad.batching import stack_module_state as stack_module_state
from minigrad.batching import vmap as vmap
from minigrad.engine import reach
from minigrad.functions.joining import cat, stack
from minigrad.grad_mode import enable_grad
from minigrad.node import TensorBase, mode
from minigrad.tensor import Tensor
from minigrad.trees import flatten

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "stack_module_state",
    "value_and_grad",
    "vjp",
    "vmap",
]

Argnums = int | tuple[int, ...]
# A Jacobian takes so many rows (or columns) in one pass that none of its steps holds more.
ELEMENTS_AT_ONCE = 2**22


class Traced:
    """A function's value at some point, on a tape that begins at fresh copies of the inputs.

    Attributes:
        inputs, outputs: flat lists of tensors.
        rebuild_inputs, rebuild_outputs: make the original structure of such a list.
        auxiliary: the second result of a function with `has_aux`.
        closed: whether the tape leads to these inputs alone.
        widest: the number of elements of the largest value on the tape.
        create_graph: whether somebody may differentiate the derivatives in turn: a
            transformation around this one, or a leaf that the function refers to.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        argnums: Argnums,
        has_aux: bool = False,
        named: dict[str, Any] | None = None,
    ) -> None:
        positions = _positions(argnums, len(arguments))
        chosen = tuple([arguments[p] for p in positions])
        leaves, rebuild = flatten(chosen)
        for leaf in leaves:
            _check_tensor(leaf)
        with enable_grad():
            self.inputs = [_fresh(x) for x in leaves]
            replaced = list(arguments)
            for p, value in zip(positions, rebuild(self.inputs), strict=True):
                replaced[p] = value
            result = function(*replaced, **(named or {}))
        if has_aux:
            result, self.auxiliary = result
        self.outputs, self.rebuild_outputs = flatten(result)
        for output in self.outputs:
            _check_tensor(output)
        single = isinstance(argnums, int)
        self.rebuild_inputs = (lambda new: rebuild(new)[0]) if single else rebuild
        nodes = reach([y._node for y in self.outputs if y._node is not None])
        self.closed = not self._leads_further(nodes)
        self.create_graph = bool(mode.recording) and not self.closed
        values = [*nodes, *[x._data for x in self.inputs]]
        self.widest = max([prod(value.shape) for value in values], default=1)

    def _leads_further(self, nodes: Sequence[Any]) -> bool:
        own = {id(x) for x in self.inputs}
        for node in nodes:
            for edge in node.edges:
                if isinstance(edge, TensorBase) and id(edge) not in own:
                    return True
        return False

    def value(self) -> Any:
        """The function's result, in its structure, cut off from the tape unless nested."""
        outputs = [y if self.create_graph else y.detach() for y in self.outputs]
        return self.rebuild_outputs(outputs)

    def pull_back(self, cotangents: Sequence[Tensor]) -> list[Tensor]:
        """For each input its cotangent, given those of the outputs."""
        pairs = [
            (y, v) for y, v in zip(self.outputs, cotangents, strict=True) if y.requires_grad
        ]
        if not pairs:
            return [forward.as_tensor(None, x) for x in self.inputs]
        outputs, given = zip(*pairs, strict=True)
        return list(
            gradient(
                outputs,
                self.inputs,
                given,
                retain_graph=True,
                create_graph=self.create_graph,
                allow_unused=True,
                materialize_grads=True,
            )
        )

    def push_forward(self, tangents: Sequence[Tensor]) -> list[Tensor]:
        """For each output its tangent, given those of the inputs."""
        recording = mode.recording and any(t.requires_grad for t in tangents)
        create_graph = self.create_graph or recording
        found = forward.push_forward(self.outputs, self.inputs, tangents, create_graph)
        return [forward.as_tensor(t, y) for t, y in zip(found, self.outputs, strict=True)]


def _positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for p in positions:
        if not -count <= p < count:
            raise RuntimeError(f"Got argnum={p}, but only {count} positional inputs")
    return tuple([p % count for p in positions])


def _check_tensor(value: Any) -> None:
    if not isinstance(value, Tensor):
        raise RuntimeError(
            "expected a tensor, or tuples, lists and dicts of tensors, but got "
            f"{type(value).__name__}"
        )


def _fresh(x: Tensor) -> Tensor:
    """The same values as a new end of the tape, tied to the tape that x is on already."""
    return x.view_as(x) if x.requires_grad else x.detach().requires_grad_()


# --- One direction ----------------------------------------------------------------------


def grad_and_value(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the gradient of `func` and its value.

    Args:
        func: returns a tensor of a single element (and something else, with has_aux).
        argnums: which argument to differentiate by; a tuple of them gives a tuple of gradients.

    Raises:
        RuntimeError: from the new function, if the value is not a single number.
    """

    def compute(*arguments: Any, **named: Any) -> Any:
        traced = Traced(func, arguments, argnums, has_aux, named)
        if len(traced.outputs) != 1 or traced.outputs[0].ndim:
            shape = traced.outputs[0].ndim if len(traced.outputs) == 1 else len(traced.outputs)
            raise errors.gradient_of_several(shape)
        one: Tensor = wrap(traced.outputs[0]._data.dtype.type(1))
        found = traced.rebuild_inputs(traced.pull_back([one]))
        value = (traced.value(), traced.auxiliary) if has_aux else traced.value()
        return found, value

    return compute


def value_and_grad(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the value of `func` and its gradient, as in JAX."""
    both = grad_and_value(func, argnums, has_aux)

    def compute(*arguments: Any, **named: Any) -> Any:
        found, value = both(*arguments, **named)
        return value, found

    return compute


def grad(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the gradient of `func` (and the rest, with has_aux)."""
    both = grad_and_value(func, argnums, has_aux)

    def compute(*arguments: Any, **named: Any) -> Any:
        found, value = both(*arguments, **named)
        return (found, value[1]) if has_aux else found

    return compute


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of `func` at `primals`, and the map from its cotangents to theirs.

    Returns:
        (value, vjp_fn), or (value, vjp_fn, auxiliary) with has_aux. `vjp_fn` takes what is
        shaped like the value and returns a tuple with one entry for each primal; it can be
        called often.
    """
    traced = Traced(func, primals, tuple(range(len(primals))), has_aux)

    def vjp_fn(*cotangents: Any) -> Any:
        given, _ = flatten(cotangents[0] if len(cotangents) == 1 else cotangents)
        if len(given) != len(traced.outputs):
            raise RuntimeError(
                f"Expected {len(traced.outputs)} cotangents, one for each output, "
                f"got {len(given)}"
            )
        return traced.rebuild_inputs(traced.pull_back(given))

    if has_aux:
        return traced.value(), vjp_fn, traced.auxiliary
    return traced.value(), vjp_fn


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, has_aux: bool = False) -> Any:
    """The value of `func` at `primals`, and how it changes when they move along `tangents`.

    Returns:
        (value, tangent of the value), or these and the auxiliary result with has_aux.
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise RuntimeError("jvp(f, primals, tangents): primals and tangents have to be tuples")
    traced = Traced(func, primals, tuple(range(len(primals))), has_aux)
    given, _ = flatten(tangents)
    if [t.shape for t in given] != [x.shape for x in traced.inputs]:
        raise RuntimeError(
            "jvp(f, primals, tangents): expected each tangent to have the shape of its primal: "
            f"{[list(x.shape) for x in traced.inputs]}, got {[list(t.shape) for t in given]}"
        )
    tangent = traced.rebuild_outputs(traced.push_forward(given))
    if has_aux:
        return traced.value(), tangent, traced.auxiliary
    return traced.value(), tangent


# --- Jacobians ---------------------------------------------------------------------------


def jacrev(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the Jacobian by reverse mode: a row for each output element.

    For an output of shape S and an input of shape T the Jacobian has shape S + T.
    """

    def compute(*arguments: Any, **named: Any) -> Any:
        traced = Traced(func, arguments, argnums, has_aux, named)
        by_output = []
        for k, output in enumerate(traced.outputs):

            def pull(unit: Sequence[Any], k: int = k) -> list[Any]:
                cotangents = [forward.as_tensor(None, y) for y in traced.outputs]
                cotangents[k] = unit[0]
                return traced.pull_back(cotangents)

            rows = _for_each_unit(pull, output, traced.inputs, 0, traced.widest)
            blocks = [
                block.reshape(*output.shape, *x.shape)
                for block, x in zip(rows, traced.inputs, strict=True)
            ]
            by_output.append(traced.rebuild_inputs(blocks))
        jacobian = traced.rebuild_outputs(by_output)
        return (jacobian, traced.auxiliary) if has_aux else jacobian

    return compute


def jacfwd(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the Jacobian by forward mode: a column for each input element.

    For an output of shape S and an input of shape T the Jacobian has shape S + T.
    """

    def compute(*arguments: Any, **named: Any) -> Any:
        traced = Traced(func, arguments, argnums, has_aux, named)
        by_input = []
        for j, x in enumerate(traced.inputs):

            def push(unit: Sequence[Any], j: int = j) -> list[Any]:
                tangents = [forward.as_tensor(None, other) for other in traced.inputs]
                tangents[j] = unit[0]
                return traced.push_forward(tangents)

            columns = _for_each_unit(push, x, traced.outputs, -1, traced.widest)
            by_input.append(
                [
                    block.reshape(*output.shape, *x.shape)
                    for block, output in zip(columns, traced.outputs, strict=True)
                ]
            )
        by_output = [
            traced.rebuild_inputs(list(blocks)) for blocks in zip(*by_input, strict=True)
        ]
        jacobian = traced.rebuild_outputs(by_output)
        return (jacobian, traced.auxiliary) if has_aux else jacobian

    return compute


def _for_each_unit(
    derivative: Callable[[Sequence[Any]], list[Any]],
    like: Tensor,
    results: Sequence[Tensor],
    dim: int,
    widest: int,
) -> list[Tensor]:
    """The derivative along each unit vector in the space of `like`, stacked along `dim`.

    All at once where that can be: one pass with many cotangents costs less than many passes.
    `widest` is the size of the largest value on the way, of which each has one in memory.
    """
    count = like.numel()
    if not count:
        shapes = [(0, *y.shape) if dim == 0 else (*y.shape, 0) for y in results]
        return [
            wrap(np.zeros(shape, y._data.dtype))
            for shape, y in zip(shapes, results, strict=True)
        ]
    units: Tensor = wrap(np.eye(count, dtype=like._data.dtype).reshape(count, *like.shape))
    step = max(1, ELEMENTS_AT_ONCE // max(widest, 1))
    parts: list[list[Tensor]] = []
    for begin in range(0, count, step):
        some = units[begin : begin + step]
        try:
            found = all_at_once(
                derivative, [some], [0], lambda found: [dim] * len(found), len(some)
            )
        except NotBatched:
            each = zip(*[derivative([unit]) for unit in some], strict=True)
            found = [stack(part, dim) for part in each]
        parts.append(found)
    return parts[0] if len(parts) == 1 else [cat(p, dim) for p in zip(*parts, strict=True)]


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that returns the matrix of second derivatives, forward over reverse."""
    return jacfwd(jacrev(func, argnums), argnums)


def hvp(func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The Hessian of `func` times a vector, without the Hessian: a JVP of the gradient."""
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(func, argnums), primals, tangents)[1]


# --- Modules ---------------------------------------------------------------------------------


def functional_call(
    module: Any, parameters_and_buffers: Any, args: Any = (), kwargs: Any = None
) -> Any:
    """Call a module with other tensors in place of its parameters and buffers.

    Args:
        parameters_and_buffers: by dotted name, a dict or a sequence of dicts; those not named
            stay as they are.
        args: positional arguments, as a tuple, or the one argument.
    """
    if not isinstance(parameters_and_buffers, dict):
        together: dict[str, Tensor] = {}
        for each in parameters_and_buffers:
            together.update(each)
        parameters_and_buffers = together
    replaced: list[tuple[dict[str, Any], str, Any]] = []
    for dotted in parameters_and_buffers:
        owner_name, _, name = dotted.rpartition(".")
        owner = module.get_submodule(owner_name)
        store = owner._parameters if name in owner._parameters else owner._buffers
        if name not in store:
            raise KeyError(f"{dotted} is not a parameter or buffer of {type(module).__name__}")
        replaced.append((store, name, store[name]))
    try:
        for (store, name, _), tensor in zip(
            replaced, parameters_and_buffers.values(), strict=True
        ):
            store[name] = tensor
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for store, name, held in replaced:
            store[name] = held
