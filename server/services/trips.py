"""Trips: plan → submit → approve or return → start → complete, or cancel. Each step is a verb of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import OwnTrip, TripChanged, TripRefused
from server.geo import datum
from server.geo.datum import Datum
from server.held import held
from server.models.areas import Area
from server.models.checkins import LastPlace
from server.models.people import Person
from server.models.trips import Trip, TripMember, TripStop
from server.models.units import Unit
from server.queries import trips as reads
from server.rules import access, trips
from server.rules import checkins as times
from server.rules.access import Actor
from server.services import events, tracks, walks
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class StopPlan:
    """A stop as planned: an area, or a point in its datum with a radius in metres."""

    name: str
    area_id: int | None = None
    lng: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84
    radius_m: float | None = None
    tolerance_m: float = 0.0
    planned_from: datetime | None = None
    planned_to: datetime | None = None
    host_enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A trip as planned. `leader_id` and `unit_id` default to the planner's own; `revision` is the one last read."""

    title: str
    aim: str
    destination: str
    starts_on: date
    ends_on: date
    purpose: str = "ordinary"
    basis: str = ""
    chain: str = ""
    destination_area_id: int | None = None
    tracking: str = "checkins"
    photos_required: bool = False
    unit_id: int | None = None
    leader_id: int | None = None
    member_ids: Sequence[int] = ()
    stops: Sequence[StopPlan] = ()
    revision: int | None = None


@verb
def plan(actor: Actor, told: Plan) -> dict[str, Any]:
    """Make a draft. `TripRefused` where the plan does not hold together."""
    access.ensure(actor, "trip.plan", path=actor.unit_path, own=True)
    trip = Trip(planner_id=actor.person_id, state="draft", created_at=clock.now(), revision=1)
    _lay_out(trip, told)
    db.session.add(trip)
    db.session.flush()
    _people(trip, told)
    _stops(trip, told.stops)
    return _done(actor, trip, "trip.planned")


@verb
def edit(actor: Actor, trip_id: int, told: Plan) -> dict[str, Any]:
    """Replace the plan; what was submitted or approved becomes a draft again and goes through approval again."""
    trip = _mine_to_change(actor, trip_id, "trip.edit")
    _ensure_unchanged(trip, told.revision)
    trip.state = trips.edited(trip.state)
    trip.approved_by = trip.approved_at = trip.submitted_at = None
    _lay_out(trip, told)
    _people(trip, told)
    _stops(trip, told.stops)
    return _done(actor, trip, "trip.edited")


@verb
def submit(
    actor: Actor, trip_id: int, *, at: datetime | None = None, sent_at: datetime | None = None
) -> dict[str, Any]:
    """Hand the plan to those who approve it, now or at the instant a phone says it was done.

    Said again, it changes nothing: a phone that missed the answer asks twice, and they may have decided meanwhile.
    """
    trip = _mine_to_change(actor, trip_id, "trip.submit")
    if trip.state in trips.SUBMITTED:
        return reads.document(actor, trip)
    trip.state = trips.step("submit", trip.state)
    trip.submitted_at = _said(at, sent_at, clock.now(), not_before=trip.created_at)
    trip.returned_because = ""
    return _done(actor, trip, "trip.submitted")


@verb
def approve(actor: Actor, trip_id: int, revision: int | None = None) -> dict[str, Any]:
    """Approve; nobody approves a trip of their own (`OwnTrip`), or one that is not as they read it (`TripChanged`)."""
    trip = _to_decide(actor, trip_id, "trip.approve")
    _ensure_unchanged(trip, revision)
    trip.state = trips.step("approve", trip.state)
    trip.approved_by, trip.approved_at = actor.person_id, clock.now()
    return _done(actor, trip, "trip.approved")


@verb
def send_back(actor: Actor, trip_id: int, reason: str) -> dict[str, Any]:
    """Return the plan to its planner with a reason."""
    trip = _to_decide(actor, trip_id, "trip.return")
    trip.state = trips.step("return", trip.state)
    trip.returned_because = reason
    return _done(actor, trip, "trip.returned")


