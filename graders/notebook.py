"""Bytes to a notebook, whatever the bytes are.

A submission is written by a stranger, on a machine that may have crashed while saving. So the
file is read here by hand, and only what grading needs is taken from it: each cell's kind, its
text, its metadata and its attached pictures. Whatever else is odd is left out with a note, and
a file that holds no notebook ends in one sentence that its author can act on. Formats 2 to 4 of
Jupyter's notebook file (https://nbformat.readthedocs.io/en/latest/format_description.html) all
come out as 4.5.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAXIMUM_BYTES = 100 * 1024 * 1024
MAXIMUM_CELLS = 10_000
MANY_CELLS = 1_000
CELL_TYPES = ("code", "markdown", "raw")
UNNAMED = "unnamed-"  # how the id of a cell that came without one begins

_OTHER_FILES = (
    (b"PK\x03\x04", "a ZIP archive (or a Word or Excel document)"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file.

    `notebook` is a dictionary in nbformat 4.5 without outputs, or None, and then `problem` says
    why in a sentence. `notes` say what had to be mended on the way.
    """

    notebook: dict[str, Any] | None
    problem: str | None = None
    notes: tuple[str, ...] = ()


class _Unreadable(ValueError):
    """The sentence that becomes `Reading.problem`."""


@dataclass
class _Notes:
    """Sentences in the order met, each once, so that 2,000 odd cells make one line."""

    lines: dict[str, None] = field(default_factory=dict)

    def add(self, line: str) -> None:
        self.lines.setdefault(line)


def bytes_of(path: Path) -> bytes:
    """What is in a student's file, no further than it takes to see that it is too large.

    A file with a hole in it can claim more bytes than there is memory.
    """
    with path.open("rb") as file:
        return file.read(MAXIMUM_BYTES + 1)


def read_notebook(data: bytes) -> Reading:
    """Read a notebook; never raises, whatever `data` holds."""
    notes = _Notes()
    try:
        notebook = _normalised(_document(_text(data, notes), notes), notes)
    except _Unreadable as problem:
        return Reading(None, str(problem), tuple(notes.lines))
    except (RecursionError, MemoryError):
        return Reading(None, "The file is nested too deeply, or too large, to be a notebook.")
    return Reading(notebook, None, tuple(notes.lines))


# -- bytes to text to a document --------------------------------------------------------------


def _text(data: bytes, notes: _Notes) -> str:
    if not data.strip(b"\0 \t\r\n\f\v"):
        raise _Unreadable(
            "The file is empty."
            if not data
            else f"The file holds nothing but {len(data):,} blank or NUL bytes; "
            "it was probably damaged when it was saved or uploaded."
        )
    if len(data) > MAXIMUM_BYTES:
        raise _Unreadable(
            f"The file has more than {MAXIMUM_BYTES // 2**20} MiB, which is not read. "
            "Clear its outputs and submit it again."
        )
    for start, name in _OTHER_FILES:
        if data.startswith(start):
            raise _Unreadable(f"The file is {name}, not a notebook.")
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        notes.add(
            f"The file is not valid {encoding.upper()}; damaged characters read as \ufffd."
        )
        return data.decode(encoding, "replace")


def _document(text: str, notes: _Notes) -> Any:
    text = text.strip("\ufeff\0 \t\r\n")
    repeated: set[str] = set()

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        as_dict = dict(items)
        if len(as_dict) != len(items):
            keys = [key for key, _ in items]
            repeated.update(key for key in as_dict if keys.count(key) > 1)
        return as_dict

    try:
        document = json.loads(text, object_pairs_hook=pairs, strict=False)
    except json.JSONDecodeError as error:
        raise _Unreadable(_what_is_wrong(text, error)) from None
    except ValueError:
        # Python refuses to read an integer of more than 4,300 digits.
        raise _Unreadable("The file holds a number too long to be read.") from None
    for key in sorted(repeated)[:3]:
        notes.add(f"The file says {key[:40]!r} twice in one place; the last one counts.")
    return document


def _what_is_wrong(text: str, error: json.JSONDecodeError) -> str:
    beginning = text[:200].lstrip().lower()
    if beginning.startswith("<"):
        return (
            "The file is a web page or XML, not a notebook; save the notebook itself (.ipynb)."
        )
    if any(mark in text for mark in ("\n<<<<<<< ", "\n>>>>>>> ")):
        return (
            "The file holds the marks of an unfinished merge (<<<<<<<, >>>>>>>) at line "
            f"{error.lineno}; settle it and submit again."
        )
    if not beginning.startswith(("{", "[")):
        return "The file is not a notebook: a notebook is JSON text that begins with '{'."
    if error.msg.startswith("Unterminated") or not text[error.pos :].strip():
        return (
            f"The file breaks off at line {error.lineno:,}: its end is missing, so saving or "
            "uploading it was probably cut short."
        )
    return f"The file is not valid JSON at line {error.lineno:,}: {error.msg}."


