"""Answers as a student would type them, taken from the text of the keys.

A key holds its right and wrong answers as Python; here they become the text of an answer cell:
the function under the name that the question asks for, with the helpers and imports it needs.
So the sample class can never drift away from the keys.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from graders.keys.key import Key, NumberKey
from graders.keys.variants import Parameters

REFERENCE = "reference"


def written(key: Key, label: str = REFERENCE, target: str = "") -> str:
    """The text of the alternative or misconception of `key` that is called `label`.

    Args:
        target: what a key of numbers wants assigned, such as "a, b"; its own name when empty.

    Raises:
        LookupError: the key's file has no answer of that name.
    """
    module = ast.parse(inspect.getsource(inspect.getmodule(key.reference)))
    tops = _top_level(module)
    answer = _answer(module, label)
    is_number = isinstance(key, NumberKey)
    if isinstance(answer, ast.Name):
        function = tops[answer.id]
        if is_number:
            main = [function, ast.parse(f"{target or key.name} = {answer.id}()").body[0]]
        else:
            function.name = key.name
            main = [function]
        needed = _needed(function, tops)
    else:
        main = [_define(target or key.name, answer, is_number)]
        needed = _needed(answer, tops)
    kept = [node for name, node in tops.items() if name in needed and node not in main]
    version = _Version(key.parameters or (key.family.default if key.family else {}))
    return "\n\n".join(ast.unparse(version.visit(node)) for node in [*kept, *main])


def labels(key: Key) -> tuple[str, ...]:
    """The right answers of a key by name, the reference first."""
    return (REFERENCE, *(alternative.style for alternative in key.alternatives))


class _Version(ast.NodeTransformer):
    """Writes the parameters of a version as the numbers that they are, as a student does."""

    def __init__(self, parameters: Parameters):
        self._parameters = parameters

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        node.kwonlyargs = [a for a in node.kwonlyargs if a.arg not in self._parameters]
        node.kw_defaults = node.kw_defaults[: len(node.kwonlyargs)]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._parameters:
            return ast.parse(repr(self._parameters[node.id]), mode="eval").body
        return node


def _answer(module: ast.Module, label: str) -> ast.expr:
    if label == REFERENCE:
        return ast.Name(REFERENCE)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and len(node.args) >= 2:
            first, second = node.args[:2]
            if isinstance(first, ast.Constant) and first.value == label:
                return second
    raise LookupError(f"the key's file has no answer called {label!r}")


def _define(name: str, answer: ast.expr, is_number: bool) -> ast.stmt:
    if not isinstance(answer, ast.Lambda):
        raise LookupError(f"an answer of {name} is neither a function nor a lambda")
    if is_number:
        return ast.parse(f"{name} = {ast.unparse(answer.body)}").body[0]
    arguments, body = ast.unparse(answer.args), ast.unparse(answer.body)
    return ast.parse(f"def {name}({arguments}):\n    return {body}").body[0]


def _top_level(module: ast.Module) -> dict[str, ast.stmt]:
    """What the file defines or imports, by name; not what belongs to the keys themselves."""
    return {name: node for node in module.body for name in _names_of(node)}


def _names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Import | ast.ImportFrom) and not _ours(node):
        yield from (alias.asname or alias.name for alias in node.names)


def _needed(node: ast.AST, tops: dict[str, ast.stmt]) -> set[str]:
    needed: set[str] = set()
    waiting = [node]
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, ast.Name) and part.id in tops and part.id not in needed:
                needed.add(part.id)
                waiting.append(tops[part.id])
    return needed


def _ours(node: ast.Import | ast.ImportFrom) -> bool:
    return (getattr(node, "module", None) or "").startswith("graders")
