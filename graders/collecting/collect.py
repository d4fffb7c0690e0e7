"""From downloads to `submitted/`: the whole of `graders collect`."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from graders.collecting.archives import Found, NotTaken, files, good_name
from graders.collecting.layouts import LAYOUTS, HandedIn, layout
from graders.collecting.placing import Rules, contents, place
from graders.course import Course, timestamp
from graders.files import write_whole
from graders.gradebook import Gradebook
from graders.marks import spreadsheet_text
from graders.plaintext import one_line
from graders.problems import UserProblem
from graders.roster import Person, Row, Students

NOT_COLLECTED = "not_collected.csv"


@dataclass(frozen=True, slots=True)
class Taken:
    """One student's submission in its place. `new` is false when it was there already."""

    student: str
    name: str
    where: str
    when: datetime | None
    late: bool
    new: bool
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Collected:
    """What came of it. `systems` says where each download is from."""

    taken: list[Taken] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    systems: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    table: Path | None = None


def collect(
    course: Course,
    assignment: str,
    paths: Sequence[Path],
    *,
    roster: Mapping[str, Row],
    system: str | None = None,
    timezone: tzinfo = UTC,
) -> Collected:
    """Put the submissions in `paths` into the course folder.

    Args:
        roster: the class; when it is empty, ids are those of the download.
        system: a key of `LAYOUTS`, instead of what the names of the files tell.
        timezone: of times that come without one.

    Raises:
        UserProblem: a path is not there, or the assignment has no source.
    """
    if lost := [str(path) for path in paths if not path.exists()]:
        raise UserProblem(f"there is no {', '.join(lost)}.")
    directory = course.directory
    rules = Rules(
        notebooks=sorted(course.sources(assignment)),
        ignore=directory.ignore,
        largest_file=1000 * directory.max_file_size,
        largest_folder=1000 * directory.max_dir_size,
    )
    students = Students(roster.values())
    result = Collected()
    by_student: dict[str, list[tuple[HandedIn, str]]] = defaultdict(list)
    for path in paths:
        found = _found(path, result)
        kind = system or layout(found)
        result.systems[str(path)] = kind
        handed_in, others = LAYOUTS[kind](found, assignment=assignment, timezone=timezone)
        result.not_taken += others
        for one in handed_in:
            student = _student(one, students, result)
            if student is not None:
                by_student[student].append((one, kind))
    known: dict[str, Any] = {}
    for student, attempts in sorted(by_student.items()):
        _take(course, assignment, student, attempts, rules, result, known)
    taken = {one.student for one in result.taken}
    result.absent = sorted(set(roster) - taken)
    _remember(course, assignment, known)
    _enrol(course, known, roster)
    result.table = _write_table(course, assignment, result)
    return result


def _found(path: Path, result: Collected) -> list[Found]:
    found = []
    for one in files(path):
        if isinstance(one, NotTaken):
            result.not_taken.append(one)
        else:
            found.append(one)
    return found


def _student(handed_in: HandedIn, students: Students, result: Collected) -> str | None:
    person = handed_in.person
    if student := students.find(person):
        return student
    if len(students):
        why = _why_unknown(person, students)
    else:
        student = person.id or person.email or person.lms_id
        usable = good_name(student) and not student.startswith(".")
        if usable and not handed_in.by_file_name:
            return student
        why = "It does not say whose it is; name a roster with --roster."
    result.not_taken += [NotTaken(file.where, why) for _, file in handed_in.files]
    return None


def _why_unknown(person: Person, students: Students) -> str:
    shared = students.candidates(person)
    if len(shared) > 1:
        return (
            f"{person} may be any of {', '.join(shared)}; put the system's number into the "
            "roster's column lms_user_id."
        )
    number = students.number(shared[0]) if shared else ""
    if number and person.lms_id and number != person.lms_id:
        return (
            f"{shared[0]} has the number {number} in the roster and {person} has "
            f"{person.lms_id} here; if they are one, take in the new class list with 'graders "
            "roster' and collect again."
        )
    return f"{_described(person)} is not in the roster; add them to it and collect again."


