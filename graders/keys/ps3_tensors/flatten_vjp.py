"""flatten_vjp(x, order, v): what x receives when its axes were put in order, then flattened."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, order, v):
    shape = [x.shape[axis] for axis in order]
    return v.reshape(shape).transpose(np.argsort(order))


def by_counting(x, order, v):
    """Sends the numbers of the places forward, and the cotangents where these came from."""
    places = np.arange(x.size).reshape(x.shape).transpose(order).reshape(-1)
    result = np.zeros(x.size, dtype=v.dtype)
    result[places] = v
    return result.reshape(x.shape)


def into_a_view(x, order, v):
    result = np.empty_like(x)
    view = result.transpose(order)
    view[...] = v.reshape(view.shape)
    return result


def by_loop(x, order, v):
    result = np.zeros(x.shape, dtype=v.dtype)
    permuted = tuple(x.shape[axis] for axis in order)
    for number, place in enumerate(np.ndindex(permuted)):
        source = [0] * x.ndim
        for position, axis in enumerate(order):
            source[axis] = place[position]
        result[tuple(source)] = v[number]
    return result


def shaped(label, shape, order, dtype=np.float64, count=2):
    def draw(generator):
        x = np.asarray(generator.normal(size=shape), dtype)
        return x, order, np.asarray(generator.normal(size=x.size), dtype)

    return Region(label, draw, count)


def forward(x, order):
    return x.transpose(order).reshape(-1)


flatten_vjp = Key(
    name="flatten_vjp",
    reference=reference,
    domain=(
        shaped("axes left as they are", (2, 3, 4), (0, 1, 2)),
        shaped("a matrix, transposed", (2, 3), (1, 0)),
        shaped("two axes exchanged", (2, 3, 4), (0, 2, 1)),
        shaped("three axes, turned round once", (2, 3, 4), (1, 2, 0)),
        shaped("three axes, turned round twice", (2, 3, 4), (2, 0, 1)),
        shaped("a cube, whose axes all agree", (3, 3, 3), (1, 2, 0)),
        shaped("four axes", (2, 3, 1, 4), (2, 3, 0, 1)),
        shaped("a vector", (5,), (0,), count=1),
        shaped("no axis at all", (), (), count=1),
        shaped("an empty array", (2, 0, 3), (1, 2, 0), count=1),
        shaped("float32", (2, 3, 4), (1, 2, 0), np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    misconceptions=(
        Misconception(
            "gives v the shape of x and leaves the axes in disorder",
            lambda x, order, v: v.reshape(x.shape),
            "The first numbers of v did not all come from the first row of x. Follow them.",
        ),
        Misconception(
            "puts the axes in the same order a second time instead of undoing it",
            lambda x, order, v: (
                v.reshape([x.shape[a] for a in order]).transpose(order).reshape(x.shape)
            ),
            "For two axes doing it twice undoes it. Try three: (0, 1, 2) becomes (1, 2, 0), "
            "and then?",
        ),
        Misconception(
            "undoes the order of the axes before v has the shape that was flattened",
            lambda x, order, v: v.reshape(x.shape).transpose(np.argsort(order)),
            "Undo the last step first. Which shape was it that became flat?",
        ),
        Misconception(
            "does the whole way forward again",
            lambda x, order, v: v.reshape(x.shape).transpose(order).reshape(x.shape),
            "Back is not forward: undo the last step first, then the one before.",
        ),
        Misconception(
            "reverses the axes, whatever their order was",
            lambda x, order, v: v.reshape([x.shape[a] for a in order]).T.reshape(x.shape),
            "`.T` turns the axes round completely. Was that what had happened?",
        ),
        Misconception(
            "leaves the result flat",
            lambda x, order, v: v.copy(),
            "A gradient has the shape of its value: here that of x.",
        ),
        Misconception(
            "fills the columns first where the rows come first",
            lambda x, order, v: v.reshape([x.shape[a] for a in order], order="F").transpose(
                np.argsort(order)
            ),
            "NumPy flattens row by row. The way back has to read row by row as well.",
        ),
        Misconception(
            "gives ones, the slope of a move, and forgets the cotangent",
            lambda x, order, v: np.ones_like(x),
            "Every number has only moved to another place. So has its cotangent.",
        ),
    ),
    alternatives=(
        Alternative("numbered places", by_counting),
        Alternative("written into a view", into_a_view),
        Alternative("a loop over all places", by_loop),
    ),
    oracles=(vjp_by_complex_step(forward), vjp_by_digits(forward)),
)
