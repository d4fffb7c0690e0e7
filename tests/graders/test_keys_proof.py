"""The tests of the tests notice a key that is not to be trusted, and say what is wrong."""

import json
import math
from dataclasses import replace

import pytest

from graders import cli, seed
from graders.exits import LOOK, OK, USAGE
from graders.keys import ps1_derivatives as ps1
from graders.keys.domain import numbers
from graders.keys.key import Alternative, Misconception
from graders.keys.proof import prove

KEY = ps1.slope_of_sine_square


def wrong_reference(x):
    return 2 * x * math.cos(x**2) + 1


def short_reference(x):
    return abs(x)


def first_misconception(**changes):
    first, *rest = KEY.misconceptions
    return (replace(first, **changes), *rest)


FAULTY = {
    "the alternative 'wrong' does not pass": {
        "alternatives": (*KEY.alternatives, Alternative("wrong", lambda x: 2 * x))
    },
    "passes": {"misconceptions": first_misconception(answer=KEY.reference)},
    "reported as": {
        "misconceptions": (
            Misconception(
                "has another name", KEY.misconceptions[0].answer, "A hint of some length."
            ),
            *KEY.misconceptions,
        )
    },
    "nothing tells": {
        "misconceptions": (
            Misconception(
                "has another name", KEY.misconceptions[0].answer, "A hint of some length."
            ),
            *KEY.misconceptions,
        )
    },
    "are called twins but differ": {
        "misconceptions": first_misconception(twins=(KEY.misconceptions[1].name,))
    },
    "oracle 1 disagrees": {"reference": wrong_reference},
    "oracle 1 fails": {"oracles": (lambda: 0, *KEY.oracles)},
    "a mutant of the reference passes": {"domain": (numbers("small", 1e-14, 2e-14),)},
    "mutants, and 8 are the least": {"reference": short_reference},
    "there are 4 misconceptions": {"misconceptions": KEY.misconceptions[:4]},
    "there are 2 alternative": {"alternatives": KEY.alternatives[:2]},
    "there are 1 oracles": {"oracles": KEY.oracles[:1]},
    "too short to help": {"misconceptions": first_misconception(hint="Look again.")},
    "two misconceptions are called": {
        "misconceptions": first_misconception(name=KEY.misconceptions[1].name)
    },
    "is no lecture's file name": {"lecture": "lecture 1"},
}


@pytest.mark.parametrize("said", FAULTY)
def test_a_fault_is_found_and_said(said):
    proof = prove(replace(KEY, **FAULTY[said]))
    assert not proof.holds
    assert any(said in fault for fault in proof.faults), proof.faults


def test_versions_that_could_be_taken_for_one_another_are_found():
    cubic = ps1.slope_of_cubic
    lost_sign = {"a": 2, "b": 5, "c": 4, "d": -7}
    mixed = replace(cubic.family, members=(cubic.family.default, lost_sign))
    proof = prove(replace(cubic, family=mixed), seeds=(b"one",))
    assert any(
        "the answer for a=2, b=5, c=4, d=-7 is told" in fault
        and "loses the minus sign" in fault
        for fault in proof.faults
    ), proof.faults


def test_versions_with_one_answer_are_found():
    cubic = ps1.slope_of_cubic
    lifted = {**cubic.family.default, "d": 3}
    same = replace(cubic.family, members=(cubic.family.default, lifted))
    proof = prove(replace(cubic, family=same), seeds=(b"one",))
    assert any("the answer for a=2, b=-5, c=4, d=3 passes" in f for f in proof.faults)


def test_the_seed_that_a_proof_sets_does_not_stay():
    prove(KEY, seeds=(b"one",))
    assert seed.generator("x").random() != seed.generator("x").random()


def test_check_keys_shows_a_table_and_counts(capsys):
    assert cli.main(["check-keys", "ps1_derivatives.slope_of_cubic"]) == OK
    said = capsys.readouterr().out
    assert "● slope_of_cubic" in said
    assert "all hold" in said


def test_check_keys_gives_json(capsys):
    assert cli.main(["check-keys", "--json", "ps1_derivatives.product_slope"]) == OK
    (line,) = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    assert record["assignment"] == "ps1_derivatives"
    assert record["key"] == "product_slope"
    assert record["holds"] is True
    assert record["survivors"] == record["faults"] == []
    assert record["mutants"] > 8


def test_check_keys_ends_with_1_when_a_key_does_not_hold(capsys, monkeypatch):
    weak = replace(KEY, misconceptions=KEY.misconceptions[:4])
    monkeypatch.setattr(ps1, "slope_of_sine_square", weak)
    assert cli.main(["check-keys", "ps1_derivatives.slope_of_sine_square"]) == LOOK
    said = capsys.readouterr().out
    assert "○ slope_of_sine_square" in said
    assert "there are 4 misconceptions; a key needs 5" in said


@pytest.mark.parametrize("what", ["ps99", "ps1_derivatives.no_such_question"])
def test_check_keys_says_what_there_is(what, capsys):
    assert cli.main(["check-keys", what]) == USAGE
    assert "ps1_derivatives" in capsys.readouterr().err
