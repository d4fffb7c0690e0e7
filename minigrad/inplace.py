"""Changing a tensor in place, and keeping the tape true.

What the tape means is what would have happened without sharing memory: `x.mul_(2)` is `x = x *
2` from here on, for x, for every view of x, and for the tensor that x is a view of
(`CopySlices`: the base with a part replaced). Values that a node has kept are overwritten by
this; the version counter makes backward notice. Everything is checked before a number is
changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import apply, recorded, what_to_keep, wrap
from minigrad.batched import Batched, NotBatched
from minigrad.functions.indexing import (
    getitem,
    index_error,
    is_whole,
    parse_index,
    separated,
)
from minigrad.functions.shapes import expand, reshape
from minigrad.node import KeptResult, TensorBase, mode
from minigrad.operands import to_operands
from minigrad.rules import assignment
from minigrad.rules.table import Rule
from minigrad.versions import INFERENCE, clock
from minigrad.views import View, as_array, version_of

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


def apply_in_place(
    rule: Rule, x: Tensor, others: Sequence[Any] = (), params: tuple[Any, ...] = ()
) -> Tensor:
    """Replace the values of `x` by those of `rule` applied to x and others; returns x."""
    if not mode.recording or not (
        x._requires_grad
        or any(isinstance(other, TensorBase) and other._requires_grad for other in others)
    ):
        _aliases(rule, x, others)
        write(x, _new_values(rule, x, others, params)[1])
        return x
    check_may_be_recorded(x)
    aliases = _aliases(rule, x, others)
    if x._view is not None:
        _into_base(rule, x, others, params)
        if aliases:
            version_of(x).restamp()
        return x
    values, out = _new_values(rule, x, others, params)
    old = wrap(x._data, x._node)
    old._requires_grad = x._requires_grad
    inputs = (old, *others)
    needed = tuple(
        [i for i, t in enumerate(inputs) if isinstance(t, TensorBase) and t._requires_grad]
    )
    plan = rule.plan(needed)
    if rule.inputs[0] in plan.names:
        # A derivative asks for the values that are about to be overwritten.
        old._data = x._data.copy()
        values = (old._data, *values[1:])
    kept_result = KeptResult(out, version_of(x)) if plan.keeps_result else None
    write(x, out)
    if kept_result is not None:
        kept_result._data = x._data
    to_keep = what_to_keep(rule, inputs, values, params, needed)
    x._node = recorded(*to_keep, x._data, kept_result)._node
    x._requires_grad = True
    if aliases:
        # The node has kept x's memory as another input, which is overwritten now.
        version_of(x).restamp()
    refresh_views(x)
    return x


def _aliases(rule: Rule, x: Tensor, others: Sequence[Any]) -> bool:
    """Whether x itself is among the other inputs.

    Raises:
        RuntimeError: if one of them overlaps x's memory otherwise, so that it would be read
            while it is being overwritten.
    """
    found = False
    counter = x._counter
    for other in others:
        same = other is x
        if not same and (
            counter is None
            or not isinstance(other, TensorBase)
            or other._counter is not counter
        ):
            continue
        if not same and (not other._data.ndim and rule.kind != "elementwise"):
            continue
        a, b = as_array(x), as_array(other)
        if a.size and np.may_share_memory(a, b) and _is_dense(a) and _is_dense(b):
            whole = a.ctypes.data == b.ctypes.data and a.strides == b.strides
            if not (whole and a.shape == b.shape and rule.kind == "elementwise"):
                raise errors.overlapping_inputs()
            found = True
    return found


def _is_dense(data: Any) -> bool:
    """Whether the elements fill a stretch of memory, in whatever order of dimensions.

    Where they do not, whether two tensors share an element is not looked into (nor is it by
    PyTorch); the result does not depend on it, since it is computed before it is written.
    """
    if data.flags.c_contiguous or data.flags.f_contiguous:
        return True
    order = sorted(range(data.ndim), key=lambda i: -data.strides[i])
    return bool(np.transpose(data, order).flags.c_contiguous)


def _new_values(
    rule: Rule, x: Tensor, others: Sequence[Any], params: tuple[Any, ...]
) -> tuple[Sequence[Any], Any]:
    """The values that the rule works on, and those that x is to have."""
    operands = [x._data]
    for other in others:
        operands.append(other._data if isinstance(other, TensorBase) else other)
    values: Sequence[Any] = operands
    if len(operands) != 2 or operands[0].dtype is not getattr(operands[1], "dtype", None):
        values = to_operands(rule, operands)
    try:
        out = rule.forward(*values, *params)
    except ValueError as error:
        raise rule.refusal(error, operands) from None
    if out.dtype is not x._data.dtype or out.shape != x._data.shape:
        check_fits(x, out)
    return values, out


def _into_base(rule: Rule, x: Tensor, others: Sequence[Any], params: tuple[Any, ...]) -> None:
    """Change a view, which changes its base."""
    view: Any = x._view
    base: Any = view.base
    old_base = wrap(base._data, base._node)
    old_base._requires_grad = base._requires_grad
    old_view = assignment.replay(old_base, view.steps)
    # What a derivative asks for has to survive the overwriting.
    old_view._data = old_view._data.copy()
    old_view._counter = None
    new = apply(rule, (old_view, *others), params)
    check_fits(x, new._data)
    if new._data.dtype is not x._data.dtype:
        new = new.to(x.dtype)
    needed = tuple([i for i, t in enumerate((old_base, new)) if t._requires_grad])
    write(x, new._data)
    _keep_in_place(new._node, x)
    if needed:
        inputs = (old_base, new)
        data = (base._data, new._data)
        to_keep = what_to_keep(assignment.copy_slices, inputs, data, (view.steps,), needed)
        base._node = recorded(*to_keep, base._data)._node
        base._requires_grad = True
        refresh_views(base)


def _keep_in_place(node: Any, x: Tensor) -> None:
    """What a new node has kept as its result lies in x's memory now, and can be overwritten."""
    origins = getattr(node, "origins", None) or ()
    if any(isinstance(origin, KeptResult) for origin in origins):
        kept = KeptResult(x._data, version_of(x))
        node.origins = [kept if isinstance(o, KeptResult) else o for o in origins]
        # Nobody has used the node yet; what it keeps is as it is from now on.
        node.sequence = next(clock)


