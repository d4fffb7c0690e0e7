"""The files in a folder or an archive, however hostile: read one by one, extracted never.

A path that leads out, a link, a device, an encrypted or broken member, and what unpacks to
more than it may is not a file here but a `NotTaken`. Sizes that an archive declares are not
believed: what is read is counted.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MEMBERS = 200_000  # in one archive
RATIO = 200  # unpacked to packed, from `RATIO_FROM` bytes on; notebooks reach about 20
RATIO_FROM = 10 * 2**20
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, OSError),
)
LONGEST_NAME = 255  # bytes in UTF-8, as file systems have it
LONGEST_PATH = 1000  # bytes inside one archive; a system takes 4096 with the course's own
DEEPEST_PATH = 50  # folders within folders
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
OTHER_ARCHIVES = (".7z", ".rar", ".gz", ".bz2", ".xz", ".zst")


class Unreadable(Exception):
    """A file in an archive cannot be had; the text says why."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something that was not collected, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file: its path inside what was opened, and a way to its bytes.

    `read(limit)` gives all of them or raises `Unreadable`.
    """

    top: str
    path: PurePosixPath
    size: int
    read: Callable[[int], bytes]

    @property
    def where(self) -> str:
        return f"{self.top}: {self.path}"


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def files(path: Path) -> Iterator[Found | NotTaken]:
    """What is in the folder or archive `path`."""
    if path.is_dir():
        yield from _folder(path)
    else:
        yield from archive(path.name, path)


def archive(name: str, source: Path | bytes) -> Iterator[Found | NotTaken]:
    """What is in an archive, given as a file or as its bytes."""
    opened = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        if zipfile.is_zipfile(opened):
            yield from _zip(name, source)
        elif tarfile.is_tarfile(opened):
            yield from _tar(name, source)
        else:
            yield NotTaken(name, "It is neither a ZIP nor a TAR file, or it is cut off.")
    except (*_BROKEN, ValueError) as error:
        yield NotTaken(name, f"The archive is broken: {error}.")


def inner_path(name: str) -> PurePosixPath | None:
    """A member's name as a path that stays inside, or None."""
    text = name.replace("\\", "/")  # as some packers on Windows write it
    if text.startswith("/") or (len(text) > 1 and text[1] == ":"):
        return None
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or len(parts) > DEEPEST_PATH or not all(map(good_name, parts)):
        return None
    path = PurePosixPath(*parts)
    return path if len(bytes(path)) <= LONGEST_PATH else None


def good_name(part: str) -> bool:
    """Whether this may be the name of a file or folder."""
    if part in ("", ".", "..") or "/" in part or not part.isprintable():
        return False
    try:
        return len(part.encode()) <= LONGEST_NAME
    except UnicodeEncodeError:
        return False


def _folder(folder: Path) -> Iterator[Found | NotTaken]:
    for directory, inner, names in os.walk(folder):
        inner.sort()
        for name in sorted([*names, *(d for d in inner if Path(directory, d).is_symlink())]):
            path = Path(directory, name)
            relative = path.relative_to(folder)
            shown = f"{folder.name}: {_shown(str(relative))}"
            if not stat.S_ISREG(path.lstat().st_mode):
                yield NotTaken(shown, "It is a link or no regular file.")
            elif (inside := inner_path(relative.as_posix())) is None:
                yield NotTaken(shown, _BAD_NAME)
            else:
                yield Found(folder.name, inside, path.stat().st_size, _from_disk(path))


def _from_disk(path: Path) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            with open(path, "rb") as file:
                return _at_most(file, limit)
        except OSError as error:
            raise Unreadable(f"It cannot be read: {error.strerror}.") from None

    return read


_BAD_NAME = "Its name leads out of the folder or is no name for a file, or it is too long."


def _zip(name: str, source: Path | bytes) -> Iterator[Found | NotTaken]:
    # Closed when the last of the `read`s below is gone.
    opened = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    members = opened.infolist()
    if len(members) > MEMBERS:
        yield NotTaken(name, f"It holds {len(members):,} entries; {MEMBERS:,} are the most.")
        return
    for member in members:
        shown = f"{name}: {_shown(member.filename)}"
        path = inner_path(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.is_dir():
            continue
        if kind not in (0, stat.S_IFREG):
            yield NotTaken(shown, "It is a link or no regular file.")
        elif path is None:
            yield NotTaken(shown, _BAD_NAME)
        elif member.flag_bits & 0x1:
            yield NotTaken(shown, "It is encrypted; ask for it without a password.")
        elif _bomb(member.file_size, member.compress_size):
            yield NotTaken(shown, "It unpacks to far more than it is: a ZIP bomb, perhaps.")
        else:
            yield Found(name, path, member.file_size, _from_zip(opened, member))


def _from_zip(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            with opened.open(member) as file:
                return _at_most(file, limit)
        except NotImplementedError:
            raise Unreadable("It is packed in a way that is not known here.") from None
        except (*_BROKEN, RuntimeError) as error:
            raise Unreadable(f"It is damaged: {error}.") from None

    return read


def _tar(name: str, source: Path | bytes) -> Iterator[Found | NotTaken]:
    file = io.BytesIO(source) if isinstance(source, bytes) else None
    # Closed when the last of the `read`s below is gone.
    opened = tarfile.open(None if file else source, fileobj=file)  # noqa: SIM115
    packed = len(source) if isinstance(source, bytes) else source.stat().st_size
    total = 0
    for count, member in enumerate(opened):
        total += member.size
        if count >= MEMBERS or _bomb(total, packed):
            yield NotTaken(name, "It holds or unpacks to far too much; the rest is left out.")
            return
        shown = f"{name}: {_shown(member.name)}"
        path = inner_path(member.name)
        if member.isdir():
            continue
        if not member.isreg() or member.issparse():
            yield NotTaken(shown, "It is a link or no regular file.")
        elif path is None:
            yield NotTaken(shown, _BAD_NAME)
        else:
            yield Found(name, path, member.size, _from_tar(opened, member))


def _from_tar(opened: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            file = opened.extractfile(member)
            return b"" if file is None else _at_most(file, limit)
        except _BROKEN as error:
            raise Unreadable(f"It is damaged: {error}.") from None

    return read


def _bomb(unpacked: int, packed: int) -> bool:
    return unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1)


def _at_most(file: io.BufferedIOBase, limit: int) -> bytes:
    data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"It is larger than {limit:,} bytes, the most that is taken.")
    return data


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()
