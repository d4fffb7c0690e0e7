"""The student's side: runs cells, and answers the judge's questions about what they defined.

Everything here shares a process with the student's code and may have been tampered with by it.
That is allowed for: what this side says is never believed to be more than the student's values.
The code below is written for honest students, to lose nothing of what they answered.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import importlib
import inspect
import operator
import os
import random
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graders.sandbox import root, shell, tables, tensors, wire
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

TEXT_BYTES = 20_000
_ABSENT = object()
_SCALARS = (str, int, float, complex, bytes)
_CONTAINERS = (list, tuple, dict, set, frozenset, np.ndarray)


class TimeLimit(BaseException):
    """The student's code ran longer than it may; not an Exception, so `except` lets it pass."""


class _Clock:
    """Raises TimeLimit in the student's code, and only there, again and again until it ends."""

    def __init__(self) -> None:
        self._running = False

    def start(self, seconds: float) -> None:
        signal.signal(signal.SIGALRM, self._ring)
        self._running = True
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 0.25)

    def stop(self) -> None:
        self._running = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, *_: Any) -> None:
        if self._running:
            raise TimeLimit("the time limit is over")


def _call(function: Any, positional: tuple, named: dict) -> Any:
    return function(*positional, **named)


def _signature(value: Any) -> list[tuple]:
    """Name, kind and default of each parameter."""
    return [
        (
            p.name,
            int(p.kind),
            p.default is not p.empty,
            None if p.default is p.empty else p.default,
        )
        for p in inspect.signature(value).parameters.values()
    ]


def _leave(value: Any, name: str | None, text: str) -> Any:
    """Leave a `with` block; a judge's exception arrives as the built-in it derives from."""
    if name is None:
        return type(value).__exit__(value, None, None, None)
    error = getattr(builtins, name)(text)
    return type(value).__exit__(value, type(error), error, None)


def _plain(value: Any) -> Any:
    """What a value is underneath, for a comparison: only the built-in part counts."""
    for base in _CONTAINERS:
        if issubclass(type(value), base):
            if base is np.ndarray:
                return value.view(np.ndarray)
            return base(base.items(value) if base is dict else base.__iter__(value))
    return value


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "len": len,
    "iter": iter,
    "next": next,
    "reversed": reversed,
    "bool": bool,
    "str": str,
    "repr": repr,
    "format": format,
    "hash": hash,
    "int": int,
    "float": float,
    "complex": complex,
    "round": round,
    "divmod": divmod,
    "dir": dir,
    "array": np.asarray,
    "plain": _plain,
    "isinstance": isinstance,
    "issubclass": issubclass,
    "signature": _signature,
    "module": importlib.import_module,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "enter": lambda value: type(value).__enter__(value),
    "exit": _leave,
}
_OPERATORS = frozenset(
    [
        "lt",
        "le",
        "eq",
        "ne",
        "gt",
        "ge",
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "lshift",
        "rshift",
        "and_",
        "or_",
        "xor",
        "neg",
        "pos",
        "abs",
        "invert",
        "index",
        "getitem",
        "setitem",
        "delitem",
        "contains",
        "iadd",
        "isub",
        "imul",
        "itruediv",
        "ifloordiv",
        "imod",
        "ipow",
        "imatmul",
        "iand",
        "ior",
        "ixor",
        "ilshift",
        "irshift",
    ]
)


