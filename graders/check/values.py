"""What a student's function takes and gives back, as NumPy arrays.

The functions under check may be plain Python, NumPy, or written for Tensors, and may live in
another process from which only values come back. So nothing here asks what class a value is
of; it asks what the value can do, and every refusal is a sentence that says what to do.
"""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

RTOL_BY_HAND = 5e-3  # three digits: 1.91 is as right as one can be about 1.9149 with three

_PACKAGE = str(Path(__file__).parents[1])  # the judge, if there is one, is in it too


class Problem(Exception):
    """A sentence for the student on why an answer could not be compared at all."""


def name_of(function: Any, otherwise: str) -> str:
    """The name that a student gave to `function`; `otherwise` for lambdas and the nameless."""
    name = getattr(function, "__name__", None)
    return name if type(name) is str and name.isidentifier() else otherwise


def as_array(value: Any, source: str) -> np.ndarray:
    """`value` as an array of numbers, its dtype kept; `source` is named when it is not one.

    Raises:
        Problem: None, text, True and False, ragged lists, whatever is not numbers.
    """
    if value is None:
        raise Problem(f"{source} is None: a function needs `return` to give back a value")
    if unanswered(value):
        raise Problem(f"{source} is still `...`: replace it with your answer")
    array = _to_numpy(value, source)
    if array.dtype.kind in "iufc":
        return array
    if array.dtype.kind == "b":
        raise Problem(f"{source} is True or False where a number is asked")
    if array.dtype.kind in "US":
        raise Problem(f"{source} is text: remove the quotation marks, or convert with float()")
    raise Problem(f"{source} is not a number or an array of numbers: {_brief(value)}")


def _to_numpy(value: Any, source: str) -> np.ndarray:
    # A Tensor that records its history refuses to become an array until it is detached.
    for convert in (np.asarray, lambda v: np.asarray(v.detach()), _list_to_numpy):
        try:
            array = convert(value)
        except Exception:  # the value may be of any class, with any error
            continue
        if array.dtype.kind != "O":
            return array
    raise Problem(f"{source} is not a number or an array of numbers: {_brief(value)}")


def _list_to_numpy(value: Any) -> np.ndarray:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    return np.stack([_to_numpy(item, "") for item in value])


def unanswered(value: Any) -> bool:
    """Whether the placeholder `...` is in it. By identity: arrays have their own equality."""
    if isinstance(value, (list, tuple)):
        return any(unanswered(item) for item in value)
    return value is Ellipsis


def _brief(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "a list whose parts have different lengths or kinds"
    if isinstance(value, dict):
        return "a dictionary"
    try:
        text = repr(value)
    except Exception:
        text = "something that cannot be printed"
    return text if len(text) <= 60 else text[:57] + "..."


def as_float_array(value: Any, source: str) -> np.ndarray:
    """`value` as a float64 array: where to probe, or the numbers claimed.

    Whole numbers are turned into floats: a derivative at 5 is a derivative at 5.0.

    Raises:
        Problem: as `as_array`, and for complex or non-finite numbers.
    """
    array = as_array(value, source)
    if array.dtype.kind == "c":
        raise Problem(f"{source} is complex where a real number is asked")
    return array.astype(np.float64)


class Probed:
    """A function under check, called with float64 arrays whatever it was written for.

    Arguments are handed over as the function likes them: 0-d arrays as Python floats, others as
    arrays, and all as Tensors where `like` holds Tensors or where plain numbers are refused.
    """

    def __init__(self, function: Callable[..., Any], name: str, like: Sequence[Any] = ()):
        self.function = function
        self.name = name
        self._tensor = next(filter(None, map(_tensor_maker, like)), None)
        self._settled = self._tensor is not None

    @property
    def takes_tensors(self) -> bool:
        return self._tensor is not None

    def __call__(self, *arguments: np.ndarray) -> np.ndarray:
        """The function's value, its dtype kept.

        Raises:
            Problem: the function raised (its exception is the cause) or gave no numbers.
        """
        return as_array(self.raw(*arguments), f"what {self.name} returned")

    def raw(self, *arguments: np.ndarray) -> Any:
        """As a call, but what came back is left as it is."""
        try:
            return self._attempt(arguments)
        except NotImplementedError as error:
            raise Problem(f"{_unwritten(error) or self.name} is not written yet") from error
        except Exception as error:
            where = ", ".join(show(a) for a in arguments)
            said = f"{type(error).__name__}: {error}".rstrip(": ")
            raise Problem(f"{self.name}({where}) raised {said}") from error

    def _attempt(self, arguments: Sequence[np.ndarray]) -> Any:
        try:
            value = self.function(*map(self._present, arguments))
        except (TypeError, AttributeError):
            maker = _loaded_tensor_maker()
            if self._settled or maker is None:
                raise
            self._tensor, self._settled = maker, True
            try:
                return self.function(*map(self._present, arguments))
            except Exception:
                self._tensor = None
            raise
        self._settled = True
        return value

    def _present(self, argument: np.ndarray) -> Any:
        if self._tensor is not None:
            return self._tensor(argument)
        if argument.ndim == 0:
            return argument.item()
        return argument.copy()  # a function that writes in its input must not move our points


def _unwritten(error: NotImplementedError) -> str | None:
    """The function that says so itself; a check may have reached it through others."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    code = frames[-1].f_code
    named = code.co_name.isidentifier() and not code.co_filename.startswith(_PACKAGE)
    return code.co_name if named else None


def _tensor_maker(example: Any) -> Callable[[np.ndarray], Any] | None:
    if not hasattr(example, "requires_grad"):
        return None
    package = sys.modules[type(example).__module__.partition(".")[0]]
    return lambda array: package.tensor(array, dtype=package.float64)


def _loaded_tensor_maker() -> Callable[[np.ndarray], Any] | None:
    package = sys.modules.get("minigrad")
    if not hasattr(package, "tensor"):
        return None
    return lambda array: package.tensor(array, dtype=package.float64)


def show(value: Any) -> str:
    """A number or small array in few digits, on one line."""
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{array.item():.6g}"
    text = np.array2string(array, precision=4, separator=", ", threshold=8)
    return " ".join(text.split())


def quietly() -> warnings.catch_warnings:
    """A context in which probing outside a function's domain warns nobody."""
    return warnings.catch_warnings(action="ignore")
