"""Every key there is keeps its promises: what is right passes, what is wrong fails by name."""

import itertools
import re

import numpy as np
import pytest

from graders import seed
from graders.keys.catalogue import all_keys
from graders.keys.compare import Outcome, agree, same_behaviour
from graders.keys.key import Key, WrongAnswer
from graders.keys.mutants import score

KEYS = [pytest.param(key, id=f"{name}.{key.name}") for name, key in all_keys()]
SEEDS = [str(number).encode() for number in range(4)]

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
def test_it_has_enough_of_everything(key):
    names = [m.name for m in key.misconceptions]
    assert len(key.misconceptions) >= 5
    assert len(key.alternatives) >= 3
    assert len(key.oracles) >= 2
    assert len(set(names)) == len(names)
    for misconception in key.misconceptions:
        assert len(misconception.hint) > 20
        assert re.fullmatch(r"\d\d_[a-z_]+", misconception.lecture or key.lecture)


@every_key
@pytest.mark.parametrize("drawn", SEEDS)
def test_right_answers_pass(key, drawn):
    seed.set_seed(drawn)
    key.test(key.present(key.reference))
    for alternative in key.alternatives:
        key.test(key.present(alternative.answer))


@every_key
@pytest.mark.parametrize("drawn", SEEDS)
def test_misconceptions_fail_by_name(key, drawn):
    seed.set_seed(drawn)
    for misconception in key.misconceptions:
        said = refusal(key, misconception.answer)
        assert said.misconception in (misconception.name, *misconception.twins)
        assert misconception.hint in said.student_message
        assert said.lecture


@every_key
def test_misconceptions_are_told_apart_or_declared_twins(key):
    seed.set_seed(b"pairs")
    probes = key.probes()
    single = [probe.single_precision for probe in probes]
    pairs = [(probe, key.right(probe)) for probe in probes]
    outcomes = {
        m: [key.outcome(key.present(m.answer), *pair) for pair in pairs]
        for m in key.misconceptions
    }
    for one, other in itertools.combinations(key.misconceptions, 2):
        same = same_behaviour(outcomes[one], outcomes[other], single, key.rtol)
        assert same == (other.name in one.twins), (one.name, other.name)
        assert (other.name in one.twins) == (one.name in other.twins)


@every_key
@pytest.mark.parametrize("drawn", SEEDS[:2])
def test_reference_agrees_with_other_oracles(key, drawn):
    seed.set_seed(drawn)
    for probe in key.probes():
        right = key.right(probe)
        for oracle in key.oracles:
            other = key.outcome(key.present(oracle), probe, right)
            assert other.error is None
            assert agree(right, other, 1e-9, single=probe.single_precision)


@every_key
def test_mutants_of_the_reference_fail(key):
    seed.set_seed(b"mutants")
    found = score(key)
    assert found.total >= 8
    assert found.survivors == ()


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
        said = refusal(key, lambda *arguments, value=nonsense: value)
        assert said.student_message.endswith(".")
        assert said.misconception is None
