"""What lectures 07 to 10 say in prose is so: their formulas and numbers outside code cells."""

import itertools

import numpy as np
import pytest
from lecture_files import FOLDER, code, read

INPUTS, TARGETS = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.5, 2.0])


def curvatures(inputs: np.ndarray) -> np.ndarray:
    X = np.stack([inputs, np.ones(len(inputs))], axis=1)
    return np.linalg.eigvalsh(2 / len(inputs) * X.T @ X)


def line_loss(θ: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> float:
    return float(np.mean((θ[0] * inputs + θ[1] - targets) ** 2))


def line_gradient(θ: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r = θ[0] * inputs + θ[1] - targets
    return 2 / len(inputs) * np.array([np.sum(r * inputs), np.sum(r)])


def descend(η: float, inputs: np.ndarray, steps: int) -> np.ndarray:
    """The points of the walk from (1, 1), as rows."""
    path = [np.array([1.0, 1.0])]
    for _ in range(steps):
        path.append(path[-1] - η * line_gradient(path[-1], inputs, TARGETS))
    return np.array(path)


class TestRegression:
    @pytest.mark.parametrize("n", [1, 3, 7])
    def test_the_slopes_of_the_loss_hold_for_any_number_of_points(self, n: int) -> None:
        rng = np.random.default_rng(n)
        inputs, targets, θ = rng.normal(size=n), rng.normal(size=n), rng.normal(size=2)
        h = 1e-6
        measured = [
            (line_loss(θ + h * e, inputs, targets) - line_loss(θ - h * e, inputs, targets))
            / (2 * h)
            for e in np.eye(2)
        ]
        assert line_gradient(θ, inputs, targets) == pytest.approx(measured, rel=1e-6)

    def test_the_first_step_on_paper(self) -> None:
        start = np.array([1.0, 1.0])
        assert list(INPUTS + 1 - TARGETS) == [1, 1.5, 2]
        assert line_loss(start, INPUTS, TARGETS) == pytest.approx(2.4167, abs=5e-5)
        assert line_gradient(start, INPUTS, TARGETS) == pytest.approx([6.6667, 3], abs=5e-5)
        assert descend(0.05, INPUTS, 1)[1] == pytest.approx([0.6667, 0.85], abs=5e-5)

    def test_the_slope_passes_its_goal_and_turns_round(self) -> None:
        a, b = descend(0.05, INPUTS, 50).T
        assert a[2] > 0.5 > a[3]
        assert np.argmin(a) == 8
        assert a.min() == pytest.approx(0.407, abs=5e-4)
        assert b[50] == pytest.approx(0.63, abs=5e-3)

    def test_the_numbers_of_the_valley(self) -> None:
        flat, steep = curvatures(INPUTS)
        assert (steep, flat) == pytest.approx((11.09, 0.24), abs=5e-3)
        assert steep / flat == pytest.approx(46, abs=0.5)
        assert 2 / steep == pytest.approx(0.1803, abs=5e-5)
        across, along = 1 - 0.05 * steep, 1 - 0.05 * flat
        assert (across, along) == pytest.approx((0.445, 0.988), abs=5e-4)
        assert across**50 == pytest.approx(3e-18, rel=0.2)
        assert along**50 == pytest.approx(0.55, abs=5e-3)

    @pytest.mark.parametrize("λ", [0.3, 2.0, 11.0])
    def test_a_step_multiplies_the_distance_on_a_bowl(self, λ: float) -> None:
        d, h = 0.7, 1e-6
        bowl = lambda d: 0.5 * λ * d**2  # noqa: E731
        slope = (bowl(d + h) - bowl(d - h)) / (2 * h)
        assert slope == pytest.approx(λ * d, rel=1e-6)
        assert d - 0.1 * slope == pytest.approx((1 - 0.1 * λ) * d, rel=1e-6)

    def test_the_loss_at_a_distance_along_each_direction(self) -> None:
        """L is ½ λ d² at distance d from the best point, in the direction of that λ."""
        X = np.stack([INPUTS, np.ones(3)], axis=1)
        λ, directions = np.linalg.eigh(2 / 3 * X.T @ X)
        for curvature, direction in zip(λ, directions.T, strict=True):
            loss = line_loss(np.array([0.5, 0.5]) + 0.3 * direction, INPUTS, TARGETS)
            assert loss == pytest.approx(0.5 * curvature * 0.3**2)

    def test_where_the_walk_begins_to_diverge(self) -> None:
        for shift, nearer, flies in ((0, 0.18, 0.19), (-2, 0.99, 1.01)):
            first, last = (
                np.hypot(*(descend(η, INPUTS + shift, 30)[-1] - [0.5, 0.5 - 0.5 * shift]))
                for η in (nearer, flies)
            )
            start = np.hypot(0.5, 0.5 + 0.5 * shift)
            assert first < start < last

    def test_centred_inputs_make_a_round_valley(self) -> None:
        flat, steep = curvatures(INPUTS - 2)
        assert (flat, steep, steep / flat) == pytest.approx((4 / 3, 2, 1.5))
        path = descend(0.5, INPUTS - 2, 15)
        assert path[-1] == pytest.approx([0.5, 1.5], abs=5e-5)
        best = 2 / (flat + steep)
        assert best == pytest.approx(0.6)
        assert abs(1 - best * flat) == pytest.approx(abs(1 - best * steep))

    def test_the_last_check_has_the_answer_two_over_the_curvature(self) -> None:
        slope = lambda θ: 6 * (θ - 1)  # noqa: E731
        η = 2 / 6
        assert abs(2 - η * slope(2) - 1) == pytest.approx(1)

    def test_without_the_squeeze_the_best_line_is_flat(self) -> None:
        """The mean over all pairs of (a x_i + b - y_j)² is smallest at a = 0, b = mean y."""
        rng = np.random.default_rng(0)
        inputs, targets = rng.normal(size=9), rng.normal(size=9)

        def pairs(a: float, b: float) -> float:
            return float(np.mean((a * inputs[:, None] + b - targets) ** 2))

        best = pairs(0, targets.mean())
        around = [
            pairs(da, targets.mean() + db) for da in (-0.1, 0, 0.1) for db in (-0.1, 0, 0.1)
        ]
        assert min(around) == best == sorted(around)[0] < sorted(around)[1]


def hills(θ: np.ndarray) -> np.ndarray:
    return θ * np.cos(4 * θ) + 2 * np.abs(θ)


def hill_slope(θ: np.ndarray) -> np.ndarray:
    return np.cos(4 * θ) - 4 * θ * np.sin(4 * θ) + 2 * np.sign(θ)


def hill_curvature(θ: np.ndarray) -> np.ndarray:
    return -8 * np.sin(4 * θ) - 16 * θ * np.cos(4 * θ)


def walk_down(θ: np.ndarray, η: float, steps: int = 100) -> np.ndarray:
    for _ in range(steps):
        θ = θ - η * hill_slope(θ)
    return θ


class TestNonConvex:
    def test_slope_and_curvature_by_differences(self) -> None:
        θ, h = np.array([-4.1, -1.3, 0.4, 2.2, 3.9]), 1e-6
        assert hill_slope(θ) == pytest.approx((hills(θ + h) - hills(θ - h)) / (2 * h), abs=1e-6)
        measured = (hill_slope(θ + h) - hill_slope(θ - h)) / (2 * h)
        assert hill_curvature(θ) == pytest.approx(measured, abs=1e-6)
        assert hill_slope(np.array([-1e-9, 0, 1e-9])) == pytest.approx([-1, 1, 3])

    def test_the_limits_of_the_valleys_as_the_answer_gives_them(self) -> None:
        valleys = walk_down(np.array([-3.12, -1.53, 0.68]), 0.005, 2000)
        assert 2 / hill_curvature(valleys) == pytest.approx([0.041, 0.088, 0.290], abs=6e-4)

    def test_a_walk_rests_where_the_curvature_allows_it_and_nowhere_else(self) -> None:
        """Begun within a hair of each valley, a little below and above the limit of each."""
        valleys = walk_down(np.array([-4.7, -3.12, -1.53, 0.68, 2.33, 3.91]), 0.005, 2000)
        for valley in valleys:
            limit = 2 / hill_curvature(valley)
            assert walk_down(valley + 1e-6, 0.97 * limit) == pytest.approx(valley, abs=1e-6)
            assert abs(walk_down(valley + 1e-6, 1.2 * limit) - valley) > 1e-3

    def test_with_the_small_step_the_walk_jumps_between_two_walls_for_ever(self) -> None:
        places = [walk_down(np.array(-3.5), 0.05, steps) for steps in (1000, 1001, 1002)]
        assert places[0] == pytest.approx(places[2])
        assert abs(places[0] - places[1]) > 0.4

    def test_the_basin_of_the_kink_and_the_chance_of_twenty_restarts(self) -> None:
        starts = np.linspace(-5, 5, 20001)
        reached = np.abs(walk_down(starts, 0.02, 400)) < 0.1
        assert (starts[reached].min(), starts[reached].max()) == pytest.approx(
            (-0.98, 0.45), abs=5e-3
        )
        share = np.mean(reached)
        assert share == pytest.approx(0.143, abs=5e-4)
        assert (1 - share) ** 20 == pytest.approx(0.05, abs=5e-3)

    def test_on_flat_ground_momentum_multiplies_the_step(self) -> None:
        v = 0.0
        for _ in range(2000):
            v = 0.95 * v - 0.01 * 3
        assert v == pytest.approx(-0.01 * 3 / (1 - 0.95))
        assert v == pytest.approx(20 * -0.01 * 3)

    def test_the_momentum_that_leaves_the_narrow_valley_and_the_one_that_does_not(self) -> None:
        lowest, ends = {}, {}
        for μ in (0, 0.9, 0.95):
            θ, v, path = 4.5, 0.0, [4.5]
            for _ in range(300):
                v = μ * v - 0.01 * float(hill_slope(np.array(θ)))
                θ += v
                path.append(θ)
            lowest[μ], ends[μ] = min(path), path[-1]
        assert ends == pytest.approx({0: 3.911, 0.9: 3.911, 0.95: 0}, abs=0.05)
        assert 3.2 < lowest[0.9] < 3.911 - 0.3
        assert lowest[0.95] == pytest.approx(-1.9, abs=0.05)

    def test_with_a_step_of_15_hundredths_all_starts_on_the_left_end_at_the_bottom(
        self,
    ) -> None:
        ends = walk_down(np.arange(-5, 0.445, 0.01), 0.15)
        assert np.all(np.abs(ends) < 0.453)

    def test_a_hundred_points_miss_zero_by_half_a_gap(self) -> None:
        points = np.linspace(-5, 5, 100)
        assert np.diff(points) == pytest.approx(10 / 99)
        assert np.min(np.abs(points)) == pytest.approx(10 / 99 / 2)
        assert 0 in np.linspace(-5, 5, 101)


def rmsprop_path(loss_slope, start: np.ndarray, η: float, steps: int) -> np.ndarray:
    θ, s, path = np.array(start), np.zeros(2), [np.array(start)]
    for _ in range(steps):
        g = loss_slope(θ)
        s = 0.99 * s + 0.01 * g**2
        θ = θ - η * g / (np.sqrt(s) + 1e-8)
        path.append(θ)
    return np.array(path)


def adam_path(loss_slope, start: np.ndarray, η: float, steps: int) -> np.ndarray:
    θ, v, s, path = np.array(start), np.zeros(2), np.zeros(2), [np.array(start)]
    for t in range(1, steps + 1):
        g = loss_slope(θ)
        v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
        θ = θ - η * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        path.append(θ)
    return np.array(path)


def turned_valley(degrees: float):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, s], [-s, c]])
    curvature = turn.T @ np.diag([1, 50]) @ turn
    start = turn.T @ np.array([-3, 1.5])
    assert start == pytest.approx([-3 * c - 1.5 * s, -3 * s + 1.5 * c])
    return curvature, start


