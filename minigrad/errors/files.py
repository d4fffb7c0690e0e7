"""Errors of saving and loading."""

from __future__ import annotations

from .voices import two_voices, type_name


def cannot_be_saved(where: str, value: object) -> TypeError:
    """An object that `save` has no form for."""
    kind = type_name(value)
    return two_voices(
        TypeError(f"cannot save a {kind}"),
        f"{where} is a {kind}; a file holds tensors, numbers, texts, and dictionaries, lists "
        "and tuples of them, and no code.",
        "for a model or an optimiser save its .state_dict(), and load it with "
        ".load_state_dict(...).",
    )


def not_a_saved_file(kind: str) -> RuntimeError:
    """A file that `save` has not written."""
    return two_voices(
        RuntimeError("not a file that minigrad.save has written"),
        f"{kind}. Pickles are not read, because loading one can run any code that is in it.",
        "write the file with minigrad.save; tensors of PyTorch go through NumPy: "
        "numpy.savez there, minigrad.from_numpy here.",
    )
