"""Saving and loading: tensors in nests of dictionaries, lists and numbers.

The file is a ZIP archive of NumPy arrays (it can be read with `numpy.load`), and a description
of the nest in JSON. Unlike a pickle it holds no code, so a file from a stranger cannot run any.
"""

from __future__ import annotations

import io
import math
import os
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any

import numpy as np

from minigrad import dtypes, errors
from minigrad.apply import wrap
from minigrad.device import check_device
from minigrad.dtypes import Size
from minigrad.tensor import Tensor

__all__ = ["load", "save"]

File = str | os.PathLike[str] | IO[bytes]
NEST = "nest"
PLAIN = (str, bool, int, type(None))


def save(
    obj: Any,
    f: File,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Write tensors, and dictionaries, lists, tuples, texts and numbers with them, to a file.

    Args:
        obj: for a model, its `state_dict()`.
        f: a path, or a file opened for writing bytes.

    Raises:
        TypeError: for other objects; nothing is written then.
    """
    import json  # Here, and in `load`: most programs need neither, and imports take time.

    arrays: dict[str, Any] = {}
    nest = _described(obj, arrays, {}, "the object")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{NEST: np.array(json.dumps(nest))}, **arrays)
    if isinstance(f, str | os.PathLike):
        Path(f).write_bytes(buffer.getvalue())
    else:
        f.write(buffer.getvalue())


def load(
    f: File,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """What `save` has written.

    Args:
        f: a path, or a file opened for reading bytes.
        map_location: only the CPU.

    Raises:
        FileNotFoundError: if there is no such file.
        RuntimeError: if `save` has not written it.
    """
    import json
    import zipfile

    if isinstance(map_location, str):
        check_device(map_location)
    content = Path(f).read_bytes() if isinstance(f, str | os.PathLike) else f.read()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            nest = json.loads(str(archive[NEST]))
            return _restored(nest, archive, {})
    except (KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise errors.not_a_saved_file(_kind_of_file(content)) from error


def _kind_of_file(content: bytes) -> str:
    if content[:2] == b"PK" and b"data.pkl" in content[:4096]:
        return "it was written by PyTorch, as a pickle"
    if content[:1] == b"\x80":
        return "it is a pickle"
    return "it is empty" if not content else "it has another format, or is damaged"


# --- From objects to a description -------------------------------------------------------


def _described(x: Any, arrays: dict[str, Any], seen: dict[int, str], where: str) -> Any:
    """JSON for an object; the arrays in it go to `arrays`."""
    if type(x) in PLAIN:
        return x
    if type(x) is float:
        return x if math.isfinite(x) else {"float": str(x)}
    if isinstance(x, Tensor):
        return {
            "tensor": _stored(x, np.asarray(x._data), arrays, seen),
            "requires_grad": x._requires_grad,
            "parameter": type(x).__name__ == "Parameter",
        }
    if isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "biuf":
        return {"array": _stored(x, np.asarray(x), arrays, seen)}
    if isinstance(x, dtypes.dtype):
        return {"dtype": str(x).removeprefix("torch.")}
    if isinstance(x, Size):
        return {"size": list(x)}
    if type(x) in (OrderedDict, dict):
        pairs = [
            [
                _described(key, arrays, seen, where),
                _described(value, arrays, seen, f"{where}[{key!r}]"),
            ]
            for key, value in x.items()
        ]
        return {"dict" if type(x) is dict else "ordered": pairs}
    if type(x) in (list, tuple, set):
        inside = [_described(value, arrays, seen, f"{where}[{i}]") for i, value in enumerate(x)]
        return {type(x).__name__: inside}
    raise errors.cannot_be_saved(where, x)


def _stored(x: Any, values: Any, arrays: dict[str, Any], seen: dict[int, str]) -> str:
    """The name of an array; the same for the same object."""
    name = seen.get(id(x))
    if name is None:
        name = seen[id(x)] = f"array{len(arrays)}"
        arrays[name] = values
    return name


# --- And back ------------------------------------------------------------------------------


def _restored(nest: Any, archive: Any, made: dict[str, Any]) -> Any:
    if not isinstance(nest, dict):
        return nest
    ((kind, value),) = list(nest.items())[:1]
    if kind == "float":
        return float(value)
    if kind == "tensor":
        if value not in made:
            made[value] = _tensor(archive[value], nest["requires_grad"], nest["parameter"])
        return made[value]
    if kind == "array":
        return archive[value]
    if kind == "dtype":
        return dtypes.FROM_NUMPY[np.dtype(value)]
    if kind == "size":
        return Size(value)
    if kind in ("ordered", "dict"):
        pairs = [
            (_restored(key, archive, made), _restored(inner, archive, made))
            for key, inner in value
        ]
        return OrderedDict(pairs) if kind == "ordered" else dict(pairs)
    inside = [_restored(inner, archive, made) for inner in value]
    return {"list": list, "tuple": tuple, "set": set}[kind](inside)


def _tensor(values: Any, requires_grad: bool, parameter: bool) -> Tensor:
    tensor = wrap(values)
    if parameter:
        from minigrad.nn.parameter import Parameter

        return Parameter(tensor, requires_grad)
    return tensor.requires_grad_(requires_grad)
