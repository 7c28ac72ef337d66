"""People as documents: oneself, and those an administrator keeps or a watcher looks up."""

from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.queries import factors, pages, scopes
from server.rules import access
from server.rules.access import Actor, Scope

MOST_COMPANIONS = 20


def me(actor: Actor) -> dict[str, Any]:
    """The actor's own account: `{id, username, name, post, unit, roles, permissions}`."""
    row = db.session.execute(
        sa.select(Person.username, Person.name, Person.post, Unit.id, Unit.name, Unit.kind)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id == actor.person_id)
    ).one()
    username, name, post, unit_id, unit_name, unit_kind = row
    return {
        "id": actor.person_id,
        "username": username,
        "name": name,
        "post": post,
        "unit": {"id": unit_id, "name": unit_name, "kind": unit_kind},
        "roles": roles_of({actor.person_id})[actor.person_id],
        "permissions": access.held_by(actor),
    }


def listed(
    actor: Actor,
    *,
    unit_id: int | None = None,
    person_id: int | None = None,
    q: str = "",
    left: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The people of the reader's units, in the order of the units: `{items: [Person], next}`.

    `unit_id` narrows to a unit and those below, `person_id` to one, `q` to part of a name or user name; `left` asks for
    those who left.
    """
    statement = _people(access.scope(actor, "person.read")).where(
        Person.left_at.is_not(None) if left else Person.left_at.is_(None)
    )
    if unit_id is not None:
        statement = statement.where(Unit.path.startswith(_path(unit_id), autoescape=True))
    if person_id is not None:
        statement = statement.where(Person.id == person_id)
    if q:
        statement = statement.where(
            sa.or_(Person.name.icontains(q, autoescape=True), Person.username == q.casefold())
        )
    if cursor is not None:
        keys = pages.keys_of(cursor, pages.path, pages.row_id)
        statement = statement.where(sa.tuple_(Unit.path, Person.id) > keys)
    rows = list(db.session.execute(statement.order_by(Unit.path, Person.id).limit(limit + 1)))
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": _documents(actor, rows[:limit]),
        "next": None if last is None else pages.cursor_of(last.path, last.id),
    }


def companions(actor: Actor, q: str) -> dict[str, Any]:
    """Colleagues to travel with, of any unit, whose name holds `q`: `{items: [{id, name, unit}]}`, 20 at the most.

    Their names and units are what anybody in the county's offices knows; nothing else is told.
    """
    access.ensure_holds(actor, "companion.find")
    statement = (
        sa.select(Person.id, Person.name, Unit.id.label("unit_id"), Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.left_at.is_(None), Person.name.icontains(q, autoescape=True))
        .order_by(Unit.path, Person.id)
        .limit(MOST_COMPANIONS)
    )
    found = db.session.execute(statement)
    return {
        "items": [
            {"id": row.id, "name": row.name, "unit": {"id": row.unit_id, "name": row.unit}} for row in found
        ]
    }


def document(actor: Actor, person_id: int) -> dict[str, Any]:
    """One person as their administrator sees them."""
    rows = list(db.session.execute(_people(Scope(("/",), None)).where(Person.id == person_id)))
    return _documents(actor, rows)[0]


def roles_of(person_ids: set[int]) -> dict[int, list[dict[str, Any]]]:
    """The roles of each of these people: `[{role, unit: {id, name}}]`."""
    rows = db.session.execute(
        sa.select(RoleGrant.person_id, RoleGrant.role, Unit.id, Unit.name)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id.in_(person_ids))
        .order_by(RoleGrant.id)
    )
    found: dict[int, list[dict[str, Any]]] = {person_id: [] for person_id in person_ids}
    for person_id, role, unit_id, unit_name in rows:
        found[person_id].append({"role": role, "unit": {"id": unit_id, "name": unit_name}})
    return found


def _people(scope: Scope) -> sa.Select[*tuple[Any, ...]]:
    """The people whose unit lies in the scope, with that unit."""
    return (
        sa.select(
            Person.id,
            Person.username,
            Person.name,
            Person.post,
            Person.must_change_password,
            Person.created_at,
            Person.left_at,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.path,
        )
        .join(Unit, Unit.id == Person.unit_id)
        .where(scopes.within(scope.paths))
    )


def _path(unit_id: int) -> str:
    """The path of a unit; one that no path begins with when there is no such unit."""
    return db.session.scalar(sa.select(Unit.path).where(Unit.id == unit_id)) or "-"


def _documents(actor: Actor, rows: list[Any]) -> list[dict[str, Any]]:
    """The people as documents. Their user names are for those who keep their accounts, not for those who watch."""
    ids = {row.id for row in rows}
    roles, factors_on = roles_of(ids), factors.on_of(ids)
    keeps = access.scope(actor, "person.update")
    return [
        {
            "id": row.id,
            "username": row.username if keeps.covers(row.path) else None,
            "name": row.name,
            "post": row.post,
            "unit": {"id": row.unit_id, "name": row.unit_name},
            "roles": roles[row.id],
            "must_change_password": row.must_change_password,
            "second_factor": row.id in factors_on if keeps.covers(row.path) else None,
            "created_at": row.created_at,
            "left_at": row.left_at,
        }
        for row in rows
    ]
