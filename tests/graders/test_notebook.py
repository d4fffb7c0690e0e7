"""Reading files that strangers hand in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_notebooks import notebook, source, text

from graders.notebook import read_notebook

CELL = {"cell_type": "code", "metadata": {}, "source": "x = 1"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n", "blank or NUL"),
        (b"\0" * 4096, "blank or NUL"),
        (source()[:-40], "breaks off"),
        (source()[:300], "breaks off"),
        (b"PK\x03\x04abc", "ZIP archive"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><p>", "web page"),
        (b"import numpy as np", "JSON text that begins with '{'"),
        (b'{"cells": oops}', "not valid JSON at line 1"),
        (b'{"cells": [\n<<<<<<< HEAD\n]}', "unfinished merge"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "number too long"),
        (b"[]", "not an object"),
        (b"{}", "has no cells"),
        (b'{"nbformat": 4, "cells": 3}', "no list of cells"),
        (json.dumps({"cells": [CELL] * 10_001}).encode(), "10,001 cells"),
    ],
)
def test_a_file_that_is_no_notebook_gets_a_sentence(data, words):
    reading = read_notebook(data)
    assert reading.notebook is None
    assert words in reading.problem
    assert reading.problem.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_of_json_is_read(encoding):
    data = notebook(text("Ableitung f\u00fcr \u03c0")).decode().encode(encoding)
    assert read_notebook(data).notebook["cells"][0]["source"] == "Ableitung f\u00fcr \u03c0"


def test_old_formats_are_upgraded():
    old = {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": ["Slopes"]},
                    {"cell_type": "code", "input": ["x = 1\n", "x"], "outputs": []},
                ]
            }
        ],
    }
    reading = read_notebook(json.dumps(old).encode())
    cells = reading.notebook["cells"]
    assert [(c["cell_type"], c["source"]) for c in cells] == [
        ("markdown", "## Slopes"),
        ("code", "x = 1\nx"),
    ]
    assert "upgraded" in reading.notes[0]


def test_nul_and_half_characters_are_mended_and_said():
    reading = read_notebook(json.dumps({"cells": [CELL | {"source": "a\0b\ud800"}]}).encode())
    assert reading.notebook["cells"][0]["source"] == "ab\ufffd"
    assert any("mended" in note for note in reading.notes)


def test_wrong_types_everywhere_still_give_cells():
    cells = [None, 3, {}, {"cell_type": ["code"]}, {"cell_type": "code", "source": [1]}, CELL]
    reading = read_notebook(
        json.dumps({"cells": cells, "metadata": [], "nbformat": {}}).encode()
    )
    assert reading.notebook["cells"][-1]["source"] == "x = 1"
    assert reading.notebook["metadata"] == {}
    assert len(reading.notebook["cells"]) == 4


def test_ids_come_out_valid_and_different():
    twice = [CELL | {"id": "a"}, CELL | {"id": "a"}, CELL | {"id": "../x"}, CELL | {"id": 7}]
    identifiers = [c["id"] for c in read_notebook(notebook(*twice)).notebook["cells"]]
    assert identifiers[0] == "a"
    assert len(set(identifiers)) == 4


def test_only_pictures_stay_attached():
    pasted = {"a.png": {"image/png": "AAAA"}, "b.svg": {"image/svg+xml": "<svg/>"}, "c": 1}
    cell = read_notebook(notebook(text("![](attachment:a.png)", attachments=pasted)))
    assert cell.notebook["cells"][0]["attachments"] == {"a.png": {"image/png": "AAAA"}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["cells", "cell_type", "source", "metadata", "nbformat", "worksheets", "input",
             "level", "id", "attachments", "nbgrader", "grade_id"]
        ),
        inner | st.sampled_from(["code", "markdown", "heading", 4]),
    ),
    max_leaves=30,
)  # fmt: skip


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_no_document_raises(document):
    reading = read_notebook(json.dumps(document).encode())
    assert (reading.notebook is None) == (reading.problem is not None)


@given(st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(data):
    read_notebook(data)
    read_notebook(source()[: len(data) * 7] + data)
