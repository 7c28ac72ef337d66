"""Silences as their readers may see them, and what is needed to find them: whose phones are expected to speak."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.people import Person
from server.models.positions import Fix
from server.models.silences import Silence
from server.models.trips import Consent, Trip, TripMember
from server.models.units import Unit
from server.queries import scopes, trips
from server.rules import access
from server.rules.access import Actor
from server.rules.silences import PURPOSES, Expected


def under_way(actor: Actor, *, unit_id: int | None = None) -> list[dict[str, Any]]:
    """The silences that last, in the actor's scope (or a unit's subtree in it), in the order of units."""
    statement = _told().where(Silence.ended_at.is_(None), _seen(actor))
    if unit_id is not None:
        statement = statement.where(Unit.id.in_(scopes.units_below(unit_id)))
    return _documents(statement.order_by(Silence.unit_id, Silence.person_id))


def on_trip(actor: Actor, trip_id: int) -> list[dict[str, Any]]:
    """All silences on a trip that the actor may read, by time; a member sees their own. `NotFound` for another trip."""
    trip = trips.get(actor, trip_id)
    statement = _told().where(Silence.trip_id == trip.id, _seen(actor))
    return _documents(statement.order_by(Silence.since, Silence.id))


def documents(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """These silences by id. Unscoped: the caller scopes."""
    found = _documents(_told().where(Silence.id.in_(ids))) if ids else []
    return {each["id"]: each for each in found}


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    """Those of units in the actor's scope, and their own."""
    mine = Silence.person_id == actor.person_id
    scope = access.scope(actor, "silence.read")
    return scopes.visible(scope, unit_id=Silence.unit_id.expression, mine=mine)


def _told() -> sa.Select[*tuple[Any, ...]]:
    """Silences with the names that go with them."""
    return (
        sa.select(Silence, Person.name.label("person"), Unit.name.label("unit"), Trip.title.label("trip"))
        .join(Person, Person.id == Silence.person_id)
        .join(Unit, Unit.id == Silence.unit_id)
        .join(Trip, Trip.id == Silence.trip_id)
        .execution_options(populate_existing=True)
    )


def _documents(statement: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What a statement finds, as documents."""
    return [_document(row) for row in db.session.execute(statement)]


def _document(row: Any) -> dict[str, Any]:
    """One silence: whose phone, on which trip, since when; no position."""
    silence: Silence = row.Silence
    return {
        "id": silence.id,
        "person": {"id": silence.person_id, "name": row.person},
        "unit": {"id": silence.unit_id, "name": row.unit},
        "trip": {"id": silence.trip_id, "title": row.trip},
        "since": silence.since,
        "raised_at": silence.raised_at,
        "ended_at": silence.ended_at,
        "heard": silence.heard,
    }


# ── for those who find them ─────────────────────────────────────────────────────────────────────────────


def lasting() -> dict[tuple[int, int], Silence]:
    """The silences that last, by trip and person; held until the verb is over."""
    statement = sa.select(Silence).where(Silence.ended_at.is_(None)).order_by(Silence.id)
    held = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True))
    return {(each.trip_id, each.person_id): each for each in held}


def expected() -> list[Expected]:
    """Whose phones are expected to speak now, and when each was heard: one look at an index for each of them."""
    agreed = sa.and_(
        Consent.trip_id == TripMember.trip_id,
        Consent.person_id == TripMember.person_id,
        Consent.withdrawn_at.is_(None),
        Consent.level == "track",
    )
    statement = (
        sa.select(TripMember.trip_id, TripMember.person_id, TripMember.unit_id, Trip.purpose)
        .add_columns(Trip.start_known_at, Consent.given_at, _heard_at())
        .join(Trip, Trip.id == TripMember.trip_id)
        .join(Consent, agreed)
        .where(Trip.state == "under_way", Trip.tracking == "track", Trip.purpose.in_(PURPOSES))
        .where(Trip.start_known_at.is_not(None))
        .order_by(TripMember.trip_id, TripMember.person_id)
    )
    return [Expected(*row) for row in db.session.execute(statement)]


def _heard_at() -> sa.ScalarSelect[Any]:
    """When the newest fix that is kept of a member on the trip came in."""
    return (
        sa.select(Fix.received_at)
        .where(
            Fix.person_id == TripMember.person_id,
            Fix.trip_id == TripMember.trip_id,
            Fix.at >= Trip.start_known_at,
        )
        .order_by(Fix.at.desc())
        .limit(1)
        .correlate(TripMember, Trip)
        .scalar_subquery()
    )
