"""Switches for recording: `no_grad`, `enable_grad`, `set_grad_enabled`, `inference_mode`.

Each is a context manager and a decorator; each puts back, on leaving, what it found on
entering.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from threading import get_ident
from types import TracebackType
from typing import Any, TypeVar

from minigrad.naming import Shown, pytorch_name
from minigrad.node import mode, unusual

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


def _record(value: Any) -> None:
    mode.recording = value
    if value is True:
        unusual.discard(get_ident())
    else:
        unusual.add(get_ident())


class _Switch(Shown):
    """Sets the mode on entering, and back on leaving."""

    __slots__ = ("_before", "_recording")

    def __init__(self, recording: bool) -> None:
        self._recording = recording
        # What held before, and before that: one switch may be entered within itself.
        self._before: Any = None

    def __enter__(self) -> None:
        self._before = (mode.recording, self._before)
        _record(self._recording and mode.when_on)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        recording, self._before = self._before
        _record(recording)

    def __call__(self, function: AnyFunction) -> AnyFunction:
        """Decorate a function: it runs with this switch set."""
        recording = self._recording

        @functools.wraps(function)
        def switched(*arguments: Any, **named: Any) -> Any:
            with _Switch(recording):
                return function(*arguments, **named)

        return switched  # type: ignore[return-value]


class no_grad(_Switch):
    """Do not record: results have requires_grad=False, whatever the inputs have.

    For update steps (`with no_grad(): w -= 0.1 * w.grad`) and where only values matter.
    """

    __slots__ = ()

    def __init__(self) -> None:
        self._recording = False
        self._before = None

    def __new__(cls, function: Any = None) -> Any:
        # `@no_grad` without parentheses means the same as `@no_grad()`.
        return object.__new__(cls) if function is None else cls()(function)


class enable_grad(no_grad):
    """Record, also inside `no_grad`."""

    __slots__ = ()

    def __init__(self) -> None:
        self._recording = True
        self._before = None


class set_grad_enabled(_Switch):
    """Record or not, from this line on, or for a `with` block, or in a decorated function."""

    __slots__ = ()

    def __init__(self, mode_: bool) -> None:
        super().__init__(bool(mode_))
        self._before = (mode.recording, None)
        _record(self._recording and mode.when_on)

    def __repr__(self) -> str:
        return f"{pytorch_name(type(self))}(mode={self._recording})"

    def __enter__(self) -> None:
        # The call itself has switched already, and noted what there was before.
        _record(self._recording and mode.when_on)

    def __call__(self, function: AnyFunction) -> AnyFunction:
        recording, self._before = self._before
        _record(recording)
        return super().__call__(function)


class inference_mode(Shown):
    """Like `no_grad`, for code in which no gradient will ever be asked for."""

    __slots__ = ("_before", "_mode")

    def __new__(cls, mode: Any = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self._mode = mode
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._before.append((mode.recording, mode.inference))
        _record(not self._mode and mode.recording)
        mode.inference = self._mode

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        recording, mode.inference = self._before.pop()
        _record(recording)

    def __call__(self, function: AnyFunction) -> AnyFunction:
        """Decorate a function: it runs within this mode."""

        @functools.wraps(function)
        def switched(*arguments: Any, **named: Any) -> Any:
            with inference_mode(self._mode):
                return function(*arguments, **named)

        return switched  # type: ignore[return-value]


class watching:
    """While this holds, show each node that is recorded to a function.

    Args:
        function: called with the node.
        alone: those who watch from outside do not see what it is shown (nor its like).
    """

    __slots__ = ("_before", "_function", "alone")

    def __init__(self, function: Callable[[Any], None], alone: bool = False) -> None:
        self._function = function
        self.alone = alone
        self._before: Any = None

    def __enter__(self) -> None:
        self._before = (mode.recording, mode.when_on)
        outer = mode.when_on
        while self.alone and getattr(outer, "alone", False):
            outer = outer.outer

        def show(node: Any) -> None:
            if outer is not True:
                outer(node)
            self._function(node)

        show.alone, show.outer = self.alone, outer  # type: ignore[attr-defined]

        mode.when_on = show
        _record(mode.recording and show)

    def __exit__(self, *details: object) -> None:
        recording, mode.when_on = self._before
        _record(recording)


def is_grad_enabled() -> bool:
    """Whether operations are recorded just now, in this thread."""
    return bool(mode.recording)


def is_inference_mode_enabled() -> bool:
    """Whether this is inside `inference_mode`."""
    return mode.inference
