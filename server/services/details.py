"""The personal part of check-ins: blanked when its person says so, or when its time is over. The fact stays.

With it go the areas it lay in, the last place it told, whom it met, what was added to it, and its photos. What remains
says that there was a check-in, when, on which duty, and its verdict. Events remember that it was blanked, never what.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import Base, db
from server.models.checkins import Checkin, CheckinArea, CheckinDetail, LastPlace, Visit
from server.models.logs import LogDay, Supplement
from server.queries import checkins as reads
from server.queries import logs
from server.queries import photos as taken
from server.rules.access import Actor
from server.services import events, photos, walks
from server.transaction import verb

PIECE = 200
"""So many are blanked in one transaction at the most."""

_FACTS = frozenset(
    {"checkin_id", "id", "kind", "person_id", "unit_id", "day", "revision"}
    | {"written_at", "received_at", "erased_at", "happened_at"}
)
"""Columns that say that there was something, not what."""


def erase(actor: Actor, checkin_id: UUID) -> dict[str, Any]:
    """Blank the personal part of a check-in of one's own for good, and erase its photos; the check-in then.

    `NotFound` for one that they may not read, `Forbidden` for another's.
    """
    reads.ensure_readable(actor, checkin_id, permission="checkin.erase")
    for photo_id in taken.not_erased([checkin_id]):
        photos.erase(actor, photo_id)
    _blank([checkin_id], "checkin.erased", actor.person_id)
    return reads.get(actor, checkin_id)


def expire(since: datetime | None, before: datetime) -> int:
    """Blank all that arrived before an instant, and what was added to it; how many there were.

    What arrived before `since` is blanked already. Whatever interrupts it, the same again goes on where it stopped.
    """
    blanked = 0
    while found := reads.expired(since, before, most=PIECE):
        for photo_id in taken.not_erased(found):
            photos.expire(photo_id)
        blanked += _blank(found, "checkin.expired", None)
    return blanked


def expire_logs(before: datetime) -> int:
    """Blank what people wrote into the logs of days before the one that begins then; of how many days."""
    blanked = 0
    while found := logs.expired(clock.day_of(before), most=PIECE):
        blanked += _blank_days(found)
    return blanked


@verb
def _blank(checkin_ids: Sequence[UUID], kind: str, actor_id: int | None) -> int:
    """Blank those of the check-ins that are not blanked yet, each with its event; how many."""
    still = sa.select(CheckinDetail.checkin_id).where(
        CheckinDetail.checkin_id.in_(checkin_ids), CheckinDetail.erased_at.is_(None)
    )
    ids = db.session.scalars(still.order_by(CheckinDetail.checkin_id).with_for_update()).all()
    if not ids:
        return 0
    now = clock.now()
    for table in (CheckinDetail, Supplement):
        _change(sa.update(table).where(table.checkin_id.in_(ids)).values(erased_at=now, **_nothing(table)))
    _change(sa.update(Visit).where(Visit.checkin_id.in_(ids)).values(_nothing(Visit)))
    _change(sa.update(Checkin).where(Checkin.id.in_(ids)).values(areas=[]))
    _change(sa.delete(CheckinArea).where(CheckinArea.checkin_id.in_(ids)))
    _change(sa.delete(LastPlace).where(LastPlace.checkin_id.in_(ids)))
    duties = sa.select(Checkin.trip_id).where(Checkin.id.in_(ids), Checkin.trip_id.is_not(None))
    walks.remember_less([trip_id for trip_id in db.session.scalars(duties.distinct()) if trip_id is not None])
    _record(ids, kind, actor_id)
    return len(ids)


@verb
def _blank_days(ids: Sequence[UUID]) -> int:
    """Blank savings of logs, and record whose."""
    whose = sa.select(LogDay.person_id, LogDay.unit_id).where(LogDay.id.in_(ids)).distinct()
    for row in db.session.execute(whose.order_by(LogDay.person_id, LogDay.unit_id)).all():
        events.record("log.expired", actor_id=None, unit_id=row.unit_id, person_id=row.person_id)
    _change(sa.update(LogDay).where(LogDay.id.in_(ids)).values(erased_at=clock.now(), **_nothing(LogDay)))
    return len(ids)


def _nothing(table: type[Base]) -> dict[str, str | None]:
    """Every column of a table that says what, blank."""
    columns = cast(sa.Table, table.__table__).c
    return {each.name: None if each.nullable else "" for each in columns if each.name not in _FACTS}


def _change(statement: sa.Update | sa.Delete) -> None:
    """Run a statement that no object in the session is to learn of."""
    db.session.execute(statement.execution_options(synchronize_session=False))


def _record(checkin_ids: Sequence[UUID], kind: str, actor_id: int | None) -> None:
    """An event for each: whose and which, never what it held."""
    facts = sa.select(Checkin.id, Checkin.person_id, Checkin.unit_id, Checkin.trip_id)
    for row in db.session.execute(facts.where(Checkin.id.in_(checkin_ids)).order_by(Checkin.id)).all():
        events.record(
            kind,
            actor_id=actor_id,
            unit_id=row.unit_id,
            person_id=row.person_id,
            trip_id=row.trip_id,
            subject=row.id,
        )
