"""Problem set 1, on lectures 01 and 02: slopes by difference, by hand, by the chain rule."""

from graders.keys.ps1_derivatives.best_step import best_step
from graders.keys.ps1_derivatives.central_difference import central_difference
from graders.keys.ps1_derivatives.forward_difference import forward_difference
from graders.keys.ps1_derivatives.gradient_of_two_roads import gradient_of_two_roads
from graders.keys.ps1_derivatives.product_slope import product_slope
from graders.keys.ps1_derivatives.quotient_slope import quotient_slope
from graders.keys.ps1_derivatives.slope_of_cubic import slope_of_cubic
from graders.keys.ps1_derivatives.slope_of_log_square import slope_of_log_square
from graders.keys.ps1_derivatives.slope_of_sine_square import slope_of_sine_square

__all__ = [
    "best_step",
    "central_difference",
    "forward_difference",
    "gradient_of_two_roads",
    "product_slope",
    "quotient_slope",
    "slope_of_cubic",
    "slope_of_log_square",
    "slope_of_sine_square",
]
