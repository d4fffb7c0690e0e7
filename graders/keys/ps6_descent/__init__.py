"""Problem set 6, on lectures 08 and 09: walks over hills, and optimisers by hand."""

from graders.keys.ps6_descent.adam import Adam
from graders.keys.ps6_descent.basins import basins
from graders.keys.ps6_descent.epoch import epoch
from graders.keys.ps6_descent.learning_rate import learning_rate
from graders.keys.ps6_descent.momentum_step import momentum_step
from graders.keys.ps6_descent.rmsprop_step import rmsprop_step
from graders.keys.ps6_descent.slope_of_landscape import slope_of_landscape
from graders.keys.ps6_descent.trajectory import trajectory

__all__ = [
    "Adam",
    "basins",
    "epoch",
    "learning_rate",
    "momentum_step",
    "rmsprop_step",
    "slope_of_landscape",
    "trajectory",
]
