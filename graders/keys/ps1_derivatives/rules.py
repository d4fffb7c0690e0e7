"""Where a rule of two parts, rule(u, du, v, dv), is probed."""

import numpy as np

from graders.keys.domain import Region


def values_and_slopes() -> tuple[Region, ...]:
    def draw(sign_u: float, sign_v: float):
        signs = np.array([sign_u, 1.0, sign_v, 1.0])

        def arguments(generator: np.random.Generator):
            slopes = np.array([1.0, generator.choice([-1, 1]), 1.0, generator.choice([-1, 1])])
            sizes = generator.uniform(0.5, 3.0, size=4)
            return tuple((sizes * signs * slopes).tolist())

        return arguments

    def with_zero(position: int):
        def arguments(generator: np.random.Generator):
            numbers = generator.uniform(0.5, 3.0, size=4)
            numbers[position] = 0.0
            return tuple(numbers.tolist())

        return arguments

    def sized(scale: float):
        return lambda generator: tuple((generator.uniform(0.5, 3.0, 4) * scale).tolist())

    return (
        Region("positive u and v", draw(1.0, 1.0), 4),
        Region("negative u", draw(-1.0, 1.0)),
        Region("negative v", draw(1.0, -1.0)),
        Region("u = 0", with_zero(0), 1),
        Region("a u that does not move, du = 0", with_zero(1), 2),
        Region("a v that does not move, dv = 0", with_zero(3), 2),
        Region("large numbers", sized(1e6), 2),
        Region("small numbers", sized(1e-3), 2),
    )
