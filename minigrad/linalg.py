"""Linear algebra, as `torch.linalg`."""

from minigrad.functions.decompositions import LinAlgError as LinAlgError
from minigrad.functions.decompositions import cholesky as cholesky
from minigrad.functions.decompositions import det as det
from minigrad.functions.decompositions import diagonal as diagonal
from minigrad.functions.decompositions import eigh as eigh
from minigrad.functions.decompositions import eigvalsh as eigvalsh
from minigrad.functions.decompositions import inv as inv
from minigrad.functions.decompositions import matrix_norm as matrix_norm
from minigrad.functions.decompositions import matrix_power as matrix_power
from minigrad.functions.decompositions import multi_dot as multi_dot
from minigrad.functions.decompositions import norm as norm
from minigrad.functions.decompositions import slogdet as slogdet
from minigrad.functions.decompositions import solve as solve
from minigrad.functions.decompositions import svdvals as svdvals
from minigrad.functions.decompositions import vecdot as vecdot
from minigrad.functions.decompositions import vector_norm as vector_norm
from minigrad.functions.matrix import matmul as matmul
from minigrad.functions.matrix_equations import cond as cond
from minigrad.functions.matrix_equations import cross as cross
from minigrad.functions.matrix_equations import matrix_exp as matrix_exp
from minigrad.functions.matrix_equations import matrix_rank as matrix_rank
from minigrad.functions.matrix_equations import pinv as pinv
from minigrad.functions.matrix_equations import qr as qr
from minigrad.functions.matrix_equations import solve_triangular as solve_triangular
from minigrad.functions.matrix_equations import svd as svd
from minigrad.functions.matrix_equations import vander as vander
