"""What the lectures say in prose is so: every formula and number outside a code cell.

A lecture's own code is checked by nbval; its sentences are checked here, since a
formula that holds only for the example's numbers is the classic error.
"""

import inspect
import itertools
import math
import re

import figures_graphs
import numpy as np
import pytest
import sympy
from lecture_files import FOLDER, code, prose, read

import minigrad as mg
from minigrad import engine

x, h, u, v, du, dv = sympy.symbols("x h u v du dv", positive=True)
f = 3 * x**2 - 4 * x
g = x**3 - 2 * x


def same(left: sympy.Expr, right: sympy.Expr) -> bool:
    return sympy.simplify(left - right) == 0


def at(expression: sympy.Expr, where: sympy.Expr) -> sympy.Expr:
    return expression.subs(x, where)


class TestDerivatives:
    def test_the_ratio_of_f_at_1_is_2_plus_3h(self) -> None:
        assert same(at(f, 1 + h), -1 + 2 * h + 3 * h**2)
        assert same((at(f, 1 + h) - at(f, 1)) / h, 2 + 3 * h)
        assert (at(f, sympy.Rational(11, 10)), at(f, 1)) == (sympy.Rational(-77, 100), -1)

    def test_the_central_difference_of_f_is_exact_and_that_of_g_is_not(self) -> None:
        assert same(at(f, 1 + h) - at(f, 1 - h), 4 * h)
        assert same((at(g, 1 + h) - at(g, 1 - h)) / (2 * h), 1 + h**2)
        assert same((at(g, 1 + h) - at(g, 1)) / h, 1 + 3 * h + h**2)

    def test_the_complex_step_of_g(self) -> None:
        sideways = sympy.expand(at(g, 1 + sympy.I * h))
        assert same(sideways, -1 - 3 * h**2 + sympy.I * (h - h**3))
        assert same(sympy.im(sideways) / h, 1 - h**2)

    def test_the_polynomial_of_the_program_and_its_slope(self) -> None:
        y = x
        for _ in range(2):
            y = y * (y + x)
        assert same(y, 4 * x**4 + 2 * x**3)
        assert same(sympy.diff(y, x), 16 * x**3 + 6 * x**2)
        terms = [16 * 0.3**3, 6 * 0.3**2]
        assert terms == pytest.approx([0.432, 0.54])

    def test_the_symbolic_derivative_more_than_doubles_with_every_round(self) -> None:
        y, sizes = x, []
        for _ in range(7):
            y = y * (y + x)
            sizes.append(int(sympy.count_ops(sympy.diff(y, x))))
        assert all(b > 2 * a for a, b in itertools.pairwise(sizes))

    @pytest.mark.parametrize(("where", "best"), [(1.0, 1e-8), (10000.0, 1e-4)])
    def test_the_best_forward_step_grows_with_x(self, where: float, best: float) -> None:
        """Over many nearby points, since rounding at any one of them is a matter of luck."""
        steps = [10.0**-k for k in range(16)]
        points = where * (1 + np.linspace(0, 0.1, 101))
        f = lambda x: 3 * x * x - 4 * x  # noqa: E731
        worst = [np.max(abs((f(points + h) - f(points)) / h - (6 * points - 4))) for h in steps]
        assert steps[int(np.argmin(worst))] == best

    def test_at_1_exactly_the_play_cell_shows_the_same_best_steps(self) -> None:
        steps = [10.0**-k for k in range(17)]
        f = lambda x: 3 * x * x - 4 * x  # noqa: E731
        for where, best in ((1.0, 1e-8), (10000.0, 1e-4)):
            errors = [abs((f(where + h) - f(where)) / h - (6 * where - 4)) for h in steps]
            assert steps[int(np.argmin(errors))] == best

    def test_the_gap_after_1_is_epsilon(self) -> None:
        assert np.spacing(1.0) == np.finfo(float).eps == pytest.approx(2.2e-16, rel=0.01)

    def test_32_bits_and_64_bits_give_the_handouts_forward_differences(self) -> None:
        def q(x: np.ndarray) -> np.ndarray:
            return np.log(x[0] * x[1]) * np.sin(x[1])

        for kind in (np.float32, np.float64):
            point, h = np.array([0.5, 0.75], dtype=kind), kind(1e-3)
            nudges = h * np.eye(2, dtype=kind)
            slopes = [(q(point + nudge) - q(point)) / h for nudge in nudges]
            assert slopes == pytest.approx([1.3619, 0.1919], abs=2e-4)


