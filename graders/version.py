"""Which harness decided a mark: its own code, the keys, minigrad, Python and every package."""

from __future__ import annotations

import hashlib
import platform
import sysconfig
from functools import cache
from pathlib import Path

_PACKAGES = ("graders", "minigrad")


@cache
def ingredients() -> dict[str, str]:
    """Everything that could change a mark, with its version.

    A key that was mended, or a NumPy that was updated, makes old results stale as surely as a
    new test does.
    """
    code = hashlib.sha256()
    top = Path(__file__).resolve().parent.parent
    for package in _PACKAGES:
        for path in sorted((top / package).rglob("*.py")):
            code.update(str(path.relative_to(top)).encode())
            code.update(path.read_bytes())
    installed = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    packages = sorted(path.name.removesuffix(".dist-info") for path in installed)
    return {
        "Python": platform.python_version(),
        " and ".join(_PACKAGES): code.hexdigest()[:16],
        **dict(name.split("-", 1) for name in packages),
    }


@cache
def harness_version() -> str:
    """A digest of the ingredients: another one, and every result is stale."""
    return hashlib.sha256(repr(ingredients()).encode()).hexdigest()[:16]


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
