"""What lecture 12 says in prose is so: its formulas and numbers outside code cells."""

import math

import numpy as np
import pytest
import sympy
from lecture_files import FOLDER, code, read

import minigrad as mg

x, x1, x2 = sympy.symbols("x x1 x2", real=True)


@pytest.fixture(scope="module")
def lecture() -> dict:
    """The names that the lecture's cells define."""
    space: dict = {}
    wanted = (
        "imports",
        "newton-measure",
        "newton-walk",
        "newton-picture",
        "hessian-methods",
        "hessian-path",
    )
    cells = {cell.id: cell.source for cell in code(read(FOLDER / "12_second_order.ipynb"))}
    for name in (*wanted, "hessian-picture", "no-matrix-function", "play-still"):
        exec(cells[name], space)
    return space


def test_after_fifty_steps_the_intercept_is_at_063_and_one_newton_step_is_exact() -> None:
    data, target, θ = np.array([1, 2, 3.0]), np.array([1, 1.5, 2]), np.ones(2)
    X = np.stack([data, np.ones(3)], axis=1)
    curvature, start = 2 / 3 * X.T @ X, θ
    for _ in range(50):
        θ = θ - 0.05 * 2 / 3 * X.T @ (X @ θ - target)
    assert θ[1] == pytest.approx(0.63, abs=5e-3)
    jump = np.linalg.solve(curvature, 2 / 3 * X.T @ (X @ start - target))
    assert start - jump == pytest.approx([0.5, 0.5])


def test_newton_on_the_bowl_arrives_at_minus_x_cubed() -> None:
    f = sympy.sqrt(1 + x**2)
    slope, curvature = sympy.diff(f, x), sympy.diff(f, x, 2)
    assert sympy.simplify(slope - x / sympy.sqrt(1 + x**2)) == 0
    assert sympy.simplify(curvature - (1 + x**2) ** sympy.Rational(-3, 2)) == 0
    assert sympy.simplify(slope / curvature - x * (1 + x**2)) == 0


def test_the_walks_shrink_within_1_and_grow_beyond(lecture: dict) -> None:
    for start, arrives in ((0.8, True), (-0.95, True), (1.05, False), (1.2, False)):
        end = abs(lecture["walk"](lecture["bowl"], start)[-1][0])
        assert (end < abs(start)) == arrives
    jumps = [x for x, _, _ in lecture["walk"](lecture["bowl"], 1.0)]
    assert jumps == pytest.approx([1, -1, 1, -1, 1])


def test_the_cosine_leads_to_its_top_from_within_117(lecture: dict) -> None:
    f = sympy.cos(x)
    assert sympy.simplify(sympy.diff(f, x) / sympy.diff(f, x, 2) - sympy.tan(x)) == 0
    edge = float(sympy.nsolve(sympy.tan(x) - 2 * x, 1.17))
    assert edge == pytest.approx(1.17, abs=5e-3)
    for start in (-1.15, 0.3, 1.15):
        assert lecture["walk"](mg.cos, start, steps=12)[-1][0] == pytest.approx(0, abs=1e-9)
    assert abs(lecture["walk"](mg.cos, 1.2, steps=12)[-1][0]) > 1


def test_on_the_third_curve_there_are_floors_and_tops(lecture: dict) -> None:
    f, kinds = lecture["curves"]["x² + sin 3x"], set()
    for start in np.linspace(-3, 3, 61):
        end = lecture["walk"](f, float(start), steps=30)[-1][0]
        slope, curvature = lecture["measure"](f, end)
        if abs(slope) < 1e-9:
            kinds.add(math.copysign(1, curvature))
    assert kinds == {1.0, -1.0}


def test_the_hessian_by_hand_is_symmetric() -> None:
    f = x1**2 * x2 + x2**3
    table = sympy.hessian(f, (x1, x2))
    assert table == sympy.Matrix([[2 * x2, 2 * x1], [2 * x1, 6 * x2]])
    assert table.subs({x1: 1, x2: 2}) == sympy.Matrix([[4, 2], [2, 12]])
    assert sympy.Matrix([f]).jacobian((x1, x2)) == sympy.Matrix(
        [[2 * x1 * x2, x1**2 + 3 * x2**2]]
    )


def test_newton_ends_on_the_pass_and_descent_on_the_floor(lecture: dict) -> None:
    f = x1**3 / 3 - x1 + x2**2
    curvatures = [sympy.hessian(f, (x1, x2)).subs(x1, at).diagonal() for at in (-1, 1)]
    assert [list(found) for found in curvatures] == [[-2, 2], [2, 2]]
    ends = {name: [float(v) for v in path[-1]] for name, path in lecture["paths"].items()}
    assert ends["Newton"] == pytest.approx([-1, 0], abs=1e-3)
    assert ends["descent"] == pytest.approx([1, 0], abs=1e-3)


@pytest.mark.parametrize("n", [2, 5, 9])
def test_the_product_without_the_table(lecture: dict, n: int) -> None:
    rng = np.random.default_rng(n)
    point, v = mg.tensor(rng.normal(size=n)), mg.tensor(rng.normal(size=n))
    table = mg.autograd.functional.hessian(lecture["chain"], point).numpy()
    product = lecture["hessian_times"](lecture["chain"], point.clone().requires_grad_(), v)
    assert product.numpy() == pytest.approx(table @ v.numpy())
    assert np.all(np.triu(table, 2) == 0)


def test_the_size_of_a_hessian_for_a_million_weights() -> None:
    assert (10**6) ** 2 == 10**12
    assert 4 * 10**12 / 10**9 == 4000


def test_the_forgotten_square_is_right_at_1_and_0_alone() -> None:
    assert sympy.solve(3 * x - 3 * x**2, x) == [0, 1]


def test_the_third_check_has_its_point_at_2_over_e() -> None:
    assert 1 - (math.e - 2) / math.e == pytest.approx(2 / math.e)


def test_rounding_leaves_hardly_a_digit_to_float32() -> None:
    """The slope from a step of 1e-6 is wrong by some per cent."""
    at, h = np.float32([1, 2]), np.float32(1e-6)
    found = ((at + h) ** 3 - (at - h) ** 3) / (2 * h)
    wrong = np.abs(found - 3 * at**2) / (3 * at**2)
    assert np.all((wrong > 0.01) & (wrong < 1))
