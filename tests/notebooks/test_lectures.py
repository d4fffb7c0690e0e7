"""Every lecture keeps to the shape of the course, and stores what nbval can compare."""

import re
from pathlib import Path

import lecture_files
import pytest
from lecture_files import FOLDER, LECTURES, ROOT, TAUGHT, code, pictures, prose, read

from graders.authoring import faults, normal
from graders.authoring.normal import is_interactive

LONGEST_CELL = 8
LONGEST_PARAGRAPH = 110  # words; five lines of a column of 900 pixels
LONGEST_READ = 15  # minutes, at 200 words a minute and a quarter of one for a cell of code
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")

every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda p: p.stem)
every_taught = pytest.mark.parametrize("path", TAUGHT, ids=lambda p: p.stem)


def test_there_are_lectures() -> None:
    assert LECTURES[0].name == "00_map.ipynb"
    assert [path.name for path in TAUGHT] == [
        lec["file"] for lec in lecture_files.course()["lectures"]
    ]


@every_lecture
def test_what_is_stored_has_no_fault(path: Path) -> None:
    assert list(faults.cell_faults(read(path))) == []
    assert list(faults.size_faults(path.read_bytes())) == []


@every_lecture
def test_is_stored_in_normal_form(path: Path) -> None:
    notebook = read(path)
    normal.settle(notebook)
    assert normal.to_bytes(notebook) == path.read_bytes()


@every_lecture
def test_every_code_cell_was_executed_in_order(path: Path) -> None:
    counts = [c.execution_count for c in code(read(path)) if not is_interactive(c)]
    assert counts == list(range(1, len(counts) + 1))


@every_lecture
def test_begins_with_a_question_and_what_you_can_do_after(path: Path) -> None:
    first = read(path).cells[0].source
    assert re.match(r"# .+\?$", first.splitlines()[0])
    assert 1 <= len(re.findall(r"^- ", first.split("**After this you can**")[1], re.M)) <= 3


@every_taught
def test_has_the_sections_of_a_lecture(path: Path) -> None:
    found = lecture_files.headings(read(path))
    assert found[-4:] == ["Play", "Spot the mistake", "Check yourself", "On from here"]
    assert 2 <= len(found) - 4 <= 5


@every_taught
def test_has_beats_to_predict_and_to_say(path: Path) -> None:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    predicting = [text for text in cells if "**Predict.**" in text]
    assert len(predicting) >= 2
    for text in predicting:
        assert text.count("**Predict.**") == text.count("<details><summary>") == 1, text
    assert len(re.findall(r"^> \*\*", "\n".join(cells), re.M)) >= 2


@every_lecture
def test_folded_answers_are_closed_and_end_their_cell(path: Path) -> None:
    for cell in read(path).cells:
        if "<details>" in cell.source and cell.cell_type == "markdown":
            assert cell.source.count("<details>") == cell.source.count("</details>") == 1, (
                cell.id
            )
            assert cell.source.endswith("</details>") or "**Predict.**" not in cell.source, (
                cell.id
            )
            # Without the empty line the mathematics inside would not be typeset.
            assert re.search(r"</summary>\n\n.+\n</details>", cell.source, re.S), cell.id


@every_taught
def test_has_play_with_a_task_and_a_still_picture_above(path: Path) -> None:
    cells = read(path).cells
    playing = [i for i, cell in enumerate(cells) if is_interactive(cell)]
    assert playing
    for i in playing:
        above = [c for c in cells[max(0, i - 3) : i] if c.cell_type == "code"]
        assert any("image/png" in o.get("data", {}) for c in above for o in c.outputs)
        assert any("**Task:**" in c.source for c in cells[max(0, i - 4) : i])


@every_taught
def test_has_pictures_described_and_captioned(path: Path) -> None:
    found = pictures(read(path))
    assert len(found) >= 2
    for output in found:
        alt = output.metadata["image/png"]["alt"]
        assert len(alt.split()) >= 6
        assert output.metadata["image/png"]["width"] <= 900
        assert alt in output.data["text/plain"]


