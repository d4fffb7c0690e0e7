"""Whose is a name: the judge's own, or the student's, looked up in the student's process.

The judge keeps its own of whatever the notebook's given cells import or define, so that no
student replaces NumPy, a helper or a class under a test; of their constants too, so that nobody
empties the list of points at which an answer is checked. The exception is a name that the
instructor's own solution binds or changes: that is what the student was asked for, a builtin's
name included (an exercise may well be called `sum`).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graders.conventions import marking
from graders.notebook import read_notebook

_PURE = frozenset(
    (
        *("abs", "bool", "complex", "dict", "enumerate", "float", "frozenset", "int", "len"),
        *("list", "max", "min", "range", "round", "set", "slice", "sorted", "str", "sum"),
        *("tuple", "zip"),
    )
)
_IMPURE = frozenset(
    ("empty", "empty_like", "fromfile", "genfromtxt", "load", "loadtxt", "memmap")
)
# Functions that change nothing of what they are given.
_HARMLESS = _PURE | {"print", "repr", "isinstance", "type", "any", "all", "display"}
_PURE_SYNTAX = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp),
    *(ast.Attribute, ast.operator, ast.unaryop, ast.expr_context, ast.keyword),
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the instructor's solution does to names: binds, binds to a class, may change."""

    asked: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


@lru_cache(maxsize=64)  # a class shares a source
def ownership(source: bytes) -> Ownership:
    """What the solution cells of the instructor's notebook say about names."""
    notebook = read_notebook(source).notebook
    asked: set[str] = set()
    classes: set[str] = set()
    changed: set[str] = set()
    for cell in notebook["cells"] if notebook else ():
        mark = marking(cell)
        if cell["cell_type"] != "code" or mark is None or not mark.solution:
            continue
        tree = parse(cell["source"])
        if tree is not None:
            asked |= set(bound_names(tree))
            classes |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
            changed |= set(names_changed(tree))
    return Ownership(frozenset(asked), frozenset(classes), frozenset(changed))


def parse(code: str) -> ast.Module | None:
    """The syntax tree of a cell; lines of IPython's are left out; None if it has none."""
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    lines = [
        "pass" if line.lstrip()[:1] in ("%", "!", "?") else line for line in code.split("\n")
    ]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def definitions(
    tree: ast.Module, but: frozenset[str], constants: frozenset[str] = frozenset()
) -> ast.Module:
    """The imports, functions and classes of a given cell, without those named in `but`.

    Assignments to the names in `constants` are kept too.
    """
    kept = [n for n in tree.body if _is_definition(n) or _constant_target(n) in constants]
    kept = [node for node in kept if not but.intersection(bound_names(ast.Module([node], [])))]
    return ast.Module(kept, [])


@lru_cache(maxsize=64)
def constants(given: tuple[str, ...], solution: Ownership) -> frozenset[str]:
    """The names that given cells bind once, to what is the same in every process, for good."""
    trees = [tree for code in given if (tree := parse(code))]
    nodes = [node for tree in trees for node in tree.body]
    bound = Counter(name for tree in trees for name in bound_names(tree))
    changed = solution.changed.union(*(names_changed(tree) for tree in trees))
    modules = {"numpy": set(), "math": set()}
    for node in nodes:
        for alias in node.names if isinstance(node, ast.Import) else ():
            if alias.name in modules:
                modules[alias.name].add(alias.asname or alias.name)
    pure_bases = modules["numpy"] | modules["math"]
    found: set[str] = set()
    for node in nodes:
        name = _constant_target(node)
        if name is None or bound[name] > 1 or name in solution.asked or name in changed:
            continue
        if _is_pure(node.value, found, pure_bases):
            found.add(name)
    return frozenset(found)


def names_changed(tree: ast.Module) -> Iterator[str]:
    """The names whose objects running `tree` may change, as far as its text tells."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            yield from _roots(node.target)
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            if not isinstance(node.ctx, ast.Load):
                yield from _roots(node)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                yield node.func.value.id
            elif not (isinstance(node.func, ast.Name) and node.func.id in _HARMLESS):
                yield from (a.id for a in node.args if isinstance(a, ast.Name))


def _roots(node: ast.expr) -> Iterator[str]:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _constant_target(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    return None


def _is_pure(node: ast.expr, known: set[str], modules: set[str]) -> bool:
    """Whether an expression has the same value wherever and whenever it is computed."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            if not _is_pure_function(part.func, modules):
                return False
        elif isinstance(part, ast.Name):
            if part.id not in known | modules | _PURE:
                return False
        elif not isinstance(part, _PURE_SYNTAX):
            return False
    return True


def _is_pure_function(function: ast.expr, modules: set[str]) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _PURE
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in modules
        and function.attr not in _IMPURE
    )


def bound_names(tree: ast.Module) -> Iterator[str]:
    """The names that running `tree` binds at the top level."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0]
        else:
            yield from _stored(node)


@lru_cache(maxsize=256)
def imported_modules(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The modules that these cells import, for a template to load beforehand."""
    found: dict[str, None] = {}
    for code in codes:
        for node in ast.walk(parse(code) or ast.Module([], [])):
            if isinstance(node, ast.Import):
                found.update((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module] = None
                # `from package import module` names a module too; a template skips what is none
                found.update((f"{node.module}.{alias.name}", None) for alias in node.names)
    return tuple(found)


def imports_of(node: ast.stmt, modules: frozenset[str]) -> dict[str, str]:
    """The names that an import binds to these modules; none if it imports anything else."""
    found: dict[str, str] = {}
    if isinstance(node, ast.Import):
        found = {a.asname or "": a.name for a in node.names}
    elif isinstance(node, ast.ImportFrom) and not node.level:
        found = {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found if all(name and module in modules for name, module in found.items()) else {}


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, ast.Try):  # an import with something to fall back on
        parts = [*node.body, *node.orelse, *(n for h in node.handlers for n in h.body)]
        return all(_is_definition(part) or isinstance(part, ast.Pass) for part in parts)
    return isinstance(node, _DEFINITIONS)


def _stored(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield part.name
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            for alias in part.names:
                yield (alias.asname or alias.name).partition(".")[0]
