"""How a tensor is written down, character for character as PyTorch writes it.

One format is chosen for the whole tensor, so that columns line up: plain integers, `1.` for
floats that happen to be integers, four decimals, or scientific notation when the magnitudes are
too far apart. Large tensors show their edges only. The rules are those of PyTorch 2.13, and a
test compares the two on thousands of random tensors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

__all__ = ["get_printoptions", "printoptions", "set_printoptions", "tensor_text"]

ElementFormat = Callable[[Any], str]


@dataclass
class PrintOptions:
    """The current settings; see `set_printoptions`."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}

options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors are printed, as `torch.set_printoptions` does.

    Args:
        precision: digits after the decimal point (4).
        threshold: number of elements above which only the edges are shown (1000).
        edgeitems: how many elements an edge shows, in each dimension (3).
        linewidth: characters in a line before it is broken (80).
        profile: "default", "short" or "full"; the other arguments override it.
        sci_mode: True or False to force or forbid scientific notation. None, also by being left
            out, goes back to choosing by magnitude.

    Raises:
        ValueError: for a profile that does not exist.
    """
    if profile is not None and profile not in PROFILES:
        raise ValueError(f"profile must be one of {', '.join(PROFILES)}, but got {profile!r}")
    chosen = dict(PROFILES[profile]) if profile is not None else {}
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    chosen.update({name: value for name, value in given.items() if value is not None})
    for name, value in chosen.items():
        setattr(options, name, value)
    options.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The current options, ready to be given to `set_printoptions(**...)`."""
    return asdict(options)


@contextmanager
def printoptions(**changes: Any) -> Iterator[None]:
    """Change the options within a `with` block; arguments as for `set_printoptions`."""
    before = get_printoptions()
    set_printoptions(**changes)
    try:
        yield
    finally:
        set_printoptions(**before)


def tensor_text(
    data: Array,
    suffixes: Sequence[str] = (),
    *,
    default_dtype: npt.DTypeLike = np.float32,
    name: str = "tensor",
) -> str:
    """The printed form of a tensor.

    Args:
        data: the values, of any shape; boolean, integer or floating-point.
        suffixes: what the tensor knows beyond its values, in order: `grad_fn=<MulBackward0>` or
            `requires_grad=True`. Size and dtype are added here, where PyTorch shows them.
        default_dtype: the floating-point dtype that goes without saying.
        name: the word before the bracket; PyTorch writes a subclass's own name.

    Returns:
        For example `tensor([1., 2.], requires_grad=True)`.

    Raises:
        TypeError: for complex numbers and other dtypes that minigrad does not have.
    """
    if data.dtype.kind not in "biuf":
        raise TypeError(
            f"cannot print dtype {data.dtype}: minigrad has real numbers and bool only"
        )
    head = f"{name}("
    suffixes = [*_size_and_dtype(data, np.dtype(default_dtype)), *suffixes]
    return _join_suffixes(head + _body(data, len(head)), suffixes, len(head))


def _size_and_dtype(data: Array, default_dtype: np.dtype[Any]) -> Iterator[str]:
    # An empty tensor has no numbers to tell its dtype by, so only the default goes unsaid.
    empty = data.size == 0
    if data.ndim != 1 if empty else not options.edgeitems:
        yield f"size={tuple(data.shape)}"
    unsaid = [default_dtype] if empty else [default_dtype, np.dtype(np.int64), np.dtype(bool)]
    if data.dtype not in unsaid:
        yield f"dtype=torch.{data.dtype}"


def _join_suffixes(text: str, suffixes: Sequence[str], indent: int) -> str:
    # PyTorch's count is one or two off the true column; to break where it does, count so.
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


def _body(data: Array, indent: int) -> str:
    if data.size == 0:
        return "[]"
    summarise = data.size > options.threshold
    shown = _edges(data) if summarise else data
    width, to_text = _element_format(shown)
    return _nested(data, indent, summarise, width, to_text)


def _edges(data: Array) -> Array:
    """The elements that a summary shows: the format is chosen by them alone."""
    edge = options.edgeitems
    for axis, size in enumerate(data.shape):
        if size > 2 * edge:
            at_edges = np.r_[:edge, size - edge : size]
            data = data.take(at_edges, axis)
    return data


def _nested(
    data: Array, indent: int, summarise: bool, width: int, to_text: ElementFormat
) -> str:
    if data.ndim == 0:
        return to_text(data.item())
    edge = options.edgeitems
    cut = summarise and len(data) > 2 * edge
    if data.ndim == 1:
        return _row(data, indent, edge if cut else None, width, to_text)
    rows = [*data[:edge], *data[len(data) - edge :]] if cut else list(data)
    texts = [_nested(row, indent + 1, summarise, width, to_text) for row in rows]
    if cut:
        texts.insert(edge, "...")
    separator = "," + "\n" * (data.ndim - 1) + " " * (indent + 1)
    return "[" + separator.join(texts) + "]"


def _row(row: Array, indent: int, edge: int | None, width: int, to_text: ElementFormat) -> str:
    if edge is None:
        texts = [to_text(value) for value in row.tolist()]
    elif edge == 0:
        texts = ["..."]
    else:
        left, right = row[:edge].tolist(), row[-edge:].tolist()
        texts = [*map(to_text, left), " ...", *map(to_text, right)]
    per_line = max(1, math.floor((options.linewidth - indent) / (width + 2)))
    lines = [", ".join(texts[i : i + per_line]) for i in range(0, len(texts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _element_format(shown: Array) -> tuple[int, ElementFormat]:
    """The common width of the elements, and the function that writes one of them."""
    if shown.dtype.kind != "f":
        width = max((len(str(value)) for value in shown.ravel().tolist()), default=1)
        return width, lambda value: f"{value!s:>{width}}"

    values = shown.ravel()
    values = values[np.isfinite(values) & (values != 0)].astype(np.float64)
    to_text = _float_format(values)
    # Zeros, infinities and NaN do not count towards the width: a longer one sticks out of its
    # column, as it does in PyTorch.
    width = max((len(to_text(value)) for value in values.tolist()), default=1)
    return width, lambda value: to_text(value).rjust(width)


def _float_format(values: npt.NDArray[np.float64]) -> ElementFormat:
    precision = options.precision
    if values.size == 0:
        return _integral
    if options.sci_mode if options.sci_mode is not None else _needs_scientific(values):
        return lambda value: f"{value:.{precision}e}"
    if bool((values == np.ceil(values)).all()):
        return _integral
    return lambda value: f"{value:.{precision}f}"


def _needs_scientific(values: npt.NDArray[np.float64]) -> bool:
    magnitudes = np.abs(values)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    return largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4


def _integral(value: float) -> str:
    return f"{value:.0f}." if math.isfinite(value) else str(value)
