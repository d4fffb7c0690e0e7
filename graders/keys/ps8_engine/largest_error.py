"""largest_error(f, gradient, x, h): a gradient check; the worst component counts."""

from fractions import Fraction

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(f, gradient, x, h):
    claimed, worst = gradient(x), 0.0
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        slope = (f(x + step) - f(x - step)) / (2 * h)
        worst = max(worst, abs(slope - claimed[index]))
    return worst


def by_unit_vectors(f, gradient, x, h):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + h * unit) - f(x - h * unit)) / (2 * h) for unit in units]
    return np.max(np.abs(np.reshape(slopes, x.shape) - gradient(x)), initial=0)


def move_and_put_back(f, gradient, x, h):
    x, claimed = x.copy(), np.ravel(gradient(x))
    flat, worst = x.reshape(-1), 0
    for i, value in enumerate(flat.tolist()):
        flat[i] = value + h
        above = f(x)
        flat[i] = value - h
        below = f(x)
        flat[i] = value
        worst = max(worst, abs((above - below) / (h + h) - claimed[i]))
    return worst


def by_sorting(f, gradient, x, h):
    errors = [0.0]
    for index, claimed in np.ndenumerate(gradient(x)):
        moved = {side: x.copy() for side in (1, -1)}
        for side, point in moved.items():
            point[index] += side * h
        errors.append(abs(claimed - (f(moved[1]) - f(moved[-1])) / 2 / h))
    return sorted(errors)[-1]


def in_fractions(f, gradient, x, h):
    exact = np.array([Fraction(float(v)) for v in x.ravel()], object).reshape(x.shape)
    claimed, h, worst = gradient(x), Fraction(h), Fraction(0)
    for index in np.ndindex(x.shape):
        ends = [exact.copy(), exact.copy()]
        ends[0][index] += h
        ends[1][index] -= h
        slope = (f(ends[0]) - f(ends[1])) / (2 * h)
        worst = max(worst, abs(slope - Fraction(float(claimed[index]))))
    return float(worst)


def by_formula(f, gradient, x, h):
    """A central difference of c x³ is 3c x² + c h²; products of neighbours are exact."""
    cubes, products = f.coefficients
    flat = x.ravel()
    slopes = cubes * (3 * flat**2 + h**2)
    slopes[:-1] += products * flat[1:]
    slopes[1:] += products * flat[:-1]
    return np.max(np.abs(slopes - np.ravel(gradient(x))), initial=0.0)


def errors(f, gradient, x, h):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + h * unit) - f(x - h * unit)) / (2 * h) for unit in units]
    return np.reshape(slopes, x.shape) - gradient(x)


def all_at_once(f, gradient, x, h):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return np.max(np.abs(slope - gradient(x)), initial=0)


def forward(f, gradient, x, h):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + h * unit) - f(x)) / h for unit in units]
    return np.max(np.abs(np.reshape(slopes, x.shape) - gradient(x)), initial=0)


def never_put_back(f, gradient, x, h):
    x, claimed, worst = x.copy(), gradient(x), 0.0
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        worst = max(worst, abs((above - f(x)) / (2 * h) - claimed[index]))
    return worst


def polynomial(shape, *, wrong=True):
    """A cubic with products of neighbours, and a gradient that is off in places."""

    def draw(generator):
        n = int(np.prod(shape))
        cubes = generator.uniform(0.5, 2.0, n) * generator.choice([-1, 1], n)
        products = generator.uniform(0.5, 2.0, max(n - 1, 0))
        off = generator.uniform(-3, 3, n) * wrong
        if wrong and n > 1:
            off[generator.integers(1, n)] = generator.choice([-1, 1]) * generator.uniform(4, 6)

        def f(x):
            flat = x.reshape(-1)
            return np.sum(cubes * flat**3) + np.sum(products * flat[1:] * flat[:-1])

        def gradient(x):
            flat = x.reshape(-1)
            slopes = 3 * cubes * flat**2 + off
            slopes[:-1] += products * flat[1:]
            slopes[1:] += products * flat[:-1]
            return slopes.reshape(x.shape)

        def exact(x):
            if x.dtype != object:
                return f(x)
            flat, a, b = x.reshape(-1), map(Fraction, cubes), map(Fraction, products)
            cubed = sum(c * v**3 for c, v in zip(a, flat, strict=True))
            return cubed + sum(
                c * v * u for c, v, u in zip(b, flat[1:], flat[:-1], strict=True)
            )

        exact.coefficients = cubes, products
        x = np.asarray(generator.uniform(0.5, 1.5, shape))
        return exact, gradient, x, float(generator.uniform(0.05, 0.2))

    return draw


largest_error = Key(
    name="largest_error",
    reference=reference,
    domain=(
        Region("four components", polynomial((4,)), 4),
        Region("a table", polynomial((2, 3)), 3),
        Region("one component", polynomial((1,)), 2),
        Region("a gradient that is right", polynomial((3,), wrong=False), 2),
        Region("no component", polynomial((0,)), 1),
    ),
    lecture="12_second_order",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "moves all components at once",
            all_at_once,
            "Each slope is along one axis, while the others stand still.",
        ),
        Misconception(
            "does not put a component back before it moves the next",
            never_put_back,
            "After the first component x is elsewhere. Check that x is as before in the end.",
        ),
        Misconception(
            "steps to one side only",
            forward,
            "Two lectures ago a rule with a much smaller error cost one evaluation more.",
            lecture="01_derivatives",
        ),
        Misconception(
            "takes the largest error with its sign, so that negative ones do not count",
            lambda *given: np.max(errors(*given), initial=0.0),
            "An error of -3 is worse than one of 0.1: what about its size?",
        ),
        Misconception(
            "averages the errors",
            lambda *given: np.sum(np.abs(errors(*given))) / max(given[2].size, 1),
            "One wrong component in a million vanishes in a mean.",
        ),
        Misconception(
            "looks at the first component only",
            lambda *given: np.abs(errors(*given)).reshape(-1)[0] if given[2].size else 0.0,
            "Which components has your loop seen? Print the index.",
        ),
        Misconception(
            "takes the smallest error",
            lambda *given: np.min(np.abs(errors(*given))) if given[2].size else 0.0,
            "A gradient is as wrong as its worst component.",
        ),
        Misconception(
            "divides by h though the run is 2h",
            lambda f, g, x, h: np.max(
                np.abs(2 * (errors(f, g, x, h) + g(x)) - g(x)), initial=0.0
            ),
            "How far is it from the left point to the right one?",
            lecture="01_derivatives",
        ),
    ),
    alternatives=(
        Alternative("unit vectors", by_unit_vectors),
        Alternative("moved and put back", move_and_put_back),
        Alternative("copies, sorted errors", by_sorting),
    ),
    oracles=(in_fractions, by_formula),
    equivalent_mutants=frozenset(
        {
            "line 7: `max(worst, abs(slope - claimed[index]))` became "
            "`max(abs(slope - claimed[index]), worst)`",
            "line 7: `slope - claimed[index]` became `claimed[index] - slope`",  # inside abs()
        }
    ),
)
