"""Patrols 巡查 as their readers may see them: one, a list, those of one's own; and what the sweep looks for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.areas import Area
from server.models.checkins import Checkin
from server.models.matters import Matter
from server.models.patrols import Patrol, PatrolFinding
from server.models.people import Person
from server.models.positions import Fix
from server.models.trips import Trip, TripMember
from server.models.units import Unit
from server.queries import matters, pages, patrol_units, patrol_walks, scopes
from server.rules import access, patrols
from server.rules.access import Actor

Document = dict[str, Any]

LATELY = timedelta(days=7)
"""What a phone tells of a patrol that was over longer ago changes its page, and no longer what it came to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which patrols are asked for; `mine`: those one walks, and those of one's unit to walk that nobody has taken."""

    states: tuple[str, ...] = ()
    purpose: str = ""
    first: date | None = None
    last: date | None = None
    unit_id: int | None = None
    area_id: int | None = None
    plan_id: int | None = None
    call_of: int | None = None
    mine: bool = False
    q: str = ""


def get(actor: Actor, patrol_id: int) -> Patrol:
    """A patrol the actor may read; `NotFound` otherwise."""
    wanted = sa.select(Patrol).where(Patrol.id == patrol_id, _readable(actor))
    patrol = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if patrol is None:
        raise NotFound
    return patrol


def held(patrol_id: int) -> Patrol:
    """A patrol, locked until the verb is over; its duty first, as whoever begins or ends the duty does. Unscoped."""
    duty = sa.select(Patrol.trip_id).where(Patrol.id == patrol_id).scalar_subquery()
    db.session.execute(sa.select(Trip.id).where(Trip.id == duty).with_for_update(key_share=True))
    return db.session.get_one(Patrol, patrol_id, populate_existing=True, with_for_update=True)


def _readable(actor: Actor) -> ColumnElement[bool]:
    """The patrols of units in the actor's scope, those they walk, and those of their own unit."""
    scope = access.scope(actor, "patrol.read")
    own = sa.or_(_mine(actor), Patrol.unit_id == actor.unit_id)
    return scopes.visible(scope, unit_id=Patrol.unit_id.expression, mine=own)


def _mine(actor: Actor) -> ColumnElement[bool]:
    """The patrols the actor walks, and those that nobody has taken and their unit is to walk."""
    walked = sa.select(TripMember.trip_id).where(TripMember.person_id == actor.person_id)
    free = sa.and_(Patrol.trip_id.is_(None), Patrol.unit_id.in_(patrol_units.walked_by(actor)))
    return sa.or_(Patrol.trip_id.in_(walked), free)


def listed(actor: Actor, asked: Asked, *, cursor: str | None = None, limit: int = 50) -> Document:
    """The patrols the actor may read, the latest day first: `{items, next}`."""
    statement = sa.select(Patrol).where(_mine(actor) if asked.mine else _readable(actor), *_asked(asked))
    if cursor:
        day, below = pages.keys_of(cursor, pages.day, pages.row_id)
        statement = statement.where(sa.or_(Patrol.day < day, sa.and_(Patrol.day == day, Patrol.id < below)))
    statement = statement.order_by(Patrol.day.desc(), Patrol.id.desc()).limit(limit + 1)
    found = list(db.session.scalars(statement.execution_options(populate_existing=True)))
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return {
        "items": _documents(found[:limit]),
        "next": None if last is None else pages.cursor_of(last.day.isoformat(), last.id),
    }


def _asked(asked: Asked) -> Iterable[ColumnElement[bool]]:
    """What is asked for, as conditions."""
    if asked.states:
        yield Patrol.state.in_(asked.states)
    if asked.purpose:
        yield Patrol.purpose == asked.purpose
    if asked.first is not None:
        yield Patrol.closes_at >= clock.day_starts_at(asked.first)
    if asked.last is not None:
        yield Patrol.day <= asked.last
    if asked.unit_id is not None:
        yield Patrol.unit_id.in_(scopes.units_below(asked.unit_id))
    if asked.area_id is not None:
        yield Patrol.area_id == asked.area_id
    if asked.plan_id is not None:
        yield Patrol.plan_id == asked.plan_id
    if asked.call_of is not None:
        yield Patrol.call_id == sa.select(Patrol.call_id).where(Patrol.id == asked.call_of).scalar_subquery()
    if asked.q:
        yield Patrol.title.contains(asked.q, autoescape=True)


