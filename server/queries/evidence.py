"""What is needed to judge check-ins: what is kept already, duty, stop, what the phone said before, and names.

All of it in one statement. PostgreSQL answers for a whole group at once: the group is handed over as one JSON
parameter. SQLite, which is no further away than a function call, is asked for one check-in after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from server import clock
from server.db import Ask, UtcDateTime, ask_in_session, db, json_rows
from server.models.areas import Area, AreaGeneration
from server.models.checkins import Checkin, CheckinDetail
from server.models.people import Person
from server.models.sessions import SignInSession
from server.models.trips import Consent, Trip, TripMember, TripStop
from server.models.units import Unit
from server.queries import sessions
from server.rules.access import Actor
from server.rules.checkins import Duty, Told
from server.rules.signals import Fix

DEVICE_MEMORY = timedelta(days=30)
"""A phone that somebody else was signed in on within this time is another person's device."""

RECENT = 20
"""How many of a person's latest positions a new one is compared with."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A check-in as it came in: whose, what their phone told, and when it was received."""

    actor: Actor
    told: Told
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A check-in that is there already: whose it is, and the digest of what its phone told (None: erased)."""

    person_id: int
    has_position: bool
    digest: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop to be judged against: an area, or a point (WGS-84) with a radius in metres."""

    id: int
    name: str
    area_id: int | None
    lng: float | None
    lat: float | None
    radius_m: float | None
    tolerance_m: float
    planned_from: datetime | None
    planned_to: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one check-in. `duty` and `stop` are None too where it names one that is not its person's.

    `stands` is whether its person may still act as who they came in as, `unit_id` of which unit they are: on a duty the
    one they are on it of, otherwise their own now.

    `last` is where the person was by the latest of their `RECENT` positions, `same_before` how many of those are
    these very coordinates from another fix. `generation` is of the areas, `names` are those its document is told with.
    """

    stands: bool
    must_change_password: bool
    unit_id: int
    kept: Kept | None
    duty: Duty | None
    under_way: bool
    stop: Stop | None
    last: Fix | None
    same_before: int
    device_owner_id: int | None
    generation: int
    names: dict[str, Any]


def gather(arrivals: Sequence[Arrival], *, wait: bool = True, ask: Ask = ask_in_session) -> list[Evidence]:
    """The evidence of each, in their order.

    The rows of trips and of consents stay as they are until the verb is over: an end or a withdrawal waits. Where one
    is being changed this very moment, that is waited for, or with `wait` False an error at once.
    """
    since = {"since": clock.now() - DEVICE_MEMORY}
    asked = [_asked(number, arrival) for number, arrival in enumerate(arrivals)]
    if db.engine.dialect.name == "sqlite":
        return [_evidence(row) for each in asked for row in ask(_one(), each | since)]
    found = {row.number: _evidence(row) for row in ask(_all(wait), {"asked": asked} | since)}
    return [found[number] for number in range(len(asked))]


def _asked(number: int, arrival: Arrival) -> dict[str, Any]:
    """What the statement is told of one check-in: the columns of `_ASKED`."""
    actor, told = arrival.actor, arrival.told
    return {
        "number": number,
        "id": told.id,
        "person_id": actor.person_id,
        "session_id": actor.session_id,
        "trip_id": told.trip_id,
        "stop_id": told.stop_id,
        "lng": told.lng,
        "lat": told.lat,
        "fixed_at": told.fixed_at,
    }


# ── the statement ───────────────────────────────────────────────────────────────────────────────────────

_ASKED: tuple[sa.ColumnClause[Any], ...] = (
    sa.column("number", sa.Integer()),
    sa.column("id", sa.Uuid()),
    sa.column("person_id", sa.Integer()),
    sa.column("session_id", sa.Uuid()),
    sa.column("trip_id", sa.Integer()),
    sa.column("stop_id", sa.Integer()),
    sa.column("lng", sa.Double()),
    sa.column("lat", sa.Double()),
    sa.column("fixed_at", UtcDateTime()),
)

Columns = Mapping[str, sa.ColumnElement[Any]]
Statement = sa.Select[*tuple[Any, ...]]

_checkins, _details = cast(sa.Table, Checkin.__table__), cast(sa.Table, CheckinDetail.__table__)
_trips, _members = cast(sa.Table, Trip.__table__), cast(sa.Table, TripMember.__table__)
_stops, _consents = cast(sa.Table, TripStop.__table__), cast(sa.Table, Consent.__table__)
_people, _units = cast(sa.Table, Person.__table__), cast(sa.Table, Unit.__table__)
_areas, _sessions = cast(sa.Table, Area.__table__), cast(sa.Table, SignInSession.__table__)


@cache
def _one() -> Statement:
    """The evidence of one, for SQLite: what is asked are parameters."""
    return _known({column.name: sa.bindparam(column.name, type_=column.type) for column in _ASKED}, wait=True)


@cache
def _all(wait: bool) -> Statement:
    """The evidence of many, for PostgreSQL: that of one, beside each row of what is asked.

    Told so, each row is found by its keys, however large the tables are and whatever the planner believes of them.
    """
    asked = {column.name: sa.literal_column(f"asked.{column.name}", column.type) for column in _ASKED}
    known = _known(asked, wait=wait).lateral("known")
    each = json_rows("asked", _ASKED)
    return sa.select(each.c.number, *known.c).select_from(each.join(known, sa.true()))


def _known(asked: Columns, *, wait: bool) -> Statement:
    """One row, in which everything that may be missing is joined from the left."""
    kept, kept_detail = _checkins.alias("kept"), _details.alias("kept_detail")
    duty, consent = _duty_of(asked, wait=wait).subquery("duty"), _agreed(asked, wait=wait).subquery("consent")
    mine = _sessions.alias("mine")
    recent, stop, area = _recent(asked).subquery("recent"), _stops.alias("stop"), _areas.alias("stop_area")
    rows = (
        _people.outerjoin(mine, sa.and_(mine.c.id == asked["session_id"], mine.c.ended_at.is_(None)))
        .outerjoin(kept, kept.c.id == asked["id"])
        .outerjoin(kept_detail, kept_detail.c.checkin_id == kept.c.id)
        .outerjoin(duty, sa.true())
        .outerjoin(consent, sa.true())
        .outerjoin(stop, sa.and_(stop.c.id == asked["stop_id"], stop.c.trip_id == asked["trip_id"]))
        .outerjoin(area, area.c.id == stop.c.area_id)
        .join(_units, _units.c.id == sa.func.coalesce(duty.c.unit_id, _people.c.unit_id))
        .outerjoin(recent, sa.true())
    )
    found = sa.select(
        asked["session_id"].is_not(None).label("came_in"),
        *(mine.c[name].label(f"mine_{name}") for name in ("kind", "last_used_at", "expires_at")),
        _people.c.left_at,
        _people.c.must_change_password,
        _units.c.id.label("unit_id"),
        kept.c.person_id.label("kept_by"),
        kept.c.has_position.label("kept_position"),
        kept_detail.c.digest.label("kept_digest"),
        *(duty.c[name].label(f"duty_{name}") for name in ("unit_id", *_DUTY)),
        consent.c.given_at.label("consented_at"),
        *(stop.c[name].label(f"stop_{name}") for name in Stop.__dataclass_fields__),
        *(recent.c[name].label(f"last_{name}") for name in ("lng", "lat", "accuracy_used_m", "at")),
        recent.c.same_before,
        _device_owner(asked).label("device_owner_id"),
        sa.select(AreaGeneration.number).scalar_subquery().label("generation"),
        _people.c.name.label("person"),
        _units.c.name.label("unit"),
        area.c.name.label("stop_area"),
    ).select_from(rows)
    return found.where(_people.c.id == asked["person_id"]).limit(1)


_DUTY = ("title", "state", "tracking", "photos_required", "started_at", "start_known_at", "ended_at")


def _duty_of(asked: Columns, *, wait: bool) -> Statement:
    """The trip asked for, where its person is on it, locked; and of which unit they are on it."""
    return (
        sa.select(_members.c.unit_id, *(_trips.c[name] for name in _DUTY))
        .select_from(_members.join(_trips, _trips.c.id == _members.c.trip_id))
        .where(_members.c.trip_id == asked["trip_id"], _members.c.person_id == asked["person_id"])
        .with_for_update(read=True, nowait=not wait, of=_trips)
    )


def _agreed(asked: Columns, *, wait: bool) -> Statement:
    """The person's consent to the trip asked for, given and not withdrawn, locked."""
    return (
        sa.select(_consents.c.given_at)
        .where(
            _consents.c.trip_id == asked["trip_id"],
            _consents.c.person_id == asked["person_id"],
            _consents.c.withdrawn_at.is_(None),
        )
        .with_for_update(read=True, nowait=not wait, of=_consents)
    )


