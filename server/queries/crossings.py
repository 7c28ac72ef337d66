"""Crossings of people on duty as whoever watches the map hears of them: who entered or left what, and when."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.errors import ReasonNeeded
from server.models.areas import Area
from server.models.people import Person
from server.models.positions import Crossing
from server.models.trips import Consent, Trip, TripMember
from server.models.units import Unit
from server.queries import scopes
from server.rules import access
from server.rules.access import Actor


def told(crossing_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """These crossings by id, as far as they are of people on duty who agree to a track. Unscoped: the caller scopes."""
    if not crossing_ids:
        return {}
    found = db.session.execute(_of_the_present().where(Crossing.id.in_(crossing_ids)))
    return {row.Crossing.id: _document(row) for row in found}


def latest(actor: Actor, *, unit_id: int | None = None, limit: int = 30) -> list[dict[str, Any]]:
    """The latest crossings of people on duty in the actor's scope; `ReasonNeeded` before this sitting has said why."""
    if not actor.map_reason:
        raise ReasonNeeded
    statement = _of_the_present().where(scopes.within(access.scope(actor, "crossing.read").paths))
    if unit_id is not None:
        statement = statement.where(Unit.id.in_(scopes.units_below(unit_id)))
    statement = statement.order_by(Crossing.at.desc(), Crossing.id.desc()).limit(limit)
    return [_document(row) for row in db.session.execute(statement)]


def subjects(found: Sequence[dict[str, Any]]) -> list[tuple[int, int | None]]:
    """Whose crossings these are, and on which trip."""
    return [(item["person"]["id"], item["trip"]["id"]) for item in found]


def _of_the_present() -> sa.Select[*tuple[Any, ...]]:
    """Crossings on trips under way, of people who agree to a track, with the names that go with them."""
    agreed = sa.exists().where(
        Consent.trip_id == Crossing.trip_id,
        Consent.person_id == Crossing.person_id,
        Consent.level == "track",
        Consent.withdrawn_at.is_(None),
    )
    member = sa.and_(TripMember.trip_id == Crossing.trip_id, TripMember.person_id == Crossing.person_id)
    names = (Area.name, Area.kind, Person.name.label("person"), Unit.name.label("unit"), Trip.title)
    return (
        sa.select(Crossing, TripMember.unit_id, *names)
        .join(Area, Area.id == Crossing.area_id)
        .join(Person, Person.id == Crossing.person_id)
        .join(Trip, Trip.id == Crossing.trip_id)
        .join(TripMember, member)
        .join(Unit, Unit.id == TripMember.unit_id)
        .where(Trip.state == "under_way", agreed)
    )


def _document(row: Any) -> dict[str, Any]:
    """One crossing, and whose it is."""
    found: Crossing = row.Crossing
    return {
        "id": found.id,
        "at": found.at,
        "entered": found.entered,
        "area": {"id": found.area_id, "name": row.name, "kind": row.kind, "version": found.version},
        "person": {"id": found.person_id, "name": row.person},
        "unit": {"id": row.unit_id, "name": row.unit},
        "trip": {"id": found.trip_id, "title": row.title},
    }
