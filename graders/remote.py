"""The student's objects as the judge sees them: by copy where plain, else by handle.

What an attacker in the guest can do, and what stops it:

- *Send anything.* `wire` reads it; whatever is not a frame ends the guest.
- *Answer with an object instead of a value*, one that equals everything or whose difference
  from everything is zero. A handle never takes part in a comparison or in arithmetic with the
  test's own values, unless the instructor's own solution defines a class of that name: then the
  exercise is about such objects. Nor does it say what is in it (`4 in answer`): what it yields
  is looked through here. A number of a derived class arrives as the number; a list or
  dictionary of a derived class is compared as what is in it; tables and tensors are copied into
  the judge's own pandas and minigrad.
- *Offer raw memory* through NumPy's array interface: no special name is forwarded that a
  library in the judge would trust.
- *Raise an exception that the judge obeys* (StopIteration to cut a loop of checks short,
  SystemExit): the first arrives as RuntimeError, the second ends the question like any other.
- *Claim a class.* `isinstance` believes it, as Python does for a mock. The values behind it are
  still only the student's values.
- *Never answer, or answer for ever*: every wait ends with the question's time.
- *Call back* the functions that the test passed in, and no others, with values. They run in the
  judge; nothing else of the judge can be named from there.

What a test compares with what must therefore be values: a test that asks a student's object for
a verdict (`assert answer.is_right()`) gets the verdict it asked for.
"""

from __future__ import annotations

import builtins
import inspect
import operator
import random
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from graders.sandbox import tables, tensors, wire
from graders.sandbox.references import (
    CALLBACK,
    CLASS,
    HANDLE,
    INSTANCE,
    ITERATOR,
    LIBRARY,
    MAIN,
    MODULE,
    OBJECT,
    TENSOR,
)

GRACE_SECONDS = 1.0  # how long a guest that was told to stop may take to say so
CALLBACK_DEPTH = 40
PRINTED_MESSAGES = 10_000
# Special names that may be asked of a student's object by attribute. Any other one could make a
# library in the judge believe in a protocol (`__array_interface__` is an address in memory).
_OPEN_NAMES = frozenset(
    f"__{name}__"
    for name in (
        *("name", "qualname", "dict", "annotations", "code", "defaults", "kwdefaults"),
        *("self", "func", "bases", "mro"),
    )
)
_TYPES = {
    "function": types.FunctionType,
    "builtin_function_or_method": types.BuiltinFunctionType,
    "method": types.MethodType,
    "generator": types.GeneratorType,
    "module": types.ModuleType,
}


class OutOfTime(BaseException):
    """The question's time is over; not an Exception, so that no test cell keeps it."""


class Broken(BaseException):
    """The guest is gone or talks nonsense; `kind` says which ("timeout", "crashed")."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class CannotCross(TypeError):
    """A test cell passes something to the student's code that cannot go there."""


class WrongKind(TypeError):
    """A test cell computes with an object of the student's that is no value."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the instructor's notebook says about names.

    `given`: the functions and classes of the given cells, which judge and student both have.
    `classes`: those that the instructor's solution or given cells define, whose objects may
    take part in arithmetic.
    """

    given: dict[str, Any]
    classes: frozenset[str] = frozenset()