class TestOptimisers:
    @pytest.mark.parametrize("size", [5, 10, 250])
    def test_the_mean_of_the_batches_gradients_is_the_gradient(self, size: int) -> None:
        rng = np.random.default_rng(size)
        inputs, targets, θ = rng.normal(size=1000), rng.normal(size=1000), rng.normal(size=2)
        parts = rng.permutation(1000).reshape(-1, size)
        mean = np.mean([line_gradient(θ, inputs[p], targets[p]) for p in parts], axis=0)
        assert mean == pytest.approx(line_gradient(θ, inputs, targets))

    def test_the_noise_that_remains_is_about_proportional_to_the_step(self) -> None:
        """θ ← θ - η (λ θ + noise) settles at the variance η σ² / (λ (2 - η λ))."""
        rng = np.random.default_rng(0)
        settled = []
        for η in (0.1, 0.01):
            θ = np.zeros(4000)
            for _ in range(600):
                θ = θ - η * (2 * θ + rng.normal(size=4000))
            settled.append(np.mean(θ**2))
        assert settled[0] / settled[1] == pytest.approx(10, rel=0.2)

    def test_which_schedule_matters_less_than_having_one(self) -> None:
        """The mean excess over fifty runs of each schedule, beside that of a fixed step."""
        steps = np.arange(1000)
        plans = [0.1 * 0.995**steps, 0.1 * 0.28 ** (steps // 250)]
        plans += [0.05 * (1 + np.cos(np.pi * steps / 1000))]
        rng, settled = np.random.default_rng(0), []
        for plan in [np.full(1000, 0.1), *plans]:
            θ = np.ones(50)
            for η in plan:
                θ = θ - η * (2 * θ + rng.normal(size=50))
            settled.append(np.mean(θ**2))
        fixed, *scheduled = settled
        assert fixed > 10 * max(scheduled)

    @pytest.mark.parametrize("g", [1000.0, -0.2, 3e-4])
    def test_the_first_steps_do_not_depend_on_the_size_of_the_gradient(self, g: float) -> None:
        slope, start = (lambda θ: np.array([g, g])), np.zeros(2)
        first = rmsprop_path(slope, start, 0.1, 1)[1] - start
        assert first == pytest.approx([-10 * 0.1 * np.sign(g)] * 2, rel=1e-3)
        first = adam_path(slope, start, 0.1, 1)[1] - start
        assert first == pytest.approx([-0.1 * np.sign(g)] * 2, rel=1e-3)

    def test_half_way_between_the_axes_the_valley_is_worst_for_rmsprop(self) -> None:
        """The walk of the play cell: sixty steps, η = 0.1 and twice that."""

        def distance(degrees: float, η: float = 0.1) -> float:
            curvature, start = turned_valley(degrees)
            return np.hypot(*rmsprop_path(lambda θ: curvature @ θ, start, η, 60)[-1])

        assert sorted(range(0, 91, 5), key=distance)[-2:] == [45, 50]
        assert distance(45) == pytest.approx(0.83, abs=5e-3)
        assert distance(45, 0.2) < 0.6 * distance(45)
        assert distance(90) == pytest.approx(distance(0), abs=1e-9)

    def test_the_path_of_plain_descent_turns_with_the_valley(self) -> None:
        lengths = []
        for degrees in (0, 45):
            curvature, θ = turned_valley(degrees)
            for _ in range(30):
                θ = θ - 0.039 * curvature @ θ
            lengths.append(np.hypot(*θ))
        assert lengths[0] == pytest.approx(lengths[1])

    def test_the_speed_of_momentum(self) -> None:
        assert sum(0.9**i for i in range(7)) == pytest.approx((1 - 0.9**7) / (1 - 0.9))
        assert np.log(0.5) / np.log(0.9) == pytest.approx(6.58, abs=5e-3)


def cells(lecture: str, *names: str) -> dict:
    """What the code cells of these names define, with the lecture's imports."""
    found = {cell.id: cell.source for cell in code(read(FOLDER / lecture))}
    namespace: dict = {}
    for name in ("imports", *names):
        exec(compile(found[name], f"{lecture}, {name}", "exec"), namespace)
    return namespace


CLASSIFIER = ("border-data", "border-net", "border-step", "border-fit")


class TestNetwork:
    def test_the_parameters_of_the_large_net(self) -> None:
        count = 1000 * 100 + 100 + 100 * 10 + 10
        assert count == 101_110
        assert round(count / 640) == 158

    def test_what_is_left_of_a_number_learned_by_heart(self) -> None:
        """The stored loss, a sum over 640 squares, as the typical error of one number."""
        found = {cell.id: cell for cell in code(read(FOLDER / "10_network.ipynb"))}
        stored = found["by-heart-losses"].outputs[0].data["text/plain"]
        last = float(eval(stored)[-1])
        assert (last / 640) ** 0.5 == pytest.approx(3e-5, rel=0.2)

    @pytest.mark.parametrize("depth", [1, 10, 50])
    def test_relu_passes_a_factor_on(self, depth: int) -> None:
        rng = np.random.default_rng(depth)
        weights = rng.normal(size=(depth, 8, 8))

        def output(factor: float) -> np.ndarray:
            h = np.ones(8)
            for W in weights:
                h = np.maximum(factor * W @ h, 0)
            return h

        assert output(2**0.5) == pytest.approx(2 ** (depth / 2) * output(1))
        assert 2**5 == 32
        assert round(2**25 / 1e6) == 34

    def test_the_gain_that_keeps_the_mean_square_through_relu(self) -> None:
        rng = np.random.default_rng(0)
        h = rng.normal(size=100)
        sums = (2 / 100) ** 0.5 * rng.normal(size=(20000, 100)) @ h
        assert np.mean(np.maximum(sums, 0) ** 2) == pytest.approx(np.mean(h**2), rel=0.05)

    def test_the_slope_of_the_sigmoid_is_a_quarter_at_most(self) -> None:
        u = np.linspace(-9, 9, 1001)
        slope = np.exp(-u) / (1 + np.exp(-u)) ** 2
        assert slope.max() == slope[500] == 0.25
        assert slope.max() ** 9 == pytest.approx(4e-6, rel=0.1)

    @pytest.mark.parametrize("wrong_by", [8.0, 12.0])
    def test_the_loss_of_a_point(self, wrong_by: float) -> None:
        right = np.log(1 + np.exp(-wrong_by))
        wrong = np.log(1 + np.exp(wrong_by))
        assert right < 4e-4
        assert wrong == pytest.approx(wrong_by, rel=1e-4)

    def test_how_many_units_separate_the_points(self) -> None:
        names = cells("10_network.ipynb", *CLASSIFIER)
        points, signs, fit = names["points"], names["signs"], names["fit"]

        def separates(hidden: int, seed: int) -> bool:
            W1, b1, W2, b2 = fit(hidden, seed)[-1]
            scores = (np.maximum(points @ W1.T + b1, 0) @ W2.T + b2)[:, 0]
            return bool(np.all((scores > 0) == (signs > 0)))

        assert [seed for seed in range(10) if separates(4, seed)] == [2, 4, 6]
        assert not any(separates(3, seed) for seed in range(10))
        assert not any(separates(2, seed) for seed in range(10))
        assert sum(separates(16, seed) for seed in range(10)) == 9

    def test_dead_units_do_not_come_back(self) -> None:
        names = cells("10_network.ipynb", *CLASSIFIER)
        points = names["points"]
        film = names["fit"](16, seed=0, make=names["mg"].optim.SGD, η=10, steps=50)
        dead = [~np.any(points @ net[0].T + net[1] > 0, axis=0) for net in film]
        assert (dead[0].sum(), dead[-1].sum()) == (3, 12)
        for before, after in itertools.pairwise(dead):
            assert np.all(after[before])

    def test_units_that_begin_alike_stay_alike(self) -> None:
        mg = cells("10_network.ipynb", "border-data")["mg"]
        net = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.ReLU(), mg.nn.Linear(3, 1))
        for p in net.parameters():
            mg.nn.init.constant_(p, 0.1)
        optimizer = mg.optim.Adam(net.parameters(), lr=0.1)
        for _ in range(5):
            optimizer.zero_grad()
            net(mg.tensor([[1.0, 2.0], [0.5, -1.0]])).square().sum().backward()
            optimizer.step()
        first, *others = net[0].weight.tolist()
        assert others == [first, first]
        assert first != [pytest.approx(0.1)] * 2
