"""Whether the tests of a notebook can be judged apart: none changes what another one meets.

A test calls the student's functions, and a function may remember (a counter, a cache, a random
generator); a test may lean on names that an earlier one bound. Then all of them have to run
again when one has changed. They need not where the text shows that nothing is remembered: each
function reads nothing from outside but pure functions, modules without state and constants that
cannot change, and each test binds its own names. Whatever is not understood counts as memory.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections import Counter
from collections.abc import Iterable, Iterator

from graders.ownership import parse

_MODULES = ("math", "cmath", "numpy", "fractions", "decimal", "typing", "graders")
_FORBIDDEN = re.compile(  # names that lead to state, wherever they stand
    r"__\w+__|random|seed|set\w*err\w*|set_\w+|errstate|getcontext|localcontext|setcontext|save\w*"
    r"|open|exec|eval|globals|locals|vars|setattr|delattr|input|compile|memmap|tofile|breakpoint"
)
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_DECORATORS = ("property", "staticmethod", "classmethod")
_MEMORY = (
    *(ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.Delete),
    *(ast.AsyncFunctionDef, ast.NamedExpr),
)
_Function = ast.FunctionDef | ast.Lambda


class _Remembers(Exception):
    """Something may be remembered."""


def can_be_judged_apart(code: Iterable[str], tests: Iterable[str]) -> bool:
    """Whether each of `tests` has the same outcome whichever others ran before.

    `code` are the notebook's other code cells, the student's and the given ones.
    """
    cells = [parse(text) for text in code]
    checks = [parse(text) for text in tests]
    if None in cells or None in checks:
        return False
    try:
        _look([tree for tree in cells if tree], [tree for tree in checks if tree])
    except (_Remembers, RecursionError):
        return False
    return True


def _look(cells: list[ast.Module], tests: list[ast.Module]) -> None:
    nodes = [node for tree in cells for node in tree.body]
    stable = _BUILTINS | _constants(nodes)
    stable |= {name for node in nodes for name in _functions_bound(node)}
    stable |= {name for tree in (*cells, *tests) for name in _modules_bound(tree)}
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.ClassDef):
                _look_at_class(part, stable)
            elif isinstance(part, (ast.FunctionDef, ast.Lambda)):
                _look_at_function(part)
        if any(_read_from_outside(function) - stable for function in _functions_in(node)):
            raise _Remembers
    free = [_look_at_test(tree, stable) for tree in tests]
    own = [set(_stored(tree)) - set(_modules_bound(tree)) for tree in tests]
    for i, mentioned in enumerate(free):
        if any(mentioned & names for j, names in enumerate(own) if j != i):
            raise _Remembers


def _constants(nodes: list[ast.stmt]) -> set[str]:
    """Names bound once, to what can never change."""
    bound = Counter(name for node in nodes for name in _stored(ast.Module([node], [])))
    return {
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and bound[node.targets[0].id] == 1
        and _is_immutable(node.value)
    }


def _is_immutable(node: ast.expr) -> bool:
    parts = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.BinOp)
    return all(
        isinstance(part, (*parts, ast.operator, ast.unaryop, ast.expr_context))
        for part in ast.walk(node)
    )


def _functions_bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _modules_bound(tree: ast.Module) -> Iterator[str]:
    """The names of modules without state, and of what is imported from them."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in _MODULES:
                    yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _MODULES:
            for alias in node.names:
                if not _FORBIDDEN.fullmatch(alias.name):
                    yield alias.asname or alias.name


def _stored(tree: ast.AST) -> Iterator[str]:
    """Every name that is bound anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def _look_at_function(function: _Function) -> None:
    """That a function has nowhere to keep anything."""
    _look_at_words(function, {"self"})
    arguments = function.args
    defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
    if not all(_is_immutable(d) or isinstance(d, ast.Name) for d in defaults):
        raise _Remembers
    for decorator in getattr(function, "decorator_list", []):
        if not isinstance(decorator, ast.Name) or decorator.id not in _DECORATORS:
            raise _Remembers
    if any(isinstance(part, (ast.Import, ast.ImportFrom)) for part in ast.walk(function)):
        raise _Remembers


def _functions_in(node: ast.AST) -> Iterator[_Function | ast.ClassDef]:
    """The outermost functions and classes."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _functions_in(child)


def _read_from_outside(node: _Function | ast.ClassDef) -> set[str]:
    """The global names that a function, or one inside it, looks up when it runs."""
    node = ast.Expr(node) if isinstance(node, ast.Lambda) else node
    pending = [symtable.symtable(ast.unparse(node), "cell", "exec")]
    found: set[str] = set()
    while pending:
        table = pending.pop()
        pending += table.get_children()
        if table.get_type() != "module":
            found |= {s.get_name() for s in table.get_symbols() if s.is_global()}
    return found


def _look_at_class(kind: ast.ClassDef, stable: set[str]) -> None:
    if kind.decorator_list or kind.keywords:
        raise _Remembers
    if not all(isinstance(base, ast.Name) and base.id in stable for base in kind.bases):
        raise _Remembers
    for node in kind.body:
        simple = isinstance(node, ast.Assign) and _is_immutable(node.value)
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (simple or text or isinstance(node, (ast.FunctionDef, ast.Pass))):
            raise _Remembers


def _look_at_test(tree: ast.Module, stable: set[str]) -> set[str]:
    """The names that a test has from elsewhere."""
    own = set(_stored(tree))
    _look_at_words(tree, own)
    free = _read_before_bound(tree.body, set())
    for function in _functions_in(tree):
        free |= _read_from_outside(function) - own
    if free - stable:
        raise _Remembers
    return free


def _read_before_bound(body: Iterable[ast.AST], bound: set[str]) -> set[str]:
    """The names that statements read, in the order of the text, before they bind them."""
    free: set[str] = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif hasattr(node, "body") and isinstance(node.body, list):
            heads = [
                getattr(node, name)
                for name in ("iter", "target", "test")
                if getattr(node, name, None) is not None
            ]
            parts = [*heads, *getattr(node, "items", [])]
            for name in ("body", "handlers", "orelse", "finalbody"):
                parts += getattr(node, name, [])
            if isinstance(node, ast.ExceptHandler) and node.name:
                bound.add(node.name)
            free |= _read_before_bound(parts, bound)
        else:
            read = _names(node, ast.Load)
            if isinstance(node, ast.AugAssign):
                read |= _names(node.target, ast.Store)
            free |= read - _inner_names(node) - bound
            bound |= set(_stored(node))
    return free


def _names(node: ast.AST, use: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, use)}


def _inner_names(node: ast.AST) -> set[str]:
    """What comprehensions and lambdas inside it bind for themselves."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.comprehension):
            found |= _names(part.target, ast.Store)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
    return found


def _look_at_words(tree: ast.AST, own: set[str]) -> None:
    """That nothing in it leads to state; attributes are set on what is its `own` alone."""
    for node in ast.walk(tree):
        if isinstance(node, _MEMORY):
            raise _Remembers
        if isinstance(node, ast.Name) and _FORBIDDEN.fullmatch(node.id):
            raise _Remembers
        if isinstance(node, ast.Attribute):
            root = _root(node)
            if _FORBIDDEN.fullmatch(node.attr):
                raise _Remembers
            if not isinstance(node.ctx, ast.Load) and root not in own:
                raise _Remembers


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
