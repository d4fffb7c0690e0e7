"""Run notebooks from top to bottom and store their outputs in normal form.

    python -m graders.authoring.build PATHS            run and store
    python -m graders.authoring.build --check PATHS    run and compare, store nothing

The `.ipynb` is the one source: write in JupyterLab, then build. Building twice changes no byte.
A notebook that stops with an error, warns, or prints what differs on another machine is left as
it was, and the cell and the reason are said.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from graders.authoring import faults, normal

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FAILING_LINE = re.compile(r"^-+> *(\d+) (.*)$", re.MULTILINE)


class BuildError(Exception):
    """A notebook could not be built; the message says where and why in plain words."""


def build(path: Path, seconds_per_cell: float = 60) -> bytes:
    """The bytes that the notebook at `path` should have: executed, in normal form.

    Raises BuildError when a cell fails or prints what must not be stored.
    """
    notebook = read(path)
    normal.strip(notebook)
    _execute(notebook, path.parent, seconds_per_cell)
    errors = normal.widget_errors(notebook)
    if errors:
        raise BuildError(f"an interactive cell shows an error: {errors[0]}")
    normal.settle(notebook)
    stored = normal.to_bytes(notebook)
    found = [*faults.cell_faults(notebook), *faults.size_faults(stored)]
    if found:
        raise BuildError("\n  ".join(found))
    return stored


def read(path: Path) -> NotebookNode:
    """The notebook at `path` in the present format. Raises BuildError when it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BuildError("there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"it cannot be read: {error}") from None
    if not text.strip():
        raise BuildError("the file is empty; a new notebook is made in JupyterLab")
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        reason = faults.first_line(str(error)) or type(error).__name__
        raise BuildError(f"it is not a notebook: {reason}") from None
    return notebook


def _execute(notebook: NotebookNode, folder: Path, seconds_per_cell: float) -> None:
    with tempfile.TemporaryDirectory() as profile:
        # An author's own start-up files must not change what readers see.
        environment = {**os.environ, "IPYTHONDIR": profile}
        for library in ("OPENBLAS", "OMP"):
            environment.setdefault(f"{library}_NUM_THREADS", "1")
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=seconds_per_cell,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        client.extra_arguments = ["--IPKernelApp.log_level=40"]
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise BuildError(_where_it_failed(notebook, error)) from None
        except CellTimeoutError:
            raise BuildError(
                f"{_last_started(notebook)} ran for {seconds_per_cell:g} s and was stopped"
            ) from None
        except DeadKernelError:
            raise BuildError(f"the kernel died in {_last_started(notebook)}") from None


def _where_it_failed(notebook: NotebookNode, error: CellExecutionError) -> str:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                trace = _ANSI.sub("", "\n".join(output.traceback))
                line = _FAILING_LINE.search(trace)
                place = f", line {line.group(1)} `{line.group(2).strip()}`" if line else ""
                return f"cell {number} ({cell.id}){place}: {output.ename}: {output.evalue}"
    return f"{error.ename}: {error.evalue}"


def _last_started(notebook: NotebookNode) -> str:
    code = [(n, c) for n, c in enumerate(notebook.cells, start=1) if c.cell_type == "code"]
    started = [(n, c) for n, c in code if c.execution_count is not None]
    number, cell = started[-1] if started else code[0]
    return f"cell {number} ({cell.id})"


def notebooks_under(paths: Sequence[Path]) -> list[Path]:
    """The notebooks named, and those in the folders named, in order and once each."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found.update((p, None) for p in inside if ".ipynb_checkpoints" not in p.parts)
    return list(found)


def store(path: Path, content: bytes) -> bool:
    """Write `content`, all or nothing, unless the file holds it. True when written."""
    if path.read_bytes() == content:
        return False
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".build-", delete=False) as beside:
        beside.write(content)
    os.chmod(beside.name, path.stat().st_mode)
    os.replace(beside.name, path)
    return True


def difference(path: Path, content: bytes) -> str | None:
    """Where the stored notebook differs from `content`, in words; None when it does not."""
    if path.read_bytes() == content:
        return None
    stored, built = read(path), nbformat.reads(content.decode(), as_version=4)
    pairs = zip(stored.cells, built.cells, strict=False)
    for number, (old, new) in enumerate(pairs, start=1):
        for part in ("id", "source", "metadata", "execution_count", "outputs"):
            if old.get(part) != new.get(part):
                return f"cell {number} ({new.id}): stored {part} is not what a build gives"
    return "its metadata or layout is not what a build gives"


def _build_one(path: Path, check: bool, seconds_per_cell: float) -> tuple[bool, str]:
    try:
        content = build(path, seconds_per_cell)
        if check:
            differs = difference(path, content)
            return differs is None, f"{path}: {differs or 'as a build gives it'}"
        return True, f"{path}: {'written' if store(path, content) else 'unchanged'}"
    except BuildError as error:
        return False, f"{path}: NOT BUILT, the file is as it was\n  {error}"


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Build the notebooks named on the command line; 0 when all are well, 1 when one is not."""
    parser = argparse.ArgumentParser(
        prog="python -m graders.authoring.build",
        description="Run notebooks and store their outputs; doing it twice changes no byte.",
    )
    parser.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    parser.add_argument(
        "--check",
        action="store_true",
        help="say whether the stored files are what a build gives",
    )
    parser.add_argument("--jobs", type=int, default=2, help="notebooks at a time (default 2)")
    parser.add_argument("--cell-timeout", type=float, default=60, metavar="SECONDS")
    options = parser.parse_args(arguments)
    paths = notebooks_under(options.paths)
    if not paths:
        say("there is no notebook in " + ", ".join(map(str, options.paths)))
        return 1
    well = True
    with ThreadPoolExecutor(max(1, options.jobs)) as pool:
        jobs = [pool.submit(_build_one, p, options.check, options.cell_timeout) for p in paths]
        for job in jobs:
            fine, message = job.result()
            well = well and fine
            say(message)
    if not well and options.check:
        say("run the same command without --check to store what a build gives")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
