"""Whose file is which, by the names that each learning management system gives its downloads.

Canvas      lovelaceada_LATE_340934_208490284_ps1.ipynb
            name, perhaps LATE, user, attachment, file (instructure/canvas-lms,
            lib/content_zipper.rb)
Moodle      Ada Lovelace_657737_assignsubmission_file/ps1.ipynb
            full name, participant, kind of submission; before Moodle 4.1 with `_` at the end
            (moodle/moodle, mod/assign/feedback/file/importziplib.php)
Blackboard  ps1_alovelace_attempt_2026-01-30-15-00-00_ps1.ipynb
            column, user name, time of the server, file; beside it a .txt with the full name
Gradescope  submission_409194023/ps1.ipynb, and submission_metadata.yml that says whose
folders     alovelace/ps1.ipynb, alovelace/ps1/ps1.ipynb or alovelace.ipynb
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath
from typing import Any

import yaml

from graders.collecting.archives import Found, NotTaken, Unreadable
from graders.problems import UserProblem
from graders.roster import Person

METADATA = "submission_metadata.yml"
LARGEST_TEXT = 64 * 2**20


@dataclass(slots=True)
class HandedIn:
    """One submission: files by their place in it.

    `order` tells earlier from later among submissions of one person: a time, or the system's
    numbers, which count upwards. `prefix` is what the system wants before the name of a
    feedback file.
    """

    person: Person
    where: str
    files: list[tuple[PurePosixPath, Found]] = field(default_factory=list)
    when: datetime | None = None
    order: tuple[float, ...] = ()
    late: bool = False
    prefix: str = ""
    by_file_name: bool = False  # only a file's name says whose it is


Sorted = tuple[list[HandedIn], list[NotTaken]]

_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)"
    r"|(?P<anonymous>anon_[^_]+)(?P<anon_late>_LATE)?_(?P<anon_attachment>\d+)_(?P<anon_file>.+)",
    re.IGNORECASE,
)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<user>\d+)_(?P<kind>assignsubmission_[a-z]+)(?:_(?P<rest>.*))?"
)
_BLACKBOARD = re.compile(
    r"(?P<who>.+)_[^\W\d_]+_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)"
)
_GRADESCOPE = re.compile(r"submission_\d+")
_BLACKBOARD_NAME = re.compile(r"^Name:\s*(?P<name>.+?)\s*\((?P<login>[^()\s]+)\)", re.MULTILINE)


def layout(found: Iterable[Found]) -> str:
    """The system that a download comes from, by the names of most of its files."""
    parts = [file.path.parts for file in found]
    systems = [
        ("moodle", _MOODLE),
        ("blackboard", _BLACKBOARD),
        ("canvas", _CANVAS),
    ]
    if any(path[-1] == METADATA for path in parts):
        # That alone says nothing: a student may have handed in a file of this name.
        systems.insert(0, ("gradescope", _GRADESCOPE))
    for name, pattern in systems:
        fitting = sum(any(map(pattern.fullmatch, path)) for path in parts)
        if parts and 2 * fitting > len(parts):
            return name
    return "folders"


def canvas(found: Iterable[Found], **_: Any) -> Sorted:
    people: dict[str, HandedIn] = {}
    others = []
    for file in found:
        match = _CANVAS.fullmatch(file.path.name)
        if match is None:
            others.append(NotTaken(file.where, "Its name is not one that Canvas gives."))
            continue
        user = match["user"] or match["anonymous"]
        attachment = int(match["attachment"] or match["anon_attachment"])
        name = match["file"] or match["anon_file"]
        handed_in = people.setdefault(
            user, HandedIn(Person(lms_id=user, name=match["name"] or ""), file.where)
        )
        handed_in.late |= bool(match["late"] or match["anon_late"])
        handed_in.order = max(handed_in.order, (attachment,))
        if file.path.suffix == ".ipynb" or not handed_in.prefix:
            handed_in.prefix = file.path.name.removesuffix(name)
        handed_in.files.append((PurePosixPath(name), file))
    for handed_in in people.values():
        handed_in.files = _without_the_earlier(handed_in, others)
    return list(people.values()), others


def _without_the_earlier(
    handed_in: HandedIn, others: list[NotTaken]
) -> list[tuple[PurePosixPath, Found]]:
    """Canvas numbers what is uploaded again under one name: `ps1-1.ipynb` after `ps1.ipynb`."""
    latest: dict[str, tuple[int, PurePosixPath, Found]] = {}
    for name, file in handed_in.files:
        match = _CANVAS.fullmatch(file.path.name)
        attachment = int((match["attachment"] or match["anon_attachment"]) if match else 0)
        plain = re.sub(r"-\d+(?=\.[^.]+$)", "", str(name))
        entry = (attachment, PurePosixPath(plain), file)
        if plain in latest:
            kept, earlier = sorted((latest[plain], entry), key=lambda one: one[0], reverse=True)
            others.append(NotTaken(earlier[2].where, f"A later upload is {kept[2].path.name}."))
            entry = kept
        latest[plain] = entry
    return [(name, file) for _, name, file in latest.values()]


def moodle(found: Iterable[Found], **_: Any) -> Sorted:
    people: dict[str, HandedIn] = {}
    others = []
    for file in found:
        parts = file.path.parts
        at = next((i for i, part in enumerate(parts) if _MOODLE.fullmatch(part)), None)
        match = None if at is None else _MOODLE.fullmatch(parts[at])
        if at is None or match is None:
            others.append(NotTaken(file.where, "Its name is not one that Moodle gives."))
            continue
        if match["kind"] != "assignsubmission_file":
            why = "It is text typed into Moodle, or a comment, and no file that was handed in."
            others.append(NotTaken(file.where, why))
            continue
        inside = [part for part in (match["rest"], *parts[at + 1 :]) if part]
        if not inside:
            others.append(NotTaken(file.where, "It has no name of its own."))
            continue
        person = Person(lms_id=match["user"], name=match["name"])
        handed_in = people.setdefault(match["user"], HandedIn(person, file.where))
        handed_in.prefix = f"{match['name']}_{match['user']}_{match['kind']}_"
        handed_in.files.append((PurePosixPath(*inside), file))
    return list(people.values()), others


def blackboard(found: Iterable[Found], *, timezone: tzinfo, **_: Any) -> Sorted:
    attempts: dict[tuple[str, str], HandedIn] = {}
    people: dict[tuple[str, str], Person] = {}
    others = []
    for file in found:
        match = _BLACKBOARD.fullmatch(file.path.name)
        when = match and _time(match["when"], timezone)
        if match is None or when is None:
            others.append(NotTaken(file.where, "Its name is not one that Blackboard gives."))
            continue
        key = match["who"], match["when"]
        if not match["file"]:
            if person := _blackboard_person(file, match["who"]):
                people[key] = person
            why = "It is Blackboard's own note on a submission; the name in it was read."
            others.append(NotTaken(file.where, why))
            continue
        login = match["who"].rpartition("_")[2]
        handed_in = attempts.setdefault(
            key, HandedIn(Person(id=login), file.where, when=when, order=(when.timestamp(),))
        )
        handed_in.files.append((PurePosixPath(match["file"]), file))
    for key, handed_in in attempts.items():
        handed_in.person = people.get(key, handed_in.person)
    return list(attempts.values()), others


def _blackboard_person(file: Found, who: str) -> Person | None:
    try:
        text = file.read(LARGEST_TEXT).decode("utf-8", "replace")
    except Unreadable:
        return None
    match = _BLACKBOARD_NAME.search(text)
    # The rest of the note is the student's own text, which may say anything.
    if match is None or not who.endswith(f"_{match['login']}"):
        return None
    return Person(id=match["login"], name=match["name"])


def _time(text: str, timezone: tzinfo) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S").replace(tzinfo=timezone)
    except ValueError:
        return None


def gradescope(found: Iterable[Found], **_: Any) -> Sorted:
    files = list(found)
    about = min(
        (file for file in files if file.path.name == METADATA),
        key=lambda file: len(file.path.parts),  # the students' own lie deeper
        default=None,
    )
    if about is None:
        raise UserProblem(
            f"there is no {METADATA} in the download, which says whose the submissions are; "
            "export it anew from Gradescope, or leave --from out."
        )
    try:
        known = yaml.load(about.read(LARGEST_TEXT), _Loader)
    except (Unreadable, yaml.YAMLError, ValueError) as error:
        return [], [NotTaken(about.where, f"It cannot be read: {error}")]
    submissions: dict[str, list[HandedIn]] = defaultdict(list)
    others = [NotTaken(about.where, "It says whose submissions these are, and was read.")]
    for name, entry in known.items() if isinstance(known, dict) else ():
        if not isinstance(entry, dict):
            continue
        when = entry.get(":created_at")
        if isinstance(when, datetime):
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
        else:
            when = None
        order = (when.timestamp(),) if when else ()
        submissions[str(name)] = [
            HandedIn(person, f"{about.top}: {name}", when=when, order=order)
            for person in _submitters(entry)
        ]
    for file in files:
        if file is about:
            continue
        inside = file.path.parts[len(about.path.parts) - 1 :]
        handed_in = submissions.get(inside[0], []) if len(inside) > 1 else []
        if not handed_in:
            others.append(NotTaken(file.where, f"{METADATA} does not say whose it is."))
        for one in handed_in:  # a group's files are each member's
            one.files.append((PurePosixPath(*inside[1:]), file))
    return [one for group in submissions.values() for one in group if one.files], others


def _submitters(entry: dict[str, Any]) -> Iterator[Person]:
    listed = entry.get(":submitters")
    for submitter in listed if isinstance(listed, list) else ():
        if isinstance(submitter, dict):
            said = {
                key: str(submitter.get(f":{key}") or "") for key in ("sid", "email", "name")
            }
            yield Person(id=said["sid"], email=said["email"], name=said["name"])


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """libyaml's where it is there: a class of thousands is a long file."""


