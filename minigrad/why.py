"""`why(tensor)`: why its gradient is None, zero, not a number, or not what was expected.

The answer is put together from facts only: what kind of tensor it is, which outputs among the
caller's variables lead back to it, and, where the graph still holds its values, a second walk
back that shows at which operation the gradient was lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad import errors, usercode
from minigrad.node import Node, Output, TensorBase
from minigrad.reading import Passage, edges_of, kept_by, nodes_behind, passages

# With these, a derivative of zero is part of the definition.
FLAT = {
    "relu": "the derivative of relu is 0 where its input is negative or zero",
    "clamp": "the derivative of clamp is 0 outside the bounds",
    "sign": "sign is flat everywhere, so its derivative is 0",
    "round": "round is flat everywhere, so its derivative is 0",
    "floor": "floor is flat everywhere, so its derivative is 0",
    "ceil": "ceil is flat everywhere, so its derivative is 0",
    "sigmoid": "sigmoid is flat, within rounding, far from 0",
    "tanh": "tanh is flat, within rounding, far from 0",
    "abs": "the derivative of abs at 0 counts as 0",
    "mul": "it multiplies by zeros",
}
# And with these it is infinite at the edge of where they are defined.
STEEP = {
    "sqrt": "the derivative of sqrt at 0 is infinite",
    "log": "the derivative of log at 0 is infinite",
    "div": "it divides by zero",
    "reciprocal": "it divides by zero",
    "pow_scalar": "the derivative of x to a power below 1 is infinite at 0",
    "pow": "the derivative of a power can be infinite at 0, and has a log of its base",
    "norm": "the norm has a corner at 0",
}


class Answer:
    """Sentences that show themselves as they are."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences

    def __repr__(self) -> str:
        return "\n".join(self.sentences)


def why(tensor: Any, output: Any = None) -> Answer:
    """Explain the state of a tensor's gradient in plain sentences.

    Args:
        tensor: the tensor whose `.grad` puzzles you (not the gradient itself).
        output: the tensor that `backward()` was or will be called on. Left out, the variables
            of the calling code are searched for it.

    Raises:
        TypeError: for something that is not a tensor.
    """
    for value in (tensor,) if output is None else (tensor, output):
        if not isinstance(value, TensorBase):
            raise _not_a_tensor(value)
    name = usercode.name_of(tensor) or "the tensor"
    outputs = [(usercode.name_of(output) or "the output", output)] if output is not None else []
    case = _Case(tensor, name, outputs or list(_outputs_around(tensor)))
    return Answer(list(case.sentences()))


def _not_a_tensor(value: Any) -> TypeError:
    if value is None:
        return TypeError(
            "why() was given None. Pass the tensor itself: why(w), not why(w.grad)"
        )
    kind = errors.type_name(value)
    if hasattr(value, "parameters"):
        return TypeError(
            f"why() explains one tensor, but got a model ({kind}). Pass one of its parameters, "
            "as in why(model.weight)"
        )
    return TypeError(f"why() explains a tensor, but got {kind}")


def _outputs_around(tensor: Any) -> Iterator[tuple[str, Any]]:
    """The caller's variables from which a way back could start, single numbers first."""
    caller = usercode.frame()
    if caller is None:
        return
    variables = {**caller.f_globals, **caller.f_locals}
    found = [
        (name, value)
        for name, value in variables.items()
        if isinstance(value, TensorBase)
        and not name.startswith("_")
        and value is not tensor
        and value._data.dtype.kind == "f"
        and not (value._node is None and value._requires_grad)
    ]
    yield from sorted(found, key=lambda pair: (pair[1]._node is None, pair[1]._data.size))