@verb
def start(
    actor: Actor, trip_id: int, *, at: datetime | None = None, sent_at: datetime | None = None
) -> dict[str, Any]:
    """Start the trip, now or at the instant a phone says it did; tracking begins with this acknowledgement.

    Said again by a member while under way, it changes nothing: a phone that missed the answer asks twice.
    """
    trip = _travelled_by(actor, trip_id, "trip.start")
    if trip.state == "under_way":
        return reads.document(actor, trip)
    trip.state = trips.step("start", trip.state)
    trip.start_known_at = clock.now()
    trip.started_at = _said(at, sent_at, trip.start_known_at, not_before=trip.approved_at)
    walks.ensure_may_begin(trip, trip.started_at)
    _units_of_now(trip.id)
    return _done(actor, trip, "trip.started")


@verb
def complete(
    actor: Actor,
    trip_id: int,
    *,
    at: datetime | None = None,
    sent_at: datetime | None = None,
    outcome: str = "",
) -> dict[str, Any]:
    """End the trip; nobody on it is on duty for it any more. Said again, it changes nothing.

    Where the system had ended it meanwhile, an earlier end that a phone says late still counts.
    """
    trip = _travelled_by(actor, trip_id, "trip.complete")
    ended_at = _said(at, sent_at, clock.now(), not_before=trip.started_at)
    if _is_over(trip, ended_at):
        return reads.document(actor, trip)
    if trip.lapsed_at is None:
        trip.state = trips.step("complete", trip.state)
    trip.ended_at, trip.lapsed_at, trip.outcome = ended_at, None, outcome
    _end_tracks(trip)
    return _done(actor, trip, "trip.completed")


def _is_over(trip: Trip, ended_at: datetime) -> bool:
    """Whether a trip is completed already, by its people, or by the system no later than they say."""
    by_system = trip.ended_at if trip.lapsed_at is not None else None
    return trip.state == "completed" and (by_system is None or ended_at >= by_system)


@verb
def lapse(trip_id: int) -> bool:
    """End a trip that nobody ended, as of a set time after its planned end; whether it was still to be ended.

    The system does this. What was kept of positions from after that end goes, as with any end that is told late.
    """
    trip = db.session.get_one(Trip, trip_id, populate_existing=True, with_for_update=reads.HELD)
    hours = held(Settings).forgotten_hours
    if trip.state != "under_way" or trip.start_known_at is None:
        return False
    ended_at = trips.lapses_at(ends_on=trip.ends_on, known_at=trip.start_known_at, hours=hours)
    if ended_at > clock.now():
        return False
    trip.state = trips.step("lapse", trip.state)
    trip.ended_at, trip.lapsed_at = ended_at, clock.now()
    _end_tracks(trip)
    _changed(None, trip, "trip.lapsed")
    return True


@verb
def cancel(actor: Actor, trip_id: int, reason: str) -> dict[str, Any]:
    """Call the trip off, with a reason."""
    trip = reads.get(actor, trip_id, to_change=True)
    path = reads.unit_path(trip.unit_id)
    access.ensure(actor, "trip.cancel", path=path, own=reads.leads(actor, trip))
    walks.ensure_journey(trip.id)
    trip.state = trips.step("cancel", trip.state)
    trip.cancelled_because = reason
    trip.ended_at = None if trip.started_at is None else clock.now()
    _end_tracks(trip)
    return _done(actor, trip, "trip.cancelled")


def end_all_alone(person_id: int, *, actor_id: int) -> None:
    """End the trips on which somebody who leaves was the last one; call off those that had not begun. Within a verb."""
    for trip in reads.left_alone(person_id):
        if trip.state == "under_way":
            trip.state, trip.ended_at = trips.step("complete", trip.state), clock.now()
            _end_tracks(trip)
            _changed(actor_id, trip, "trip.completed")
        else:
            trip.state = trips.step("cancel", trip.state)
            trip.cancelled_because = "行程成员均已离开"
            _changed(actor_id, trip, "trip.cancelled")


def _done(actor: Actor, trip: Trip, kind: str) -> dict[str, Any]:
    """Count the change, record it, and say how the trip stands now."""
    _changed(actor.person_id, trip, kind)
    return reads.document(actor, trip)


