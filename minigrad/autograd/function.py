"""Your own operation: a class with a `forward` and the `backward` that belongs to it.

class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x * x

y = Cube.apply(x)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.apply import wrap
from minigrad.autograd.saved import Saved
from minigrad.batched import NotBatched, depth
from minigrad.grad_mode import no_grad, set_grad_enabled
from minigrad.kept import modified
from minigrad.node import KeptResult, Node, Output, TensorBase, mode
from minigrad.tensor import Tensor
from minigrad.versions import Version, clock


class FunctionContext:
    """What `forward` leaves for `backward`: `ctx`.

    Attributes may be set freely for anything but tensors, which go through `save_for_backward`.
    """

    def __init__(self) -> None:
        self._to_save: tuple[Any, ...] = ()
        self._kept: tuple[Any, ...] | None = ()
        self._not_differentiable: set[int] = set()
        self._dirty: set[int] = set()
        self._materialize = True
        self._node: Node | None = None
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs or outputs (or None) for `backward`."""
        for position, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, TensorBase):
                raise errors.saved_not_tensor(tensor, position)
        self._to_save = tensors

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept, after a check that it was not changed since."""
        if self._kept is None:
            raise errors.graph_freed(self._node.name() if self._node else None)
        node = self._node
        tensors = []
        for kept, index in self._kept:
            if isinstance(kept, Saved):
                tensors.append(kept.tensor())
                continue
            version = None if kept is None else kept._counter
            if node is not None and version is not None and version.stamp > node.sequence:
                raise modified(node, kept)
            tensors.append(kept if index is None else _result(node, kept, index))
        return tuple(tensors)

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Say that no gradient flows through these outputs."""
        self._not_differentiable.update([id(output) for output in outputs])

    def mark_dirty(self, *inputs: Tensor) -> None:
        """Say that forward changed these inputs in place. minigrad does not support that."""
        raise NotImplementedError(
            "a Function cannot change its inputs in place here: work on input.clone() instead"
        )

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for outputs that nobody used."""
        self._materialize = value


def _result(node: Node | None, kept: KeptResult, index: int) -> Any:
    if node is None:
        return wrap(kept._data)
    several = len(node.outputs) > 1
    return wrap(kept._data, Output(node, index, kept._data) if several else node)


class Function:
    """The base of your own operations; see the top of this file. Call them by `apply`."""

    @staticmethod
    def forward(*arguments: Any, **named: Any) -> Any:
        """Compute the result; the first argument is `ctx`, if there is no `setup_context`."""
        raise errors.forward_missing()

    @staticmethod
    def setup_context(ctx: FunctionContext, inputs: tuple[Any, ...], output: Any) -> None:
        """Leave in `ctx` what backward needs, where forward does not take it."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: FunctionContext, *grad_outputs: Any) -> Any:
        """For each input of forward its cotangent (or None), given those of the outputs."""
        raise errors.backward_missing()

    vjp = backward

    @staticmethod
    def jvp(ctx: FunctionContext, *grad_inputs: Any) -> Any:
        """The tangents of the outputs, given those of the inputs (None where there is none)."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with "
            "forward mode AD."
        )

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        raise errors.function_not_static()

    @classmethod
    def apply(cls, *arguments: Any, **named: Any) -> Any:
        """Carry out the operation, and record it."""
        if depth.value:
            raise NotBatched(f"{cls.__name__}, an autograd.Function")
        ctx = FunctionContext()
        tensors = [a for a in arguments if isinstance(a, TensorBase)]
        ctx.needs_input_grad = tuple(
            [isinstance(a, TensorBase) and a._requires_grad for a in arguments]
        )
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*arguments, **named)
                cls.setup_context(ctx, arguments, result)
            else:
                result = cls.forward(ctx, *arguments, **named)
        results = result if isinstance(result, tuple) else (result,)
        for r in results:
            if r is not None and not isinstance(r, TensorBase):
                raise TypeError(
                    f"{cls.__name__}.forward should only return Tensors, but got "
                    f"{type(r).__name__}"
                )
        inputs = {id(t) for t in tensors}
        # A result that is an input, or a view of one, becomes a tensor of its own.
        outputs = tuple([r.view_as(r).detach() if id(r) in inputs else r for r in results])
        if mode.recording and any(ctx.needs_input_grad):
            _record(cls, ctx, arguments, results, outputs)
        else:
            ctx._kept = tuple([(t, None) for t in ctx._to_save])
        return outputs if isinstance(result, tuple) else outputs[0]


def _record(
    cls: type[Function],
    ctx: FunctionContext,
    arguments: Sequence[Any],
    results: Sequence[Any],
    outputs: Sequence[Any],
) -> None:
    """Put a node for the call on the tape."""
    positions = [i for i, needed in enumerate(ctx.needs_input_grad) if needed]
    node = Node([arguments[i]._node or arguments[i] for i in positions])
    node.plan = FunctionPlan(cls, ctx, positions, len(arguments))  # type: ignore[assignment]
    node.hooks = []
    node.kept = ()
    differentiable = [
        y
        for y, r in zip(outputs, results, strict=True)
        if r is not None and r._data.dtype.kind == "f" and id(r) not in ctx._not_differentiable
    ]
    node.outputs = [(y._data.shape, y._data.dtype) for y in differentiable]
    node.sequence = next(clock)
    node.shape, node.dtype = node.outputs[0] if node.outputs else ((), np.dtype(np.float32))
    for index, y in enumerate(differentiable):
        y._node = node if len(differentiable) == 1 else Output(node, index, y._data)
        y._requires_grad = True
    ctx._node = node
    ctx._kept = tuple([_kept(t, results, differentiable, outputs) for t in ctx._to_save])
    ctx._to_save = ()
    if mode.recording is not True:
        mode.recording(node)


def _kept(t: Any, results: Sequence[Any], differentiable: Any, outputs: Any) -> Any:
    """An output is kept without the tensor itself, which would close a circle."""
    for r, y in zip(results, outputs, strict=True):
        if t is r:
            for index, d in enumerate(differentiable):
                if d is y:
                    y._counter = y._counter or Version()
                    return KeptResult(y._data, y._counter), index
    return t, None


class FunctionPlan:
    """Stands in a node for the plan of a rule: the derivatives are the user's methods."""

    holds_values = True
    names: tuple[str, ...] = ()

    def __init__(
        self, cls: type[Function], ctx: FunctionContext, positions: list[int], count: int
    ) -> None:
        self.cls = cls
        self.ctx = ctx
        self.positions = tuple(positions)
        self.origins = slice(len(positions), None)
        self.count = count
        self.rule = self
        self._answers: Any = None
        self.pullbacks = tuple([(self._pullback(k), -1, None) for k in range(len(positions))])
        self.pushforwards = tuple(
            [(self._pushforward(k), -1, _no_values) for k in range(len(positions))]
        )

    @property
    def fills_gaps(self) -> bool:
        """What `ctx.set_materialize_grads` said."""
        return self.ctx._materialize

    def arity(self, node: Node) -> int:
        """How many inputs the call had."""
        return self.count

    def node_name(self, node: Node) -> str:
        """The class's name with Backward."""
        return f"{self.cls.__name__}Backward"

    def saved_names(self, node: Node) -> list[str]:
        """The graph shows nothing of what a Function keeps."""
        return []

    def saved_value(self, node: Node, name: str) -> Any:
        """The graph shows nothing of what a Function keeps."""
        raise AttributeError(f"'{self.node_name(node)}' object has no attribute '{name}'")

    def _pullback(self, k: int) -> Callable[[Any], Any]:
        def derivative(g: Any) -> Any:
            # One call of backward answers for all inputs.
            if self._answers is None or self._answers[0] is not g:
                self._answers = (g, self._call_backward(g))
            answer = self._answers[1][k]
            if k == len(self.positions) - 1:
                self._answers = None
            return answer

        return derivative

    def _call_backward(self, g: Any) -> list[Any]:
        node = self.ctx._node
        assert node is not None
        gathered = g if type(g) is list else [g]
        recording = any(isinstance(c, TensorBase) for c in gathered)
        cotangents = [
            c if isinstance(c, TensorBase) or c is None else wrap(c) for c in gathered
        ]
        method = (
            self.cls.backward if self.cls.backward is not Function.backward else self.cls.vjp
        )
        with set_grad_enabled(recording):
            returned = method(self.ctx, *cotangents)
        answers = returned if isinstance(returned, tuple) else (returned,)
        if len(answers) > self.count and all(a is None for a in answers[self.count :]):
            answers = answers[: self.count]
        if len(answers) != self.count:
            raise errors.wrong_number_of_gradients(
                self.node_name(node), self.count, len(answers)
            )
        return [
            self._checked(i, answers[i], edge, recording)
            for i, edge in zip(self.positions, node.edges, strict=True)
        ]

    def _checked(self, position: int, answer: Any, edge: Any, recording: bool) -> Any:
        if answer is None:
            return None
        if not isinstance(answer, TensorBase):
            raise errors.gradient_not_tensor(answer)
        like = edge._data if isinstance(edge, TensorBase) else edge
        shape = answer._data.shape
        if shape != like.shape:
            try:
                fits = np.broadcast_shapes(shape, like.shape) == shape
            except ValueError:
                fits = False
            if not fits:
                name = f"{self.cls.__name__}Backward"
                raise errors.invalid_gradient(name, position, shape, like.shape)
        # The array may be one that the user's code keeps.
        return answer if recording else answer._data.copy()

    def _pushforward(self, k: int) -> Callable[[Any], Any]:
        def derivative(t: Any) -> Any:
            recording = isinstance(t, TensorBase)
            tangents: list[Any] = [None] * self.count
            tangents[self.positions[k]] = t if recording else wrap(t)
            with set_grad_enabled(recording):
                answer = self.cls.jvp(self.ctx, *tangents)
            if isinstance(answer, tuple):
                return tuple([a if recording else a._data for a in answer])
            return answer if recording else answer._data

        return derivative


def _no_values(values: Any) -> tuple[()]:
    return ()


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a `backward` whose result is not to be differentiated again."""

    def backward(ctx: FunctionContext, *cotangents: Any) -> Any:
        with no_grad():
            return function(ctx, *cotangents)

    return backward
