"""What a key says about answers that are wrong in unforeseen ways."""

import math
from dataclasses import replace

import numpy as np
import pytest

from graders import seed
from graders.check.values import Problem
from graders.keys import ps1_derivatives as ps1
from graders.keys.catalogue import all_keys
from graders.keys.domain import Region, arrays, numbers
from graders.keys.key import Key, NumberKey, WrongAnswer


@pytest.fixture(autouse=True)
def fixed_seed():
    seed.set_seed(b"test")
    yield
    seed.set_seed(None)


def message(key, answer) -> str:
    with pytest.raises(WrongAnswer) as caught:
        key.test(answer)
    assert str(caught.value) == caught.value.student_message
    return caught.value.student_message


def slope_of_the_default(x):
    return 6 * x**2 - 10 * x + 4


def simple_key(reference, *domain) -> Key:
    return Key(
        name="answer",
        reference=reference,
        domain=domain or (numbers("numbers", 0.5, 2.0),),
        lecture="01_derivatives",
        misconceptions=(),
        alternatives=(),
        oracles=(),
    )


class OnlyAnArray:
    """What comes back from another process: nothing but conversion to an array."""

    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.value, dtype=dtype)


def test_values_may_be_anything_that_is_an_array():
    right = ps1.gradient_of_two_roads.reference
    ps1.gradient_of_two_roads.test(lambda x: OnlyAnArray(right(x)))
    ps1.gradient_of_two_roads.test(lambda x: tuple(right(x)))
    ps1.gradient_of_two_roads.test(lambda x: [np.asarray(number) for number in right(x)])
    ps1.slope_of_cubic.test(lambda x: OnlyAnArray(slope_of_the_default(x)))


def test_tensors_are_values():
    minigrad = pytest.importorskip("minigrad")
    if not hasattr(minigrad, "tensor"):
        pytest.skip("minigrad has no tensors yet")
    right = ps1.gradient_of_two_roads.reference

    def answer(x):
        return minigrad.tensor(right(x), dtype=minigrad.float64, requires_grad=True)

    key = simple_key(right, arrays("inputs", (2,)))
    key.test(answer)
    ps1.slope_of_log_square.test((minigrad.tensor(-0.5), 4))
    ps1.slope_of_log_square.test(minigrad.tensor([-0.5, 4.0], requires_grad=True))


@pytest.mark.parametrize("h", [1e-3, 1e-5, 1e-6, 1e-8])
@pytest.mark.parametrize("order", [1, 2])
def test_a_finite_difference_does_not_pass_for_a_derivative(h, order):
    def cubic(x):
        return 2 * x**3 - 5 * x**2 + 4 * x - 7

    def forward(x):
        return (cubic(x + h) - cubic(x)) / h

    def central(x):
        return (cubic(x + h) - cubic(x - h)) / (2 * h)

    message(ps1.slope_of_cubic, forward if order == 1 else central)


def test_a_finite_difference_is_called_one():
    def difference(x):
        step = 1e-6
        return (math.sin((x + step) ** 2) - math.sin((x - step) ** 2)) / (2 * step)

    assert "finite difference" in message(ps1.slope_of_sine_square, difference)


def test_a_finite_difference_with_a_relative_step_does_not_pass_either():
    def difference(x):
        step = 6e-6 * max(abs(x), 1.0)
        return (math.sin((x + step) ** 2) - math.sin((x - step) ** 2)) / (2 * step)

    assert "finite difference" in message(ps1.slope_of_sine_square, difference)


def test_the_students_exception_stays_theirs():
    def answer(x):
        return math.sqrt(-abs(x))

    with pytest.raises(ValueError, match="math domain error") as caught:
        ps1.slope_of_cubic.test(answer)
    assert caught.value.student_message.startswith("slope_of_cubic raised ValueError (positive")


@pytest.mark.parametrize("kind", [NameError, TypeError, ValueError])
def test_an_exception_raised_by_hand_does_not_carry_a_hidden_input_out(kind):
    def answer(x):
        raise kind(f"name {x!r} is not defined")

    with pytest.raises(kind) as caught:
        simple_key(lambda x: 2 * x).test(answer)
    assert caught.value.student_message == f"answer raised {kind.__name__} (numbers)."


def test_an_exception_in_one_region_only_is_explained_by_a_misconception_that_has_it_too():
    key = ps1.quotient_slope
    divides_slopes = next(m for m in key.misconceptions if m.name == "divides the slopes")
    with pytest.raises(WrongAnswer) as caught:
        key.test(divides_slopes.answer)
    assert caught.value.misconception == "divides the slopes"


def test_exceptions_of_other_classes_pass_through_untouched():
    class ProcessGone(Exception):
        pass

    def answer(x):
        raise ProcessGone

    with pytest.raises(ProcessGone) as caught:
        ps1.slope_of_cubic.test(answer)
    assert not hasattr(caught.value, "student_message")


def test_an_unwritten_answer_is_called_unwritten():
    def answer(x):
        raise NotImplementedError

    with pytest.raises(NotImplementedError) as caught:
        ps1.slope_of_cubic.test(answer)
    assert caught.value.student_message == "slope_of_cubic is not written yet."
    said = message(ps1.slope_of_log_square, (-0.5, ...))
    assert said == "handouts_number is still `...`: replace it with your answer."