def _changed(actor_id: int | None, trip: Trip, kind: str) -> None:
    """Count a change and record it; the system has no `actor_id`."""
    if kind != "trip.planned":
        trip.revision += 1
    db.session.flush()
    events.record(
        kind,
        actor_id=actor_id,
        unit_id=trip.unit_id,
        trip_id=trip.id,
        subject=trip.id,
        state=trip.state,
        revision=trip.revision,
    )
    walks.follow(trip, actor_id)


def _mine_to_change(actor: Actor, trip_id: int, permission: str) -> Trip:
    """A trip that the actor planned or leads, locked."""
    trip = reads.get(actor, trip_id, to_change=True)
    access.ensure(actor, permission, path=reads.unit_path(trip.unit_id), own=reads.leads(actor, trip))
    walks.ensure_journey(trip.id)
    return trip


def _travelled_by(actor: Actor, trip_id: int, permission: str) -> Trip:
    """A trip that the actor is on, locked."""
    trip = reads.get(actor, trip_id, to_change=True)
    access.ensure(actor, permission, path=reads.unit_path(trip.unit_id), own=reads.is_on(actor, trip))
    return trip


def _to_decide(actor: Actor, trip_id: int, permission: str) -> Trip:
    """A trip that the actor's role decides on, and that is not their own, locked."""
    trip = reads.get(actor, trip_id, to_change=True)
    if reads.is_on(actor, trip):
        raise OwnTrip
    access.ensure(actor, permission, path=reads.unit_path(trip.unit_id))
    return trip


def _ensure_unchanged(trip: Trip, revision: int | None) -> None:
    """`TripChanged` when who changes or approves it last read another revision."""
    if revision is not None and revision != trip.revision:
        raise TripChanged


def _said(
    at: datetime | None, sent_at: datetime | None, now: datetime, *, not_before: datetime | None
) -> datetime:
    """The instant a phone says something happened, on our clock, never after `now` nor before `not_before`."""
    if at is None:
        return now
    corrected = times.times(fixed_at=None, made_at=at, sent_at=sent_at, received_at=now).happened_at
    return corrected if not_before is None else max(corrected, not_before)


def _lay_out(trip: Trip, told: Plan) -> None:
    """Write the plan's facts onto the trip, once all of them are found good."""
    trips.check_plan(
        purpose=told.purpose,
        basis=told.basis,
        photos_required=told.photos_required,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        stops=len(told.stops),
        members=len(set(told.member_ids)),
    )
    _ensure_areas({stop.area_id for stop in told.stops} | {told.destination_area_id})
    leader_id = told.leader_id or trip.leader_id or trip.planner_id
    _units_of({*told.member_ids, leader_id})
    unit_id = _unit(trip, told.unit_id)
    trip.title, trip.aim, trip.destination, trip.chain = told.title, told.aim, told.destination, told.chain
    trip.purpose, trip.basis = told.purpose, told.basis
    trip.destination_area_id, trip.tracking = told.destination_area_id, told.tracking
    trip.photos_required = told.photos_required
    trip.starts_on, trip.ends_on = told.starts_on, told.ends_on
    trip.leader_id, trip.unit_id = leader_id, unit_id


def _unit(trip: Trip, unit_id: int | None) -> int:
    """The unit the trip is of: the planner's own, or one above or below it; it stays where nobody says otherwise."""
    present: int | None = trip.unit_id  # None while the trip is being made
    if present is not None and unit_id in (None, present):
        return present
    own = sa.select(Unit).join(Person, Person.unit_id == Unit.id).where(Person.id == trip.planner_id)
    planners = db.session.execute(own).scalar_one()
    if unit_id is None or unit_id == planners.id:
        return planners.id
    wanted = sa.select(Unit.path).where(Unit.id == unit_id, Unit.retired_at.is_(None))
    path = db.session.execute(wanted).scalar_one_or_none()
    if path is None or not (path.startswith(planners.path) or planners.path.startswith(path)):
        raise TripRefused(
            why_zh="所选单位与计划人的单位无隶属关系",
            why_en="that unit is neither above nor below the planner's",
        )
    return unit_id


def _ensure_areas(area_ids: set[int | None]) -> None:
    """`TripRefused` unless every area named is there and not retired."""
    wanted = {area_id for area_id in area_ids if area_id is not None}
    statement = sa.select(Area.id).where(Area.id.in_(wanted), Area.retired_from.is_(None))
    if missing := wanted - set(db.session.execute(statement).scalars()):
        listed = "、".join(str(area_id) for area_id in sorted(missing))
        raise TripRefused(why_zh=f"没有这些区域：{listed}", why_en=f"there are no such areas: {listed}")


