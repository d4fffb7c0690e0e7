"""Problem set 3, on lecture 05: shapes on the way back, and the digits of a float."""

from graders.keys.ps3_tensors.cross_entropy import cross_entropy
from graders.keys.ps3_tensors.flatten_vjp import flatten_vjp
from graders.keys.ps3_tensors.float_facts import float_facts
from graders.keys.ps3_tensors.matmul_vjp import matmul_vjp
from graders.keys.ps3_tensors.mean_vjp import mean_vjp
from graders.keys.ps3_tensors.outer_vjp import outer_vjp
from graders.keys.ps3_tensors.softmax_vjp import softmax_vjp
from graders.keys.ps3_tensors.take_vjp import take_vjp
from graders.keys.ps3_tensors.unbroadcast import unbroadcast

__all__ = [
    "cross_entropy",
    "flatten_vjp",
    "float_facts",
    "matmul_vjp",
    "mean_vjp",
    "outer_vjp",
    "softmax_vjp",
    "take_vjp",
    "unbroadcast",
]
