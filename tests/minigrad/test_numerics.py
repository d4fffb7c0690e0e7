"""The special functions' own numerics, against Python's C library and closed forms."""

import math

import numpy as np
import pytest

import minigrad as mg
from minigrad import numerics

POINTS = np.concatenate([np.linspace(-7, 7, 2001), [0.46875, 4.0, 26.0, 1e-300, -1e-12, 40.0]])


def expected(function, points):
    return np.array([function(x) for x in points.tolist()])


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_error_function_is_that_of_the_c_library(name):
    found = getattr(numerics, name)(POINTS)
    np.testing.assert_allclose(found, expected(getattr(math, name), POINTS), rtol=2e-15)


def test_error_function_at_the_ends():
    ends = np.array([-math.inf, math.inf, math.nan])
    np.testing.assert_array_equal(numerics.erf(ends), [-1, 1, math.nan])
    np.testing.assert_array_equal(numerics.erfc(ends), [2, 0, math.nan])


def test_erfinv_undoes_erf_and_keeps_tiny_numbers():
    x = np.linspace(-3, 3, 301)
    np.testing.assert_allclose(numerics.erfinv(numerics.erf(x)), x, rtol=1e-11, atol=1e-300)
    tiny = np.array([1e-20, -1e-300])
    np.testing.assert_allclose(numerics.erfinv(tiny), tiny * math.sqrt(math.pi) / 2, rtol=1e-15)
    edges = numerics.erfinv(np.array([-1.0, 1.0, 1.1]))
    np.testing.assert_array_equal(edges, [-math.inf, math.inf, math.nan])


def test_ndtri_is_exact_far_in_the_tail():
    p = np.array([1e-300, 1e-20, 0.025, 0.5])
    share = numerics.erfc(-numerics.ndtri(p) / math.sqrt(2)) / 2
    np.testing.assert_allclose(share, p, rtol=1e-12)


def test_gamma_functions_at_closed_forms():
    euler = 0.5772156649015329
    found = numerics.digamma(np.array([1.0, 0.5, 2.0, -0.5]))
    closed = [-euler, -euler - 2 * math.log(2), 1 - euler, 2 - euler - 2 * math.log(2)]
    np.testing.assert_allclose(found, closed, rtol=1e-14)
    assert numerics.digamma(np.array(0.0)) == -math.inf
    assert np.isnan(numerics.digamma(np.array(-3.0)))
    np.testing.assert_allclose(numerics.polygamma(1, np.array(1.0)), math.pi**2 / 6, rtol=1e-15)
    np.testing.assert_allclose(
        numerics.polygamma(2, np.array(1.0)), -2.404113806319188, rtol=1e-14
    )
    np.testing.assert_allclose(numerics.zeta(4.0, np.array(1.0)), math.pi**4 / 90, rtol=1e-15)
    assert numerics.lgamma(np.array([0.0, -1.0])).tolist() == [math.inf, math.inf]


def test_bessel_functions_against_numpy_and_their_own_identity():
    x = np.linspace(-60, 60, 241)
    np.testing.assert_allclose(numerics.i0(x), np.i0(x), rtol=1e-14)
    # Wronskian-like check by differences: I0' = I1.
    step = 1e-6
    points = np.linspace(0.5, 40, 80)
    slope = (numerics.i0e(points + step) - numerics.i0e(points - step)) / (2 * step)
    exact = numerics.i1e(points) - numerics.i0e(points)
    np.testing.assert_allclose(slope, exact, rtol=1e-6, atol=1e-9)


def test_special_functions_keep_dtype_shape_and_promote_integers():
    assert mg.erf(mg.tensor([0.5])).dtype is mg.float32
    assert mg.erf(mg.tensor(2)).dtype is mg.float32
    assert mg.lgamma(mg.zeros(2, 0)).shape == (2, 0)
    assert mg.special.ndtr(mg.tensor(0.0)).item() == 0.5