def _people(trip: Trip, told: Plan) -> None:
    """Set the trip's members: those named and its leader, each with the unit they are of now."""
    wanted = {*told.member_ids, trip.leader_id}
    units = _units_of(wanted)
    current = sa.select(TripMember).where(TripMember.trip_id == trip.id)
    already = {member.person_id: member for member in db.session.execute(current).scalars()}
    for person_id in already.keys() - wanted:
        db.session.delete(already[person_id])
    for person_id in sorted(wanted - already.keys()):
        db.session.add(TripMember(trip_id=trip.id, person_id=person_id, unit_id=units[person_id]))


def _units_of(person_ids: Collection[int]) -> dict[int, int]:
    """The unit each of these people is of now; `TripRefused` unless all are there and have not left."""
    statement = sa.select(Person.id, Person.unit_id).where(
        Person.id.in_(person_ids), Person.left_at.is_(None)
    )
    units = {row.id: row.unit_id for row in db.session.execute(statement)}
    if missing := set(person_ids) - units.keys():
        listed = "、".join(map(str, sorted(missing)))
        raise TripRefused(why_zh=f"没有这些人员：{listed}", why_en=f"there are no such people: {listed}")
    return units


def _units_of_now(trip_id: int) -> None:
    """Let the members of a trip that starts be of the units they are of now: what they do on it belongs there."""
    own = sa.select(Person.unit_id).where(Person.id == TripMember.person_id).scalar_subquery()
    moved = sa.update(TripMember).where(TripMember.trip_id == trip_id).values(unit_id=own)
    db.session.execute(moved.execution_options(synchronize_session=False))


def _stops(trip: Trip, planned: Sequence[StopPlan]) -> None:
    """Replace the stops: the old ones stay for what was judged against them, marked as dropped."""
    old = sa.update(TripStop).where(TripStop.trip_id == trip.id, TripStop.dropped_at.is_(None))
    db.session.execute(old.values(dropped_at=clock.now()))
    for position, stop in enumerate(planned, start=1):
        db.session.add(_stop(trip, position, stop))


def _stop(trip: Trip, position: int, told: StopPlan) -> TripStop:
    """One stop's row; a point is converted to WGS-84."""
    lng, lat = _point(position, told)
    if told.planned_from and told.planned_to and told.planned_to < told.planned_from:
        _refuse_stop(position, "计划时间前后颠倒", "its window ends before it begins")
    return TripStop(
        trip_id=trip.id,
        position=position,
        name=told.name,
        area_id=told.area_id,
        lng=lng,
        lat=lat,
        radius_m=None if lng is None else told.radius_m,
        tolerance_m=told.tolerance_m,
        planned_from=told.planned_from,
        planned_to=told.planned_to,
        host_enterprise=told.host_enterprise,
    )


def _point(position: int, told: StopPlan) -> tuple[float | None, float | None]:
    """A stop's point in WGS-84, or nothing where it is an area; it must be exactly one of the two."""
    is_point = told.lng is not None and told.lat is not None and told.radius_m is not None
    some_point = told.lng is not None or told.lat is not None or told.radius_m is not None
    if (told.area_id is not None) == some_point or some_point != is_point:
        _refuse_stop(position, "应选一个区域，或一个点加半径", "it needs an area, or a point with a radius")
    if told.lng is None or told.lat is None:
        return None, None
    return datum.convert_point(lng=told.lng, lat=told.lat, source=Datum(told.datum), target=Datum.WGS84)


def _refuse_stop(position: int, zh: str, en: str) -> None:
    """Raise `TripRefused` naming the stop."""
    raise TripRefused(why_zh=f"第 {position} 个行程点{zh}", why_en=f"stop {position}: {en}")


def _end_tracks(trip: Trip) -> None:
    """Nobody is on duty for this trip any more: their last places go, and what was kept from after its end."""
    if trip.ended_at is not None:
        tracks.end(trip.id, trip.ended_at)
    db.session.execute(sa.delete(LastPlace).where(LastPlace.trip_id == trip.id))
