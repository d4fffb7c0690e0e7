"""Products over chosen dimensions, and linear algebra, by their defining equations."""

import numpy as np
import pytest

import minigrad as mg


def random(*shape):
    return mg.tensor(np.random.default_rng(0).standard_normal(shape), requires_grad=True)


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", ((2, 3), (3, 4))),
        ("ij,jk", ((2, 3), (3, 4))),
        ("bij,bjk->bki", ((5, 2, 3), (5, 3, 4))),
        ("ii->i", ((3, 3),)),
        ("ij->", ((2, 3),)),
        ("...ij,kj->...k", ((2, 3, 4), (5, 4))),
        ("i,j,k->kij", ((2,), (3,), (4,))),
    ],
)
def test_einsum_is_numpys(equation, shapes):
    operands = [random(*shape) for shape in shapes]
    arrays = [x.detach().numpy() for x in operands]
    found = mg.einsum(equation, *operands)
    np.testing.assert_allclose(found.detach().numpy(), np.einsum(equation, *arrays))
    assert mg.autograd.gradcheck(lambda *xs: mg.einsum(equation, *xs), operands)


def test_inverse_and_solution():
    a, b = random(3, 3), random(3, 2)
    np.testing.assert_allclose((a @ mg.linalg.inv(a)).detach().numpy(), np.eye(3), atol=1e-12)
    np.testing.assert_allclose((a @ mg.linalg.solve(a, b)).detach(), b.detach(), atol=1e-12)


def test_cholesky_and_eigenvectors_give_the_matrix_back():
    half = random(3, 3)
    a = half @ half.mT
    factor = mg.linalg.cholesky(a)
    np.testing.assert_allclose((factor @ factor.mT).detach(), a.detach())
    values, vectors = mg.linalg.eigh(a)
    np.testing.assert_allclose((vectors * values @ vectors.mT).detach(), a.detach())
    assert mg.autograd.gradcheck(lambda x: mg.linalg.cholesky(x @ x.mT), (half,))


def test_the_nuclear_norm_is_the_sum_of_singular_values():
    a = random(3, 2)
    found = mg.norm(a, "nuc")
    assert found.item() == pytest.approx(np.linalg.svd(a.detach().numpy())[1].sum())
    assert found.item() == mg.linalg.matrix_norm(a, "nuc").item()


def test_what_is_refused():
    flat = mg.ones(2, 2)
    for wrong, sentence in (
        (lambda: mg.linalg.inv(flat), "inv: The diagonal element 2 is zero, the inversion"),
        (lambda: mg.linalg.inv(flat[None]), r"\(Batch element 0\): The diagonal element 2"),
        (lambda: mg.linalg.solve(flat, flat), "The solver failed because the input matrix is"),
        (lambda: mg.linalg.cholesky(-flat), "the leading minor of order 1 is not positive"),
        (lambda: mg.linalg.det(flat[:1]), "batches of square matrices, but they are 1 by 2"),
        (lambda: mg.outer(flat, flat), "outer: Expected 1-D argument self, but got 2-D"),
        (lambda: mg.einsum("ij,jk->il", flat, flat), "output subscript l does not appear"),
        (lambda: mg.einsum("ij,jk->ik", flat), "fewer operands were provided"),
    ):
        with pytest.raises(RuntimeError, match=sentence):
            wrong()


@pytest.mark.parametrize(
    ("matrix", "cofactors"),
    [
        ([[1, 2], [2, 4]], [[4, -2], [-2, 1]]),
        ([[0, 0], [0, 0]], [[0, 0], [0, 0]]),
        ([[1, 2, 3], [2, 4, 6], [1, 0, 1]], [[4, 4, -4], [-2, -2, 2], [0, 0, 0]]),
        ([[1, 2, 3], [2, 4, 6], [3, 6, 9]], np.zeros((3, 3))),
        ([[[1, 2], [2, 4]], [[1, 2], [3, 4]]], [[[4, -2], [-2, 1]], [[4, -3], [-2, 1]]]),
    ],
)
def test_the_gradient_of_a_singular_matrixs_determinant_is_its_cofactors(matrix, cofactors):
    x = mg.tensor(matrix, dtype=mg.float64, requires_grad=True)
    mg.linalg.det(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), cofactors, atol=1e-12)
    np.testing.assert_allclose(
        mg.func.grad(lambda x: mg.linalg.det(x).sum())(x.detach()), cofactors, atol=1e-12
    )
    _, slope = mg.func.jvp(mg.linalg.det, (x.detach(),), (mg.ones_like(x),))
    np.testing.assert_allclose(slope.numpy(), np.sum(cofactors, (-2, -1)), atol=1e-12)
