"""Methods from the world of neural networks."""

from __future__ import annotations

from minigrad.functions import activations


class NetworkMethods:
    """Activations and the softmax family as methods."""

    __slots__ = ()

    softmax = activations.softmax
    log_softmax = activations.log_softmax
    prelu = activations.prelu
    hardshrink = activations.hardshrink
