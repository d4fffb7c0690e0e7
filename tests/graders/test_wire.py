"""What crosses comes out as it went in; whatever else arrives is refused, and costs little."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import time
import tracemalloc
from fractions import Fraction
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from graders.sandbox import wire

LIMIT = 1 << 20


def refuse(*_: Any) -> Any:
    raise wire.NotPlain("not plain")


def across(value: Any) -> Any:
    encoder = wire.Encoder(refuse, LIMIT)
    packed = msgpack.packb(encoder.encode(value), unicode_errors="surrogatepass")
    blobs = [bytearray(blob) for blob in encoder.blobs]
    return wire.Decoder(refuse, blobs).decode(wire._unpack(bytearray(packed)))


def same(one: Any, other: Any) -> bool:
    """Equal, of the same types throughout, NaN being equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return repr(one) == repr(other)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.fractions(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.builds(lambda text: text * 3000, st.text(min_size=1, max_size=3)),
)
arrays = npst.arrays(
    npst.scalar_dtypes().filter(lambda dtype: wire.safe_dtype(np.dtype(dtype))),
    npst.array_shapes(min_dims=0, min_side=0),
)
hashable = st.one_of(st.integers(), st.text(), st.tuples(st.integers(), st.text()))
values = st.recursive(
    scalars | arrays,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(hashable, inner, max_size=5),
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_plain_data_crosses_unchanged(value: Any) -> None:
    assert same(across(value), value)


def test_aliases_and_circles_survive() -> None:
    inner: list[Any] = [1]
    circle: list[Any] = [inner, inner]
    circle.append(circle)
    found = across(circle)
    assert found[0] is found[1]
    assert found[2] is found


@pytest.mark.parametrize(
    "value",
    [
        object(),
        len,
        type("Number", (float,), {})(1.0),
        np.array([object()]),
        np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    ],
)
def test_nothing_else_crosses(value: Any) -> None:
    with pytest.raises(wire.NotPlain):
        across(value)


def test_too_much_is_refused_by_the_sender() -> None:
    for value in ("x" * (LIMIT + 1), np.zeros(LIMIT), [0] * (wire.ITEMS + 1)):
        with pytest.raises(wire.TooLarge):
            across(value)


skeletons = st.recursive(
    st.none() | st.integers(-5, 50) | st.floats() | st.text(max_size=8) | st.binary(max_size=8)
    | st.sampled_from(["<f8", "|O", "<U0", "|V8", "<M8[x]", "f8,O"]),
    lambda inner: st.lists(inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(skeletons, st.lists(st.binary(max_size=40), max_size=3))
def test_decoder_refuses_or_returns(skeleton: Any, blobs: list[bytes]) -> None:
    """Whatever well-formed MessagePack holds, nothing but WireError is raised."""

    def resolve(*_: Any) -> Any:
        raise wire.WireError("no references here")

    decoder = wire.Decoder(resolve, [bytearray(blob) for blob in blobs])
    try:
        value = decoder.decode(skeleton)
    except wire.WireError:
        return
    repr(value)  # what came through can be looked at


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_channel_refuses_noise(noise: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(noise)
        there.shutdown(socket.SHUT_WR)
        with contextlib.suppress(wire.WireError):
            wire.Channel(here, LIMIT).receive(time.monotonic() + 1)


@pytest.mark.parametrize(
    "head",
    [
        struct.pack("<III", 2**32 - 1, 0, 0),
        struct.pack("<III", 10, 2**32 - 1, 0),
        struct.pack("<III", 1, 1, 0) + struct.pack("<Q", 2**63),
        struct.pack("<III", wire.SKELETON_BYTES, 0, 0),
    ],
)
def test_announcements_are_not_believed(head: bytes) -> None:
    """A frame of gigabytes that never comes takes neither memory nor more than its time."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(head)
        tracemalloc.start()
        with pytest.raises(wire.WireError):
            wire.Channel(here, LIMIT).receive(time.monotonic() + 0.1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 << 20


@pytest.mark.parametrize(
    "skeleton",
    [
        b"\xdd\xff\xff\xff\xff",  # an array that announces four thousand million items
        b"\xdf\xff\xff\xff\xff",
        b"\x91" * 100_000,  # nested a hundred thousand deep
        b"\xc7\x08\x01" + b"x" * 8,  # an extension type
        b"\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\x81\x01\x02",  # a map
        b"\xc1",
    ],
)
def test_malformed_skeletons(skeleton: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.Decoder(refuse, []).decode(wire._unpack(bytearray(skeleton)))


def test_arrays_never_hold_objects_or_reach_beyond_their_bytes() -> None:
    blob = [bytearray(random.Random(1).randbytes(16))]
    for dtype, shape in (
        ("|O", [2]),
        ("<f8", [3]),
        ("<f8", [-1]),
        ("<f8", [2, 2**62]),
        ("<f8", [True, 2]),
        ("f8,O", [1]),
        ("<U0", [2**40]),
        ("<M8[\x00]", [2]),
    ):
        with pytest.raises(wire.WireError):
            wire.Decoder(refuse, blob).decode([wire.ARRAY, dtype, shape, 0])
    assert wire.Decoder(refuse, blob).decode([wire.ARRAY, "<f8", [2], 0]).shape == (2,)
    assert wire.Decoder(refuse, []).decode([wire.FRACTION, 1, 3]) == Fraction(1, 3)
