"""The pictures: one style for all eyes, described in words, with a hash of their data."""

import io

import figures
import figures_arrays
import figures_graphs
import figures_map
import figures_networks
import figures_roads
import figures_slopes
import figures_training
import figures_walks
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

import minigrad as mg
from minigrad.viz import make_dot


def square(x: float) -> float:
    return x * x


def recorded() -> mg.Tensor:
    """exp(x) · x + 3, which keeps three numbers in three nodes."""
    x = mg.tensor(2.0, requires_grad=True)
    return mg.exp(x) * x + 3


STEPS = [10.0**-k for k in range(17)]
LINKS = [("h = x²", square, lambda x: 2 * x), ("z = 3h", lambda h: 3 * h, lambda h: 3.0)]
NET = [np.eye(2), np.zeros(2), np.array([[1.0, -1.0]]), np.zeros(1)]
DRAWN = {
    "secants": lambda: figures_slopes.show_secants(square, 1, [1, 0.5], slope=2),
    "errors": lambda: figures_slopes.show_errors(
        STEPS, {"forward": STEPS, "central": [0.0] * 17}
    ),
    "lines": lambda: figures_slopes.show_lines(
        [1, 2], {"forward": [2, 3], "central": [2, 4]}, "n", "calls"
    ),
    "nudge": lambda: figures_roads.show_nudge(LINKS, at=1.0),
    "graph": lambda: figures_roads.show_graph({"x→y": 2.0, "w→y": 1.0}, ["x→y"]),
    "product": lambda: figures_roads.show_product(3, 2, 0.3, 0.2),
    "drawing": lambda: figures_graphs.show_drawing(make_dot(recorded(), show_saved=True)),
    "broadcast": lambda: figures_arrays.show_broadcast((3, 1), (4,)),
    "misfit": lambda: figures_arrays.show_broadcast((3,), (4,)),
    "jacobian": lambda: figures_arrays.show_jacobian(
        [[3.0, -2.0], [1.0, 0.0]], cotangent=[1, 2], tangent=[3, 4], spotlight=(0, 1)
    ),
    "jacobians": lambda: figures_arrays.show_jacobians({"one": np.eye(3), "two": np.eye(3)}),
    "map": figures_map.show_map,
    "way": lambda: figures_map.show_map("Newton's step"),
    "runs": lambda: figures_training.show_runs({"Adam": [1, 2.0], "η": [1, 200.0]}, highest=9),
    "frames": lambda: figures_training.show_frames([0, 1], [1, 2], [(0, 0), (1, 1)], [0, 1]),
    "valleys": lambda: figures_walks.show_valleys([0, 1, 2], [1, 0, 1], [1]),
    "walks": lambda: figures_walks.show_walks([0, 1, 2], [1, 0, 1], {"one": [0.2, 0.9]}),
    "basins": lambda: figures_walks.show_basins(
        [0, 1], [0.1, 0.2], np.ones((2, 2)), ([0, 1, 2], [1, 0, 1]), [0.5, 0.9], 0.1
    ),
    "borders": lambda: figures_networks.show_borders(
        np.eye(2), np.array([1, -1]), {"a": NET, "b": NET}
    ),
    "activity": lambda: figures_networks.show_activity(np.eye(2), {"at the start": NET[:2]}),
    "landscape": lambda: figures_training.show_landscape(
        lambda a, b: a * a + b * b, {"one": [(1, 1), (0, 0)]}, (-1, -1), (1, 1), best=(0, 0)
    ),
}
every_picture = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


@every_picture
def test_a_picture_fits_the_column_in_letters_that_can_be_read(draw) -> None:
    figure = draw().figure
    assert figure.get_figwidth() * 100 <= 900
    texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    assert min(t.get_fontsize() for t in texts) >= 10


@every_picture
def test_no_word_is_cut_off(draw) -> None:
    figure = draw().figure
    figure.draw_without_rendering()
    page = figure.bbox.padded(1)
    for axes in figure.axes:
        for text in (*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label):
            if text.get_text().strip():
                box = text.get_window_extent()
                assert page.contains(box.x0, box.y0), text.get_text()
                assert page.contains(box.x1, box.y1), text.get_text()


@every_picture
def test_a_picture_says_what_it_shows(draw) -> None:
    picture = draw()
    data, metadata = picture._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == picture.description
    assert len(picture.description.split()) >= 6
    assert (
        data["text/plain"]
        == f"[picture: {picture.description}] [data {figures.fingerprint(picture.figure)}]"
    )
    image = Image.open(io.BytesIO(data["image/png"]))
    assert image.width == 2 * metadata["image/png"]["width"]


@every_picture
def test_the_same_picture_has_the_same_bytes(draw) -> None:
    assert draw().png() == draw().png()


def test_a_small_cross_keeps_its_colour_on_a_large_landscape() -> None:
    """A palette of 64 colours has room for the few pixels that matter most."""
    turn = np.linspace(0, 3, 30)
    paths = {
        name: np.stack([turn * np.cos(k * turn), turn * np.sin(k * turn)], axis=1) / 3
        for k, name in enumerate(("gradient descent", "momentum", "RMSprop", "Adam"), 1)
    }
    picture = figures_training.show_landscape(
        lambda a, b: a * a + b * b, paths, (-1, -1), (1, 1), best=(0.5, 0)
    )
    image = Image.open(io.BytesIO(picture.png())).convert("RGB")
    pixels = np.asarray(image).reshape(-1, 3).astype(int)
    for colour in (figures.GREEN, figures.ORANGE, figures.PURPLE, figures.BLUE):
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(pixels - wanted).max(axis=1).min() <= 4, colour


