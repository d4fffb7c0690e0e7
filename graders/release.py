"""The students' bundle: lectures, released exercises, minigrad, the public checks.

Exercises pass through nbgrader's own `generate_assignment`. What is bundled is listed here, by
what it is, and not what is left out, so that a new private file stays private; and the result
is searched for every solution, hidden test and key before it is given out.
"""

from __future__ import annotations

import logging
import re
import shutil
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from graders.audit import Canaries, Finding
from graders.calm import write_settings
from graders.course import Course
from graders.gradebook import Gradebook
from graders.notebook import read_notebook
from graders.problems import UserProblem
from graders.rebuild import template
from graders.student.exercise import RELEASED, as_released
from graders.variants import Variants, released, variants_of

NAME = "minigrad-course"
PERSONAL = f"{NAME}-personal"  # of that name nobody has a folder already
PACKAGES = (
    "numpy",
    "matplotlib",
    "seaborn",
    "graphviz",
    "pygraphviz",
    "sympy",
    "jupyterlab",
    "ipywidgets",
    "nbgrader",
)
_HERE = Path(__file__).resolve().parent
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say


class Leak(UserProblem):
    """The bundle holds something that is not for students; it was not made."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was made; `personal` is the folder of the notebooks that differ by student."""

    folder: Path
    archive: Path
    assignments: tuple[str, ...]
    canaries: int
    personal: Path | None = None
    students: int = 0


def release(course: Course, build: Path) -> Bundle:
    """Release every assignment and make the bundle in `build`.

    Raises:
        Leak: an answer, a hidden test or a key was found in it; nothing is left behind.
    """
    top = _HERE.parent
    assignments = course.assignments()
    if not assignments:
        raise UserProblem(f"there is no assignment in {course.source_folder('ASSIGNMENT')}.")
    for assignment in assignments:
        generate(course, assignment)
    folder = build / NAME
    shutil.rmtree(folder, ignore_errors=True)
    varied = {name: found for name in assignments if (found := variants_of(course, name))}
    common = [name for name in assignments if name not in varied]
    for source, target in _contents(course, top, common):
        place = folder / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    write_settings(folder / "settings", student=True)
    lock = (top / "requirements.lock").read_text(encoding="utf-8")
    wanted = "".join(f"{name}\n" for name in ("--constraint versions.txt", *PACKAGES))
    (folder / "requirements.txt").write_text(wanted, encoding="utf-8")
    (folder / "versions.txt").write_text(versions(lock), encoding="utf-8")
    _tell_pack(folder, course, assignments)
    personal = build / PERSONAL
    students = _personal(course, varied, personal)
    canaries = canaries_of(course)
    if found := list(canaries.search([folder, *_distinct(personal)])):
        for made in (folder, personal):
            shutil.rmtree(made, ignore_errors=True)
        raise Leak(_sentence(found))
    archive = build / f"{NAME}.zip"
    _pack(folder, archive)
    return Bundle(
        folder,
        archive,
        tuple(assignments),
        len(canaries.wanted()),
        personal if students else None,
        students,
    )


def _tell_pack(folder: Path, course: Course, assignments: list[str]) -> None:
    """What was released, by which `pack.py` sees what a student has lost."""
    notebooks = {
        name: {path.stem: path for path in course.release_folder(name).glob("*.ipynb")}
        for name in assignments
    }
    place = folder / RELEASED.relative_to(_HERE.parent)
    place.write_text(as_released(notebooks), encoding="utf-8")


def _personal(course: Course, varied: Mapping[str, Variants], folder: Path) -> int:
    """A folder for each student of the class, laid out as they hand in; how many there are."""
    shutil.rmtree(folder, ignore_errors=True)
    if not varied:
        return 0
    students = sorted(course.roster())
    if not students:
        raise UserProblem(
            f"{', '.join(varied)} differ from student to student (c.Variants.assignments), and "
            f"nobody knows the students: put roster.csv into {course.root}, one line for each, "
            "with a column 'id'."
        )
    for assignment, variants in varied.items():
        files = course.source_files(assignment)
        for name, source in course.sources(assignment).items():
            made: dict[bytes, bytes] = {}
            for student in students:
                whole = variants.source(source, student)
                theirs = made.get(whole) or released(whole, course.conventions)
                made[whole] = theirs
                place = folder / student / assignment
                for path, data in {**files, f"{name}.ipynb": theirs}.items():
                    (place / path).parent.mkdir(parents=True, exist_ok=True)
                    (place / path).write_bytes(data)
    return len(students)


def _distinct(folder: Path) -> list[Path]:
    """One file of each content: a class shares versions, and to search each once is enough."""
    return list({path.read_bytes(): path for path in _files(folder)}.values())


