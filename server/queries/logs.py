"""Logs 日志 as their own person reads them: written anew from check-ins, visits and trips at each reading.

Nothing of it is typed twice: what happened is read from where it is kept, and what its person added stands beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import LogRefused, NotFound
from server.held import held
from server.models.checkins import Checkin
from server.models.logs import LogDay
from server.models.people import Person
from server.models.trips import Trip, TripMember, TripStop
from server.models.units import Unit
from server.queries import checkins, duties, supplements, trips
from server.rules import logs
from server.rules.access import Actor
from server.rules.logs import Period

MOST_ENTRIES = 2000
"""How many check-ins one log tells of; a person who makes more in a month is told that it was cut."""

MOST_EARLIER = 20
"""How many earlier savings of a day are told, the latest first."""

ALWAYS = Period("always", "", date(2000, 1, 1), date(2099, 12, 31))
"""Longer than any trip."""

Document = dict[str, Any]


def read(actor: Actor, period: Period) -> Document:
    """The actor's own log of a day, a week or a month: `{period, person, days, trips, days_away, cut}`.

    Days on which nothing is told are left out, but for the day that was asked for; days stand in their order.
    """
    now = clock.now()
    return _log(actor, period, _journeys(actor.person_id, period), now) | {
        "period": told_period(period),
        "ahead": _ahead(actor.person_id, period) if period.kind == "day" else [],
    }


def of_trip(actor: Actor, trip_id: int) -> Document:
    """The actor's own log of a trip they were on, from its first day to its last, as `read` tells one.

    `NotFound` for a trip of others, `LogRefused` for one that has not started.
    """
    now = clock.now()
    journeys = _journeys(actor.person_id, ALWAYS, trip_id)
    if not journeys:
        if not trips.is_member(trip_id, actor.person_id):
            raise NotFound
        raise LogRefused(why_zh="行程还没有开始", why_en="the trip has not started")
    journey = journey_of(journeys[0][0])
    first, last = logs.touched(journey, now)
    when = {"kind": "trip", "name": str(trip_id), "first": first, "last": last}
    return _log(actor, Period("trip", str(trip_id), first, last), journeys, now, trip_id) | {"period": when}


def _log(
    actor: Actor,
    period: Period,
    journeys: list[tuple[Trip, str]],
    now: datetime,
    trip_id: int | None = None,
) -> Document:
    """What a log tells; with `trip_id` only what happened on that trip."""
    found = _checkins(actor.person_id, period, trip_id)
    entries = as_entries(found[:MOST_ENTRIES])
    told = [each for each in journeys if days(each[0], period, now)]
    return {
        "person": _person(actor),
        "days": _days(actor.person_id, period, entries, now),
        "trips": trip_rows(told, period, entries, now),
        "days_away": logs.days_away([journey_of(trip) for trip, _ in told], period, now=now),
        "cut": len(found) > MOST_ENTRIES,
    }


def day_of(person_id: int, checkin_id: UUID) -> date:
    """The day (Shanghai) of one's own check-in; `NotFound` for any other's."""
    statement = sa.select(Checkin.happened_at).where(Checkin.id == checkin_id, Checkin.person_id == person_id)
    happened_at = db.session.execute(statement).scalar_one_or_none()
    if happened_at is None:
        raise NotFound
    return clock.day_of(happened_at)


def told_period(period: Period) -> Document:
    """A period with its neighbours' names, and those of the day, week and month that today, or its first day, is in."""
    today = clock.day_of(clock.now())
    about = today if period.first <= today <= period.last else period.first
    return {
        "kind": period.kind,
        "name": period.name,
        "first": period.first,
        "last": period.last,
        "previous": period.previous.name,
        "next": period.next.name,
        "around": {kind: logs.around(kind, about).name for kind in logs.KINDS},
    }


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────


def _days(person_id: int, period: Period, entries: Sequence[Document], now: datetime) -> list[Document]:
    """The days of a period with what happened and what its person wrote."""
    written = _written(person_id, period)
    by_day: dict[date, list[Document]] = {}
    for entry in entries:
        by_day.setdefault(clock.day_of(entry["at"]), []).append(entry)
    shown = {day for day in {*by_day, *written} if day >= period.first}
    if period.kind == "day":
        shown |= {period.first}
    return [_day(day, by_day.get(day, []), written, period, now) for day in sorted(shown)]