def document(actor: Actor, patrol: Patrol) -> Document:
    """A patrol in full: its checkpoints and what became of each, the share of the route, what was found, what may be
    done now.
    """
    [told] = _documents([patrol])
    return (
        told
        | patrol_walks.came_to(patrol, own=is_walker(actor, patrol))
        | {"findings": _findings(actor, patrol.id), "may": _may(actor, patrol)}
    )


_TOLD = (
    *("id", "plan_id", "trip_id", "title", "purpose", "basis", "day", "opens_at", "closes_at", "state"),
    *("checkpoints", "reached", "walked_at", "missed_at"),
)


def _documents(found: Sequence[Patrol]) -> list[Document]:
    """Patrols without what became of each checkpoint."""
    areas = _named(Area, {patrol.area_id for patrol in found if patrol.area_id is not None})
    units = _named(Unit, {patrol.unit_id for patrol in found})
    duties = _duties([patrol.trip_id for patrol in found if patrol.trip_id is not None])
    walkers = _walkers(duties)
    return [
        {name: getattr(patrol, name) for name in _TOLD}
        | {
            "area": areas.get(patrol.area_id or 0),
            "unit": units[patrol.unit_id],
            "called_out": patrol.call_id is not None,
            "walkers": walkers.get(patrol.trip_id or 0, []),
            "started_at": _of(duties, patrol.trip_id, "started_at"),
            "ended_at": _of(duties, patrol.trip_id, "ended_at"),
        }
        for patrol in found
    ]


def _of(duties: dict[int, Trip], trip_id: int | None, name: str) -> datetime | None:
    """When a patrol's duty began or ended."""
    duty = None if trip_id is None else duties[trip_id]
    return None if duty is None else getattr(duty, name)


def _named(table: type[Area] | type[Unit], ids: Collection[int]) -> dict[int, Document]:
    """Things by id, each with its name."""
    found = db.session.execute(sa.select(table.id, table.name).where(table.id.in_(ids)))
    return {row.id: {"id": row.id, "name": row.name} for row in found}


def _duties(ids: Collection[int]) -> dict[int, Trip]:
    """Duties by id."""
    found = db.session.scalars(
        sa.select(Trip).where(Trip.id.in_(ids)).execution_options(populate_existing=True)
    )
    return {trip.id: trip for trip in found}


def _walkers(duties: Collection[int]) -> dict[int, list[Document]]:
    """Who is on each of these duties, in the order of their ids: no figures."""
    found: dict[int, list[Document]] = {}
    statement = (
        sa.select(TripMember.trip_id, Person.id, Person.name)
        .join(Person, Person.id == TripMember.person_id)
        .where(TripMember.trip_id.in_(list(duties)))
        .order_by(TripMember.trip_id, Person.id)
    )
    for trip_id, person_id, name in db.session.execute(statement):
        found.setdefault(trip_id, []).append({"id": person_id, "name": name})
    return found


def _findings(actor: Actor, patrol_id: int) -> list[Document]:
    """The matters found on a patrol that the actor may read, by time."""
    statement = (
        sa.select(Matter.id, Matter.text, Matter.state, Matter.reported_at)
        .join(PatrolFinding, PatrolFinding.matter_id == Matter.id)
        .where(PatrolFinding.patrol_id == patrol_id, matters.readable(actor))
        .order_by(Matter.id)
    )
    return [dict(row._mapping) for row in db.session.execute(statement)]


def is_walker(actor: Actor, patrol: Patrol) -> bool:
    """Whether the actor is to walk a patrol, or walks it, or walked it."""
    on_it = None if patrol.trip_id is None else db.session.get(TripMember, (patrol.trip_id, actor.person_id))
    return on_it is not None


def is_of_the_unit(actor: Actor, patrol: Patrol) -> bool:
    """Whether a patrol is of the actor's unit, of one above it, or of one below that has nobody to walk it."""
    path = db.session.scalars(sa.select(Unit.path).where(Unit.id == patrol.unit_id)).one()
    return actor.unit_path.startswith(path) or patrol.unit_id in patrol_units.walked_by(actor)


def _may(actor: Actor, patrol: Patrol) -> list[str]:
    """What the actor may do with a patrol now."""
    may, walks = [], is_walker(actor, patrol)
    if patrol.state in patrols.OPEN and not walks and is_of_the_unit(actor, patrol):
        may.append("patrol.take")
    path = db.session.scalars(sa.select(Unit.path).where(Unit.id == patrol.unit_id)).one()
    if patrol.state in {"due", "missed"} and access.allows(actor, "patrol.cancel", path=path):
        may.append("patrol.cancel")
    if walks and patrol.state in {"under_way", *patrols.WALKED}:
        may.append("patrol.find")
    return may