def refresh_views(base: Any) -> None:
    """Give every living view the history that follows from its base's new one."""
    version = base._counter
    if version is None or version.views is None:
        return
    for view in list(version.views.values()):
        if view._view.base is base:
            again = assignment.replay(base, view._view.steps)
            view._node, view._requires_grad = again._node, again._requires_grad


def set_item(x: Tensor, index: Any, value: Any) -> None:
    """`x[index] = value`.

    Raises:
        IndexError: if there is no such element.
        RuntimeError: if the value's shape does not fit, or x is a leaf that requires a
            gradient.
    """
    if not isinstance(value, TensorBase):
        if not isinstance(value, bool | int | float | np.generic):
            raise errors.cannot_assign(value, x._data.dtype)
        kind = x._data.dtype
        value = wrap(np.asarray(dtypes.fitting(value, kind, True)).astype(kind)[()])
    items, basic = parse_index(index)
    if basic:
        named = tuple([item for item in items if item is not Ellipsis])
        whole = is_whole(named) and len(named) <= x._data.ndim
        part = x if whole else getitem(x, items)
        if value._data.ndim and value._data.shape != part._data.shape:
            value = without_leading_ones(value, 0)
            value = expand(value, part._data.shape)
        copy_(part, value)
        return
    view, places = separated(items, x._data.ndim)
    part = x if is_whole(view) else getitem(x, view)
    try:
        wanted = np.broadcast_to(False, part._data.shape)[places].shape
    except IndexError as error:
        raise index_error(items, x._data.shape, error) from None
    put_at(part, places, value, wanted)


def put_at(
    x: Tensor, places: tuple[Any, ...], value: Tensor, wanted: tuple[int, ...]
) -> Tensor:
    """Put values in the places of an index of arrays, which picks a part of shape `wanted`."""
    if mode.recording and (x._requires_grad or value._requires_grad):
        check_may_be_recorded(x)
    _aliases(assignment.index_put, x, (value,))
    if value._data.dtype is not x._data.dtype:
        raise errors.index_put_dtypes(x._data.dtype, value._data.dtype)
    value = without_leading_ones(value, len(wanted))
    try:
        np.broadcast_to(value._data, wanted)
    except ValueError:
        raise errors.index_put_shapes(value._data.shape, wanted) from None
    return apply_in_place(assignment.index_put, x, (value,), (places,))


def without_leading_ones(value: Tensor, ndim: int) -> Tensor:
    """A value for a part of `ndim` dimensions may have more of them, of length 1, in front."""
    shape = value._data.shape
    while len(shape) > ndim and shape[0] == 1:
        shape = shape[1:]
    return value if shape == value._data.shape else reshape(value, shape)


