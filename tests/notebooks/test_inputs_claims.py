"""What lecture 11 says in prose is so: its numbers outside code cells, by its own network."""

import numpy as np
import pytest
from lecture_files import FOLDER, code, read

import minigrad as mg


@pytest.fixture(scope="module")
def lecture() -> dict:
    """The names that the lecture's cells define, up to its dreams."""
    space: dict = {}
    for cell in code(read(FOLDER / "11_inputs.ipynb")):
        if cell.id == "play-still":
            break
        exec(cell.source, space)
    return space


def test_the_loss_is_minus_the_logarithm_of_the_share_of_the_right_kind(lecture: dict) -> None:
    some, labels = lecture["fresh"][:7], lecture["truth"][:7]
    outputs = lecture["net"](some).numpy()
    shares = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    assert shares.sum(axis=1) == pytest.approx(1)
    right = shares[np.arange(7), labels.numpy()]
    assert lecture["loss"](some, labels).item() == pytest.approx(-np.log(right).mean())


def test_a_coin_deceives_nobody_and_the_slopes_leave_one_in_thirty(lecture: dict) -> None:
    where = lecture["steps"].index(0.09)
    assert lecture["right"]["coin"][where] == 1
    assert lecture["right"]["slope"][where] == pytest.approx(1 / 30, abs=0.005)


def test_the_change_is_smaller_than_the_noise(lecture: dict) -> None:
    pictures, labels = lecture["draw"](300, seed=5)
    clean = 0.35 + 0.3 * np.array([lecture["cross"], lecture["ring"], lecture["bar"]])
    noise = pictures.numpy() - clean[labels.numpy()].reshape(300, 256)
    assert 0.09 < noise.std() == pytest.approx(0.1, abs=2e-3)


@pytest.mark.parametrize(
    ("kind", "last_right", "taken_for"),
    [("bar", 0.07, "cross"), ("cross", 0.06, "bar"), ("ring", 0.06, "bar")],
)
def test_where_each_drawing_falls(
    lecture: dict, kind: str, last_right: float, taken_for: str
) -> None:
    n, kinds = lecture["first"][kind], lecture["kinds"]
    one, label = lecture["fresh"][n : n + 1], lecture["truth"][n : n + 1]
    answers = [
        kinds[lecture["net"](lecture["attack"](one, label, ε)).argmax(1).item()]
        for ε in (last_right, last_right + 0.01)
    ]
    assert answers == [kind, taken_for]


def test_the_slopes_grow_as_the_answer_becomes_less_sure(lecture: dict) -> None:
    n = lecture["first"]["bar"]
    one, label = lecture["fresh"][n : n + 1], lecture["truth"][n : n + 1]
    largest = []
    for ε in (0, 0.02, 0.04, 0.06):
        slopes = lecture["slopes_of_pixels"](lecture["attack"](one, label, ε), label)
        largest.append(np.abs(slopes.numpy()).max())
    assert largest == sorted(largest)


def test_slopes_of_pixels_are_the_slopes_of_each_picture_alone(lecture: dict) -> None:
    some, labels = lecture["fresh"][:3], lecture["truth"][:3]
    together = lecture["slopes_of_pixels"](some, labels).numpy()
    h = 1e-6
    for row in range(3):
        for pixel in (0, 100, 200):
            ends = []
            for step in (h, -h):
                moved = some[row : row + 1].clone()
                moved[0, pixel] += step
                ends.append(lecture["loss"](moved, labels[row : row + 1]).item())
            measured = (ends[0] - ends[1]) / (2 * h)
            assert together[row, pixel] == pytest.approx(measured, rel=1e-3, abs=1e-8)


def test_small_chosen_changes_add_up_and_a_coins_cancel(lecture: dict) -> None:
    n, ε = lecture["first"]["ring"], 1e-4
    one, label = lecture["fresh"][n : n + 1], lecture["truth"][n : n + 1]
    g = lecture["slopes_of_pixels"](one, label).numpy()
    before = lecture["loss"](one, label).item()
    risen = lecture["loss"](one + mg.tensor(ε * np.sign(g)), label).item() - before
    assert risen == pytest.approx(ε * np.abs(g).sum(), rel=0.02)
    coins = np.random.default_rng(0).choice([-1, 1], size=(100, 256))
    by_coin = np.abs(ε * (coins * g).sum(axis=1)).mean()
    assert by_coin < risen / 8


def test_no_drawing_comes_near_a_dream(lecture: dict) -> None:
    for kind in range(3):
        best = lecture["net"](lecture["fresh"])[:, kind].max().item()
        assert lecture["net"](lecture["dreams"][kind])[0, kind].item() > 3 * best


def test_the_dreamt_ring_is_darkest_where_a_bar_would_cross_it(lecture: dict) -> None:
    ring = lecture["dreams"][1].numpy().reshape(16, 16)
    middle = lecture["bar"] & (np.abs(lecture["i"]) < 4)
    assert ring[lecture["ring"]].mean() > ring.mean() > ring[middle].mean()


def test_the_answers_of_the_checks() -> None:
    """Slopes (2, -4) and no unit that switches within 0.1: the rise is 0.1 · (2 + 4)."""
    corners = [(1 + p, 0.5 + q) for p in (-0.1, 0.1) for q in (-0.1, 0.1)]
    assert all(2 * a - b > 0 for a, b in corners)
    rises = [max(2 * a - b, 0) - 3 * b for a, b in corners]
    assert max(rises) - (1.5 - 1.5) == pytest.approx(0.6)
    rise = np.full(10_000, 0.01) @ np.full(10_000, 0.02)
    assert rise == pytest.approx(2)
