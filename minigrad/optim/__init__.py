"""Optimisers: what to do with a gradient once it is there."""

import importlib

from minigrad.optim import lr_scheduler as lr_scheduler
from minigrad.optim.adam import Adam as Adam
from minigrad.optim.adam import AdamW as AdamW
from minigrad.optim.adaptive import Adadelta as Adadelta
from minigrad.optim.adaptive import Adagrad as Adagrad
from minigrad.optim.adaptive import Adamax as Adamax
from minigrad.optim.adaptive import NAdam as NAdam
from minigrad.optim.adaptive import RAdam as RAdam
from minigrad.optim.adaptive import RMSprop as RMSprop
from minigrad.optim.asgd import ASGD as ASGD
from minigrad.optim.lbfgs import LBFGS as LBFGS
from minigrad.optim.optimizer import Optimizer as Optimizer
from minigrad.optim.rprop import Rprop as Rprop
from minigrad.optim.sgd import SGD as SGD


def __getattr__(name: str) -> object:
    # Rarely used, so not imported with the rest.
    if name == "swa_utils":
        return importlib.import_module(f"{__name__}.swa_utils")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