class Guest:
    """One submission's namespace, and the objects of it that the judge holds by number."""

    def __init__(
        self, channel: wire.Channel, session: shell.Shell, limits: dict[str, Any]
    ) -> None:
        self._channel = channel
        self._shell = session
        self._limits = limits
        self._clock = _Clock()
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._callback_numbers: dict[int, int] = {}
        self._classes: frozenset[str] = frozenset()
        self._tensors = tensors.SharedTensors(1)
        self._watched: dict[str, Any] = {}

    @property
    def _own_operations(self) -> dict[str, Callable[..., Any]]:
        return {
            "name": self._look_up,
            "bind": self._shell.user_ns.__setitem__,
            "unbind": self._unbind,
            "tensor_changes": self._tensors.changes,
            "tensor_update": lambda changes: (
                [self._tensors.update(*c) for c in changes] and None
            ),
            "tensor_backward": self._tensors.backward,
        }

    def serve(self) -> None:
        """Answer the judge until it hangs up."""
        # A child that the student forks must not answer in its parent's place.
        os.register_at_fork(after_in_child=self._channel.close)
        try:
            while True:
                self._answer(*self._channel.receive())
        except wire.Disconnected:
            return

    def _answer(self, request: list[Any], blobs: list[bytearray]) -> None:
        verb, seconds, *parts = request
        decoder = wire.Decoder(self._resolve, blobs)
        if verb == "cell":
            self._cell(seconds, *parts)
        elif verb == "begin":
            self._begin(*parts)
        elif verb == "random":
            self._seed(*(decoder.decode(part) for part in parts))
        elif verb in self._own_operations:
            self._perform(seconds, decoder, self._own_operations[verb], parts)
        else:
            self._perform(seconds, decoder, self._operation(verb), parts)

    def _begin(self, classes: list[str], files: list[list[Any]]) -> None:
        """Learn which classes are part of the exercise, and lay out the files it reads."""
        self._classes = frozenset(classes)
        for name, content in files:
            os.makedirs(os.path.dirname(os.path.join(root.HOME, name)), exist_ok=True)
            with open(os.path.join(root.HOME, name), "wb") as file:
                file.write(content)
        self._reply(["ok", None])

    def _seed(self, standard: Any, legacy: Any, course: Any) -> None:
        """Set the random generators to where the test has set its own."""
        with contextlib.suppress(Exception):  # who patched the generators keeps what they are
            random.setstate(standard)
            np.random.set_state(legacy)  # noqa: NPY002 (tests seed it)
            if course is not None and "minigrad" in sys.modules:
                sys.modules["minigrad"].random.set_rng_state(course)
        self._reply(["ok", None])

    def _look_up(self, name: str) -> Any:
        try:
            value = self._shell.user_ns[name]
        except KeyError:
            raise NameError(f"name {name!r} is not defined", name=name) from None
        self._watched[name] = value
        return value

    def _unbind(self, name: str) -> None:
        self._look_up(name)
        del self._shell.user_ns[name]

    def _rebound(self) -> list[str]:
        """The names that the judge has looked up and that mean something else by now."""
        space = self._shell.user_ns
        names = [n for n, old in self._watched.items() if space.get(n, _ABSENT) is not old]
        for name in names:
            del self._watched[name]
        return names

    def _operation(self, verb: str) -> Callable[..., Any]:
        return getattr(operator, verb) if verb in _OPERATORS else _OPERATIONS[verb]

    def _cell(self, seconds: float, source: str, store: bool) -> None:
        outputs = self._shell.outputs
        outputs.start(self._limits["output_bytes"])
        late, error = False, None
        try:
            self._clock.start(seconds)
            result = self._shell.run_cell(source, store_history=store)
            error = result.error_before_exec or result.error_in_exec
        except TimeLimit as limit:
            error = limit
        except BaseException as escaped:
            error = escaped
        finally:
            self._clock.stop()
        late = isinstance(error, TimeLimit)
        record = {
            "outputs": outputs.take(),
            "cut": outputs.cut,
            "count": self._shell.execution_count - 1,
            "late": late,
            "error": None if error is None else _describe(error),
        }
        self._reply_value(
            "ok", record, wire.Encoder(self._refer, self._limits["value_bytes"]), []
        )

    def _perform(
        self,
        seconds: float,
        decoder: wire.Decoder,
        action: Callable[..., Any],
        parts: list[Any],
    ) -> None:
        outputs = self._shell.outputs
        printed_before = outputs.listed
        outputs.start(self._limits["output_bytes"])
        shared: list[Any] = []
        before: list[Any] = []
        kind, value = "ok", None
        try:
            operands = [decoder.decode(part) for part in parts]
            shared = decoder.mutables
            before = [_snapshot(value) for value in shared]
            self._clock.start(seconds)
            value = action(*operands)
        except StopIteration as stop:
            kind, value = ("stop", None) if action is next else ("raise", _describe(stop))
        except TimeLimit:
            kind = "late"
        except BaseException as error:
            kind, value = "raise", _describe(error)
        finally:
            self._clock.stop()
        encoder = wire.Encoder(self._refer, self._limits["value_bytes"], shared)
        changed = [
            number
            for number, (value_, old) in enumerate(zip(shared, before, strict=True))
            if not _same(value_, old)
        ]
        self._reply_value(kind, value, encoder, changed)
        outputs.listed = printed_before

    def _reply_value(
        self, kind: str, value: Any, encoder: wire.Encoder, changed: list[int]
    ) -> None:
        printed = self._printed()
        try:
            encoded = encoder.encode(value)
        except wire.TooLarge:
            encoder = wire.Encoder(self._refer, self._limits["value_bytes"], encoder.mutables)
            encoded = self._refer(value, encoder)
        changes = []
        for number in changed:
            try:
                changes.append([number, encoder.contents(encoder.mutables[number])])
            except wire.NotPlain:
                continue
        try:
            rebound = self._rebound()
            self._channel.send([kind, encoded, printed, changes, rebound], encoder.blobs)
        except wire.TooLarge:
            self._channel.send([kind, self._refer(value, encoder), printed, [], rebound], [])

    def _reply(self, skeleton: list[Any]) -> None:
        self._channel.send([*skeleton, [], [], []], [])

    def _printed(self) -> list[list[str]]:
        """What was printed since the last message, for the judge to print in its place."""
        listed, self._shell.outputs.listed = self._shell.outputs.listed, []
        return [[o["name"], "".join(o["parts"])] for o in listed if "parts" in o]

    def _refer(self, value: Any, encoder: wire.Encoder) -> Any:
        """What crosses in place of a value that is not plain."""
        number = self._callback_numbers.get(id(value))
        if number is not None:
            return [CALLBACK, number]
        kind = type(value)
        name = _name_of(kind)
        if name not in self._classes:
            for base in _SCALARS:
                if issubclass(kind, base):  # what it is underneath counts, not what it says
                    return encoder.encode(base.__new__(base, _underneath(value, base)))
        if isinstance(value, type) and not _lineage(value):
            return [CLASS, *_module_and_name(value), self._handle(value)]
        if tensors.is_tensor(value):
            return self._tensor(value, encoder)
        return tables.write(value, encoder) or self._handle(value)

    def _tensor(self, value: Any, encoder: wire.Encoder) -> list[Any]:
        number = self._tensors.number(value)
        if number is None:
            number = self._tensors.share(value) if value.requires_grad else 0
        values = encoder.encode(tensors.values_of(value))
        gradient = value.grad if value.is_leaf else None
        slope = None if gradient is None else encoder.encode(tensors.values_of(gradient))
        return [TENSOR, number, values, slope, value.requires_grad, value.is_leaf]

    def _handle(self, value: Any) -> list[Any]:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        bases = [list(_module_and_name(base)) for base in type.mro(type(value))[:-1]]
        lineage = _lineage(value) if isinstance(value, type) else []
        return [
            HANDLE,
            number,
            callable(value),
            bases[:20] or [["builtins", "object"]],
            lineage,
        ]

    def _resolve(self, tag: int, parts: list[Any], decoder: wire.Decoder) -> Any:
        if tag == OBJECT:
            return self._objects[parts[0]]
        if tag == CALLBACK:
            return self._callback(*parts)
        if tag == ITERATOR:
            return _iterate(self._callback(parts[0], "next"))
        if tag == MODULE:
            return importlib.import_module(parts[0])
        if tag == LIBRARY:
            return _library(*parts)
        if tag == MAIN:
            return self._look_up(parts[0])
        if tag == INSTANCE:
            return self._instance(decoder, *parts)
        if tag == TENSOR:
            return self._receive_tensor(decoder, *parts)
        if tag in tables.TAGS:
            return tables.read(tag, parts, decoder)
        raise wire.WireError(f"unknown tag {tag}")

    def _callback(self, number: int, name: str) -> Callable[..., Any]:
        """A function that the judge runs when it is called, on plain values."""
        if number in self._callbacks:
            return self._callbacks[number]

        def function(*positional: Any, **named: Any) -> Any:
            return self._call_back(number, positional, named)

        function.__name__ = function.__qualname__ = name
        self._callbacks[number] = function
        self._callback_numbers[id(function)] = number
        return function

    def _receive_tensor(
        self, decoder: wire.Decoder, number: int, values: Any, requires_grad: bool, hook: int
    ) -> Any:
        if number in self._tensors:
            return self._tensors[number]
        go_on = self._callback(hook, "backward") if hook >= 0 else None
        found = decoder.decode(values)
        return self._tensors.receive(number, found, requires_grad, go_on)

    def _instance(self, decoder: wire.Decoder, name: str, attributes: Any) -> Any:
        """A copy of the judge's object, of the class of the same name in the notebook."""
        kind = self._look_up(name)
        made = decoder.keep(kind.__new__(kind))
        made.__dict__ = decoder.decode(attributes)  # the same dictionary, so changes show in it
        return made

    def _call_back(self, number: int, positional: tuple, named: dict) -> Any:
        self._clock.stop()  # the judge's time, and nested requests have clocks of their own
        encoder = wire.Encoder(self._refer, self._limits["value_bytes"])
        encoded = encoder.encode((positional, named))
        request = ["callback", [number, encoded], self._printed(), [], self._rebound()]
        self._channel.send(request, encoder.blobs)
        while True:
            reply, blobs = self._channel.receive()
            if reply[0] not in ("returned", "raised"):
                self._answer(reply, blobs)
                continue
            kind, seconds, value = reply
            self._clock.start(seconds)
            decoded = wire.Decoder(self._resolve, blobs).decode(value)
            if kind == "raised":
                raise _rebuild_error(*decoded)
            return decoded


