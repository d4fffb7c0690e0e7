"""Every command that a page of the documentation shows does what the page says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import PAGES, ROOT, commands

pytestmark = pytest.mark.slow

NOT_COPIED = (".venv", ".git", "build", "__pycache__", ".*_cache", ".hypothesis", "tests")
LONGEST = 1800  # seconds; only a command that hangs takes that long


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the project, set up with the packages that are here already."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for program in Path(sys.prefix, "bin").iterdir():
        (programs / program.name).symlink_to(program)
    # Through a link Python would take the copy for its home, and the sandbox find half of it.
    (programs / "python").unlink()
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)
    key = '{ cat requirements.lock pyproject.toml; printf "%s\\n" "$(pwd)"; } | cksum'
    subprocess.run(["sh", "-c", f"{key} > .venv/.ready"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: page.stem
)
def test_every_command_of_the_page_does_what_it_says(page: Path, project: Path) -> None:
    where, told = project, project.parent / "where"
    environment = {
        **os.environ,
        "PATH": f"{project / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project),  # the copy, and not the project that is installed
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    for command in commands(page):
        done = subprocess.run(
            ["bash", "-c", f"{command.text}\ncode=$?; pwd > '{told}'; exit $code"],
            cwd=where,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
        )
        said = f"{page.name}, line {command.line}: $ {command.text}\n{done.stdout}"
        assert done.returncode == command.code, said
        assert not command.differs(done.stdout), said
        where = Path(told.read_text().rstrip("\n"))
