"""The recorded graph as a drawing: the arguments, boxes and colours of torchviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from minigrad import errors
from minigrad.node import TensorBase

from .drawing import Drawing
from .text import array_text

SAVED = "_saved_"

LEAF, SAVED_TENSOR, OUTPUT, BASE = "lightblue", "orange", "darkolivegreen1", "darkolivegreen3"

NODE_STYLE = {
    "style": "filled",
    "shape": "box",
    "align": "left",
    "fontsize": "10",
    "ranksep": "0.1",
    "height": "0.2",
    "fontname": "monospace",
}


def make_dot(
    var: Any,
    params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
    show_attrs: bool = False,
    show_saved: bool = False,
    max_attr_chars: int = 50,
    *,
    show_shapes: bool = False,
    show_values: bool = False,
    show_grads: bool = False,
    show_versions: bool = False,
) -> Drawing:
    """Draw the graph that a backward pass from `var` would walk.

    Grey boxes are operations, by the names of their backward functions. The others are tensors:
    blue a leaf, whose `.grad` backward fills; orange a value kept for a derivative; green a
    tensor given as `var`, dark green the one it is a view of. Arrows go the way of the forward
    pass.

    Args:
        var: a tensor, or several in a tuple or list.
        params: names for tensors, as `dict(x=x)` or `dict(model.named_parameters())`.
        show_attrs: list what each operation keeps.
        show_saved: draw the kept tensors.
        max_attr_chars: how many characters of an attribute to show, at least 3.
        show_shapes: write under an operation the shape of its result.
        show_values: write under a tensor its numbers.
        show_grads: write under a leaf its `.grad`.
        show_versions: write under a tensor how often it was changed in place.

    Returns:
        A drawing that notebooks show; `.render("graph", format="svg")` writes a file.

    Raises:
        TypeError: for anything but tensors; the message says what to pass instead.
    """
    picture = _Picture(
        names=_checked_names(params),
        show_attrs=show_attrs,
        show_saved=show_saved,
        longest=max(max_attr_chars, 3),
        show_shapes=show_shapes,
        show_values=show_values,
        show_grads=show_grads,
        show_versions=show_versions,
    )
    for output in var if type(var) in (tuple, list) else [var]:
        picture.add_tensor(_checked_tensor(output), OUTPUT)
    resize_graph(picture.drawing)
    return picture.drawing


def make_dot_from_trace(trace: Any) -> None:
    """Not available, in torchviz neither: it refers to a part of PyTorch that is gone."""
    raise NotImplementedError(
        "make_dot_from_trace drew torch.jit traces, which minigrad does not have. "
        "Use make_dot(y) on a result"
    )


def resize_graph(dot: Drawing, size_per_element: float = 0.15, min_size: float = 12) -> None:
    """Let the drawing grow with what is in it; sizes in inches."""
    size = max(min_size, len(dot.body) * size_per_element)
    dot.graph_attr["size"] = f"{size:g},{size:g}"


class _Picture:
    """One drawing in the making."""

    def __init__(
        self,
        *,
        names: Mapping[int, str],
        show_attrs: bool,
        show_saved: bool,
        longest: int,
        show_shapes: bool,
        show_values: bool,
        show_grads: bool,
        show_versions: bool,
    ) -> None:
        self.drawing = Drawing(node_attr=NODE_STYLE, graph_attr={"size": "12,12"})
        self.names = names
        self.show_attrs = show_attrs
        self.show_saved = show_saved
        self.longest = longest
        self.show_shapes = show_shapes
        self.show_values = show_values
        self.show_grads = show_grads
        self.show_versions = show_versions
        # Numbered as they are met, so that the same graph gives the same source. The objects
        # are kept, because an id is an object's own only as long as it lives.
        self._numbers: dict[int, tuple[str, Any]] = {}
        self._drawn: set[int] = set()

    def box(self, thing: Any) -> str:
        """The name of the box for a tensor or backward function."""
        known = self._numbers.get(id(thing))
        if known is None:
            known = self._numbers[id(thing)] = (f"n{len(self._numbers)}", thing)
        return known[0]

    def add_tensor(self, tensor: Any, colour: str) -> None:
        """A tensor that the caller gave, what it came from, and what it is a view of."""
        if id(tensor) in self._drawn:
            return
        self._drawn.add(id(tensor))
        self.drawing.node(self.box(tensor), self.label(tensor), fillcolor=colour)
        function = tensor.grad_fn
        if function is not None:
            self.add_functions(function)
            self.drawing.edge(self.box(function), self.box(tensor))
        if tensor._is_view():
            base = tensor._base
            self.add_tensor(base, BASE)
            self.drawing.edge(self.box(base), self.box(tensor), style="dotted")

    def add_functions(self, last: Any) -> None:
        """A backward function and all that it leads to, depth first, without recursion."""
        ways = [self.add_function(last)]
        while ways:
            following = next(ways[-1], None)
            if following is None:
                ways.pop()
            else:
                ways.append(self.add_function(following))

    def add_function(self, function: Any) -> Iterator[Any]:
        """Draw one backward function; yields those it hands its cotangents to."""
        box = self.box(function)
        if id(function) in self._drawn:
            return
        self._drawn.add(id(function))
        if self.show_saved:
            for name, tensor in _saved_tensors(function):
                self.drawing.edge(box, self.box(tensor), dir="none")
                self.drawing.node(
                    self.box(tensor), self.label(tensor, name), fillcolor=SAVED_TENSOR
                )
        leaf = getattr(function, "variable", None)
        if leaf is not None:
            self.drawing.node(self.box(leaf), self.label(leaf, leaf=True), fillcolor=LEAF)
            self.drawing.edge(self.box(leaf), box)
        self.drawing.node(box, self.function_label(function))
        for following, _ in function.next_functions:
            if following is not None:
                self.drawing.edge(self.box(following), box)
                yield following

    def label(self, tensor: Any, name: str = "", leaf: bool = False) -> str:
        """A tensor's name and shape, and what else was asked for."""
        lines = [
            name or self.names.get(id(tensor), ""),
            f" ({', '.join(map(str, tensor.shape))})",
        ]
        if self.show_values:
            lines.append(array_text(tensor.detach().numpy()))
        if self.show_versions:
            lines.append(f"version {_version_number(tensor)}")
        if self.show_grads and leaf:
            grad = tensor.grad
            lines.append("grad None" if grad is None else f"grad {array_text(grad.numpy())}")
        return "\n".join(lines)

    def function_label(self, function: Any) -> str:
        """A backward function's name, and what else was asked for."""
        name = function.name().rpartition("::")[2]
        lines = [name]
        shape = getattr(function, "shape", None)
        if self.show_shapes and shape is not None:
            lines.append(f"({', '.join(map(str, shape))})")
        kept = dict(_attributes(function)) if self.show_attrs else {}
        if kept:
            first = max(len(key) for key in kept)
            second = min(max(len(value) for value in kept.values()), self.longest)
            lines.append("-" * max(first + second + 2, len(name)))
            for key, value in kept.items():
                shown = value if len(value) <= second else value[: second - 3] + "..."
                lines.append(f"{key:<{first}}: {shown:>{second}}")
        return "\n".join(lines)


