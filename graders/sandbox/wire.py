"""The only language that student and judge share: values, and never code.

A frame is a skeleton in MessagePack (None, booleans, 64-bit integers, floats, short texts, and
arrays that begin with a tag) followed by blobs of raw bytes for what is large. There is no
pickle, no class by name, no callable: whatever is not plain data of an exact type is left to
`refer`, which puts a number in its place (a handle, a callback).

The judge reads frames that a hostile process wrote, so a `Decoder` trusts nothing:

- a frame that announces more than the limit is refused before anything is allocated;
- the skeleton, the one part whose objects outweigh their bytes (an empty list is one byte on
  the wire and 64 in memory), has a limit of its own, and so has its depth;
- arrays are built from a dtype that matches a list of harmless ones (never `object`) and a
  shape whose size is that of the blob;
- everything else raises WireError, upon which the peer is ended.

What it does not defend: a huge integer or a dictionary of colliding keys is a legal value, and
arithmetic on it may take for ever. The judge's own time and memory limits end that.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgpack
import numpy as np

SKELETON_BYTES = 8 * 1024 * 1024
ITEMS = 1_000_000
DEPTH = 100
BLOBS = 4096
_SHORT = 1024
_AT_ONCE = 1 << 16
_HEADER = struct.Struct("<III")  # skeleton bytes, number of blobs, zero
_LENGTH = struct.Struct("<Q")
_DTYPE = re.compile(
    r"[<>|](b1|[iu][1248]|f(2|4|8|16)|c(8|16|32)|[SU][1-9]\d{0,6}|[mM]8\[\w+\])"
)

(
    LIST,
    TUPLE,
    DICT,
    SET,
    FROZENSET,
    SAME,
    INT,
    STR,
    BYTES,
    BYTEARRAY,
    COMPLEX,
    ARRAY,
    SCALAR,
) = range(13)
(DTYPE, RANGE, SLICE, ELLIPSIS, NOT_IMPLEMENTED, FRACTION, DECIMAL) = range(13, 20)
(DATE, DATETIME, TIME, TIMEDELTA) = range(20, 24)
FIRST_REFERENCE = 32  # tags from here on belong to `refer` and `resolve`


class WireError(Exception):
    """The peer sent something that is no frame, or more than the limit."""


class Disconnected(WireError):
    """The peer is gone."""


class Late(WireError):
    """The peer did not answer in time."""


class NotPlain(Exception):
    """This value cannot cross, and nothing can stand for it."""


class TooLarge(NotPlain):
    """This value is plain, but larger or deeper than what may cross at once."""


def safe_dtype(dtype: np.dtype) -> bool:
    """Whether arrays of this dtype cross by copy."""
    return dtype.names is None and _DTYPE.fullmatch(dtype.str) is not None


class Encoder:
    """Turns values into one frame.

    `refer(value, encoder)` is called for what is not plain; it returns what stands for it, a
    list `[tag, ...]` as a rule, or raises NotPlain. `shared` are mutable objects that the peer
    holds already, in the order in which it counts them; they are sent as that number, as is any
    mutable object that occurs twice, so that aliases stay aliases.
    """

    def __init__(
        self, refer: Callable[[Any, Encoder], Any], limit: int, shared: list[Any] | None = None
    ) -> None:
        self._refer = refer
        self._room = limit
        self._items = ITEMS
        self.blobs: list[Any] = []
        self.mutables: list[Any] = list(shared or ())
        self._numbers = {id(value): number for number, value in enumerate(self.mutables)}

    def encode(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            if -(2**63) <= value < 2**63:
                return value
            return [
                INT,
                self._blob(value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)),
            ]
        if kind is str:
            return value if len(value) <= _SHORT else [STR, self._text(value)]
        if kind is bytes:
            return value if len(value) <= _SHORT else [BYTES, self._blob(value)]
        if id(value) in self._numbers:
            return [SAME, self._numbers[id(value)]]
        writer = _WRITERS.get(kind)
        if writer is None:
            return self._refer(value, self)
        if depth >= DEPTH:
            raise TooLarge(f"values nested more than {DEPTH} deep do not cross")
        return writer(self, value, depth + 1)

    def contents(self, value: Any) -> Any:
        """A mutable object as if the peer did not hold it: what is in it now."""
        return _WRITERS[type(value)](self, value, 1, again=True)

    def keep(self, value: Any) -> None:
        """Count a mutable object, so that the next time it is sent as its number."""
        self._numbers[id(value)] = len(self.mutables)
        self.mutables.append(value)

    def _spend(self, items: int) -> None:
        self._items -= items
        if self._items < 0:
            raise TooLarge(f"more than {ITEMS} items do not cross at once")

    def _blob(self, data: Any) -> int:
        self._room -= len(data)
        if self._room < 0 or len(self.blobs) >= BLOBS:
            raise TooLarge("the value is larger than what may cross at once")
        self.blobs.append(data)
        return len(self.blobs) - 1

    def _text(self, text: str) -> int:
        return self._blob(text.encode("utf-8", "surrogatepass"))

    def _sequence(self, value: Any, depth: int, again: bool = False) -> Any:
        kind = type(value)
        if kind is list and not again:
            self.keep(value)
        self._spend(len(value))
        return [_SEQUENCES[kind], *(self.encode(item, depth) for item in value)]

    def _dict(self, value: dict, depth: int, again: bool = False) -> Any:
        if not again:
            self.keep(value)
        self._spend(2 * len(value))
        flat: list[Any] = [DICT]
        for key, item in value.items():
            flat += (self.encode(key, depth), self.encode(item, depth))
        return flat

    def _set(self, value: set, depth: int, again: bool = False) -> Any:
        if not again:
            self.keep(value)
        self._spend(len(value))
        return [SET, *(self.encode(item, depth) for item in value)]

    def _bytearray(self, value: bytearray, depth: int, again: bool = False) -> Any:
        if not again:
            self.keep(value)
        return [BYTEARRAY, self._blob(bytes(value))]

    def _array(self, value: np.ndarray, depth: int, again: bool = False) -> Any:
        if not safe_dtype(value.dtype):
            return self._refer(value, self)
        if not again:
            self.keep(value)
        if value.nbytes > self._room:
            raise TooLarge("the array is larger than what may cross at once")
        return [ARRAY, value.dtype.str, list(value.shape), self._blob(value.tobytes())]

    def _range(self, value: range, depth: int) -> Any:
        return [RANGE, *(self.encode(part) for part in (value.start, value.stop, value.step))]

    def _slice(self, value: slice, depth: int) -> Any:
        parts = (value.start, value.stop, value.step)
        return [SLICE, *(self.encode(part, depth) for part in parts)]

    def _dtype(self, value: np.dtype, depth: int) -> Any:
        return [DTYPE, value.str] if safe_dtype(value) else self._refer(value, self)


def _write_scalar(encoder: Encoder, value: np.generic, depth: int) -> Any:
    if not safe_dtype(value.dtype):
        return encoder._refer(value, encoder)
    return [SCALAR, value.dtype.str, encoder.encode(value.tobytes())]


_SEQUENCES = {list: LIST, tuple: TUPLE, frozenset: FROZENSET}
_WRITERS: dict[type, Callable[..., Any]] = {
    list: Encoder._sequence,
    tuple: Encoder._sequence,
    frozenset: Encoder._sequence,
    dict: Encoder._dict,
    set: Encoder._set,
    bytearray: Encoder._bytearray,
    complex: lambda encoder, value, depth: [COMPLEX, value.real, value.imag],
    np.ndarray: Encoder._array,
    range: Encoder._range,
    slice: Encoder._slice,
    type(Ellipsis): lambda encoder, value, depth: [ELLIPSIS],
    type(NotImplemented): lambda encoder, value, depth: [NOT_IMPLEMENTED],
    Fraction: lambda encoder, value, depth: [
        FRACTION,
        encoder.encode(value.numerator),
        encoder.encode(value.denominator),
    ],
    Decimal: lambda encoder, value, depth: [DECIMAL, encoder.encode(str(value))],
    date: lambda encoder, value, depth: [DATE, value.isoformat()],
    datetime: lambda encoder, value, depth: [DATETIME, value.isoformat(), value.fold],
    clock_time: lambda encoder, value, depth: [TIME, value.isoformat(), value.fold],
    timedelta: lambda encoder, value, depth: [
        TIMEDELTA,
        value.days,
        value.seconds,
        value.microseconds,
    ],
}
_WRITERS |= dict.fromkeys(set(np.sctypeDict.values()), _write_scalar)
_WRITERS |= {type(np.dtype(kind)): Encoder._dtype for kind in set(np.sctypeDict.values())}

MUTABLE = (list, dict, set, bytearray, np.ndarray)


class Decoder:
    """Turns one frame back into values; raises WireError for whatever is not one.

    `resolve(tag, parts, decoder)` is called for tags from FIRST_REFERENCE on, with parts that
    are not decoded yet; `shared` as for the Encoder.
    """

    def __init__(
        self,
        resolve: Callable[[int, list[Any], Decoder], Any],
        blobs: list[bytearray],
        shared: list[Any] | None = None,
    ) -> None:
        self._resolve = resolve
        self._blobs = blobs
        self.mutables: list[Any] = list(shared or ())

    def decode(self, item: Any, depth: int = 0) -> Any:
        kind = type(item)
        if item is None or kind in (bool, int, float, str, bytes):
            return item
        if kind is not list or not item or type(item[0]) is not int or depth > DEPTH + 2:
            raise WireError("not a value")
        tag = item[0]
        if tag >= FIRST_REFERENCE:
            return self._resolve(tag, item[1:], self)
        reader = _READERS.get(tag)
        if reader is None:
            raise WireError(f"unknown tag {tag}")
        try:
            return reader(self, item, depth + 1)
        except (TypeError, ValueError, IndexError, OverflowError, ArithmeticError) as error:
            raise WireError(f"malformed value with tag {tag}") from error

    def keep(self, value: Any) -> Any:
        """Count a mutable object in the place in which the encoder counted it."""
        self.mutables.append(value)
        return value

    def _blob(self, number: Any) -> bytearray:
        if type(number) is not int or not 0 <= number < len(self._blobs):
            raise WireError("no such blob")
        return self._blobs[number]

    def _list(self, item: list[Any], depth: int) -> list:
        found: list[Any] = self.keep([])
        found.extend(self.decode(part, depth) for part in item[1:])
        return found

    def _dict(self, item: list[Any], depth: int) -> dict:
        found: dict[Any, Any] = self.keep({})
        parts = iter(item[1:])
        for key in parts:
            decoded = self.decode(key, depth)
            found[decoded] = self.decode(next(parts, []), depth)
        return found

    def _set(self, item: list[Any], depth: int) -> set:
        found: set[Any] = self.keep(set())
        for part in item[1:]:
            found.add(self.decode(part, depth))
        return found

    def _tuple(self, item: list[Any], depth: int) -> tuple:
        return tuple([self.decode(part, depth) for part in item[1:]])

    def _frozenset(self, item: list[Any], depth: int) -> frozenset:
        return frozenset([self.decode(part, depth) for part in item[1:]])

    def _same(self, item: list[Any], depth: int) -> Any:
        number = item[1]
        if type(number) is not int or not 0 <= number < len(self.mutables):
            raise WireError("no such object")
        return self.mutables[number]

    def _dtype(self, text: Any) -> np.dtype:
        if type(text) is not str or not _DTYPE.fullmatch(text):
            raise WireError("this dtype does not cross")
        return np.dtype(text)

    def _array(self, item: list[Any], depth: int) -> np.ndarray:
        _, text, shape, blob = item
        dtype, data = self._dtype(text), self._blob(blob)
        if type(shape) is not list or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("not a shape")
        size = dtype.itemsize
        for length in shape:
            size *= length
        if size != len(data):
            raise WireError("shape and data differ")
        # A view of the bytearray is writable, as an array that the test may change must be.
        return self.keep(np.ndarray(tuple(shape), dtype, data if data else None))

    def _scalar(self, item: list[Any], depth: int) -> np.generic:
        data = self.decode(item[2])
        if type(data) is not bytes:
            raise WireError("not a number's bytes")
        return np.frombuffer(data, self._dtype(item[1]), count=1)[0]

    def _range(self, item: list[Any], depth: int) -> range:
        return range(*(self.decode(part, depth) for part in item[1:4]))

    def _slice(self, item: list[Any], depth: int) -> slice:
        return slice(*(self.decode(part, depth) for part in item[1:4]))

    def _fraction(self, item: list[Any], depth: int) -> Fraction:
        numerator, denominator = (self.decode(part, depth) for part in item[1:])
        if type(numerator) is not int or type(denominator) is not int:
            raise WireError("not a fraction")
        return Fraction(numerator, denominator)

    def _decimal(self, item: list[Any], depth: int) -> Decimal:
        text = self.decode(item[1], depth)
        if type(text) is not str:
            raise WireError("not a decimal")
        return Decimal(text)


_READERS: dict[int, Callable[[Decoder, list[Any], int], Any]] = {
    LIST: Decoder._list,
    TUPLE: Decoder._tuple,
    DICT: Decoder._dict,
    SET: Decoder._set,
    FROZENSET: Decoder._frozenset,
    SAME: Decoder._same,
    INT: lambda decoder, item, depth: int.from_bytes(
        decoder._blob(item[1]), "little", signed=True
    ),
    STR: lambda decoder, item, depth: decoder._blob(item[1]).decode("utf-8", "surrogatepass"),
    BYTES: lambda decoder, item, depth: bytes(decoder._blob(item[1])),
    BYTEARRAY: lambda decoder, item, depth: decoder.keep(bytearray(decoder._blob(item[1]))),
    COMPLEX: lambda decoder, item, depth: complex(item[1], item[2]),
    ARRAY: Decoder._array,
    SCALAR: Decoder._scalar,
    DTYPE: lambda decoder, item, depth: decoder._dtype(item[1]),
    RANGE: Decoder._range,
    SLICE: Decoder._slice,
    ELLIPSIS: lambda decoder, item, depth: Ellipsis,
    NOT_IMPLEMENTED: lambda decoder, item, depth: NotImplemented,
    FRACTION: Decoder._fraction,
    DECIMAL: Decoder._decimal,
    DATE: lambda decoder, item, depth: date.fromisoformat(item[1]),
    DATETIME: lambda decoder, item, depth: datetime.fromisoformat(item[1]).replace(
        fold=item[2]
    ),
    TIME: lambda decoder, item, depth: clock_time.fromisoformat(item[1]).replace(fold=item[2]),
    TIMEDELTA: lambda decoder, item, depth: timedelta(*item[1:4]),
}


class Channel:
    """Frames over a connected stream socket."""

    def __init__(self, connection: socket.socket, limit: int) -> None:
        self._socket = connection
        self._ahead = bytearray()  # received, and not asked for yet
        self.limit = limit

    def close(self) -> None:
        self._socket.close()

    def send(self, skeleton: Any, blobs: list[Any], deadline: float | None = None) -> None:
        packed = msgpack.packb(skeleton, unicode_errors="surrogatepass")
        if len(packed) > SKELETON_BYTES:
            raise TooLarge("the value is larger than what may cross at once")
        lengths = b"".join(_LENGTH.pack(len(blob)) for blob in blobs)
        head = _HEADER.pack(len(packed), len(blobs), 0) + lengths + packed
        try:
            self._socket.settimeout(_left(deadline))
            if sum(map(len, blobs)) < _AT_ONCE:  # one packet wakes the reader once
                head, blobs = head + b"".join(blobs), []
            self._socket.sendall(head)
            for blob in blobs:
                self._socket.sendall(blob)
        except TimeoutError as error:
            raise Late("the other side does not listen") from error
        except OSError as error:
            raise Disconnected("the other side is gone") from error

    def receive(self, deadline: float | None = None) -> tuple[Any, list[bytearray]]:
        """The skeleton and the blobs of the next frame."""
        size, count, zero = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if zero or size > SKELETON_BYTES or count > BLOBS:
            raise WireError("not a frame")
        table = self._read(_LENGTH.size * count, deadline)
        lengths = [length for (length,) in _LENGTH.iter_unpack(table)]
        if sum(lengths) > self.limit:
            raise WireError("a frame over the limit")
        packed = self._read(size, deadline)
        blobs = [self._read(length, deadline) for length in lengths]
        return _unpack(packed), blobs

    def _read(self, count: int, deadline: float | None) -> bytearray:
        # What was announced is not believed before it is there.
        while len(self._ahead) < count:
            try:
                self._socket.settimeout(_left(deadline))
                missing = count - len(self._ahead)
                part = self._socket.recv(min(max(missing, _AT_ONCE), 1 << 20))
            except TimeoutError as error:
                raise Late("the other side does not answer") from error
            except OSError as error:
                raise Disconnected("the other side is gone") from error
            if not part:
                raise Disconnected("the other side is gone")
            self._ahead += part
        if len(self._ahead) == count:
            data, self._ahead = self._ahead, bytearray()
            return data
        data = self._ahead[:count]
        del self._ahead[:count]
        return data


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _unpack(packed: bytearray) -> Any:
    try:
        return msgpack.unpackb(
            packed,
            strict_map_key=True,
            unicode_errors="surrogatepass",
            max_map_len=0,
            max_ext_len=0,
        )
    except Exception as error:  # msgpack raises some ten kinds, and which one tells nothing
        raise WireError("not a frame") from error
