"""Open JupyterLab over the course, at its map if it has one.

The course is that of this folder, or this checkout's where there is none. Without news, update
checks and questions over the first page, and with the course's notebooks trusted, so that their
stored figures are seen. More options are passed on to JupyterLab ('graders lab --no-browser
--port 9999').
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from graders.calm import write_settings
from graders.commands import options as shared

_TOP = Path(__file__).resolve().parent.parent.parent
PASSES_OPTIONS_ON = True
MAPS = ("notebooks/lectures/00_map.ipynb", "lectures/00_map.ipynb")


def arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_course(parser)


def run(options: argparse.Namespace) -> int:
    from graders.course import Course, CourseProblem

    try:
        top = Course(options.course).root
    except CourseProblem:
        if options.course != Path() or not (_TOP / MAPS[0]).is_file():
            raise
        top = _TOP
    first = next((place for place in MAPS if (top / place).is_file()), "source")
    settings = top / "build" / "jupyter"
    write_settings(settings)
    folders = ("notebooks", "lectures", "source")
    _trust(sorted(path for name in folders for path in (top / name).rglob("*.ipynb")))
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            filter(None, [str(settings), os.environ.get("JUPYTER_CONFIG_PATH")])
        )
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab"),
        # Naming the file instead would make its folder the root, and the exercises unreachable.
        f"--ServerApp.root_dir={top}",
        f"--LabApp.default_url=/lab/tree/{first}",
        *_as_root(options.more),
    ]
    try:
        return subprocess.run(command, cwd=top, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


def _as_root(more: list[str]) -> list[str]:
    """Jupyter refuses to run as root, as in most containers, unless it is told that it may."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in more:
        return ["--allow-root", *more]
    return more


def _trust(paths: list[Path]) -> None:
    from graders import light  # noqa: F401 (before nbformat)

    # isort: split
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        if not notary.check_signature(notebook):
            notary.sign(notebook)
