"""The derivative table: what an entry is, and what follows from it.

A `Rule` says how an operation is computed and what its local derivatives are, in plain NumPy.
The names of a derivative's arguments say what has to be kept for it: `lambda g, x: g *
np.cos(x)` keeps the input, `lambda g, out: g * out` the result, `lambda g: -g` nothing. Given
raw arrays the derivatives compute, given Tensors they are recorded in turn, so the same line
serves every order. How to write an entry stands in `minigrad/rules/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal

import numpy as np

from minigrad import errors
from minigrad.apply import apply, wrap
from minigrad.grad_fn import show_saved
from minigrad.node import Keepable, KeptResult, Node, TensorBase
from minigrad.several import apply_several

Derivative = Callable[..., Any]
Promotion = Literal["same", "float"] | None

# Every entry, by name. Filled by the entries themselves, one explicit call each.
TABLE: dict[str, Rule] = {}

LETTERS = ("x", "y", "z", "w", "u")
PYTORCH_NAMES = {"x": "self", "y": "other", "out": "result"}


@dataclass(frozen=True)
class Case:
    """An example to test an entry with.

    Attributes:
        inputs: for each input a shape (random floats are drawn), an array, a number, or None.
        params: the entry's parameters.
        low, high: the interval that random values are drawn from; a pair for each input if they
            differ.
    """

    inputs: tuple[Any, ...]
    params: tuple[Any, ...] = ()
    low: float | tuple[float, ...] = -2.0
    high: float | tuple[float, ...] = 2.0

    def arrays(self, random: np.random.Generator) -> list[Any]:
        """Inputs with random float64 values."""
        made: list[Any] = []
        for i, given in enumerate(self.inputs):
            if isinstance(given, tuple):
                low = self.low[i] if isinstance(self.low, tuple) else self.low
                high = self.high[i] if isinstance(self.high, tuple) else self.high
                made.append(random.uniform(low, high, given))
            else:
                made.append(given)
        return made


class Plan:
    """What to keep and what to compute when the inputs at `positions` need a gradient.

    Attributes:
        keep: picks, from (inputs, result, params, shapes), the values to keep.
        pullbacks: for each position the derivative that takes a cotangent back, and what picks
            its arguments from the kept values; between them, which value it is if it is one, -1
            for none, and None for several.
        pushforwards: the same for tangents, which go forward.
        origins: where in a node's list the origins of the kept values stand, after its edges.
        holds_values: whether there is anything to free after backward.
        fills_gaps: whether outputs that nobody used have zeros for their cotangent.
    """

    fills_gaps = True

    __slots__ = (
        "holds_values",
        "keep",
        "keeps_inputs_alone",
        "keeps_result",
        "keeps_result_alone",
        "keeps_shapes",
        "names",
        "origins",
        "positions",
        "pullbacks",
        "pushforwards",
        "rule",
    )

    def __init__(self, rule: Rule, positions: tuple[int, ...]) -> None:
        self.rule = rule
        self.positions = positions
        self.origins = slice(len(positions), None)
        used: set[str] = set()
        for i in positions:
            used |= set(rule.argument_names(rule.vjp(i), i))
            used |= set(rule.argument_names(rule.jvp(i), i))
        self.names = names = [name for name in rule.value_names if name in used]
        self.keep = _picker([rule.value_names.index(name) for name in names])
        self.keeps_result = "out" in used
        self.keeps_result_alone = names == ["out"]
        self.keeps_inputs_alone = bool(names) and tuple(names) == rule.inputs
        self.keeps_shapes = any(name.endswith("shape") or name == "shapes" for name in used)
        self.holds_values = any(name in rule.inputs or name == "out" for name in names)
        self.pullbacks = tuple([self._call(rule.vjp(i), i) for i in positions])
        self.pushforwards = tuple([self._call(rule.jvp(i), i) for i in positions])

    def _call(self, derivative: Derivative, i: int) -> tuple[Derivative, int | None, Any]:
        names = self.rule.argument_names(derivative, i)
        positions = [self.names.index(name) for name in names]
        first = None if len(positions) > 1 else positions[0] if positions else -1
        if self.rule.variadic and "position" in _names(derivative):
            derivative = _at_position(derivative, names, i)
        return derivative, first, _picker(positions)

    def arity(self, node: Node) -> int:
        """How many inputs a node of this plan has."""
        return self.positions[-1] + 1 if self.rule.variadic else len(self.rule.inputs)


def _picker(positions: Sequence[int]) -> Any:
    """A fast function from a sequence to the items at `positions`, as a sequence."""
    if list(positions) == list(range(positions[0], positions[-1] + 1)) if positions else True:
        return itemgetter(slice(positions[0], positions[-1] + 1) if positions else slice(0))
    return itemgetter(*positions)


def _at_position(derivative: Derivative, names: Sequence[str], i: int) -> Derivative:
    """The derivative of a variadic rule for its input i."""

    def derivative_for_input(g: Any, *values: Any) -> Any:
        return derivative(g, **dict(zip(names, values, strict=True)), position=i)

    return derivative_for_input


def _names(derivative: Any) -> list[str]:
    # As inspect.signature would say, which for the whole table takes long.
    code = derivative.__code__
    return list(code.co_varnames[: code.co_argcount])


class Rule:
    """One entry of the derivative table.

    Args:
        name: the operation's name; the graph shows it as `NameBackward0`.
        forward: computes the result: `forward(*inputs, *params)`, in NumPy.
        vjps: for each input, the derivative that takes the cotangent `g` of the result to that
            of the input; None where there is no gradient. Stretched axes and the dtype are put
            right by the engine.
        jvps: for each input, the derivative that takes a tangent of the input to that of the
            result. Left out, it follows from `kind`.
        kind: "elementwise": the Jacobian is diagonal, so each derivative serves both ways.
            "linear": the result is linear in the first input. "multilinear": in each input.
            "general": both ways have to be given.
        params: names of the parameters that are not differentiated.
        inputs: names of the inputs; by default x, y, z as many as there are derivatives.
        promotion: "same": the inputs are brought to one dtype; "float": and integers become
            floats; None: each input stays as it is.
        differentiable: for an operation with several results, which of them a gradient can
            flow through; () stands for all, however many there are.
        variadic: the inputs are a sequence of any length; the one derivative may ask for
            `position` and for the `shapes` of all.
        view: the result may share memory with the first input.
        node_name: PyTorch's name if it is another; or a function from the node to the name.
        formula: the local derivative for each input, as the printed table shows it.
        note: kinks, ties and where the operation is defined.
        cases: examples for the generated tests; an entry without one fails the completeness
            test.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        vjps: Sequence[Derivative | None],
        *,
        jvps: Sequence[Derivative | None] | None = None,
        kind: Literal["elementwise", "linear", "multilinear", "general"],
        params: Sequence[str] = (),
        inputs: Sequence[str] | None = None,
        promotion: Promotion = "same",
        differentiable: tuple[bool, ...] | None = None,
        variadic: bool = False,
        view: bool = False,
        node_name: str | Callable[[Node], str] | None = None,
        saved_as: dict[str, str] | None = None,
        formula: Sequence[str] = (),
        note: str = "",
        cases: Sequence[Case] = (),
    ) -> None:
        self.name = name
        self.forward = forward
        self.kind = kind
        self.params = tuple(params)
        self.variadic = variadic
        self.inputs = () if variadic else tuple(inputs or LETTERS[: len(vjps)])
        self.promotion = promotion
        self.differentiable = differentiable
        self.view = view
        self.formula = tuple(formula)
        self.note = note
        self.cases = tuple(cases)
        default = "".join([word[:1].upper() + word[1:] for word in name.split("_")])
        self._node_name = f"{default}Backward0" if node_name is None else node_name
        self._saved_as = {**PYTORCH_NAMES, **(saved_as or {})}
        shapes = ("shapes",) if variadic else tuple([f"{x}_shape" for x in self.inputs])
        self.value_names = (*self.inputs, "out", *self.params, *shapes)
        for value in self.value_names:
            show_saved(self._saved_name(value))
        self._vjps = tuple(vjps)
        self._jvps = tuple(jvps) if jvps is not None else self._derived_jvps()
        # What the derivatives ask for is read once, here; a misspelt name is an error at
        # import.
        self._arguments: dict[Derivative, list[str]] = {}
        for derivative in (*self._vjps, *self._jvps):
            if derivative is not None:
                self._arguments.setdefault(derivative, self._checked_names(derivative))
        self._plans: dict[tuple[int, ...], Plan] = {}
        if name in TABLE:
            raise ValueError(f"the table has an entry {name!r} already")
        TABLE[name] = self

    def __call__(self, *arguments: Any) -> Any:
        """Compute on arrays, or record on tensors: inputs first, then all params."""
        count = 1 if self.variadic else len(self.inputs)
        inputs = arguments[0] if self.variadic else arguments[:count]
        for x in inputs:
            if isinstance(x, TensorBase):
                applied = apply if self.differentiable is None else apply_several
                return applied(self, inputs, arguments[count:])
        return self.forward(*arguments)

    def __repr__(self) -> str:
        return f"<rule {self.name}>"

    def vjp(self, i: int) -> Derivative:
        """The derivative that takes a cotangent back to input i."""
        found = self._vjps[0 if self.variadic else i]
        return _nothing if found is None else found

    def jvp(self, i: int) -> Derivative:
        """The derivative that takes a tangent of input i forward."""
        found = self._jvps[0 if self.variadic else i]
        return _nothing if found is None else found

    @property
    def derivative_count(self) -> int:
        """For how many inputs the entry says a derivative, or that there is none."""
        return len(self._vjps)

    def has_derivative(self, i: int) -> bool:
        """Whether a gradient can flow to input i."""
        return self._vjps[0 if self.variadic else i] is not None

    def plan(self, positions: tuple[int, ...]) -> Plan:
        """The plan for the case that the inputs at `positions` need a gradient."""
        found = self._plans.get(positions)
        if found is None:
            found = self._plans[positions] = Plan(self, positions)
        return found

    @cached_property
    def plans(self) -> tuple[Any, ...]:
        """Plans by the sum of 1 (the first input needs a gradient) and 2 (the second does)."""
        if len(self.inputs) == 1:
            return (None, self.plan((0,)))
        return (None, self.plan((0,)), self.plan((1,)), self.plan((0, 1)))

    def _derived_jvps(self) -> tuple[Derivative | None, ...]:
        if self.kind == "elementwise":
            return self._vjps
        if self.kind == "linear":
            return (_Forward(self, 0, ()), *[None] * (len(self._vjps) - 1))
        if self.kind == "multilinear":
            return tuple([_Forward(self, i, self.inputs) for i in range(len(self.inputs))])
        raise ValueError(f"{self.name}: a general rule has to state its jvps")

    def _checked_names(self, derivative: Derivative) -> list[str]:
        if isinstance(derivative, _Forward):
            return derivative.names
        names = _names(derivative)[1:]
        if self.variadic and "position" in names:
            names.remove("position")
        unknown = set(names) - set(self.value_names)
        if unknown:
            raise ValueError(
                f"{self.name}: a derivative asks for {sorted(unknown)}; "
                f"known: {self.value_names}"
            )
        return names

    def argument_names(self, derivative: Derivative, i: int) -> list[str]:
        """What a derivative asks for, besides the cotangent or tangent."""
        return self._arguments.get(derivative, [])

    # --- How the graph shows it ----------------------------------------------

    def node_name(self, node: Node) -> str:
        """PyTorch's name of the node, such as SinBackward0."""
        return self._node_name if isinstance(self._node_name, str) else self._node_name(node)

    @property
    def usual_name(self) -> str:
        """The node's name where it is always the same; otherwise empty."""
        return self._node_name if isinstance(self._node_name, str) else ""

    def saved_names(self, node: Node) -> list[str]:
        """Names of the values a node keeps, as PyTorch spells them: `_saved_self` and so on."""
        return [self._saved_name(name) for name in node.plan.names]

    def _saved_name(self, name: str) -> str:
        return f"_saved_{self._saved_as.get(name, name)}"

    def saved_value(self, node: Node, name: str) -> Any:
        """A value that the node keeps, by PyTorch's name."""
        names = self.saved_names(node)
        if name not in names:
            raise AttributeError(f"'{self.node_name(node)}' object has no attribute '{name}'")
        if node.kept is None:
            raise errors.graph_freed(self.node_name(node))
        value = node.origins[names.index(name)]
        if hasattr(value, "shown"):  # packed away by saved_tensors_hooks
            return value.shown()
        if isinstance(value, KeptResult):
            return wrap(value._data, node)
        if isinstance(value, tuple) and value and isinstance(value[0], Keepable):
            return tuple([wrap(v._data) for v in value])
        return value

    # --- What it says when it cannot be done ---------------------------------

    def refusal(self, error: ValueError, data: Sequence[Any]) -> Exception:
        """PyTorch's error for shapes that do not fit, in place of NumPy's."""
        shapes = [np.shape(x) for x in data if x is not None]
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            return errors.shapes_do_not_broadcast(*_first_misfit(shapes))
        return RuntimeError(f"{self.name}: {error}")

    def wrong_argument(self, position: int, given: Any) -> TypeError:
        """PyTorch's error for an argument that is no tensor."""
        name = "input" if position == 0 else "other"
        return errors.argument_must_be_tensor(self.name, given, name, position + 1)


