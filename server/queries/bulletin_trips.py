"""Trip bulletins 外出通报: how many of each unit were out, how many days, what was done; "not out" where nobody was.

Stated in unit order; nothing in it is ranked, and nobody is named. Of a unit too small to be stated without pointing at
somebody only whether anybody was out is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.checkins import Checkin, Visit
from server.models.trips import Trip, TripMember
from server.models.units import Unit
from server.queries import boards, duties, logs, past_units
from server.rules import logs as rules
from server.rules.bulletins import Covered
from server.rules.logs import Journey, Period

VISITS = ("outbound", "reception", "enterprise_help")
"""What work on a trip is counted."""

Document = dict[str, Any]


@dataclass(slots=True)
class _Out:
    """What a unit's people did away from home in a period."""

    trips: dict[int, Trip] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)
    visits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VISITS, 0))


def compiled(covered: Covered) -> Document:
    """A month's trip bulletin: `{rule, units}`, in unit order. Unscoped, for who draws a bulletin from it."""
    told, rule = boards.rule_for(covered.first)
    then = past_units.at_end_of(covered)
    out = _out(covered, then.homes)
    now = min(clock.now(), covered.ends_at)
    return {
        "rule": told,
        "units": [
            _unit(
                each,
                out.get(each.id, _Out()),
                covered,
                now,
                small=then.people.get(each.id, 0) < rule.least_people,
            )
            for each in then.below
        ],
    }


def _out(covered: Covered, homes: Mapping[int, int]) -> dict[int, _Out]:
    """Who was out with which trips, and what was done on them, by unit."""
    period, now = _period(covered), min(clock.now(), covered.ends_at)
    travelled = (
        sa.select(Trip, TripMember.person_id, TripMember.unit_id)
        .join(TripMember, TripMember.trip_id == Trip.id)
        .where(logs.travelled(period), ~duties.is_patrol())
        .order_by(Trip.started_at, Trip.id, TripMember.person_id)
    )
    found: dict[int, _Out] = defaultdict(_Out)
    for trip, person_id, unit_id in db.session.execute(travelled):
        if unit_id in homes and logs.days(trip, period, now):
            found[homes[unit_id]].trips[trip.id] = trip
            found[homes[unit_id]].people.add(person_id)
    _add_visits(found, covered, homes)
    return found


def _add_visits(found: Mapping[int, _Out], covered: Covered, homes: Mapping[int, int]) -> None:
    """Count what was done on the trips, for the unit of whoever did it."""
    counts = (
        sa.select(Checkin.unit_id, Visit.kind, sa.func.count())
        .join(Visit, Visit.checkin_id == Checkin.id)
        .join(Trip, Trip.id == Checkin.trip_id)
        .where(
            ~duties.is_patrol(),
            Checkin.happened_at >= covered.begins_at,
            Checkin.happened_at < covered.ends_at,
            Visit.kind.in_(VISITS),
        )
        .group_by(Checkin.unit_id, Visit.kind)
    )
    for unit_id, kind, count in db.session.execute(counts):
        if homes.get(unit_id) in found:
            found[homes[unit_id]].visits[kind] += count


def _unit(unit: Unit, out: _Out, covered: Covered, now: datetime, *, small: bool) -> Document:
    """A unit's row."""
    stated = None if small or not out.trips else _stated(out, covered, now)
    return {
        "unit": {"id": unit.id, "name": unit.name, "kind": unit.kind},
        "out": bool(out.trips),
        "why": "small" if small else "",
        "stated": stated,
    }


def _stated(out: _Out, covered: Covered, now: datetime) -> Document:
    """How many were out, on how many days of the period anybody was, and what was done."""
    period, trips = _period(covered), list(out.trips.values())
    return {
        "trips": len(trips),
        "people": len(out.people),
        "days": rules.days_away([logs.journey_of(trip) for trip in trips], period, now=now),
        "visits": out.visits,
        "rows": [_row(trip, logs.journey_of(trip), period, now) for trip in trips],
    }


def _row(trip: Trip, journey: Journey, period: Period, now: datetime) -> Document:
    """A trip as a number opens it: where to, which days; never its words nor who was on it."""
    first, last = rules.touched(journey, now)
    return {
        "trip": trip.id,
        "destination": trip.destination,
        "first": max(first, period.first),
        "last": min(last, period.last),
    }


def _period(covered: Covered) -> Period:
    """A month as logs know it."""
    return rules.around("month", covered.first)


def destinations(rows: Sequence[Document]) -> list[str]:
    """Where the trips went, each place once, in the order of the trips."""
    return list(dict.fromkeys(row["destination"] for row in rows))
