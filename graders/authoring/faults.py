"""What a stored notebook must not hold, each fault said with the cell and the way to mend it.

The build refuses to store a notebook with such a fault, and the tests look again: strict nbval
compares outputs, but it never compares a picture, and never a cell whose count is missing.
"""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from graders.authoring.normal import is_interactive

LARGEST_BYTES = 300_000
EXPECTED_ERROR = "raises-exception"

# What differs between two machines or two runs, and what to do about it.
_VOLATILE = (
    (re.compile(r"\b0x[0-9a-f]{6,}"), "a memory address: print what the object means instead"),
    (
        re.compile(
            r"(?<![\w.])/(?:home|root|tmp|Users|work|usr|opt|var|mnt)/[\w.]+|[A-Z]:\\Users\\"
        ),
        "a path of this machine: print the file's name, or nothing",
    ),
    (
        re.compile(r"<Figure |<Axes|<matplotlib\.|<PIL\."),
        "the name of a drawing object: end the cell with a picture of figures.py",
    ),
    (
        re.compile(r"\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|seconds|it/s)\b"),
        "a time that was measured: count something instead, times differ in every run",
    ),
)


def cell_faults(notebook: NotebookNode) -> Iterator[str]:
    """The faults of each cell, in order: "cell 4 (best-step-run): ..."."""
    for number, cell in enumerate(notebook.cells, start=1):
        for fault in _faults(cell):
            yield f"cell {number} ({cell.get('id', 'no id')}): {fault}"


def _faults(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type != "code":
        return
    if is_interactive(cell):
        if cell.outputs or cell.execution_count is not None:
            yield "an interactive cell is stored un-run, and this one has outputs or a count"
        return
    if not cell.source.strip():
        yield "an empty code cell: delete it"
    if cell.execution_count is None:
        yield "it was never run, so nbval would not compare what it prints"
    for output in cell.outputs:
        yield from _output_faults(
            output, expects_error=EXPECTED_ERROR in cell.metadata.get("tags", [])
        )


def _output_faults(output: NotebookNode, expects_error: bool) -> Iterator[str]:
    if output.output_type == "error" and not expects_error:
        error = f"{output.ename}: {output.evalue}"
        yield f"it stops with {error} (tag the cell {EXPECTED_ERROR} if it should)"
    if output.output_type == "stream" and output.name == "stderr":
        yield f"it writes on stderr, often a warning: {first_line(output.text)}"
    data = output.get("data", {})
    if "image/png" in data and not output.get("metadata", {}).get("image/png", {}).get("alt"):
        yield "a picture without alternative text: draw it with figures.py, which writes one"
    if "image/png" in data and "[data " not in data.get("text/plain", ""):
        yield "a picture whose data nothing compares: draw it with figures.py, which hashes it"
    for text in (output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")):
        for pattern, remedy in _VOLATILE:
            found = pattern.search(text)
            if found:
                yield f"its output holds {found.group()!r}, {remedy}"


def size_faults(stored: bytes) -> Iterator[str]:
    if len(stored) > LARGEST_BYTES:
        yield (
            f"the file has {len(stored):,} bytes, more than {LARGEST_BYTES:,}: fewer or smaller"
            " pictures, or two lectures"
        )


def first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