def _recent(asked: Columns) -> Statement:
    """Of a person's latest positions the one fixed last, and how many of them are these very coordinates again.

    A fix that does not say when it was made is another one each time. Only the latest meet their details: joined first,
    all that a person ever sent would be read wherever the planner takes it for little.
    """
    newest = (
        sa.select(_checkins.c.id, _checkins.c.fixed_at, _checkins.c.accuracy_used_m)
        .where(_checkins.c.person_id == asked["person_id"], _checkins.c.has_position)
        .order_by(_checkins.c.happened_at.desc())
        .limit(RECENT)
        .subquery("newest")
    )
    latest = (
        sa.select(
            newest.c.fixed_at,
            newest.c.accuracy_used_m,
            *(_details.c[name] for name in ("lng", "lat", "at", "raw_lng", "raw_lat")),
        )
        .select_from(newest.join(_details, _details.c.checkin_id == newest.c.id))
        .subquery("latest")
    )
    another_fix = sa.or_(asked["fixed_at"].is_(None), latest.c.fixed_at.is_distinct_from(asked["fixed_at"]))
    again = sa.and_(latest.c.raw_lng == asked["lng"], latest.c.raw_lat == asked["lat"], another_fix)
    same_before = sa.func.sum(sa.case((again, 1), else_=0)).over()
    return (
        sa.select(
            latest.c.lng,
            latest.c.lat,
            latest.c.accuracy_used_m,
            latest.c.at,
            sa.cast(same_before, sa.Integer).label("same_before"),
        )
        .where(latest.c.lng.is_not(None))
        .order_by(latest.c.at.desc())
        .limit(1)
    )


