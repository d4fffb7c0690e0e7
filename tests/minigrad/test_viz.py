"""The drawing of a graph: torchviz's boxes and arrows, and a picture on every machine."""

import itertools
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import minigrad as mg
from minigrad.viz import drawing, make_dot, make_dot_from_trace
from minigrad.viz.layout import lay_out


def parsed(picture):
    """Boxes as (label, colour) by name, and arrows as (tail, head, attributes)."""
    boxes, arrows = {}, []
    for line in picture.body:
        arrow = re.fullmatch(r"\t(\S+) -> (\S+?)(?: \[(.*)\])?\n", line)
        if arrow:
            arrows.append((arrow[1], arrow[2], arrow[3] or ""))
            continue
        name = line.split()[0]
        label = re.search(r'label=(?:"((?:[^"\\]|\\.)*)"|(\S+?)[\] ])', line)
        colour = re.search(r"fillcolor=(\w+)", line)
        text = (label[1] or label[2]).replace("\\n", "\n")
        boxes[name] = (text, colour[1] if colour else boxes.get(name, ("", None))[1])
    return boxes, arrows


def labelled(picture):
    """The arrows by the labels of their ends, sorted."""
    boxes, arrows = parsed(picture)
    return sorted((boxes[tail][0], boxes[head][0], how) for tail, head, how in arrows)


@pytest.fixture
def wave():
    x = mg.tensor(5.0, requires_grad=True)
    c = mg.tensor(3.0, requires_grad=True)
    return c * mg.sin(x) + x + c, x, c


def test_operations_are_grey_leaves_blue_and_outputs_green(wave):
    y, x, c = wave
    boxes, _ = parsed(make_dot(y, params={"x": x, "c": c, "y": y}))
    assert sorted(boxes.values(), key=str) == sorted(
        [
            ("y\n ()", "darkolivegreen1"),
            ("x\n ()", "lightblue"),
            ("c\n ()", "lightblue"),
            ("AddBackward0", None),
            ("AddBackward0", None),
            ("MulBackward0", None),
            ("SinBackward0", None),
            ("AccumulateGrad", None),
            ("AccumulateGrad", None),
        ],
        key=str,
    )


def test_arrows_go_the_way_of_the_forward_pass(wave):
    y, x, c = wave
    assert labelled(make_dot(y, params={"x": x, "c": c, "y": y})) == sorted(
        [
            ("x\n ()", "AccumulateGrad", ""),
            ("c\n ()", "AccumulateGrad", ""),
            ("AccumulateGrad", "SinBackward0", ""),
            ("AccumulateGrad", "MulBackward0", ""),
            ("SinBackward0", "MulBackward0", ""),
            ("MulBackward0", "AddBackward0", ""),
            ("AccumulateGrad", "AddBackward0", ""),
            ("AccumulateGrad", "AddBackward0", ""),
            ("AddBackward0", "AddBackward0", ""),
            ("AddBackward0", "y\n ()", ""),
        ]
    )


def test_saved_tensors_hang_on_lines_without_an_arrowhead():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    boxes, arrows = parsed(make_dot(x.exp(), show_saved=True))
    (result,) = [name for name, box in boxes.items() if box == ("result\n (2)", "orange")]
    (function,) = [name for name, box in boxes.items() if box[0] == "ExpBackward0"]
    assert (function, result, "dir=none") in arrows


def test_attributes_are_listed_under_the_name_and_cut_off():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    boxes, _ = parsed(make_dot((x**2).exp(), show_attrs=True, max_attr_chars=7))
    labels = [label for label, _ in boxes.values()]
    assert "ExpBackward0\n---------------\nresult: [sav..." in labels
    power = next(label for label in labels if label.startswith("PowBackward0"))
    assert re.search(r"exponent: +2", power)


def test_a_view_points_to_its_base():
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x.exp()
    boxes, arrows = parsed(make_dot(base[0], params={"base": base}))
    (name,) = [name for name, box in boxes.items() if box[1] == "darkolivegreen3"]
    assert boxes[name][0] == "base\n (3)"
    assert [how for tail, _, how in arrows if tail == name] == ["style=dotted"]


