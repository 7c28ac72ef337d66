"""Closings as read: the chain itself, the events it covers, and how far it reaches."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.closings import Closing
from server.models.events import Event
from server.queries import pages
from server.rules import closings as rules
from server.rules.closings import Measured, Signed, Tally

_COLUMNS = [
    getattr(Event, name)
    for name in ("number", "at", "kind", "actor_id", "unit_id", "person_id", "trip_id", "subject", "data")
]
"""Everything an event holds: a column that is added to it later has to be added to what is hashed as well."""

ROWS_AT_ONCE = 2_000


def chain() -> list[Signed]:
    """Every closing, the oldest first."""
    return [_signed(row) for row in db.session.scalars(sa.select(Closing).order_by(Closing.day))]


def last() -> rules.Closing | None:
    """The newest closing; None before the first."""
    found = last_signed()
    return None if found is None else found.closing


def last_signed() -> Signed | None:
    """The newest closing with its signature; None before the first."""
    found = db.session.scalars(sa.select(Closing).order_by(Closing.day.desc()).limit(1)).one_or_none()
    return None if found is None else _signed(found)


def listed(*, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """The closings, newest first: `{items, next, due}`; `due` is the first day that waits to be closed, or None."""
    statement = sa.select(Closing).order_by(Closing.day.desc()).limit(limit + 1)
    if cursor:
        statement = statement.where(Closing.day < pages.keys_of(cursor, pages.day)[0])
    rows = db.session.scalars(statement).all()
    after = pages.cursor_of(rows[limit - 1].day) if len(rows) > limit else None
    return {"items": [_told(row) for row in rows[:limit]], "next": after, "due": due()}


def due() -> date | None:
    """The first day that is over and not yet closed; None where there is none."""
    before = last()
    day = _first_day() if before is None else before.day + timedelta(days=1)
    return day if day is not None and clock.day_ends_at(day) + rules.GRACE <= clock.now() else None


def last_number(day: date, *, after: int, upto: int) -> int:
    """The number of the last event of a day or of an earlier one, above `after` up to `upto`; `after` for none."""
    statement = sa.select(sa.func.max(Event.number)).where(
        Event.number > after, Event.number <= upto, Event.at < clock.day_ends_at(day)
    )
    return db.session.execute(statement).scalar_one() or after


def measure(day: date, *, after: int, upto: int) -> Measured:
    """Count and hash the events numbered above `after` up to `upto`; late are those that happened before the day.

    The first closing covers whatever is numbered up to its `upto`: nobody slips an event in below it.
    """
    begins = clock.day_starts_at(day)
    tally = Tally()
    statement = sa.select(*_COLUMNS).where(Event.number <= upto).order_by(Event.number)
    if after:
        statement = statement.where(Event.number > after)
    for row in db.session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)):
        tally.add(row, late=row.at < begins)
    return tally.measured


def open_count(after: int) -> int:
    """How many events there are that no closing covers yet."""
    statement = sa.select(sa.func.count()).select_from(Event).where(Event.number > after)
    return db.session.execute(statement).scalar_one()


def days() -> Iterator[date]:
    """The days that are closed."""
    yield from db.session.scalars(sa.select(Closing.day).order_by(Closing.day))


def of_day(day: date) -> list[Signed]:
    """The closing of a day, after that of the day before where there is one; empty where the day is not closed."""
    statement = sa.select(Closing).where(Closing.day <= day).order_by(Closing.day.desc()).limit(2)
    found = [_signed(row) for row in db.session.scalars(statement)]
    return found[::-1] if found and found[0].closing.day == day else []


def row(signed: Signed) -> dict[str, Any]:
    """A closing as a row of its table, closed now."""
    columns = ("day", "after", "upto", "count", "late", "digest", "before")
    told = dict(zip(columns, astuple(signed.closing), strict=True))
    return told | {"kid": signed.kid, "signature": signed.signature, "closed_at": clock.now()}


def _first_day() -> date | None:
    """The day of the first event there is."""
    first = db.session.scalars(sa.select(Event.at).order_by(Event.number).limit(1)).one_or_none()
    return None if first is None else clock.day_of(first)


def _signed(row: Closing) -> Signed:
    """A row as a closing with its signature."""
    told = rules.Closing(row.day, row.after, row.upto, row.count, row.late, row.digest, row.before)
    return Signed(told, row.kid, row.signature)


def _told(row: Closing) -> dict[str, Any]:
    """One closing, as an auditor reads it."""
    return {
        "day": row.day,
        "upto": row.upto,
        "count": row.count,
        "late": row.late,
        "head": _signed(row).closing.head,
        "kid": row.kid,
        "closed_at": row.closed_at,
    }
