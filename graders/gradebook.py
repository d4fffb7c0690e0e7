"""nbgrader's gradebook: marks in, in one transaction a submission.

The tables, and their meaning, are nbgrader's own (`nbgrader.api`), so that the formgrader,
`nbgrader export` and `nbgrader generate_feedback` see what `nbgrader autograde` would have
written. nbgrader's `Gradebook` commits once a cell; the same rows are written here by a handful
of statements. What a person entered (marks, extra credit, comments, extensions) is never
touched.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy import exc

from graders import light  # noqa: F401 (before nbgrader)

from nbgrader import api  # isort: skip
from graders.gradebook_rows import (
    NotebookRow,
    cells_of,
    create_tables,
    find_or_add,
    has_course,
    new_id,
    sync_notebook,
)
from graders.problems import UserProblem
from graders.rebuild import Slot
from graders.report import Report, Status

SECONDS_FOR_A_LOCK = 60
SECONDS_IN_SILENCE = 2  # of waiting for a lock, before that is said
NO_RESPONSE = "No response."  # nbgrader's own words, which its feedback pages look for

LatePenalty = Callable[[str, float, float], float | None]


_PLAIN = str.maketrans('<>"', "‹›”")  # for what would be taken for HTML
_OURS = 0x6D61726B73  # the number of the lock that graders take from one another in PostgreSQL


class GradebookProblem(UserProblem):
    """The gradebook cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Marked:
    """One notebook of a submission, graded.

    `changed` says that the student's work is not what was marked before, so that a mark given
    by hand wants another look. `unanswered` names the answer cells without an answer.
    """

    notebook: str
    report: Report
    changed: bool = True
    unanswered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one student handed in, graded; `timestamp` is when, in UTC without a zone."""

    student: str
    marked: tuple[Marked, ...]
    timestamp: datetime | None = None


@dataclass(slots=True)
class Gradebook:
    """A gradebook open for the marks of one assignment.

    Args:
        url: SQLAlchemy's address of the database, as `CourseDirectory.db_url`.
        course: nbgrader's course_id.
        tell: is told when another program keeps the gradebook waiting.
    """

    url: str
    course: str = ""
    late_penalty: LatePenalty | None = None
    tell: Callable[[str], object] = field(default=lambda text: None)
    _engine: sql.Engine = field(init=False)
    _notebooks: dict[str, NotebookRow] = field(init=False, default_factory=dict)
    _assignment: str = field(init=False, default="")
    _due: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.course = self.course or "default_course"  # nbgrader's word for one without a name
        with explained(self.url):
            options = {}
            if self.url.startswith("sqlite"):
                options = {"connect_args": {"timeout": SECONDS_FOR_A_LOCK}}
            self._engine = sql.create_engine(self.url, **options)
            with self._engine.connect() as connection:
                there = has_course(connection, self.course)
        if not there:
            with self._writing() as connection:
                create_tables(connection)
                find_or_add(connection, api.Course.__table__, {"id": self.course})

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sql.Connection]:
        """A transaction of the only grader that writes now; others wait, and are waited for."""
        with explained(self.url), self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                self._lock_sqlite(connection)
            elif connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{SECONDS_FOR_A_LOCK}s'")
                connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_OURS)))
            yield connection

    def _lock_sqlite(self, connection: sql.Connection) -> None:
        patient = f"PRAGMA busy_timeout = {int(1000 * SECONDS_FOR_A_LOCK)}"
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(1000 * SECONDS_IN_SILENCE)}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except exc.OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            self.tell(
                f"Another program is writing to the gradebook {shown_url(self.url)}; waiting "
                f"for it, {SECONDS_FOR_A_LOCK} s at most."
            )
            connection.exec_driver_sql(patient)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(patient)

    # -- the assignment -----------------------------------------------------------------------

    def prepare(self, assignment: str, sources: Mapping[str, Iterable[Slot]]) -> list[str]:
        """Make the rows of the assignment agree with its source notebooks.

        What `nbgrader generate_assignment` does, but also once there are submissions: new cells
        are added, points and tests brought up to date, and cells that are gone are removed
        unless somebody has marked them by hand.

        Returns:
            Sentences on what was changed.
        """
        notes: list[str] = []
        with self._writing() as connection:
            self._assignment, self._due = self._find_or_add_assignment(connection, assignment)
            for name, slots in sorted(sources.items()):
                notebook_id, found = sync_notebook(connection, self._assignment, name, slots)
                notes += found
                self._notebooks[name] = cells_of(connection, notebook_id)
        return notes

    def open(self, assignment: str) -> None:
        """Take up an assignment that is there already.

        Raises:
            GradebookProblem: it is not there.
        """
        with explained(self.url), self._engine.connect() as connection:
            found = self._find_assignment(connection, assignment)
        if found is None:
            raise GradebookProblem(
                f"{assignment} is not in the gradebook yet; 'graders grade {assignment}' puts "
                "it there."
            )
        self._assignment, self._due = found

    def _find_assignment(
        self, connection: sql.Connection, name: str
    ) -> tuple[str, datetime | None] | None:
        table = api.Assignment.__table__
        row = connection.execute(
            sql.select(table.c.id, table.c.duedate).where(table.c.name == name)
        ).first()
        return None if row is None else (row.id, row.duedate)

    def _find_or_add_assignment(
        self, connection: sql.Connection, name: str
    ) -> tuple[str, datetime | None]:
        table = api.Assignment.__table__
        found = self._find_assignment(connection, name)
        if found is not None:
            return found
        identifier = new_id()
        connection.execute(
            table.insert().values(id=identifier, name=name, course_id=self.course)
        )
        return identifier, None

    def enrol(self, roster: Mapping[str, Mapping[str, str]]) -> None:
        """Add the students of a roster, and their names where the gradebook has none.

        The formgrader puts names into its pages as they are, and students choose theirs.
        """
        table = api.Student.__table__
        roster = {
            student: {key: value.translate(_PLAIN) for key, value in values.items()}
            for student, values in roster.items()
        }
        with self._writing() as connection:
            there = {row.id: row for row in connection.execute(sql.select(table))}
            for student, values in roster.items():
                if student not in there:
                    connection.execute(table.insert().values(id=student, **values))
                    continue
                new = {k: v for k, v in values.items() if not getattr(there[student], k)}
                if new:
                    connection.execute(
                        table.update().where(table.c.id == student).values(**new)
                    )

    def source_text(self, assignment: str, notebook: str) -> dict[str, str]:
        """The cells that nbgrader stored when it released the assignment, by grade_id."""
        with explained(self.url), self._engine.connect() as connection:
            return source_text(connection, assignment, notebook)

    # -- submissions --------------------------------------------------------------------------

    def record(self, entries: Iterable[Entry]) -> None:
        """Write the marks of some submissions in one transaction: all of them or nothing."""
        entries = tuple(entries)
        for attempt in (1, 2, 3):
            try:
                with self._writing() as connection:
                    for entry in entries:
                        self._record(connection, entry)
                return
            except exc.IntegrityError as error:
                # The formgrader, say, added the same student or submission a moment ago.
                if attempt == 3:
                    raise GradebookProblem(
                        f"the gradebook {shown_url(self.url)} refuses the marks of "
                        f"{', '.join(entry.student for entry in entries)}: {error.orig}."
                    ) from None

    def _record(self, connection: sql.Connection, entry: Entry) -> None:
        student, timestamp = entry.student, entry.timestamp
        find_or_add(connection, api.Student.__table__, {"id": student})
        submission = find_or_add(
            connection,
            api.SubmittedAssignment.__table__,
            {"assignment_id": self._assignment, "student_id": student},
        )
        if timestamp is not None and submission.timestamp != timestamp:
            table = api.SubmittedAssignment.__table__
            connection.execute(
                table.update().where(table.c.id == submission.id).values(timestamp=timestamp)
            )
        submitted = {
            name: find_or_add(
                connection,
                api.SubmittedNotebook.__table__,
                {"assignment_id": submission.id, "notebook_id": notebook.id},
                flagged=False,
            ).id
            for name, notebook in self._notebooks.items()
        }
        for name, notebook in self._notebooks.items():
            one = next((m for m in entry.marked if m.notebook == name), None)
            _write_grades(connection, submitted[name], notebook, one)
            _write_comments(connection, submitted[name], notebook, one)
        table = api.SubmittedAssignment.__table__
        row = connection.execute(sql.select(table).where(table.c.id == submission.id)).one()
        self._write_penalties(connection, row)

    def _write_penalties(self, connection: sql.Connection, submission: Any) -> None:
        due, seconds_late = self._due, 0.0
        if due is not None and submission.timestamp is not None:
            due += submission.extension or timedelta()
            seconds_late = max(0.0, (submission.timestamp - due).total_seconds())
        table = api.SubmittedNotebook.__table__
        rows = connection.execute(
            sql.select(table).where(table.c.assignment_id == submission.id)
        ).all()
        for row in rows:
            penalty = None
            if seconds_late > 0 and self.late_penalty is not None:
                score = _score(connection, row.id)
                penalty = self.late_penalty(submission.student_id, score, seconds_late)
                if penalty is not None:
                    penalty = min(max(float(penalty), 0.0), score)
            if penalty != row.late_submission_penalty:
                connection.execute(
                    table.update()
                    .where(table.c.id == row.id)
                    .values(late_submission_penalty=penalty)
                )

    def students(self) -> list[str]:
        """The ids of all students, enrolled in whatever way."""
        table = api.Student.__table__
        with explained(self.url), self._engine.connect() as connection:
            return list(connection.scalars(sql.select(table.c.id).order_by(table.c.id)))

    def student_names(self) -> dict[str, str]:
        """First and last names by id, of the students who have any."""
        table = api.Student.__table__
        with explained(self.url), self._engine.connect() as connection:
            rows = connection.execute(sql.select(table)).all()
        named = {
            row.id: " ".join(filter(None, (row.first_name, row.last_name))) for row in rows
        }
        return {student: name for student, name in named.items() if name}

    def refresh_penalties(self) -> None:
        """Bring late penalties up to date with the due date, extensions and policy of today."""
        table, book = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
        due = self._due
        late_before = sql.exists().where(
            book.c.assignment_id == table.c.id, book.c.late_submission_penalty.is_not(None)
        )
        candidates = late_before if due is None else late_before | (table.c.timestamp > due)
        query = sql.select(table).where(table.c.assignment_id == self._assignment, candidates)
        with self._writing() as connection:
            for row in connection.execute(query).all():
                self._write_penalties(connection, row)

    def recorded(self) -> dict[tuple[str, str], tuple[int, float]]:
        """How many automatic marks each student's notebook has, and what they sum to.

        That is enough to see that what the journal says was indeed written.
        """
        submission, book, notebook, grade = (
            model.__table__
            for model in (
                api.SubmittedAssignment,
                api.SubmittedNotebook,
                api.Notebook,
                api.Grade,
            )
        )
        query = (
            sql.select(
                submission.c.student_id,
                notebook.c.name,
                sql.func.count(grade.c.auto_score),
                sql.func.coalesce(sql.func.sum(grade.c.auto_score), 0.0),
            )
            .join(book, book.c.assignment_id == submission.c.id)
            .join(notebook, book.c.notebook_id == notebook.c.id)
            .join(grade, grade.c.notebook_id == book.c.id, isouter=True)
            .where(submission.c.assignment_id == self._assignment)
            .group_by(submission.c.student_id, notebook.c.name)
        )
        with explained(self.url), self._engine.connect() as connection:
            return {
                (student, name): (count, total)
                for student, name, count, total in connection.execute(query)
            }


# -- rows of a submission ---------------------------------------------------------------------


def _write_grades(
    connection: sql.Connection, submitted: str, notebook: NotebookRow, marked: Marked | None
) -> None:
    table = api.Grade.__table__
    there = _by_cell(connection, table, submitted)
    questions = {q.id: q for q in marked.report.questions} if marked is not None else {}
    problem = marked is not None and marked.report.problem is not None
    new, old = [], []
    for name, cell in notebook.graded.items():
        row, question = there.get(cell), questions.get(name)
        if marked is None or question is None:
            if row is None:
                new.append(_grade(cell, submitted, None, True))
            continue
        undecided = question.points is None or question.status is Status.HARNESS_ERROR
        if row is None:
            new.append(_grade(cell, submitted, question.points, undecided or problem))
            continue
        if row.manual_score is None:
            needs = undecided or problem
        else:
            needs = row.needs_manual_grade or marked.changed
        old.append({"_id": row.id, "auto_score": question.points, "needs_manual_grade": needs})
    _write(connection, table, new, old)


def _write_comments(
    connection: sql.Connection, submitted: str, notebook: NotebookRow, marked: Marked | None
) -> None:
    table = api.Comment.__table__
    there = _by_cell(connection, table, submitted)
    new, old = [], []
    for name, cell in notebook.commented.items():
        text = None
        if marked is not None and marked.report.problem is not None:
            text = marked.report.problem
        elif marked is not None and name in marked.unanswered:
            text = NO_RESPONSE
        if cell not in there:
            new.append(
                {
                    "id": new_id(),
                    "cell_id": cell,
                    "notebook_id": submitted,
                    "auto_comment": text,
                }
            )
        elif marked is not None and there[cell].auto_comment != text:
            old.append({"_id": there[cell].id, "auto_comment": text})
    _write(connection, table, new, old)


def _grade(cell: str, submitted: str, points: float | None, needs: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "cell_id": cell,
        "notebook_id": submitted,
        "auto_score": points,
        "needs_manual_grade": needs,
    }


def _by_cell(connection: sql.Connection, table: sql.Table, submitted: str) -> dict[str, Any]:
    rows = connection.execute(sql.select(table).where(table.c.notebook_id == submitted))
    return {row.cell_id: row for row in rows}


def _write(
    connection: sql.Connection,
    table: sql.Table,
    new: list[dict[str, Any]],
    old: list[dict[str, Any]],
) -> None:
    if new:
        connection.execute(table.insert(), new)
    if old:
        columns = {key: sql.bindparam(key) for key in old[0] if key != "_id"}
        connection.execute(
            table.update().where(table.c.id == sql.bindparam("_id")).values(**columns), old
        )


def _score(connection: sql.Connection, submitted: str) -> float:
    grade = api.Grade.__table__
    rows = connection.execute(sql.select(grade).where(grade.c.notebook_id == submitted))
    total = 0.0
    for row in rows:
        mark = row.manual_score if row.manual_score is not None else row.auto_score
        total += 0.0 if mark is None else mark + (row.extra_credit or 0.0)
    return total


@contextmanager
def connected(url: str) -> Iterator[sql.Connection]:
    """A connection for reading, closed afterwards.

    Raises:
        GradebookProblem: there is no gradebook yet, or it cannot be read.
    """
    empty = GradebookProblem(
        f"the gradebook {shown_url(url)} holds nothing yet; 'graders grade ASSIGNMENT' fills "
        "it."
    )
    with explained(url):
        address = sql.make_url(url)
        if (
            address.drivername.startswith("sqlite")
            and not Path(address.database or "").exists()
        ):
            raise empty  # SQLite would make an empty file
        engine = sql.create_engine(url)
        try:
            with engine.connect() as connection:
                if not sql.inspect(connection).has_table(api.Assignment.__tablename__):
                    raise empty
                yield connection
        finally:
            engine.dispose()


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Errors of the database as sentences."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exc.SAWarning)
            yield
    except exc.IntegrityError:
        raise
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        raise GradebookProblem(
            f"the database address {shown_url(url)!r} is not usable: {error}"
        ) from None
    except exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip()
        raise GradebookProblem(
            f"the gradebook {shown_url(url)}: {reason}. {_remedy(reason)}"
        ) from None


def shown_url(url: str) -> str:
    """The database's address as it may be shown."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except exc.ArgumentError:
        return url.split("@")[-1]