class TestChainRule:
    def test_the_slope_of_ln_x_squared_is_2_over_x(self) -> None:
        slope = sympy.diff(sympy.log(x**2), x)
        assert same(slope, 2 / x)
        assert [slope.subs(x, value) for value in (5, 2, sympy.Rational(1, 2))] == [
            sympy.Rational(2, 5),
            1,
            4,
        ]

    def test_the_nudge_of_a_tenth(self) -> None:
        changes = [5.1**2 - 5**2, math.log(5.1**2) - math.log(25)]
        assert changes == [pytest.approx(1.01), pytest.approx(0.04, abs=5e-4)]

    @pytest.mark.parametrize("seed", range(5))
    def test_the_gradient_along_roads(self, seed: int) -> None:
        x1, x2 = sympy.symbols("x1 x2", positive=True)
        y = sympy.log(x1 * x2) * sympy.sin(x2)
        said = [
            sympy.sin(x2) / x1,
            sympy.sin(x2) / x2 + sympy.log(x1 * x2) * sympy.cos(x2),
        ]
        values = dict(
            zip((x1, x2), np.random.default_rng(seed).uniform(0.2, 3, 2), strict=True)
        )
        for symbol, formula in zip((x1, x2), said, strict=True):
            right = float(sympy.diff(y, symbol).subs(values))
            assert float(formula.subs(values)) == pytest.approx(right, rel=1e-12)

    def test_the_product_and_the_quotient_rule(self) -> None:
        a, b = sympy.Function("a")(x), sympy.Function("b")(x)
        assert same(sympy.diff(a * b, x), a.diff(x) * b + a * b.diff(x))
        assert same(sympy.diff(a / b, x), a.diff(x) / b - a * b.diff(x) / b**2)

    def test_halving_both_nudges_halves_the_strips_and_quarters_the_corner(self) -> None:
        pieces = [du * v, u * dv, du * dv]
        halved = [p.subs({du: du / 2, dv: dv / 2}, simultaneous=True) for p in pieces]
        assert [sympy.simplify(a / b) for a, b in zip(halved, pieces, strict=True)] == [
            sympy.Rational(1, 2),
            sympy.Rational(1, 2),
            sympy.Rational(1, 4),
        ]


class TestGraphs:
    def test_local_derivatives_of_the_product_and_what_e_to_the_c_keeps(self) -> None:
        c, s = sympy.symbols("c s")
        assert same(sympy.diff(c * s, s), c)
        assert same(sympy.diff(c * s, c), s)
        assert same(sympy.diff(sympy.exp(c), c), sympy.exp(c))

    def test_the_slopes_of_the_book_do_not_show_the_forgotten_3(self) -> None:
        a, b = sympy.symbols("a b")
        values = {}
        for rest in (0, 3):
            y = a**3 - b**2 + rest
            values[rest] = [
                s.subs({a: 5, b: 6}) for s in (y, sympy.diff(y, a), sympy.diff(y, b))
            ]
        assert values == {0: [89, 75, -12], 3: [92, 75, -12]}

    @pytest.mark.parametrize("rows", [3, 100, 5000])
    def test_the_error_has_four_nodes_for_any_number_of_rows(self, rows: int) -> None:
        data = mg.randn(rows, 5)
        θ = mg.randn(5, requires_grad=True)
        error = mg.mean((mg.mean(data, axis=1) - mg.matmul(data, θ)) ** 2)
        assert figures_graphs.count_nodes(error) == 4

    def test_which_programs_keep_nothing(self) -> None:
        cells = {cell.id: cell for cell in code(read(FOLDER / "03_graphs.ipynb"))}
        lines = cells["play-still"].source
        programs = eval(lines.removeprefix("programs = "), {"mg": mg})
        kept = {}
        for name, program in programs.items():
            for both in (False, True):
                x = mg.tensor(5.0, requires_grad=True)
                c = mg.tensor(3.0, requires_grad=both)
                kept[name, both] = figures_graphs.count_kept(program(x, c))
        nothing = [name for name in programs if kept[name, False] == 0]
        assert nothing == ["x - c - x", "exp(c) - x"]
        assert [kept[name, True] for name in nothing] == [0, 1]

    def test_a_second_round_adds_to_the_first_leaf(self) -> None:
        """The loss of the handout's line has the gradient (2/n) Σ r·x, (2/n) Σ r."""

        def gradient(p: np.ndarray) -> np.ndarray:
            r = p[0] * data + p[1] - target
            return np.array([2 * np.mean(r * data), 2 * np.mean(r)])

        data, target, p = np.array([1, 2, 3.0]), np.array([1, 1.5, 2]), np.array([1, 1.0])
        first = gradient(p)
        second = gradient(p - 0.05 * first)
        assert first + second == pytest.approx([9.6222, 4.3667], abs=5e-5)


