"""Problem set 2, on lectures 03 and 04: graphs, their order, local rules, accumulation."""

from graders.keys.ps2_graphs_and_backward.add_or_overwrite import add_or_overwrite
from graders.keys.ps2_graphs_and_backward.backward_order import backward_order
from graders.keys.ps2_graphs_and_backward.cotangents import cotangents
from graders.keys.ps2_graphs_and_backward.divide_vjp import divide_vjp
from graders.keys.ps2_graphs_and_backward.fill_the_graph import fill_the_graph
from graders.keys.ps2_graphs_and_backward.grads_seen import grads_seen
from graders.keys.ps2_graphs_and_backward.log_vjp import log_vjp
from graders.keys.ps2_graphs_and_backward.maximum_vjp import maximum_vjp
from graders.keys.ps2_graphs_and_backward.power_vjp import power_vjp
from graders.keys.ps2_graphs_and_backward.relu_vjp import relu_vjp
from graders.keys.ps2_graphs_and_backward.train import train

__all__ = [
    "add_or_overwrite",
    "backward_order",
    "cotangents",
    "divide_vjp",
    "fill_the_graph",
    "grads_seen",
    "log_vjp",
    "maximum_vjp",
    "power_vjp",
    "relu_vjp",
    "train",
]
