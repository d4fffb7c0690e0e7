"""Tables of pandas cross by copy, as the plain arrays and lists that they are made of.

So a test computes with a table of its own, by its own pandas, and `assert_frame_equal` works.
pandas itself is imported only when there is a table.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from graders.sandbox.references import FRAME, INDEX, SERIES
from graders.sandbox.wire import Decoder, Encoder, NotPlain, WireError, safe_dtype

_LISTED = ("object", "str", "string", "boolean", "Int64", "Float64")
TAGS = frozenset((FRAME, INDEX, SERIES))


def write(value: Any, encoder: Encoder) -> list[Any] | None:
    """A table as it crosses; None if it is none, or holds what does not cross by copy."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    kind = type(value)
    try:
        if kind is pandas.DataFrame:
            columns = [_values(value.iloc[:, i], encoder) for i in range(value.shape[1])]
            return [
                FRAME,
                _index(value.columns, encoder),
                _index(value.index, encoder),
                columns,
            ]
        if kind is pandas.Series:
            values = _values(value, encoder)
            return [SERIES, values, _index(value.index, encoder), encoder.encode(value.name)]
        if isinstance(value, pandas.Index):
            return [INDEX, *_index(value, encoder)]
    except NotPlain:
        return None
    return None


def read(tag: int, parts: list[Any], decoder: Decoder) -> Any:
    """The table again; whatever does not fit together is a WireError."""
    import pandas

    try:
        if tag == INDEX:
            return _read_index(parts, decoder)
        if tag == SERIES:
            values, index, name = parts
            found = _read_values(values, decoder)
            labels = _read_index(index, decoder)
            return pandas.Series(found, index=labels, name=decoder.decode(name))
        columns, index, values = parts
        labels = _read_index(index, decoder)
        made = [pandas.Series(_read_values(v, decoder), index=labels) for v in values]
        table = pandas.concat(made, axis=1) if made else pandas.DataFrame(index=labels)
        table.columns = _read_index(columns, decoder)
        return table
    except WireError:
        raise
    except Exception as error:  # pandas raises many kinds over what does not fit together
        raise WireError("not a table") from error


def _values(column: Any, encoder: Encoder) -> list[Any]:
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and safe_dtype(dtype):
        return [str(dtype), encoder.encode(np.array(column.to_numpy()))]
    if str(dtype) in _LISTED:
        return [str(dtype), encoder.encode([None if _missing(v) else v for v in column.array])]
    raise NotPlain(f"a column of {dtype} does not cross by copy")


def _missing(value: Any) -> bool:
    pandas = sys.modules["pandas"]
    return value is None or value is pandas.NA or value is pandas.NaT


def _read_values(parts: list[Any], decoder: Decoder) -> Any:
    import pandas

    dtype, values = parts
    found = decoder.decode(values)
    if type(dtype) is not str or type(found) not in (list, np.ndarray):
        raise WireError("not a column")
    if type(found) is np.ndarray:
        return found
    if dtype not in _LISTED:
        raise WireError("not a column")
    return pandas.array(found, dtype=dtype)


def _index(index: Any, encoder: Encoder) -> list[Any]:
    import pandas

    names = encoder.encode(list(index.names))
    if type(index) is pandas.RangeIndex:
        return ["range", encoder.encode([index.start, index.stop, index.step]), names]
    if type(index) is pandas.MultiIndex:
        return ["multi", encoder.encode(index.tolist()), names]
    frequency = getattr(index, "freqstr", None)  # of dates
    return ["flat", [_values(index, encoder), frequency], names]


def _read_index(parts: list[Any], decoder: Decoder) -> Any:
    import pandas

    kind, content, names = parts
    if kind == "flat":
        values, frequency = content
        found = pandas.Index(_read_values(values, decoder))
        if type(frequency) is str:
            found.freq = frequency
    elif kind == "range":
        found = pandas.RangeIndex(*decoder.decode(content))
    elif kind == "multi":
        found = pandas.MultiIndex.from_tuples(decoder.decode(content))
    else:
        raise WireError("not an index")
    found.names = decoder.decode(names)
    return found
