"""A course folder as nbgrader knows it: where things are, what was handed in, by which rules.

Everything is read from `nbgrader_config.py` through nbgrader's own configurable classes, so a
folder that works with nbgrader works here: its directory structure, database, delimiters, late
policy and file rules. What only this harness knows stands in the same file:

    c.Limits.cell_seconds = 10          # any field of graders.limits.Limits
"""

from __future__ import annotations

import contextlib
import fnmatch
import glob
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from graders import light  # noqa: F401 (before nbgrader)
from graders.collecting.archives import LONGEST_PATH
from graders.conventions import AUTOTEST, Conventions, SourceProblem
from graders.jobs import Settings
from graders.limits import Limits
from graders.notebook import read_notebook
from graders.problems import UserProblem
from graders.roster import read_roster

CONFIG = "nbgrader_config.py"


class CourseProblem(UserProblem):
    """The course folder cannot be used as asked; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in for one assignment, as found on the disk."""

    student: str
    folder: Path
    notebooks: Mapping[str, Path]
    notes: tuple[str, ...] = ()
    timestamp: datetime | None = None


@dataclass
class Course:
    """The course whose `nbgrader_config.py` is in `folder` or in a folder above it.

    Raises:
        CourseProblem: there is none, or it cannot be read.
    """

    folder: Path = field(default_factory=Path.cwd)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder = _course_folder(self.folder)
        self.config = _load_config(self.folder)
        from nbgrader.coursedir import CourseDirectory

        with contextlib.chdir(self.folder):
            self.directory = CourseDirectory(config=self.config)
            self.root = Path(self.directory.root)
            if "db_url" not in self.config.get("CourseDirectory", {}):
                # In an address % and ? mean something; in a folder's name they do not.
                self.directory.db_url = f"sqlite:///{quote(str(self.root / 'gradebook.db'))}"

    # -- rules --------------------------------------------------------------------------------

    def settings(self, isolation: str) -> Settings:
        return Settings(self.limits, isolation, self.conventions, self.secret)

    @cached_property
    def limits(self) -> Limits:
        values = dict(self.config.get("Limits", {}))
        if "cell_seconds" not in values:
            for section in ("Execute", "ExecutePreprocessor"):
                timeout = self.config.get(section, {}).get("timeout")
                if isinstance(timeout, int) and timeout > 0:
                    values["cell_seconds"] = values["question_seconds"] = float(timeout)
                    break
        return limits_of(values, f"{CONFIG}: c.Limits.")

    @cached_property
    def conventions(self) -> Conventions:
        names = {
            "begin_solution": ("ClearSolutions", "begin_solution_delimeter"),
            "end_solution": ("ClearSolutions", "end_solution_delimeter"),
            "text_stub": ("ClearSolutions", "text_stub"),
            "begin_hidden": ("ClearHiddenTests", "begin_test_delimeter"),
            "end_hidden": ("ClearHiddenTests", "end_test_delimeter"),
            "begin_scheme": ("ClearMarkScheme", "begin_mark_scheme_delimeter"),
            "end_scheme": ("ClearMarkScheme", "end_mark_scheme_delimeter"),
        }
        values = {
            name: str(self.config[section][trait])
            for name, (section, trait) in names.items()
            if trait in self.config.get(section, {})
        }
        code_stub = self.config.get("ClearSolutions", {}).get("code_stub")
        if isinstance(code_stub, Mapping):
            code_stub = code_stub.get("python")
        if isinstance(code_stub, str):
            values["code_stub"] = code_stub
        return Conventions(**values)

    @cached_property
    def secret(self) -> bytes:
        """What hidden inputs are drawn from; made once a course and kept from others."""
        path = self.state / "secret"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
        made = secrets.token_bytes(32)
        fresh = path.with_name(f"secret.{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
        return path.read_bytes()

    def roster(self) -> dict[str, dict[str, str]]:
        """What `roster.csv` says of each student, as `nbgrader db student import` reads it.

        Columns: id, and any of first_name, last_name, email, lms_user_id.
        """
        if not self.roster_file.is_file():
            return {}
        return {row.id: row.values() for row in read_roster(self.roster_file).values()}

    @property
    def roster_file(self) -> Path:
        return self.root / "roster.csv"

    def students(self) -> list[str]:
        """The ids of the students in the gradebook."""
        from graders.gradebook import Gradebook

        with Gradebook(self.directory.db_url, self.directory.course_id) as book:
            return book.students()

    def student_names(self) -> dict[str, str]:
        """First and last names by id, as far as the gradebook knows them."""
        from graders.gradebook import Gradebook

        with Gradebook(self.directory.db_url, self.directory.course_id) as book:
            return book.student_names()

    def late_penalty(self, student: str, score: float, seconds_late: float) -> float | None:
        """What nbgrader's late submission plugin takes off."""
        try:
            return self._late_plugin.late_submission_penalty(student, score, seconds_late)
        except Exception as error:
            raise CourseProblem(
                f"the late policy {type(self._late_plugin).__name__} failed on {student}: "
                f"{type(error).__name__}: {error}"
            ) from error

    def refresh_penalties(self, assignment: str) -> None:
        """Late penalties after a due date, an extension or a mark by hand was changed."""
        from graders.gradebook import Gradebook

        directory = self.directory
        with Gradebook(directory.db_url, directory.course_id, self.late_penalty) as book:
            book.open(assignment)
            book.refresh_penalties()

    @cached_property
    def _late_plugin(self) -> Any:
        from nbgrader.preprocessors import AssignLatePenalties

        assigner = AssignLatePenalties(config=self.config)
        assigner.init_plugin()
        return assigner.plugin_inst

    # -- places -------------------------------------------------------------------------------

    @property
    def state(self) -> Path:
        """Where this harness keeps what nbgrader has no place for."""
        return self.root / ".graders"

    def journal(self, assignment: str) -> Path:
        return self.state / f"{assignment}.journal"

    def _path(self, step: str, student: str, assignment: str) -> Path:
        return Path(self.directory.format_path(step, student, assignment))

    def source_folder(self, assignment: str) -> Path:
        return self._path(self.directory.source_directory, ".", assignment)

    def submitted_folder(self, student: str, assignment: str) -> Path:
        return self._path(self.directory.submitted_directory, student, assignment)

    def release_folder(self, assignment: str) -> Path:
        return self._path(self.directory.release_directory, ".", assignment)

    def autograded_folder(self, student: str, assignment: str) -> Path:
        return self._path(self.directory.autograded_directory, student, assignment)

    def assignments(self) -> list[str]:
        """The assignments that have a source notebook."""
        step = self.directory.source_directory
        return sorted(
            {
                match["assignment"]
                for path in self._glob(step, ".", "*")
                if glob.glob(os.path.join(glob.escape(path), "*.ipynb"))
                and (match := self._parse(step, path))
            }
        )

    def _glob(self, step: str, student: str, assignment: str) -> list[str]:
        """Paths by nbgrader's directory structure; `*` in what is given matches anything."""
        inside = self.directory.directory_structure.format(
            nbgrader_step=step, student_id=student, assignment_id=assignment
        )
        return glob.glob(os.path.join(glob.escape(self.directory.root), inside))

    def _parse(self, step: str, path: str) -> re.Match[str] | None:
        pattern = self.directory.format_path(
            step, "(?P<student>[^/]*)", "(?P<assignment>[^/]*)", escape=True
        )
        return re.fullmatch(pattern, path)

    def set_permissions(self, folder: Path) -> None:
        """Make graded files read-only, or open to a group, as nbgrader is told to."""
        shared = self.directory.groupshared
        mode = self.config.get("Autograde", {}).get("permissions", 664 if shared else 444)
        for directory, _, names in os.walk(folder):
            if shared:
                with contextlib.suppress(PermissionError):
                    os.chmod(directory, 0o2775)
            for name in names:
                os.chmod(os.path.join(directory, name), int(str(mode), 8))

    # -- source -------------------------------------------------------------------------------

    def sources(self, assignment: str) -> dict[str, bytes]:
        """The instructor's notebooks of an assignment, by name, header and footer included."""
        folder = self.source_folder(assignment)
        paths = sorted(p for p in folder.glob("*.ipynb") if p.is_file())
        if not paths:
            raise CourseProblem(self._no_source(assignment, folder))
        return {path.stem: self._source(path) for path in paths}

    def _no_source(self, assignment: str, folder: Path) -> str:
        there = self.assignments()
        if there:
            hint = f"There are: {', '.join(there)}."
        else:
            hint = "There is no assignment in this course folder yet."
        return f"no notebook in {folder}, where the source of {assignment!r} would be. {hint}"

    def _source(self, path: Path) -> bytes:
        data = path.read_bytes()
        include = self.config.get("IncludeHeaderFooter", {})
        around = [include.get("header"), include.get("footer")]
        if not any(around):
            return data
        parts = [self.root / around[0] if around[0] else None, path]
        parts.append(self.root / around[1] if around[1] else None)
        notebooks = []
        for part in filter(None, parts):
            try:
                reading = read_notebook(part.read_bytes())
            except OSError as error:
                raise CourseProblem(f"{CONFIG} includes {part}: {error.strerror}.") from None
            if reading.notebook is None:
                raise SourceProblem(f"{part}: {reading.problem}")
            notebooks.append(reading.notebook)
        body = notebooks[1 if around[0] else 0]
        return json.dumps(body | {"cells": [c for n in notebooks for c in n["cells"]]}).encode()

    def source_files(self, assignment: str) -> dict[str, bytes]:
        """What lies beside the source notebooks and should lie beside every submission."""
        files, _ = self._files(self.source_folder(assignment))
        kept = self.config.get("Autograde", {}).get("exclude_overwriting", {})
        return {
            name: data for name, data in files.items() if name not in kept.get(assignment, [])
        }

    # -- submissions --------------------------------------------------------------------------

    def folders(
        self, assignment: str, students: Sequence[str] = ()
    ) -> Iterator[tuple[str, str]]:
        """Who handed something in, and the folder that it lies in, in the order of the ids."""
        excluded = {s.strip() for s in self.directory.student_id_exclude.split(",")}
        step = self.directory.submitted_directory
        for path in sorted(self._glob(step, self.directory.student_id, assignment)):
            match = self._parse(step, path)
            if match is None or not os.path.isdir(path):
                continue
            student = match["student"]
            if student in excluded or (students and student not in students):
                continue
            if not _is_text(student):
                continue
            yield student, path

    def submission(self, student: str, path: str, names: Sequence[str]) -> Submission:
        """What one student handed in, read when its turn comes; `names` are the notebooks."""
        folder = Path(path)
        notes: list[str] = []
        there = {
            p.stem: p
            for p in sorted(folder.iterdir())
            if p.suffix.lower() == ".ipynb" and not p.name.startswith(".") and _is_file(p)
        }
        notebooks = {name: there.pop(name) for name in names if name in there}
        lost = [name for name in names if name not in notebooks]
        # A browser that downloads twice makes 'ps1 (1).ipynb', and students rename.
        if len(lost) == 1 and len(there) == 1:
            ((found, path),) = there.items()
            notebooks[lost[0]] = path
            notes.append(f"The notebook was called {found}.ipynb, not {lost[0]}.ipynb.")
            there.clear()
        notes += [f"{found}.ipynb is not part of this assignment." for found in there]
        when, note = timestamp(folder)
        return Submission(student, folder, notebooks, (*notes, *note), when)

    def strays(self, assignment: str) -> list[str]:
        """Notebooks that lie where no submission of any assignment is looked for."""
        known = {*self.assignments(), assignment}
        found = []
        step = self.directory.submitted_directory
        for path in sorted(self._glob(step, "*", "*")):
            match = self._parse(step, path)
            if match is None:
                continue
            student, name = match["student"], match["assignment"]
            if not _is_text(student):
                found.append(f"{os.fsencode(path)!r} is no name for a student; rename it.")
                continue
            if name.endswith(".ipynb") and os.path.isfile(path):
                right = self.submitted_folder(student, assignment)
                found.append(
                    f"{path} lies outside any assignment; move it into {right}{os.sep}."
                )
            elif name not in known and os.path.isdir(path):
                close = [k for k in known if k.lower() == name.lower()]
                hint = f"; is it {close[0]!r}?" if close else "."
                found.append(f"{path} belongs to no assignment of this course{hint}")
        return found

    def submitted_files(self, submission: Submission) -> tuple[dict[str, bytes], list[str]]:
        """What the student handed in beside the notebooks."""
        return self._files(submission.folder)

    def _files(self, folder: Path) -> tuple[dict[str, bytes], list[str]]:
        files: dict[str, bytes] = {}
        notes: list[str] = []
        total = 0
        allowed = 1000 * min(self.directory.max_dir_size, self.directory.max_file_size)
        for directory, inner, names in os.walk(folder):
            inner[:] = sorted(d for d in inner if not self._ignored(d))
            for name in sorted(names):
                path = Path(directory, name)
                if name.endswith(".ipynb") or name == "timestamp.txt" or self._ignored(name):
                    continue
                shown = str(path.relative_to(folder))
                if len(os.fsencode(shown)) > LONGEST_PATH:
                    notes.append(f"{shown[:60]}… is too long a name; the file was left out.")
                    continue
                if not _is_file(path):
                    # A link could point at the gradebook and carry it into the sandbox.
                    notes.append(f"{shown} is a link or no regular file and was left out.")
                    continue
                total += path.stat().st_size
                if total > allowed:
                    notes.append(f"{shown} is over the size that {CONFIG} allows; left out.")
                    total -= path.stat().st_size
                    continue
                files[shown] = path.read_bytes()
        return files, notes

    def _ignored(self, name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in self.directory.ignore)


def limits_of(values: Mapping[str, Any], where: str) -> Limits:
    """The usual limits but for `values`; `where` they come from begins what is said of them.

    Raises:
        CourseProblem: a name is not that of a limit, or a value is no number above zero.
    """
    known = {f.name: type(f.default) for f in fields(Limits)}
    for name, value in values.items():
        if name not in known:
            raise CourseProblem(f"{where}{name} is no limit; there are {', '.join(known)}.")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value < float("inf"):
            raise CourseProblem(f"{where}{name} must be a number above zero.")
    return replace(Limits(), **{name: known[name](value) for name, value in values.items()})


def with_autotests(source: bytes, stored: Mapping[str, str]) -> bytes:
    """`source` with nbgrader's AUTOTEST lines replaced by the tests made from them.

    `stored` are the cells in the gradebook, where `nbgrader generate_assignment` put them.

    Raises:
        SourceProblem: the tests have not been made yet.
    """
    if b"AUTOTEST" not in source:
        return source
    notebook = read_notebook(source).notebook or {"cells": []}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and AUTOTEST.search(cell["source"]):
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            made = stored.get(grade_id)
            if made is None or AUTOTEST.search(made):
                raise SourceProblem(
                    f"cell {grade_id!r} has '### AUTOTEST' lines that nbgrader has not turned "
                    "into tests; run 'nbgrader generate_assignment' for it first."
                )
            cell["source"] = made
    return json.dumps(notebook).encode()


# -- reading the folder -----------------------------------------------------------------------


def _course_folder(start: Path) -> Path:
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    if (start / "source").is_dir():
        return start
    raise CourseProblem(
        f"{start} is not a course folder: it has no {CONFIG}. Change to the course's folder, "
        "or name it with --course, or start one with 'graders init NAME'."
    )


def _load_config(folder: Path) -> Config:
    from jupyter_core.paths import jupyter_config_path

    config = Config()
    for place in [*reversed(jupyter_config_path()), str(folder)]:
        with contextlib.suppress(ConfigFileNotFound), contextlib.chdir(folder):
            try:
                config.merge(PyFileConfigLoader(CONFIG, path=place).load_config())
            except ConfigFileNotFound:
                raise
            except Exception as error:
                raise CourseProblem(
                    f"{Path(place, CONFIG)} cannot be read: {type(error).__name__}: {error}"
                ) from None
    return config


def _is_text(name: str) -> bool:
    """Whether a name from the disk is one line of UTF-8, and no page takes it for HTML."""
    return name.isprintable() and not any(c in '<>"' or "\ud800" <= c <= "\udfff" for c in name)


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def stamp_of(folder: Path) -> bytes | None:
    """What timestamp.txt says, as far as a time is long; None if there is no such file."""
    path = folder / "timestamp.txt"
    if not _is_file(path):
        return None
    with path.open("rb") as file:
        return file.read(200)


def timestamp(folder: Path) -> tuple[datetime | None, tuple[str, ...]]:
    """When it was handed in, in UTC without a zone, as nbgrader stores it."""
    from nbgrader.utils import parse_utc

    stamp = stamp_of(folder)
    if stamp is None:
        return None, ()
    text = stamp.decode("utf-8", "replace").strip()
    # nbgrader reads the 0100 of "+0100" as a hundred seconds: an hour of lateness appears.
    text = re.sub(r"(\d) ([+-]\d\d):?(\d\d)$", r"\1\2:\3", text)
    try:
        return parse_utc(text), ()
    except (ValueError, OverflowError, TypeError):
        return None, (f"timestamp.txt says {text[:40]!r}, which is no time; lateness unknown.",)
