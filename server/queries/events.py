"""The record of what was done, as an auditor reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.models.events import Event
from server.models.people import Person
from server.models.units import Unit
from server.queries import pages, scopes
from server.rules import access, matters
from server.rules.access import Actor, Scope

_Whom = sa.orm.aliased(Person)
"""Whom an event is about."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events: kinds (empty for all), from `from_` to before `to`, who did it, about whom, of which trip."""

    kinds: tuple[str, ...] = ()
    from_: datetime | None = None
    to: datetime | None = None
    actor_id: int | None = None
    person_id: int | None = None
    trip_id: int | None = None


def listed(actor: Actor, wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """What was done in the units the actor audits, newest first: `{items, next}`."""
    statement = _events().where(_covered(access.scope(actor, "event.read")), *_wanted(wanted))
    if cursor:
        statement = statement.where(Event.number < pages.keys_of(cursor, pages.number)[0])
    rows = db.session.execute(statement.limit(limit + 1)).all()
    after = pages.cursor_of(rows[limit - 1].Event.number) if len(rows) > limit else None
    return {"items": [_told(row) for row in rows[:limit]], "next": after}


def _wanted(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions."""
    if wanted.kinds:
        yield Event.kind.in_(wanted.kinds)
    if wanted.from_ is not None:
        yield Event.at >= wanted.from_
    if wanted.to is not None:
        yield Event.at < wanted.to
    of = {Event.actor_id: wanted.actor_id, Event.person_id: wanted.person_id, Event.trip_id: wanted.trip_id}
    yield from (column == one for column, one in of.items() if one is not None)


def _events() -> sa.Select[*tuple[Any, ...]]:
    """Every event with the names it mentions by number, as of now, newest first."""
    return (
        sa.select(Event, Person.name, _Whom.name.label("whom"), Unit.name.label("unit"))
        .outerjoin(Person, Person.id == Event.actor_id)
        .outerjoin(_Whom, _Whom.id == Event.person_id)
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .order_by(Event.number.desc())
    )


def _covered(scope: Scope) -> ColumnElement[bool]:
    """The events of the units in scope; those of no unit belong to the whole county, and so do all of complaints.

    An old event of a complaint names the unit of whoever complained, and no event is ever rewritten.
    """
    unit_id = cast(ColumnElement[int], Event.unit_id.expression)
    covered = scopes.visible(scope, unit_id=unit_id, mine=sa.false())
    if any(access.is_root(path) for path in scope.paths):
        return sa.or_(covered, Event.unit_id.is_(None))
    kinds = sa.and_(
        Event.kind == "matter.reported", Event.data["matter"].as_string().in_(matters.CONFIDENTIAL)
    )
    return sa.and_(covered, sa.not_(kinds))


def _told(row: Any) -> dict[str, Any]:
    """One event; `actor` is None where nobody was signed in."""
    event: Event = row.Event
    return {
        "number": event.number,
        "at": event.at,
        "kind": event.kind,
        "actor": _named(event.actor_id, row.name),
        "person": _named(event.person_id, row.whom),
        "unit": _named(event.unit_id, row.unit),
        "subject": event.subject,
        "unit_id": event.unit_id,
        "person_id": event.person_id,
        "trip_id": event.trip_id,
        "data": event.data,
    }


def _named(row_id: int | None, name: str | None) -> dict[str, Any] | None:
    """Somebody or something by number and name; None where nothing is meant. Only the numbers are in the record."""
    return None if row_id is None else {"id": row_id, "name": name or ""}