class Student:
    """The judge's end of the connection to one guest."""

    def __init__(self, channel: wire.Channel, trust: Trust, value_bytes: int) -> None:
        self._channel = channel
        self._trust = trust
        self._value_bytes = value_bytes
        self._handles: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self._callbacks: list[Callable[..., Any]] = []
        self._callback_numbers: dict[int, int] = {}
        self._exceptions: dict[tuple[str, ...], type[BaseException]] = {}
        self._depth = 0
        self._messages = 0
        self.deadline = time.monotonic()
        self._tensors = tensors.SharedTensors(-1)
        self._names: dict[str, Any] = {}
        self._seeded = ""
        self.follow_seed = False
        self.talking = False
        self.broken: str | None = None

    def begin(self, files: dict[str, bytes]) -> None:
        """Tell the guest what the notebook is about."""
        self.deadline = time.monotonic() + 10
        classes = sorted(self._trust.classes)
        self._tell(["begin", 0.0, classes, [list(item) for item in files.items()]])

    def cell(self, source: str, seconds: float, *, keep: bool = True) -> Any:
        """Run a code cell; what it printed, showed and raised, as the guest tells it."""
        self.deadline = time.monotonic() + seconds
        return self._tell(["cell", seconds, source, keep])

    def _tell(self, request: list[Any], encoder: wire.Encoder | None = None) -> Any:
        """A request that no honest guest answers with an exception."""
        try:
            return self._exchange(request, encoder)
        except (Exception, SystemExit, OutOfTime):
            raise self._break("crashed") from None

    def start_question(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self._messages = 0

    def look_up(self, name: str) -> Any:
        """The value of a global of the notebook; NameError if there is none."""
        value = self._names.get(name)
        if value is None:
            value = self._ask("name", name)
            if is_handle(value):  # the guest says when the name means something else
                self._names[name] = value
        return value

    def operate(self, verb: str, *operands: Any) -> Any:
        """Have something done to the student's objects."""
        self._push_tensors()
        try:
            return self._ask(verb, *operands)
        finally:
            self._pull_tensors()

    def _push_tensors(self) -> None:
        """Tell the guest what the test did to the tensors that both hold."""
        if self._tensors and not self.broken:
            changes = self._tensors.changes()
            if changes:
                self._ask("tensor_update", changes)

    def _pull_tensors(self) -> None:
        """Learn from the guest what the student did to them."""
        if not self._tensors or self.broken:
            return
        changes = self._ask("tensor_changes")
        try:
            for number, values, gradient in changes:
                self._take_over(number, values, gradient)
        except (TypeError, ValueError, KeyError, RuntimeError, wire.WireError):
            raise self._break("crashed") from None

    def _take_over(self, number: Any, values: Any, gradient: Any) -> None:
        tensor = self._tensors[number]
        for array in (values, gradient):
            if array is not None and type(array) is not np.ndarray:
                raise wire.WireError("not a tensor's values")
        if values is None or values.dtype != tensor.detach().numpy().dtype:
            raise wire.WireError("not a tensor's values")
        self._tensors.update(number, values, gradient)

    def _ask(self, verb: str, *operands: Any) -> Any:
        encoder = wire.Encoder(self._refer, self._value_bytes)
        try:
            encoded = [encoder.encode(operand) for operand in operands]
        except wire.NotPlain as reason:
            raise CannotCross(
                f"a value cannot be passed to the student's code: {reason}"
            ) from None
        if verb == "call" and self.follow_seed:
            self._send_seed()
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return self._exchange([verb, left, *encoded], encoder)

    def _send_seed(self) -> None:
        """Where a test seeds its generators, the student's start from there too.

        Only in this direction: a student never decides what the judge draws.
        """
        course = sys.modules.get("minigrad.random")
        states = [
            random.getstate(),
            np.random.get_state(legacy=True),  # noqa: NPY002 (tests seed it)
            np.asarray(course.get_rng_state()) if course else None,
        ]
        found = repr(states[0]) + str(states[1][1:]) + str(states[1][1].sum()) + repr(states[2])
        if found == self._seeded:
            return
        self._seeded = found
        encoder = wire.Encoder(self._refer, self._value_bytes)
        encoded = [encoder.encode(state) for state in states]
        self._tell(["random", 0.0, *encoded], encoder)

    def _exchange(self, request: list[Any], encoder: wire.Encoder | None = None) -> Any:
        if self.broken:
            raise Broken(self.broken)
        shared = encoder.mutables if encoder else []
        nested, self.talking = self.talking, True
        try:
            self._channel.send(request, encoder.blobs if encoder else [], self._last_moment())
            while True:
                kind, value, printed, changes, blobs = self._receive()
                self._print(printed)
                if kind != "callback":
                    break
                self._call_back(value, blobs)
            decoder = wire.Decoder(self._resolve, blobs, shared)
            result = decoder.decode(value)
            self._apply(changes, shared, decoder)
            if kind == "raise":
                result = self._exception(result)
        except wire.Late:
            raise self._break("timeout") from None
        except wire.WireError:
            raise self._break("crashed") from None
        finally:
            self.talking = nested
        if kind == "ok":
            return result
        if kind == "late":
            raise OutOfTime
        if kind == "stop":
            raise StopIteration
        raise result

    def _receive(self) -> tuple[str, Any, Any, Any, list[bytearray]]:
        frame, blobs = self._channel.receive(self._last_moment())
        if type(frame) is not list or len(frame) != 5:
            raise wire.WireError("not a reply")
        kind, value, printed, changes, rebound = frame
        if kind not in ("ok", "raise", "late", "stop", "callback") or type(printed) is not list:
            raise wire.WireError("not a reply")
        if type(changes) is not list or type(rebound) is not list:
            raise wire.WireError("not a reply")
        for name in rebound:
            self._names.pop(str(name), None)
        return kind, value, printed, changes, blobs

    def _last_moment(self) -> float:
        return max(self.deadline, time.monotonic()) + GRACE_SECONDS

    def _break(self, kind: str) -> Broken:
        self.broken = kind
        return Broken(kind)

    def _print(self, printed: list[Any]) -> None:
        for part in printed:
            if type(part) is not list or [type(text) for text in part] != [str, str]:
                raise wire.WireError("not a text")
            self._messages += 1
            if self._messages <= PRINTED_MESSAGES:
                stream = sys.stderr if part[0] == "stderr" else sys.stdout
                stream.write(part[1])

    def _apply(self, changes: list[Any], shared: list[Any], decoder: wire.Decoder) -> None:
        """Bring the test's own lists, dictionaries and arrays up to what the student made."""
        for change in changes:
            if type(change) is not list or len(change) != 2 or type(change[0]) is not int:
                raise wire.WireError("not a change")
            number, contents = change
            if not 0 <= number < len(shared):
                raise wire.WireError("not a change")
            target, new = shared[number], decoder.decode(contents)
            if type(new) is not type(target):
                raise wire.WireError("not a change")
            if isinstance(target, np.ndarray):
                if new.shape == target.shape and new.dtype == target.dtype:
                    target[...] = new
            elif isinstance(target, (list, bytearray)):
                target[:] = new
            else:
                target.clear()
                target.update(new)

    def _call_back(self, value: Any, blobs: list[bytearray]) -> None:
        """Run a function that the test passed in, on behalf of the student."""
        if type(value) is not list or len(value) != 2:
            raise wire.WireError("not a call")
        number, arguments = value
        function = self._callback(number)
        encoder = wire.Encoder(self._refer, self._value_bytes)
        call = wire.Decoder(self._resolve, blobs).decode(arguments)
        if type(call) is not tuple or len(call) != 2:
            raise wire.WireError("not a call")
        positional, named = call
        if type(positional) is not tuple or type(named) is not dict:
            raise wire.WireError("not a call")
        if self._depth >= CALLBACK_DEPTH:
            outcome: Any = ("RecursionError", "functions call each other too deeply")
            kind = "raised"
        else:
            kind, outcome = self._run_callback(function, positional, named)
        try:
            encoded = encoder.encode(outcome)
        except wire.NotPlain as reason:
            kind, encoded = "raised", encoder.encode(("TypeError", str(reason)))
        left = self.deadline - time.monotonic()
        self._channel.send([kind, left, encoded], encoder.blobs, self._last_moment())

    def _callback(self, number: Any) -> Callable[..., Any]:
        if type(number) is not int or not 0 <= number < len(self._callbacks):
            raise wire.WireError("no such function")
        return self._callbacks[number]

    def _run_callback(
        self, function: Callable[..., Any], positional: tuple, named: dict
    ) -> tuple[str, Any]:
        self._depth += 1
        self.talking = False
        try:
            self._pull_tensors()
            value = function(*positional, **named)
            self._push_tensors()
            return "returned", value
        except Exception as error:
            return "raised", (_builtin_base(type(error)).__name__, str(error))
        finally:
            self.talking = True
            self._depth -= 1

    def _refer(self, value: Any, encoder: wire.Encoder) -> Any:
        """What stands for a value of the judge's that is not plain."""
        if is_handle(value):
            return [OBJECT, _record(value).number]
        kind = type(value)
        for base in (str, int, float, complex, bytes, list, tuple, dict, set, frozenset):
            if issubclass(kind, base):
                return encoder.encode(base(value))
        if isinstance(value, types.ModuleType):
            return [MODULE, value.__name__]
        name = getattr(value, "__qualname__", getattr(value, "__name__", None))
        if isinstance(name, str) and callable(value):
            return self._refer_function(value, name)
        if isinstance(value, Iterator):
            return [ITERATOR, self._register(value.__next__)]
        if self._trust.given.get(kind.__name__) is kind and hasattr(value, "__dict__"):
            encoder.keep(value)
            return [INSTANCE, kind.__name__, encoder.encode(vars(value))]
        if tensors.is_tensor(value):
            return self._refer_tensor(value, encoder)
        table = tables.write(value, encoder)
        if table is not None:
            return table
        if callable(value):
            return [CALLBACK, self._register(value), kind.__name__]
        raise wire.NotPlain(
            f"an object of class {kind.__name__!r} does not cross; pass plain values or a "
            "function, or tag the test cell 'in-student-process'"
        )

    def _refer_tensor(self, tensor: Any, encoder: wire.Encoder) -> list[Any]:
        number = self._tensors.number(tensor)
        if number is not None:
            return [TENSOR, number, None, False, -1]
        number = self._tensors.share(tensor)
        hook = -1
        if not tensor.is_leaf:
            hook = self._register(lambda cotangent: self._tensors.backward(number, cotangent))
        values = encoder.encode(tensors.values_of(tensor))
        return [TENSOR, number, values, tensor.requires_grad, hook]

    def _receive_tensor(self, parts: list[Any], decoder: wire.Decoder) -> Any:
        """A tensor of the judge's own, made of the student's numbers."""
        number, values, slope, requires_grad, is_leaf = parts
        found = decoder.decode(values)
        gradient = None if slope is None else decoder.decode(slope)
        kinds = [type(part) for part in (number, found, requires_grad, is_leaf)]
        if kinds != [int, np.ndarray, bool, bool]:
            raise wire.WireError("not a tensor")
        if number in self._tensors:
            return self._tensors[number]
        go_on = None if is_leaf else lambda g: self.operate("tensor_backward", number, g)
        try:
            if not number:
                return tensors.plain(found)
            tensor = self._tensors.receive(number, found, requires_grad, go_on)
            if gradient is not None:
                self._take_over(number, found, gradient)
            return tensor
        except (TypeError, ValueError, RuntimeError, ImportError):
            raise wire.WireError("not a tensor") from None

    def _refer_function(self, value: Any, name: str) -> list[Any]:
        if isinstance(value, np.ufunc) and getattr(np, name, None) is value:
            return [LIBRARY, "numpy", name]
        if self._trust.given.get(name) is value:
            return [MAIN, name]
        if _from_library(value):
            return [LIBRARY, value.__module__, name]
        return [CALLBACK, self._register(value), name.rpartition(".")[2]]

    def _register(self, function: Callable[..., Any]) -> int:
        number = self._callback_numbers.get(id(function))
        if number is None:
            number = self._callback_numbers[id(function)] = len(self._callbacks)
            self._callbacks.append(function)  # kept, so the id stays its own
        return number

    def _resolve(self, tag: int, parts: list[Any], decoder: wire.Decoder) -> Any:
        """What the guest's references mean here."""
        if tag == CALLBACK and len(parts) == 1:
            return self._callback(parts[0])
        if tag in tables.TAGS:
            return tables.read(tag, parts, decoder)
        if tag == TENSOR and len(parts) == 5:
            return self._receive_tensor(parts, decoder)
        if tag == CLASS and len(parts) == 3:
            module, name, handle = parts
            if type(module) is str and type(name) is str:
                known = self._known_class(module, name)
                return decoder.decode(handle) if known is None else known
        if tag != HANDLE or [type(part) for part in parts] != [int, bool, list, list]:
            raise wire.WireError("not a reference")
        return self._handle(*parts)

    def _handle(
        self, number: int, is_callable: bool, bases: list[Any], lineage: list[Any]
    ) -> Any:
        if lineage:
            return self._stand_in(lineage)
        handle = self._handles.get(number)
        if handle is None:
            if not bases or not all(
                type(b) is list and [type(text) for text in b] == [str, str] for b in bases
            ):
                raise wire.WireError("not a class")
            claimed = tuple((module[:200], name[:200]) for module, name in bases[:20])
            record = Record(self, number, claimed)
            handle = handle_class(record.name, is_callable)(record)
            self._handles[number] = handle
        return handle

    def _exception(self, description: Any) -> BaseException:
        """A student's exception: of the built-in class it claims, with its text."""
        if type(description) is not list or len(description) != 4:
            raise wire.WireError("not an exception")
        lineage, text, arguments, lines = description
        if type(arguments) is not list:
            raise wire.WireError("not an exception")
        kind = self._stand_in(lineage)
        if issubclass(kind, (StopIteration, StopAsyncIteration, GeneratorExit)):
            text = f"the student's code raised {kind.__name__}"
            kind, arguments = RuntimeError, [text]
        elif not issubclass(kind, (Exception, SystemExit)):
            kind = Exception
        try:
            error = kind(*arguments)
        except Exception:
            error = Exception(str(text))
        error.__dict__["_student_lines"] = str(lines)
        return error

    def _stand_in(self, lineage: Any) -> type[BaseException]:
        """The class here for a student's exception class: its names, down to a built-in one."""
        if type(lineage) is not list or not all(type(name) is str for name in lineage):
            raise wire.WireError("not an exception")
        if not 1 <= len(lineage) <= 20:
            raise wire.WireError("not an exception")
        kind = getattr(builtins, lineage[-1], None)
        if not isinstance(kind, type) or not issubclass(kind, BaseException):
            raise wire.WireError("not an exception")
        for start in range(len(lineage) - 2, -1, -1):
            key = tuple(lineage[start:])
            if key not in self._exceptions:
                self._exceptions[key] = type(key[0][:200], (kind,), {"__module__": "student"})
            kind = self._exceptions[key]
        return kind

    def may_compute(self, record: Record) -> bool:
        """Whether an object may take part in arithmetic; see the top of the file."""
        return self._depth > 0 or record.name in self._trust.classes

    def known_class(self, record: Record) -> type | None:
        """The first class of the judge's own among those which the object's class claims."""
        for module, name in record.bases:
            found = self._known_class(module, name)
            if found is not None:
                return found
        return None

    def _known_class(self, module: str, name: str) -> type | None:
        found: Any = None
        if module == "__main__":
            found = self._trust.given.get(name)
        elif module == "builtins" and name in _TYPES:
            found = _TYPES[name]
        elif module.partition(".")[0] != "graders":
            found = sys.modules.get(module)
            for part in name.split("."):
                found = vars(found).get(part) if hasattr(found, "__dict__") else None
        return found if isinstance(found, type) else None


def _from_library(value: Any) -> bool:
    """Whether `value` is what its module and name say, in a module that students have too."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or module.partition(".")[0] in ("graders", "__main__"):
        return False
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is not None and found is value


def _builtin_base(kind: type[BaseException]) -> type[BaseException]:
    return next(base for base in kind.__mro__ if base.__module__ == "builtins")


@dataclass(frozen=True, slots=True)
class Record:
    """What a handle stands for; kept apart so that every other name is the student's."""

    student: Student
    number: int
    bases: tuple[
        tuple[str, str], ...
    ]  # module and name of the class and of what it derives from

    @property
    def module(self) -> str:
        return self.bases[0][0]

    @property
    def name(self) -> str:
        return self.bases[0][1]


def _record(handle: Any) -> Record:
    return object.__getattribute__(handle, "_graders")


def _ask(handle: Any, verb: str, *operands: Any) -> Any:
    return _record(handle).student.operate(verb, handle, *operands)


def _computes(*values: Any) -> Any:
    """The student that these operands may meet at; WrongKind if one may not compute."""
    for value in values:
        if is_handle(value):
            record = _record(value)
            if not record.student.may_compute(record):
                raise WrongKind(
                    f"a value was expected here, and the student's code gave an object of its "
                    f"own class {record.name!r}"
                )
    return next(_record(v).student for v in values if is_handle(v))


def is_handle(value: Any) -> bool:
    """Whether `value` is a handle (its `__class__` says something else)."""
    return issubclass(type(value), Handle)


def _binary(verb: str) -> Callable[[Any, Any], Any]:
    def forward(self: Any, other: Any) -> Any:
        return _computes(self, other).operate(verb, self, other)

    return forward


def _reflected(verb: str) -> Callable[[Any, Any], Any]:
    def backward(self: Any, other: Any) -> Any:
        return _computes(self, other).operate(verb, other, self)

    return backward


def _unary(verb: str) -> Callable[[Any], Any]:
    def forward(self: Any) -> Any:
        return _computes(self).operate(verb, self)

    return forward


def _comparison(verb: str) -> Callable[[Any, Any], Any]:
    """Of what both sides are underneath, decided here; else of two student objects."""
    here = getattr(operator, verb)

    def compare(self: Any, other: Any) -> Any:
        if other is None or other is self:
            return {"eq": other is self, "ne": other is not self}.get(verb, NotImplemented)
        record = _record(self)
        if record.name not in record.student._trust.classes:
            plain = _ask(self, "plain")
            if not is_handle(plain):
                return here(plain, other)
        if is_handle(other) and not (
            record.student.may_compute(record) and record.student.may_compute(_record(other))
        ):
            return {"eq": False, "ne": True}.get(verb, NotImplemented)
        return _computes(self, other).operate(verb, self, other)

    return compare


class Handle:
    """An object that stays in the student's process; whatever is done to it is done there."""

    __slots__ = ("__weakref__", "_graders")

    def __init__(self, record: Record) -> None:
        object.__setattr__(self, "_graders", record)

    @property
    def __class__(self) -> type:
        record = _record(self)
        return record.student.known_class(record) or type(self)

    @property
    def __doc__(self) -> Any:
        return _ask(self, "getattr", "__doc__")

    @property
    def __signature__(self) -> inspect.Signature:
        parameters = [
            inspect.Parameter(
                name,
                inspect._ParameterKind(kind),
                default=default if given else inspect.Parameter.empty,
            )
            for name, kind, given, default in _ask(self, "signature")
        ]
        return inspect.Signature(parameters)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in _OPEN_NAMES:
            raise AttributeError(f"{name} of a student's object is not available to a test")
        return _ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        _ask(self, "delattr", name)

    def __repr__(self) -> str:
        return self._text("repr")

    def __str__(self) -> str:
        return self._text("str")

    def __format__(self, specification: str) -> str:
        return str(_ask(self, "format", specification))

    def _text(self, verb: str) -> str:
        text = _ask(self, verb)
        if type(text) is not str:
            raise TypeError(f"__{verb}__ returned non-string")
        return text

    def __hash__(self) -> int:
        record = _record(self)
        if record.name in record.student._trust.classes:
            return hash(_ask(self, "hash"))
        return hash((id(record.student), record.number))

    def __bool__(self) -> bool:
        return bool(_ask(self, "bool"))

    def __len__(self) -> int:
        return _ask(self, "len")

    def __iter__(self) -> Iterator[Any]:
        return _Iteration(_ask(self, "iter"))

    def __next__(self) -> Any:
        return _ask(self, "next")

    def __reversed__(self) -> Iterator[Any]:
        return _Iteration(_ask(self, "reversed"))

    def __contains__(self, item: Any) -> bool:
        """Whether the item is among the values; a class that was asked for says so itself."""
        record = _record(self)
        if record.student.may_compute(record):
            return bool(_ask(self, "contains", item))
        plain = _ask(self, "plain")
        return item in (iter(self) if is_handle(plain) else plain)

    def __getitem__(self, key: Any) -> Any:
        return _ask(self, "getitem", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        _ask(self, "setitem", key, value)

    def __delitem__(self, key: Any) -> None:
        _ask(self, "delitem", key)

    def __enter__(self) -> Any:
        return _ask(self, "enter")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> Any:
        name = _builtin_base(kind).__name__ if kind else None
        return _ask(self, "exit", name, str(error))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = _ask(self, "array")
        if type(array) is not np.ndarray:
            raise WrongKind(f"an object of class {_record(self).name!r} is no array of numbers")
        return array if dtype is None else array.astype(dtype)

    def __int__(self) -> int:
        return _computes(self).operate("int", self)

    def __float__(self) -> float:
        return _computes(self).operate("float", self)

    def __complex__(self) -> complex:
        return _computes(self).operate("complex", self)

    def __index__(self) -> int:
        return _computes(self).operate("index", self)

    def __round__(self, digits: int | None = None) -> Any:
        return _computes(self).operate("round", self, digits)

    def __divmod__(self, other: Any) -> Any:
        return _computes(self, other).operate("divmod", self, other)

    def __instancecheck__(self, instance: Any) -> bool:
        return bool(_ask_about(self, "isinstance", instance))

    def __subclasscheck__(self, kind: Any) -> bool:
        return bool(_ask_about(self, "issubclass", kind))

    def __dir__(self) -> list[str]:
        return _ask(self, "dir")

    def __copy__(self) -> Any:
        return _record(self).student.operate("copy", self)

    def __deepcopy__(self, memo: dict) -> Any:
        return _record(self).student.operate("deepcopy", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a student's object cannot be pickled")

    # An array on the left gives way: `array - handle` is one operation, not one an item.
    __array_priority__ = 1000.0

    __eq__ = _comparison("eq")
    __ne__ = _comparison("ne")
    __lt__ = _comparison("lt")
    __le__ = _comparison("le")
    __gt__ = _comparison("gt")
    __ge__ = _comparison("ge")
    __neg__, __pos__, __abs__ = _unary("neg"), _unary("pos"), _unary("abs")
    __invert__ = _unary("invert")
    __add__, __radd__ = _binary("add"), _reflected("add")
    __sub__, __rsub__ = _binary("sub"), _reflected("sub")
    __mul__, __rmul__ = _binary("mul"), _reflected("mul")
    __truediv__, __rtruediv__ = _binary("truediv"), _reflected("truediv")
    __floordiv__, __rfloordiv__ = _binary("floordiv"), _reflected("floordiv")
    __mod__, __rmod__ = _binary("mod"), _reflected("mod")
    __pow__, __rpow__ = _binary("pow"), _reflected("pow")
    __matmul__, __rmatmul__ = _binary("matmul"), _reflected("matmul")
    __lshift__, __rlshift__ = _binary("lshift"), _reflected("lshift")
    __rshift__, __rrshift__ = _binary("rshift"), _reflected("rshift")
    __and__, __rand__ = _binary("and_"), _reflected("and_")
    __or__, __ror__ = _binary("or_"), _reflected("or_")
    __xor__, __rxor__ = _binary("xor"), _reflected("xor")
    __iadd__, __isub__, __imul__ = _binary("iadd"), _binary("isub"), _binary("imul")
    __itruediv__, __ifloordiv__ = _binary("itruediv"), _binary("ifloordiv")
    __imod__, __ipow__, __imatmul__ = _binary("imod"), _binary("ipow"), _binary("imatmul")
    __iand__, __ior__, __ixor__ = _binary("iand"), _binary("ior"), _binary("ixor")


def _ask_about(handle: Any, verb: str, subject: Any) -> Any:
    return _record(handle).student.operate(verb, subject, handle)


def _call(self: Any, *positional: Any, **named: Any) -> Any:
    return _ask(self, "call", positional, named)


@lru_cache(maxsize=1000)
def handle_class(name: str, is_callable: bool) -> type[Handle]:
    """A class of handles that is called as the student's class is."""
    content: dict[str, Any] = {"__slots__": (), "__module__": "student"}
    content["__doc__"] = Handle.__dict__["__doc__"]
    if is_callable:
        content["__call__"] = _call
    return type(name.replace("\0", ""), (Handle,), content)


class _Iteration:
    """A student's iterator; what it yields comes over one by one."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._source)
