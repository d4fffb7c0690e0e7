"""Search what students get for what they must not get.

The canaries are the instructor's own lines: whatever stands in a solution, a hidden test, a
mark scheme or a key, and in nothing that is released on purpose. Every file is searched, and
what is inside it: the strings of JSON (so a line split or escaped there is found), archives
within archives, compressed and base64 content, the constants of compiled Python.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.conventions import Conventions
from graders.rebuild import template

SHORTEST = 20  # characters of a line, without blanks, that can be told from a coincidence
PASSAGE = 40  # characters of lines that follow each other in a private file
DEEPEST = 6
LARGEST = 256 * 1024 * 1024
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of `origin` was found in `where`."""

    where: str
    text: str
    origin: str


class Canaries:
    """The lines that must not be found, and where each comes from."""

    def __init__(self, conventions: Conventions | None = None) -> None:
        self.conventions = conventions or Conventions()
        self._lines: dict[bytes, str] = {}
        self._public = bytearray()
        delimiters = self.conventions
        for marker in (
            delimiters.begin_solution,
            delimiters.end_solution,
            delimiters.begin_hidden,
            delimiters.end_hidden,
            delimiters.begin_scheme,
            delimiters.end_scheme,
        ):
            self._lines[_squeezed(f"### {marker}".encode())] = f"the marker '{marker}'"
        self._markers = frozenset(self._lines)

    def add_source(self, name: str, source: bytes) -> None:
        """Add what the instructor's notebook does not release."""
        slots, _ = template(source, self.conventions)
        for slot in slots:
            self.allow(slot.released)
            text = slot.cell["source"]
            hidden = self.conventions.secret(text)
            if slot.open and not hidden:
                hidden = text  # the whole cell is the solution
            origin = f"cell {slot.mark.grade_id} of {name}" if slot.mark else name
            self._add(hidden, origin)

    def add_private_file(self, name: str, text: str) -> None:
        """Add a file that is not for students, by every few lines of it that follow each other.

        One line of a program alone may well be a line of another.
        """
        lines = list(_lines(text))
        for start in range(len(lines)):
            passage = b""
            for line in lines[start:]:
                passage += line
                if len(passage) >= PASSAGE:
                    self._lines.setdefault(passage, name)
                    break

    def allow(self, text: str) -> None:
        """What is released on purpose is no canary."""
        self._public += _squeezed(text.encode("utf-8", "replace")) + b"\n"

    def _add(self, text: str, origin: str) -> None:
        for line in _lines(text):
            self._lines.setdefault(line, origin)

    def wanted(self) -> dict[bytes, str]:
        """The lines to look for, and where each comes from."""
        return {
            line: origin
            for line, origin in self._lines.items()
            if line in self._markers or (len(line) >= SHORTEST and line not in self._public)
        }

    def search(self, paths: Iterable[Path]) -> Iterator[Finding]:
        """Every canary found in the files `paths`, or in the files of the folders `paths`."""
        wanted = self.wanted()
        searcher = _Searcher(wanted)
        for path in paths:
            files = (
                sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
            )
            for file in files:
                name = str(file.relative_to(path)) if path.is_dir() else file.name
                for where, line in sorted(set(_found(searcher, name, file.read_bytes()))):
                    yield Finding(where, line.decode("utf-8", "replace"), wanted[line])


def _lines(text: str) -> Iterator[bytes]:
    """Lines as they are compared: without blanks and quotes, so no indentation hides one."""
    for line in text.splitlines():
        squeezed = _squeezed(line.encode("utf-8", "replace"))
        if re.search(rb"\w", squeezed):
            yield squeezed


_BLANKS = re.compile(rb"[\s\"'\\]+")


def _squeezed(data: bytes) -> bytes:
    return _BLANKS.sub(b"", data)


class _Searcher:
    """Many lines in one pass over the data: by how they begin, then in full."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._short = [line for line in lines if len(line) < SHORTEST]
        self._by_beginning: dict[bytes, list[bytes]] = {}
        for line in lines:
            if len(line) >= SHORTEST:
                self._by_beginning.setdefault(line[:SHORTEST], []).append(line)

    def __call__(self, data: bytes) -> Iterator[bytes]:
        yield from (line for line in self._short if line in data)
        beginnings = self._by_beginning
        for i in range(len(data) - SHORTEST + 1):
            if data[i : i + SHORTEST] in beginnings:
                for line in beginnings[data[i : i + SHORTEST]]:
                    if data.startswith(line, i):
                        yield line


def _found(
    searcher: _Searcher, name: str, data: bytes, depth: int = 0
) -> Iterator[tuple[str, bytes]]:
    for line in searcher(_squeezed(data)):
        yield name, line
    if depth < DEEPEST:
        for inner, content in _inside(name, data):
            yield from _found(searcher, inner, content, depth + 1)


def _inside(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """What a file holds that its bytes do not show."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if not member.is_dir() and member.file_size <= LARGEST:
                    yield f"{name}!{member.filename}", archive.read(member)
        return
    for opener in (gzip.decompress, bz2.decompress, lzma.decompress):
        try:
            yield f"{name}!", opener(data)
        except (OSError, EOFError, ValueError, lzma.LZMAError):
            continue
    if data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile() and member.size <= LARGEST:
                    file = archive.extractfile(member)
                    yield f"{name}!{member.name}", file.read() if file else b""
    if data[:1] in b"{[" or name.endswith((".json", ".ipynb")):
        try:
            strings = "\n".join(_strings(json.loads(data)))
        except (ValueError, RecursionError):
            strings = ""
        if strings:
            yield name, strings.encode("utf-8", "replace")
    for number, match in enumerate(_BASE64.finditer(data)):
        try:
            yield f"{name}!base64-{number}", base64.b64decode(match[0], validate=True)
        except binascii.Error:
            continue


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(line, str) for line in value):
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
