"""Problem set 7, on lectures 10 and 11: a two-layer network, forward, back and to its input."""

from graders.keys.ps7_networks.dead_units import dead_units
from graders.keys.ps7_networks.fading_signal import fading_signal
from graders.keys.ps7_networks.input_gradient import input_gradient
from graders.keys.ps7_networks.layer_gradients import layer_gradients
from graders.keys.ps7_networks.linear import Linear
from graders.keys.ps7_networks.sign_step import sign_step
from graders.keys.ps7_networks.softmax_cross_entropy import softmax_cross_entropy
from graders.keys.ps7_networks.two_layer import two_layer

__all__ = [
    "Linear",
    "dead_units",
    "fading_signal",
    "input_gradient",
    "layer_gradients",
    "sign_step",
    "softmax_cross_entropy",
    "two_layer",
]
