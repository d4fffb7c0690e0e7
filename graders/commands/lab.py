"""Open JupyterLab at the map of the course.

Without news, update checks and instructor's questions over the first page, and with the
course's notebooks trusted, so that their stored figures are seen. More options are passed on to
JupyterLab ('graders lab --no-browser --port 9999').
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from graders.calm import write_settings
from graders.problems import UserProblem

_TOP = Path(__file__).resolve().parent.parent.parent
PASSES_OPTIONS_ON = True
MAP = Path("notebooks/lectures/00_map.ipynb")


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(options: argparse.Namespace) -> int:
    if not (_TOP / MAP).is_file():
        raise UserProblem(f"{_TOP / MAP} is not there; run this from a checkout of the course.")
    settings = _TOP / "build" / "jupyter"
    write_settings(settings)
    _trust(sorted((_TOP / "notebooks").rglob("*.ipynb")))
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            filter(None, [str(settings), os.environ.get("JUPYTER_CONFIG_PATH")])
        )
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab"),
        # Naming the file instead would make its folder the root, and the exercises unreachable.
        f"--ServerApp.root_dir={_TOP}",
        f"--LabApp.default_url=/lab/tree/{MAP}",
        *_as_root(options.more),
    ]
    try:
        return subprocess.run(command, cwd=_TOP, env=environment, check=False).returncode
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
