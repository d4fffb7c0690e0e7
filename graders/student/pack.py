"""The file to hand in, and what is missing from it before it is too late."""

from __future__ import annotations

import ast
import re
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.student.exercise import Exercise, ExerciseProblem, number, read, released

LARGE = 20 * 2**20  # bytes; many systems take no more
_LEFT_OUT = ("__pycache__", "__MACOSX")
_MAGIC = re.compile(r"^\s*[%!?]", re.MULTILINE)
_USAGE = """\
usage: {program} EXERCISE

EXERCISE is the name of a folder in exercises/, such as ps1_derivatives, or a notebook. Without
one, it says how far each exercise is. Save your notebook first (Ctrl+S, or Cmd+S on a Mac).
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """The file that was made, and what to look at before it is handed in."""

    file: Path
    summary: tuple[str, ...]
    worries: tuple[str, ...]


def pack(folder: Path, to: Path) -> Packed:
    """Put the exercise in `folder` into one ZIP file in the folder `to`.

    It is made whatever is missing, for something is better handed in than nothing.

    Raises:
        ExerciseProblem: there is no notebook in it that can be read.
    """
    notebooks = _notebooks(folder)
    if not notebooks:
        raise ExerciseProblem(f"There is no notebook in {folder}.")
    summary, worries = [], []
    for path in notebooks:
        exercise = read(path)
        if not exercise.questions and len(notebooks) > 1:
            continue  # a notebook of their own beside it
        summary.append(standing(exercise))
        worries += problems(exercise, folder.name)
    to.mkdir(parents=True, exist_ok=True)
    archive = to / f"{folder.name}.zip"
    fresh = archive.with_name(f".{archive.name}.new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as made:
        for path in _files(folder):
            if path == archive.resolve():
                continue  # of the last time
            made.write(path, path.relative_to(folder).as_posix())
    fresh.replace(archive)
    size = archive.stat().st_size
    if size > LARGE:
        worries.append(
            f"{archive.name} is {size / 2**20:.0f} MB large, more than many systems take. In "
            "JupyterLab, Edit > Clear Outputs of All Cells makes it small; then save."
        )
    return Packed(archive, tuple(summary), tuple(worries))


def standing(exercise: Exercise) -> str:
    """One line: how much is answered, and when the file was saved."""
    asked_for = exercise.questions
    answered = [asked for asked in asked_for if asked.answered]
    possible = sum(asked.points for asked in asked_for)
    reached = sum(asked.points for asked in answered)
    saved = time.strftime("%d %B, %H:%M", time.localtime(exercise.path.stat().st_mtime))
    return (
        f"{exercise.path.name}: {len(answered)} of {len(asked_for)} questions answered, "
        f"worth {number(reached)} of {number(possible)} points; saved {saved}"
    )


def problems(exercise: Exercise, assignment: str) -> list[str]:
    """What to look at before handing in, in sentences."""
    name = exercise.path.stem
    there = Counter(asked.id for asked in exercise.questions)
    found = []
    for identifier, title in released(assignment, name) or ():
        if identifier not in there:
            found.append(
                f"The test of '{title}' is gone. It will be put back, but if its answer went "
                "with it there is nothing to mark: take it from a fresh copy."
            )
    found += [f"'{asked.title}' is not answered." for asked in exercise.questions
              if not asked.answered]  # fmt: skip
    twice = [asked.title for asked in exercise.questions if there[asked.id] > 1]
    found += [f"'{title}' is there twice; keep one." for title in dict.fromkeys(twice)]
    code = [cell for cell in exercise.cells if cell.get("cell_type") == "code"]
    return found + _code_problems(code)


def _code_problems(code: Sequence) -> list[str]:
    found = []
    for at, cell in enumerate(code, 1):
        if _MAGIC.search(cell["source"]):
            continue
        try:
            ast.parse(cell["source"])
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            where = f"line {line} of " if line else ""
            found.append(f"{where}code cell {at} is not Python yet: {error.args[0]}.")
    counts = [cell.get("execution_count") for cell in code if cell["source"].strip()]
    run = [count for count in counts if isinstance(count, int)]
    if not run:
        found.append("No cell was run since the notebook was saved: run all of it once.")
    elif run != sorted(run) or len(run) < len(counts):
        found.append(
            "The cells were not all run, or not from top to bottom, as grading runs them: "
            "Kernel > Restart Kernel and Run All Cells, look, and save."
        )
    return [problem[0].upper() + problem[1:] for problem in found]


def _notebooks(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(
            part.startswith(".") or part in _LEFT_OUT for part in path.relative_to(folder).parts
        )
    )


def find(name: str, exercises: Path) -> Path:
    """The folder that somebody means by a name or a path.

    Raises:
        ExerciseProblem: there is none; the text names those that there are.
    """
    given = Path(name)
    for path in (given, exercises / name):
        if path.is_dir():
            return path.resolve()
        if path.is_file() and path.suffix == ".ipynb":
            return path.resolve().parent
    starting = [path for path in _exercises(exercises) if path.name.startswith(name)]
    if len(starting) == 1:
        return starting[0]
    there = ", ".join(path.name for path in _exercises(exercises)) or "none"
    raise ExerciseProblem(f"There is no exercise {name!r}. There are: {there}.")


def _exercises(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and _notebooks(path))


def main(arguments: Sequence[str], top: Path, *, program: str = "python pack.py") -> int:
    """The command: 0 all is well, 1 something wants a look, 2 nothing was made."""
    exercises = top / "exercises"
    if any(argument.startswith("-") for argument in arguments) or len(arguments) > 1:
        print(_USAGE.format(program=program), end="")
        return 0 if {"-h", "--help"} & set(arguments) else 2
    try:
        if not arguments:
            for folder in _exercises(exercises):
                for path in _notebooks(folder):
                    print(standing(read(path)))
            print(f"\n{program} EXERCISE makes the file to hand in.")
            return 0
        packed = pack(find(arguments[0], exercises), top / "to_hand_in")
    except ExerciseProblem as problem:
        print(problem)
        return 2
    print(*packed.summary, sep="\n")
    if packed.worries:
        print("\nBefore you hand it in:")
        print(*(f"  - {worry}" for worry in packed.worries), sep="\n")
    print(f"\nHand in this file: {packed.file}")
    return 1 if packed.worries else 0
