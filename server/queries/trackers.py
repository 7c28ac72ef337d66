"""Trackers as read: whose secret it is, which phone a session is on, and what their owner sees of them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.people import Person
from server.models.sessions import SignInSession
from server.models.trackers import SetAside, Tracker
from server.queries import pages
from server.rules import people, trackers
from server.rules.access import Actor
from server.rules.positions import SET_ASIDE

MOST_LISTED = 100


# ── whose ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Known:
    """The tracker behind a secret. `revoked`: nothing of it is taken any more; `sealed_key` is opened elsewhere."""

    id: int
    person_id: int
    kind: str
    revoked: bool
    sealed_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone a session is on, and its `app` tracker where there is one. A session without a device is its own."""

    device_id: UUID
    name: str
    tracker_id: int | None
    revoked: bool


_trackers, _people, _sessions = Tracker.__table__, Person.__table__, SignInSession.__table__
_device = sa.func.coalesce(_sessions.c.device_id, _sessions.c.id, type_=sa.Uuid())

# Asked with every message of every phone: built once, one statement, plain columns.
_OF_SECRET = (
    sa.select(
        _trackers.c.id,
        _trackers.c.person_id,
        _trackers.c.kind,
        (_trackers.c.revoked_at.is_not(None) | _people.c.left_at.is_not(None)).label("revoked"),
        _trackers.c.sealed_key,
    )
    .select_from(_trackers.join(_people, _people.c.id == _trackers.c.person_id))
    .where(_trackers.c.secret_hash == sa.bindparam("secret_hash"))
)
_PHONE_OF = (
    sa.select(
        _device.label("device_id"),
        _sessions.c.device_name,
        _trackers.c.id,
        _trackers.c.revoked_at.is_not(None).label("revoked"),
    )
    .select_from(
        _sessions.outerjoin(
            _trackers,
            (_trackers.c.person_id == _sessions.c.person_id) & (_trackers.c.device_id == _device),
        )
    )
    .where(_sessions.c.id == sa.bindparam("session_id"), _sessions.c.ended_at.is_(None))
)


def of_secret(secret: str) -> Known | None:
    """The tracker with this secret; None when there is none. One of a person who has left is revoked."""
    asked = {"secret_hash": trackers.digest(secret)}
    row = db.session.connection().execute(_OF_SECRET, asked).one_or_none()
    return None if row is None else Known(row.id, row.person_id, row.kind, bool(row.revoked), row.sealed_key)


def phone_of(session_id: UUID) -> Phone | None:
    """The phone that a session is on; None when the session is over."""
    row = db.session.connection().execute(_PHONE_OF, {"session_id": session_id}).one_or_none()
    return None if row is None else Phone(row.device_id, row.device_name, row.id, bool(row.revoked))


def live_apps_of(person_id: int) -> int:
    """How many live trackers of the store's apps a person has; our own app adds itself and is not counted."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Tracker)
            .where(
                Tracker.person_id == person_id,
                Tracker.kind.in_(tuple(trackers.APPS)),
                Tracker.revoked_at.is_(None),
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Live:
    """A tracker that may send, whose it is, and their unit."""

    id: int
    kind: str
    name: str
    person_id: int
    unit_id: int


def live_of(username: str) -> list[Live]:
    """The live trackers of somebody who has not left, by their user name, the oldest first; `NotFound` for nobody."""
    person = db.session.execute(
        sa.select(Person.id, Person.unit_id).where(
            Person.username == people.normal(username), Person.left_at.is_(None)
        )
    ).one_or_none()
    if person is None:
        raise NotFound
    columns = Tracker.id, Tracker.kind, Tracker.name
    theirs = sa.select(*columns).where(Tracker.person_id == person.id, Tracker.revoked_at.is_(None))
    rows = db.session.execute(theirs.order_by(Tracker.id)).all()
    return [Live(*row, person_id=person.id, unit_id=person.unit_id) for row in rows]


# ── for their owner ─────────────────────────────────────────────────────────────────────────────────────


def listed(actor: Actor) -> dict[str, Any]:
    """The actor's trackers, the live ones first, then the newest: `{items: […]}`; the hundred first at the most."""
    rows = db.session.execute(
        _told(actor).order_by(Tracker.revoked_at.is_not(None), Tracker.id.desc()).limit(MOST_LISTED)
    )
    return {"items": [_document(row) for row in rows]}


def document(actor: Actor, tracker_id: int) -> dict[str, Any]:
    """One of the actor's trackers; `NotFound` when it is not theirs."""
    row = db.session.execute(_told(actor).where(Tracker.id == tracker_id)).one_or_none()
    if row is None:
        raise NotFound
    return _document(row)


def _told(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    """What the owner sees of their trackers; neither secret nor key."""
    return sa.select(
        Tracker.id,
        Tracker.kind,
        Tracker.name,
        Tracker.created_at,
        Tracker.revoked_at,
        Tracker.last_seen_at,
        Tracker.battery,
        Tracker.charging,
        Tracker.sealed_key.is_not(None).label("sealed"),
    ).where(Tracker.person_id == actor.person_id)


def _document(row: Any) -> dict[str, Any]:
    """One tracker."""
    return {**row._mapping, "sealed": bool(row.sealed)}


# ── set aside ───────────────────────────────────────────────────────────────────────────────────────────


def set_aside(actor: Actor, *, cursor: str | None = None, limit: int = 31) -> dict[str, Any]:
    """What was not kept of the actor's positions, by day (Shanghai) and reason, the newest day first, `limit` days.

    `{items: [{day, count, reasons: [{reason, zh, en, count}]}], next}`, the commonest reason first.
    """
    days = _days(actor, cursor, limit + 1)
    told = days[:limit]
    after = pages.cursor_of(told[-1]) if len(days) > limit else None
    return {"items": [_day(day, counts) for day, counts in _counts(actor, told).items()], "next": after}


def _days(actor: Actor, cursor: str | None, limit: int) -> list[Any]:
    """The newest days, after a cursor, on which anything was set aside."""
    asked = _of(actor, sa.select(SetAside.day).distinct())
    if cursor:
        asked = asked.where(SetAside.day < pages.keys_of(cursor, pages.day)[0])
    return list(db.session.scalars(asked.order_by(SetAside.day.desc()).limit(limit)))


def _counts(actor: Actor, days: list[Any]) -> dict[Any, dict[str, int]]:
    """Day → reason → how many, over all the actor's trackers, in the order of `days`."""
    total = sa.func.sum(SetAside.count)
    asked = _of(actor, sa.select(SetAside.day, SetAside.reason, total.label("total")))
    rows = db.session.execute(
        asked.where(SetAside.day.in_(days))
        .group_by(SetAside.day, SetAside.reason)
        .order_by(total.desc(), SetAside.reason)
    )
    found: dict[Any, dict[str, int]] = {day: {} for day in days}
    for day, reason, count in rows:
        found[day][reason] = int(count)
    return found


def _of(actor: Actor, statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """The statement over what was set aside of the actor's own trackers."""
    return statement.join(Tracker, Tracker.id == SetAside.tracker_id).where(
        Tracker.person_id == actor.person_id
    )


def _day(day: Any, counts: dict[str, int]) -> dict[str, Any]:
    """One day's counts, in words."""
    reasons = [
        {"reason": reason, "zh": SET_ASIDE[reason][0], "en": SET_ASIDE[reason][1], "count": count}
        for reason, count in counts.items()
    ]
    return {"day": day, "count": sum(counts.values()), "reasons": reasons}
