"""Every key there is keeps its promises: what is right passes, what is wrong fails by name."""

import re

import numpy as np
import pytest

from graders import seed
from graders.keys.catalogue import all_keys
from graders.keys.compare import Outcome
from graders.keys.key import Key, WrongAnswer
from graders.keys.proof import prove

KEYS = [pytest.param(key, id=f"{name}.{key.name}") for name, key in all_keys()]

every_key = pytest.mark.parametrize("key", KEYS)


@pytest.fixture(autouse=True)
def own_seed():
    yield
    seed.set_seed(None)


def refusal(key: Key, answer) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        key.test(key.present(answer))
    return caught.value


def test_there_are_keys():
    assert len(KEYS) >= 9


@every_key
def test_its_promises_hold(key):
    proof = prove(key)
    assert proof.faults == ()
    assert proof.survivors == ()


@every_key
def test_nearly_right_is_not_right_and_is_told_so(key):
    if key.discrete or key.rtol > 1e-7:
        pytest.skip("a choice, a count, a number by hand: nothing is nearly right")
    seed.set_seed(b"nearly")
    assert "finite difference" in changed(key, lambda part: part * (1 + 1e-7)).student_message


@every_key
def test_messages_show_no_hidden_number(key):
    seed.set_seed(b"leak")
    message = changed(key, lambda part: part * 1.3 + np.cos(part)).student_message
    shown = [
        number
        for probe in key.probes()
        for number in (*key.right(probe).numbers, *numbers_in(probe.arguments))
    ]
    # A number in the name of a region ("x = 0", "a chain of 5,000 nodes") gives nothing away.
    public = numbers_of(" ".join([key.name, *(region.label for region in key.domain)]))
    hidden = {f"{abs(number):.3g}" for number in shown} - public
    assert hidden or key.discrete
    assert not hidden & numbers_of(message)


def numbers_of(text: str) -> set[str]:
    return set(re.findall(r"\d[\d.e+-]*\d|\d", text))


def changed(key: Key, change) -> WrongAnswer:
    """What is said of an answer that gives the right numbers, changed."""
    drawn = key.probes()
    rights = [key.right(probe) for probe in drawn]
    wrong = [
        Outcome(tuple(np.asarray(change(part), part.dtype) for part in right.parts))
        for right in rights
    ]
    with pytest.raises(WrongAnswer) as caught:
        key.judge(wrong, rights, drawn)
    return caught.value


def numbers_in(arguments) -> list[float]:
    """Every float in arguments of any depth."""
    if isinstance(arguments, (float, np.ndarray)):
        return np.ravel(arguments).astype(float).tolist()
    if isinstance(arguments, (list, tuple)):
        return [number for item in arguments for number in numbers_in(item)]
    return []


@every_key
def test_wrong_kinds_of_answer_are_refused_in_words(key):
    for nonsense in (None, "text", True, [[1.0], [2.0, 3.0]], {"a": 1}):
        said = refusal(key, lambda *_, value=nonsense, **numbers: value)
        assert said.student_message.endswith(".")
        assert said.misconception is None
