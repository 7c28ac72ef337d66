"""Trips as their readers may see them: one, a list, and the document both are told in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.areas import Area
from server.models.people import Person
from server.models.trips import Consent, Trip, TripMember, TripStop
from server.models.units import Unit
from server.queries import duties, pages, scopes
from server.rules import access, logs, trips
from server.rules.access import Actor

HELD = {"key_share": True}
"""How a trip that is changed is locked: what merely names it, as a crossing does, does not wait for it. A FOR UPDATE
would, and whoever changes a trip goes on to hold people whose tracks are being written."""


def get(actor: Actor, trip_id: int, *, to_change: bool = False) -> Trip:
    """A trip the actor may read; `NotFound` otherwise. `to_change` locks its row until the verb is over (`HELD`).

    That of a unit in their scope, their own, or one on which somebody of a unit in their scope is a member: the plan
    of what their people are on is theirs to read. What was done on it is scoped by the unit of who did it.
    """
    trip = db.session.get(Trip, trip_id, populate_existing=True, with_for_update=HELD if to_change else None)
    if trip is None:
        raise NotFound
    if not _may_read(actor, trip):
        raise NotFound
    return trip


def told_as(told_id: UUID) -> Trip | None:
    """The trip that a phone gave this number. Unscoped: for whoever plans under it."""
    return db.session.execute(sa.select(Trip).where(Trip.told_id == told_id)).scalar_one_or_none()


def _may_read(actor: Actor, trip: Trip) -> bool:
    """Whether a trip is the actor's to read."""
    if access.allows(actor, "trip.read", path=unit_path(trip.unit_id), own=is_on(actor, trip)):
        return True
    statement = _of_members_within(access.scope(actor, "trip.read").paths).where(
        TripMember.trip_id == trip.id
    )
    return db.session.execute(statement.limit(1)).first() is not None


def _of_members_within(paths: tuple[str, ...]) -> sa.Select[int]:
    """The trips with a member who is on it of a unit in one of these subtrees."""
    return sa.select(TripMember.trip_id).where(TripMember.unit_id.in_(scopes.units_within(paths)))


def is_on(actor: Actor, trip: Trip) -> bool:
    """Whether the trip is the actor's own: planned, led or travelled by them."""
    return leads(actor, trip) or is_member(trip.id, actor.person_id)


def leads(actor: Actor, trip: Trip) -> bool:
    """Whether the actor planned or leads the trip."""
    return actor.person_id in {trip.planner_id, trip.leader_id}


def is_member(trip_id: int, person_id: int) -> bool:
    """Whether a person is on a trip."""
    return db.session.get(TripMember, (trip_id, person_id)) is not None


def unit_path(unit_id: int) -> str:
    """The path of a unit."""
    return db.session.execute(sa.select(Unit.path).where(Unit.id == unit_id)).scalar_one()


def active_consent(trip_id: int, person_id: int, *, to_change: bool = False) -> Consent | None:
    """The consent a person has given for a trip and not withdrawn.

    `to_change` locks it, once the check-ins that rely on it are kept, until the verb is over.
    """
    statement = sa.select(Consent).where(
        Consent.trip_id == trip_id, Consent.person_id == person_id, Consent.withdrawn_at.is_(None)
    )
    if to_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(statement).scalars().first()


def forgotten(now: datetime, hours: int) -> Sequence[int]:
    """The trips under way that nobody ended within so many hours of their planned end. Unscoped, for the sweep."""
    since = now - timedelta(hours=hours)
    statement = sa.select(Trip.id).where(
        Trip.state == "under_way", Trip.ends_on < clock.day_of(since), Trip.start_known_at <= since
    )
    return db.session.execute(statement.order_by(Trip.id)).scalars().all()


def hold_open_of(person_id: int) -> None:
    """Hold the trips somebody is on that are not over, before they themselves are held (see `people_held`)."""
    db.session.execute(_open_of(person_id, Trip.id).with_for_update(key_share=True)).all()


def left_alone(person_id: int) -> Sequence[Trip]:
    """The trips not over on which nobody is but this person and people who left."""
    others = (
        sa.select(TripMember.trip_id)
        .join(Person, Person.id == TripMember.person_id)
        .where(TripMember.trip_id == Trip.id, Person.id != person_id, Person.left_at.is_(None))
    )
    statement = _open_of(person_id, Trip).where(~others.exists())
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _open_of(person_id: int, what: Any) -> sa.Select[Any]:
    """The trips somebody is on that are neither completed nor cancelled."""
    mine = sa.select(TripMember.trip_id).where(TripMember.person_id == person_id)
    over = Trip.state.in_(("completed", "cancelled"))
    return sa.select(what).where(Trip.id.in_(mine), ~over).order_by(Trip.id)


def document(actor: Actor, trip: Trip) -> dict[str, Any]:
    """A trip in full: its plan, stops, members with their consents, and what the actor may do with it now."""
    members = _members([trip.id])[trip.id]
    told = _summary(trip, _names([trip]), members)
    return told | {
        **_walked(duties.patrols_of([trip.id]).get(trip.id)),
        "stops": _stops(trip.id),
        "may": _may(actor, trip, on_it=any(member["id"] == actor.person_id for member in members)),
    }