def _remedy(reason: str) -> str:
    reason = reason.lower()
    if "locked" in reason or "lock timeout" in reason:
        return "Another program is writing to it; run the same command again when it has ended."
    if "readonly" in reason or "read-only" in reason:
        return "Its file or folder may not be written to; mend that and run again."
    if "no such column" in reason or "does not exist" in reason:
        return (
            "It may be of an older nbgrader: make a copy of it, then run 'nbgrader db upgrade'."
        )
    if "unable to open" in reason:
        return "Its folder must be there and may be written to."
    if "disk" in reason and "full" in reason:
        return "The disk is full; nothing graded so far is lost. Free some and run again."
    if "not a database" in reason or "malformed" in reason:
        return "The file is damaged or is no gradebook; put a copy back, or move it away."
    return "Nothing graded so far is lost; run the same command again when it is mended."


# -- for whoever only reads -------------------------------------------------------------------


def source_text(connection: sql.Connection, assignment: str, notebook: str) -> dict[str, str]:
    """The cells that nbgrader stored when it released the assignment, by grade_id."""
    cell, book, task = (m.__table__ for m in (api.SourceCell, api.Notebook, api.Assignment))
    query = (
        sql.select(cell.c.name, cell.c.source)
        .join(book, cell.c.notebook_id == book.c.id)
        .join(task, book.c.assignment_id == task.c.id)
        .where(task.c.name == assignment, book.c.name == notebook)
    )
    return {row.name: row.source or "" for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Standing:
    """The mark of one question as it stands; `by_hand` is what counts if it is not None."""

    automatic: float | None
    by_hand: float | None


def standing_marks(
    connection: sql.Connection, assignment: str
) -> dict[tuple[str, str, str], Standing]:
    """Every mark of an assignment, by student, notebook and question."""
    task, submission, book, notebook, grade, cell = (
        model.__table__
        for model in (
            *(api.Assignment, api.SubmittedAssignment, api.SubmittedNotebook),
            *(api.Notebook, api.Grade, api.BaseCell),
        )
    )
    query = (
        sql.select(
            *(submission.c.student_id, notebook.c.name, cell.c.name.label("question")),
            *(grade.c.auto_score, grade.c.manual_score),
        )
        .join(task, submission.c.assignment_id == task.c.id)
        .join(book, book.c.assignment_id == submission.c.id)
        .join(notebook, book.c.notebook_id == notebook.c.id)
        .join(grade, grade.c.notebook_id == book.c.id)
        .join(cell, grade.c.cell_id == cell.c.id)
        .where(task.c.name == assignment)
    )
    return {
        (row.student_id, row.name, row.question): Standing(row.auto_score, row.manual_score)
        for row in connection.execute(query)
    }
