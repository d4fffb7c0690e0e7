"""A new question: one section of a source notebook and one key, both made from a template.

The templates are whole: a notebook with one question that is answered and tested, and a key
that holds. So what is made here works before a word of it is changed.
"""

from __future__ import annotations

import ast
import copy
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import graders.keys
from graders.authoring.templates import BY_HAND
from graders.course import Course
from graders.problems import UserProblem

TEMPLATES = Path(__file__).parent / "templates"

_TOTALS = re.compile(r"(\d+) points · about (\d+) minutes")
_PROMISED = re.compile(r"^\*(\d+) points? · (\d+) minutes · ", re.MULTILINE)
_NUMBERED = re.compile(r"^### (\d+) · ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a new question, as they lie on the disk."""

    notebook: Path
    key: Path | None


def make_question(course: Course, assignment: str, name: str, kind: str) -> Made:
    """Write a section into the assignment's source notebook, and a key beside the others.

    The assignment is begun if it is not there yet.

    Raises:
        UserProblem: a name cannot be used or is taken; nothing was written.
    """
    _check_names(assignment, name, kind)
    package = Path(graders.keys.__path__[0]) / assignment
    key = None if kind in BY_HAND else package / f"{_file_name(name)}.py"
    taken = _names_in(package)
    if name in taken or (key and key.exists()):
        raise UserProblem(f"{assignment} has a key {name} already, in {package}.")
    path = _notebook(course, assignment)
    section = _named(nbformat.read(TEMPLATES / f"{kind}.ipynb", as_version=4), assignment, name)
    notebook = _appended(_read(path), section, path) if path.exists() else section
    nbformat.validate(notebook)
    if key is not None:
        template = (TEMPLATES / f"{kind}.py").read_text(encoding="utf-8")
        package.mkdir(exist_ok=True)
        key.write_text(template.replace("question_name", name), encoding="utf-8")
        _register(package, name, key.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    fresh.replace(path)
    return Made(path, key)


# -- names ------------------------------------------------------------------------------------


def _check_names(assignment: str, name: str, kind: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", assignment) or keyword.iskeyword(assignment):
        raise UserProblem(
            f"{assignment!r} is no name for an assignment with keys: use small letters, digits "
            "and '_', such as ps9_my_topic."
        )
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or keyword.iskeyword(name):
        raise UserProblem(
            f"{name!r} is no name for a question: students define it in Python, so use "
            "letters, digits and '_', such as slope_of_sine."
        )
    if name in ("key", "check", "np", "plt", "math", "question_name"):
        raise UserProblem(f"{name!r} means something else in the notebook; take another name.")
    if kind == "class" and not name[0].isupper():
        raise UserProblem(f"a class is written {name.title().replace('_', '')}, not {name}.")


def _file_name(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _cell_name(name: str) -> str:
    return _file_name(name).replace("_", "-")


# -- the notebook -----------------------------------------------------------------------------


def _notebook(course: Course, assignment: str) -> Path:
    """The one source notebook of the assignment, there or to be made."""
    folder = course.source_folder(assignment)
    there = sorted(folder.glob("*.ipynb"))
    if len(there) > 1:
        raise UserProblem(
            f"{assignment} has {len(there)} notebooks in {folder}; a question with a key goes "
            "into an assignment that has one."
        )
    return there[0] if there else folder / f"{assignment}.ipynb"


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises many kinds
        raise UserProblem(f"{path} is not a notebook that can be added to: {error}") from None


def _named(notebook: NotebookNode, assignment: str, name: str) -> NotebookNode:
    """The template with its own names in the places of the stand-ins."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("question_name", name)
        cell.source = cell.source.replace("problem_set", assignment)
        cell.id = cell.id.replace("question-name", _cell_name(name))
        cell.metadata.nbgrader.grade_id = cell.id
    return notebook


def _appended(notebook: NotebookNode, section: NotebookNode, path: Path) -> NotebookNode:
    """`notebook` with the question of `section` at its end."""
    notebook = copy.deepcopy(notebook)
    taken = {cell.get("id") for cell in notebook.cells}
    taken |= {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    cells = [cell for cell in section.cells if cell.id not in ("title", "imports")]
    if clash := sorted({cell.id for cell in cells} & taken):
        raise UserProblem(f"{path} has a cell {clash[0]!r} already; take another name.")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    last = max(map(int, _NUMBERED.findall(text)), default=0)
    cells[0].source = _NUMBERED.sub(f"### {last + 1} · ", cells[0].source)
    _add_to_totals(notebook, cells[0].source)
    _add_imports(notebook, [cell for cell in section.cells if cell.id == "imports"])
    notebook.cells += cells
    return notebook


def _add_to_totals(notebook: NotebookNode, text: str) -> None:
    """What the first cell promises in points and minutes, with the new question's added."""
    points, minutes = map(int, _PROMISED.search(text).groups())

    def more(found: re.Match[str]) -> str:
        return f"{int(found[1]) + points} points · about {int(found[2]) + minutes} minutes"

    for cell in notebook.cells[:1]:
        cell.source = _TOTALS.sub(more, cell.source)


def _add_imports(notebook: NotebookNode, wanted: Iterable[NotebookNode]) -> None:
    """The imports that the section needs and no cell of the notebook has yet."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    there = {line for cell in code for line in cell.source.splitlines()}
    for cell in wanted:
        lost = [line for line in cell.source.splitlines() if line and line not in there]
        if lost and code:
            code[0].source = "\n".join([*lost, code[0].source])
        elif lost:
            notebook.cells.insert(1, cell)


# -- the keys ---------------------------------------------------------------------------------


def _names_in(package: Path) -> list[str]:
    """The names that a package of keys offers; none where there is no package yet."""
    file = package / "__init__.py"
    if not file.exists():
        return []
    names = None
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = list(ast.literal_eval(node.value))
        elif not isinstance(node, ast.Expr) and not (
            isinstance(node, ast.ImportFrom) and node.lineno == node.end_lineno
        ):
            raise UserProblem(
                f"{file} holds more than imports of one line and __all__, and would lose it; "
                f"move line {node.lineno} into a file of its own."
            )
    if names is None:
        raise UserProblem(f"{file} has no __all__, which names the keys; write one.")
    return names


def _register(package: Path, name: str, module: str) -> None:
    """Have the package offer the new key, and no other change."""
    file = package / "__init__.py"
    text = file.read_text(encoding="utf-8") if file.exists() else f'"""{package.name}."""\n'
    head = ast.get_docstring(ast.parse(text), clean=False)
    lines = re.findall(r"^from .+$", text, re.MULTILINE)
    lines.append(f"from graders.keys.{package.name}.{module} import {name}")
    names = sorted({*_names_in(package), name}, key=_as_sorted_by_ruff)
    listed = "".join(f'    "{one}",\n' for one in names)
    imports = "\n".join(sorted(lines))
    file.write_text(f'"""{head}"""\n\n{imports}\n\n__all__ = [\n{listed}]\n', encoding="utf-8")


def _as_sorted_by_ruff(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name
