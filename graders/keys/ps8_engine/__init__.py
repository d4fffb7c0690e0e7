"""Problem set 8, on lectures 12 and 13: second derivatives, and an engine of one's own."""

from graders.keys.ps8_engine.backward import backward
from graders.keys.ps8_engine.hessian_vector_product import hessian_vector_product
from graders.keys.ps8_engine.largest_error import largest_error
from graders.keys.ps8_engine.newton_goes_wrong import newton_goes_wrong
from graders.keys.ps8_engine.newton_step import newton_step
from graders.keys.ps8_engine.no_grad import no_grad
from graders.keys.ps8_engine.second_backward import second_backward
from graders.keys.ps8_engine.value import Value

__all__ = [
    "Value",
    "backward",
    "hessian_vector_product",
    "largest_error",
    "newton_goes_wrong",
    "newton_step",
    "no_grad",
    "second_backward",
]
