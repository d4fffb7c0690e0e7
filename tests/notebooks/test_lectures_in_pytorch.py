"""The lectures' promise that a line learned here is a line of PyTorch: run with it in place.

Every lecture is built once more with `import minigrad as mg` giving PyTorch, and must give the
file that is stored, to the byte. Left out are cells tagged `minigrad`, which show what PyTorch
has not: a drawing of the graph, the player, minigrad's own source.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from lecture_files import FOLDER, LECTURES, read

from graders.authoring import build, normal

pytestmark = pytest.mark.slow

OURS_ALONE = "minigrad"
STAND_IN = """
import sys
import types

import torch

drawing = types.ModuleType("minigrad.viz")
drawing.make_dot = drawing.player = None
sys.modules |= {"minigrad": torch, "minigrad.viz": drawing}
"""


def shared_with_pytorch(path: Path) -> bytes:
    """The stored lecture without the cells that only minigrad can run, counted anew."""
    notebook = read(path)
    notebook.cells = [
        cell for cell in notebook.cells if OURS_ALONE not in cell.metadata.get("tags", [])
    ]
    normal.settle(notebook)
    return normal.to_bytes(notebook)


@pytest.mark.skipif(find_spec("torch") is None, reason="compares with PyTorch")
@pytest.mark.parametrize("path", LECTURES, ids=lambda p: p.stem)
def test_pytorch_prints_what_is_stored(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "minigrad"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(STAND_IN, encoding="utf-8")
    # The copy stands elsewhere, and its cells still import figures.py.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package.parent), str(FOLDER)]))
    copy = tmp_path / path.name
    copy.write_bytes(shared_with_pytorch(path))
    built = build.build(copy)
    assert built == copy.read_bytes(), build.difference(copy, built)