def test_parts_of_an_answer_are_called_as_the_student_calls_them():
    key = ps1.slope_of_log_square
    said = message(key, (-0.5, 17.0))
    assert said == "handouts_number is not right yet; slope_at_minus_four is right."
    said = message(key, (17.0, 18.0))
    assert said == "slope_at_minus_four and handouts_number are not right yet."
    assert "should have 2 parts and has 3" in message(key, (1.0, 2.0, 3.0))


def test_shapes_and_precision_come_before_numbers():
    cubic = ps1.slope_of_cubic
    said = message(cubic, lambda x: np.array([slope_of_the_default(x)]))
    assert "an array of shape (1,) where one number is asked" in said
    said = message(cubic, lambda x: np.float32(slope_of_the_default(x)))
    assert "float32 for float64 input" in said


def test_unknown_mistakes_are_described_without_numbers_of_the_key():
    cubic = ps1.slope_of_cubic
    assert "-3 times the right one" in message(cubic, lambda x: -3 * slope_of_the_default(x))
    said = message(cubic, lambda x: slope_of_the_default(x) if x >= 0 else 1.0)
    assert "It differs for negative numbers" in said
    assert "it is right for positive numbers" in said


def test_answers_that_change_their_input_or_their_mind_are_refused():
    def in_place(x):
        x *= 2
        return x

    key = simple_key(lambda x: 2 * x, arrays("inputs", (3,)))
    key.test(lambda x: 2 * x)
    assert "changes the input" in message(key, in_place)

    calls = []

    def fickle(x):
        calls.append(x)
        return 2 * x + (len(calls) > 3)

    assert "another value" in message(key, fickle)


def test_nan_is_not_right_where_a_number_is():
    assert message(simple_key(lambda x: x), lambda x: float("nan"))
    assert message(simple_key(lambda x: x), lambda x: float("inf"))


def test_float32_inputs_allow_float32_rounding_and_no_more():
    key = simple_key(np.exp, arrays("float32 inputs", (4,), dtype=np.float32))
    key.test(lambda x: np.exp(x, dtype=np.float32))
    key.test(lambda x: np.exp(x.astype(np.float64)))
    message(key, lambda x: np.exp(x) * np.float32(1.001))


def test_numbers_by_hand_are_right_to_three_digits():
    key = ps1.slope_of_log_square
    for right in (
        (-0.5, 4),
        [-1 / 2, 4.0],
        np.array([-0.5, 4]),
        (np.array([-0.5]), 4),
        (-0.50001, 4),
    ):
        key.test(right)
    message(key, (-0.503, 4))
    key.test((-0.502, 4))


def test_the_seed_decides_the_inputs():
    def inputs():
        return [probe.arguments for probe in ps1.slope_of_cubic.probes()]

    first = inputs()
    assert inputs() == first
    seed.set_seed(b"another submission")
    assert inputs() != first
    seed.set_seed(None)
    assert inputs() != inputs()


def test_questions_draw_independently():
    one, other = seed.generator("one"), seed.generator("other")
    assert one.random() != other.random()


def test_right_answers_pass_whatever_is_drawn():
    """Rounding must not fail a right answer in one class out of many."""
    for number in range(300):
        seed.set_seed(f"submission {number}".encode())
        for alternative in ps1.quotient_slope.alternatives:
            ps1.quotient_slope.test(alternative.answer)


def test_lists_within_lists_may_not_be_changed_either():
    def in_place(rows):
        rows[0].append(1.0)
        return len(rows)

    key = simple_key(len, Region("a list of lists", lambda generator: ([[1.0], [2.0]],)))
    key.test(len)
    assert "changes the input" in message(key, in_place)


def test_float64_for_float32_is_refused_where_the_question_says_so():
    domain = arrays("float32", (3,), dtype=np.float32), arrays("float64", (3,))
    key = replace(simple_key(lambda x: 2 * x, *domain), keeps_dtype=True)
    key.test(lambda x: x + x)
    assert "float64 for float32" in message(key, lambda x: 2 * x.astype(float))


def test_an_answer_of_the_wrong_kind_is_refused_in_the_words_of_its_question():
    def observe(answer, x):
        made = answer(x)
        if not hasattr(made, "imag"):
            raise Problem("what came back has no .imag")
        return made.imag

    key = replace(simple_key(lambda x: complex(x, x)), observe=observe)
    key.test(lambda x: complex(0, x))
    assert message(key, lambda x: "text") == "What came back has no .imag."


def test_the_part_that_is_wrong_is_named_and_so_is_the_part_that_is_right():
    def both(x):
        return 2 * x, 3 * x

    key = replace(simple_key(both), parts=("what a receives", "what b receives"))
    said = message(key, lambda x: (2 * x, np.cos(x)))
    assert said.startswith("What b receives is not right yet; what a receives is right. It ")
    assert message(key, lambda x: (x * x, np.cos(x))).startswith("answer is not right yet.")


@pytest.mark.parametrize("key", [k for _, k in all_keys() if isinstance(k, NumberKey)])
def test_three_digits_are_enough_where_a_number_is_worked_out_by_hand(key):
    def rounded(part):
        return np.vectorize(lambda number: float(f"{number:.3g}"), otypes=[float])(part)

    right = key.present(key.reference)
    exact = key.rtol < 1e-3  # counts, and powers of two: the question asks for them as such
    if not exact:
        key.test(tuple(map(rounded, right)) if isinstance(right, tuple) else rounded(right))