def _rebuild_error(name: str, text: str) -> Exception:
    kind = getattr(builtins, name, Exception)
    return kind(text)


def _module_and_name(kind: type) -> tuple[str, str]:
    module = type.__dict__["__dict__"].__get__(kind).get("__module__", "")
    return (module if type(module) is str else ""), _name_of(kind)


def _name_of(kind: type) -> str:
    return str(type.__dict__["__qualname__"].__get__(kind))


def _underneath(value: Any, base: type) -> Any:
    """The built-in value inside an object of a derived class, whatever its methods say."""
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes.__getitem__(value, slice(None))
    return base.__pos__(value)


def _describe(error: BaseException) -> list[Any]:
    """An exception as data: its class's lineage, its text, its arguments, where it was."""
    kind = type(error)
    text = shell.text_of(error)[:TEXT_BYTES]
    arguments = error.args if all(type(a) in (str, int, float) for a in error.args) else (text,)
    try:
        lines = "".join(traceback.format_exception(kind, error, _own_part(error)))
    except BaseException:
        lines = ""
    plain = [a[:TEXT_BYTES] if type(a) is str else a for a in arguments[:5]]
    return [_lineage(kind), text, plain, lines[-TEXT_BYTES:]]


def _own_part(error: BaseException) -> Any:
    """The traceback without the frames of this file at its top."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace


def _lineage(kind: type) -> list[str]:
    """The names of an exception class and its bases, down to a built-in one; else nothing."""
    names = []
    for base in type.mro(kind):
        names.append(_name_of(base))
        if issubclass(base, BaseException) and getattr(builtins, names[-1], None) is base:
            return names[-20:]
    return []


def _iterate(following: Callable[[], Any]) -> Iterator[Any]:
    while True:
        try:
            yield following()
        except StopIteration:
            return


def _library(module: str, name: str) -> Any:
    """A function or class of a library, by name: both sides have their own."""
    __import__(module)
    found: Any = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _snapshot(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, bytearray):
        return bytes(value)
    return value.copy() if isinstance(value, (list, dict, set)) else None


def _same(value: Any, old: Any) -> bool:
    """Whether the judge's copy of a mutable argument is still up to date."""
    if old is None:  # an object, whose attributes are looked at by themselves
        return True
    if isinstance(value, np.ndarray):
        return value.tobytes() == old
    if isinstance(value, (bytearray, set)):
        return value == old
    if len(value) != len(old):
        return False
    if isinstance(value, list):
        return all(map(operator.is_, value, old))
    pairs = zip(value.items(), old.items(), strict=True)
    return all(k is k_ and v is v_ for (k, v), (k_, v_) in pairs)


