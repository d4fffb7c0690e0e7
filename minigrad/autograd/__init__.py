"""Derivatives as functions.

`grad`, `backward`, your own `Function`, and checks against finite differences.
"""

from __future__ import annotations

from minigrad.autograd import forward_ad as forward_ad
from minigrad.autograd import functional as functional
from minigrad.autograd import graph as graph
from minigrad.autograd.anomaly import detect_anomaly as detect_anomaly
from minigrad.autograd.anomaly import set_detect_anomaly as set_detect_anomaly
from minigrad.autograd.checks import gradcheck as gradcheck
from minigrad.autograd.checks import gradgradcheck as gradgradcheck
from minigrad.autograd.function import Function as Function
from minigrad.autograd.variable import Variable as Variable
from minigrad.backward import backward as backward
from minigrad.backward import grad as grad
from minigrad.grad_mode import enable_grad as enable_grad
from minigrad.grad_mode import inference_mode as inference_mode
from minigrad.grad_mode import no_grad as no_grad
from minigrad.grad_mode import set_grad_enabled as set_grad_enabled

__all__ = [
    "Function",
    "Variable",
    "backward",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
]
