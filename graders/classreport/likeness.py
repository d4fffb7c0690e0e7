"""Whose answers are nearly the same, and more so than the question explains.

Answers are compared as Python reads them: names of one's own, comments, layout, docstrings and
annotations count for nothing. An answer that many in the class gave says nothing, so only rare
ones count, and only where several of them are shared. That is a reason to look and no more:
working together may be allowed, and a text book is a common source.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

SMALLEST = 25  # nodes of a syntax tree; below that a coincidence is likely
FEWEST_WORDS = 12
RARE = 0.02  # of those who answered; but two may always share
MOST = 10  # students; in a class of thousands, more of them meet by chance
SHARED = 2  # questions


@dataclass(frozen=True, slots=True)
class Cluster:
    """Students whose rare answers are the same, and the questions in which they are."""

    students: tuple[str, ...]
    questions: tuple[str, ...]


def fingerprint(cells: Sequence[tuple[str, str]]) -> str | None:
    """What is left of an answer without its style; None if that is too little to compare.

    `cells` are kinds ("code" or "markdown") and texts.
    """
    parts = [_code(text) if kind == "code" else _text(text) for kind, text in cells]
    known = [part for part in parts if part]
    if not known:
        return None
    return hashlib.sha256("\0".join(known).encode("utf-8", "replace")).hexdigest()


def clusters(
    answers: Mapping[str, Mapping[str, str | None]], *, shared: int = SHARED
) -> list[Cluster]:
    """Those who share `shared` rare answers with each other, the most questions first.

    `answers` holds the fingerprint of each question by student.
    """
    by_answer: dict[tuple[str, str], list[str]] = defaultdict(list)
    answered: dict[str, int] = defaultdict(int)
    for student, prints in answers.items():
        for question, found in prints.items():
            if found is not None:
                by_answer[question, found].append(student)
                answered[question] += 1
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (question, _), students in by_answer.items():
        if 1 < len(students) <= max(2, min(MOST, RARE * answered[question])):
            for pair in combinations(students, 2):
                pairs[pair].add(question)
    close = {pair: questions for pair, questions in pairs.items() if len(questions) >= shared}
    found = [
        Cluster(
            tuple(group),
            tuple(sorted(set().union(*(close.get(p, ()) for p in combinations(group, 2))))),
        )
        for group in _connected(close, list(answers))
    ]
    return sorted(found, key=lambda one: (-len(one.questions), one.students))


def _connected(pairs: Iterable[tuple[str, str]], order: list[str]) -> list[list[str]]:
    """Groups in which each is joined with another, every group in the given order."""
    leader: dict[str, str] = {}

    def find(one: str) -> str:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for one, other in pairs:
        leader[find(one)] = find(other)
    groups: dict[str, list[str]] = defaultdict(list)
    for one in order:
        if one in leader:
            groups[find(one)].append(one)
    return list(groups.values())


def _text(text: str) -> str:
    words = re.findall(r"\w+", text.casefold())
    return " ".join(words) if len(words) >= FEWEST_WORDS else ""


def _code(text: str) -> str:
    try:
        tree = ast.parse(text)
        nodes = sum(1 for _ in ast.walk(tree))
        return ast.dump(_Plain(tree).visit(tree)) if nodes >= SMALLEST else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _text(text)


class _Plain(ast.NodeTransformer):
    """Names that the answer itself makes become numbers in the order of their first use."""

    def __init__(self, tree: ast.AST) -> None:
        self._own = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        self._numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        if name not in self._own:
            return name
        return self._numbers.setdefault(name, f"_{len(self._numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._number(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._number(node.arg))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.Pass()
        return self.visit(ast.Assign([node.target], node.value))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.returns = None
        return self.generic_visit(node)
