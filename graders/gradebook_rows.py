"""The rows of nbgrader's gradebook that describe an assignment: its notebooks and their cells.

They follow the source notebooks, as `nbgrader generate_assignment` has them do, but also once
there are submissions: a test that was mended or added in week three reaches the gradebook, and
what somebody marked by hand is never removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sql

from graders import light  # noqa: F401 (before nbgrader)
from graders.rebuild import Slot

from nbgrader import api  # isort: skip


@dataclass(frozen=True, slots=True)
class NotebookRow:
    """Database ids of one notebook of the assignment and of its cells, by grade_id."""

    id: str
    graded: Mapping[str, str]
    commented: Mapping[str, str]


def has_course(connection: sql.Connection, course: str) -> bool:
    """Whether nbgrader's tables are there, and the course is in them."""
    table = api.Course.__table__
    if not sql.inspect(connection).has_table(table.name):
        return False
    return connection.execute(sql.select(table).where(table.c.id == course)).first() is not None


def create_tables(connection: sql.Connection) -> None:
    """nbgrader's tables, as its own `Gradebook` makes them in an empty database.

    That one runs the program `alembic` to learn which version they are, and fails where a
    virtual environment was not activated; the library knows it too.
    """
    if sql.inspect(connection).get_table_names():
        return
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    api.Base.metadata.create_all(connection)
    version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    table = sql.Table(
        "alembic_version",
        sql.MetaData(),
        sql.Column("version_num", sql.String(32), nullable=False),
    )
    table.create(connection)
    connection.execute(table.insert().values(version_num=version))


# -- the assignment -------------------------------------------------------------------


def sync_notebook(
    connection: sql.Connection, assignment: str, name: str, slots: Iterable[Slot]
) -> tuple[str, list[str]]:
    marked = [slot for slot in slots if slot.mark is not None]
    notebook = find_or_add(
        connection,
        api.Notebook.__table__,
        {"assignment_id": assignment, "name": name},
        kernelspec=json.dumps(
            {"name": "python3", "display_name": "Python 3", "language": "python"}
        ),
    )
    wanted = {
        kind: {s.mark.grade_id: s for s in marked if s.mark is not None and is_kind(s)}
        for kind, is_kind in (
            ("GradeCell", lambda s: s.mark.grade),
            ("SolutionCell", lambda s: s.mark.solution),
            ("TaskCell", lambda s: s.mark.task),
        )
    }
    _sync_source_cells(connection, notebook.id, marked)
    notes = _remove_cells(connection, notebook.id, wanted)
    notes += _sync_cells(connection, notebook.id, wanted)
    return notebook.id, [f"{name}: {note}" for note in notes]


def _sync_source_cells(
    connection: sql.Connection, notebook: str, slots: Iterable[Slot]
) -> None:
    table = api.SourceCell.__table__
    there = {
        row.name: row
        for row in connection.execute(sql.select(table).where(table.c.notebook_id == notebook))
    }
    values = {
        slot.mark.grade_id: {
            "cell_type": "code" if slot.cell["cell_type"] == "code" else "markdown",
            "locked": slot.mark.is_locked,
            "source": slot.released if slot.open else slot.cell["source"],
            "checksum": slot.cell["metadata"]["nbgrader"]["checksum"],
        }
        for slot in slots
        if slot.mark is not None
    }
    for name in there.keys() - values.keys():
        connection.execute(table.delete().where(table.c.id == there[name].id))
    for name, wanted in values.items():
        row = there.get(name)
        if row is None:
            connection.execute(
                table.insert().values(id=new_id(), name=name, notebook_id=notebook, **wanted)
            )
        elif any(getattr(row, key) != value for key, value in wanted.items()):
            connection.execute(table.update().where(table.c.id == row.id).values(**wanted))


def _sync_cells(
    connection: sql.Connection, notebook: str, wanted: Mapping[str, Mapping[str, Slot]]
) -> list[str]:
    notes: list[str] = []
    base = api.BaseCell.__table__
    there = {
        (row.type, row.name): row.id
        for row in connection.execute(sql.select(base).where(base.c.notebook_id == notebook))
    }
    for kind, slots in wanted.items():
        table = getattr(api, kind).__table__
        for name, slot in slots.items():
            values: dict[str, Any] = {}
            if kind != "SolutionCell":
                cell_type = "code" if slot.cell["cell_type"] == "code" else "markdown"
                values = {"max_score": slot.mark.points, "cell_type": cell_type}
            identifier = there.get((kind, name))
            if identifier is None:
                identifier = new_id()
                connection.execute(
                    base.insert().values(
                        id=identifier, name=name, notebook_id=notebook, type=kind
                    )
                )
                connection.execute(table.insert().values(id=identifier, **values))
            elif values:
                row = connection.execute(
                    sql.select(table).where(table.c.id == identifier)
                ).one()
                if row.max_score != values["max_score"]:
                    notes.append(
                        f"{name} is now worth {values['max_score']:g} points, "
                        f"not {row.max_score:g}."
                    )
                connection.execute(
                    table.update().where(table.c.id == identifier).values(**values)
                )
    return notes


def _remove_cells(
    connection: sql.Connection, notebook: str, wanted: Mapping[str, Mapping[str, Slot]]
) -> list[str]:
    notes: list[str] = []
    base, grade, comment = (m.__table__ for m in (api.BaseCell, api.Grade, api.Comment))
    rows = connection.execute(sql.select(base).where(base.c.notebook_id == notebook)).all()
    for row in rows:
        if row.name in wanted.get(row.type, {}):
            continue
        by_hand = connection.execute(
            sql.select(grade.c.id)
            .where(grade.c.cell_id == row.id)
            .where(grade.c.manual_score.is_not(None) | grade.c.extra_credit.is_not(None))
            .union_all(
                sql.select(comment.c.id)
                .where(comment.c.cell_id == row.id)
                .where(comment.c.manual_comment.is_not(None))
            )
        ).first()
        if by_hand is not None:
            notes.append(
                f"{row.name} is gone from the source but has marks or comments given by hand; "
                "they are kept, and the cell still counts."
            )
            continue
        for table in (grade, comment):
            connection.execute(table.delete().where(table.c.cell_id == row.id))
        own = getattr(api, row.type).__table__
        connection.execute(own.delete().where(own.c.id == row.id))
        connection.execute(base.delete().where(base.c.id == row.id))
        notes.append(f"{row.name} is gone from the source and was removed.")
    return notes


def cells_of(connection: sql.Connection, notebook: str) -> NotebookRow:
    base = api.BaseCell.__table__
    rows = connection.execute(sql.select(base).where(base.c.notebook_id == notebook)).all()
    return NotebookRow(
        notebook,
        graded={row.name: row.id for row in rows if row.type in ("GradeCell", "TaskCell")},
        commented={
            row.name: row.id for row in rows if row.type in ("SolutionCell", "TaskCell")
        },
    )


def find_or_add(
    connection: sql.Connection, table: sql.Table, where: Mapping[str, Any], **values: Any
) -> Any:
    query = sql.select(table).where(*(table.c[key] == value for key, value in where.items()))
    row = connection.execute(query).first()
    if row is not None:
        return row
    if "id" not in where:
        values["id"] = new_id()
    connection.execute(table.insert().values(**where, **values))
    return connection.execute(query).one()


def new_id() -> str:
    return uuid4().hex
