"""JupyterLab reads a notebook with the running Python's version, and stores it without."""

import asyncio
import json
import platform

import nbformat
import pytest

from graders.contents import CourseContents

LANGUAGE = {"name": "python", "file_extension": ".py"}


@pytest.fixture
def contents(tmp_path):
    (tmp_path / "note.txt").write_text("a file", encoding="utf-8")
    cells = [nbformat.v4.new_markdown_cell("some text", id="text")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": LANGUAGE})
    nbformat.write(notebook, tmp_path / "lecture.ipynb")
    return CourseContents(root_dir=str(tmp_path))


def stored(contents):
    with open(f"{contents.root_dir}/lecture.ipynb", encoding="utf-8") as file:
        return json.load(file)["metadata"]["language_info"]


def test_opened_with_the_version_and_saved_without(contents):
    model = asyncio.run(contents.get("lecture.ipynb"))
    assert model["content"]["metadata"]["language_info"]["version"] == platform.python_version()
    asyncio.run(
        contents.save({"type": "notebook", "content": model["content"]}, "lecture.ipynb")
    )
    assert stored(contents) == LANGUAGE


def test_what_has_no_language_is_left_alone(contents):
    assert asyncio.run(contents.get("note.txt"))["content"] == "a file"
    assert asyncio.run(contents.get("lecture.ipynb", content=False))["content"] is None
    assert {m["name"] for m in asyncio.run(contents.get(""))["content"]} == {
        "note.txt",
        "lecture.ipynb",
    }
    empty = nbformat.v4.new_notebook()
    asyncio.run(contents.save({"type": "notebook", "content": empty}, "lecture.ipynb"))
    model = asyncio.run(contents.get("lecture.ipynb"))
    assert "language_info" not in model["content"]["metadata"]
