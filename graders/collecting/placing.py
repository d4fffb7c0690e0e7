"""One student's files, from bytes that came from anywhere to the folder where nbgrader looks.

Archives within are opened, notebooks get the names that the assignment gave them, and the
folder appears whole or not at all. What was there before is kept aside.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from graders.collecting.archives import (
    OTHER_ARCHIVES,
    Found,
    NotTaken,
    Unreadable,
    archive,
    is_archive,
)
from graders.collecting.layouts import HandedIn

DEEPEST = 2  # archives within archives
FILES = 2_000  # of one student
_SYSTEM = ("__MACOSX", ".DS_Store", "._*", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is taken; sizes in bytes."""

    notebooks: Sequence[str]
    ignore: Sequence[str]
    largest_file: int
    largest_folder: int


@dataclass(slots=True)
class Contents:
    """What one submission comes to: files by their place, remarks, and what was left out."""

    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: list[NotTaken] = field(default_factory=list)

    def digest(self) -> str:
        found = hashlib.sha256()
        for path, data in sorted(self.files.items()):
            found.update(f"{path}\0{len(data)}\0".encode() + data)
        return found.hexdigest()


def contents(handed_in: HandedIn, rules: Rules, *, own_time: bool = False) -> Contents:
    """The files of a submission.

    `own_time`: whether a timestamp.txt among them is believed, as in folders that nbgrader
    itself made; in a student's archive it is the student's word.
    """
    result = Contents()
    total = 0
    for path, file in _expanded(handed_in.files, rules, result.left_out):
        if any(_matches(part, (*_SYSTEM, *rules.ignore)) for part in path.parts):
            result.left_out.append(NotTaken(file.where, "It is made by a system or an editor."))
            continue
        if path.name == "timestamp.txt" and not own_time:
            result.left_out.append(
                NotTaken(file.where, "The time is not the student's to say.")
            )
            continue
        try:
            data = file.read(rules.largest_file)
        except Unreadable as problem:
            result.left_out.append(NotTaken(file.where, str(problem)))
            continue
        total += len(data)
        if total > rules.largest_folder or len(result.files) >= FILES:
            why = "The submission is larger than the course's max_dir_size allows."
            result.left_out.append(NotTaken(file.where, why))
            total -= len(data)
        elif path in result.files:
            result.left_out.append(NotTaken(file.where, f"There is a second {path} in it."))
        else:
            result.files[path] = data
    _name_notebooks(result, rules.notebooks)
    return result


def _expanded(
    files: Iterable[tuple[PurePosixPath, Found]],
    rules: Rules,
    left_out: list[NotTaken],
    depth: int = 0,
) -> Iterator[tuple[PurePosixPath, Found]]:
    for path, file in files:
        if path.name.lower().endswith(OTHER_ARCHIVES) and not is_archive(path.name):
            why = "This kind of archive is not opened; unpack it and collect the folder."
            left_out.append(NotTaken(file.where, why))
            continue
        if not is_archive(path.name):
            yield path, file
            continue
        if depth == DEEPEST:
            left_out.append(NotTaken(file.where, "Archives are too deep within each other."))
            continue
        try:
            data = file.read(rules.largest_folder)
        except Unreadable as problem:
            left_out.append(NotTaken(file.where, str(problem)))
            continue
        inner = []
        for found in archive(file.where, data):
            if isinstance(found, NotTaken):
                left_out.append(found)
            else:
                inner.append((path.parent / found.path, found))
        yield from _expanded(inner, rules, left_out, depth + 1)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _name_notebooks(result: Contents, names: Sequence[str]) -> None:
    """Move each notebook of the assignment to its place, wherever and however it was named.

    `ps1 (1).ipynb`, `PS1.ipynb` and `homework/ps1.ipynb` are ps1; two candidates are not
    chosen between unless one lies nearer the top or they are the same.
    """
    by_name: dict[str, list[PurePosixPath]] = {}
    for path in result.files:
        if path.suffix.lower() == ".ipynb":
            by_name.setdefault(_plain(path.stem), []).append(path)
    for name in names:
        target = PurePosixPath(f"{name}.ipynb")
        candidates = by_name.get(_plain(name), [])
        if target in result.files or not candidates:
            continue
        depth = min(len(path.parts) for path in candidates)
        nearest = [path for path in candidates if len(path.parts) == depth]
        if len({result.files[path] for path in nearest}) > 1:
            shown = ", ".join(map(str, nearest))
            result.notes.append(f"Several files may be {target}: {shown}; look which it is.")
            continue
        chosen = nearest[0]
        result.files[target] = result.files.pop(chosen)
        result.notes.append(f"{chosen} was taken as {target}.")
        for other in nearest[1:]:
            del result.files[other]


def _plain(stem: str) -> str:
    """A notebook's name without what browsers and systems add to a second download."""
    return re.sub(
        r"(\s*\(\d+\)|-\d+|[-_ ]+copy\d*)+$", "", stem, flags=re.IGNORECASE
    ).casefold()


def place(
    result: Contents,
    folder: Path,
    *,
    aside: Path,
    when: datetime | None,
) -> bool:
    """Write the files into `folder`; whether anything there changed.

    What was there is moved to `aside` first, unless it is the same.
    """
    if when is not None:
        stamp = when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        result.files[PurePosixPath("timestamp.txt")] = stamp.encode()
    if folder.is_dir() and _on_disk(folder) == result.files:
        return False
    scratch = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        for path, data in result.files.items():
            target = scratch / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    if folder.exists():
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, aside)
    os.replace(scratch, folder)
    return True


def _on_disk(folder: Path) -> dict[PurePosixPath, bytes]:
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
