"""The review queue as its readers may see it: what waits for a word, by duty, the oldest first; and the evidence.

Never grouped, sorted or counted by person: a count is of everything that waits, or of what waits on one duty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.config import Settings
from server.db import db
from server.errors import NotFound
from server.held import held
from server.models.checkins import Checkin, CheckinDetail
from server.models.reviews import Waiting
from server.models.trips import Trip, TripStop
from server.models.units import Unit
from server.queries import checkins, pages, scopes
from server.queries.evidence import RECENT
from server.rules import access, signals
from server.rules.access import Actor, Scope
from server.rules.signals import Fix

STANDS = {"open": ("look", "reply"), "asked": ("answer",), "mine": ("answer",)}
"""The parts of the queue by what check-ins in them wait for: us, its person, or me."""


def page(
    actor: Actor,
    *,
    part: str = "open",
    trip_id: int | None = None,
    unit_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """A page of a part of the queue: `{total, duties, items, next}`.

    Duties come by the oldest check-in that waits on them, check-ins of one duty by time. `duties` are those on the
    page, each with how many wait on it. Positions are not told here: `evidence` does, and keeps the look.
    """
    wanted = [*_in_part(actor, part), *_narrowed(trip_id, unit_id)]
    duties = _duties(wanted)
    rows = _rows(wanted, duties, cursor, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "total": sum(duty.waiting for duty in duties),
        "duties": _told([duty for duty in duties if duty.id in {row.duty for row in rows[:limit]}]),
        "items": _items(actor, rows[:limit]),
        "next": None if last is None else _cursor_after(last, duties),
    }


def _in_part(actor: Actor, part: str) -> list[ColumnElement[bool]]:
    """What of the queue is in a part of it, and the reader's to see. Nobody reviews a check-in of their own."""
    mine = Waiting.person_id == actor.person_id
    scope = Scope(access.scope(actor, "review.read").paths, None)
    seen = scopes.visible(scope, unit_id=Waiting.unit_id.expression, mine=mine)
    whose = mine if part == "mine" else sa.and_(seen, ~mine)
    return [Waiting.stand.in_(STANDS[part]), whose]


def _narrowed(trip_id: int | None, unit_id: int | None) -> list[ColumnElement[bool]]:
    """Of one duty, of one unit's subtree."""
    asked: list[ColumnElement[bool]] = []
    if trip_id is not None:
        asked.append(Waiting.trip_id == trip_id)
    if unit_id is not None:
        asked.append(Waiting.unit_id.in_(scopes.units_below(unit_id)))
    return asked


_DUTY = sa.func.coalesce(Waiting.trip_id, 0)


@dataclass(frozen=True, slots=True)
class _Duty:
    """A duty (0: none) on which so many check-ins wait, the oldest of which happened at an instant."""

    oldest: datetime
    id: int
    waiting: int


def _duties(wanted: Sequence[ColumnElement[bool]]) -> list[_Duty]:
    """The duties on which something waits, by the oldest check-in of each: one pass over what is open."""
    oldest = sa.func.min(Waiting.happened_at)
    statement = sa.select(oldest, _DUTY, sa.func.count()).where(*wanted).group_by(_DUTY)
    return [_Duty(*row) for row in db.session.execute(statement.order_by(oldest, _DUTY))]


def _rows(
    wanted: Sequence[ColumnElement[bool]], duties: Sequence[_Duty], cursor: str | None, most: int
) -> Sequence[Any]:
    """What waits, by duty, after a cursor: read of no more duties than can fill the page."""
    after = None if cursor is None else _Key(*pages.keys_of(cursor, *_READERS))
    chosen = _enough([duty for duty in duties if after is None or after.reaches(duty)], most)
    if not chosen:
        return []
    columns = (Waiting.checkin_id, Waiting.happened_at, Waiting.stand, Waiting.since, _DUTY.label("duty"))
    rank = sa.case({duty.id: number for number, duty in enumerate(chosen)}, value=_DUTY)
    statement = sa.select(*columns).where(*wanted, _DUTY.in_([duty.id for duty in chosen]))
    if after is not None:
        statement = statement.where(after.follows())
    return db.session.execute(
        statement.order_by(rank, Waiting.happened_at, Waiting.checkin_id).limit(most)
    ).all()


