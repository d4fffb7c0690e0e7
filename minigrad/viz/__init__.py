"""Pictures of computations: the recorded graph, and the player that walks through it."""

from .drawing import Drawing as Drawing
from .graph import make_dot as make_dot
from .graph import make_dot_from_trace as make_dot_from_trace
from .graph import resize_graph as resize_graph
from .player import Player as Player
from .player import player as player
