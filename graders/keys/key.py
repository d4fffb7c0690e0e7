"""A key: tells a right answer from a wrong one, and a wrong one by its name.

A key never looks into an answer; it calls it where the domain says and compares numbers. A
wrong answer whose numbers are those of a known misconception is reported by the name of that
misconception, with its hint. What a student is told holds no input and no expected value.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from graders.check.values import RTOL_BY_HAND, Problem, as_array, quietly
from graders.check.words import WIDENED
from graders.keys.compare import (
    Outcome,
    agree,
    largest_relative_difference,
    parts_of,
    same_behaviour,
)
from graders.keys.domain import Probe, Region, probes
from graders.keys.rules import broken_rule
from graders.keys.variants import Family, Parameters, shown
from graders.keys.wording import are, form, general_pattern, listed, sentence, where
from graders.seed import generator

Function = Callable[..., Any]

# Python's own text of these names no number that was passed in, so a student may read it. Who
# raises one by hand with a hidden input in it gets no text; who encodes it in letters learns a
# number that is drawn anew as soon as the answer changes.
_TELLING = (NameError, AttributeError, TypeError, ZeroDivisionError, RecursionError)
_HIDDEN_NUMBER = re.compile(r"\d[.e]|\d{3}|\binf\b|\bnan\b")


class WrongAnswer(AssertionError):
    """A hidden test says no. All that it holds may be shown to the student."""

    def __init__(
        self, student_message: str, misconception: str | None = None, lecture: str | None = None
    ):
        super().__init__(student_message)
        self.student_message = student_message
        self.misconception = misconception
        self.lecture = lecture


class OthersAnswer(WrongAnswer):
    """The answer is right for the version of another student; a person decides what that means.

    `for_instructor` says which version it is for.
    """

    def __init__(self, student_message: str, for_instructor: str, lecture: str):
        super().__init__(student_message, lecture=lecture)
        self.for_instructor = for_instructor


@dataclass(frozen=True)
class Misconception:
    """A well-known wrong answer.

    `name` completes "your answer ..." in a student's words; `hint` helps without giving the
    answer; `lecture` is the one to read again, the key's own unless it says otherwise; `twins`
    names misconceptions of the same key that no input can tell from this one.
    """

    name: str
    answer: Function
    hint: str
    lecture: str | None = None
    twins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """A right answer in another style, which must pass."""

    style: str
    answer: Function


@dataclass(frozen=True, kw_only=True)
class Key:
    """The key of a question whose answer is a function.

    Attributes:
        name: The name that the question asks the student to define.
        reference: The right answer, from the inputs to a number, an array or a tuple of them.
        domain: Where to probe.
        lecture: The stem of the lecture that teaches it, such as "02_chain_rule".
        misconceptions, alternatives: What must fail, by name; what must pass.
        oracles: Functions like the reference, found in other ways; they hold it to account.
        forbidden: What the answer may not use; see `graders.keys.rules`.
        observe: How an answer meets the arguments of a probe; a plain call unless it says
            otherwise. For a class or a training loop it drives the answer and gives back
            numbers.
        rtol: Relative difference allowed in float64. The default is so small that a finite
            difference does not pass for a derivative.
        atol: Absolute difference allowed.
        parts: What a student calls the parts of an answer that is a tuple.
        discrete: Whether the answer is a choice or a count, so that nothing is nearly right.
        keeps_dtype: Whether float32 inputs have to give float32 results.
        equivalent_mutants: Broken references that are right all the same, as
            `python -m graders.keys.mutants` names them.
        family: The versions of the question, where students get different ones. Reference,
            misconceptions, alternatives and oracles then take the parameters by name.
        parameters: Those of this version; the family's default when empty.
    """

    name: str
    reference: Function
    domain: tuple[Region, ...]
    lecture: str
    misconceptions: tuple[Misconception, ...]
    alternatives: tuple[Alternative, ...]
    oracles: tuple[Function, ...]
    forbidden: frozenset[str] = frozenset()
    observe: Function = field(default=lambda answer, *arguments: answer(*arguments))
    rtol: float = 1e-11
    atol: float = 1e-12
    parts: tuple[str, ...] = ()
    discrete: bool = False
    keeps_dtype: bool = False
    equivalent_mutants: frozenset[str] = frozenset()
    family: Family | None = None
    parameters: Parameters = field(default_factory=dict)

    def variant(self, **parameters: Any) -> Key:
        """The key of the version with these parameters."""
        known = self.family.default if self.family else {}
        if parameters.keys() != known.keys():
            raise TypeError(f"{self.name} has the parameters {', '.join(known) or 'none'}")
        return replace(self, parameters=parameters)

    def test(self, answer: Any) -> None:
        """Nothing, when `answer` is right.

        Raises:
            WrongAnswer: it is not; the exception says what a student may know.
            OthersAnswer: it would be, in another student's notebook.
            Exception: the answer's own exception, when it raised one that no misconception
                explains; `student_message` is set on it.
        """
        outcomes, rights, drawn = self._probed(answer)
        self.judge(outcomes, rights, drawn)
        self._require_pure(answer, drawn[0], outcomes[0], rights[0])

    def judge(
        self, outcomes: Sequence[Outcome], rights: Sequence[Outcome], drawn: Sequence[Probe]
    ) -> None:
        """Nothing, when `outcomes` are the right ones at the probes `drawn`; else as `test`."""
        wrong = self._wrong(outcomes, rights, drawn)
        if any(wrong):
            self._refuse(outcomes, rights, drawn, wrong)

    def passes(self, answer: Any) -> bool:
        """Whether `test` accepts `answer`, its own exceptions counting as no; asks no more."""
        try:
            outcomes, rights, drawn = self._probed(answer)
            if any(self._wrong(outcomes, rights, drawn)):
                return False
            self._require_pure(answer, drawn[0], outcomes[0], rights[0])
        except Exception:
            return False
        return True

    def present(self, function: Function) -> Any:
        """What a student who means `function` hands in: the function."""
        return self._of_version(function)

    def _of_version(self, function: Function) -> Function:
        parameters = self.parameters or (self.family.default if self.family else {})
        return partial(function, **parameters) if parameters else function

    def probes(self) -> list[Probe]:
        """Hidden inputs for this submission."""
        return probes(self.domain, generator(self.name))

    def right(self, probe: Probe) -> Outcome:
        """What the reference gives at `probe`."""
        with quietly():
            value = self.observe(self.present(self.reference), *probe.fresh())
        several = isinstance(value, (tuple, list))
        parts = tuple(map(np.asarray, value)) if several else (np.asarray(value),)
        return Outcome(parts, several=several)

    def outcome(self, answer: Any, probe: Probe, right: Outcome) -> Outcome:
        """What an answer of ours gives at `probe`, in the form of the right one."""
        try:
            with quietly():
                value = self.observe(answer, *probe.fresh())
            return Outcome(parts_of(value, right, self._source, self.parts))
        except Exception as error:
            return Outcome(error=error)

    def diagnose(
        self, outcomes: Sequence[Outcome], rights: Sequence[Outcome], drawn: Sequence[Probe]
    ) -> Misconception | None:
        """The misconception that gives exactly these outcomes, if one does."""
        single = [probe.single_precision for probe in drawn]
        for misconception in self.misconceptions:
            wrong = self.present(misconception.answer)
            # One by one: at the first difference the rest need not be worked out.
            theirs = (self.outcome(wrong, *pair) for pair in zip(drawn, rights, strict=True))
            if same_behaviour(outcomes, theirs, single, self.rtol):
                return misconception
        return None

    def _version_of(
        self, outcomes: Sequence[Outcome], drawn: Sequence[Probe]
    ) -> Parameters | None:
        """The version of the question that this answer is right for, if there is one."""
        single = [probe.single_precision for probe in drawn]
        for member in self.family.members if self.family else ():
            version = self.variant(**member)
            if same_behaviour(outcomes, map(version.right, drawn), single, self.rtol):
                return member
        return None

    def _probed(self, answer: Any) -> tuple[list[Outcome], list[Outcome], list[Probe]]:
        """What `answer` gives, what is right, and where."""
        self._keep_rules(answer)
        drawn = self.probes()
        rights = [self.right(probe) for probe in drawn]
        return self._outcomes_of_student(answer, drawn, rights), rights, drawn

    def _keep_rules(self, answer: Any) -> None:
        broken = broken_rule(self.name, answer, self.forbidden)
        if broken:
            raise WrongAnswer(
                f"{self.name} uses {broken}, which this question does not allow: it asks for "
                "your own derivation.",
                lecture=self.lecture,
            )

    def _outcomes_of_student(
        self, answer: Any, drawn: Sequence[Probe], rights: Sequence[Outcome]
    ) -> list[Outcome]:
        outcomes = []
        for probe, right in zip(drawn, rights, strict=True):
            try:
                with quietly():
                    value = self.observe(answer, *probe.fresh())
                outcomes.append(Outcome(parts_of(value, right, self._source, self.parts)))
            except Problem as problem:
                raise WrongAnswer(sentence(str(problem)), lecture=self.lecture) from None
            except NotImplementedError as error:
                error.student_message = f"{self.name} is not written yet."
                raise
            except Exception as error:
                if type(error).__module__ != "builtins":
                    raise  # a class of the student's own, or the harness's word on the process
                outcomes.append(Outcome(error=error))
        return outcomes

    @property
    def _source(self) -> str:
        return f"what {self.name} returned"

    @property
    def _numbers(self) -> str:
        return f"Your {self.name} gives the numbers of"

    def _wrong(
        self, outcomes: Sequence[Outcome], rights: Sequence[Outcome], drawn: Sequence[Probe]
    ) -> list[bool]:
        # Cancellation can make one right value of a region small by chance, and its rounding
        # large beside it; so absolute differences are measured against the region.
        sizes: dict[tuple[str, int], float] = defaultdict(float)
        for right, probe in zip(rights, drawn, strict=True):
            for i, part in enumerate(right.parts):
                size = float(np.max(np.abs(part), initial=0.0))
                sizes[probe.label, i] = max(size, sizes[probe.label, i])
        wrong = []
        for mine, right, probe in zip(outcomes, rights, drawn, strict=True):
            atol = [
                max(self.atol, self.rtol * sizes[probe.label, i])
                for i in range(len(right.parts))
            ]
            single = probe.single_precision
            right_numbers = agree(mine, right, self.rtol, atol, single=single)
            wrong.append(not right_numbers or self._widened(mine, right))
        return wrong

    def _widened(self, outcome: Outcome, right: Outcome) -> bool:
        """Whether float32 went in and float64 came out, where the question forbids it."""
        pairs = zip(outcome.parts, right.parts, strict=True)
        return self.keeps_dtype and any(
            mine.dtype.itemsize > theirs.dtype.itemsize for mine, theirs in pairs
        )

    def _refuse(
        self,
        outcomes: list[Outcome],
        rights: list[Outcome],
        drawn: list[Probe],
        wrong: list[bool],
    ) -> None:
        misconception = self.diagnose(outcomes, rights, drawn)
        if misconception is not None:
            lecture = misconception.lecture or self.lecture
            raise WrongAnswer(
                f"{self._numbers} an answer that {misconception.name}. {misconception.hint}",
                misconception.name,
                lecture,
            )
        for outcome, probe in zip(outcomes, drawn, strict=True):
            if outcome.error is not None:
                raise self._named(outcome.error, probe)
        other = self._version_of(outcomes, drawn)
        if other is not None:
            raise OthersAnswer(
                f"{self.name} is right for the notebook of another student, not for yours. A "
                "person will look at it.",
                f"the answer is right for the version {shown(other)}, another student's",
                self.lecture,
            )
        raise WrongAnswer(self._explained(outcomes, rights, drawn, wrong), lecture=self.lecture)

    def _explained(
        self,
        outcomes: list[Outcome],
        rights: list[Outcome],
        drawn: list[Probe],
        wrong: list[bool],
    ) -> str:
        """What can be said of a mistake that nobody has named."""
        said = (
            form(outcomes, rights, drawn)
            or self._width(outcomes, rights)
            or self._nearly(outcomes, rights, drawn)
            or general_pattern(outcomes, rights)
            or where(drawn, wrong)
        )
        return f"{self._which_part(outcomes, rights, drawn)} {said}"

    def _which_part(
        self, outcomes: list[Outcome], rights: list[Outcome], drawn: list[Probe]
    ) -> str:
        """Which parts of the answer are right everywhere, where some are and some are not."""

        def alone(found: Sequence[Outcome], i: int) -> list[Outcome]:
            return [Outcome((outcome.parts[i],)) for outcome in found]

        good = [
            name
            for i, name in enumerate(self.parts)
            if not any(self._wrong(alone(outcomes, i), alone(rights, i), drawn))
        ]
        bad = [name for name in self.parts if name not in good]
        if not good or not bad:
            return f"{self.name} is not right yet."
        return sentence(
            f"{listed(bad)} {are(bad)} not right yet; {listed(good)} {are(good)} right"
        )

    def _width(self, outcomes: list[Outcome], rights: list[Outcome]) -> str | None:
        if not any(map(self._widened, outcomes, rights)):
            return None
        return f"It {WIDENED}"

    def _named(self, error: Exception, probe: Probe) -> Exception:
        """The student's own exception, with what they may know about when it was raised."""
        text = str(error)
        tells = isinstance(error, _TELLING) and text and not _HIDDEN_NUMBER.search(text)
        text = f": {text}" if tells else ""
        error.student_message = (
            f"{self.name} raised {type(error).__name__}{text} ({probe.label})."
        )
        error.lecture = self.lecture
        return error

    def _nearly(
        self, outcomes: Sequence[Outcome], rights: Sequence[Outcome], drawn: Sequence[Probe]
    ) -> str | None:
        double = [i for i, probe in enumerate(drawn) if not probe.single_precision]
        difference = largest_relative_difference(
            [outcomes[i] for i in double], [rights[i] for i in double]
        )
        if not self.rtol < difference < 1e-3:
            return None
        digits = int(-math.log10(difference))
        return (
            f"Your numbers are right to {digits} digits and no further. This looks like a "
            "finite difference, or a rounded constant: the question asks for the exact formula."
        )

    def _require_pure(self, answer: Any, probe: Probe, first: Outcome, right: Outcome) -> None:
        arguments = probe.fresh()
        with quietly():
            again = self.observe(answer, *arguments)
        if not _untouched(arguments, probe.arguments):
            raise WrongAnswer(
                f"{self.name} changes the input that it is given; work on a copy."
            )
        second = Outcome(parts_of(again, right, self._source, self.parts))
        if not agree(second, first, self.rtol, single=probe.single_precision):
            raise WrongAnswer(
                f"{self.name} gives another value when it is called again with the same input."
            )


