"""mean_vjp(x, axis, keepdims, v): what x receives from the mean along an axis."""

import numpy as np

from graders.keys.domain import cotangents
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, axis, keepdims, v):
    count = x.size if axis is None else x.shape[axis]
    if axis is not None and not keepdims:
        v = np.expand_dims(v, axis)
    return np.broadcast_to(v, x.shape) / count


def by_ones(x, axis, keepdims, v):
    if axis is None:
        return np.ones_like(x) * (v.reshape(-1)[:1] / x.size).astype(x.dtype)
    shape = list(x.shape)
    count, shape[axis] = shape[axis], 1
    return np.ones_like(x) * v.reshape(shape) / count


def by_loop(x, axis, keepdims, v):
    result = np.zeros_like(x)
    if axis is None:
        result[...] = v.reshape(()) / x.size
        return result
    slices, values = np.moveaxis(result, axis, 0), v.reshape(np.delete(x.shape, axis))
    for i in range(len(slices)):
        slices[i] = values / x.shape[axis]
    return result


def by_repeating(x, axis, keepdims, v):
    if axis is None:
        return np.full(x.shape, v.item() / x.size, dtype=x.dtype)
    v = v if keepdims else np.expand_dims(v, axis)
    return np.repeat(v, x.shape[axis], axis) / x.shape[axis]


def spread(x, axis, keepdims, v, count):
    """Right but for the number that it divides by."""
    whole = reference(x, axis, keepdims, v) * (x.size if axis is None else x.shape[axis])
    return whole / x.dtype.type(count)


def wrong_place(x, axis, keepdims, v):
    """The lost axis is put in front, wherever it was."""
    count = x.size if axis is None else x.shape[axis]
    return np.broadcast_to(v, x.shape) / x.dtype.type(count)


def put_at_the_end(x, axis, keepdims, v):
    if axis is None or keepdims:
        return reference(x, axis, keepdims, v)
    return np.broadcast_to(v[..., None], x.shape) / x.dtype.type(x.shape[axis])


def along(label, shape, axis, keepdims, **options):
    output = np.mean(np.zeros(shape), axis=axis, keepdims=keepdims).shape
    return cotangents(label, [shape], output, settings=(axis, keepdims), **options)


mean_vjp = Key(
    name="mean_vjp",
    reference=reference,
    domain=(
        along("columns, axis 0", (3, 4), 0, False, count=2),
        along("rows, axis 1", (3, 4), 1, False, count=2),
        along("the last axis, counted from behind", (2, 3, 4), -1, False),
        along("an axis in the middle", (2, 3, 4), 1, False, count=2),
        along("an axis that is kept", (3, 4), 1, True),
        along("the first axis, kept", (2, 3, 4), 0, True),
        along("a square array", (3, 3), 1, False, count=2),
        along("the mean of everything", (3, 4), None, False, count=2),
        along("the mean of everything, axes kept", (2, 3), None, True),
        along("an axis of size 1", (3, 1), 1, False),
        along("an array without rows", (0, 3), 1, False),
        along("a single axis", (5,), 0, False),
        along("float32", (3, 4), 0, False, dtype=np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    misconceptions=(
        Misconception(
            "copies the cotangent back without dividing",
            lambda x, axis, keepdims, v: spread(x, axis, keepdims, v, 1),
            "That is the rule of a sum. How much does a mean of five move with one of them?",
        ),
        Misconception(
            "divides by the number of all entries instead of those along the axis",
            lambda x, axis, keepdims, v: spread(x, axis, keepdims, v, max(x.size, 1)),
            "A mean along rows of four: how many numbers go into one mean?",
        ),
        Misconception(
            "divides by the number of means instead of the number of entries in each",
            lambda x, axis, keepdims, v: spread(x, axis, keepdims, v, max(v.size, 1)),
            "Count the numbers that go into one mean, not the means that come out.",
        ),
        Misconception(
            "divides by the number of rows, whatever the axis is",
            lambda x, axis, keepdims, v: spread(x, axis, keepdims, v, max(x.shape[0], 1)),
            "`len(x)` is the size of the first axis. Which one was averaged over?",
        ),
        Misconception(
            "lets NumPy fit v to x without putting the lost axis back in its place",
            wrong_place,
            "Means of rows stand in a row when they come out. Which shape makes them stand "
            "beside their rows again?",
        ),
        Misconception(
            "puts the lost axis back at the end, wherever it was",
            put_at_the_end,
            "Try an array of shape (2, 3, 4) and axis 1, and print the shapes.",
        ),
        Misconception(
            "gives the slopes of x/n and leaves the cotangent out",
            lambda x, axis, keepdims, v: reference(x, axis, keepdims, np.ones_like(v)),
            "Each mean has a cotangent of its own. Whose does an entry of x receive?",
        ),
        Misconception(
            "returns what arrives, divided, in the shape of the means",
            lambda x, axis, keepdims, v: v / max(x.size if axis is None else x.shape[axis], 1),
            "A gradient has the shape of its value: here that of x.",
        ),
    ),
    alternatives=(
        Alternative("ones, multiplied", by_ones),
        Alternative("a loop over the slices", by_loop),
        Alternative("repeated along the axis", by_repeating),
    ),
    oracles=(
        vjp_by_complex_step(lambda x, axis, keepdims: x.mean(axis=axis, keepdims=keepdims)),
        vjp_by_digits(lambda x, axis, keepdims: x.mean(axis=axis, keepdims=keepdims)),
    ),
)
