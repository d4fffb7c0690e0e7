"""Which harness decided a mark: its own code, the keys, minigrad, Python and every package."""

from __future__ import annotations

import hashlib
import platform
import sysconfig
from functools import cache
from pathlib import Path

_PACKAGES = ("graders", "minigrad")
_KEYS = Path(__file__).resolve().parent / "keys"


@cache
def ingredients() -> dict[str, str]:
    """Everything that could change a mark, with its version.

    A key that was mended, or a NumPy that was updated, makes old results stale as surely as a
    new test does.
    """
    top = Path(__file__).resolve().parent.parent
    code, keys = hashlib.sha256(), hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((top / package).rglob("*.py")):
            digest = keys if _KEYS in path.parents else code
            digest.update(str(path.relative_to(top)).encode())
            digest.update(path.read_bytes())
    installed = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    packages = sorted(path.name.removesuffix(".dist-info") for path in installed)
    return {
        "Python": platform.python_version(),
        " and ".join(_PACKAGES): code.hexdigest()[:16],
        "keys": keys.hexdigest()[:16],
        **dict(name.split("-", 1) for name in packages),
    }


@cache
def harness_version() -> str:
    """A digest of the ingredients: another one, and every result is stale."""
    return hashlib.sha256(repr(ingredients()).encode()).hexdigest()[:16]


@cache
def rest_version() -> str:
    """A digest of the ingredients but the keys, which the tests that name them depend on."""
    rest = {name: value for name, value in ingredients().items() if name != "keys"}
    return hashlib.sha256(repr(rest).encode()).hexdigest()[:16]


@cache
def versions() -> dict[str, str]:
    """What a report records about where it came from."""
    from importlib.metadata import PackageNotFoundError, version

    made_of = ingredients()
    found = {
        "harness": harness_version(),
        "python": platform.python_version(),
        "code": made_of[" and ".join(_PACKAGES)],
        "keys": made_of["keys"],
    }
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