class TestBackward:
    def test_a_quadrillion_roads_take_35_years_at_a_million_a_second(self) -> None:
        roads = 2**50
        assert roads > 10**15
        assert 35 < roads / 1e6 / (365.25 * 24 * 3600) < 36

    def test_the_slope_of_the_product(self) -> None:
        y = x**2 * (x**2 + x)
        assert same(y, x**4 + x**3)
        assert same(sympy.diff(y, x), 4 * x**3 + 3 * x**2)
        assert sympy.diff(y, x).subs(x, 3) == 135

    def test_where_the_orders_are_right(self) -> None:
        """Only one everywhere; the wrong ones at 0, and at the places that the answer names."""
        at = sympy.Symbol("at")
        b, c = at**2, at**2 + at
        inputs = {"y": {"b": c, "c": b}, "c": {"b": 1, "x": 1}, "b": {"x": 2 * at}}
        right = {}
        for order in map("".join, itertools.permutations("ybc")):
            held = {"y": 1, "c": 0, "b": 0, "x": 0}
            for node in order:
                for earlier, local in inputs[node].items():
                    held[earlier] += held[node] * local
            difference = sympy.expand(held["x"] - (4 * at**3 + 3 * at**2))
            right[order] = set(sympy.solve(difference, at)) if difference != 0 else None
        half, three_quarters = sympy.Rational(-1, 2), sympy.Rational(-3, 4)
        assert right == {
            "ycb": None,
            "ybc": {0},
            "cyb": {0, half},
            "byc": {0, half},
            "cby": {0, three_quarters},
            "bcy": {0, three_quarters},
        }

    def test_the_slope_of_the_logarithm_of_a_weighted_sum(self) -> None:
        weights, point = np.arange(5.0), 2 * np.ones(5)
        assert weights @ point == 20
        assert weights / 20 == pytest.approx([0, 0.05, 0.1, 0.15, 0.2])

    def test_what_the_text_says_of_the_engine_is_in_the_engine(self) -> None:
        text = prose(read(FOLDER / "04_backward.ipynb")).split("## The engine, whole")[1]
        text = text.split("## Play")[0]
        source = inspect.getsource(engine.backpropagate)
        # What the text brings from elsewhere: the user's names, and the dictionary of before.
        outside = {"autograd.grad", "retain_grad", "retain_graph", ".grad", "cotangent"}
        for name in set(re.findall(r"`([^`]+)`", text)) - outside:
            assert name in source, name

    def test_the_engine_takes_the_latest_first(self) -> None:
        start = mg.tensor(3.0, requires_grad=True)
        b = start**2
        y = b * (b + start)
        order = [node.sequence for node in engine.reach([y.grad_fn])]
        assert order == sorted(order, reverse=True)
        assert len(order) == 3