def listed(
    actor: Actor,
    *,
    states: Iterable[str] = (),
    mine: bool = False,
    unit_id: int | None = None,
    trip_id: int | None = None,
    q: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """The trips the actor may read, newest departure first, without their stops: `{items, next}`.

    Of patrols only the duties they are on, and only among what is `mine` or where one is named by its `trip_id`.
    """
    statement = (
        sa.select(Trip)
        .where(_readable(actor, mine=mine), _of_kind(actor, mine=mine) if trip_id is None else sa.true())
        .order_by(Trip.starts_on.desc(), Trip.id.desc())
    )
    if states:
        statement = statement.where(Trip.state.in_(list(states)))
    if unit_id is not None:
        statement = statement.where(Trip.unit_id.in_(scopes.units_within((_path_or_none(unit_id),))))
    if trip_id is not None:
        statement = statement.where(Trip.id == trip_id)
    if q:
        statement = statement.where(_says(q))
    if cursor:
        statement = statement.where(_after(cursor))
    found = list(db.session.execute(statement.limit(limit + 1)).scalars())
    return {"items": _summaries(found[:limit]), "next": _next(found, limit)}


def _of_kind(actor: Actor, *, mine: bool) -> ColumnElement[bool]:
    """The journeys, and among what is `mine` the duties of the patrols the actor walks."""
    walked = sa.select(TripMember.trip_id).where(TripMember.person_id == actor.person_id)
    return sa.or_(~duties.is_patrol(), Trip.id.in_(walked) if mine else sa.false())


def _next(found: list[Trip], limit: int) -> str | None:
    """The cursor to go on with, when there is more."""
    if len(found) <= limit:
        return None
    return pages.cursor_of(found[limit - 1].starts_on.isoformat(), found[limit - 1].id)


def _after(cursor: str) -> ColumnElement[bool]:
    """The rows after a cursor, in the list's order."""
    day, from_id = pages.keys_of(cursor, pages.day, pages.row_id)
    return sa.or_(Trip.starts_on < day, sa.and_(Trip.starts_on == day, Trip.id < from_id))


def _readable(actor: Actor, *, mine: bool) -> ColumnElement[bool]:
    """The trips that are the actor's own, and (unless only `mine`) those their scope covers, as `get` reads them."""
    member_of = sa.select(TripMember.trip_id).where(TripMember.person_id == actor.person_id)
    own = sa.or_(
        Trip.planner_id == actor.person_id, Trip.leader_id == actor.person_id, Trip.id.in_(member_of)
    )
    if mine:
        return own
    scope = access.scope(actor, "trip.read")
    seen = scopes.visible(scope, unit_id=Trip.unit_id.expression, mine=own)
    return sa.or_(seen, Trip.id.in_(_of_members_within(scope.paths))) if scope.paths else seen


def _says(q: str) -> ColumnElement[bool]:
    """Trips whose title, destination or chain contain a text."""
    return sa.or_(
        *(column.contains(q, autoescape=True) for column in (Trip.title, Trip.destination, Trip.chain))
    )


def _path_or_none(unit_id: int) -> str:
    """A unit's path; for one that is not there, a path below which nothing lies."""
    path = db.session.execute(sa.select(Unit.path).where(Unit.id == unit_id)).scalar_one_or_none()
    return path or "\x01"


def _summaries(found: list[Trip]) -> list[dict[str, Any]]:
    """Many trips without their stops."""
    ids = [trip.id for trip in found]
    names, members, walked = _names(found), _members(ids), duties.patrols_of(ids)
    return [_summary(trip, names, members[trip.id]) | _walked(walked.get(trip.id)) for trip in found]


def _walked(patrol: dict[str, Any] | None) -> dict[str, Any]:
    """What a trip says of the patrol whose duty it is."""
    return {"patrol_id": patrol and patrol["id"], "patrol": patrol}


def _summary(trip: Trip, names: dict[str, dict[int, str]], members: list[dict[str, Any]]) -> dict[str, Any]:
    """The facts of a trip, without its stops."""
    people, units = names["people"], names["units"]
    return {
        "id": trip.id,
        "title": trip.title,
        "aim": trip.aim,
        "purpose": trip.purpose,
        "basis": trip.basis,
        "chain": trip.chain,
        "destination": trip.destination,
        "destination_area_id": trip.destination_area_id,
        "tracking": trip.tracking,
        "photos_required": trip.photos_required,
        "state": trip.state,
        "revision": trip.revision,
        "unit": {"id": trip.unit_id, "name": units[trip.unit_id]},
        "leader": {"id": trip.leader_id, "name": people[trip.leader_id]},
        "planner": {"id": trip.planner_id, "name": people[trip.planner_id]},
        "members": [member | {"leading": member["id"] == trip.leader_id} for member in members],
        "starts_on": trip.starts_on,
        "ends_on": trip.ends_on,
        "started_at": trip.started_at,
        "start_known_at": trip.start_known_at,
        "ended_at": trip.ended_at,
        "lapsed_at": trip.lapsed_at,
        "overran_h": _overran_h(trip),
        "days_away": _days_away(trip),
        "returned_because": trip.returned_because,
        "cancelled_because": trip.cancelled_because,
        "approved_by": None
        if trip.approved_by is None
        else {"id": trip.approved_by, "name": people[trip.approved_by]},
        "approved_at": trip.approved_at,
        "outcome": trip.outcome,
    }


def _days_away(trip: Trip) -> int | None:
    """On how many days its people have been away so far; None before it starts."""
    if trip.started_at is None:
        return None
    journey = logs.journey(trip.started_at, trip.ended_at, ends_on=trip.ends_on, lapsed_at=trip.lapsed_at)
    first, last = logs.touched(journey, clock.now())
    return (last - first).days + 1


def _overran_h(trip: Trip) -> int | None:
    """For how many hours a trip that the system ended had gone on after its planned end; None for any other."""
    if trip.lapsed_at is None or trip.ended_at is None:
        return None
    return trips.overran_h(ends_on=trip.ends_on, ended_at=trip.ended_at)


def _names(found: list[Trip]) -> dict[str, dict[int, str]]:
    """The names of the people and units these trips mention, by id."""
    people = {trip.leader_id for trip in found} | {trip.planner_id for trip in found}
    people |= {trip.approved_by for trip in found if trip.approved_by is not None}
    named = sa.select(Person.id, Person.name).where(Person.id.in_(people))
    units = sa.select(Unit.id, Unit.name).where(Unit.id.in_({trip.unit_id for trip in found}))
    return {
        "people": {row.id: row.name for row in db.session.execute(named)},
        "units": {row.id: row.name for row in db.session.execute(units)},
    }


def _members(trip_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The members of trips with the unit they were of, and the latest consent of each."""
    found: dict[int, list[dict[str, Any]]] = {trip_id: [] for trip_id in trip_ids}
    statement = (
        sa.select(
            TripMember.trip_id, Person.id, Person.name, Unit.id.label("unit_id"), Unit.name.label("unit")
        )
        .join(Person, Person.id == TripMember.person_id)
        .join(Unit, Unit.id == TripMember.unit_id)
        .where(TripMember.trip_id.in_(trip_ids))
        .order_by(TripMember.trip_id, Person.id)
    )
    consents = _consents(trip_ids)
    for row in db.session.execute(statement):
        member = {"id": row.id, "name": row.name, "unit": {"id": row.unit_id, "name": row.unit}}
        found[row.trip_id].append(member | {"consent": consents.get((row.trip_id, row.id))})
    return found


def _consents(trip_ids: list[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """The latest consent of each person to each trip."""
    statement = sa.select(Consent).where(Consent.trip_id.in_(trip_ids)).order_by(Consent.id)
    return {
        (consent.trip_id, consent.person_id): {
            "level": consent.level,
            "given_at": consent.given_at,
            "withdrawn_at": consent.withdrawn_at,
        }
        for consent in db.session.execute(statement).scalars()
    }


def _stops(trip_id: int) -> list[dict[str, Any]]:
    """The stops of the plan in order, with the name of the area where a stop is one."""
    statement = (
        sa.select(TripStop, Area.name.label("area_name"))
        .outerjoin(Area, Area.id == TripStop.area_id)
        .where(TripStop.trip_id == trip_id, TripStop.dropped_at.is_(None))
        .order_by(TripStop.position, TripStop.id)
    )
    return [_stop(stop, area_name) for stop, area_name in db.session.execute(statement)]


def _stop(stop: TripStop, area_name: str | None) -> dict[str, Any]:
    """One stop."""
    return {
        "id": stop.id,
        "position": stop.position,
        "name": stop.name,
        "area_id": stop.area_id,
        "area_name": area_name,
        "lng": stop.lng,
        "lat": stop.lat,
        "radius_m": stop.radius_m,
        "tolerance_m": stop.tolerance_m,
        "planned_from": stop.planned_from,
        "planned_to": stop.planned_to,
        "host_enterprise": stop.host_enterprise,
    }


def _may(actor: Actor, trip: Trip, *, on_it: bool) -> list[str]:
    """The steps open to this actor on this trip now."""
    path, leading = unit_path(trip.unit_id), leads(actor, trip)
    own = {"edit": leading, "submit": leading, "cancel": leading, "start": on_it or leading}
    own["complete"] = own["start"]
    return [
        f"trip.{name}"
        for name in (_OF_A_PATROL if duties.patrol_of(trip.id) else _OF_A_JOURNEY)
        if _step_open(name, trip.state)
        and access.allows(actor, f"trip.{name}", path=path, own=own.get(name, False))
        and not (name in {"approve", "return"} and (on_it or leading))
    ]


_OF_A_PATROL = ("start", "complete")
_OF_A_JOURNEY = ("edit", "submit", "approve", "return", "start", "complete", "cancel")


def _step_open(name: str, state: str) -> bool:
    """Whether a step leads anywhere; an edit may also be of something submitted or approved."""
    return trips.may_step(name, state) or (name == "edit" and trips.may_step("edit_again", state))