def _enough(duties: Sequence[_Duty], most: int) -> list[_Duty]:
    """So many of these duties that those after the first, of which some may be told already, fill a page."""
    chosen: list[_Duty] = []
    for duty in duties:
        if sum(each.waiting for each in chosen[1:]) >= most:
            break
        chosen.append(duty)
    return chosen


_READERS = (pages.instant, pages.row_id, pages.instant, pages.uuid)


@dataclass(frozen=True, slots=True)
class _Key:
    """The last row that was told: its duty with the oldest that waited there then, its instant and id."""

    oldest: datetime
    duty: int
    happened_at: datetime
    checkin_id: UUID

    def reaches(self, duty: _Duty) -> bool:
        """Whether anything of a duty comes after this row."""
        return (duty.oldest, duty.id) >= (self.oldest, self.duty)

    def follows(self) -> ColumnElement[bool]:
        """Whether a row of this duty comes after this one; one of any other duty that is reached does."""
        told = Waiting.happened_at < self.happened_at
        same = sa.and_(
            Waiting.happened_at == self.happened_at, Waiting.checkin_id.expression <= self.checkin_id
        )
        return sa.not_(sa.and_(_DUTY.in_([self.duty]), sa.or_(told, same)))


def _cursor_after(row: Any, duties: Sequence[_Duty]) -> str:
    """The cursor that goes on after a row.

    A duty whose oldest check-in was settled meanwhile moves further back: what is left of it is told then.
    """
    [oldest] = [duty.oldest for duty in duties if duty.id == row.duty]
    return pages.cursor_of(oldest.isoformat(), row.duty, row.happened_at.isoformat(), str(row.checkin_id))


def _told(duties: Sequence[_Duty]) -> list[dict[str, Any]]:
    """Duties with their names and how many wait on each; `trip` and `unit` are None outside any duty."""
    statement = (
        sa.select(Trip.id, Trip.title, Unit.id.label("unit_id"), Unit.name.label("unit"))
        .join(Unit, Unit.id == Trip.unit_id)
        .where(Trip.id.in_([duty.id for duty in duties]))
    )
    named = {row.id: row for row in db.session.execute(statement)}
    return [_duty(duty, named.get(duty.id)) for duty in duties]


def _duty(duty: _Duty, row: Any) -> dict[str, Any]:
    """One duty."""
    return {
        "trip": None if row is None else {"id": row.id, "title": row.title},
        "unit": None if row is None else {"id": row.unit_id, "name": row.unit},
        "waiting": duty.waiting,
        "oldest_at": duty.oldest,
    }