def _described(person: Person) -> str:
    known = [text for text in (person.id, person.email, person.lms_id) if text != person.name]
    return f"{person} ({', '.join(filter(None, known))})" if any(known) else str(person)


def _take(
    course: Course,
    assignment: str,
    student: str,
    attempts: list[tuple[HandedIn, str]],
    rules: Rules,
    result: Collected,
    known: dict[str, Any],
) -> None:
    attempts = sorted(attempts, key=lambda one: one[0].order)  # equal ones as they were given
    latest, kind = attempts[-1]
    read = contents(latest, rules, own_time=kind == "folders")
    result.not_taken += read.left_out
    for earlier, _ in attempts[:-1]:
        same = contents(earlier, rules, own_time=kind == "folders").digest() == read.digest()
        why = "The same was handed in again." if same else f"{latest.where} came later."
        result.not_taken += [NotTaken(file.where, why) for _, file in earlier.files]
    if not any(path.suffix.lower() == ".ipynb" for path in read.files):
        said = {one.where for one in read.left_out}
        why = f"{student} handed in no notebook."
        result.not_taken += [
            NotTaken(file.where, why) for _, file in latest.files if file.where not in said
        ]
        return
    folder = course.submitted_folder(student, assignment)
    there = timestamp(folder)[0]
    if latest.when is not None and there is not None and there > _utc(latest.when):
        why = f"A later submission of {student} is in its place already."
        result.not_taken += [NotTaken(file.where, why) for _, file in latest.files]
        return
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    try:
        new = place(
            read,
            folder,
            aside=course.state / "earlier" / assignment / f"{student}-{stamp}",
            when=latest.when,
        )
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        why = f"Two of its files are in each other's way: {error.strerror}."
        result.not_taken += [NotTaken(file.where, why) for _, file in latest.files]
        return
    known[student] = asdict(latest.person) | {"system": kind, "prefix": latest.prefix}
    notes = list(read.notes)
    if latest.late and latest.when is None:
        notes.append("Late, says the download, but not by how much.")
    result.taken.append(
        Taken(
            student, str(latest.person), latest.where, latest.when, latest.late, new, (*notes,)
        )
    )


def _utc(when: datetime) -> datetime:
    """As nbgrader stores times: UTC, without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None)


def people_file(course: Course, assignment: str) -> Path:
    return course.state / f"{assignment}.people.json"


def people(course: Course, assignment: str) -> dict[str, dict[str, str]]:
    """What the last collections said of each student: the system and its number and prefix."""
    try:
        return json.loads(people_file(course, assignment).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _remember(course: Course, assignment: str, known: Mapping[str, Any]) -> None:
    text = json.dumps(people(course, assignment) | known, indent=1, sort_keys=True)
    write_whole(people_file(course, assignment), text + "\n")


def _enrol(course: Course, known: Mapping[str, Any], roster: Mapping[str, Row]) -> None:
    """Names and addresses into the gradebook, where it has none."""
    rows = {
        student: roster.get(student) or _row(student, said) for student, said in known.items()
    }
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.enrol({student: row.values() for student, row in (dict(roster) | rows).items()})


def _row(student: str, said: Mapping[str, str]) -> Row:
    name = said["name"] if said["system"] in ("moodle", "gradescope", "blackboard") else ""
    first, _, last = one_line(name).rpartition(" ")
    return replace(
        Row(student), first_name=first, last_name=last, email=said["email"],
        lms_user_id=said["lms_id"],
    )  # fmt: skip


def _write_table(course: Course, assignment: str, result: Collected) -> Path:
    """Everything that was not taken, in a file beside the reports."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["what", "why"])
    writer.writerows(_cells(result.not_taken))
    return write_whole(course.root / "reports" / assignment / NOT_COLLECTED, text.getvalue())


def _cells(not_taken: Iterable[NotTaken]) -> Iterable[tuple[str, str]]:
    return ((spreadsheet_text(one.where), spreadsheet_text(one.why)) for one in not_taken)