def copy_(x: Tensor, source: Any) -> Tensor:
    """Overwrite x with the values of source, stretched to x's shape."""
    if not isinstance(source, TensorBase):
        return fill_(x, source)
    if mode.recording and (x._requires_grad or source._requires_grad):
        check_may_be_recorded(x)
    shape, given = x._data.shape, source._data.shape
    if given != shape:
        _aliases(assignment.copy, x, (source,))
        try:
            together = np.broadcast_shapes(shape, given)
        except ValueError:
            raise errors.shapes_do_not_broadcast(shape, given) from None
        if together != shape:
            raise errors.inplace_broadcast(shape, together)
    return apply_in_place(assignment.copy, x, (source,))


def fill_(x: Tensor, value: Any) -> Tensor:
    """Overwrite all of x with one number."""
    if isinstance(value, TensorBase):
        if value._data.ndim:
            raise RuntimeError(
                "fill_ only supports 0-dimension value tensor but got tensor with "
                f"{value._data.ndim} dimensions."
            )
        return copy_(x, value)
    value = dtypes.fitting(value, x._data.dtype)
    if mode.recording and x._requires_grad:
        return apply_in_place(assignment.fill, x, (), (value,))
    write(x, x._data.dtype.type(value))
    return x


def change_layout(
    x: Tensor, rule: Rule, params: tuple[Any, ...], inverse: tuple[Rule, tuple[Any, ...]]
) -> Tensor:
    """Let x itself be its own view: `x.unsqueeze_(0)`.

    Args:
        inverse: the rule and parameters of the way back, by which the views that there are
            still find their part.
    """
    if mode.recording and x._requires_grad:
        check_may_be_recorded(x)
    old = wrap(as_array(x), x._node)
    old._requires_grad = x._requires_grad
    new = apply(rule, (old,), params)
    version = version_of(x)
    for view in list((version.views or {}).values()):
        if view._view.base is x:
            steps = ((*inverse, None), *view._view.steps)
            view._view = View(x, steps, view._view.recorded)
    above = x._view
    if above is not None:
        steps = (*above.steps, (rule, params, None))
        x._view = View(above.base, steps, above.recorded and mode.recording)
    x._data, x._node = new._data, new._node
    version.bump()
    return x


# --- The change itself ---------------------------------------------------------


def write(x: Tensor, out: Any) -> None:
    """Overwrite the values, and say so to whoever shares them."""
    if x._counter is INFERENCE and not mode.inference:
        raise errors.inference_in_place()
    data = x._data
    if type(data) is np.ndarray:
        if not data.flags.writeable:
            raise errors.overlapping_in_place()
        data[...] = out
    elif isinstance(data, Batched) or isinstance(out, Batched):
        raise NotBatched("a change in place")
    else:
        x._data = out if out.dtype is data.dtype else out.astype(data.dtype)
        if type(x._data) is np.ndarray:
            x._data = x._data[()]
    version_of(x).bump()


def check_may_be_recorded(x: Tensor) -> None:
    """Refuse to change a leaf that requires a gradient, or a view with no kept history."""
    view: View | None = x._view
    if view is None:
        if x._requires_grad and x._node is None:
            raise errors.leaf_in_place(x)
        return
    for rule, _, index in view.steps:
        if index is not None:
            name = "".join([word.capitalize() for word in rule.name.split("_")])
            raise errors.multi_view_in_place(index, name)
    if not view.recorded:
        raise RuntimeError(
            "A view was created in no_grad mode and is being modified inplace with grad mode "
            "enabled. Given that this use case is ambiguous and error-prone, it is forbidden. "
            "You can clarify your code by moving both the view and the inplace either both "
            "inside the no_grad block (if you don't want the inplace to be tracked) or both "
            "outside (if you want the inplace to be tracked)."
        )
    if view.base._requires_grad and view.base._node is None:
        raise errors.view_of_leaf_in_place(x)


def check_fits(x: Tensor, out: Any) -> None:
    """Refuse a result that x has no room for, or whose kind of number it cannot hold."""
    data = x._data
    if out.shape != data.shape:
        raise errors.inplace_broadcast(data.shape, out.shape)
    if out.dtype is not data.dtype and dtypes.category(out.dtype) > dtypes.category(data.dtype):
        raise errors.inplace_result_type(out.dtype, data.dtype)
