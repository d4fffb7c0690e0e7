"""L-BFGS: Newton's direction from the gradients of the last steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad import errors
from minigrad.grad_mode import enable_grad
from minigrad.optim.optimizer import Array, Optimizer
from minigrad.views import as_array, version_of

Evaluation = tuple[float, Array]


class LBFGS(Optimizer):
    """Limited-memory BFGS. `step` needs a closure, and makes up to `max_iter` steps.

    Args:
        params: what to change; one group only.
        lr: the step size along the direction (the first guess of the line search).
        max_iter: steps for one call of `step`.
        max_eval: calls of the closure for one call of `step`; 5/4 of max_iter by default.
        tolerance_grad: stop when no element of the gradient is larger.
        tolerance_change: stop when neither the parameters nor the loss move by more.
        history_size: how many past steps to keep.
        line_search_fn: None, or "strong_wolfe".

    Nocedal & Wright, "Numerical optimization", 2nd ed., 2006, chapters 3 and 7.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if not lr >= 0.0:
            raise errors.invalid_setting("learning rate", lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._parameters = self.param_groups[0]["params"]

    # --- Parameters as one vector -----------------------------------------------------

    def _gradient(self) -> Array:
        parts = [
            np.zeros(p._data.size, p._data.dtype)
            if p._grad is None
            else np.asarray(p._grad._data).reshape(-1)
            for p in self._parameters
        ]
        return np.concatenate(parts)

    def _values(self) -> list[Array]:
        return [np.array(p._data) for p in self._parameters]

    def _move(self, start: list[Array], step: float, direction: Array) -> None:
        """Set the parameters to start + step · direction."""
        offset = 0
        for p, begin in zip(self._parameters, start, strict=True):
            part = direction[offset : offset + begin.size].reshape(begin.shape)
            as_array(p)[...] = begin + part * part.dtype.type(step)
            version_of(p).bump()
            offset += begin.size

    # --- Steps ------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` steps; returns the loss before them."""
        if closure is None:
            raise TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
        evaluate_loss = closure
        group = self.param_groups[0]
        state = self.state.setdefault(self._parameters[0], {})
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        def evaluate() -> Any:
            with enable_grad():
                return evaluate_loss()

        first = evaluate()
        loss, gradient = float(first), self._gradient()
        evaluations = 1
        state["func_evals"] += 1
        if np.abs(gradient).max(initial=0) <= group["tolerance_grad"]:
            return first
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = self._direction(state, gradient, group["history_size"])
            if state["n_iter"] == 1:
                step = min(1.0, 1.0 / float(np.abs(gradient).sum())) * group["lr"]
            else:
                step = group["lr"]
            state.update(prev_flat_grad=gradient, d=direction, t=step)
            previous = loss
            slope = float(gradient @ direction)
            if slope > -group["tolerance_change"]:
                break
            used = 0
            start = self._values()
            if group["line_search_fn"] == "strong_wolfe":

                def along(t: float, d: Array = direction, x: list[Array] = start) -> Evaluation:
                    self._move(x, t, d)
                    return float(evaluate()), self._gradient()

                loss, gradient, step, used = strong_wolfe(
                    along,
                    step,
                    direction,
                    loss,
                    gradient,
                    slope,
                    limit=group["max_eval"] - evaluations,
                )
                self._move(start, step, direction)
            else:
                self._move(start, step, direction)
                if iteration != group["max_iter"]:
                    loss, gradient = float(evaluate()), self._gradient()
                    used = 1
            state["t"] = step
            evaluations += used
            state["func_evals"] += used
            if (
                iteration == group["max_iter"]
                or evaluations >= group["max_eval"]
                or np.abs(gradient).max(initial=0) <= group["tolerance_grad"]
                or np.abs(direction * step).max(initial=0) <= group["tolerance_change"]
                or abs(loss - previous) < group["tolerance_change"]
            ):
                break
        return first

    def _direction(self, state: dict[str, Any], gradient: Array, history: int) -> Array:
        """-H g, with H from the last steps by the two-loop recursion."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
            return -gradient
        change = gradient - state["prev_flat_grad"]
        moved = state["d"] * state["t"]
        curvature = float(change @ moved)
        changes, moves, inverses = state["old_dirs"], state["old_stps"], state["ro"]
        if curvature > 1e-10:
            if len(changes) == history:
                for kept in (changes, moves, inverses):
                    kept.pop(0)
            changes.append(change)
            moves.append(moved)
            inverses.append(1.0 / curvature)
            state["H_diag"] = curvature / float(change @ change)
        direction = -gradient
        shares = []
        for y, s, inverse in reversed(list(zip(changes, moves, inverses, strict=True))):
            share = float(s @ direction) * inverse
            direction = direction - share * y
            shares.append(share)
        direction = direction * state["H_diag"]
        for y, s, inverse in zip(changes, moves, inverses, strict=True):
            back = float(y @ direction) * inverse
            direction = direction + s * (shares.pop() - back)
        result: Array = direction.astype(gradient.dtype, copy=False)
        return result


def cubic_minimum(
    x1: float,
    f1: float,
    g1: float,
    x2: float,
    f2: float,
    g2: float,
    bounds: tuple[float, float] | None = None,
) -> float:
    """Where the cubic through two values with two slopes is least, within bounds."""
    low, high = bounds if bounds is not None else (min(x1, x2), max(x1, x2))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if square < 0:
        return (low + high) / 2
    d2 = math.sqrt(square)
    if x1 <= x2:
        found = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        found = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return float(min(max(found, low), high))


def strong_wolfe(
    along: Callable[[float], Evaluation],
    t: float,
    d: Array,
    f: float,
    g: Array,
    slope: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance_change: float = 1e-9,
    limit: int = 25,
) -> tuple[float, Array, float, int]:
    """A step with less loss and a flatter slope: the strong Wolfe conditions.

    Args:
        along: loss and gradient after a step of a length along d.
        t: the first length to try.
        f, g, slope: loss, gradient and slope along d at the beginning.

    Returns:
        Loss, gradient, length, and how often `along` was called.
    """
    largest = float(np.abs(d).max(initial=0))
    f_new, g_new = along(t)
    used = 1
    slope_new = float(g_new @ d)
    t_prev, f_prev, g_prev, slope_prev = 0.0, f, g, slope
    done = False
    count = 0
    bracket: list[tuple[float, float, Array, float]] = []
    while count < limit:
        here, before = (t, f_new, g_new, slope_new), (t_prev, f_prev, g_prev, slope_prev)
        if f_new > f + c1 * t * slope or (count > 1 and f_new >= f_prev):
            bracket = [before, here]
            break
        if abs(slope_new) <= -c2 * slope:
            bracket = [here]
            done = True
            break
        if slope_new >= 0:
            bracket = [before, here]
            break
        least, most = t + 0.01 * (t - t_prev), t * 10
        kept = t
        t = cubic_minimum(t_prev, f_prev, slope_prev, t, f_new, slope_new, bounds=(least, most))
        t_prev, f_prev, g_prev, slope_prev = kept, f_new, g_new, slope_new
        f_new, g_new = along(t)
        used += 1
        slope_new = float(g_new @ d)
        count += 1
    if count == limit:
        bracket = [(0.0, f, g, slope), (t, f_new, g_new, slope_new)]

    # The zoom phase: the bracket shrinks around a point that fulfils the conditions.
    stalled = False
    low, high = (0, 1) if bracket[0][1] <= bracket[-1][1] else (1, 0)
    while not done and count < limit:
        width = abs(bracket[1][0] - bracket[0][0])
        if width * largest < tolerance_change:
            break
        (t1, f1, _, s1), (t2, f2, _, s2) = bracket
        t = cubic_minimum(t1, f1, s1, t2, f2, s2)
        top, bottom = max(t1, t2), min(t1, t2)
        margin = 0.1 * (top - bottom)
        if min(top - t, t - bottom) < margin:
            if stalled or t >= top or t <= bottom:
                t = top - margin if abs(t - top) < abs(t - bottom) else bottom + margin
                stalled = False
            else:
                stalled = True
        else:
            stalled = False
        f_new, g_new = along(t)
        used += 1
        slope_new = float(g_new @ d)
        count += 1
        here = (t, f_new, g_new, slope_new)
        if f_new > f + c1 * t * slope or f_new >= bracket[low][1]:
            bracket[high] = here
            low, high = (0, 1) if bracket[0][1] <= bracket[1][1] else (1, 0)
        else:
            if abs(slope_new) <= -c2 * slope:
                done = True
            elif slope_new * (bracket[high][0] - bracket[low][0]) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = here
    t, f_new, g_new, _ = bracket[low] if len(bracket) > 1 else bracket[0]
    return f_new, g_new, t, used
