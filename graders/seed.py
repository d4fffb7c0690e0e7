"""Hidden inputs: unguessable by a student, the same again for the same submission.

The judge derives a seed from the course's secret and the submission, and sets it here before
the tests run. Where no judge did (stock nbgrader, say), the seed is fresh entropy: just as
unguessable, but not repeatable.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import numpy as np

_seed: bytes | None = None


def set_seed(seed: bytes | None) -> None:
    """Fix what `generator` draws from; None goes back to fresh entropy."""
    global _seed
    _seed = seed


def generator(name: str) -> np.random.Generator:
    """A generator for the question `name`: other questions do not shift its numbers."""
    seed = secrets.token_bytes(32) if _seed is None else _seed
    digest = hmac.new(seed, name.encode(), hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