def folders(found: Iterable[Found], *, assignment: str, **_: Any) -> Sorted:
    files = list(found)
    skip = _common_folders(files, assignment)
    people: dict[str, HandedIn] = {}
    for file in files:
        who, *inside = file.path.parts[skip:]
        flat = not inside
        if flat:
            inside, who = [who], PurePosixPath(who).stem
        if len(inside) > 1 and inside[0] == assignment:
            inside = inside[1:]
        person = Person(id=who, email=who if "@" in who else "", name=who)
        handed_in = people.setdefault(who, HandedIn(person, file.where, by_file_name=flat))
        handed_in.files.append((PurePosixPath(*inside), file))
    return list(people.values()), []


def _common_folders(files: list[Found], assignment: str) -> int:
    """How many folders are around those of the students."""
    paths = [file.path.parts for file in files]
    depth = 0
    while paths and len({path[depth] for path in paths}) == 1:
        below = [path[depth + 1 :] for path in paths]
        if any(len(rest) < 2 or rest[0] == assignment for rest in below):
            break
        depth += 1
    return depth


LAYOUTS: dict[str, Callable[..., Sorted]] = {
    "canvas": canvas,
    "moodle": moodle,
    "gradescope": gradescope,
    "blackboard": blackboard,
    "folders": folders,
}