def _day(
    day: date,
    entries: list[Document],
    written: Mapping[date, Sequence[LogDay]],
    period: Period,
    now: datetime,
) -> Document:
    """One day. `planned` is what its person had planned for it the day before; `earlier` only in a day's own log."""
    savings, before = written.get(day, []), written.get(day - timedelta(days=1), [])
    earlier = [_words(each) for each in savings[1 : MOST_EARLIER + 1] if each.erased_at is None]
    open_days = held(Settings).log_open_days
    return {
        "day": day,
        "open": logs.is_open(day, now, open_days),
        "closes_at": logs.closes_at(day, open_days),
        "planned": before[0].plan if before else "",
        "words": _words(savings[0]) if savings else None,
        "earlier": earlier if period.kind == "day" else [],
        "entries": entries,
    }


def _written(person_id: int, period: Period) -> dict[date, list[LogDay]]:
    """What a person wrote into the days of a period and the day before, by day, the newest saving first."""
    statement = (
        sa.select(LogDay)
        .where(
            LogDay.person_id == person_id,
            LogDay.day.between(period.first - timedelta(days=1), period.last),
        )
        .order_by(LogDay.day, LogDay.revision.desc())
    )
    found: dict[date, list[LogDay]] = {}
    for saving in db.session.execute(statement).scalars():
        found.setdefault(saving.day, []).append(saving)
    return found


def _words(saving: LogDay) -> Document:
    """One saving of a day."""
    return {"id": saving.id, "at": saving.written_at, "remark": saving.remark, "plan": saving.plan}


# ── what happened ───────────────────────────────────────────────────────────────────────────────────────


def _checkins(person_id: int, period: Period, trip_id: int | None = None) -> list[Document]:
    """A person's check-ins in a period (on a trip), oldest first, one more than are told."""
    statement = (
        sa.select(Checkin.id)
        .where(
            Checkin.person_id == person_id,
            Checkin.happened_at >= period.begins_at,
            Checkin.happened_at < period.ends_at,
            sa.true() if trip_id is None else Checkin.trip_id == trip_id,
        )
        .order_by(Checkin.happened_at, Checkin.id)
        .limit(MOST_ENTRIES + 1)
    )
    return list(checkins.documents(db.session.execute(statement).scalars().all()).values())


def as_entries(found: Sequence[Document]) -> list[Document]:
    """Check-ins as a log tells them, each with what was added to it."""
    added = supplements.whole([document["id"] for document in found])
    return [_entry(document, added.get(document["id"])) for document in found]


def _entry(document: Document, supplement: Document | None) -> Document:
    """A check-in as the log tells it: when, where (never a coordinate), whom, and what was said of it.

    `met` is whom was met in the end: as `visit` told with the check-in, and as `supplement` added since.
    """
    return {
        "checkin_id": document["id"],
        "at": document["happened_at"],
        "kind": document["kind"],
        "trip": document["trip"],
        "place": _place(document),
        "verdict": document["verdict"]["outcome"],
        "note": document["note"],
        "visit": document["visit"],
        "supplement": supplement,
        "met": _met(document),
    }


def _place(document: Document) -> str:
    """Where a check-in was, in a name: its stop's, or else that of the smallest area it lay in."""
    if document["stop"] is not None:
        return str(document["stop"]["name"])
    return str(document["areas"][-1]["name"]) if document["areas"] else ""


# ── trips ───────────────────────────────────────────────────────────────────────────────────────────────


def travelled(period: Period) -> sa.ColumnElement[bool]:
    """Whether a trip was under way at some instant of a period; one that ended as it began may be a day too many."""
    going_on = sa.or_(Trip.ended_at.is_(None), Trip.ended_at >= period.begins_at)
    return sa.and_(Trip.started_at.is_not(None), Trip.started_at < period.ends_at, going_on)


def _journeys(person_id: int, period: Period, trip_id: int | None = None) -> list[tuple[Trip, str]]:
    """The trips (the one) a person travelled in a period, each with the unit they were on it of, by their start."""
    statement = (
        sa.select(Trip, Unit.name)
        .join(TripMember, sa.and_(TripMember.trip_id == Trip.id, TripMember.person_id == person_id))
        .join(Unit, Unit.id == TripMember.unit_id)
        .where(travelled(period), ~duties.is_patrol() if trip_id is None else Trip.id == trip_id)
        .order_by(Trip.started_at, Trip.id)
    )
    return [(trip, unit) for trip, unit in db.session.execute(statement)]


def days(trip: Trip, period: Period, now: datetime) -> int:
    """How many days of a period a trip that has started touches."""
    return logs.days_away([journey_of(trip)], period, now=now)


