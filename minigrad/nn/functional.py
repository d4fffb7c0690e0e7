"""Layers and losses as functions: everything a module does, without the module."""

from __future__ import annotations

# ruff: noqa: F403  (each file of functions says in __all__ what it offers)
from minigrad.functions import (
    activations,
    attention,
    classification,
    convolution,
    losses,
    normalization,
    padding,
    pooling,
    regularization,
    resampling,
    similarity,
    unpooling,
    upsampling,
)
from minigrad.functions.activations import *
from minigrad.functions.attention import *
from minigrad.functions.classification import *
from minigrad.functions.convolution import *
from minigrad.functions.elementwise import sigmoid, tanh
from minigrad.functions.losses import *
from minigrad.functions.matrix import linear
from minigrad.functions.normalization import *
from minigrad.functions.padding import *
from minigrad.functions.pooling import *
from minigrad.functions.regularization import *
from minigrad.functions.resampling import *
from minigrad.functions.similarity import *
from minigrad.functions.unpooling import *
from minigrad.functions.upsampling import *

__all__ = [
    *activations.__all__,
    *attention.__all__,
    *classification.__all__,
    *convolution.__all__,
    *losses.__all__,
    *normalization.__all__,
    *padding.__all__,
    *pooling.__all__,
    *regularization.__all__,
    *resampling.__all__,
    *similarity.__all__,
    *unpooling.__all__,
    *upsampling.__all__,
    "linear",
    "sigmoid",
    "tanh",
]
