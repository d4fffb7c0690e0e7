"""All keys that there are, found where they lie."""

from __future__ import annotations

import importlib
import pkgutil

import graders.keys
from graders.keys.key import Key


def assignments() -> list[str]:
    """The names of the assignments that have keys."""
    return [m.name for m in pkgutil.iter_modules(graders.keys.__path__) if m.ispkg]


def keys_of(assignment: str) -> list[Key]:
    """The keys of one assignment, those that its package offers in `__all__`.

    Raises:
        ModuleNotFoundError: there is no such assignment.
    """
    package = importlib.import_module(f"graders.keys.{assignment}")
    return [getattr(package, name) for name in package.__all__]


def all_keys() -> list[tuple[str, Key]]:
    """Every key beside the name of its assignment."""
    return [(name, key) for name in assignments() for key in keys_of(name)]