class _Case:
    """One question."""

    def __init__(self, tensor: Any, name: str, outputs: list[tuple[str, Any]]) -> None:
        self.tensor = tensor
        self.name = name
        self.outputs = outputs
        self.end = tensor._node if tensor._node is not None else tensor

    def sentences(self) -> Iterator[str]:
        """The answer."""
        tensor, name = self.tensor, self.name
        if not tensor._requires_grad:
            yield from self.not_tracked()
        elif tensor._node is not None and tensor._grad is None and not tensor.retains_grad:
            yield from self.not_a_leaf()
        elif tensor._grad is None:
            yield f"{name}.grad is None."
            yield from self.nothing_arrived()
        else:
            grad = np.asarray(tensor._grad._data)
            if not np.isfinite(grad).all():
                yield from self.not_finite(grad)
            elif not grad.any():
                yield from self.zero()
            else:
                yield from self.present(grad)

    # --- No gradient ----------------------------------------------------------

    def not_tracked(self) -> Iterator[str]:
        name, dtype = self.name, self.tensor._data.dtype
        if dtype.kind != "f":
            yield (
                f"{name} holds torch.{dtype}: whole numbers and booleans have no derivative, "
                "so nothing is recorded for them."
            )
            yield "Make it of floats: write the numbers with a point, or add .float()."
            return
        yield f"{name}.requires_grad is False, so nothing that is done with {name} is recorded."
        yield (
            f"If {name} is an input of your own, create it with requires_grad=True or call "
            f"{name}.requires_grad_() before computing with it. If it was computed, the graph "
            "was cut: by detach(), .data, .numpy(), .item(), or because the computation ran "
            "under no_grad()."
        )

    def not_a_leaf(self) -> Iterator[str]:
        name, maker = self.name, _name_of(self.tensor._node)
        yield (
            f"{name} is not a leaf: it was computed, by {maker}. Backward fills in .grad for "
            "leaves only, the tensors that were made and not computed."
        )
        leaves = [n for n in map(usercode.name_of, _leaves_behind(self.tensor)) if n]
        if leaves:
            yield f"It was computed from {_and(leaves)}: look at .grad there."
        yield (
            f"To have it for {name} too, call {name}.retain_grad() before backward(). If "
            f"{name} was meant to be a parameter, it has been replaced: an update like {name} "
            f"= {name} - step makes a new tensor. Write {name} -= step under no_grad()."
        )

    def nothing_arrived(self) -> Iterator[str]:
        name = self.name
        leading = [(n, y) for n, y in self.outputs if self.reached_from(y)]
        if leading:
            output_name, output = leading[0]
            if _is_freed(output):
                yield (
                    f"Backward has been run from {output_name}, which depends on {name}: the "
                    f"values of its graph are freed. So {name}.grad was cleared afterwards "
                    "(zero_grad() sets it to None), or autograd.grad was used, which returns "
                    "gradients and fills in nothing."
                )
            else:
                yield f"{output_name} depends on {name}: call {output_name}.backward()."
            return
        for output_name, output in self.outputs:
            if output._node is None:
                continue
            twin = self.twin_in(output)
            if twin is not None:
                yield (
                    f"{output_name} does not depend on {name}, but on {_called(twin)}, another "
                    f"tensor that shares {name}'s memory (a detached copy, or a Parameter made "
                    f"from {name}). Its gradient is there: look at .grad of that one."
                )
                return
        for output_name, output in self.outputs[:1]:
            if output._node is None:
                yield (
                    f"{output_name} has no graph at all: it was computed under no_grad(), or "
                    "the graph was cut by detach(), .data, .numpy() or .item()."
                )
            else:
                leaves = [_called(leaf) for leaf in _leaves_behind(output)]
                yield (
                    f"{output_name} does not depend on {name}: its graph leads to "
                    f"{_and(leaves)} only. Perhaps {name} was assigned anew after "
                    f"{output_name} had been computed, or only its numbers were used "
                    "(detach(), .item())."
                )
        if not self.outputs:
            yield (
                f"Compute an output from {name} and call backward() on it; why({name}, output) "
                "then says more."
            )

    # --- A gradient, but a strange one ------------------------------------------

    def zero(self) -> Iterator[str]:
        yield f"{self.name}.grad is zero: every path from the output carried nothing back."
        found = self.first_passage(lambda before, after: before.any() and not after.any())
        if found is None:
            yield from self.ask_again()
            return
        output_name, passage = found
        rule = passage.node.plan.rule.name
        reason = FLAT.get(rule, "its derivative is zero for these values")
        yield (
            f"On the way back from {output_name} it is {passage.node.name()} where the "
            f"cotangent becomes zero: {reason}."
        )
        yield from _input_of(passage)

    def not_finite(self, grad: Any) -> Iterator[str]:
        what = "NaN" if np.isnan(grad).any() else "infinite"
        count = int((~np.isfinite(grad)).sum())
        yield f"{self.name}.grad is {what} in {count} of {grad.size} elements."
        for output_name, output in self.leading():
            if not np.isfinite(np.asarray(output._data)).all():
                yield (
                    f"{output_name} itself is {np.asarray(output._data)}: it went wrong in the "
                    "forward pass already."
                )
        found = self.first_passage(
            lambda before, after: np.isfinite(before).all() and not np.isfinite(after).all()
        )
        if found is None:
            yield from self.ask_again()
            return
        output_name, passage = found
        rule = passage.node.plan.rule.name
        reason = STEEP.get(rule, "its derivative is not finite for these values")
        yield (
            f"On the way back from {output_name} it is {passage.node.name()} where this "
            f"begins: {reason}."
        )
        yield from _input_of(passage)
        yield (
            "Keep its input away from that point, for example with clamp(min=1e-12) or by "
            "adding a small number; torch.where after the fact does not help, because 0 · ∞ is "
            "NaN."
        )

    def present(self, grad: Any) -> Iterator[str]:
        name = self.name
        zeros = int((grad == 0).sum())
        about = f", {zeros} of {grad.size} elements zero" if zeros else ""
        yield f"{name}.grad is there, and finite{about}."
        for output_name, output in self.leading():
            fresh = self.gradient_from(output)
            if fresh is None:
                continue
            if np.allclose(grad, fresh, rtol=1e-4, atol=1e-7):
                yield f"It is the gradient of {output_name} at the present values."
                return
            times = _ratio(grad, fresh)
            if times is not None:
                yield (
                    f"It is {times:g} times the gradient of {output_name}. Gradients add up "
                    f"over backward passes: clear {name}.grad (zero_grad(), or {name}.grad = "
                    "None) before each."
                )
                return
            yield (
                f"It is not the gradient of {output_name} at the present values, which is "
                f"{_short(fresh)}. Either several outputs have added to it, or {name} has "
                "changed since."
            )
            return
        yield from self.ask_again()

    def ask_again(self) -> Iterator[str]:
        name = self.name
        yield (
            "The graph has been freed, so where it came from can no longer be seen. Compute "
            f"the output once more, and ask again before its backward(): why({name}, output)."
        )

    # --- The graph ------------------------------------------------------------

    def reached_from(self, output: Any) -> bool:
        """Whether a way back from the output leads here."""
        if output._node is None:
            return False
        if self.end is output._node:
            return True
        # Identity, and not `in`: tensors compare element by element.
        return any(e is self.end for node in nodes_behind(output) for e in edges_of(node))

    def leading(self) -> Iterator[tuple[str, Any]]:
        """The outputs from which a way back leads here, and can still be walked."""
        for name, output in self.outputs:
            if self.reached_from(output) and not _is_freed(output):
                yield name, output

    def twin_in(self, output: Any) -> Any:
        """Another leaf of the output's graph with the same memory."""
        mine = np.asarray(self.tensor._data)
        for leaf in _leaves_behind(output):
            theirs = np.asarray(leaf._data)
            if leaf is not self.tensor and np.may_share_memory(mine, theirs):
                return leaf
        return None

    def first_passage(self, lost: Any) -> tuple[str, Passage] | None:
        """The first node on the way back from an output where a cotangent is lost."""
        for name, output in self.leading():
            for passage in passages(output, np.ones_like(np.asarray(output._data))):
                before = passage.cotangent
                if isinstance(before, list):
                    continue
                for share in passage.shares:
                    if share is not None and lost(np.asarray(before), np.asarray(share)):
                        return name, passage
        return None

    def gradient_from(self, output: Any) -> Any:
        """What one backward pass from an output of one number would bring here."""
        if output._data.size != 1:
            return None
        total: Any = None
        for passage in passages(output, np.ones_like(np.asarray(output._data))):
            for edge, share in zip(passage.node.edges, passage.shares, strict=True):
                if edge is self.end and share is not None:
                    total = share if total is None else total + share
        return total


