"""Who is in the class: rosters as CSV, and which of them somebody in a download is.

A roster may be nbgrader's own (`id,first_name,last_name,email,lms_user_id`) or the file that a
learning management system exports: Canvas's gradebook, Moodle's participants or grading
worksheet, Gradescope's roster, Blackboard's grade centre. A name that two students share is
never guessed at.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from graders.collecting.archives import good_name
from graders.files import write_whole
from graders.problems import UserProblem

FIELDS = ("first_name", "last_name", "email", "lms_user_id")
# Headings, lower-case, in the order in which they are taken.
_COLUMNS = {
    "id": ("id", "sis login id", "sis user id", "id number", "username", "sid", "student id"),
    "first_name": ("first_name", "first name", "firstname"),
    "last_name": ("last_name", "last name", "lastname", "surname"),
    "email": ("email", "email address", "e-mail"),
    "lms_user_id": ("lms_user_id", "identifier"),
    "name": ("name", "full name", "student"),
}
# In Canvas's gradebook "ID" is Canvas's own number, and the student's is in another column.
_CANVAS = {"student", "id", "section"}
_NO_STUDENT = re.compile(r"\s*points possible|student, test$", re.IGNORECASE)


class RosterProblem(UserProblem):
    """A roster cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One student of the class."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    def values(self) -> dict[str, str]:
        return {name: value for name in FIELDS if (value := getattr(self, name))}


def read_roster(path: Path) -> dict[str, Row]:
    """The students in a CSV file, by id.

    Raises:
        RosterProblem: it cannot be read, has no column of ids, or says an id twice.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)))
    except OSError as error:
        raise RosterProblem(f"{path}: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RosterProblem(
            f"{path} is not readable as CSV in UTF-8: {error}. Save it as 'CSV UTF-8'."
        ) from None
    if not lines:
        raise RosterProblem(f"{path} is empty; its first line names the columns.")
    heads = [head.strip().lower() for head in lines[0]]
    columns = _columns(heads)
    if not {"id", "email", "lms_user_id"} & set(columns):
        raise RosterProblem(
            f"{path} has no column 'id'; its first line names the columns: "
            f"{', '.join(lines[0][:8])}. A column of ids is called one of "
            f"{', '.join(_COLUMNS['id'])}."
        )
    roster: dict[str, Row] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = {name: line[at].strip() for name, at in columns.items() if at < len(line)}
        if not any(cells.values()) or any(map(_NO_STUDENT.match, cells.values())):
            continue
        row = _row(cells)
        if not row.id:
            raise RosterProblem(f"{path}, line {number}: this student has no id.")
        if not good_name(row.id) or row.id.startswith("."):
            raise RosterProblem(
                f"{path}, line {number}: {row.id!r} is no id for a student; it becomes "
                "the name of a folder, so it must be printable and without '/'."
            )
        if roster.setdefault(row.id, row) != row:
            raise RosterProblem(f"{path}, line {number}: the id {row.id} stands there twice.")
    return roster


def joined(there: Mapping[str, Row], added: Mapping[str, Row]) -> dict[str, Row]:
    """Both rosters; what the second leaves empty of a student stays as it was."""
    both = dict(there)
    for student, row in added.items():
        both[student] = replace(both.get(student, row), **row.values())
    return both


def write_roster(path: Path, roster: Mapping[str, Row]) -> None:
    """As nbgrader's `db student import` reads it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["id", *FIELDS])
    for row in roster.values():
        writer.writerow([row.id, *(getattr(row, name) for name in FIELDS)])
    write_whole(path, text.getvalue())


def delimiter(text: str) -> str:
    """Spreadsheets write semicolons where the comma is in the numbers."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(heads: list[str]) -> dict[str, int]:
    known = dict(_COLUMNS)
    if set(heads) >= _CANVAS:
        known |= {"id": _COLUMNS["id"][1:], "lms_user_id": ("id",)}
        if not set(heads) & set(known["id"]):
            known["id"] = ("id",)
    found = {}
    for name, choices in known.items():
        at = next((heads.index(head) for head in choices if head in heads), None)
        if at is not None:
            found[name] = at
    return found


def _row(cells: Mapping[str, str]) -> Row:
    first, last = cells.get("first_name", ""), cells.get("last_name", "")
    if name := cells.get("name", ""):
        family, comma, given = name.partition(",")
        split = (given, family) if comma else name.rpartition(" ")[::2]
        first, last = first or split[0].strip(), last or split[1].strip()
    number = re.sub(r"^participant\s*", "", cells.get("lms_user_id", ""), flags=re.IGNORECASE)
    email = cells.get("email", "")
    # Moodle's ID number is empty at many universities.
    return Row(cells.get("id") or email or number, first, last, email, number)


@dataclass(frozen=True, slots=True)
class Person:
    """What a download says of a student; `lms_id` is the number that the system gave."""

    lms_id: str = ""
    id: str = ""
    email: str = ""
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.id or self.email or self.lms_id


class Students:
    """Finds who somebody in a download is."""

    def __init__(self, roster: Iterable[Row]) -> None:
        self._by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._numbers: dict[str, str] = {}
        for row in roster:
            self._numbers[row.id] = row.lms_user_id
            self._by_key["id", row.id.casefold()].add(row.id)
            self._by_key["email", row.email.casefold()].add(row.id)
            self._by_key["lms_id", row.lms_user_id].add(row.id)
            for name in {row.first_name + row.last_name, row.last_name + row.first_name}:
                if folded := _folded(name):
                    self._by_key["name", folded].add(row.id)

    def __len__(self) -> int:
        return len(self._numbers)

    def find(self, person: Person) -> str | None:
        """The one student that this is, or None.

        What identifies (number, id, e-mail) comes before a name, and must not contradict
        itself.
        """
        keys = [
            ("lms_id", person.lms_id),
            ("id", person.id.casefold()),
            ("email", person.email.casefold()),
        ]
        found = [self._by_key[key] for key in keys if key[1] and key in self._by_key]
        if found:
            agreed = set.intersection(*found)
            return agreed.pop() if len(agreed) == 1 else None
        named = (
            self._by_key.get(("name", _folded(person.name)), set()) if person.name else set()
        )
        if len(named) != 1:
            return None
        (student,) = named
        # Somebody else of the same name: the system's own number says so.
        if person.lms_id and self._numbers[student] not in ("", person.lms_id):
            return None
        return student

    def number(self, student: str) -> str:
        """The one that the system gave a student, as the roster has it."""
        return self._numbers[student]

    def candidates(self, person: Person) -> list[str]:
        """Those who share the name."""
        return sorted(self._by_key.get(("name", _folded(person.name)), set()))


def _folded(name: str) -> str:
    """A name as systems fold it into file names: letters and digits, no accents, no case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())
