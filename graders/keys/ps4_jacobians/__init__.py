"""Problem set 4, on lecture 06: Jacobians by rows and columns, dual numbers, and their cost."""

from graders.keys.ps4_jacobians.dual import DualKey as Dual
from graders.keys.ps4_jacobians.helix_jacobian import helix_jacobian
from graders.keys.ps4_jacobians.hvp import hvp
from graders.keys.ps4_jacobians.jacobian_by_columns import jacobian_by_columns
from graders.keys.ps4_jacobians.jacobian_by_rows import jacobian_by_rows
from graders.keys.ps4_jacobians.passes import passes
from graders.keys.ps4_jacobians.q_vjp import q_vjp

__all__ = [
    "Dual",
    "helix_jacobian",
    "hvp",
    "jacobian_by_columns",
    "jacobian_by_rows",
    "passes",
    "q_vjp",
]