@dataclass(frozen=True, kw_only=True)
class NumberKey(Key):
    """The key of a question whose answer is a number, or several.

    Reference, misconceptions, alternatives and oracles are functions without arguments, so that
    they show how the number comes about; what is tested is what they give.
    """

    domain: tuple[Region, ...] = (Region("the number", lambda generator: (), 1),)
    observe: Function = field(default=lambda answer: answer)
    rtol: float = RTOL_BY_HAND / 2  # of the number, and as much of the largest beside it

    def present(self, function: Function) -> Any:
        """What a student who means `function` hands in: its value."""
        return self._of_version(function)()

    @property
    def _source(self) -> str:
        return f"your answer to {self.name}"

    @property
    def _numbers(self) -> str:
        return "You have the numbers of"

    def test(self, answer: Any) -> None:
        """Nothing, when the number `answer` is right to three digits; else as `Key.test`."""
        if np.ndim(self.present(self.reference)) == 0:
            answer = _unwrapped(answer)
        elif isinstance(answer, (tuple, list)):
            answer = [_unwrapped(item) for item in answer]
        super().test(answer)

    def _explained(
        self,
        outcomes: list[Outcome],
        rights: list[Outcome],
        drawn: list[Probe],
        wrong: list[bool],
    ) -> str:
        """Which of the numbers are right; more would give them away."""
        pairs = zip(outcomes[0].parts, rights[0].parts, strict=True)
        right = [
            mine.shape == theirs.shape and np.allclose(mine, theirs, rtol=self.rtol)
            for mine, theirs in pairs
        ]
        names = self.parts or (self.name,)
        bad = [name for name, good in zip(names, right, strict=True) if not good]
        good = [name for name in names if name not in bad]
        said = f"{listed(bad)} {are(bad)} not right yet"
        return f"{said}; {listed(good)} {are(good)} right." if good else f"{said}."


def _unwrapped(answer: Any) -> Any:
    """The number in an array of one, as a Tensor of shape (1,) gives it; others as they are."""
    try:
        array = as_array(answer, "")
    except Problem:  # the comparison says what is wrong with it
        return answer
    return array.reshape(()) if array.size == 1 else answer


def _untouched(argument: Any, original: Any) -> bool:
    if isinstance(original, np.ndarray):
        return np.array_equal(argument, original, equal_nan=True)
    if isinstance(original, (list, tuple)):
        same = len(argument) == len(original)
        return same and all(map(_untouched, argument, original))
    return not isinstance(original, (int, float)) or argument == original
