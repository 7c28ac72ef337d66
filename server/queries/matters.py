"""Matters as read: all of them by who holds a county-wide role, one's own by everybody."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.models.matters import Matter
from server.models.people import Person
from server.models.units import Unit
from server.queries import pages, scopes
from server.rules import access
from server.rules.access import Actor


def listed(
    actor: Actor, *, mine: bool = False, kind: str | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """The matters the actor may read (`mine`: only those they reported), newest first: `{items, next}`."""
    statement = _matters().where(_readable(actor, mine=mine))
    if kind is not None:
        statement = statement.where(Matter.kind == kind)
    if cursor:
        statement = statement.where(Matter.id < pages.keys_of(cursor, pages.row_id)[0])
    rows = db.session.execute(statement.limit(limit + 1)).all()
    after = pages.cursor_of(rows[limit - 1].Matter.id) if len(rows) > limit else None
    return {"items": [_told(row) for row in rows[:limit]], "next": after}


def one(matter_id: int) -> dict[str, Any]:
    """One matter by its id. Unscoped: for who has just reported it."""
    return _told(db.session.execute(_matters().where(Matter.id == matter_id)).one())


def _readable(actor: Actor, *, mine: bool) -> ColumnElement[bool]:
    """The matters in the actor's scope, or only their own."""
    own = Matter.by_id == actor.person_id
    if mine:
        return own
    return scopes.visible(access.scope(actor, "matter.read"), unit_id=Matter.unit_id.expression, mine=own)


def _matters() -> sa.Select[*tuple[Any, ...]]:
    """Every matter with who reported it, newest first."""
    return (
        sa.select(Matter, Person.name.label("by"), Unit.name.label("unit"))
        .join(Person, Person.id == Matter.by_id)
        .join(Unit, Unit.id == Matter.unit_id)
        .order_by(Matter.id.desc())
    )


def _told(row: Any) -> dict[str, Any]:
    """One matter."""
    matter: Matter = row.Matter
    return {
        "id": matter.id,
        "kind": matter.kind,
        "text": matter.text,
        "page": matter.page,
        "by": {"id": matter.by_id, "name": row.by},
        "unit": {"id": matter.unit_id, "name": row.unit},
        "state": matter.state,
        "reported_at": matter.reported_at,
    }
