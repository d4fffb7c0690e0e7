"""`torch.backends.cudnn`: its switches can be set and change nothing, since it is not there."""

from __future__ import annotations

enabled = True
deterministic = False
benchmark = False


def is_available() -> bool:
    """Whether cuDNN is there: no."""
    return False


def version() -> int | None:
    """Its version: None."""
    return None
