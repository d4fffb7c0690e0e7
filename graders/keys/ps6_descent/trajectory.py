"""trajectory(slope, theta, lr, steps): every point of a walk of gradient descent."""

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(slope, theta, lr, steps):
    points = [theta]
    for _ in range(steps):
        theta = theta - lr * slope(theta)
        points.append(theta)
    return np.array(points)


def with_copies(slope, theta, lr, steps):
    theta = np.array(theta, dtype=float)
    points = [theta.copy()]
    for _ in range(steps):
        theta -= lr * np.asarray(slope(theta))
        points.append(theta.copy())
    return points


def filled_in(slope, theta, lr, steps):
    points = np.zeros((steps + 1, *np.shape(theta)))
    points[0] = theta
    for k in range(1, steps + 1):
        points[k] = points[k - 1] - lr * slope(points[k - 1])
    return points


def by_recursion(slope, theta, lr, steps):
    rest = [] if steps == 0 else by_recursion(slope, theta - lr * slope(theta), lr, steps - 1)
    return [theta, *rest]


def by_eigenvectors(slope, theta, lr, steps):
    """On a bowl with curvatures λ every step multiplies the distance by 1 - ηλ."""
    A, c = slope.bowl
    curvatures, directions = np.linalg.eigh(A)
    factors = (1 - lr * curvatures) ** np.arange(steps + 1)[:, None]
    return c + (factors * (directions.T @ (theta - c))) @ directions.T


def by_matrix_powers(slope, theta, lr, steps):
    A, c = slope.bowl
    shrink = np.eye(len(c)) - lr * A
    return [c + np.linalg.matrix_power(shrink, k) @ (theta - c) for k in range(steps + 1)]


def one_array(slope, theta, lr, steps):
    return [reference(slope, theta, lr, steps)[-1]] * (steps + 1)


def without_the_start(slope, theta, lr, steps):
    return reference(slope, theta, lr, steps + 1)[1:]


def always_the_first_slope(slope, theta, lr, steps):
    return theta - lr * np.arange(steps + 1)[:, None] * slope(theta)


def every_point_twice(slope, theta, lr, steps):
    return np.repeat(reference(slope, theta, lr, steps), 2, axis=0)[: steps + 1]


def only_the_way(slope, theta, lr, steps):
    return reference(slope, theta, lr, steps) - theta


def bowl(size, *, lr, steps):
    """A random bowl as a slope, a start outside it, and a step."""

    def draw(generator):
        B = generator.normal(size=(size, size))
        A, c = B @ B.T / size + np.eye(size), generator.normal(size=size)

        def slope(theta):
            return A @ (theta - c)

        slope.bowl = A, c
        start = c + generator.uniform(1.0, 2.0, size) * generator.choice([-1, 1], size)
        return slope, start, float(lr * generator.uniform(0.8, 1.2)), steps

    return draw


trajectory = Key(
    name="trajectory",
    reference=reference,
    domain=(
        Region("two parameters", bowl(2, lr=0.1, steps=6), 3),
        Region("one parameter", bowl(1, lr=0.3, steps=5), 2),
        Region("three parameters, three steps", bowl(3, lr=0.1, steps=3), 1),
        Region("a single step", bowl(2, lr=0.1, steps=1), 1),
        Region("no step at all", bowl(2, lr=0.1, steps=0), 1),
        Region("steps that are too large", bowl(2, lr=2.0, steps=4), 1),
    ),
    lecture="08_nonconvex",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "holds one and the same array in every place: all the points are the last one",
            one_array,
            "A list keeps the array itself, not a photograph of it. If you move it in place, "
            "every entry moves. Store a copy.",
        ),
        Misconception(
            "leaves out the start",
            without_the_start,
            "With no step at all, where is the walk? There are steps + 1 points.",
        ),
        Misconception(
            "leaves out the end",
            lambda *given: reference(*given)[:-1] if given[-1] else np.zeros(0),
            "Take one step: the walk has two points. Record after moving as well.",
        ),
        Misconception(
            "gives only the end",
            lambda *given: reference(*given)[-1],
            "All the points are asked, from the start on.",
        ),
        Misconception(
            "climbs",
            lambda slope, theta, lr, steps: reference(slope, theta, -lr, steps),
            "The slope points uphill.",
        ),
        Misconception(
            "uses the slope at the start for every step",
            always_the_first_slope,
            "After a step you stand elsewhere: ask slope again.",
        ),
        Misconception(
            "records every point twice",
            every_point_twice,
            "Once per step is enough. How often does your loop append?",
        ),
        Misconception(
            "gives how far it went instead of where it is",
            only_the_way,
            "The first point is the start itself, not zero.",
        ),
    ),
    alternatives=(
        Alternative("moved in place, copied", with_copies),
        Alternative("an array, filled row by row", filled_in),
        Alternative("a function that calls itself", by_recursion),
    ),
    oracles=(by_eigenvectors, by_matrix_powers),
)
