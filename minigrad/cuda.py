"""`torch.cuda` on a machine without one: code that asks first runs unchanged.

Questions are answered (there is none), seeding and emptying of caches do nothing, and whatever
would need a GPU is refused with PyTorch's sentence.
"""

from __future__ import annotations

from typing import Any, NoReturn

from minigrad import errors

__all__ = [
    "current_device",
    "device_count",
    "empty_cache",
    "get_device_name",
    "is_available",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "memory_allocated",
    "memory_reserved",
    "set_device",
    "synchronize",
]


def is_available() -> bool:
    """Whether there is a GPU: no."""
    return False


def is_initialized() -> bool:
    """Whether one is in use: no."""
    return False


def device_count() -> int:
    """How many there are: 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Do nothing: the numbers of the CPU have `minigrad.manual_seed`."""


def manual_seed_all(seed: int) -> None:
    """Do nothing, as `manual_seed`."""


def empty_cache() -> None:
    """Do nothing: there is no cache."""


def memory_allocated(device: Any = None) -> int:
    """Bytes in use on a GPU: 0."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """The most bytes that were in use on a GPU: 0."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """Bytes held on a GPU: 0."""
    return 0


def current_device() -> NoReturn:
    """Refused: there is none."""
    raise errors.no_cuda()


def get_device_name(device: Any = None) -> NoReturn:
    """Refused: there is none."""
    raise errors.no_cuda()


def set_device(device: Any) -> NoReturn:
    """Refused: there is none."""
    raise errors.no_cuda()


def synchronize(device: Any = None) -> NoReturn:
    """Refused: there is none."""
    raise errors.no_cuda()
