"""Classes made up from a seed: reports of any number of students, with every status in them."""

from __future__ import annotations

import numpy as np

from graders.report import Question, Report, Status

QUESTIONS = (
    # id, points, how able a student must be, misconceptions
    ("slope_of_square", 1.0, -1.4, ("halved the slope", "forgot the two")),
    ("product_rule", 2.0, -0.5, ("multiplied the derivatives", "dropped one term")),
    ("inner_derivative", 2.0, 0.2, ("dropped the inner derivative", "sign of the cosine")),
    ("central_difference", 2.0, 0.4, ("one-sided difference", "divided by h, not 2h")),
    ("vjp_of_matmul", 3.0, 1.1, ("transpose missing", "cotangent of ones", "summed too much")),
)
GIVEN = ("Ada", "Ngozi", "Mei", "José", "Søren", "Aarav", "Zeynep", "Łukasz", "Leilani", "Omar")
FAMILY = ("Nwosu", "Tanaka", "O'Brien", "García Márquez", "Şahin", "Ivanova", "Li", "Kim")
WAYS_TO_STOP = (Status.ERROR, Status.TIMEOUT, Status.MEMORY, Status.OUTPUT, Status.CRASHED)


def class_of(size: int, seed: int = 1) -> list[Report]:
    """`size` reports in which ability decides marks, as in an item response model."""
    draw = np.random.default_rng(seed)
    return [_report(f"student{index:05d}", draw) for index in range(size)]


def names_of(reports: list[Report], seed: int = 2) -> dict[str, str]:
    draw = np.random.default_rng(seed)
    return {r.submission: f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}" for r in reports}


def _report(submission: str, draw: np.random.Generator) -> Report:
    ability = draw.normal()
    if draw.random() < 0.015:
        missing = tuple(
            Question(name, 0.0, full, Status.MISSING) for name, full, _, _ in QUESTIONS
        )
        return Report(submission, missing, problem="The file is not a notebook: it is empty.")
    questions = tuple(_question(*spec, ability, draw) for spec in QUESTIONS)
    notes = ("A test cell had been edited; ours was used.",) if draw.random() < 0.02 else ()
    return Report(submission, questions, notes, seconds=sum(q.seconds for q in questions))


def _question(
    name: str,
    full: float,
    threshold: float,
    wrong: tuple[str, ...],
    ability: float,
    draw: np.random.Generator,
) -> Question:
    seconds = float(np.exp(draw.normal(-4, 0.6)) * full)
    chance = 1 / (1 + np.exp(-2.2 * (ability - threshold)))
    if draw.random() < chance:
        return Question(name, full, full, Status.PASSED, "Right.", seconds)
    kind = draw.random()
    if kind < 0.62:
        which = int(min(draw.geometric(0.6), len(wrong))) - 1
        return Question(
            name,
            0.0,
            full,
            Status.FAILED,
            f"Your result is not the derivative: you {wrong[which]}.",
            seconds,
            misconception=wrong[which],
            lecture="02_chain_rule",
        )
    if kind < 0.72:
        return Question(name, full / 2, full, Status.PARTIAL, "Right for one number.", seconds)
    if kind < 0.84:
        status = WAYS_TO_STOP[int(draw.integers(len(WAYS_TO_STOP)))]
        return Question(name, 0.0, full, status, "", seconds * 8)
    if kind < 0.97:
        return Question(name, 0.0, full, Status.MISSING)
    return Question(
        name,
        None,
        full,
        Status.HARNESS_ERROR,
        detail="Traceback (most recent call last):\nNameError: name 'expectd' is not defined",
    )
