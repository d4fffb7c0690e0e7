"""Where student code runs: a process of its own, shut in by what the kernel offers.

Only this package touches namespaces, mounts and limits; only `wire` decides what may cross.
"""

from typing import Any

__all__ = ["layers", "missing_layers"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: a template must hold nothing that it does not need.
    if name in __all__:
        import importlib

        return getattr(importlib.import_module("graders.sandbox.survey"), name)
    raise AttributeError(f"module 'graders.sandbox' has no attribute {name!r}")
