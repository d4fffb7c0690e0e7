"""`torch.accelerator`: whatever is faster than the CPU, which here is nothing."""

from __future__ import annotations

__all__ = ["current_accelerator", "device_count", "is_available"]


def is_available() -> bool:
    """Whether there is an accelerator: no."""
    return False


def current_accelerator(check_available: bool = False) -> None:
    """The accelerator's device: None."""
    return None


def device_count() -> int:
    """How many there are: 0."""
    return 0
