"""Problem set 5, on lecture 07: fitting lines, and how long a step may be."""

from graders.keys.ps5_regression.broadcast_trap import broadcast_trap
from graders.keys.ps5_regression.descend import descend
from graders.keys.ps5_regression.largest_step import largest_step
from graders.keys.ps5_regression.logistic import logistic
from graders.keys.ps5_regression.mse_gradient import mse_gradient
from graders.keys.ps5_regression.standardise import standardise
from graders.keys.ps5_regression.train_step import train_step

__all__ = [
    "broadcast_trap",
    "descend",
    "largest_step",
    "logistic",
    "mse_gradient",
    "standardise",
    "train_step",
]