def test_more_can_be_shown_on_demand():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    picture = make_dot(
        y, {"x": x}, show_shapes=True, show_values=True, show_grads=True, show_versions=True
    )
    labels = [label for label, _ in parsed(picture)[0].values()]
    assert "x\n (2)\n[1, 2]\nversion 0\ngrad [2, 4]" in labels
    assert "MulBackward0\n(2)" in labels


def test_several_outputs_share_what_they_have_in_common():
    x = mg.tensor(1.0, requires_grad=True)
    h = x.exp()
    boxes, _ = parsed(make_dot((h.sin(), h.cos())))
    assert [box[0] for box in boxes.values()].count("ExpBackward0") == 1


def test_the_same_graph_gives_the_same_source():
    def source():
        x = mg.tensor([1.0, 2.0], requires_grad=True)
        return make_dot((x * x).sum(), {"x": x}, True, True).source

    assert source() == source()
    assert not re.search(r"0x|\d{9}", source())


def test_a_long_chain_needs_no_recursion():
    x = mg.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(3000):
        y = y * 1.0
    picture = make_dot(y)
    assert picture.source.count("MulBackward0") == 3000
    assert float(picture.graph_attr["size"].split(",")[0]) > 12
    assert "too many to draw" in picture.plain_svg()


class Doubler(mg.nn.Module):
    def forward(self, x):
        return 2 * x


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (Doubler(), "the model itself"),
        (mg.tensor(1.0, requires_grad=True).mean, "`mean`. Call it"),
        (1.5, "before item()"),
        (np.ones(2), "before item()"),
        ({"y": 1}, "in a tuple"),
        (mg.tensor(1.0, requires_grad=True).exp().grad_fn, "not its grad_fn"),
    ],
)
def test_what_cannot_be_drawn_is_answered_with_advice(wrong, advice):
    with pytest.raises(TypeError, match=re.escape(advice)):
        make_dot(wrong)


@pytest.mark.parametrize("params", [{"x": 1.0}, [("x", 1.0)], 3, mg.ones(2)])
def test_names_must_be_of_tensors(params):
    with pytest.raises(TypeError, match="params gives tensors their names"):
        make_dot(mg.ones(1), params=params)


def test_drawing_traces_is_refused_as_in_torchviz():
    with pytest.raises(NotImplementedError, match="make_dot"):
        make_dot_from_trace(None)


# ------------------------------------------------------------------------------- the picture


def texts_of(svg):
    root = ElementTree.fromstring(svg)
    return [element.text for element in root.iter() if element.tag.endswith(("text", "tspan"))]


def test_a_notebook_shows_svg(wave):
    picture = make_dot(wave[0])
    bundle = picture._repr_mimebundle_()
    assert "SinBackward0" in texts_of(bundle["image/svg+xml"])
    assert bundle["text/plain"] == "<drawing of 9 boxes and 10 arrows>"


def without_graphviz(monkeypatch):
    monkeypatch.setattr(drawing, "_by_library", lambda source, format: None)
    monkeypatch.setattr(drawing, "_by_program", lambda source, format: None)


def test_a_page_sized_picture_is_the_same_with_and_without_graphviz(wave, monkeypatch):
    picture = make_dot(wave[0])
    before = picture._repr_svg_()
    without_graphviz(monkeypatch)
    assert picture._repr_svg_() == before
    assert texts_of(before).count("AddBackward0") == 2


def test_a_large_picture_appears_without_graphviz_too(monkeypatch):
    without_graphviz(monkeypatch)
    x = mg.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(200):
        y = y * 1.0
    assert texts_of(make_dot(y)._repr_svg_()).count("MulBackward0") == 200


