"""Which harness decided a mark: its own code, the keys, minigrad, Python and every package."""

from __future__ import annotations

import hashlib
import platform
import sysconfig
from functools import cache
from pathlib import Path

_PACKAGES = ("graders", "minigrad")


@cache
def harness_version() -> str:
    """A digest that changes with anything that could change a mark.

    A key that was mended, or a NumPy that was updated, makes old results stale as surely as a
    new test does.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    top = Path(__file__).resolve().parent.parent
    for package in _PACKAGES:
        for path in sorted((top / package).rglob("*.py")):
            digest.update(str(path.relative_to(top)).encode())
            digest.update(path.read_bytes())
    installed = Path(sysconfig.get_path("purelib"))
    for name in sorted(p.name for p in installed.glob("*.dist-info")):
        digest.update(name.encode())
    return digest.hexdigest()[:16]


@cache
def versions() -> dict[str, str]:
    """What a report records about where it came from."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"harness": harness_version(), "python": platform.python_version()}
    for package in ("numpy", "nbgrader"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def distribution_version() -> str:
    """The version of the suite, as it was installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("minigrad-course")
    except PackageNotFoundError:
        return "not installed"
