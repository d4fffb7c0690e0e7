"""The build: the same bytes twice, and a notebook that cannot be built is left as it was."""

import base64
import json
import struct
import zlib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from graders.authoring import build, faults, normal

INTERACTIVE = {"tags": ["interactive"]}


def write(path: Path, *cells: nbformat.NotebookNode) -> Path:
    path.write_text(nbformat.writes(new_notebook(cells=list(cells))), encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[int, str]:
    said: list[str] = []
    code = build.main([str(a) for a in arguments], say=said.append)
    return code, "\n".join(said)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with one of everything that a lecture holds, built once."""
    path = write(
        tmp_path_factory.mktemp("built") / "a lecture.ipynb",
        new_markdown_cell("# Does it *work*?\n\ntext"),
        new_code_cell("import sys\nprint('one')\nsys.stdout.flush()\nprint('two')"),
        new_code_cell("from ipywidgets import IntSlider\nIntSlider()", metadata=INTERACTIVE),
        new_markdown_cell("## The first idea"),
        new_code_cell("6 * 7", metadata={"collapsed": True, "tags": []}),
        new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
    )
    assert run(path) == (0, f"{path}: written")
    return path


def test_building_again_changes_no_byte_and_does_not_touch_the_file(built: Path) -> None:
    before, when = built.read_bytes(), built.stat().st_mtime_ns
    assert run(built) == (0, f"{built}: unchanged")
    assert (built.read_bytes(), built.stat().st_mtime_ns) == (before, when)


def test_counts_run_from_one_over_the_cells_that_are_compared(built: Path) -> None:
    cells = [c for c in build.read(built).cells if c.cell_type == "code"]
    assert [c.execution_count for c in cells] == [1, None, 2, 3]
    assert cells[2].outputs[0].execution_count == 2


def test_an_interactive_cell_is_stored_without_outputs(built: Path) -> None:
    notebook = build.read(built)
    assert notebook.cells[2].outputs == []
    assert "widgets" not in notebook.metadata


def test_ids_are_words_of_the_section(built: Path) -> None:
    assert [cell.id for cell in build.read(built).cells] == [
        "does-it-work",
        "does-it-work-run",
        "does-it-work-run-2",
        "the-first-idea",
        "the-first-idea-run",
        "the-first-idea-run-2",
    ]


def test_metadata_is_what_an_author_means(built: Path) -> None:
    notebook = build.read(built)
    assert notebook.metadata.title == "Does it work?"
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "title"}
    assert notebook.cells[4].metadata == {}


def test_printed_pieces_become_one_output(built: Path) -> None:
    (stream,) = build.read(built).cells[1].outputs
    assert stream.text == "one\ntwo\n"


def test_check_names_the_cell_that_differs_and_stores_nothing(
    built: Path, tmp_path: Path
) -> None:
    stale = tmp_path / "stale.ipynb"
    notebook = build.read(built)
    notebook.cells[4].outputs[0].data["text/plain"] = "41"
    stale.write_bytes(normal.to_bytes(notebook))
    before = stale.read_bytes()
    code, said = run("--check", stale)
    assert code == 1
    assert "cell 5 (the-first-idea-run): stored outputs is not what a build gives" in said
    assert stale.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "x = 1\ny = x / 0",
            "cell 1 (start-run), line 2 `y = x / 0`: ZeroDivisionError: division",
        ),
        ("import warnings\nwarnings.warn('old')", "it writes on stderr"),
        ("import os\nos._exit(1)", "the kernel died in cell 1 (start-run)"),
    ],
)
def test_what_must_not_be_stored_leaves_the_file_alone(
    source: str, reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "n.ipynb", new_code_cell(source))
    before = path.read_bytes()
    code, said = run(path)
    assert code == 1
    assert "the file is as it was" in said
    assert reason in said
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["n.ipynb"]


def test_an_endless_cell_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", new_code_cell("while True:\n    pass"))
    code, said = run("--cell-timeout", 1, path)
    assert code == 1
    assert "cell 1 (start-run) ran for 1 s and was stopped" in said


def test_an_error_inside_a_widget_is_an_error(tmp_path: Path) -> None:
    source = "from ipywidgets import interactive\ninteractive(lambda x: 1 / x, x=(0, 0))"
    path = write(tmp_path / "n.ipynb", new_code_cell(source, metadata=INTERACTIVE))
    code, said = run(path)
    assert code == 1
    assert "an interactive cell shows an error: ZeroDivisionError" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b'{"cells": [', "it is not a notebook"),
        (b"[]", "it is not a notebook"),
        (b'{"nbformat": 4}', "it is not a notebook"),
        (b"\xff\xfe\x00", "it cannot be read"),
    ],
)
def test_a_file_that_is_no_notebook_is_said_so(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(content)
    code, said = run(path)
    assert code == 1
    assert reason in said
    assert path.read_bytes() == content


def test_a_missing_file_and_an_empty_folder_are_said_so(tmp_path: Path) -> None:
    assert "there is no such file" in run(tmp_path / "none.ipynb")[1]
    assert run(tmp_path) == (1, f"there is no notebook in {tmp_path}")


def test_a_folder_stands_for_its_notebooks_but_not_for_checkpoints(tmp_path: Path) -> None:
    (tmp_path / ".ipynb_checkpoints").mkdir()
    for name in ("b.ipynb", "a.ipynb", ".ipynb_checkpoints/a.ipynb"):
        write(tmp_path / name)
    found = build.notebooks_under([tmp_path, tmp_path / "a.ipynb"])
    assert [p.name for p in found] == ["a.ipynb", "b.ipynb"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a1b2c3d4", "why-run"),
        ("5e1b8f2a-0c3d-4e5f-8a9b-0123456789ab", "why-run"),
        ("VSC-12ab", "why-run"),
        ("best-step", "best-step"),
        ("decade", "decade"),
    ],
)
def test_a_readable_id_is_kept_and_another_replaced(old: str, new: str) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("## Why?"), new_code_cell("1", id=old)])
    normal.name_cells(notebook)
    assert notebook.cells[1].id == new


def test_ids_stay_unique_when_a_cell_is_copied() -> None:
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell("2")])
    for cell in notebook.cells:
        cell.id = "same"
    normal.name_cells(notebook)
    assert [cell.id for cell in notebook.cells] == ["same", "start-run"]


def chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def test_a_png_loses_the_name_of_its_maker() -> None:
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"size")
    png = start + chunk(b"tEXt", b"Software\0drawn by 3.1") + chunk(b"IEND", b"")
    data = {"image/png": base64.b64encode(png).decode()}
    cell = new_code_cell("f", outputs=[new_output("display_data", data=data)])
    notebook = new_notebook(cells=[cell])
    normal.settle(notebook)
    stored = base64.b64decode(notebook.cells[0].outputs[0].data["image/png"])
    assert stored == start + chunk(b"IEND", b"")


def test_a_picture_needs_words_and_a_hash() -> None:
    bare = new_output("display_data", data={"image/png": "", "text/plain": "<Figure size 6x4>"})
    cell = new_code_cell("plot()", execution_count=1, outputs=[bare])
    said = "\n".join(faults.cell_faults(new_notebook(cells=[cell])))
    assert "without alternative text" in said
    assert "whose data nothing compares" in said
    assert "the name of a drawing object" in said


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<object object at 0x7f3a1c2b4d50>", "a memory address"),
        ("read from /home/ada/course/data.csv", "a path of this machine"),
        ("C:\\Users\\ada", "a path of this machine"),
        ("done in 3.2 ms", "a time that was measured"),
        ("0.4000 and 1/x and 12 steps at 10^-3", None),
    ],
)
def test_what_another_machine_would_print_differently_is_a_fault(
    text: str, fault: str | None
) -> None:
    printed = new_output("stream", name="stdout", text=text)
    cell = new_code_cell("show()", execution_count=1, outputs=[printed])
    said = list(faults.cell_faults(new_notebook(cells=[cell])))
    assert len(said) == (fault is not None)
    assert fault is None or fault in said[0]


def test_a_cell_that_never_ran_is_a_fault() -> None:
    (said,) = faults.cell_faults(new_notebook(cells=[new_code_cell("1", id="one")]))
    assert said == "cell 1 (one): it was never run, so nbval would not compare what it prints"


def test_the_layout_is_that_of_jupyterlab(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", new_markdown_cell("é"))
    notebook = build.read(path)
    normal.strip(notebook)
    text = normal.to_bytes(notebook).decode()
    assert (
        text
        == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    )