def _items(actor: Actor, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Check-ins with what they wait for, others' without their positions."""
    found = checkins.documents([row.checkin_id for row in rows])
    own = actor.person_id
    told = {
        key: each if each["person"]["id"] == own else checkins.withheld(each) for key, each in found.items()
    }
    return [
        {"stand": row.stand, "since": row.since, "checkin": told[row.checkin_id]}
        for row in rows
        if row.checkin_id in told
    ]


# ── for those who say something ─────────────────────────────────────────────────────────────────────────


def to_change(checkin_id: UUID) -> dict[str, Any]:
    """The document of a check-in, about which nobody else says anything until the verb is over. Unscoped."""
    db.session.execute(sa.select(Checkin.id).where(Checkin.id == checkin_id).with_for_update(key_share=True))
    found = checkins.documents([checkin_id])
    if not found:
        raise NotFound
    return found[checkin_id]


def row(document: dict[str, Any]) -> dict[str, Any]:
    """What the queue repeats of a check-in."""
    return {
        "checkin_id": document["id"],
        "person_id": document["person"]["id"],
        "unit_id": document["unit"]["id"],
        "trip_id": None if document["trip"] is None else document["trip"]["id"],
        "happened_at": document["happened_at"],
    }


def not_pursued(before: datetime) -> Sequence[UUID]:
    """The check-ins with a query whose last word is older than an instant. Unscoped, for the sweep."""
    statement = (
        sa.select(Waiting.checkin_id)
        .where(Waiting.stand.in_(("answer", "reply")), Waiting.since < before)
        .order_by(Waiting.since, Waiting.checkin_id)
    )
    return db.session.execute(statement).scalars().all()


# ── the evidence ────────────────────────────────────────────────────────────────────────────────────────


def evidence(actor: Actor, checkin_id: UUID) -> dict[str, Any]:
    """A check-in with what it was judged by, for drawing: `{checkin, against, last, way}`; the caller keeps the looks.

    `against` is the stop's circle, or its area by version. `last` is the check-in whose position the person was last
    known by when this one came in, `way` the distance and least speed between the two (None unless both are shown).
    """
    document = checkins.get(actor, checkin_id)
    before = _before(actor, document)
    return {
        "checkin": document,
        "against": _against(document),
        "last": before,
        "way": _way(document, before),
    }


def _against(document: dict[str, Any]) -> dict[str, Any] | None:
    """What a check-in was judged against, as it lies on the ground."""
    if document["stop"] is None:
        return None
    stop = db.session.get_one(TripStop, document["stop"]["id"])
    return {
        "name": stop.name,
        "lng": stop.lng,
        "lat": stop.lat,
        "radius_m": stop.radius_m,
        "area_id": stop.area_id,
        "version": document["verdict"]["against"]["version"],
        "tolerance_m": stop.tolerance_m,
    }


def _before(actor: Actor, document: dict[str, Any]) -> dict[str, Any] | None:
    """The check-in the person was last known by: by fix the latest of the recent ones that had come in by then.

    None where there is none, or where it is not the actor's to see: it may be of another unit.
    """
    found = db.session.execute(_latest_before(document)).scalars().first()
    if found is None or document["verdict"]["accuracy_used_m"] is None:
        return None
    try:
        return checkins.get(actor, found)
    except NotFound:
        return None


def _latest_before(document: dict[str, Any]) -> sa.Select[UUID]:
    """Of a person's check-ins that came in before one, the one with the latest fix of the recent ones."""
    recent = (
        sa.select(Checkin.id, CheckinDetail.at)
        .join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
        .where(
            Checkin.person_id == document["person"]["id"],
            Checkin.has_position,
            Checkin.received_at <= document["received_at"],
            Checkin.id != document["id"],
            CheckinDetail.lng.is_not(None),
        )
        .order_by(Checkin.happened_at.desc())
        .limit(RECENT)
        .subquery()
    )
    return sa.select(recent.c.id).order_by(recent.c.at.desc(), recent.c.id).limit(1)


def _way(document: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any] | None:
    """How far and how fast at least, from the position before to this one; None where one of them is not shown."""
    fix, last = _fix(document), _fix(before)
    if fix is None or last is None:
        return None
    way = signals.between(last, fix)
    return {
        "distance_m": round(way.distance_m, 1),
        "seconds": round(way.seconds),
        "least_mps": way.least_mps,
        "limit_mps": held(Settings).impossible_speed_mps,
    }


def _fix(document: dict[str, Any] | None) -> Fix | None:
    """The position of a document as a fix, where it shows one."""
    if document is None or document["position"] is None:
        return None
    where, at = document["position"], document["fixed_at"] or document["made_at"]
    return Fix(where["lng"], where["lat"], document["verdict"]["accuracy_used_m"] or 0.0, at)