def generate(course: Course, assignment: str) -> None:
    """`nbgrader generate_assignment --force`, also once there are submissions."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    sources = course.sources(assignment)
    slots = {name: template(data, course.conventions)[0] for name, data in sources.items()}
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.prepare(assignment, slots)
    directory = course.directory
    said = _Last()
    logger = logging.getLogger("graders.release")
    logger.handlers, logger.propagate = [said], False
    with warnings.catch_warnings(), chdir(course.root):
        warnings.simplefilter("ignore")
        directory.assignment_id = assignment
        converter = GenerateAssignment(coursedir=directory, config=course.config)
        converter.force = True
        converter.log = logger
        try:
            converter.start()
        except (NbGraderException, SystemExit):
            raise UserProblem(f"nbgrader could not release {assignment}: {said.text}") from None
        finally:
            directory.assignment_id = ""


class _Last(logging.Handler):
    """Keeps the last error that nbgrader logged, which says more than its exception."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            lines = record.getMessage().strip().splitlines()
            self.text = lines[-1] if lines else self.text


def canaries_of(course: Course) -> Canaries:
    """Everything of this course that students must not see."""
    canaries = Canaries(course.conventions)
    top = _HERE.parent
    for assignment in course.assignments():
        for name, source in course.sources(assignment).items():
            canaries.add_source(f"{assignment}/{name}", source)
    for path in sorted((_HERE / "keys").rglob("*.py")):
        canaries.add_private_file(str(path.relative_to(top)), path.read_text(encoding="utf-8"))
    for path in (
        _HERE / "bundle" / "start.py",
        _HERE / "bundle" / "pack.py",
        *(top / "minigrad").rglob("*.py"),
        *(_HERE / "check").rglob("*.py"),
        *(_HERE / "student").rglob("*.py"),
    ):
        canaries.allow(path.read_text(encoding="utf-8"))
    # A lecture may well show what an exercise then asks for; whoever wrote both meant it.
    lectures = lectures_of(course)
    for path in _files(lectures) if lectures is not None else []:
        if path.suffix == ".py":
            canaries.allow(path.read_text(encoding="utf-8"))
        if path.suffix != ".ipynb":
            continue
        for cell in (read_notebook(path.read_bytes()).notebook or {"cells": []})["cells"]:
            canaries.allow(cell["source"])
    return canaries


def lectures_of(course: Course) -> Path | None:
    """The folder of what students get as it is."""
    places = (course.root / "lectures", course.root / "notebooks" / "lectures")
    return next((place for place in places if place.is_dir()), None)


def _contents(course: Course, top: Path, assignments: list[str]) -> Iterator[tuple[Path, str]]:
    """Every file of the bundle and its place in it."""
    for name in ("start.py", "pack.py", "READ_ME_FIRST.md"):
        yield _HERE / "bundle" / name, name
    if (lectures := lectures_of(course)) is not None:
        for path in _files(lectures):
            yield path, f"lectures/{path.relative_to(lectures)}"
    for assignment in assignments:
        folder = course.release_folder(assignment)
        for path in _files(folder):
            yield path, f"exercises/{assignment}/{path.relative_to(folder)}"
    for path in _files(top / "minigrad"):
        yield path, str(path.relative_to(top))
    ours = [path for name in ("check", "student") for path in _files(_HERE / name)]
    for path in (_HERE / "__init__.py", _HERE / "contents.py", *ours):
        yield path, str(path.relative_to(top))


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(p.startswith((".", "__pycache__")) for p in path.relative_to(folder).parts)
    )


def versions(lock: str) -> str:
    """The versions that the course was tested with, as pip's constraints.

    With their markers: the lock may hold several versions of a package, each for some Pythons
    or systems.
    """
    pinned = re.findall(r"^([A-Za-z0-9._-]+==[^\\\n]*[^\\\s])", lock, re.MULTILINE)
    return "".join(f"{line}\n" for line in pinned)


def _pack(folder: Path, archive: Path) -> None:
    """The same files give the same bytes."""
    fresh = archive.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            member = zipfile.ZipInfo(f"{NAME}/{path.relative_to(folder)}", _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            bundle.writestr(member, path.read_bytes())
    fresh.replace(archive)


def _sentence(found: list[Finding]) -> str:
    lines = [f"  {f.where}: {f.text[:60]} (from {f.origin})" for f in found[:10]]
    more = [f"  and {len(found) - 10} more"] if len(found) > 10 else []
    return "\n".join(
        ["the bundle would hold what is not for students, so it was not made:", *lines, *more]
    )
