"""A folder of a template's own, told from those that killed workers left behind by its lock.

A worker that is killed cannot tidy up. The kernel lets go of its locks, so whoever starts next
can tell that a folder has no owner any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator

STALE_SECONDS = 60  # younger ones may be between being made and being locked
_PREFIX = "graders-sandbox-"
_NAME = re.compile(re.escape(_PREFIX) + "[a-z0-9_]{8}")  # as `mkdtemp` makes them


class Scratch:
    """A new empty folder, this process's until it ends or calls `remove`."""

    def __init__(self) -> None:
        _sweep(tempfile.gettempdir())
        self.path = tempfile.mkdtemp(prefix=_PREFIX)
        self._lock = _open(self.path)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove the folder with all that lies in it; a second time does nothing."""
        if self._lock >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1


def _sweep(parent: str) -> None:
    """Remove the folders whose owners are gone."""
    for path in _old(parent):
        with contextlib.suppress(OSError):  # gone meanwhile, or its owner lives
            descriptor = _open(path)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(descriptor)


def _old(parent: str) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if not _NAME.fullmatch(entry.name):
                continue
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
                if ours and time.time() - found.st_mtime > STALE_SECONDS:
                    yield entry.path


def _open(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