class TestTensors:
    def test_float32_has_24_binary_digits_and_seven_decimal_ones(self) -> None:
        assert np.finfo(np.float32).nmant + 1 == 24
        assert 2**24 == 16_777_216
        assert np.finfo(np.float32).eps == pytest.approx(1e-7, rel=0.2)
        assert np.sqrt(1e-7) == pytest.approx(3e-4, rel=0.1)
        assert np.finfo(np.float32).precision + 1 == 7
        assert np.finfo(np.float64).precision + 1 == 16

    def test_the_best_float32_step_is_some_ten_thousand_times_larger(self) -> None:
        steps = np.logspace(-16, 0, 161)
        best = {}
        for kind in (np.float32, np.float64):
            x = (1 + np.linspace(0, 0.1, 101)).astype(kind)
            f = lambda x: 3 * x * x - 4 * x  # noqa: E731
            slope = 6 * x.astype(float) - 4
            worst = [np.max(abs((f(x + kind(h)) - f(x)) / kind(h) - slope)) for h in steps]
            best[kind] = steps[int(np.argmin(worst))]
        assert 1e4 <= best[np.float32] / best[np.float64] < 1e5
        assert np.sqrt(np.finfo(np.float32).eps / np.finfo(float).eps) == pytest.approx(
            2.3e4, 0.01
        )

    def test_who_shares_memory(self) -> None:
        array = np.ones(3)
        tensor = mg.from_numpy(array)
        shares = [tensor.numpy(), tensor[:2].numpy(), tensor.detach().numpy()]
        copies = [mg.tensor(array).numpy(), tensor.clone().numpy()]
        assert [np.shares_memory(array, other) for other in shares] == [True] * 3
        assert [np.shares_memory(array, other) for other in copies] == [False] * 2

    def test_which_shapes_do_what_the_task_asks(self) -> None:
        cells = {cell.id: cell for cell in code(read(FOLDER / "05_tensors.ipynb"))}
        shapes = eval(re.search(r"in (\[.*\])}", cells["play-still"].source).group(1))
        adds = {}
        for a, b in itertools.product(shapes, shapes):
            try:
                size = math.prod(np.broadcast_shapes(a, b))
            except ValueError:
                continue
            adds[a, b] = (size // math.prod(a), size // math.prod(b))
        assert ((3, 4), (3,)) not in adds
        assert {pair for pair, (first, _) in adds.items() if first == 12} == {
            ((1,), (3, 4)),
            ((), (3, 4)),
        }
        both = {frozenset(pair) for pair, counts in adds.items() if min(counts) > 1}
        assert both == {frozenset({(3, 1), flat}) for flat in [(1, 4), (4,), (3,)]}

    @pytest.mark.parametrize("n", [2, 4, 7])
    def test_the_slopes_of_a_mean_of_squares_are_2x_over_n(self, n: int) -> None:
        values = mg.tensor(np.linspace(-1, 2, n), requires_grad=True)
        (values * values).mean().backward()
        right = 2 * np.linspace(-1, 2, n) / n
        assert values.grad.numpy() == pytest.approx(right)
        assert np.allclose(right, np.linspace(-1, 2, n) / 2) == (n == 4)

    def test_the_mean_of_logarithms_by_hand(self) -> None:
        said = sympy.Rational(1, 5) * (2 * x / (x**2 + 1) + 5)
        assert same(sympy.diff((sympy.log(x**2 + 1) + 5 * x) / 5, x), said)

    def test_distances_from_the_mean_add_to_nothing_wherever_they_are(self) -> None:
        values = mg.tensor([1.0, 2.0, 6.0], requires_grad=True)
        (values - values.mean()).sum().backward()
        assert values.grad.tolist() == pytest.approx([0, 0, 0], abs=1e-6)


class TestJacobians:
    def test_the_table_of_f(self) -> None:
        x1, x2 = sympy.symbols("x1 x2")
        f = sympy.Matrix([x1 * x2, x1 + x2, x1**2])
        table = f.jacobian([x1, x2])
        assert table == sympy.Matrix([[x2, x1], [1, 1], [2 * x1, 0]])
        here = table.subs({x1: 2, x2: 3})
        assert here == sympy.Matrix([[3, 2], [1, 1], [4, 0]])
        v, t = sympy.Matrix([[1, 2, 0]]), sympy.Matrix([1, 10])
        assert v * here == sympy.Matrix([[5, 4]])
        weighed = v[0] * f[0] + v[1] * f[1] + v[2] * f[2]
        assert [sympy.diff(weighed, s).subs({x1: 2, x2: 3}) for s in (x1, x2)] == [5, 4]
        assert here * t == sympy.Matrix([23, 11, 4])

    def test_the_slopes_of_q_and_the_order_of_its_columns(self) -> None:
        a1, a2, b1, b2 = sympy.symbols("a1 a2 b1 b2")
        q = sympy.Matrix([3 * a1**3 - b1**2, 3 * a2**3 - b2**2])
        interleaved = sympy.Matrix([[9 * a1**2, -2 * b1, 0, 0], [0, 0, 9 * a2**2, -2 * b2]])
        assert q.jacobian([a1, b1, a2, b2]) == interleaved
        assert q.jacobian([a1, a2, b1, b2]) != interleaved
        assert sympy.diff(q[0], a2) == 0

    @pytest.mark.parametrize("seed", range(3))
    def test_ones_are_blind_for_shares_and_distances_and_for_no_other(self, seed: int) -> None:
        cells = {cell.id: cell for cell in code(read(FOLDER / "06_jacobians.ipynb"))}
        space: dict = {"mg": mg, "np": np}
        exec(cells["shapes-matrices"].source, space)
        exec(cells["shapes-functions"].source, space)
        exec(cells["play-still"].source.split("def weigh")[0], space)
        point = np.random.default_rng(seed).normal(size=5)
        blind = {name: [] for name in space["weights"]}
        for name, function in space["functions"].items():
            for kind, weights in space["weights"].items():
                x = mg.tensor(point, requires_grad=True)
                function(x).backward(mg.tensor(weights, dtype=mg.float64))
                if np.allclose(x.grad.numpy(), 0, atol=1e-12):
                    blind[kind].append(name)
        ones = ["shares (softmax)", "distance from mean"]
        assert blind == {"ones": ones, "first alone": [], "mixed": []}

    def test_a_share_that_grows_makes_all_others_shrink(self) -> None:
        e = np.exp(np.array([0.5, -1, 2, 1, 0]))
        shares = e / e.sum()
        table = np.diag(shares) - np.outer(shares, shares)
        off_diagonal = table[~np.eye(5, dtype=bool)]
        assert np.all(off_diagonal < 0)
        assert np.all(np.diag(table) > 0)
