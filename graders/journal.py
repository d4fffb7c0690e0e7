"""An append-only record of what has been graded, written before anything else is.

One line a record: the CRC-32 of the rest in hexadecimal, a space, JSON. A line is on the disk
(fsync) when `append` returns. Being killed in the middle leaves at most one torn line at the
end, which is cut off at the next opening; a line damaged later is skipped, and what it said is
graded again. One process writes at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graders.problems import UserProblem


class JournalBusy(UserProblem):
    """Another process is grading the same assignment."""


class Journal:
    """Open `path` for reading and, unless `read_only`, as the only writer.

    Raises:
        JournalBusy: another process has it open for writing.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.damaged = 0
        if read_only:
            self._file = os.open(path, os.O_RDONLY) if path.exists() else -1
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise JournalBusy(
                f"another process is grading this assignment (it holds {path}); "
                "wait until it has ended."
            ) from None
        self._end = self._cut_torn_line()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def append(self, record: dict[str, Any], *, durable: bool = True) -> int:
        """Write one record and return where it begins, for `read`.

        Without `durable` it may be lost with the machine's power, though not with the process.
        """
        line = _line(record)
        start = self._end
        written = 0
        try:
            while written < len(line):
                written += os.pwrite(self._file, line[written:], start + written)
            if durable:
                self.sync()
        except OSError:
            os.ftruncate(self._file, start)
            raise
        self._end = start + len(line)
        return start

    def sync(self) -> None:
        """Wait until everything appended is on the disk."""
        os.fdatasync(self._file)

    def read(self, start: int) -> dict[str, Any]:
        """The record that begins at byte `start`."""
        with open(self._file, "rb", closefd=False) as file:
            file.seek(start)
            record = _record(file.readline())
        if record is None:
            raise ValueError(f"{self.path} holds no record at byte {start}")
        return record

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every sound record with where it begins, oldest first."""
        if self._file < 0:
            return
        self.damaged = 0
        start = 0
        with open(self._file, "rb", closefd=False) as file:
            file.seek(0)
            for line in file:
                record = _record(line)
                if record is None:
                    self.damaged += 1
                else:
                    yield start, record
                start += len(line)

    def _cut_torn_line(self) -> int:
        """Where to write next: after the last end of line."""
        size = os.fstat(self._file).st_size
        end = size
        while end > 0:
            start = max(0, end - 65_536)
            block = os.pread(self._file, end - start, start)
            newline = block.rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        if end < size:
            os.ftruncate(self._file, end)
        return end


def _line(record: dict[str, Any]) -> bytes:
    body = json.dumps(record, ensure_ascii=True, sort_keys=True).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _record(line: bytes) -> dict[str, Any] | None:
    checksum, _, body = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(body):
        return None
    record = json.loads(body)
    return record if isinstance(record, dict) else None
