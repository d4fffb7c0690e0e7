"""The pictures of graphs, arrays and Jacobians, and the sources that lectures read aloud."""

import itertools

import figures
import figures_arrays
import figures_graphs
import figures_roads
import numpy as np
import pytest

import minigrad as mg
from minigrad.viz import make_dot

SKIPPING = {"x→b": 6, "b→c": 1, "x→c": 1, "c→y": 9, "b→y": 12}


def test_an_arrow_over_a_box_is_bent_and_its_label_stands_beside_the_line_of_boxes() -> None:
    axes = figures_roads.show_graph(SKIPPING).figure.axes[0]
    labels = {text.get_text(): text.xy for text in axes.texts if text.get_text()}
    on_the_line = labels["x"][1]
    assert labels["6"][1] == labels["9"][1] == on_the_line
    heights = sorted(labels[words][1] - on_the_line for words in ("12",))
    crossing = [t.xy[1] for t in axes.texts if t.get_text() == "1"]
    assert heights[0] > 0.1
    assert min(crossing) < on_the_line - 0.1
    assert max(crossing) == on_the_line


def test_a_graph_is_drawn_in_one_way_however_its_arrows_were_given() -> None:
    pairs = [("x", "b"), ("b", "c"), ("x", "c"), ("c", "y"), ("b", "y")]
    places = figures_roads._places(pairs)
    bends = {("x", "c"): 0.35, ("b", "y"): -0.35}
    assert figures_roads._bends(pairs, places) == bends
    assert figures_roads._bends(pairs[::-1], places) == bends


def test_a_straight_graph_is_not_bent() -> None:
    places = figures_roads._places([("x", "p"), ("p", "y")])
    assert figures_roads._bends([("x", "p"), ("p", "y")], places) == {}


def test_a_source_is_what_stands_in_the_file_without_its_docstring() -> None:
    whole = figures_graphs.show_source("engine.reach").markdown
    assert whole.startswith("```python\ndef reach(")
    assert '"""' not in whole
    assert "sorted(found" in whole


def test_the_pieces_of_a_source_are_the_whole() -> None:
    name, cuts = "engine.backpropagate", ["g = pending.pop(node)", "for (derivative"]
    pieces = [
        figures_graphs.show_source(name, start, stop)
        for start, stop in zip([None, *cuts], [*cuts, None], strict=True)
    ]

    def lines(source: figures.Words) -> list[str]:
        return [line.strip() for line in source.markdown.splitlines()[1:-1]]

    whole = lines(figures_graphs.show_source(name))
    assert [line for piece in pieces for line in lines(piece)] == whole


def test_a_source_that_has_changed_is_said_so() -> None:
    with pytest.raises(ValueError, match="no line that begins with 'never written'"):
        figures_graphs.show_source("engine.reach", "never written")


@pytest.mark.parametrize(
    ("a", "b", "shares"),
    [
        ((3, 1), (1, 4), (4, 3)),
        ((3, 4), (4,), (1, 3)),
        ((), (3, 4), (12, 1)),
        ((2,), (2,), (1, 1)),
    ],
)
def test_a_broadcast_says_what_each_gradient_adds(a, b, shares) -> None:
    words = figures_arrays.show_broadcast(a, b).description
    assert f"the result has shape {np.broadcast_shapes(a, b)}" in words
    for name, shape, count in zip("ab", (a, b), shares, strict=True):
        said = "takes 1 share" if count == 1 else f"adds {count} shares"
        assert f"{name} of shape {shape}, each slope {said}" in words


def test_shapes_that_do_not_fit_are_said_so() -> None:
    assert "cannot be combined" in figures_arrays.show_broadcast((3,), (4,)).description


TABLE = np.array([[3.0, 2.0], [1.0, 1.0], [4.0, 0.0]])


def test_a_jacobian_says_its_products() -> None:
    back = figures_arrays.show_jacobian(TABLE, cotangent=[1, 2, 0]).description
    forward = figures_arrays.show_jacobian(TABLE, tangent=[1, 10]).description
    assert "v = (1, 2, 0) gives vᵀJ = (5, 4)" in back
    assert "t = (1, 10) gives Jt = (23, 11, 4)" in forward


def test_the_spotlight_says_what_an_entry_means() -> None:
    words = figures_arrays.show_jacobian(TABLE, spotlight=(2, 0)).description
    assert words.endswith("a nudge of x₁ moves y₃ 4 times as far.")


def test_rounding_dust_is_not_shown() -> None:
    words = figures_arrays.show_jacobian([[1.0, -3e-17]], cotangent=[1]).description
    assert "(1, 0)" in words
    assert "-0" not in words


def test_jacobians_side_by_side_are_told_apart_in_words() -> None:
    lower = np.tril(np.ones((4, 4)))
    shown = {"one": np.eye(4), "two": lower, "three": np.ones((4, 4)), "four": lower @ lower.T}
    words = figures_arrays.show_jacobians(shown).description
    assert "one: a diagonal; two: a triangle; three: all entries; four: all entries" in words


def drawn_with_every_size() -> dict[str, figures.Picture]:
    x = mg.tensor(5.0, requires_grad=True)
    pictures = {
        f"broadcast {a} {b}": figures_arrays.show_broadcast(a, b)
        for a, b in [((3, 4), ()), ((3, 1), ()), ((1,), ()), ((3, 1), (1, 4)), ((3,), (4,))]
    }
    drawing = make_dot(mg.exp(x) * x, {"x": x}, show_attrs=True, show_saved=True)
    pictures["drawing"] = figures_graphs.show_drawing(drawing)
    pictures["one entry"] = figures_arrays.show_jacobian([[1.0]], spotlight=(0, 0))
    pictures["all"] = figures_arrays.show_jacobian(TABLE, cotangent=[1, 2, 0], tangent=[1, 10])
    pictures["long"] = figures_arrays.show_jacobian(np.full((5, 5), -0.1234), cotangent=[1] * 5)
    return pictures


@pytest.mark.parametrize("name", drawn_with_every_size())
def test_no_words_run_into_each_other_or_out_of_the_picture(name: str) -> None:
    figure = drawn_with_every_size()[name].figure
    figure.draw_without_rendering()
    whole = figure.bbox
    places = {}
    for number, text in enumerate(figure.axes[0].texts):
        if text.get_text().strip():
            box = text.get_window_extent()
            assert whole.x0 <= box.x0
            assert box.x1 <= whole.x1
            assert whole.y0 <= box.y0
            assert box.y1 <= whole.y1
            places[number, text.get_text()] = box
    for (one, first), (other, second) in itertools.combinations(places.items(), 2):
        assert not first.padded(-1).overlaps(second.padded(-1)), (one, other)
