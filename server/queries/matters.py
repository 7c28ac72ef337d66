"""Matters as read: one's own by everybody; all suggestions by who holds a county-wide role; all complaints by who
holds one that watches nobody.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.errors import NotFound
from server.models.matters import Matter, MatterAnswer
from server.models.people import Person
from server.models.units import Unit
from server.queries import pages, scopes
from server.rules import access, matters
from server.rules.access import Actor, Scope


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
    return {"items": _documents(rows[:limit]), "next": after}


def get(actor: Actor, matter_id: int) -> Matter:
    """One matter the actor may read; `NotFound` otherwise."""
    statement = sa.select(Matter).where(Matter.id == matter_id, _readable(actor, mine=False))
    found = db.session.execute(statement).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def one(matter_id: int) -> dict[str, Any]:
    """One matter by its id. Unscoped: for who has just reported or answered it."""
    return _documents([db.session.execute(_matters().where(Matter.id == matter_id)).one()])[0]


def _readable(actor: Actor, *, mine: bool) -> ColumnElement[bool]:
    """The matters in the actor's scope, or only their own."""
    own = Matter.by_id == actor.person_id
    if mine:
        return own
    return sa.or_(
        sa.and_(Matter.kind != "complaint", _covered(access.scope(actor, "matter.read"), own)),
        _covered(matters.complaints(actor), own),
    )


def _covered(scope: Scope, own: ColumnElement[bool]) -> ColumnElement[bool]:
    """The matters that a scope opens."""
    return scopes.visible(scope, unit_id=Matter.unit_id.expression, mine=own)


def _matters() -> sa.Select[*tuple[Any, ...]]:
    """Every matter with who reported it, newest first."""
    return (
        sa.select(Matter, Person.name.label("by"), Unit.name.label("unit"))
        .join(Person, Person.id == Matter.by_id)
        .join(Unit, Unit.id == Matter.unit_id)
        .order_by(Matter.id.desc())
    )


def _documents(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Matters with their answers."""
    answers = _answers([row.Matter.id for row in rows])
    return [_told(row) | {"answers": answers.get(row.Matter.id, [])} for row in rows]


def _answers(matter_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What was answered to matters, oldest first."""
    statement = (
        sa.select(MatterAnswer, Person.name)
        .join(Person, Person.id == MatterAnswer.by_id)
        .where(MatterAnswer.matter_id.in_(matter_ids))
        .order_by(MatterAnswer.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for said, name in db.session.execute(statement):
        told = {"by": {"id": said.by_id, "name": name}, "text": said.text, "at": said.at}
        found.setdefault(said.matter_id, []).append(told)
    return found


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
