"""Memory and process limits for all processes of a submission together, where there are any.

rlimits bound one process; a submission may start many. A control group bounds the sum. Version
1 (as root) and version 2 (where a subtree is delegated) are used; without either, the doctor
says so and the limits on one process times their number stand.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

from graders.limits import Limits

_MOUNT = Path("/sys/fs/cgroup")
STALE_SECONDS = 60


class Cgroup:
    """One group; in version 1, a directory for each controller."""

    def __init__(self, memory: Path | None, pids: Path | None) -> None:
        self._memory = memory
        self._pids = pids

    @classmethod
    def create(cls, limits: Limits) -> Cgroup | None:
        """A new group below the one that this process is in; None where that is not allowed."""
        found = {name: _make(name) for name in ("memory", "pids")}
        if not any(found.values()):
            return None
        return cls(found["memory"], found["pids"])

    @property
    def paths(self) -> set[Path]:
        """The directories of this group."""
        return {path for path in (self._memory, self._pids) if path is not None}

    @property
    def controllers(self) -> list[str]:
        return [n for n, path in (("memory", self._memory), ("pids", self._pids)) if path]

    def add(self, pid: int) -> None:
        for path in self.paths:
            _write(path / "cgroup.procs", pid)

    def limit(self, limits: Limits) -> None:
        """Set the limits, on top of what is in use now."""
        if self._memory is not None:
            version_2 = (self._memory / "memory.max").exists()
            used = _read(
                self._memory / ("memory.current" if version_2 else "memory.usage_in_bytes")
            )
            name = "memory.max" if version_2 else "memory.limit_in_bytes"
            _write(self._memory / name, used + limits.memory_bytes + limits.disk_bytes)
            swap = "memory.swap.max" if version_2 else "memory.memsw.limit_in_bytes"
            with contextlib.suppress(OSError):
                bound = 0 if version_2 else used + limits.memory_bytes + limits.disk_bytes
                _write(self._memory / swap, bound)
        if self._pids is not None:
            used = _read(self._pids / "pids.current")
            _write(self._pids / "pids.max", used + limits.processes + 2)

    def killed(self) -> int:
        """How many processes the kernel has ended for want of memory so far."""
        if self._memory is None:
            return 0
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError):
                for line in (self._memory / name).read_text().splitlines():
                    key, _, value = line.partition(" ")
                    if key == "oom_kill":
                        return int(value)
        return 0

    def remove(self) -> None:
        for path in self.paths:
            for _ in range(50):  # the last process may still be on its way out
                try:
                    path.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)
                else:
                    break


def _make(controller: str) -> Path | None:
    parent = _own(controller)
    if parent is None:
        return None
    _sweep(parent)
    path = parent / f"graders-{secrets.token_hex(8)}"  # process ids repeat across containers
    try:
        path.mkdir()
        if not (path / "cgroup.procs").exists() or not any(path.glob(f"{controller}.*")):
            path.rmdir()
            return None
    except OSError:
        return None
    return path


def _sweep(parent: Path) -> None:
    """Remove what a worker that was killed could not."""
    for path in parent.glob("graders-*"):
        with contextlib.suppress(OSError):  # in use, or gone
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                path.rmdir()


def _own(controller: str) -> Path | None:
    """The directory of the group that this process is in, for one controller."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            number, names, group = line.split(":", 2)
            if controller in names.split(","):
                return _existing(_MOUNT / controller, group)
            if number == "0" and (_MOUNT / "cgroup.controllers").exists():
                path = _existing(_MOUNT, group)
                if path and controller in (path / "cgroup.subtree_control").read_text().split():
                    return path
    return None


def _existing(mount: Path, group: str) -> Path | None:
    path = mount / group.lstrip("/")
    return path if path.is_dir() and os.access(path, os.W_OK) else None


def _write(path: Path, value: int) -> None:
    path.write_text(f"{value}\n")


def _read(path: Path) -> int:
    return int(path.read_text())
