"""After a test was mended: which questions of a notebook that was graded before run again.

What decides a question's mark is its test (with the keys that it names) and everything else:
the answers, the given cells, files, limits, this package. While everything else is as it was,
and `graders.apart` finds that no test changes what another one meets, only the questions whose
test changed are judged; the others stand as they are. In doubt, all of them are.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from graders.apart import can_be_judged_apart
from graders.ownership import parse
from graders.rebuild import Cell, Rebuilt
from graders.report import Question, Report, Status
from graders.version import rest_version

KEYS = Path(__file__).resolve().parent / "keys"
_FINAL = (Status.PASSED, Status.PARTIAL, Status.FAILED, Status.ERROR, Status.MISSING)


@dataclass(frozen=True, slots=True)
class Digests:
    """What decided the marks of one notebook: each test by its question, and all the rest."""

    rest: str
    tests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Before:
    """What came of a notebook the last time, and its graded notebook as it was written."""

    digests: Digests
    report: Report
    notebook: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settled:
    """A question that stands as it was, and the outputs of its test cell."""

    question: Question
    outputs: list[dict[str, Any]]


def digests(rebuilt: Rebuilt, everything_else: Iterable[bytes]) -> Digests:
    """`everything_else` are the files, the settings and what the source says of names."""
    rest = _digest(
        *(rest_version().encode(), repr(rebuilt.problem).encode()),
        *everything_else,
        *(part for cell in rebuilt.cells for part in _parts(cell)),
    )
    tests = {
        cell.grade_id: _digest(
            *(cell.source.encode("utf-8", "surrogatepass"), repr(cell.points).encode()),
            *(repr(_tags(rebuilt, cell)).encode(), keys_named(cell.source)),
        )
        for cell in _tests(rebuilt)
    }
    return Digests(rest, tests)


def settled(now: Digests, before: Before | None, rebuilt: Rebuilt) -> dict[int, Settled]:
    """The test cells whose outcome stands, by index; none if any might be another."""
    if before is None or now.rest != before.digests.rest or rebuilt.problem is not None:
        return {}
    asked = {question.id: question for question in before.report.questions}
    tests = list(_tests(rebuilt))
    if now.tests.keys() != before.digests.tests.keys() or not asked.keys() >= now.tests.keys():
        return {}
    if any(asked[cell.grade_id].status not in _FINAL for cell in tests):
        return {}  # one that crashed or ran out of time may do otherwise the next time
    code = (c.source for c in rebuilt.cells if c.role != "test" and _is_code(rebuilt, c))
    if any(_tags(rebuilt, cell) for cell in tests):
        return {}
    if not can_be_judged_apart(code, (cell.source for cell in tests)):
        return {}
    outputs = _outputs(before.notebook)
    return {
        cell.index: Settled(asked[cell.grade_id], outputs[cell.grade_id])
        for cell in tests
        if now.tests[cell.grade_id] == before.digests.tests[cell.grade_id]
        and cell.grade_id in outputs
    }


def _tests(rebuilt: Rebuilt) -> Iterator[Cell]:
    return (cell for cell in rebuilt.cells if cell.role == "test" and cell.grade_id)


def _parts(cell: Cell) -> Iterator[bytes]:
    """What a cell is to the questions; of a test only its place."""
    yield repr((cell.role, cell.grade_id, cell.missing)).encode()
    if cell.role != "test":
        yield cell.source.encode("utf-8", "surrogatepass")
        yield repr(cell.points).encode()


def _is_code(rebuilt: Rebuilt, cell: Cell) -> bool:
    return rebuilt.notebook["cells"][cell.index]["cell_type"] == "code"


def _tags(rebuilt: Rebuilt, cell: Cell) -> list[Any]:
    return rebuilt.notebook["cells"][cell.index].get("metadata", {}).get("tags", [])


def _outputs(notebook: bytes) -> dict[str, list[dict[str, Any]]]:
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell.get("outputs", [])
        for cell in json.loads(notebook)["cells"]
        if "nbgrader" in cell["metadata"]
    }


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:32]


# -- the keys that a test names ---------------------------------------------------------------


@lru_cache(maxsize=256)
def keys_named(test: str) -> bytes:
    """The texts of the files of `graders.keys` that a test comes to.

    `from graders.keys import ps1 as key` and `key.slope` name `ps1/slope.py`, and what that
    file imports. A test that names keys in any other way depends on all of them.
    """
    tree = parse(test)
    files = set(KEYS.rglob("*.py"))
    if tree is not None:
        found = _named(tree)
        files = files if found is None else _with_imports(found)
    return b"".join(
        str(path.relative_to(KEYS)).encode() + path.read_bytes() for path in sorted(files)
    )


def _named(tree: ast.Module) -> set[Path] | None:
    """The files that a test names; None if that cannot be told."""
    packages: dict[str, Path] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "graders.keys":
            packages |= {a.asname or a.name: KEYS / a.name for a in node.names}
        elif isinstance(node, (ast.Import, ast.ImportFrom)) and "graders.keys" in ast.unparse(
            node
        ):
            return None
    found: set[Path] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package = packages.get(node.value.id)
            if package is not None:
                found |= {package / f"{node.attr}.py", package / "__init__.py"}
    if len(found) < 2 * bool(packages) or not all(path.is_file() for path in found):
        return None
    return found


def _with_imports(files: set[Path]) -> set[Path]:
    pending, found = list(files), set(files)
    while pending:
        path = pending.pop()
        if path.name == "__init__.py":  # it only gathers the others
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graders"):
                new = set(_files_of(node)) - found
                found |= new
                pending += new
    return found


def _files_of(node: ast.ImportFrom) -> Iterator[Path]:
    parts = node.module.split(".")[2:]
    if not node.module.startswith("graders.keys"):
        return  # of the rest of this package, all counts always
    names = [parts, *([*parts, alias.name] for alias in node.names)]
    for place in names:
        path = KEYS.joinpath(*place).with_suffix(".py") if place else KEYS / "__init__.py"
        if path.is_file():
            yield path
