"""The interactive cells: each control is moved through its whole range and something changes.

nbval runs these cells but compares nothing, and nobody moves a slider there. Here a lecture's
cells run in one namespace and every control visits its values.
"""

from pathlib import Path

import figures
import pytest
from lecture_files import FOLDER, LECTURES, code, read

from graders.authoring.normal import is_interactive

PLACES = 7  # how many values of a slider are visited


def played(path: Path, monkeypatch: pytest.MonkeyPatch) -> list:
    """Run the lecture's code cells in order; what `explore` gave back in each of them."""
    boxes: list = []
    explore = figures.explore

    def recorded(*arguments, **controls):
        boxes.append(explore(*arguments, **controls))
        return boxes[-1]

    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr(figures, "explore", recorded)
    namespace: dict = {"__name__": "__main__"}
    for cell in code(read(path)):
        exec(compile(cell.source, f"{path.name}, {cell.id}", "exec"), namespace)
    return boxes


def values(control) -> list:
    if hasattr(control, "options"):
        return list(control.options)
    steps = (control.max - control.min) / (PLACES - 1)
    exponents = [control.min + i * steps for i in range(PLACES)]
    base = getattr(control, "base", None)
    return [base**e for e in exponents] if base else exponents


@pytest.mark.parametrize("path", LECTURES, ids=lambda p: p.stem)
def test_every_control_moves_its_picture(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interactive = [cell for cell in code(read(path)) if is_interactive(cell)]
    boxes = played(path, monkeypatch)
    assert len(boxes) == len(interactive) >= 1
    for box in boxes:
        *controls, screen, words = box.children
        for control in controls:
            seen, said = set(), set()
            for value in values(control):
                control.value = value
                seen.add(screen.value)
                said.add(words.value)
            assert len(seen) >= 3, f"{control.description} hardly changes the picture"
            assert len(said) >= 3, f"{control.description} hardly changes the words"
            assert not any(sentence.startswith("<b>") for sentence in said)
    assert capsys.readouterr().err == ""
