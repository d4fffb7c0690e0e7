"""The oracles for VJP rules find what is known by hand, kinks and empty arrays included."""

import numpy as np
import pytest

from graders.keys.domain import cotangents
from graders.keys.oracles import elementwise, vjp_by_complex_step, vjp_by_digits

BOTH = pytest.mark.parametrize("oracle", [vjp_by_complex_step, vjp_by_digits])


def arguments(*shapes, output, dtype=np.float64):
    (region,) = [cotangents("any", shapes, output, dtype=dtype)]
    return region.draw(np.random.default_rng(7))


@BOTH
def test_several_arguments_of_any_shape(oracle):
    a, b, v = arguments((3, 2), (2, 4), output=(3, 4))
    of_a, of_b = oracle(lambda a, b: a @ b, 2)(a, b, v)
    np.testing.assert_allclose(of_a, v @ b.T, rtol=1e-13)
    np.testing.assert_allclose(of_b, a.T @ v, rtol=1e-13)


@BOTH
@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 0, 3), (2, 1, 3)])
def test_no_shape_is_special(oracle, shape):
    x, v = arguments(shape, output=shape)
    np.testing.assert_allclose(oracle(lambda x: x * x)(x, v), 2 * x * v, rtol=1e-13)


@BOTH
def test_settings_are_left_alone(oracle):
    region = cotangents("any", [(4,)], (), settings=(3, "text"), dtype=np.float32)
    x, power, text, v = region.draw(np.random.default_rng(7))
    got = oracle(lambda x, power, text: np.sum(x**power))(x, power, text, v)
    np.testing.assert_allclose(got, 3 * x.astype(float) ** 2 * v, rtol=1e-13)


def test_the_side_of_a_kink_can_be_chosen():
    size = elementwise(abs)
    zero, one = np.zeros(()), np.ones(())
    for sides, slope in [((-1, 0), -1), ((-1, 1), 0), ((0, 1), 1)]:
        assert vjp_by_digits(size, sides=sides)(zero, one) == slope
