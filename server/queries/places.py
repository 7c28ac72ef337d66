"""Last places of people on duty, as far as the reader's scope goes."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import ReasonNeeded
from server.models.checkins import Checkin, LastPlace
from server.models.people import Person
from server.models.trips import Trip
from server.models.units import Unit
from server.queries import scopes
from server.rules import access
from server.rules.access import Actor


def on_duty(actor: Actor, *, unit_id: int | None = None) -> list[dict[str, Any]]:
    """Where people on duty in the actor's scope were last; `ReasonNeeded` before this sitting has said why."""
    if not actor.map_reason:
        raise ReasonNeeded
    scope = access.scope(actor, "place.read")
    statement = _placed().where(scopes.within(scope.paths))
    if unit_id is not None:
        statement = statement.where(Unit.id.in_(scopes.units_below(unit_id)))
    return [_item(row) for row in db.session.execute(statement)]


def items(person_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The last places of these people. Unscoped: the caller scopes."""
    return [_item(row) for row in db.session.execute(_placed().where(LastPlace.person_id.in_(person_ids)))]


def moved(person_ids: Sequence[int]) -> list[tuple[Any, dict[str, Any]]]:
    """The same, each with its row, which also has the `path` of the unit the person is of."""
    found = db.session.execute(_placed().where(LastPlace.person_id.in_(person_ids)))
    return [(row, _item(row)) for row in found]


def subjects(found: Sequence[dict[str, Any]]) -> list[tuple[int, int | None]]:
    """Whose positions these are, and on which trip."""
    return [(item["person"]["id"], item["trip"]["id"]) for item in found]


def _placed() -> sa.Select[*tuple[Any, ...]]:
    """Last places with the names that go with them; only of trips under way."""
    return (
        sa.select(
            *sa.inspect(LastPlace).columns,
            Person.name.label("person"),
            Unit.name.label("unit"),
            Unit.path.label("path"),
            Trip.title.label("trip"),
            Checkin.outcome.label("verdict"),
        )
        .select_from(LastPlace)
        .join(Person, Person.id == LastPlace.person_id)
        .join(Unit, Unit.id == LastPlace.unit_id)
        .join(Trip, Trip.id == LastPlace.trip_id)
        .outerjoin(Checkin, Checkin.id == LastPlace.checkin_id)
        .where(Trip.state == "under_way")
        .order_by(LastPlace.at.desc(), LastPlace.person_id)
    )


def _item(row: Any) -> dict[str, Any]:
    """One person's last place."""
    return {
        "person": {"id": row.person_id, "name": row.person},
        "unit": {"id": row.unit_id, "name": row.unit},
        "trip": {"id": row.trip_id, "title": row.trip},
        "position": {"lng": row.lng, "lat": row.lat, "accuracy_m": row.accuracy_m},
        "at": row.at,
        "age_s": round(max(0.0, (clock.now() - row.at).total_seconds())),
        "checkin_id": row.checkin_id,
        "verdict": row.verdict,
    }
