"""Which names an answer uses, read from its syntax tree, helpers of its own included.

A rule is one of
    "minigrad"          a package, under whatever name it was imported
    "numpy.gradient"    a function of a package
    ".backward"         a method or an attribute, of anything
    "central_difference"    a function of the notebook
    "complex numbers"   literals such as 1j, and complex()
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

from graders.sources import sources

# What takes the derivative for you: for questions that ask for it by hand.
BY_HAND = frozenset(
    {
        "minigrad", "torch", "jax", "autograd", "tensorflow", "sympy", "numdifftools",
        "mpmath.diff", "scipy.differentiate", "scipy.misc.derivative",
        "scipy.optimize.approx_fprime", "numpy.gradient", ".backward", "complex numbers",
        "forward_difference", "central_difference",
    }
)  # fmt: skip

_COMPLEX = "complex numbers"

# Known even where the import stands in a cell that is not the student's.
_CUSTOMARY = {"np": "numpy", "mg": "minigrad"}


def broken_rule(name: str, answer: Any, forbidden: Iterable[str]) -> str | None:
    """The first forbidden thing that the answer called `name` uses; None where nobody knows."""
    if not forbidden:
        return None
    cells = sources()
    used = names_used(name, cells) if cells else _used_by(answer)
    return next((rule for rule in sorted(forbidden) if rule in used), None)


def names_used(name: str, cells: Iterable[str]) -> set[str]:
    """All that the definition of `name` in `cells` uses, through its helpers too."""
    trees = [tree for tree in map(_parsed, cells) if tree is not None]
    aliases = _aliases(trees)
    definitions = _definitions(trees)
    used: set[str] = set()
    waiting, seen = [name], set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        tree = definitions.get(current)
        if tree is not None:
            found = _used_in(tree, aliases)
            used |= found
            waiting += [word for word in found - _own_names(tree) if word in definitions]
    return used


def _used_by(answer: Any) -> set[str]:
    try:
        return names_used(answer.__name__, [textwrap.dedent(inspect.getsource(answer))])
    except Exception:  # no source: a built-in, a number, a value in another process
        return set()


def _parsed(cell: str) -> ast.Module | None:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in cell.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _aliases(trees: Iterable[ast.Module]) -> dict[str, str]:
    aliases = dict(_CUSTOMARY)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    full = name.name if name.asname else name.name.partition(".")[0]
                    aliases[name.asname or full] = full
            elif isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    aliases[name.asname or name.name] = f"{node.module}.{name.name}"
    return aliases


def _definitions(trees: Iterable[ast.Module]) -> dict[str, ast.AST]:
    """The last definition of every top-level name: earlier tries do not count."""
    definitions: dict[str, ast.AST] = {}
    for tree in trees:
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                definitions[node.name] = node
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        definitions[target.id] = node.value
    return definitions


def _own_names(tree: ast.AST) -> set[str]:
    """What a definition binds for itself: its `x` is not the notebook's, whatever that is."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    shared = {name for n in ast.walk(tree) if isinstance(n, ast.Global) for name in n.names}
    return stored - shared | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def _used_in(tree: ast.AST, aliases: dict[str, str]) -> set[str]:
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            used |= _prefixes(aliases.get(node.id, node.id))
            if node.id == "complex":
                used.add(_COMPLEX)
        elif isinstance(node, ast.Attribute):
            used.add(f".{node.attr}")
            used |= _prefixes(_dotted(node, aliases))
        elif isinstance(node, ast.Constant) and isinstance(node.value, complex):
            used.add(_COMPLEX)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            for name in [module] if module else [alias.name for alias in node.names]:
                used |= _prefixes(name)
    return used


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([aliases.get(node.id, node.id), *reversed(names)])


def _prefixes(dotted: str) -> set[str]:
    parts = dotted.split(".") if dotted else []
    return {".".join(parts[: i + 1]) for i in range(len(parts))}
