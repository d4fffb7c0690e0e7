"""Devices: there is one, the CPU, and code that asks which there are gets that answer.

A `device` may name any kind, as in PyTorch, since a name alone does nothing; to put a tensor
there is refused.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from minigrad import errors
from minigrad.naming import Named

__all__ = ["device", "get_default_device", "set_default_device"]

KINDS = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, "
    "vulkan, mps, meta, hpu, mtia, privateuseone"
)


class device(metaclass=Named):
    """The name of a place where tensors may live. Here that is the CPU only.

    Args:
        type: "cpu", "cuda:0" and so on, or a device.
        index: which of several, if the type does not say it.

    Raises:
        RuntimeError: for a name that is no kind of device.
    """

    __slots__ = ("index", "type")

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            self.type: str = type.type
            self.index: int | None = type.index
            return
        if not isinstance(type, str):
            raise errors.no_accelerator()
        self.type, _, number = type.partition(":")
        if self.type not in KINDS.split(", ") or (number and not number.isdigit()):
            raise errors.unknown_device(KINDS, type)
        if number and index is not None:
            raise errors.device_index_twice(type)
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __enter__(self) -> device:
        check_device(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to put back: it was the CPU before."""


CPU = device("cpu")


def check_device(wanted: Any) -> None:
    """Refuse any device but the CPU (None stands for it)."""
    if wanted is not None and device(wanted).type != "cpu":
        raise errors.no_such_device(wanted)


def get_default_device() -> device:
    """Where new tensors go: the CPU."""
    return CPU


def set_default_device(device: Any) -> None:
    """Accept the CPU, and refuse any other device."""
    check_device(device)
