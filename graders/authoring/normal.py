"""The normal form of a stored notebook: what may differ between two runs is not in the file.

Cell ids are words, so that a table or a test can name a cell; metadata holds what an author
meant and nothing that an editor or a clock left behind; outputs are those of one run from top
to bottom, numbered 1..n. A cell tagged `interactive` is stored un-run: a slider without its
kernel is a dead picture, and the state of its widgets is different in every run.
"""

import base64
import re
import struct
import unicodedata
from typing import Any

import nbformat
from nbformat import NotebookNode

INTERACTIVE = "interactive"

_KEPT_CELL_METADATA = ("alt", "deletable", "editable", "jupyter", "nbgrader", "tags")
_READABLE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_RANDOM_ID = re.compile(r"(?=.*[0-9])[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?\Z")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_LONGEST_ID = 48
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"tIME")


def is_interactive(cell: NotebookNode) -> bool:
    return INTERACTIVE in cell.metadata.get("tags", [])


def heading(source: str) -> str | None:
    """The text of the first Markdown heading, without its hashes."""
    match = _HEADING.search(source)
    return match.group(1) if match else None


def slug(text: str) -> str:
    """`text` as lower-case words joined by hyphens, short enough for a cell id."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    short = ""
    for word in words:
        longer = f"{short}-{word}" if short else word
        if len(longer) > _LONGEST_ID:
            break
        short = longer
    return short if short[:1].isalpha() else f"cell-{short}".rstrip("-")


def name_cells(notebook: NotebookNode) -> None:
    """Give each cell without a readable id one made of its section's heading and its kind."""
    taken = set()
    section = "start"
    for cell in notebook.cells:
        title = heading(cell.source) if cell.cell_type == "markdown" else None
        if title:
            section = slug(title)
        if not _is_readable(cell.get("id", "")) or cell.id in taken:
            kind = {"markdown": "text", "code": "run"}.get(cell.cell_type, "raw")
            cell.id = _free_name(section if title else f"{section}-{kind}", taken)
        taken.add(cell.id)


def _is_readable(name: str) -> bool:
    return bool(_READABLE_ID.match(name)) and not _RANDOM_ID.match(name) and len(name) <= 64


def _free_name(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}-{count}"
    return candidate


def strip(notebook: NotebookNode) -> None:
    """Leave what the author wrote: sources, ids, meant metadata; no output and no count."""
    first = next((heading(c.source) for c in notebook.cells if heading(c.source)), None)
    notebook.metadata = nbformat.from_dict(
        {
            **({"title": re.sub(r"[*_`$]", "", first)} if first else {}),
            **(
                {"nbgrader": notebook.metadata["nbgrader"]}
                if "nbgrader" in notebook.metadata
                else {}
            ),
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            # As JupyterLab writes it, but for the version of the Python that happens to run.
            "language_info": {
                "codemirror_mode": {"name": "ipython", "version": 3},
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
                "nbconvert_exporter": "python",
                "pygments_lexer": "ipython3",
            },
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    name_cells(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.rstrip()
        kept = {
            key: cell.metadata[key] for key in _KEPT_CELL_METADATA if cell.metadata.get(key)
        }
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def settle(notebook: NotebookNode) -> None:
    """Number the cells of an executed notebook 1..n and take what is volatile from outputs."""
    executed = [cell.outputs if cell.cell_type == "code" else None for cell in notebook.cells]
    strip(notebook)
    count = 0
    for cell, outputs in zip(notebook.cells, executed, strict=True):
        if outputs is None or is_interactive(cell):
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = [_settled_output(output, count) for output in _joined_streams(outputs)]


def _joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Printed text arrives in pieces whose borders depend on timing: join neighbours."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            output.output_type == "stream"
            and last is not None
            and last.get("name") == output.name
        ):
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _settled_output(output: NotebookNode, count: int) -> NotebookNode:
    if output.output_type == "execute_result":
        output.execution_count = count
    output.pop("transient", None)
    png = output.get("data", {}).get("image/png")
    if png:
        output.data["image/png"] = base64.b64encode(
            _without_text_chunks(base64.b64decode(png))
        ).decode()
    return output


def _without_text_chunks(png: bytes) -> bytes:
    """A PNG without the chunks in which the drawing library notes its name and version."""
    if not png.startswith(_PNG_SIGNATURE):
        return png
    kept, position = [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    while position + 12 <= len(png):
        (length,) = struct.unpack(">I", png[position : position + 4])
        end = position + 12 + length
        if png[position + 4 : position + 8] not in _PNG_TEXT_CHUNKS:
            kept.append(png[position:end])
        position = end
    return b"".join(kept)


def to_bytes(notebook: NotebookNode) -> bytes:
    """The file's bytes, laid out as JupyterLab lays them out."""
    return (nbformat.writes(notebook) + "\n").encode()


def widget_errors(notebook: NotebookNode) -> list[str]:
    """Errors that an executed notebook's widgets caught and kept in their own output areas."""
    state: dict[str, Any] = notebook.metadata.get("widgets", {})
    models = (model for view in state.values() for model in view.get("state", {}).values())
    outputs = (
        output for model in models for output in model.get("state", {}).get("outputs") or []
    )
    return [
        f"{output['ename']}: {output['evalue']}"
        for output in outputs
        if output.get("output_type") == "error"
    ]
