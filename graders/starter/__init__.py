"""A new course folder: this course to change, or an empty one with one example in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from graders.collecting.archives import good_name
from graders.problems import UserProblem

_TOP = Path(__file__).resolve().parent.parent.parent
_STARTER = resources.files(__name__)
ROSTER = "id,first_name,last_name,email,lms_user_id\n"


def start_course(folder: Path, *, empty: bool) -> list[str]:
    """Make the course `folder`; the assignments that are in it.

    Raises:
        UserProblem: there is something in the folder already, or its name cannot be a course's.
    """
    name = folder.resolve().name
    if not good_name(name) or " " in name:
        raise UserProblem(
            f"{name!r} becomes the course's id and must be one word; underscores join several."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserProblem(f"{folder} is there already and is not empty; choose another name.")
    folder.mkdir(parents=True, exist_ok=True)
    text = _STARTER.joinpath("nbgrader_config.txt").read_text(encoding="utf-8")
    _write(folder / "nbgrader_config.py", text.replace("COURSE", name))
    readme = _STARTER.joinpath("README.txt").read_text(encoding="utf-8")
    _write(folder / "README.md", readme.replace("COURSE", name))
    _write(
        folder / ".gitignore", _STARTER.joinpath("gitignore.txt").read_text(encoding="utf-8")
    )
    _write(folder / "roster.csv", ROSTER)
    if empty:
        example = _STARTER.joinpath("hello.ipynb").read_text(encoding="utf-8")
        _write(folder / "source" / "hello" / "hello.ipynb", example)
    else:
        for path, place in _this_course():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return sorted(path.name for path in (folder / "source").iterdir())


def _this_course() -> Iterator[tuple[Path, Path]]:
    notebooks = _TOP / "notebooks"
    if not (notebooks / "exercises").is_dir():
        raise UserProblem(
            f"{notebooks} is not there: this copy of graders came without the course. "
            "'graders init NAME --empty' needs no more than graders."
        )
    for name, place in (("exercises", "source"), ("lectures", "lectures")):
        for path in sorted((notebooks / name).rglob("*")):
            inside = path.relative_to(notebooks / name)
            hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
            if path.is_file() and not hidden:
                yield path, Path(place) / inside


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
