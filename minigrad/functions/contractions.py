"""Products over chosen dimensions: einsum, tensordot, kron, and products with a bias.

All are put together from `bmm`, `mul` and moves of dimensions, as in PyTorch, so their
derivatives are those of their parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.functions import elementwise
from minigrad.functions.arguments import one_dim, tensor_argument
from minigrad.functions.matrix import bmm, dot, matmul, mm, mv
from minigrad.functions.rearranging import diagonal
from minigrad.functions.reductions import sum as total
from minigrad.functions.shapes import expand, permute, reshape, unsqueeze

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

__all__ = [
    "addbmm",
    "addmv",
    "addr",
    "baddbmm",
    "chain_matmul",
    "cross",
    "einsum",
    "ger",
    "inner",
    "kron",
    "outer",
    "tensordot",
    "trace",
    "vdot",
]


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector with one of the other: shape (n, m)."""
    for name, x in (("self", input), ("vec2", vec2)):
        ndim = tensor_argument("outer", x)._data.ndim
        if ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {ndim}-D")
    return elementwise.mul(unsqueeze(input, 1), vec2)


def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """The older name of `outer`."""
    return outer(input, vec2)


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """As `dot`, for real numbers."""
    return dot(input, other)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Sums of products over the last dimension of both; a 0-d tensor is a factor."""
    a, b = tensor_argument("inner", input)._data, tensor_argument("inner", other)._data
    if a.ndim == 0 or b.ndim == 0:
        return elementwise.mul(input, other)
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(a.shape)} and {list(b.shape)}"
        )
    return tensordot(input, other, ([-1], [-1]))


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    ndim = tensor_argument("trace", input)._data.ndim
    if ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {ndim}")
    return total(diagonal(input))


# --- With a bias ---------------------------------------------------------------------


def _with_bias(bias: Tensor, product: Tensor, beta: float, alpha: float) -> Tensor:
    if alpha != 1:
        product = elementwise.mul(product, alpha)
    bias = expand(bias, product._data.shape)
    if beta == 0 and not np.isfinite(bias._data).all():
        return product  # The bias is left out altogether, also where it is NaN.
    return (bias if beta == 1 else elementwise.mul(bias, beta)) + product


def addmv(
    input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta · input + alpha · mat @ vec, shape (n)."""
    product = mv(mat, vec)
    if not vec._data.size and input._data.ndim == 0:
        return elementwise.mul(input, beta)  # PyTorch's shape where there is nothing to add.
    return _with_bias(input, product, beta, alpha)


