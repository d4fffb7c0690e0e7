"""Where the lectures are and how the tests read them."""

import json
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks" / "lectures"
LECTURES = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))
TAUGHT = [path for path in LECTURES if not path.name.startswith("00_")]


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def prose(notebook: NotebookNode) -> str:
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def headings(notebook: NotebookNode) -> list[str]:
    return re.findall(r"^## (.+)$", prose(notebook), re.MULTILINE)


def pictures(notebook: NotebookNode) -> list[NotebookNode]:
    outputs = (output for cell in code(notebook) for output in cell.outputs)
    return [output for output in outputs if "image/png" in output.get("data", {})]


def course() -> dict:
    return json.loads((FOLDER / "course.json").read_text(encoding="utf-8"))