@every_picture
def test_words_stand_out_from_the_page(draw) -> None:
    """Contrast with white of 3 to 1 at least, which what is faded still has."""
    for text in draw().figure.findobj(Text):
        if text.get_text().strip():
            assert contrast_with_white(text.get_color()) >= 3.0, text.get_text()


def contrast_with_white(colour: str) -> float:
    from matplotlib.colors import to_rgb

    channels = np.array(to_rgb(colour))
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    return 1.05 / (float(linear @ [0.2126, 0.7152, 0.0722]) + 0.05)


@pytest.mark.parametrize(
    "colour",
    [
        figures.BLUE,
        figures.ORANGE,
        figures.GREEN,
        figures.VERMILION,
        figures.PURPLE,
        figures.SKY,
        figures.GREY,
    ],
)
def test_ink_is_dark_enough_for_words(colour: str) -> None:
    assert contrast_with_white(figures.ink(colour)) >= 4.5


def test_axes_are_labelled_with_symbol_and_meaning() -> None:
    for name in ("secants", "errors"):
        (axes,) = DRAWN[name]().figure.axes
        assert ", " in axes.get_xlabel()
        assert axes.get_ylabel()


def test_the_hash_notices_data_and_words_but_not_the_sixteenth_digit() -> None:
    def hashed(scale: float, name: str = "n") -> str:
        lines = figures_slopes.show_lines([1, 2], {"central": [scale, 2]}, name, "calls")
        return figures.fingerprint(lines.figure)

    assert hashed(1.0) == hashed(1.0 + 1e-14)
    assert len({hashed(1.0), hashed(1.001), hashed(1.0, name="m")}) == 3


def test_labels_at_the_ends_of_lines_keep_apart() -> None:
    lines = {name: [1.0, 5.0] for name in ("forward", "central", "automatic", "symbolic")}
    (axes,) = figures_slopes.show_lines([0, 1], lines, "x", "y").figure.axes
    heights = sorted(label.xy[1] for label in axes.texts)
    assert min(np.diff(heights)) >= 0.08
    assert heights[-1] <= 1


def test_a_table_lines_up_and_escapes() -> None:
    table = figures.show_table({"h": [0.1, 0.01], "<b>": ["x", "y"]}, {"h": ".2f"})
    assert repr(table).splitlines() == ["   h  <b>", "0.10    x", "0.01    y"]
    assert "<th>&lt;b&gt;</th>" in table._repr_html_()


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        figures.show_table({"a": [1, 2], "b": [1]})


def test_a_graph_puts_each_box_right_of_what_it_needs() -> None:
    places = figures_roads._places([("x", "p"), ("p", "a"), ("x", "b"), ("a", "y"), ("b", "y")])
    assert {node: x for node, (x, _) in places.items()} == {
        "x": 0,
        "p": 1,
        "b": 1,
        "a": 2,
        "y": 3,
    }


def test_counting() -> None:
    counted = figures_slopes.Counted(square)
    assert [counted(2), counted(3), counted.calls] == [4, 9, 2]
    assert (figures_graphs.count_nodes(recorded()), figures_graphs.count_kept(recorded())) == (
        3,
        3,
    )


def test_a_drawing_says_what_it_shows_and_what_is_kept() -> None:
    words = figures_graphs.show_drawing(make_dot(recorded(), show_saved=True)).description
    assert words.count("step ") == 4
    assert "result" in words
    assert "leaf" in words
    assert "kept result" in words


def test_what_an_idea_rests_on() -> None:
    course = {
        "lectures": [{"ideas": {"a": [], "b": ["a"]}}, {"ideas": {"c": ["b"], "d": ["a"]}}]
    }
    assert figures_map.needed_for("c", course) == ["a", "b"]
    assert figures_map.needed_for("a", course) == []
    assert figures_map.ideas_of(course) == ["a", "b", "c", "d"]


def test_explore_draws_at_once_and_again_when_a_control_moves() -> None:
    seen = []

    def draw(x: float, kind: str) -> figures.Picture:
        seen.append((x, kind))
        return figures_slopes.show_secants(square, x, [1], slope=2 * x)

    box = figures.explore(
        draw, x=figures.slider(-1, 2, 0.5, "x"), kind=figures.choice(["a", "b"], "kind")
    )
    slider, menu, screen, words = box.children
    first = screen.value
    slider.value = 1.3
    menu.value = "b"
    assert seen == [(0.5, "a"), (1.3, "a"), (1.3, "b")]
    assert screen.value != first
    assert "slope 2.6" in words.value


def test_a_slider_of_powers_moves_by_whole_powers() -> None:
    slider = figures.slider(1e-15, 1, 0.1, "h", powers=True, step=1)
    assert (slider.min, slider.max, slider.value) == (-15, 0, 0.1)


def test_an_error_while_exploring_is_said_below_the_picture() -> None:
    def draw(x: float) -> figures.Picture:
        if x > 0.5:
            raise ValueError("x is <too> large")
        return figures_slopes.show_secants(square, 1, [1])

    slider, _, words = figures.explore(draw, x=figures.slider(0, 1, 0, "x")).children
    with pytest.raises(ValueError, match="large"):
        slider.value = 1.0
    assert words.value == "<b>ValueError</b>: x is &lt;too&gt; large"
