"""The public checks: right derivatives agree, wrong ones differ, bad input gets a sentence."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graders import check

ROOT = Path(__file__).parents[2]
MATRIX = np.arange(6.0).reshape(2, 3) - 1.5


def sine_square(x):
    return np.sin(x**2)


def hills(x):
    return np.log(x[0] * x[1]) * np.sin(x[1])


def slopes_of_hills(x):
    first = np.sin(x[1]) / x[0]
    return np.array([first, np.sin(x[1]) / x[1] + np.log(x[0] * x[1]) * np.cos(x[1])])


@pytest.mark.parametrize(
    ("f", "df", "domain"),
    [
        (math.sin, math.cos, (-2, 2)),
        (np.exp, np.exp, (-30, 30)),
        (sine_square, lambda x: 2 * x * np.cos(x**2), (-4, 4)),
        (lambda x: 5, lambda x: 0, (-2, 2)),
        (lambda x: 3 * x, lambda x: 3, (-2, 2)),
        (math.log, lambda x: 1 / x, (1e-6, 1e-3)),
        (lambda x: 1e8 + x * x, lambda x: 2 * x, (-2, 2)),
        (lambda x: 1e-9 * x**3, lambda x: 3e-9 * x**2, (-2, 2)),
        (lambda x: np.sin(300 * x), lambda x: 300 * np.cos(300 * x), (-2, 2)),
        (lambda x: abs(x) * x, lambda x: 2 * abs(x), (-2, 2)),
        (lambda x: x**3, lambda x: 3 * x**2, (1e5, 1e6)),
        (lambda x: np.float32(x) * 0 + x**2, lambda x: 2 * x, (-2, 2)),
    ],
)
def test_right_derivatives_agree(f, df, domain):
    result = check.derivative(f, df, domain=domain)
    assert result, result.line
    assert not check.derivative(f, lambda x: df(x) * 1.0001 + 1e-9, domain=domain)


def test_one_line_is_printed(capsys):
    check.derivative(math.sin, math.cos)
    assert capsys.readouterr().out == "The derivative agrees at 12 points.\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda x: -math.cos(x), "opposite sign everywhere"),
        (lambda x: 2 * math.cos(x), "twice the numerical one everywhere"),
        (lambda x: math.cos(x) / 2, "half the numerical one everywhere"),
        (lambda x: 0.75 * math.cos(x), "3/4 times the numerical one everywhere"),
        (lambda x: math.cos(x) + 7, "larger than the numerical one by 7 everywhere"),
        (lambda x: 0.0, "zero everywhere"),
        (lambda x: abs(math.cos(x)) * (1 if x > 0 else -1), "wrong sign in places"),
        (lambda x: math.cos(x) if x < 1 else 1.0, "differs at"),
        (lambda x: float("nan"), "not a finite number"),
    ],
)
def test_the_way_in_which_it_differs_is_said(wrong, said):
    result = check.derivative(math.sin, wrong)
    assert not result
    assert said in result.line


def test_the_first_difference_is_located():
    result = check.derivative(abs, lambda x: 1.0, at=[2.0, -0.5, -3.0])
    expected = "differs at 2 of 3 points, first at x = -0.5: yours is 1, the numerical one -1."
    assert expected in result.line
    result = check.gradient(hills, lambda x: slopes_of_hills(x) * [1, 3], at=[0.5, 0.75])
    assert "differs in 1 of 2 components, first at x[1]" in result.line


def test_numbers_that_are_nearly_equal_are_shown_with_the_digits_that_tell_them_apart():
    result = check.derivative(math.sin, 0.5403, at=1.0, rtol=1e-9)
    assert "yours is 0.5403, the numerical one 0.5403." not in result.line


def test_kinks_are_left_out_and_said():
    result = check.derivative(abs, np.sign, at=[-1.0, 0.0, 1.0])
    assert result
    assert "2 points (1 left out: a kink or a jump at x = 0)" in result.line
    alone = check.derivative(abs, lambda x: 0.0, at=0.0)
    assert not alone
    assert "could not be checked" in alone.line
    assert check.derivative(lambda x: max(x, 0.0), lambda x: float(x > 0))
    assert "kink" in check.derivative(np.floor, lambda x: 0.0, at=[0.5, 1.0]).line


def test_points_outside_the_domain_are_left_out_and_said():
    result = check.derivative(math.log, lambda x: 1 / x)
    assert result
    assert "left out: the function is not defined" in result.line
    assert "raised ValueError" in check.derivative(math.log, lambda x: 1 / x, at=-1.0).line


def test_the_points_are_the_same_every_time_and_differ_between_functions():
    def points(f):
        return [row.where for row in check.derivative(f, lambda x: 0.0).rows]

    assert points(math.sin) == points(math.sin)
    assert points(math.sin) != points(math.cos)


def test_slopes_by_hand_are_right_to_three_digits():
    assert check.derivative(lambda x: math.log(x * x), 0.4, at=5)
    assert check.derivative(hills_along_first, 1.363, at=0.5)
    assert not check.derivative(lambda x: math.log(x * x), 4, at=5)
    assert "twice" in check.derivative(lambda x: math.log(x * x), 0.8, at=5).line


def hills_along_first(x):
    return hills(np.array([x, 0.75]))


def test_gradients():
    assert check.gradient(hills, slopes_of_hills, at=[0.5, 0.75])
    assert check.gradient(hills, [1.363, 0.1912], at=[0.5, 0.75])
    assert check.gradient(lambda x: (x**2).sum(), lambda x: 2 * x, shape=(3, 4))
    assert check.gradient(lambda x: x**2, lambda x: 2 * x, shape=())
    assert not check.gradient(hills, lambda x: slopes_of_hills(x)[::-1], at=[0.5, 0.75])
    reversed_ = check.gradient(hills, lambda x: slopes_of_hills(x)[::-1], at=[0.5, 0.75])
    assert "another order" in reversed_.line


def test_gradients_of_several_arguments():
    def product(a, b):
        return np.sum(a @ b)

    def right(a, b):
        ones = np.ones((a.shape[0], b.shape[1]))
        return ones @ b.T, a.T @ ones

    point = (np.ones((3, 4)), np.arange(8.0).reshape(4, 2))
    assert check.gradient(product, right, at=point)
    swapped = check.gradient(product, lambda a, b: right(a, b)[::-1], at=point)
    assert "(transposed?)" in swapped.line or "shape" in swapped.line
    assert not swapped
    assert "2 arrays" in check.gradient(product, lambda a, b: 3.0, at=point).line


def test_large_arrays_are_looked_at_in_places():
    result = check.gradient(lambda x: (x**2).sum(), lambda x: 2 * x, shape=(30, 20))
    assert result
    assert len(result.rows) == 200


def test_jacobians_have_outputs_in_rows():
    assert check.jacobian(lambda x: MATRIX @ x, lambda x: MATRIX, shape=3)
    transposed = check.jacobian(lambda x: MATRIX @ x, lambda x: MATRIX.T, shape=3)
    assert "(transposed?)" in transposed.line
    square = MATRIX[:, :2]
    assert "rows and columns" in check.jacobian(lambda x: square @ x, square.T, shape=2).line


def test_a_vjp_is_probed_with_a_cotangent_that_is_not_ones():
    def softmax(x):
        return np.exp(x) / np.exp(x).sum()

    def right(x, v):
        s = softmax(x)
        return s * (v - s @ v)

    assert check.vjp(softmax, right, shape=4)
    # Both give the true answer, zero, for a cotangent of ones.
    assert not check.vjp(softmax, lambda x, v: np.zeros(4), shape=4)
    assert not check.vjp(softmax, lambda x, v: right(x, np.ones(4)), shape=4)
    assert check.vjp(lambda x: MATRIX @ x, lambda x, v: MATRIX.T @ v, shape=3)


def test_a_jvp_is_probed_with_a_random_tangent():
    assert check.jvp(lambda x: MATRIX @ x, lambda x, t: MATRIX @ t, shape=3)
    assert not check.jvp(lambda x: MATRIX @ x, lambda x, t: MATRIX @ np.ones(3), shape=3)
    point = (np.array(2.0), np.array(3.0))
    assert check.jvp(lambda x, y: x * y, lambda x, y, s, t: s * y + x * t, at=point)
    assert not check.jvp(lambda x, y: x * y, lambda x, y, s, t: s * t, at=point)


def not_written(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (lambda: check.derivative(math.sin, lambda x: None), "needs `return`"),
        (lambda: check.derivative(math.sin, not_written), "not_written is not written yet"),
        (lambda: check.derivative(math.sin, lambda x: not_written(x)), "not_written is not"),
        (lambda: check.derivative(math.sin, lambda x: x / 0), "ZeroDivisionError"),
        (lambda: check.derivative(math.sin, lambda x: [x]), "[0] or .item()"),
        (lambda: check.derivative(math.sin, lambda x: "0.4"), "text"),
        (lambda: check.derivative(math.sin, lambda x: x > 0), "True or False"),
        (lambda: check.derivative(math.sin, lambda x: ...), "still `...`"),
        (lambda: check.derivative(math.sin, lambda x: {"slope": x}), "dictionary"),
        (lambda: check.derivative(math.sin, lambda x: 1j * x), "complex"),
        (lambda: check.derivative(math.sin, ..., at=1.0), "still `...`"),
        (lambda: check.derivative(math.sin, 0.5), "add at="),
        (lambda: check.derivative(math.sin, 0.5, at=[1.0, 2.0]), "one point"),
        (lambda: check.derivative(math.sin, "cos"), "not a function"),
        (lambda: check.derivative(None, math.cos), "not a function"),
        (lambda: check.derivative(math.sin, math.cos, at="here"), "at= is text"),
        (lambda: check.derivative(math.sin, math.cos, at=[]), "at= takes"),
        (lambda: check.derivative(math.sin, math.cos, domain=(1, 1)), "not an interval"),
        (lambda: check.derivative(lambda x: [x, x], math.cos), "array of shape (2,)"),
        (lambda: check.gradient(lambda x: 2 * x, lambda x: x, at=[1, 2]), "check.jacobian"),
        (lambda: check.gradient(hills, slopes_of_hills), "say where to look"),
        (lambda: check.gradient(hills, [..., ...], at=[0.5, 0.75]), "still `...`"),
        (lambda: check.jacobian(np.sin, [[..., 0], [0, 1]], at=[0.5, 0.75]), "still `...`"),
        (lambda: check.jacobian(np.sin, [[1, 0], [1]], at=[0.5, 0.75]), "different lengths"),
        (lambda: check.vjp(np.sin, lambda x, v: [[...], 0], at=[0.5, 0.75]), "still `...`"),
        (lambda: check.gradient(hills, lambda x: [1.0], at=[0.5, 0.75]), "shape (2,)"),
        (lambda: check.gradient(hills, lambda x: [[1], [2, 3]], at=[0.5, 0.75]), "different"),
        (lambda: check.jacobian(np.dot, MATRIX, at=(1.0, 2.0)), "one array"),
        (lambda: check.vjp(np.sin, lambda x: x, shape=2), "TypeError"),
    ],
)
def test_bad_input_gets_a_sentence_that_says_what_to_do(run, said):
    result = run()
    assert not result
    assert said in result.line
    assert "\n" not in result.line


def test_whole_numbers_are_points_too():
    assert check.derivative(lambda x: x**-2, lambda x: -2 * x**-3, at=[1, 2, 3])
    assert check.gradient(lambda x: (x**-2.0).sum(), lambda x: -2 * x**-3.0, at=[1, 2, 3])


def test_a_function_that_writes_in_its_input_does_not_move_the_points():
    def writes(x):
        x *= 2
        return float((x**2).sum())

    assert check.gradient(writes, lambda x: 8 * x, at=[1.0, 2.0])


def test_required_raises_with_the_line_and_the_cause():
    assert check.derivative(math.sin, math.cos).required()
    with pytest.raises(check.CheckFailed, match="opposite sign"):
        check.derivative(math.sin, lambda x: -math.cos(x)).required()
    with pytest.raises(check.CheckFailed) as caught:
        check.derivative(math.sin, lambda x: x / 0).required()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_what_jupyter_shows_of_a_failed_check_is_the_readers_own_code():
    def broken(x):
        return x / 0

    with pytest.raises(check.CheckFailed) as caught:
        check.derivative(math.sin, broken).required()
    shown = "\n".join(caught.value._render_traceback_())
    assert "return x / 0" in shown
    assert "graders/check" not in shown.replace("\\", "/")
    assert shown.splitlines()[-1].startswith("CheckFailed: Not yet: broken(")


def test_the_table_shows_every_number(capsys):
    check.derivative(abs, lambda x: 1.0, at=[-1.0, 0.0, 1.0]).table()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["where", "yours", "numerical", "difference"]
    assert [line.split("  ")[-1] for line in lines[2:]] == [
        "differs",
        "a kink or a jump",
        "agrees",
    ]


def test_values_by_their_properties():
    assert check.value(3.0, equals=3)
    assert check.value([1.0, 2.0], equals=np.array([1, 2]), shape=(2,))
    assert check.value(2**0.5, root_of=lambda x: x * x - 2)
    assert check.value(1e-8, between=(1e-10, 1e-6))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"got": 3.0, "equals": 4}, "is 3, and should be 4"),
        ({"got": [1, 2, 4], "equals": [1, 2, 3]}, "is 4 at index 2, and should be 3"),
        ({"got": [1, 2], "equals": [1, 2, 3]}, "shape (2,) where (3,)"),
        ({"got": 5.0, "between": (0, 1)}, "outside 0 to 1"),
        ({"got": 1.4, "root_of": lambda x: x * x - 2}, "not zero"),
        ({"got": ..., "between": (0, 1)}, "still `...`"),
        ({"got": None, "between": (0, 1)}, "is None"),
        ({"got": float("nan"), "between": (0, 1)}, "not a finite number"),
        ({"got": [1.0], "shape": ()}, "shape (1,) where ()"),
    ],
)
def test_values_that_are_not_so(arguments, said):
    result = check.value(**arguments)
    assert not result
    assert said in result.line


def test_a_value_without_a_property_is_an_error_of_whoever_wrote_the_check():
    with pytest.raises(TypeError, match="say what must hold"):
        check.value(3.0)


def test_tensors_go_in_and_out():
    minigrad = pytest.importorskip("minigrad")
    if not hasattr(minigrad, "tensor"):
        pytest.skip("minigrad has no tensors yet")

    def f(x):
        return minigrad.sin(x * x)

    def df(x):
        return 2 * x * minigrad.cos(x * x)

    def by_machine(x):
        x = minigrad.tensor(x, dtype=minigrad.float64, requires_grad=True)
        f(x).sum().backward()
        return x.grad

    assert check.derivative(f, df)
    assert check.derivative(f, by_machine)
    assert not check.derivative(f, lambda x: 2 * x * minigrad.cos(x))
    point = minigrad.tensor([0.5, 1.0, 2.0])
    assert check.gradient(lambda x: f(x).sum(), df, at=point)
    assert check.gradient(lambda x: f(x).sum(), by_machine, at=[0.5, 1.0, 2.0])
    assert check.derivative(f, minigrad.tensor(1.0806), at=1.0)
    with_history = minigrad.tensor([1.0806], dtype=minigrad.float64, requires_grad=True) * 1
    assert check.derivative(f, with_history, at=1.0)


def test_it_needs_numpy_and_the_standard_library_alone():
    script = (
        "import sys, importlib.abc\n"
        "class Refuse(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        top = name.partition('.')[0]\n"
        "        if top not in sys.stdlib_module_names and top not in ('numpy', 'graders'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "import math\n"
        "from graders import check\n"
        "check.derivative(math.sin, math.cos).required()\n"
        "loaded = [m for m in sys.modules if m.startswith('graders.')]\n"
        "assert all(m.startswith('graders.check') for m in loaded), loaded\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_a_rule_that_widens_float32_is_told_in_the_words_of_the_hidden_test(capsys):
    def widening(x, v):
        return np.ones(x.shape) * v * 2

    def keeping(x, v):
        return v * 2

    double = {"f": lambda x: 2 * x, "at": np.arange(3.0)}
    assert check.vjp(**double, rule=widening)
    assert check.vjp(**double, rule=keeping, keeps_dtype=True)
    assert not check.vjp(**double, rule=widening, keeps_dtype=True)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == "The VJP gives float64 for float32 input: keep the dtype that you are given."

    square = {"f": lambda x: (x * x).sum(), "at": np.arange(3.0)}
    assert check.gradient(**square, grad=lambda x: 2 * x, keeps_dtype=True)
    assert not check.gradient(
        **square, grad=lambda x: 2 * x * np.ones(x.shape), keeps_dtype=True
    )
    assert "The gradient gives float64" in capsys.readouterr().out


def test_a_rule_of_several_inputs_keeps_all_their_dtypes():
    def rule(a, b, v):
        return v * b, v * a.astype(np.float64)

    at = (np.arange(3.0), np.ones(3))
    assert check.vjp(lambda a, b: a * b, rule, at=at)
    assert not check.vjp(lambda a, b: a * b, rule, at=at, keeps_dtype=True)
