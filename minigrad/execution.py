"""Settings of how PyTorch computes that have no counterpart here, and what is left of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

__all__ = [
    "autocast",
    "compile",
    "get_float32_matmul_precision",
    "get_num_threads",
    "set_float32_matmul_precision",
    "set_num_threads",
]


def compile(model: Any = None, **options: Any) -> Any:
    """The function or module itself: there is nothing to compile it to.

    It computes the same as a compiled one. Without a function, a decorator.
    """
    if model is not None:
        return model
    decorator: Callable[[Any], Any] = lambda function: function  # noqa: E731
    return decorator


@contextlib.contextmanager
def autocast(
    device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
) -> Iterator[None]:
    """A block that computes as usual: for a graphics card, or with `enabled=False`.

    Raises:
        NotImplementedError: for "cpu": PyTorch computes in bfloat16 then, and NumPy has none.
    """
    if enabled and device_type == "cpu":
        raise NotImplementedError(
            "autocast on the CPU computes in bfloat16, which minigrad does not have: leave the "
            "block out, or pass enabled=False"
        )
    yield


_precision = "highest"


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was given last; "highest" at first."""
    return _precision


def set_float32_matmul_precision(precision: str) -> None:
    """Noted, without effect: products of float32 matrices are computed in float32.

    Raises:
        RuntimeError: for anything but "highest", "high" and "medium".
    """
    global _precision
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(
            f"float32 matmul precision must be highest, high or medium, but got {precision}"
        )
    _precision = precision


_threads = 0


def get_num_threads() -> int:
    """What `set_num_threads` was given; the number of processors at first."""
    return _threads or os.cpu_count() or 1


def set_num_threads(number: int) -> None:
    """Noted, without effect: NumPy's threads are set before it starts (OPENBLAS_NUM_THREADS).

    Raises:
        RuntimeError: for a number that is not positive.
    """
    global _threads
    if number <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _threads = number
