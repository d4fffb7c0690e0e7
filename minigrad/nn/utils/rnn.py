"""Sequences of different lengths in one tensor: padded at their ends, or packed without gaps.

A packed batch holds first the first elements of all sequences, then the second ones of those
that are long enough, and so on; `batch_sizes` says how many there are at each step. The
sequences have to be in falling order of length for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.apply import wrap
from minigrad.functions.creation import as_tensor, full
from minigrad.functions.joining import cat
from minigrad.tensor import Tensor

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """A packed batch; made by `pack_sequence` and `pack_padded_sequence`.

    Attributes:
        data: shape (sum of the lengths, ...).
        batch_sizes: how many sequences reach each step; shape (longest), int64.
        sorted_indices, unsorted_indices: the order into which the sequences were brought, and
            the way back; None where they were in order.
    """

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *wanted: Any, **named: Any) -> PackedSequence:
        """With `data` of another dtype."""
        data = self.data.to(*wanted, **named)
        return self if data is self.data else PackedSequence(data, *self[1:])

    def float(self) -> PackedSequence:
        """With `data` as float32."""
        return PackedSequence(self.data.float(), *self[1:])

    def double(self) -> PackedSequence:
        """With `data` as float64."""
        return PackedSequence(self.data.double(), *self[1:])

    def cpu(self) -> PackedSequence:
        """The packed batch itself: everything lives in main memory."""
        return self

    @property
    def is_cuda(self) -> bool:
        """False: there is no GPU."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another."""
    return None if permutation is None else wrap(np.argsort(permutation.numpy()))


def pack_padded_sequence(
    input: Tensor,
    lengths: Tensor | Sequence[int],
    batch_first: bool = False,
    enforce_sorted: bool = True,
) -> PackedSequence:
    """Pack a padded batch.

    Args:
        input: shape (longest, batch, ...), or (batch, longest, ...) if `batch_first`.
        lengths: of each sequence; shape (batch).
        enforce_sorted: refuse lengths that are not in falling order, instead of sorting.

    Raises:
        RuntimeError: for lengths that are not positive, too many, too large or not in order.
    """
    sizes = np.asarray(as_tensor(lengths).numpy(), np.int64)
    by_step = input.transpose(0, 1) if batch_first else input
    order = None
    if not enforce_sorted:
        order = wrap(np.argsort(-sizes, kind="stable"))
        sizes = sizes[order.numpy()]
        by_step = by_step.index_select(1, order)
    _check_lengths(sizes, by_step)
    steps = range(int(sizes[0]))
    batch_sizes = [int((sizes > step).sum()) for step in steps]
    data = cat([by_step[step, :size] for step, size in zip(steps, batch_sizes, strict=True)])
    return PackedSequence(data, as_tensor(batch_sizes), order)


def _check_lengths(sizes: Any, by_step: Tensor) -> None:
    if sizes.shape != (by_step.shape[1],):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(sizes)} "
            f"(batch_size={by_step.shape[1]})"
        )
    if (np.diff(sizes) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. "
            "You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence "
            "to sidestep this requirement if you do not need ONNX exportability."
        )
    if not sizes[-1] > 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0"
        )
    if sizes[0] > by_step.shape[0]:
        raise RuntimeError(
            f"Expected the longest of `lengths` to be at most {by_step.shape[0]}, the number "
            f"of steps in the input, but got {sizes[0]}"
        )


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Undo `pack_padded_sequence`.

    Args:
        total_length: pad to this length, instead of that of the longest sequence.

    Returns:
        The padded batch, shape (longest, batch, ...), or (batch, longest, ...) if
        `batch_first`; and the lengths.
    """
    batch_sizes = sequence.batch_sizes.numpy()
    longest = len(batch_sizes) if total_length is None else total_length
    if longest < len(batch_sizes):
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, "
            f"but got total_length={total_length} and max sequence length being "
            f"{len(batch_sizes)}"
        )
    data = sequence.data
    batch = int(batch_sizes[0])
    padded = full((longest, batch, *data.shape[1:]), padding_value, dtype=data.dtype)
    for step, rows in enumerate(data.split(batch_sizes.tolist())):
        padded[step, : len(rows)] = rows
    lengths = wrap((batch_sizes > np.arange(batch)[:, None]).sum(1))
    if batch_first:
        padded = padded.transpose(0, 1)
    back = sequence.unsorted_indices
    if back is None:
        return padded, lengths
    return padded.index_select(0 if batch_first else 1, back), lengths[back]


def pad_sequence(
    sequences: Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (length, ...) as one tensor, (longest, batch, ...) or, with `batch_first`,
    (batch, longest, ...).
    """
    given = list(sequences)
    if not given:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f'Expected padding_side to be either "left" or "right". Got {padding_side}.'
        )
    longest = max(len(one) for one in given)
    both = (len(given), longest) if batch_first else (longest, len(given))
    padded = full((*both, *given[0].shape[1:]), padding_value, dtype=given[0].dtype)
    for i, one in enumerate(given):
        start = longest - len(one) if padding_side == "left" else 0
        where = slice(start, start + len(one))
        padded[(i, where) if batch_first else (where, i)] = one
    return padded


def unpad_sequence(
    padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False
) -> list[Tensor]:
    """The sequences of a padded batch, each cut to its length."""
    by_sequence = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [
        one[: int(length)] for one, length in zip(by_sequence, lengths.tolist(), strict=True)
    ]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences of shape (length, ...)."""
    lengths = [len(one) for one in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences in a packed batch."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
