"""Products of vectors and matrices as methods."""

from __future__ import annotations

from minigrad.functions import contractions, decompositions, matrix_equations
from minigrad.methods.in_place import of_function


class MatrixMethods:
    """Products beside those with operators, and their forms with a bias."""

    __slots__ = ()

    outer = contractions.outer
    ger = contractions.ger
    inner = contractions.inner
    vdot = contractions.vdot
    trace = contractions.trace
    kron = contractions.kron
    cross = contractions.cross
    det = decompositions.det
    logdet = decompositions.logdet
    slogdet = decompositions.slogdet
    inverse = decompositions.inv
    matrix_power = decompositions.matrix_power
    cholesky = matrix_equations.older_cholesky
    cholesky_inverse = matrix_equations.cholesky_inverse
    cholesky_solve = matrix_equations.cholesky_solve
    matrix_exp = matrix_equations.matrix_exp
    pinverse = matrix_equations.pinv
    qr = matrix_equations.older_qr
    svd = matrix_equations.older_svd

    addmv = contractions.addmv
    addr = contractions.addr
    addbmm = contractions.addbmm
    baddbmm = contractions.baddbmm

    addmv_ = of_function(contractions.addmv)
    addr_ = of_function(contractions.addr)
    baddbmm_ = of_function(contractions.baddbmm)