# -- a document to nbformat 4.5 ---------------------------------------------------------------


def _normalised(document: Any, notes: _Notes) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _Unreadable("The file is JSON but not a notebook: it is not an object.")
    raw_cells = _raw_cells(document, notes)
    if len(raw_cells) > MAXIMUM_CELLS:
        raise _Unreadable(
            f"The notebook has {len(raw_cells):,} cells; at most {MAXIMUM_CELLS:,} are read."
        )
    if len(raw_cells) > MANY_CELLS:
        notes.add(f"The notebook has {len(raw_cells):,} cells.")
    cells: list[dict[str, Any]] = []
    identifiers: set[str] = set()
    for index, raw in enumerate(raw_cells):
        cell = _cell(raw, index, notes)
        if cell is not None:
            cell["id"] = _identifier(raw.get("id"), index, identifiers)
            cells.append(cell)
    metadata = document.get("metadata")
    return {
        "cells": cells,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _raw_cells(document: dict[str, Any], notes: _Notes) -> list[Any]:
    version = document.get("nbformat")
    if isinstance(document.get("cells"), list):
        if version not in (4, 4.0):
            notes.add(
                f"The file says notebook format {_brief(version)}; it was read as format 4."
            )
        return list(document["cells"])
    sheets = document.get("worksheets")
    if isinstance(sheets, list):
        notes.add(f"The notebook is in the old format {_brief(version)}; it was upgraded to 4.")
        return [
            cell
            for sheet in sheets
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if "cells" in document or version is not None:
        raise _Unreadable("The notebook holds no list of cells.")
    raise _Unreadable("The file is JSON but not a notebook: it has no cells.")


def _cell(raw: Any, index: int, notes: _Notes) -> dict[str, Any] | None:
    where = f"Cell {index + 1}"
    if not isinstance(raw, dict):
        notes.add(f"{where} is not a cell and was left out.")
        return None
    kind = raw.get("cell_type")
    text = raw.get("source", raw.get("input") if kind == "code" else None)
    if kind == "heading":  # format 3
        level = raw.get("level")
        level = level if isinstance(level, int) and 1 <= level <= 6 else 1
        kind, text = "markdown", "#" * level + " " + (_source(text) or "")
    elif kind == "html":  # format 2
        kind = "markdown"
    if not isinstance(kind, str) or kind not in CELL_TYPES:
        notes.add(f"{where} is of the unknown kind {_brief(kind)} and was read as text.")
        kind = "raw"
    source = _source(text)
    if source is None:
        notes.add(f"{where} has no text and was read as empty.")
        source = ""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    clean = _clean(source)
    if clean != source:
        notes.add(f"{where} held characters that cannot be text (NUL or half a pair); mended.")
    metadata = raw.get("metadata")
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": clean,
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    elif attachments := _attachments(raw.get("attachments")):
        cell["attachments"] = attachments
    return cell


def _source(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None


def _clean(text: str) -> str:
    """`text` that UTF-8, Python and a database can hold."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    """Pictures pasted into Markdown; nothing else, for a page may show what is attached."""
    if not isinstance(value, dict):
        return {}
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in value.items():
        if isinstance(bundle, dict):
            pictures = {
                kind: data
                for kind, data in bundle.items()
                if kind in ("image/png", "image/jpeg", "image/gif", "image/webp")
                and isinstance(data, str)
                and data.isascii()
            }
            if pictures:
                kept[_clean(name)] = pictures
    return kept


def _identifier(value: Any, index: int, taken: set[str]) -> str:
    """The cell's own id if it is a valid one and the first of its kind, else one by place."""
    valid = (
        isinstance(value, str)
        and 1 <= len(value) <= 64
        and value.isascii()
        and value.replace("-", "").replace("_", "").isalnum()
    )
    identifier = value if valid and value not in taken else f"{UNNAMED}{index}"
    while identifier in taken:
        identifier = hashlib.sha256(identifier.encode()).hexdigest()[:16]
    taken.add(identifier)
    return identifier


def _brief(value: Any) -> str:
    """A hostile value as a few harmless characters."""
    if value is None:
        return "(none)"
    if isinstance(value, str | int | float):
        return ascii(value)[:40]
    return f"({type(value).__name__})"
