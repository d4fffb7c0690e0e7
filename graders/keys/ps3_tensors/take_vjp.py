"""take_vjp(x, index, v): what x receives from x[index], where rows may be taken repeatedly."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.oracles import vjp_by_complex_step, vjp_by_digits
from graders.keys.rules import BY_HAND


def reference(x, index, v):
    result = np.zeros(x.shape, dtype=x.dtype)
    for position, row in enumerate(index):
        result[row] += v[position]
    return result


def by_adding_at(x, index, v):
    result = np.zeros_like(x)
    np.add.at(result, index, v)
    return result


def by_table_of_ones(x, index, v):
    chosen = np.zeros((len(index), len(x)), dtype=x.dtype)
    chosen[np.arange(len(index)), index] = 1
    return np.tensordot(chosen, v, axes=(0, 0))


def row_by_row(x, index, v):
    index = index % len(x) if len(index) else index
    return np.stack([v[index == row].sum(axis=0) for row in range(len(x))])


def last_one_wins(x, index, v):
    result = np.zeros_like(x)
    result[index] = v
    return result


def first_one_wins(x, index, v):
    result = np.zeros_like(x)
    result[index[::-1]] = v[::-1]
    return result


def average(x, index, v):
    counts = np.bincount(index % len(x), minlength=len(x)).astype(x.dtype)
    shape = (-1,) + (1,) * (x.ndim - 1)
    return reference(x, index, v) / np.maximum(counts, 1).reshape(shape)


def rows(label, shape, index, dtype=np.float64, count=2):
    def draw(generator):
        chosen = np.array(index(generator) if callable(index) else index, dtype=np.int64)
        x = np.asarray(generator.normal(size=shape), dtype)
        v = np.asarray(generator.normal(size=(len(chosen), *shape[1:])), dtype)
        return x, chosen, v

    return Region(label, draw, count)


def repeated(generator):
    return generator.permutation([0, 0, 0, 2, 2, 3])


take_vjp = Key(
    name="take_vjp",
    reference=reference,
    domain=(
        rows("each row once", (4, 3), lambda generator: generator.permutation(4)),
        rows("some rows never", (5, 2), lambda generator: generator.permutation(5)[:3]),
        rows("rows taken several times", (5, 3), repeated, count=3),
        rows("entries of a vector", (4,), [1, 1, 3, 0, 1]),
        rows("a square table", (3, 3), [2, 0, 2]),
        rows("rows counted from the end", (4, 2), [-1, 3, -1, 0]),
        rows("tables of tables", (3, 2, 2), [1, 1, 0]),
        rows("nothing taken", (3, 2), [], count=1),
        rows("float32", (4, 3), [1, 1, 0], np.float32),
    ),
    lecture="05_tensors",
    forbidden=BY_HAND,
    keeps_dtype=True,
    misconceptions=(
        Misconception(
            "keeps the last cotangent of a row that was taken more than once",
            last_one_wins,
            "A row that was taken three times has three roads. And `+=` with a list of rows "
            "does each row only once: NumPy has a function for adding repeatedly.",
        ),
        Misconception(
            "keeps the first cotangent of a row that was taken more than once",
            first_one_wins,
            "A row that was taken three times has three roads.",
        ),
        Misconception(
            "averages over the times that a row was taken",
            average,
            "Roads add up. Nobody divides by their number.",
        ),
        Misconception(
            "counts how often each row was taken, and forgets the cotangent",
            lambda x, index, v: reference(x, index, np.ones_like(v)),
            "Right for the sum of what was taken. v says which of them counts how much.",
        ),
        Misconception(
            "takes from the cotangent, as the way forward takes from x",
            lambda x, index, v: v[index],
            "On the way back numbers are put, not taken: v[0] belongs to row index[0].",
        ),
        Misconception(
            "adds all cotangents to every row that was taken",
            lambda x, index, v: last_one_wins(x, index, np.zeros_like(v) + v.sum(axis=0)),
            "Each cotangent belongs to one row: that which its number came from.",
        ),
        Misconception(
            "adds to x itself, instead of to zeros",
            lambda x, index, v: x + reference(x, index, v),
            "What does a row receive that was never taken?",
        ),
        Misconception(
            "returns what arrived, in the shape of what was taken",
            lambda x, index, v: v.copy(),
            "A gradient has the shape of its value: here that of x.",
        ),
    ),
    alternatives=(
        Alternative("np.add.at", by_adding_at),
        Alternative("a table of ones and zeros", by_table_of_ones),
        Alternative("a sum for every row", row_by_row),
    ),
    oracles=(
        vjp_by_complex_step(lambda x, index: x[index]),
        vjp_by_digits(lambda x, index: x[index]),
    ),
)
