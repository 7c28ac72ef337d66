"""Looks as read: whether a sitting has said why, who looked at me, and the whole record for an auditor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.models.looks import Look, LookReason
from server.models.people import Person
from server.models.trips import Trip
from server.models.units import Unit
from server.queries import pages, scopes
from server.rules import access
from server.rules.access import Actor

_Reader, _Subject = sa.orm.aliased(Person), sa.orm.aliased(Person)
_ReaderUnit, _SubjectUnit = sa.orm.aliased(Unit), sa.orm.aliased(Unit)


def may_see_positions(actor: Actor, *, trip_id: int | None) -> bool:
    """Whether this sitting said why: for the map, which covers everything, or for this one trip.

    The command line has no sitting and sees no positions.
    """
    if actor.session_id is None:
        return False
    return bool(actor.map_reason) or (trip_id is not None and trip_id in reasons(actor.session_id, {trip_id}))


def reasons(session_id: UUID, trip_ids: set[int]) -> dict[int, str]:
    """The reasons a sitting gave for single trips, by trip."""
    statement = sa.select(LookReason.trip_id, LookReason.reason).where(
        LookReason.session_id == session_id, LookReason.trip_id.in_(trip_ids)
    )
    return {row.trip_id: row.reason for row in db.session.execute(statement)}


def kept(session_id: UUID) -> list[tuple[UUID, int, int, str]]:
    """What a sitting has looked at so far: itself, person, trip (0 for none), door."""
    found = db.session.execute(
        sa.select(Look.subject_id, Look.trip_id, Look.door).where(Look.session_id == session_id)
    )
    return [(session_id, *row) for row in found]


def at_me(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Who looked at the actor's positions, newest first: `{items: [{at, by, trip, reason, door}], next}`."""
    return _page(_looks().where(Look.subject_id == actor.person_id), cursor, limit, told=_told)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which looks: from `from_` to before `to`, by whom, at whom, on which trip."""

    from_: datetime | None = None
    to: datetime | None = None
    reader_id: int | None = None
    subject_id: int | None = None
    trip_id: int | None = None


def listed(actor: Actor, wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """The record of looks at people the actor's audit covers, newest first; each item also says `of` whom."""
    scope = access.scope(actor, "look.read")
    seen = scopes.visible(scope, unit_id=_Subject.unit_id.expression, mine=sa.false())
    return _page(_looks().where(seen, *_wanted(wanted)), cursor, limit, told=_told_whole)


def _wanted(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    """The filter as conditions."""
    if wanted.from_ is not None:
        yield Look.at >= wanted.from_
    if wanted.to is not None:
        yield Look.at < wanted.to
    asked = {
        Look.reader_id: wanted.reader_id,
        Look.subject_id: wanted.subject_id,
        Look.trip_id: wanted.trip_id,
    }
    yield from (column == one for column, one in asked.items() if one is not None)


def _looks() -> sa.Select[*tuple[Any, ...]]:
    """Every look with the names it mentions."""
    return (
        sa.select(
            Look,
            _Reader.name.label("reader"),
            _ReaderUnit.id.label("reader_unit_id"),
            _ReaderUnit.name.label("reader_unit"),
            _Subject.name.label("subject"),
            _SubjectUnit.id.label("subject_unit_id"),
            _SubjectUnit.name.label("subject_unit"),
            Trip.title.label("trip"),
        )
        .join(_Reader, _Reader.id == Look.reader_id)
        .join(_ReaderUnit, _ReaderUnit.id == _Reader.unit_id)
        .join(_Subject, _Subject.id == Look.subject_id)
        .join(_SubjectUnit, _SubjectUnit.id == _Subject.unit_id)
        .outerjoin(Trip, Trip.id == Look.trip_id)
        .order_by(Look.id.desc())
    )


def _page(
    statement: sa.Select[*tuple[Any, ...]], cursor: str | None, limit: int, *, told: Any
) -> dict[str, Any]:
    """One page of looks after a cursor."""
    if cursor:
        statement = statement.where(Look.id < pages.keys_of(cursor, pages.row_id)[0])
    rows = db.session.execute(statement.limit(limit + 1)).all()
    after = pages.cursor_of(rows[limit - 1].Look.id) if len(rows) > limit else None
    return {"items": [told(row) for row in rows[:limit]], "next": after}


def _told(row: Any) -> dict[str, Any]:
    """One look, as the person looked at reads it."""
    look: Look = row.Look
    unit = {"id": row.reader_unit_id, "name": row.reader_unit}
    return {
        "id": look.id,
        "at": look.at,
        "by": {"id": look.reader_id, "name": row.reader, "unit": unit},
        "trip": None if row.trip is None else {"id": look.trip_id, "title": row.trip},
        "reason": look.reason,
        "door": look.door,
    }


def _told_whole(row: Any) -> dict[str, Any]:
    """One look, as an auditor reads it."""
    unit = {"id": row.subject_unit_id, "name": row.subject_unit}
    return _told(row) | {"of": {"id": row.Look.subject_id, "name": row.subject, "unit": unit}}
