"""Helpers for parameters taken together, and for sequences of different lengths."""

import importlib

from minigrad.nn.utils import rnn as rnn
from minigrad.nn.utils.parameters import clip_grad_norm_ as clip_grad_norm_
from minigrad.nn.utils.parameters import clip_grad_value_ as clip_grad_value_
from minigrad.nn.utils.parameters import clip_grads_with_norm_ as clip_grads_with_norm_
from minigrad.nn.utils.parameters import get_total_norm as get_total_norm
from minigrad.nn.utils.parameters import parameters_to_vector as parameters_to_vector
from minigrad.nn.utils.parameters import vector_to_parameters as vector_to_parameters

# Rarely used, so not imported with the rest.
_MODULES = {"parametrizations", "parametrize", "prune"}
_WEIGHT_HOOKS = {"remove_spectral_norm", "remove_weight_norm", "spectral_norm", "weight_norm"}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _WEIGHT_HOOKS:
        return getattr(importlib.import_module(f"{__name__}.weight_hooks"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
