"""`torch.backends.cuda`: NVIDIA's GPUs, which are not used."""

from __future__ import annotations


def is_built() -> bool:
    """Whether there could be one: no."""
    return False
