"""The file system that a submission sees: the interpreter, its libraries, and nothing else.

A new root is put together from read-only views of a few folders. Of this project only
`minigrad` and the public checks are there; the answers (`graders.keys`), the course folder, the
gradebook and other people's submissions do not exist in it, whatever path is tried.
"""

from __future__ import annotations

import importlib.util
import os
import site
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from graders.sandbox import linux

PRIVATE = "/student"  # where a submission may write; no library lies below this name
HOME = f"{PRIVATE}/home"
# Where the new root is mounted before it becomes the root: a folder that anybody may pass
# through, as one of the caller's own (TMPDIR) may not be. Nobody else sees the mount.
_MOUNT_POINT = "/tmp"
TEMPORARY = f"{PRIVATE}/tmp"
PUBLIC = ("__init__.py", "check")  # of the package `graders`; the rest is the judge's
_SYSTEM = (
    *("/lib", "/lib64", "/lib32", "/usr/lib", "/usr/lib64", "/usr/share/fonts"),
    *("/usr/share/fontconfig", "/usr/share/zoneinfo", "/etc/fonts", "/etc/localtime"),
    *(
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/usr/local/share/fonts",
        "/var/cache/fontconfig",
    ),
)
_DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which paths of this machine a template may see, and where it looks for modules.

    `hidden` folders are covered by empty ones, then `visible` paths are laid over them.
    """

    folders: tuple[str, ...]
    hidden: tuple[str, ...]
    visible: tuple[str, ...]
    search_path: tuple[str, ...]

    def to_record(self) -> dict:
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict) -> Plan:
        return cls(**{key: tuple(paths) for key, paths in record.items()})


def plan() -> Plan:
    """What a template needs on this machine."""
    packages = {name: _package(name) for name in ("graders", "minigrad")}
    libraries = _libraries()
    visible = [packages["graders"] / name for name in PUBLIC] + [packages["minigrad"]]
    roots = [str(folder.parent) for folder in packages.values()]
    folders = _outermost([*_SYSTEM, *_prefixes(), *libraries])
    return Plan(
        folders=folders,
        hidden=(str(packages["graders"]),),
        visible=tuple(str(path) for path in visible if path.exists()),
        search_path=tuple(dict.fromkeys([*libraries, *roots])),
    )


def _package(name: str) -> Path:
    specification = importlib.util.find_spec(name)
    if specification is None or specification.origin is None:
        raise ModuleNotFoundError(f"the package {name} cannot be found; is it installed?")
    return Path(specification.origin).resolve().parent


def _libraries() -> list[str]:
    """The folders of the standard library and of installed packages, in the search order."""
    paths = sysconfig.get_paths()
    installed = [paths["purelib"], paths["platlib"], *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        installed.append(site.getusersitepackages())
    standard = [path for path in sys.path if path and path.startswith(paths["stdlib"])]
    standard = [path for path in standard if "-packages" not in path]
    return [path for path in dict.fromkeys([*standard, *installed]) if os.path.isdir(path)]


def _prefixes() -> Iterator[str]:
    for prefix in {sys.prefix, sys.base_prefix}:
        for name in ("bin", "lib", "share/jupyter", "etc/fonts", "pyvenv.cfg"):
            # Of a system-wide prefix only the libraries: /usr/bin is full of tools.
            if name != "bin" or prefix not in ("/usr", "/usr/local"):
                yield os.path.join(prefix, name)


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that exist, without those that lie in another one of them."""
    kept: list[str] = []
    for path in sorted({os.path.abspath(path) for path in paths if os.path.lexists(path)}):
        if not kept or not any(path.startswith(other + "/") for other in kept):
            kept.append(path)
    return tuple(kept)


class Sources:
    """What will be shown, opened while the folders above it may still be passed through."""

    def __init__(self, plan: Plan) -> None:
        devices = [f"/dev/{name}" for name in _DEVICES]
        self._opened = {
            path: os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
            for path in (*plan.folders, *plan.visible, *devices)
        }

    def show(self, path: str, top: str) -> None:
        """Let `path` be seen below `top`; a link stays a link."""
        target = top + path
        if os.path.lexists(target):
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        descriptor = self._opened[path]
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISLNK(mode):
            os.symlink(os.readlink("", dir_fd=descriptor), target)
            return
        if stat.S_ISDIR(mode):
            os.mkdir(target)
        else:
            with open(target, "wb"):
                pass
        flags = linux.MS_BIND | linux.MS_REC
        linux.mount(f"/proc/self/fd/{descriptor}", target, None, flags)

    def close(self) -> None:
        for descriptor in self._opened.values():
            os.close(descriptor)


def enter(plan: Plan, sources: Sources, disk_bytes: int) -> None:
    """Build the new root and make it this process's own; needs a private mount namespace."""
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    top = _MOUNT_POINT
    linux.mount("tmpfs", top, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=1m")
    for path in plan.folders:
        sources.show(path, top)
    for path in plan.hidden:
        os.makedirs(top + path, exist_ok=True)
        linux.mount("tmpfs", top + path, "tmpfs", linux.MS_NOSUID, "mode=755,size=1m")
    for path in plan.visible:
        sources.show(path, top)
    for name in _DEVICES:
        sources.show(f"/dev/{name}", top)
    sources.close()
    os.mkdir(top + PRIVATE)
    for name in ("tmp", "dev/shm", "var/tmp"):
        if not os.path.lexists(f"{top}/{name}"):  # an environment may lie in /tmp
            os.makedirs(os.path.dirname(f"{top}/{name}"), exist_ok=True)
            os.symlink(TEMPORARY, f"{top}/{name}")
    linux.make_read_only(top)
    linux.pivot_root(top)
    make_home(disk_bytes)


def make_home(disk_bytes: int) -> None:
    """Lay a fresh, empty, limited folder over the private one of whoever was here before."""
    options = f"mode=755,size={disk_bytes},nr_inodes=4096"
    linux.mount("tmpfs", PRIVATE, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    for path in (HOME, TEMPORARY):
        os.mkdir(path, 0o700)
    os.chdir(HOME)
