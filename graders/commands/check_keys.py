"""Test the hidden tests themselves.

For each question: does every right answer pass, in every style; does every well-known mistake
fail under its own name; do other ways of working it out agree with the reference; and is every
small change to the reference noticed? WHAT is an assignment, or one question of it as
ASSIGNMENT.QUESTION; everything when left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from graders.commands import options as shared
from graders.commands import show
from graders.exits import LOOK, OK
from graders.keys import catalogue
from graders.keys.key import Key
from graders.keys.proof import Proof, prove
from graders.problems import UserProblem


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="*", metavar="WHAT")
    shared.add_output(parser)


def run(options: argparse.Namespace) -> int:
    proofs = []
    for assignment, key in list(_chosen(options.what)):
        with show.ERRORS.status(f"{assignment}.{key.name}"):
            proofs.append((assignment, prove(key)))
        if options.json:
            record = {"assignment": assignment} | asdict(proofs[-1][1])
            print(json.dumps(record | {"holds": proofs[-1][1].holds}), flush=True)
    if not (options.json or options.quiet):
        _show(proofs)
    return OK if all(proof.holds for _, proof in proofs) else LOOK


def _chosen(what: Sequence[str]) -> Iterator[tuple[str, Key]]:
    """The keys that were asked for, each with its assignment."""
    for text in what or catalogue.assignments():
        assignment, _, question = text.partition(".")
        if assignment not in catalogue.assignments():
            known = ", ".join(catalogue.assignments())
            raise UserProblem(f"there are no keys of {assignment!r}; there are: {known}.")
        keys = catalogue.keys_of(assignment)
        named = [key for key in keys if question in ("", key.name)]
        if not named:
            there = ", ".join(key.name for key in keys) or "none yet"
            raise UserProblem(f"{assignment} has no question {question!r}; it has: {there}.")
        yield from ((assignment, key) for key in named)


def _show(proofs: Sequence[tuple[str, Proof]]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("question", no_wrap=True)
    for heading in ("right", "mistakes", "oracles", "mutants", "floats", "seconds"):
        table.add_column(heading, justify="right")
    before = ""
    for assignment, proof in proofs:
        if assignment != before:
            table.add_row(Text(assignment, style="bold"))
            before = assignment
        symbol = Text("● ", style="green") if proof.holds else Text("○ ", style="bold red")
        table.add_row(
            Text.assemble(symbol, proof.key),
            str(1 + proof.alternatives),
            str(proof.misconceptions),
            str(proof.oracles),
            f"{proof.mutants - len(proof.survivors)}/{proof.mutants}",
            " ".join(map(str, proof.precisions)) or "–",
            f"{proof.seconds:.1f}",
        )
    show.CONSOLE.print(table)
    for assignment, proof in proofs:
        for fault in proof.faults:
            line = Text.assemble((f"{assignment}.{proof.key}: ", "bold"), fault)
            show.CONSOLE.print(line, soft_wrap=True)
    show.CONSOLE.print(_sum(proofs), soft_wrap=True)


def _sum(proofs: Sequence[tuple[str, Proof]]) -> str:
    found = [proof for _, proof in proofs]
    mutants = sum(p.mutants for p in found)
    killed = mutants - sum(len(p.survivors) for p in found)
    bad = sum(not p.holds for p in found)
    verdict = f"{bad} to mend" if bad else "all hold"
    return (
        f"{len(found)} questions: {sum(1 + p.alternatives for p in found)} right answers, "
        f"{sum(p.misconceptions for p in found)} mistakes, "
        f"{killed} of {mutants} mutants fail: {verdict}"
    )