def _first_misfit(shapes: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first shape that does not broadcast with those before it: their shape, and it."""
    together = shapes[0]
    for shape in shapes[1:]:
        try:
            together = np.broadcast_shapes(together, shape)
        except ValueError:
            return together, shape
    return together, shapes[-1]


class _Forward:
    """The tangent of an operation that is linear in an input.

    Apply it to the tangent instead.
    """

    def __init__(self, rule: Rule, position: int, others: Sequence[str]) -> None:
        self.rule = rule
        self.position = position
        self.names = [name for i, name in enumerate(others) if i != position]
        self.names += rule.params

    def __call__(self, t: Any, *values: Any) -> Any:
        before = values[: self.position] if len(self.names) > len(self.rule.params) else ()
        return self.rule(*before, t, *values[len(before) :])


def _nothing(g: Any) -> None:
    """The derivative of what has none."""
    return None


# --- Ways to write an entry --------------------------------------------------


def elementwise(
    name: str, forward: Callable[..., Any], *derivatives: Derivative | None, **details: Any
) -> Rule:
    """An operation that acts on each element by itself (with broadcasting between inputs)."""
    details.setdefault("cases", _elementwise_cases(len(derivatives), details))
    return Rule(name, forward, derivatives, kind="elementwise", **details)


def _elementwise_cases(count: int, details: dict[str, Any]) -> tuple[Case, ...]:
    low, high = details.pop("domain", (-2.0, 2.0))
    params = details.pop("example_params", ())
    shapes: tuple[tuple[Any, ...], ...] = (((3, 4),), ((),))
    if count == 2:
        shapes = (((3, 4), (3, 4)), ((2, 1), (3,)), ((), (2, 3)), ((), ()))
    if count == 3:
        shapes = (((3, 4),) * 3, ((2, 1), (3,), ()))
    return tuple([Case(shape, params, low, high) for shape in shapes])


def linear(
    name: str, forward: Callable[..., Any], adjoint: Derivative, *others: None, **details: Any
) -> Rule:
    """An operation linear in its first input; `adjoint` is its transpose."""
    details.setdefault("promotion", None)
    return Rule(name, forward, (adjoint, *others), kind="linear", **details)


def multilinear(
    name: str, forward: Callable[..., Any], *adjoints: Derivative, **details: Any
) -> Rule:
    """A product: linear in each of its inputs."""
    return Rule(name, forward, adjoints, kind="multilinear", **details)


def general(
    name: str,
    forward: Callable[..., Any],
    vjps: Sequence[Derivative | None],
    jvps: Sequence[Derivative | None],
    **details: Any,
) -> Rule:
    """Any other operation: the derivative in both directions."""
    return Rule(name, forward, vjps, jvps=jvps, kind="general", **details)