def journey_of(trip: Trip) -> logs.Journey:
    """When the travellers of a trip that has started left and were back."""
    assert trip.started_at is not None
    return logs.journey(trip.started_at, trip.ended_at, ends_on=trip.ends_on, lapsed_at=trip.lapsed_at)


def trip_rows(
    journeys: Iterable[tuple[Trip, str]], period: Period, entries: Iterable[Document], now: datetime
) -> list[Document]:
    """Trips (each with the unit it is told of) as a log or a report tells them, with whom was met in the period."""
    found, visits = list(journeys), _visits(entries)
    people = _members([trip.id for trip, _ in found])
    return [
        _trip(trip, unit, period, now) | {"members": people[trip.id], "visits": visits.get(trip.id, [])}
        for trip, unit in found
    ]


def _trip(trip: Trip, unit: str, period: Period, now: datetime) -> Document:
    """The facts of a trip; `days_away` are those of the trip in the period, whoever was on it."""
    journey = journey_of(trip)
    return {
        "id": trip.id,
        "title": trip.title,
        "unit": unit,
        "destination": trip.destination,
        "chain": trip.chain,
        "started_at": journey.started_at,
        "ended_at": journey.ended_at,
        "lapsed": trip.lapsed_at is not None,
        "days_away": days(trip, period, now),
        "outcome": trip.outcome,
    }


def _members(trip_ids: Sequence[int]) -> dict[int, list[Document]]:
    """Who is on each trip, its leader first: `{id, name, post}`."""
    statement = (
        sa.select(TripMember.trip_id, Person.id, Person.name, Person.post)
        .join(Person, Person.id == TripMember.person_id)
        .join(Trip, Trip.id == TripMember.trip_id)
        .where(TripMember.trip_id.in_(trip_ids))
        .order_by(TripMember.trip_id, sa.case((Person.id == Trip.leader_id, 0), else_=1), Person.id)
    )
    found: dict[int, list[Document]] = {trip_id: [] for trip_id in trip_ids}
    for trip_id, person_id, name, post in db.session.execute(statement):
        found[trip_id].append({"id": person_id, "name": name, "post": post})
    return found


def _visits(entries: Iterable[Document]) -> dict[int, list[Document]]:
    """Whom the entries tell of, by trip."""
    found: dict[int, list[Document]] = {}
    for entry in entries:
        if entry["trip"] is not None and any(entry["met"][name] for name in logs.MET_TEXTS):
            found.setdefault(entry["trip"]["id"], []).append(entry["met"])
    return found


def _met(document: Document) -> Document:
    """Whom a check-in tells of, what came of it and what is next; empty texts where it tells of nobody."""
    told = document["met"] or checkins.NOBODY
    return {"checkin_id": document["id"], "at": document["happened_at"], **told}


def _ahead(person_id: int, period: Period) -> list[Document]:
    """What a person's trips plan for the day after: `{trip, stop, from}`, by the planned instant."""
    statement = (
        sa.select(Trip.id, Trip.title, TripStop.name, TripStop.planned_from)
        .join(TripStop, TripStop.trip_id == Trip.id)
        .join(TripMember, sa.and_(TripMember.trip_id == Trip.id, TripMember.person_id == person_id))
        .where(
            Trip.state.in_(("approved", "under_way")),
            TripStop.dropped_at.is_(None),
            TripStop.planned_from >= period.ends_at,
            TripStop.planned_from < period.next.ends_at,
        )
        .order_by(TripStop.planned_from, TripStop.id)
    )
    return [
        {"trip": {"id": row.id, "title": row.title}, "stop": row.name, "from": row.planned_from}
        for row in db.session.execute(statement)
    ]


def expired(before: date, *, most: int) -> Sequence[UUID]:
    """Savings of logs of days before one that are not blanked, the oldest days first. Unscoped, for the sweep."""
    statement = (
        sa.select(LogDay.id)
        .where(LogDay.day < before, LogDay.erased_at.is_(None))
        .order_by(LogDay.day, LogDay.id)
        .limit(most)
    )
    return db.session.execute(statement).scalars().all()


def _person(actor: Actor) -> Document:
    """Whose log it is, with their unit and post."""
    statement = (
        sa.select(Person.name, Person.post, Unit.id, Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id == actor.person_id)
    )
    row = db.session.execute(statement).one()
    return {
        "id": actor.person_id,
        "name": row.name,
        "post": row.post,
        "unit": {"id": row.id, "name": row.unit},
    }
