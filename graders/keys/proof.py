"""The tests of the tests: does a key keep every promise that keys make?

A key is trusted with marks, so it is tried before it tests anybody: what is right has to pass,
in every style; each well-known mistake has to fail under its own name; other roads have to
arrive at the reference's numbers; and every small change to the reference has to be noticed.
`graders check-keys` and the test suite both ask here.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graders import seed
from graders.keys.compare import agree, same_behaviour
from graders.keys.key import Key, Misconception, OthersAnswer, WrongAnswer
from graders.keys.mutants import score
from graders.keys.variants import shown

SEEDS = tuple(str(number).encode() for number in range(4))

FEWEST_MISCONCEPTIONS = 5
FEWEST_ALTERNATIVES = 3
FEWEST_ORACLES = 2
FEWEST_MUTANTS = 8
SHORTEST_HINT = 20  # characters; less than that helps nobody
_VERSIONS = 3  # of a question that has several, beside the default


@dataclass(frozen=True)
class Proof:
    """What was counted, and what is not as it should be, a sentence each.

    `precisions` are the sizes in bits of the floats that the domain hands out.
    """

    key: str
    alternatives: int
    misconceptions: int
    oracles: int
    mutants: int
    survivors: tuple[str, ...]
    precisions: tuple[int, ...]
    faults: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.faults


def prove(key: Key, seeds: Sequence[bytes] = SEEDS) -> Proof:
    """Try `key` at the inputs that each of `seeds` draws; a seed that was set is forgotten."""
    started = time.perf_counter()
    survivors: list[str] = []
    try:
        faults = [*few(key), *confused_versions(key)]
        total = 0
        for version, said in _versions(key):
            found = score(version)
            total = max(total, found.total)
            survivors += found.survivors
            faults += [f"{fault}{said}" for fault in _faults_of_version(version, seeds)]
            faults += [
                f"a mutant of the reference passes{said}: {change}"
                for change in found.survivors
            ]
        if total < FEWEST_MUTANTS:
            faults.append(
                f"the reference has {total} mutants, and {FEWEST_MUTANTS} are the least "
                "that says anything: write it out instead of calling one function"
            )
        return Proof(
            key.name,
            len(key.alternatives),
            len(key.misconceptions),
            len(key.oracles),
            total,
            tuple(survivors),
            _precisions(key),
            tuple(faults),
            time.perf_counter() - started,
        )
    finally:
        seed.set_seed(None)


def _versions(key: Key) -> Iterator[tuple[Key, str]]:
    """The key, or some versions of it, each with what is said of it."""
    if key.family is None:
        yield key, ""
        return
    for parameters in (key.family.default, *key.family.some(_VERSIONS)):
        yield key.variant(**parameters), f" (version {shown(parameters)})"


def _faults_of_version(key: Key, seeds: Sequence[bytes]) -> list[str]:
    faults: dict[str, None] = {}  # the same fault at other inputs is no other fault
    for check in (refused_right_answers, misnamed_mistakes, disputed_references):
        for drawn in seeds:
            seed.set_seed(drawn)
            faults |= dict.fromkeys(check(key))
    seed.set_seed(seeds[0])
    return [*faults, *undeclared_twins(key)]


def confused_versions(key: Key) -> Iterator[str]:
    """Versions whose right answer is not recognised as that of another student."""
    if key.family is None:
        return
    seed.set_seed(SEEDS[0])
    for mine in key.family.some(_VERSIONS):
        version = key.variant(**mine)
        for theirs in key.family.members:
            if theirs == mine:
                continue
            said = _said_of(version, key.variant(**theirs).present(key.reference))
            if not isinstance(said, OthersAnswer):
                told = "passes" if said is None else f"is told: {_brief(said)}"
                yield f"in version {shown(mine)}, the answer for {shown(theirs)} {told}"


def few(key: Key) -> Iterator[str]:
    """What the key has too little of, or has twice."""
    for things, what, fewest in (
        (key.misconceptions, "misconceptions", FEWEST_MISCONCEPTIONS),
        (key.alternatives, "alternative right answers", FEWEST_ALTERNATIVES),
        (key.oracles, "oracles", FEWEST_ORACLES),
    ):
        if len(things) < fewest:
            yield f"there are {len(things)} {what}; a key needs {fewest}"
    names = [m.name for m in key.misconceptions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two misconceptions are called {name!r}"
    for misconception in key.misconceptions:
        if len(misconception.hint) <= SHORTEST_HINT:
            yield f"the hint for {misconception.name!r} is too short to help"
        lecture = misconception.lecture or key.lecture
        if not re.fullmatch(r"\d\d_[a-z_]+", lecture):
            yield f"{lecture!r} is no lecture's file name, such as '02_chain_rule'"


def refused_right_answers(key: Key) -> Iterator[str]:
    """The reference and the alternatives that the key does not accept."""
    right = [("the reference", key.reference)]
    right += [(f"the alternative {a.style!r}", a.answer) for a in key.alternatives]
    for name, answer in right:
        said = _said_of(key, key.present(answer))
        if said is not None:
            yield f"{name} does not pass: {_brief(said)}"


def misnamed_mistakes(key: Key) -> Iterator[str]:
    """The misconceptions that pass, or that are reported by another name than their own."""
    for misconception in key.misconceptions:
        said = _said_of(key, key.present(misconception.answer))
        if said is None:
            yield f"the misconception {misconception.name!r} passes"
            continue
        named = getattr(said, "misconception", None)
        if named not in (misconception.name, *misconception.twins):
            instead = f"reported as {named!r}" if named else f"not recognised: {_brief(said)}"
            yield f"the misconception {misconception.name!r} is {instead}"


def undeclared_twins(key: Key) -> Iterator[str]:
    """Pairs of misconceptions that no input tells apart without saying so, or the reverse."""
    drawn = key.probes()
    rights = [key.right(probe) for probe in drawn]
    single = [probe.single_precision for probe in drawn]
    outcomes = {
        m: [
            key.outcome(key.present(m.answer), probe, right)
            for probe, right in zip(drawn, rights, strict=True)
        ]
        for m in key.misconceptions
    }
    for one, other in itertools.combinations(key.misconceptions, 2):
        same = same_behaviour(outcomes[one], outcomes[other], single, key.rtol)
        if same and not _twins(one, other):
            yield (
                f"nothing tells {one.name!r} from {other.name!r}: look at other inputs, or "
                "name each among the twins of the other"
            )
        elif not same and (other.name in one.twins or one.name in other.twins):
            yield f"{one.name!r} and {other.name!r} are called twins but differ"


def _twins(one: Misconception, other: Misconception) -> bool:
    return other.name in one.twins and one.name in other.twins


def disputed_references(key: Key) -> Iterator[str]:
    """Where an oracle arrives at other numbers than the reference."""
    for probe in key.probes():
        right = key.right(probe)
        for number, oracle in enumerate(key.oracles, start=1):
            other = key.outcome(key.present(oracle), probe, right)
            if other.error is not None:
                yield f"oracle {number} fails ({probe.label}): {_brief(other.error)}"
            elif not agree(right, other, 1e-9, single=probe.single_precision):
                yield f"oracle {number} disagrees with the reference ({probe.label})"


def _said_of(key: Key, handed_in: Any) -> Exception | None:
    try:
        key.test(handed_in)
    except Exception as error:
        return error
    return None


def _brief(error: Exception) -> str:
    if isinstance(error, WrongAnswer):
        return error.student_message
    return f"{type(error).__name__}: {error}"


def _precisions(key: Key) -> tuple[int, ...]:
    found = set()
    for probe in key.probes():
        found |= {
            8 * argument.dtype.itemsize
            for argument in probe.arguments
            if getattr(getattr(argument, "dtype", None), "kind", "") == "f"
        }
    return tuple(sorted(found))
