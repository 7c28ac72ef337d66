"""Monthly trip reports 行程月报 of units: a row for each trip, in unit order; nobody is counted or compared.

What days are told are those of a trip, whoever was on it. What people wrote into their own days is not in it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.checkins import Checkin, Visit
from server.models.logs import Supplement
from server.models.trips import Trip
from server.models.units import Unit
from server.queries import checkins, duties, logs, scopes, units
from server.rules import access
from server.rules.access import Actor
from server.rules.logs import Period

MOST_TRIPS, MOST_VISITS = 500, 4000
"""How much one report tells; whoever reads a longer one is told that it was cut, and takes a smaller unit."""

Document = dict[str, Any]


def read(actor: Actor, period: Period, unit_id: int | None = None) -> Document:
    """The trips that units of the actor's scope travelled in a month: `{period, unit, trips, cut}`.

    `unit_id` names a unit and those below it, the topmost of the actor's own if None; `NotFound` for one out of scope.
    """
    unit, now = _unit(actor, unit_id), clock.now()
    journeys = _journeys(actor, unit, period, now)
    found = _visits(actor, [trip.id for trip, _ in journeys[:MOST_TRIPS]], period)
    entries = logs.as_entries(list(checkins.documents(found[:MOST_VISITS]).values()))
    return {
        "period": logs.told_period(period),
        "unit": {"id": unit.id, "name": unit.name},
        "trips": logs.trip_rows(journeys[:MOST_TRIPS], period, entries, now),
        "cut": len(journeys) > MOST_TRIPS or len(found) > MOST_VISITS,
    }


def _unit(actor: Actor, unit_id: int | None) -> Unit:
    """The unit a report is of."""
    paths = access.scope(actor, "report.read").paths
    wanted = Unit.path == paths[0] if unit_id is None and paths else Unit.id == unit_id
    unit = db.session.execute(sa.select(Unit).where(wanted)).scalar_one_or_none()
    if unit is None:
        raise NotFound
    access.ensure_seen(actor, "report.read", path=unit.path)
    return unit


def _journeys(actor: Actor, unit: Unit, period: Period, now: datetime) -> list[tuple[Trip, str]]:
    """The trips of a unit and those below it, in the order of the units, then by their start; at most one too many."""
    scope = access.scope(actor, "report.read")
    statement = (
        sa.select(Trip, Unit)
        .join(Unit, Unit.id == Trip.unit_id)
        .where(
            scopes.within(scope.paths),
            Unit.path.startswith(unit.path, autoescape=True),
            logs.travelled(period),
            ~duties.is_patrol(),
        )
        .order_by(Unit.path, Trip.started_at, Trip.id)
        .limit(MOST_TRIPS + 1)
    )
    rows = [(trip, of) for trip, of in db.session.execute(statement) if logs.days(trip, period, now)]
    below = db.session.scalars(sa.select(Unit).where(Unit.path.startswith(unit.path, autoescape=True)))
    order = {of.id: n for n, of in enumerate(units.in_tree_order(list(below)))}
    return [(trip, of.name) for trip, of in sorted(rows, key=lambda row: order[row[1].id])]


def _visits(actor: Actor, trip_ids: Sequence[int], period: Period) -> Sequence[UUID]:
    """The check-ins on these trips in a period that tell of whom was met, as far as the actor may read them."""
    scope = access.scope(actor, "report.read")
    told = sa.or_(
        sa.exists().where(Visit.checkin_id == Checkin.id),
        sa.exists().where(Supplement.checkin_id == Checkin.id),
    )
    statement = (
        sa.select(Checkin.id)
        .where(
            scopes.visible(scope, unit_id=Checkin.unit_id.expression, mine=sa.false()),
            Checkin.trip_id.in_(trip_ids),
            Checkin.happened_at >= period.begins_at,
            Checkin.happened_at < period.ends_at,
            told,
        )
        .order_by(Checkin.happened_at, Checkin.id)
        .limit(MOST_VISITS + 1)
    )
    return db.session.execute(statement).scalars().all()