# ── for the sweep ───────────────────────────────────────────────────────────────────────────────────────


def to_remind(now: datetime, ahead: timedelta) -> Sequence[int]:
    """The patrols whose window opens within so long, or is open, and of which nobody was reminded. Unscoped."""
    return _ids(
        Patrol.state == "due",
        Patrol.reminded_at.is_(None),
        Patrol.opens_at <= now + ahead,
        Patrol.closes_at > now,
    )


def not_begun(now: datetime) -> Sequence[int]:
    """The patrols whose window is over and that nobody has begun. Unscoped."""
    return _ids(Patrol.state == "due", Patrol.closes_at <= now)


def too_late(now: datetime) -> Sequence[int]:
    """The patrols that were missed too long ago to be walked, with a duty that still waits. Unscoped."""
    waits = sa.exists().where(Trip.id == Patrol.trip_id, Trip.state == "approved")
    return _ids(Patrol.state == "missed", Patrol.closes_at <= now - patrols.LATE, waits)


def to_judge_again(now: datetime) -> Sequence[int]:
    """The patrols lately over of which a phone told a check-in or a fix since they were judged. Unscoped."""
    told = sa.exists().where(Checkin.trip_id == Patrol.trip_id, Checkin.received_at > Patrol.judged_at)
    measured = sa.exists().where(
        TripMember.trip_id == Patrol.trip_id,
        Fix.person_id == TripMember.person_id,
        Fix.trip_id == Patrol.trip_id,
        Fix.at > now - LATELY - timedelta(days=patrols.MAX_WINDOW_DAYS),
        Fix.received_at > Patrol.judged_at,
    )
    newer = sa.or_(told, sa.and_(Patrol.tracking == "track", measured))
    return _ids(Patrol.state.in_(patrols.WALKED), Patrol.closes_at > now - LATELY, newer)


def _ids(*conditions: ColumnElement[bool]) -> Sequence[int]:
    """The patrols of which all this holds."""
    return db.session.scalars(sa.select(Patrol.id).where(*conditions).order_by(Patrol.id)).all()


def concerned(patrol: Patrol) -> Sequence[int]:
    """Whom news of a patrol concern: who walks it, or else those who may take it."""
    if patrol.trip_id is not None:
        members = sa.select(TripMember.person_id).where(TripMember.trip_id == patrol.trip_id)
        return db.session.scalars(members.order_by(TripMember.person_id)).all()
    return patrol_units.walkers_of(patrol.unit_id)


def concerned_by_miss(patrol: Patrol) -> Sequence[int]:
    """Whom it concerns that a patrol was missed: those who were to walk it, and who planned it.

    Of a call each hears once, by the first of theirs that was missed.
    """
    before = _missed_of_call(patrol)
    if not before:
        return [*concerned(patrol), patrol.made_by]
    untaken = {row.unit_id for row in before if row.trip_id is None}
    walked = patrol_units.walking({patrol.unit_id, *untaken})
    told = {walked.get(unit_id) for unit_id in untaken}
    return [] if patrol.trip_id is None and walked.get(patrol.unit_id) in told else concerned(patrol)


def _missed_of_call(patrol: Patrol) -> Sequence[sa.Row[int, int | None]]:
    """The units and duties of what was missed already of the call that a patrol belongs to."""
    if patrol.call_id is None:
        return []
    missed = sa.select(Patrol.unit_id, Patrol.trip_id).where(
        Patrol.call_id == patrol.call_id, Patrol.missed_at.is_not(None), Patrol.id != patrol.id
    )
    return db.session.execute(missed).all()


def unmanned(call_id: UUID) -> list[Document]:
    """The grids of a call that nobody was told of, since neither their unit nor one above it has anybody: by name."""
    due = sa.select(Patrol.unit_id, Area.id, Area.name).join(Area, Area.id == Patrol.area_id)
    rows = db.session.execute(
        due.where(Patrol.call_id == call_id, Patrol.trip_id.is_(None), Patrol.state == "due").order_by(
            Patrol.id
        )
    ).all()
    walked = patrol_units.walking({row.unit_id for row in rows})
    return [{"id": row.id, "name": row.name} for row in rows if row.unit_id not in walked]
