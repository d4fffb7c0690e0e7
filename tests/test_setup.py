"""The way in: the lock, the conda file and the set-up script agree and say what is wrong."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = [Requirement(line) for line in re.findall(r"^(\S+==[^\\\n]+)", LOCK, re.M)]


def asked_for() -> list[Requirement]:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("wanted", asked_for(), ids=lambda r: r.name)
def test_the_lock_pins_what_is_asked_for(wanted):
    name = canonicalize_name(wanted.name)
    versions = [
        next(iter(p.specifier)).version for p in PINS if canonicalize_name(p.name) == name
    ]
    assert versions, f"{wanted.name} is not in requirements.lock: run `make lock`"
    assert all(v in wanted.specifier for v in versions)


def test_every_pin_has_a_hash_and_no_host_is_named():
    entries = re.split(r"^(?=\S+==)", LOCK, flags=re.M)[1:]
    assert len(entries) == len(PINS)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|file:|index-url|find-links", LOCK)


def test_the_slow_package_stays_out():
    assert not [p.name for p in PINS if p.name.startswith("rfc3987")]


def test_conda_takes_everything_from_the_same_lock():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    *plain, pip = conda["dependencies"]
    assert conda["channels"] == ["conda-forge"]
    assert [Requirement(d).name for d in plain] == ["python", "pip"]
    assert pip == {"pip": ["--no-deps", "--require-hashes", "-r requirements.lock"]}
    project = (ROOT / "pyproject.toml").read_text()
    floor = re.search(r'requires-python = ">=([\d.]+)"', project)[1]
    assert floor in Requirement(plain[0]).specifier
    below = f"3.{int(floor.split('.')[1]) - 1}"
    assert below not in Requirement(plain[0]).specifier


def set_up(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path), "HOME": os.environ["HOME"]}
    script = str(ROOT / "graders" / "_setup.sh")
    return subprocess.run(
        ["/bin/sh", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with the few tools that the script calls, and no Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("cat", "cksum", "awk", "rm"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")
    return tools


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def test_no_python_is_one_clear_line(project, bare_path):
    result = set_up(project, bare_path)
    assert result.returncode == 1
    assert "Python 3.11 or newer" in result.stderr
    assert "no python3" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (project / ".venv").exists()


def test_an_old_python_is_named(project, bare_path):
    old = bare_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.18\nexit 1\n')
    old.chmod(0o755)
    result = set_up(project, bare_path)
    assert result.returncode == 1
    assert "Python 3.8.18" in result.stderr


def test_elsewhere_it_says_where_to_go(tmp_path, bare_path):
    result = set_up(tmp_path, bare_path)
    assert result.returncode == 1
    assert "top of the project" in result.stderr