def _name_of(node: Node | Output) -> str:
    return (node.node if isinstance(node, Output) else node).name()


def _leaves_behind(output: Any) -> list[Any]:
    leaves = [
        edge
        for node in reversed(nodes_behind(output))
        for edge in edges_of(node)
        if isinstance(edge, TensorBase)
    ]
    return list(dict.fromkeys(leaves))


def _is_freed(output: Any) -> bool:
    nodes = nodes_behind(output)
    return any(isinstance(node, Node) and node.kept is None for node in nodes)


def _called(tensor: Any) -> str:
    return usercode.name_of(tensor) or f"a tensor of shape {list(tensor.shape)}"


def _and(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _short(values: Any) -> str:
    array = np.asarray(values)
    return f"{array:.4g}" if array.ndim == 0 else np.array2string(array, 72, 4, threshold=8)


def _input_of(passage: Passage) -> Iterator[str]:
    """What the operation had as its input, if it has kept that."""
    kept = kept_by(passage.node)
    for name in passage.node.plan.rule.inputs:
        value = kept.get(name)
        if isinstance(value, np.ndarray | np.generic) and np.asarray(value).size:
            yield f"Its input there was {_short(value)}."
            return


def _ratio(grad: Any, fresh: Any) -> float | None:
    """The whole number by which one is the multiple of the other."""
    scale = np.abs(fresh).max()
    if not scale:
        return None
    times = float(np.abs(grad).max() / scale)
    whole = round(times)
    if whole < 2 or not np.allclose(grad, whole * fresh, rtol=1e-3, atol=1e-6):
        return None
    return float(whole)
