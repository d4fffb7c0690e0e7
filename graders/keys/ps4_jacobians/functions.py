"""Functions with known Jacobians, handed over as passes that a Jacobian is to be made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graders.keys.domain import Region


def quadratic(generator: np.random.Generator, inputs: int, outputs: int) -> Any:
    """A random map x -> A (x * x) + B x, as (its VJP, its JVP, a point)."""
    A, B = generator.normal(size=(2, outputs, inputs))

    def vjp(x: Any, v: Any) -> Any:
        row = np.asarray(v, dtype=np.float64)
        return (row @ A) * 2 * np.asarray(x) + row @ B

    def jvp(x: Any, t: Any) -> Any:
        column = np.asarray(t, dtype=np.float64)
        return A @ (2 * np.asarray(x) * column) + B @ column

    return vjp, jvp, generator.uniform(0.5, 2.0, size=inputs)


def maps(arguments: Callable[..., tuple[Any, ...]]) -> tuple[Region, ...]:
    """Maps of several sizes; `arguments(vjp, jvp, x, outputs)` is what the answer is given."""

    def of_size(label: str, inputs: int, outputs: int, count: int = 2) -> Region:
        def draw(generator: np.random.Generator) -> tuple[Any, ...]:
            vjp, jvp, x = quadratic(generator, inputs, outputs)
            return arguments(vjp, jvp, x, outputs)

        return Region(label, draw, count)

    return (
        of_size("more inputs than outputs", 5, 2),
        of_size("more outputs than inputs", 2, 4),
        of_size("as many outputs as inputs", 3, 3),
        of_size("one output", 4, 1),
        of_size("one input", 1, 3),
    )


def counted(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[[], int]]:
    """`function`, and a function that says how often it was called."""
    calls = []

    def counting(*arguments: Any) -> Any:
        calls.append(1)
        return function(*arguments)

    return counting, lambda: len(calls)