def addr(
    input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta · input + alpha · outer(vec1, vec2), shape (n, m)."""
    return _with_bias(input, outer(vec1, vec2), beta, alpha)


def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta · input + alpha · batch1 @ batch2, shape (b, n, p)."""
    return _with_bias(input, bmm(batch1, batch2), beta, alpha)


def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta · input + alpha · Σ batch1 @ batch2, the sum over the batch; shape (n, p)."""
    return _with_bias(input, total(bmm(batch1, batch2), 0), beta, alpha)


# --- Over any dimensions ----------------------------------------------------------------


def tensordot(input: Tensor, other: Tensor, dims: Any = 2) -> Tensor:
    """Sums of products over some dimensions of both.

    Args:
        dims: how many, the last of input with the first of other; or two lists that say which.

    Raises:
        RuntimeError: if the dimensions differ in length.
    """
    a = tensor_argument("tensordot", input)._data
    b = tensor_argument("tensordot", other, "other", 2)._data
    if hasattr(dims, "_data"):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(
                f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}"
            )
        dims = (list(range(a.ndim - dims, a.ndim)), list(range(dims)))
    first, second = [[d] if isinstance(d, int) else list(d) for d in dims]
    if len(first) != len(second):
        raise RuntimeError("both dimension lists should have same length")
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    first = [one_dim(d, a.ndim) for d in first]
    second = [one_dim(d, b.ndim) for d in second]
    for i, j in zip(first, second, strict=True):
        if a.shape[i] != b.shape[j] and 1 not in (a.shape[i], b.shape[j]):
            raise RuntimeError(
                "contracted dimensions need to match, but first has size "
                f"{a.shape[i]} in dim {i} and second has size {b.shape[j]} in dim {j}"
            )
        if a.shape[i] != b.shape[j]:  # A dimension of one element counts as repeated.
            if a.shape[i] == 1:
                other = total(other, j, True)
            else:
                input = total(input, i, True)
    free_a = [i for i in range(a.ndim) if i not in first]
    free_b = [j for j in range(b.ndim) if j not in second]
    inside = math.prod(input._data.shape[i] for i in first)
    shape_a, shape_b = [a.shape[i] for i in free_a], [b.shape[j] for j in free_b]
    left = reshape(permute(input, [*free_a, *first]), [math.prod(shape_a), inside])
    right = reshape(permute(other, [*second, *free_b]), [inside, math.prod(shape_b)])
    return reshape(mm(left, right), [*shape_a, *shape_b])


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: every element of input times the whole of other."""
    a, b = tensor_argument("kron", input)._data, tensor_argument("kron", other)._data
    ndim = max(a.ndim, b.ndim)
    first = (1,) * (ndim - a.ndim) + a.shape
    second = (1,) * (ndim - b.ndim) + b.shape
    left = reshape(input, [n for size in first for n in (size, 1)])
    right = reshape(other, [n for size in second for n in (1, size)])
    shape = [n * m for n, m in zip(first, second, strict=True)]
    return reshape(elementwise.mul(left, right), shape)


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vector product along a dimension of size 3 (the first such if not given)."""
    a = tensor_argument("cross", input)._data
    b = tensor_argument("cross", other, "other", 2)._data
    if a.ndim != b.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if dim is None:
        if 3 not in a.shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = a.shape.index(3)
    axis = one_dim(dim, a.ndim)
    if a.shape[axis] != 3 or b.shape[axis] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {a.shape[axis]} "
            f"and {b.shape[axis]}"
        )
    np.broadcast_shapes(a.shape, b.shape)
    after, before = np.array([1, 2, 0]), np.array([2, 0, 1])

    def turned(x: Tensor, order: Any) -> Tensor:
        return x[(*[slice(None)] * axis, order)]

    return turned(input, after) * turned(other, before) - turned(input, before) * turned(
        other, after
    )


def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices."""
    factors = matrices[0] if isinstance(matrices[0], list | tuple) else matrices
    out = factors[0]
    for factor in factors[1:]:
        out = matmul(out, factor)
    return out  # type: ignore[no-any-return]


# --- Einstein's summation ---------------------------------------------------------------

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Products of elements, summed over all indices that the result does not name.

    Args:
        equation: "ik,kj->ij" names the indices of every operand and of the result; "..." stands
            for further dimensions, which broadcast. Without "->" the result has the indices
            that occur once, in alphabetical order. Operands and lists of numbers in turn, and
            at the end such a list for the result, do as well.

    Raises:
        RuntimeError: if the equation does not fit the operands.
    """
    if not isinstance(equation, str):
        equation, operands = _from_lists((equation, *operands))
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    if not operands:
        raise RuntimeError("einsum(): must provide at least one operand")
    names, result = _parsed(equation.replace(" ", ""), operands)
    order = [*result, *sorted({n for each in names for n in each} - set(result))]
    tensors = [_in_order(x, each, order) for x, each in zip(operands, names, strict=True)]
    for axis, name in enumerate(order):
        sizes = {x._data.shape[axis] for x in tensors} - {1}
        if len(sizes) > 1:
            raise RuntimeError(
                f"einsum(): operands do not broadcast with remapped shapes [original->"
                f"remapped]: index {name} has the sizes {sorted(sizes)}"
            )
    out = tensors[0]
    for position, factor in enumerate(tensors[1:], start=1):
        later = tensors[position + 1 :]
        inside = [
            axis
            for axis in range(len(result), len(order))
            if all(x._data.shape[axis] == 1 for x in later)
        ]
        out = _contracted(out, factor, inside)
    rest = list(range(len(result), len(order)))
    shape = out._data.shape[: len(result)]
    if any(out._data.shape[axis] != 1 for axis in rest):
        return total(out, rest)
    return reshape(out, list(shape)) if rest else out


def _from_lists(arguments: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """The equation for operands and lists of numbers in turn."""
    count = len(arguments) // 2
    operands, lists = arguments[0 : 2 * count : 2], arguments[1 : 2 * count : 2]

    def text(numbers: Any) -> str:
        return "".join(["..." if n is Ellipsis else LETTERS[n] for n in numbers])

    equation = ",".join([text(numbers) for numbers in lists])
    if len(arguments) % 2:
        equation += "->" + text(arguments[-1])
    return equation, tuple(operands)


def _parsed(equation: str, operands: Sequence[Any]) -> tuple[list[list[str]], list[str]]:
    """The name of each dimension of each operand, and of the result.

    What "..." stands for is named "0", "1" and so on, counted from the end.
    """
    left, arrow, right = equation.partition("->")
    parts = left.split(",")
    if len(parts) != len(operands):
        few = "fewer" if len(parts) > len(operands) else "more"
        raise RuntimeError(
            f"einsum(): {few} operands were provided than specified in the equation"
        )
    widest = 0
    names = []
    for position, (part, x) in enumerate(zip(parts, operands, strict=True)):
        ndim = tensor_argument("einsum", x, "operands", 2)._data.ndim
        plain = part.replace("...", "", 1)
        if not all(letter in LETTERS for letter in plain):
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {position} in the equation "
                "string, subscripts must be in [a-zA-Z]"
            )
        extra = ndim - len(plain)
        if extra < 0 or (extra and "..." not in part):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(plain)}) does not "
                f"match the number of dimensions ({ndim}) for operand {position}"
                + ("" if "..." in part else " and no ellipsis was given")
            )
        widest = max(widest, extra)
        before, _, after = part.partition("...")
        numbers = [f"{i:02}" for i in range(extra, 0, -1)] if "..." in part else []
        names.append([*before, *numbers, *after] if "..." in part else [*part])
    dots = [f"{i:02}" for i in range(widest, 0, -1)]
    if not arrow:
        letters = left.replace(".", "").replace(",", "")
        once = sorted([n for n in set(letters) if letters.count(n) == 1])
        return names, [*dots, *once]
    before, ellipsis, after = right.partition("...")
    result = [*before, *(dots if ellipsis else []), *after]
    for name in result:
        if result.count(name) > 1:
            raise RuntimeError(
                f"einsum(): output subscript {name} appears more than once in the output"
            )
        if name not in dots and not any(name in each for each in names):
            raise RuntimeError(
                f"einsum(): output subscript {name} does not appear in the equation for any "
                "input operand"
            )
    return names, result


def _in_order(x: Any, names: list[str], order: list[str]) -> Any:
    """The operand with a dimension for every index, of one element where it has none."""
    names = list(names)
    for name in list(names):
        while names.count(name) > 1:  # An index that is there twice runs along the diagonal.
            first = names.index(name)
            second = names.index(name, first + 1)
            if x._data.shape[first] != x._data.shape[second]:
                raise RuntimeError(
                    f"einsum(): subscript {name} is repeated for operand but the sizes don't "
                    f"match, {x._data.shape[second]} != {x._data.shape[first]}"
                )
            x = diagonal(x, 0, first, second)
            del names[second], names[first]
            names.append(name)
    present = [name for name in order if name in names]
    shape = x._data.shape
    sizes = [shape[names.index(name)] if name in names else 1 for name in order]
    return reshape(permute(x, [names.index(name) for name in present]), sizes)


def _contracted(x: Any, y: Any, inside: list[int]) -> Any:
    """The product of two operands with the same dimensions, summed over those `inside`."""
    a, b = x._data.shape, y._data.shape
    for axis in inside:  # What only one of them has is summed first.
        if (a[axis] == 1) != (b[axis] == 1):
            x, y = (total(x, axis, True), y) if b[axis] == 1 else (x, total(y, axis, True))
    a, b = x._data.shape, y._data.shape
    inner_axes = [i for i in inside if a[i] != 1]
    others = [i for i in range(len(a)) if i not in inner_axes]
    both = [i for i in others if a[i] == b[i]]
    left = [i for i in others if a[i] != b[i] and b[i] == 1]
    right = [i for i in others if a[i] != b[i] and a[i] == 1]
    size = math.prod(a[i] for i in inner_axes)
    batch, rows, columns = [
        math.prod(shape[i] for i in axes) for shape, axes in ((a, both), (a, left), (b, right))
    ]
    first = reshape(permute(x, [*both, *left, *inner_axes, *right]), [batch, rows, size])
    second = reshape(permute(y, [*both, *inner_axes, *right, *left]), [batch, size, columns])
    product = bmm(first, second)
    order = [*both, *left, *right, *inner_axes]
    sizes = [
        1 if i in inner_axes else max(a[i], b[i]) if i in both else a[i] * b[i] for i in order
    ]
    back = sorted(range(len(order)), key=order.__getitem__)
    return permute(reshape(product, sizes), back)