def _device_owner(asked: Columns) -> sa.ScalarSelect[int]:
    """Who else was signed in on the session's device of late; nobody where the device is not known."""
    mine = sa.select(_sessions.c.device_id).where(_sessions.c.id == asked["session_id"]).scalar_subquery()
    other = _sessions.alias("other")
    statement = sa.select(other.c.person_id).where(
        other.c.device_id == mine,
        other.c.person_id != asked["person_id"],
        other.c.last_used_at > sa.bindparam("since", type_=UtcDateTime()),
    )
    return statement.limit(1).scalar_subquery()


# ── a row of it ─────────────────────────────────────────────────────────────────────────────────────────


def _evidence(row: Any) -> Evidence:
    """The evidence that a row is."""
    return Evidence(
        stands=not row.came_in or _stands(row),
        must_change_password=bool(row.came_in and row.must_change_password),
        unit_id=row.unit_id,
        kept=None if row.kept_by is None else Kept(row.kept_by, row.kept_position, row.kept_digest),
        duty=_duty(row),
        under_way=row.duty_state == "under_way",
        stop=None if row.stop_id is None else _stop(row),
        last=None if row.last_at is None else _last(row),
        same_before=row.same_before or 0,
        device_owner_id=row.device_owner_id,
        generation=row.generation,
        names=_names(row),
    )


def _stands(row: Any) -> bool:
    """Whether the session stands, and its person is still with us."""
    if row.mine_kind is None or row.left_at is not None:
        return False
    return not sessions.has_run_out(row.mine_kind, row.mine_last_used_at, row.mine_expires_at)


def _duty(row: Any) -> Duty | None:
    """The duty, where the person is on one."""
    if row.duty_unit_id is None:
        return None
    return Duty(
        unit_id=row.duty_unit_id,
        tracking=row.duty_tracking,
        started_at=row.duty_started_at,
        known_at=row.duty_start_known_at,
        ended_at=row.duty_ended_at,
        consented_at=row.consented_at,
        photos_required=row.duty_photos_required,
    )


def _stop(row: Any) -> Stop:
    """The stop."""
    return Stop(*(getattr(row, f"stop_{name}") for name in Stop.__dataclass_fields__))


def _last(row: Any) -> Fix:
    """Where the person was last."""
    return Fix(row.last_lng, row.last_lat, row.last_accuracy_used_m or 0.0, row.last_at)


def _names(row: Any) -> dict[str, Any]:
    """The names that the document of the check-in is told with."""
    return {
        "person": row.person,
        "unit": row.unit,
        "trip": row.duty_title,
        "stop": row.stop_name,
        "stop_area_id": row.stop_area_id,
        "stop_area": row.stop_area,
    }
