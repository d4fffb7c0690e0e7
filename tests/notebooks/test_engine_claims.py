"""What lecture 13 says in prose is so: its numbers outside code cells, by its own engine."""

import itertools
import math

import figures_engine
import pytest
from lecture_files import FOLDER, code, read

ENGINE = [
    "remember-node",
    "remember-operators",
    "it-trains-tanh",
    "in-order-order",
    "in-order-backward",
]
TRAINING = [
    "imports",
    "it-trains-network",
    "it-trains-loss",
    "it-trains-step",
    "it-trains-train",
]


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    return {cell.id: cell.source for cell in code(read(FOLDER / "13_engine.ipynb"))}


@pytest.fixture(scope="module")
def lecture(cells: dict[str, str]) -> dict:
    """The lecture's names: its engine, its network and its training."""
    space: dict = {}
    for name in [*TRAINING[:1], *ENGINE, *TRAINING[1:], "way-back-roads", "way-back-count"]:
        source = cells[name].replace("follow_roads(y)\nx.grad", "")
        exec(source, space)
    return space


def test_the_engine_has_fewer_than_thirty_lines(cells: dict[str, str]) -> None:
    lines = [line for name in ENGINE for line in cells[name].splitlines() if line.strip()]
    assert len(lines) < 30
    assert not any("import" in line for line in lines)


@pytest.mark.parametrize("doublings", [0, 3, 10])
def test_the_roads_are_visited_as_often_as_counted(lecture: dict, doublings: int) -> None:
    y, calls = lecture["Node"](1.0), 0
    for _ in range(doublings):
        y = y + y
    follow = lecture["follow_roads"]

    def counted(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        follow(*arguments)

    lecture["follow_roads"] = counted
    counted(y)
    lecture["follow_roads"] = follow
    assert calls == lecture["visits"](doublings) == 2 ** (doublings + 1) - 1
    order: dict = {}
    lecture["line_up"](y, order)
    assert len(order) == doublings + 1


def test_the_numbers_of_the_predictions(lecture: dict) -> None:
    assert lecture["visits"](10) == 2047
    assert 2.0e9 < lecture["visits"](30) < 2.2e9


def test_the_second_walk_hands_on_51_and_18(lecture: dict) -> None:
    x = lecture["Node"](3.0)
    b = x * x
    c = b + x
    y = b * c
    seen = []
    for _ in range(2):
        x.grad = 0.0
        lecture["backward"](y)
        seen.append((c.grad, b.grad, x.grad))
    assert seen == [(9, 21, 135), (18, 51, 324)]


def test_what_the_task_finds(lecture: dict) -> None:
    def loss(units: int, η: float) -> float:
        return lecture["loss_of"](lecture["train"](units, η)).data

    steps = (0.03, 0.1, 0.2, 0.3, 0.5)
    assert min(loss(1, η) for η in steps) > min(loss(2, η) for η in steps) > 0.18
    losses = [loss(3, η) for η in steps]
    assert min(losses) < 0.01
    assert losses.index(min(losses)) == 3
    assert losses[4] > 0.1
    assert not loss(3, 0.7) < 1e9
    assert not loss(6, 0.5) < 1e9


def test_the_wave_has_three_stretches(lecture: dict) -> None:
    assert [x for x, _ in lecture["points"]] == [k / 2 for k in range(-4, 5)]
    across = [-2 + k / 100 for k in range(401)]
    rising = [math.cos(2 * x) > 0 for x in across]
    assert sum(a != b for a, b in itertools.pairwise(rising)) == 2


def test_the_fitted_picture_bears_a_broken_training(recwarn: pytest.WarningsRecorder) -> None:
    picture = figures_engine.show_fitted([(0.0, 1.0), (1.0, 0.0)], lambda x: 1e300, "far")
    assert picture.png()
    assert "inf" in picture.description
    assert not recwarn.list
