"""The visit log: check-ins and visits, newest first, filtered, in pages or in a stream for exports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.models.checkins import Checkin, CheckinArea, Visit
from server.models.units import Unit
from server.queries import checkins, pages, scopes
from server.rules import access
from server.rules.access import Actor

EXPORT_PAGE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which check-ins; days are Shanghai's, both included; `visits`: only those with whom they met."""

    from_: date | None = None
    to: date | None = None
    unit_id: int | None = None
    person_id: int | None = None
    trip_id: int | None = None
    area_id: int | None = None
    verdict: str | None = None
    kind: str | None = None
    signal: str | None = None
    visits: bool = False


def page(actor: Actor, wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """One page of what the actor may read, as they may see it: `{items, next}`."""
    statement = _wanted(actor, wanted)
    if cursor:
        statement = statement.where(_after(cursor))
    rows = db.session.execute(statement.limit(limit + 1)).all()
    found = checkins.documents([row.id for row in rows[:limit]])
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": checkins.as_seen_by(actor, list(found.values())),
        "next": None if last is None else pages.cursor_of(last.happened_at.isoformat(), str(last.id)),
    }


def pages_of(actor: Actor, wanted: Filter) -> Iterator[list[dict[str, Any]]]:
    """All of it, a page at a time, so that an export of any length stays small in memory."""
    cursor: str | None = None
    while True:
        found = page(actor, wanted, cursor=cursor, limit=EXPORT_PAGE)
        yield found["items"]
        cursor = found["next"]
        if cursor is None:
            return


def _wanted(actor: Actor, wanted: Filter) -> sa.Select[Any, UUID]:
    """The check-ins in scope that pass the filter, newest first."""
    scope = access.scope(actor, "checkin.read")
    mine = Checkin.person_id == actor.person_id
    statement = sa.select(Checkin.happened_at, Checkin.id).where(
        scopes.visible(scope, unit_id=Checkin.unit_id.expression, mine=mine), *_conditions(wanted)
    )
    return statement.order_by(Checkin.happened_at.desc(), Checkin.id.desc())


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """The filter as SQL."""
    if wanted.from_ is not None:
        yield Checkin.happened_at >= clock.day_starts_at(wanted.from_)
    if wanted.to is not None:
        yield Checkin.happened_at < clock.day_ends_at(wanted.to)
    if wanted.unit_id is not None:
        yield Checkin.unit_id.in_(_subtree(wanted.unit_id))
    for column, value in _equal(wanted):
        if value is not None:
            yield column == value
    if wanted.area_id is not None:
        lain_in = sa.select(CheckinArea.checkin_id).where(CheckinArea.area_id == wanted.area_id)
        yield Checkin.id.in_(lain_in)
    if wanted.signal is not None:
        yield sa.cast(Checkin.signals, sa.Text).contains(f'"{wanted.signal}"', autoescape=True)
    if wanted.visits:
        yield Checkin.id.in_(sa.select(Visit.checkin_id))


def _equal(wanted: Filter) -> tuple[tuple[ColumnElement[Any], Any], ...]:
    """The columns that are simply equal to something."""
    return (
        (Checkin.person_id.expression, wanted.person_id),
        (Checkin.trip_id.expression, wanted.trip_id),
        (Checkin.outcome.expression, wanted.verdict),
        (Checkin.kind.expression, wanted.kind),
    )


def _subtree(unit_id: int) -> sa.Select[int]:
    """The units at and below a unit."""
    top = sa.select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return sa.select(Unit.id).where(Unit.path.startswith(top))


def _after(cursor: str) -> ColumnElement[bool]:
    """The rows after a cursor."""
    at, checkin_id = pages.keys_of(cursor, pages.instant, pages.uuid)
    older = Checkin.happened_at < at
    return sa.or_(older, sa.and_(Checkin.happened_at == at, Checkin.id < checkin_id))
