"""unbroadcast(v, shape): what a broadcast array of `shape` receives from the cotangent v."""

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(v, shape):
    added = v.ndim - len(shape)
    stretched = tuple(added + i for i, size in enumerate(shape) if size == 1)
    return v.sum(axis=stretched, keepdims=True).sum(axis=tuple(range(added)))


def axis_by_axis(v, shape):
    while v.ndim > len(shape):
        v = v.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and v.shape[axis] != 1:
            v = v.sum(axis=axis, keepdims=True)
    return v


def by_loop(v, shape):
    result = np.zeros(shape, dtype=v.dtype)
    padded = (1,) * (v.ndim - len(shape)) + tuple(shape)
    view = result.reshape(padded)
    for index in np.ndindex(v.shape):
        view[tuple(i if n > 1 else 0 for i, n in zip(index, padded, strict=True))] += v[index]
    return result


def summed_and_reshaped(v, shape):
    padded = [1] * (v.ndim - len(shape)) + list(shape)
    axes = tuple(i for i, size in enumerate(padded) if size != v.shape[i])
    return np.add.reduce(v, axis=axes).reshape(shape)


def by_oracle(oracle):
    def rule(v, shape):
        broadcast = oracle(lambda x: np.broadcast_to(x, v.shape))
        return broadcast(np.zeros(shape), v)

    return rule


def averaged(v, shape):
    factor = v.size / max(int(np.prod(shape)), 1)
    return reference(v, shape) / v.dtype.type(factor or 1)


def first_copy(v, shape):
    added = v.ndim - len(shape)
    stretched = tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)
    return v[(0,) * added + stretched]


def aligned_left(v, shape):
    for axis, size in enumerate(shape):
        if size == 1:
            v = v.sum(axis=axis, keepdims=True)
    return v.sum(axis=tuple(range(len(shape), v.ndim)))


def only_new_axes(v, shape):
    return v.sum(axis=tuple(range(v.ndim - len(shape))))


def only_stretched_axes(v, shape):
    stretched = tuple(i for i, n in enumerate(shape, v.ndim - len(shape)) if n == 1)
    return v.sum(axis=stretched, keepdims=True)


def loses_axes(v, shape):
    added = v.ndim - len(shape)
    stretched = tuple(added + i for i, size in enumerate(shape) if size == 1)
    return v.sum(axis=tuple(range(added)) + stretched)


def pair(label, output, shape, **options):
    """A cotangent of shape `output`, and the shape that was broadcast to it."""
    region = cotangents(label, [], output, settings=(), **options)
    return type(region)(label, lambda g: (*region.draw(g), shape), region.count)


unbroadcast = Key(
    name="unbroadcast",
    reference=reference,
    domain=(
        pair("(3, 4) from a row (4,)", (3, 4), (4,), count=2),
        pair("(3, 4) from a column (3, 1)", (3, 4), (3, 1), count=2),
        pair("(3, 4) from (1, 4)", (3, 4), (1, 4)),
        pair("(3, 4) from a single number", (3, 4), ()),
        pair("(3, 4) from (1, 1)", (3, 4), (1, 1)),
        pair("shapes that agree", (3, 4), (3, 4)),
        pair("a square (3, 3) from (3,)", (3, 3), (3,)),
        pair("a square (3, 3) from (3, 1)", (3, 3), (3, 1)),
        pair("(2, 3, 4) from (3, 1)", (2, 3, 4), (3, 1), count=2),
        pair("(2, 3, 4) from (2, 1, 4)", (2, 3, 4), (2, 1, 4)),
        pair("an axis of size 1 on both sides", (2, 1, 3), (1, 3)),
        pair("an empty array", (0, 3), (1, 3)),
        pair("a single number from itself", (), ()),
        pair("float32", (3, 4), (3, 1), dtype=np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    misconceptions=(
        Misconception(
            "takes the mean of the copies instead of their sum",
            averaged,
            "Every copy is a road to the output. What happens to the slopes of several roads?",
        ),
        Misconception(
            "takes the first copy and leaves the others out",
            first_copy,
            "Nudge a number that was copied four times. How many places of the result move?",
        ),
        Misconception(
            "lays the shapes side by side from the left",
            aligned_left,
            "Where does (4,) fit into (3, 4)? Shapes are compared from one particular end.",
        ),
        Misconception(
            "sums over the axes that are missing, but not over those of size 1",
            only_new_axes,
            "A column (3, 1) was stretched, too. What shape must its gradient have?",
        ),
        Misconception(
            "sums over the axes of size 1, but not over those that are missing",
            only_stretched_axes,
            "(4,) has one axis and your result has more. Where did the first one come from?",
        ),
        Misconception(
            "loses the axes of size 1",
            loses_axes,
            "A gradient has the shape of its value. `keepdims` may help.",
        ),
        Misconception(
            "sums everything there is",
            lambda v, shape: np.full(shape, v.sum(), dtype=v.dtype),
            "Which copies belong to the first entry? Only those add up there.",
        ),
        Misconception(
            "passes the cotangent on as it is",
            lambda v, shape: v.copy(),
            "Compare the shapes of what you return and of what was broadcast.",
        ),
    ),
    alternatives=(
        Alternative("one axis after the other", axis_by_axis),
        Alternative("a loop over the entries", by_loop),
        Alternative("one sum, then reshape", summed_and_reshaped),
    ),
    oracles=(by_oracle(vjp_by_complex_step), by_oracle(vjp_by_digits)),
)
