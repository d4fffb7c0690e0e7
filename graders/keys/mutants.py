"""Broken references: every small change to a right answer has to fail.

    python -m graders.keys.mutants [ASSIGNMENT ...]

prints for each key how many of its mutants failed, and names every survivor. A survivor means
that the domain does not look where the change matters, or that the change does not matter; the
latter are declared in the key's `equivalent_mutants`, each by the text printed here.
"""

from __future__ import annotations

import argparse
import ast
import copy
import inspect
import itertools
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from graders.keys.catalogue import assignments, keys_of
from graders.keys.key import Key

_SECONDS = 1.0  # of processor time, so that a busy machine kills no more than an idle one

_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_NAMES = {
    "sin": "cos", "cos": "sin", "exp": "log", "log": "exp", "max": "min", "min": "max",
    "argmax": "argmin", "argmin": "argmax", "sum": "mean", "mean": "sum", "zeros": "ones",
    "ones": "zeros", "maximum": "minimum", "minimum": "maximum", "tanh": "sinh",
}  # fmt: skip

# Numbers in another container are the same numbers, so dropping these changes nothing.
_CONVERSIONS = {"array", "asarray", "float", "int", "list", "tuple"}


class _OutOfTime(BaseException):
    """A mutant that does not end; no Exception, which the key would take for the answer's."""


@dataclass(frozen=True)
class Mutant:
    """A changed reference and what was changed."""

    change: str
    function: Callable[..., Any]


def mutants(function: Callable[..., Any]) -> Iterator[Mutant]:
    """Every version of `function` with one small change; changes to the same text come once."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    seen = {ast.unparse(tree)}
    for index, node in enumerate(ast.walk(tree)):
        for replacement in _changes(node):
            changed = _replaced(tree, index, replacement)
            text = ast.unparse(changed)
            if text in seen:
                continue
            seen.add(text)
            line = getattr(node, "lineno", 1)
            change = f"line {line}: {_said(node)} became {_said(replacement)}"
            yield Mutant(change, _compiled(changed, function))


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef):
        return f"({ast.unparse(node.args)})"
    return f"`{ast.unparse(node)}`"


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of `node`."""
    if isinstance(node, ast.FunctionDef):
        yield from _exchanged_parameters(node)
    elif isinstance(node, ast.BinOp):
        yield from (_with(node, op=op()) for op in _OPERATORS.get(type(node.op), ()))
        yield from (node.left, node.right)
        if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult)):
            yield _with(node, left=node.right, right=node.left)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare):
        for op in _OPERATORS.get(type(node.ops[0]), ()):
            yield _with(node, ops=[op(), *node.ops[1:]])
    elif isinstance(node, ast.BoolOp):
        yield from (_with(node, op=op()) for op in _OPERATORS[type(node.op)])
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.Call):
        yield from _changed_calls(node)
    elif isinstance(node, ast.Attribute):
        if node.attr in _NAMES:
            yield _with(node, attr=_NAMES[node.attr])
        elif node.attr == "T":
            yield node.value
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _NAMES:
        yield _with(node, id=_NAMES[node.id])
    elif isinstance(node, ast.AugAssign):
        yield from (_with(node, op=op()) for op in _OPERATORS.get(type(node.op), ()))
        yield ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield _with(node, value=ast.UnaryOp(op=ast.USub(), operand=node.value))
        if not isinstance(node.value, ast.Tuple):
            yield _with(node, value=ast.BinOp(node.value, ast.Mult(), ast.Constant(2)))
    elif isinstance(node, (ast.List, ast.Tuple)) and isinstance(node.ctx, ast.Load):
        yield from _exchanged(node, "elts")


def _exchanged_parameters(node: ast.FunctionDef) -> Iterator[ast.AST]:
    for i, j in itertools.combinations(range(len(node.args.args)), 2):
        arguments = copy.deepcopy(node.args)
        arguments.args[i], arguments.args[j] = arguments.args[j], arguments.args[i]
        yield _with(node, args=arguments)


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, (int, float)):
        yield from (ast.Constant(v) for v in (node.value + 1, node.value - 1))
        if node.value:
            yield ast.UnaryOp(op=ast.USub(), operand=node)


def _changed_calls(node: ast.Call) -> Iterator[ast.AST]:
    yield from _exchanged(node, "args")
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if len(node.args) == 1 and not node.keywords and called not in _CONVERSIONS:
        yield node.args[0]
    for keyword in node.keywords:
        yield _with(node, keywords=[k for k in node.keywords if k is not keyword])
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield node.func.value  # a copy that is not made, a transpose that is not taken


def _exchanged(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """Neighbours in a list of expressions in each other's places."""
    items = getattr(node, field)
    for i in range(len(items) - 1):
        swapped = [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
        yield _with(node, **{field: swapped})


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _replaced(tree: ast.Module, index: int, replacement: ast.AST) -> ast.Module:
    """A copy of `tree` with the node that `ast.walk` gives at `index` replaced."""
    tree = copy.deepcopy(tree)
    target = next(itertools.islice(ast.walk(tree), index, None))
    new = copy.deepcopy(replacement)

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is target else self.generic_visit(node)

    return ast.fix_missing_locations(Replace().visit(tree))


def _compiled(tree: ast.Module, function: Callable[..., Any]) -> Callable[..., Any]:
    namespace = dict(vars(inspect.getmodule(function)))
    exec(compile(tree, f"<mutant of {function.__name__}>", "exec"), namespace)
    return namespace[function.__name__]


@dataclass(frozen=True)
class Score:
    """How many mutants of one key failed, and those that did not."""

    key: str
    total: int
    survivors: tuple[str, ...]

    @property
    def killed(self) -> int:
        return self.total - len(self.survivors)


def score(key: Key) -> Score:
    """Test every mutant of the key's reference; declared equivalents are left out."""
    survivors, total = [], 0
    for mutant in mutants(key.reference):
        if mutant.change in key.equivalent_mutants:
            continue
        total += 1
        if _survives(key, mutant.function):
            survivors.append(mutant.change)
    return Score(key.name, total, tuple(survivors))


def _survives(key: Key, function: Callable[..., Any]) -> bool:
    try:
        with _time_limit(_SECONDS):
            return key.passes(key.present(function))
    except (Exception, _OutOfTime):  # a number that cannot be worked out, or no end
        return False


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: Any) -> None:
        raise _OutOfTime

    if not hasattr(
        signal, "setitimer"
    ):  # Windows: a mutant that loops for ever must be declared
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def main(arguments: list[str] | None = None) -> int:
    """Print the score of every key; 1 when a mutant survived."""
    parser = argparse.ArgumentParser(prog="python -m graders.keys.mutants", description=__doc__)
    parser.add_argument("assignment", nargs="*", help="which assignments (default: all)")
    chosen = parser.parse_args(arguments).assignment or assignments()
    scores = [(name, score(key)) for name in chosen for key in keys_of(name)]
    for name, found in scores:
        print(f"{found.killed:4d} of {found.total:4d}  {name}.{found.key}")
        for survivor in found.survivors:
            print(f"{'':14}survived: {survivor}")
    killed, total = sum(s.killed for _, s in scores), sum(s.total for _, s in scores)
    print(f"{killed} of {total} mutants fail: {killed / max(total, 1):.1%}")
    return 0 if killed == total else 1


if __name__ == "__main__":
    sys.exit(main())
