"""`torch.backends.mps`: Apple's GPUs, which are not used."""

from __future__ import annotations


def is_available() -> bool:
    """Whether there is one to use: no."""
    return False


def is_built() -> bool:
    """Whether there could be one: no."""
    return False
