"""Step sizes that change as training goes on."""

# ruff: noqa: F403  (each file says in __all__ what it offers)
from minigrad.optim.cycles import *
from minigrad.optim.schedules import *
