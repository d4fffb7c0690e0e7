"""Derivatives held against finite differences: `gradcheck`, and `gradgradcheck` for the second.

The whole Jacobian is compared, entry by entry: a single direction, and above all the direction
of ones, is blind to many mistakes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad import errors, forward
from minigrad.apply import wrap
from minigrad.backward import grad
from minigrad.functions.sampling import randn_like
from minigrad.grad_mode import enable_grad, no_grad
from minigrad.random import fork_rng
from minigrad.tensor import Tensor

Array = np.ndarray[Any, np.dtype[np.float64]]


class GradcheckError(RuntimeError):
    """The derivatives are not those of the function."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the derivatives of `func` at `inputs` with central differences.

    Args:
        func: from tensors to a tensor or a tuple of them.
        inputs: a tensor or a tuple; those that require a gradient (float64) are checked.
        eps: how far each element is moved, both ways.
        atol, rtol: how far apart the two Jacobians may be.
        raise_exception: raise where they differ; otherwise return False.
        check_forward_ad: check the forward mode too.
        check_backward_ad: check the reverse mode.

    Returns:
        True if all agree.

    Raises:
        GradcheckError: with both Jacobians, where they differ.
        ValueError: if no input requires a gradient.
    """
    given = inputs if isinstance(inputs, list | tuple) else (inputs,)
    checked = [(i, x) for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        raise errors.nothing_to_check()
    for i, x in checked:
        if x._data.dtype != np.float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or "
                "complex. This check will likely fail if all the inputs are not of double "
                "precision floating point or complex. ",
                stacklevel=2,
            )
    try:
        for i, x in checked:
            if x.is_leaf and not x._data.flags.writeable and x.ndim:
                raise GradcheckError(f"The {i}th input has elements that share memory.")
        _compare(func, given, checked, eps, atol, rtol, check_forward_ad, check_backward_ad)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _compare(
    func: Callable[..., Any],
    given: Sequence[Any],
    checked: Sequence[tuple[int, Tensor]],
    eps: float,
    atol: float,
    rtol: float,
    check_forward_ad: bool,
    check_backward_ad: bool,
) -> None:
    with enable_grad():
        outputs = _differentiable(func(*given))
    if not outputs:
        raise GradcheckError("gradcheck expects at least one output to be differentiable")
    for k, output in enumerate(outputs):
        for place, (i, x) in enumerate(checked):
            numerical = numerical_jacobian(func, given, i, k, eps)
            found = {}
            if check_backward_ad:
                found["analytical"] = _by_rows(output, x)
            if check_forward_ad:
                found["forward AD"] = _by_columns(func, given, k, x)
            for name, analytical in found.items():
                if not np.allclose(analytical, numerical, rtol, atol, equal_nan=True):
                    way = " computed with forward mode" if name == "forward AD" else ""
                    raise GradcheckError(
                        f"Jacobian{way} mismatch for output {k} with respect to input "
                        f"{place},\n"
                        f"numerical:{wrap(numerical)!r}\nanalytical:{wrap(analytical)!r}\n"
                    )


def _differentiable(result: Any) -> list[Tensor]:
    results = result if isinstance(result, list | tuple) else (result,)
    return [r for r in results if isinstance(r, Tensor) and r.requires_grad]


def numerical_jacobian(
    func: Callable[..., Any], given: Sequence[Any], i: int, k: int, eps: float
) -> Array:
    """The Jacobian of output k by input i, as shape (elements of the input, of the output).

    Central differences: (f(x + ε) - f(x - ε)) / 2ε, one element of the input after the other.
    """
    x = given[i]
    rows = []
    for position in range(x.numel()):
        values = []
        for step in (eps, -eps):
            data = np.array(x._data)
            data.flat[position] += step
            moved = wrap(data[()])
            moved._requires_grad = True
            with enable_grad():
                outputs = _differentiable(func(*given[:i], moved, *given[i + 1 :]))
            values.append(np.array(outputs[k]._data, np.float64).reshape(-1))
        rows.append((values[0] - values[1]) / (2 * eps))
    return np.array(rows).reshape(x.numel(), -1)


def _by_rows(output: Tensor, x: Tensor) -> Array:
    """The Jacobian by reverse mode, in the same shape as the numerical one."""
    jacobian = np.zeros((x.numel(), output.numel()))
    for position in range(output.numel()):
        seed = np.zeros(output.numel(), output._data.dtype)
        seed[position] = 1
        (g,) = grad(
            output, x, wrap(seed.reshape(output.shape)), retain_graph=True, allow_unused=True
        )
        if g is not None:
            if g.shape != x.shape:
                raise GradcheckError(
                    f"grad is of shape {g.shape}, the input of shape {x.shape}"
                )
            jacobian[:, position] = np.reshape(g._data, -1)
    return jacobian


def _by_columns(func: Callable[..., Any], given: Sequence[Any], k: int, x: Tensor) -> Array:
    """The Jacobian of output k by forward mode, in the same shape as the numerical one.

    The function is called anew for each column: a custom `jvp` may use up what it was left.
    """
    columns = []
    for position in range(x.numel()):
        seed = np.zeros(x.numel(), x._data.dtype)
        seed[position] = 1
        with enable_grad():
            output = _differentiable(func(*given))[k]
        (t,) = forward.push_forward([output], [x], [wrap(seed.reshape(x.shape))], False)
        columns.append(np.zeros(output.numel()) if t is None else np.reshape(t, -1))
    return np.array(columns)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare second derivatives with central differences of the first; see `gradcheck`.

    Args:
        grad_outputs: the cotangents of the outputs; random numbers unless given.
    """
    given = tuple(inputs) if isinstance(inputs, list | tuple) else (inputs,)
    if grad_outputs is None:
        with fork_rng(), no_grad():
            outputs = func(*given)
            outputs = outputs if isinstance(outputs, list | tuple) else (outputs,)
            cotangents = tuple(
                [randn_like(y, requires_grad=True) for y in outputs if y.is_floating_point()]
            )
    else:
        cotangents = grad_outputs if isinstance(grad_outputs, tuple) else (grad_outputs,)
    count = len(given)

    def first_derivative(*arguments: Any) -> tuple[Any, ...]:
        xs, vs = arguments[:count], arguments[count:]
        outputs = _differentiable(func(*xs))
        wanted = [x for x in xs if isinstance(x, Tensor) and x.requires_grad]
        found = grad(outputs, wanted, vs[: len(outputs)], create_graph=True, allow_unused=True)
        return tuple([g for g in found if g is not None])

    return gradcheck(
        first_derivative,
        (*given, *cotangents),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
    )