@every_taught
def test_has_three_checks(path: Path) -> None:
    notebook = read(path)
    start = next(i for i, c in enumerate(notebook.cells) if c.id == "check-yourself")
    checks = [c for c in notebook.cells[start:] if c.cell_type == "code"]
    assert len(checks) == 3
    for cell in checks:
        assert "..." in cell.source
        assert "check." in cell.source
        assert cell.outputs[0].text.startswith("Not yet")


@every_lecture
def test_imports_stand_in_the_first_code_cell_only(path: Path) -> None:
    importing = [
        c.id for c in code(read(path)) if re.search(r"^\s*(import|from) ", c.source, re.M)
    ]
    assert importing == ["imports"]


@every_lecture
def test_cells_and_paragraphs_are_short(path: Path) -> None:
    notebook = read(path)
    for cell in code(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= LONGEST_CELL, cell.id
    for paragraph in prose(notebook).split("\n\n"):
        if not paragraph.startswith(("|", "-")):
            assert len(paragraph.split()) <= LONGEST_PARAGRAPH, paragraph
    assert len(prose(notebook).split()) / 200 + len(code(notebook)) / 4 <= LONGEST_READ


@every_lecture
def test_the_voice_is_calm(path: Path) -> None:
    text = re.sub(r"\$[^$]*\$|`[^`]*`|\([^)\s]*\)", "", prose(read(path)))
    assert not re.search(r"\b(simply|obviously|magic|just|trivial|clearly)\b", text, re.I)
    assert "!" not in text
    assert not re.search("[\U0001f300-\U0001faff\u2600-\u27bf]", text)


@every_lecture
def test_links_lead_somewhere(path: Path) -> None:
    notebook = read(path)
    outputs = (
        o.get("data", {}).get("text/markdown", "") for c in code(notebook) for o in c.outputs
    )
    for target in LINK.findall(prose(notebook) + "".join(outputs)):
        if target.startswith("https://"):
            continue
        file, _, _ = target.partition("#")
        assert (path.parent / file).resolve().is_relative_to(ROOT), target
        assert (path.parent / file).exists(), target


@every_taught
def test_ends_with_the_exercise_the_source_and_two_references(path: Path) -> None:
    last = read(path).cells[-1].source
    assert "../exercises/" in last
    assert "../../minigrad/" in last
    assert len(re.findall(r"\]\(https://", last)) >= 2


def test_the_map_knows_every_lecture_and_every_file() -> None:
    ideas: set[str] = set()
    for lecture in lecture_files.course()["lectures"]:
        first = read(FOLDER / lecture["file"]).cells[0].source
        assert first.splitlines()[0] == f"# {lecture['question']}"
        assert (FOLDER / lecture["exercise"]).exists()
        for idea, needs in lecture["ideas"].items():
            assert set(needs) <= ideas, f"{idea} needs what comes later"
            ideas.add(idea)
    for file in lecture_files.course()["minigrad"]:
        assert (ROOT / "minigrad" / file).exists(), file


def test_the_table_of_the_handouts_is_whole_and_names_cells_that_exist() -> None:
    """README.md says where every topic of the five handouts lives: `01 cell-id`."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    table = text.split("| handout | topic | cell |")[1].split("\n## ")[0]
    rows = [
        [part.strip() for part in row.split(" | ")] for row in table.splitlines()[2:] if row
    ]
    named = [re.findall(r"`(\d\d) ([a-z0-9-]+)`", row[-1]) for row in rows]
    assert len(rows) >= 57, "a topic of the handouts has gone"
    assert len([row for row in rows if row[0] not in ("|", "")]) == 5
    assert all(named), rows[named.index([])]
    cells = {(p.name[:2], cell.id) for p in LECTURES for cell in read(p).cells}
    assert {cell for found in named for cell in found} <= cells


def test_the_readme_says_what_each_lecture_is_for() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d) \| \[.+?\]\((.+?)\) \| (.+) \|$", text, re.M)
    assert [file for _, file, _ in rows] == [path.name for path in LECTURES]
    assert all(file.startswith(number) for number, file, _ in rows)
    assert all(len(said.split()) >= 8 for _, _, said in rows)