def _version_number(tensor: Any) -> int:
    version = tensor._counter
    return getattr(version, "number", version) or 0


def _saved(function: Any) -> Iterator[tuple[str, Any]]:
    """What a backward function keeps, by name; nothing once it has been freed."""
    for attribute in dir(function):
        if attribute.startswith(SAVED):
            try:
                yield attribute[len(SAVED) :], getattr(function, attribute)
            except RuntimeError:
                continue


def _saved_tensors(function: Any) -> Iterator[tuple[str, Any]]:
    for name, value in _saved(function):
        if isinstance(value, TensorBase):
            yield name, value
        elif isinstance(value, tuple):
            for i, part in enumerate(value):
                if isinstance(part, TensorBase):
                    yield f"{name}[{i}]", part
    # A custom autograd.Function keeps its tensors under no names.
    for tensor in getattr(function, "saved_tensors", ()):
        yield "", tensor


def _attributes(function: Any) -> Iterator[tuple[str, str]]:
    for name, value in _saved(function):
        if isinstance(value, TensorBase):
            yield name, "[saved tensor]"
        elif isinstance(value, tuple) and any(isinstance(part, TensorBase) for part in value):
            yield name, "[saved tensors]"
        else:
            yield name, str(value)


def _checked_names(params: Any) -> dict[int, str]:
    if params is None:
        return {}
    try:
        named = dict(params)
    except (TypeError, ValueError):
        raise _not_names(errors.type_name(params)) from None
    for name, tensor in named.items():
        if not isinstance(name, str) or not isinstance(tensor, TensorBase):
            raise _not_names(f"{name!r}: {errors.type_name(tensor)}")
    return {id(tensor): name for name, tensor in named.items()}


def _not_names(given: str) -> TypeError:
    return TypeError(
        "params gives tensors their names, as in make_dot(y, params=dict(x=x)) or "
        f"params=dict(model.named_parameters()), but got {given}"
    )


def _checked_tensor(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return value
    raise TypeError(f"make_dot draws the graph of a tensor, but got {_what_instead(value)}")


def _what_instead(value: Any) -> str:
    kind = errors.type_name(value)
    if callable(value) and hasattr(value, "parameters"):
        return f"the model itself ({kind}). Run it, and pass the result: make_dot(model(x))"
    if callable(value) and hasattr(value, "__name__"):
        return f"the {kind} `{value.__name__}`. Call it: make_dot({value.__name__}(...))"
    if hasattr(value, "next_functions"):
        return f"a backward function ({kind}). Pass the tensor, not its grad_fn"
    if isinstance(value, dict):
        return "a dict. Pass one of its values, or several in a tuple"
    return (
        f"{kind}, which keeps no history. Pass the tensor itself, "
        "before item(), numpy() or float()"
    )