def prepare(config: dict[str, Any]) -> None:
    """Load, in the template, whatever every submission needs."""
    directory = root.TEMPORARY if config["isolation"] == "full" else config["directory"]
    session = shell.make_shell(directory)
    shell.warm_errors(session)
    shell.warm_figures()


def run(descriptors: list[int], config: dict[str, Any], loaded: int) -> None:
    """Be one submission's guest, on the one descriptor given."""
    limits = config["limits"]
    if config["isolation"] != "full":
        os.chdir(config["directory"])
    _limit(limits, loaded, config["isolation"] == "full")
    session = shell.Shell.instance()
    shell.capture(session)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    channel = wire.Channel(socket.socket(fileno=descriptors[0]), limits["value_bytes"])
    Guest(channel, session, limits).serve()


def _limit(limits: dict[str, Any], loaded: int, isolated: bool) -> None:
    """Set this process's limits for good; memory is counted on top of what is loaded."""
    bounds = {
        resource.RLIMIT_AS: loaded + limits["memory_bytes"],
        resource.RLIMIT_FSIZE: limits["disk_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    if isolated:  # else the kernel would count the user's other processes too
        bounds[resource.RLIMIT_NPROC] = limits["processes"]
    for name, bound in bounds.items():
        hard = resource.getrlimit(name)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(name, (bound, bound))
