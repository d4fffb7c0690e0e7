"""Decompositions, inverses and equations: values, gradients, errors."""

import torch

from tests.minigrad.refusal import refused

torch.manual_seed(0)
linalg = torch.linalg
square = torch.tensor([[3.0, 1.0, -0.5], [0.5, 2.0, 0.3], [0.2, -0.7, 1.5]], requires_grad=True)
tall = torch.tensor([[2.0, 0.5], [0.1, 1.0], [0.7, -0.4]], requires_grad=True)
wide = tall.detach().T.contiguous().requires_grad_()


def shown(*results):
    for x in results:
        print(x.abs() if x.is_floating_point() else x)


for matrix in (square, tall, wide):
    u, s, vh = linalg.svd(matrix, full_matrices=False)
    shown(u, s, vh, *linalg.svd(matrix), *torch.svd(matrix), *linalg.qr(matrix))
    q, r = linalg.qr(matrix)
    print(torch.autograd.grad((q @ r).sin().sum() + s.sum() + (q @ q.mT).sum(), matrix))
    p = linalg.pinv(matrix)
    print(p, torch.pinverse(matrix), linalg.matrix_rank(matrix), linalg.cond(matrix))
    print(torch.autograd.grad(p.sin().sum(), matrix))
print(linalg.svd(torch.eye(2)), linalg.slogdet(torch.eye(2)), linalg.eigh(torch.eye(2)))
print(
    linalg.cond(square.detach(), "fro"),
    linalg.cond(square.detach(), 1),
    linalg.matrix_rank(torch.ones(3, 3)),
)
e = torch.matrix_exp(square)
print(torch.autograd.grad(e.sum(), square), linalg.matrix_exp(torch.zeros(2, 2)))
right = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
for upper in (False, True):
    x = linalg.solve_triangular(square, right, upper=upper)
    print(x.detach(), torch.autograd.grad(x.sum(), (square, right)))
    print(
        linalg.solve_triangular(
            square.detach(), right.detach(), upper=upper, unitriangular=True
        )
    )
definite = square.detach() @ square.detach().T
factor = torch.cholesky(definite).requires_grad_()
print(factor, torch.cholesky_solve(right, factor).detach())
print(torch.cholesky_inverse(factor).detach())
print(linalg.vander(torch.arange(1.0, 4)), torch.vander(torch.arange(1.0, 4), 2))
print(linalg.cross(square.detach(), square.detach().flip(0)))
refused(linalg.qr, square, "all")
refused(linalg.svd, torch.ones(3))
q, _ = linalg.qr(tall, "complete")
refused(q.sum().backward)