def test_a_crash_of_the_library_is_no_crash_of_the_notebook(wave, monkeypatch):
    monkeypatch.setattr(drawing, "LIBRARY_CALL", "import os; os.abort()")
    monkeypatch.setattr(drawing, "_by_program", lambda source, format: b"by program")
    assert make_dot(wave[0]).pipe("png") == b"by program"


@pytest.mark.parametrize("way", ["_by_library", "_by_program"])
def test_graphviz_reads_the_source(wave, way):
    picture = make_dot(wave[0], {'a "b" <c> & d\\': wave[1]}, True, True)
    drawn = getattr(drawing, way)(picture.source, "svg")
    if drawn is None:
        pytest.skip("Graphviz is not installed")
    texts = [text or "" for text in texts_of(drawn)]
    assert "SinBackward0" in texts
    assert any('a "b" <c> & d\\' in text for text in texts)


def test_without_graphviz_svg_is_written_and_png_refused(wave, monkeypatch, tmp_path):
    without_graphviz(monkeypatch)
    picture = make_dot(wave[0])
    path = picture.render("graph", directory=tmp_path / "new", format="svg")
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    with pytest.raises(RuntimeError, match="format='svg'"):
        picture.render("graph", directory=tmp_path, format="png")
    assert not (tmp_path / "graph.png").exists()


def test_names_are_text_and_not_markup(wave):
    picture = make_dot(wave[0], params={'a "b" <c> & d': wave[1]})
    assert 'a "b" <c> & d' in texts_of(picture._repr_svg_())


# -------------------------------------------------------------------------------- the layout


def random_graph(random):
    count = int(random.integers(1, 15))
    pairs = itertools.combinations(range(count), 2)
    edges = [pair for pair in pairs if random.random() < 2 / count]
    sizes = [(float(w), float(h)) for w, h in random.integers(20, 120, (count, 2))]
    return sizes, edges


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("sideways", [False, True])
def test_boxes_do_not_touch_and_arrows_go_one_way(seed, sideways):
    sizes, edges = random_graph(np.random.default_rng(seed))
    layout = lay_out(sizes, edges, gap=10, layer_gap=20, sideways=sideways)
    for i, j in itertools.combinations(range(len(sizes)), 2):
        (x1, y1), (x2, y2) = layout.centres[i], layout.centres[j]
        free_x = abs(x1 - x2) - (sizes[i][0] + sizes[j][0]) / 2
        free_y = abs(y1 - y2) - (sizes[i][1] + sizes[j][1]) / 2
        assert max(free_x, free_y) >= 9.9, (i, j)
    for (tail, head), route in zip(edges, layout.routes, strict=True):
        flow = 0 if sideways else 1
        assert [route[0], route[-1]] == [layout.centres[tail], layout.centres[head]]
        assert all(a[flow] < b[flow] for a, b in itertools.pairwise(route))
    for (x, y), (width, height) in zip(layout.centres, sizes, strict=True):
        assert x - width / 2 >= -0.1
        assert x + width / 2 <= layout.width + 0.1
        assert y - height / 2 >= -0.1
        assert y + height / 2 <= layout.height + 0.1


def test_a_diamond_is_drawn_as_a_diamond():
    layout = lay_out([(40, 20)] * 4, [(0, 1), (0, 2), (1, 3), (2, 3)])
    top, left, right, bottom = layout.centres
    assert top[0] == bottom[0] == (left[0] + right[0]) / 2
    assert left[1] == right[1]


def test_crossings_are_undone():
    # Two pairs whose arrows would cross if the boxes stayed in the order they were given.
    layout = lay_out([(40, 20)] * 4, [(0, 3), (1, 2)])
    (x0, _), (x1, _), (x2, _), (x3, _) = layout.centres
    assert (x0 - x1) * (x3 - x2) > 0


def test_cycles_and_loops_are_laid_out_too():
    layout = lay_out([(40, 20)] * 3, [(0, 1), (1, 2), (2, 0), (1, 1)])
    assert layout.routes[3] == []
    assert layout.routes[2][0] == layout.centres[2]
    assert layout.routes[2][-1] == layout.centres[0]
