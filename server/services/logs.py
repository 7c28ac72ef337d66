"""Logs: add to a day or to a check-in of one's own, take a log as a file, erase what one wrote.

Each saving is kept beside those before it. It says after which saving it comes, so that two phones and a desk of one
person never overwrite each other unseen; sent again, it is the same one.
"""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db, upsert
from server.errors import LogConflict
from server.held import held
from server.models.checkins import Checkin
from server.models.logs import LogDay, Supplement
from server.queries import logs as reads
from server.rules import access, checkins, logs
from server.rules.access import Actor
from server.rules.logs import DAY_TEXTS, SUPPLEMENT_TEXTS, DayTold, Period, Saving, SupplementTold
from server.services import events
from server.transaction import verb

Row = dict[str, Any]


@verb
def write(actor: Actor, day: date, told: DayTold) -> dict[str, Any]:
    """Keep what its person writes into the log of a day; the log of that day.

    `LogRefused` while it is not open, `LogConflict` when something else was saved meanwhile.
    """
    access.ensure(actor, "log.write", path=actor.unit_path, own=True)
    about = {"person_id": actor.person_id, "day": day}
    texts = {name: getattr(told, name) for name in DAY_TEXTS}
    _keep(actor, LogDay, told.saving, day, about, texts, {"unit_id": actor.unit_id})
    return reads.read(actor, logs.around("day", day))


@verb
def supplement(actor: Actor, checkin_id: UUID, told: SupplementTold) -> dict[str, Any]:
    """Keep what its person adds to a check-in 补记; the log of its day. The check-in itself is never changed.

    `NotFound` for any but one's own; otherwise as `write`.
    """
    access.ensure(actor, "log.write", path=actor.unit_path, own=True)
    day = reads.day_of(actor.person_id, checkin_id)
    texts = {name: getattr(told, name) for name in SUPPLEMENT_TEXTS}
    _keep(
        actor, Supplement, told.saving, day, {"checkin_id": checkin_id}, texts, {"person_id": actor.person_id}
    )
    return reads.read(actor, logs.around("day", day))


@verb
def erase(actor: Actor, day: date) -> dict[str, Any]:
    """Erase all that its person ever wrote into a day's log, and added to the check-ins of that day; the log then."""
    access.ensure(actor, "log.erase", path=actor.unit_path, own=True)
    period, now = logs.around("day", day), clock.now()
    of_day = sa.select(Checkin.id).where(
        Checkin.person_id == actor.person_id,
        Checkin.happened_at >= period.begins_at,
        Checkin.happened_at < period.ends_at,
    )
    blanked = [
        sa.update(LogDay)
        .where(LogDay.person_id == actor.person_id, LogDay.day == day)
        .values(erased_at=now, **dict.fromkeys(DAY_TEXTS, "")),
        sa.update(Supplement)
        .where(Supplement.checkin_id.in_(of_day))
        .values(erased_at=now, **dict.fromkeys(SUPPLEMENT_TEXTS, "")),
    ]
    for statement in blanked:
        db.session.execute(statement.execution_options(synchronize_session=False))
    _record(actor, "log.erased", day, "")
    return reads.read(actor, period)


@verb
def export(actor: Actor, period: Period, *, form: str) -> dict[str, Any]:
    """Record that its person takes a log as a file; the log."""
    access.ensure(actor, "log.export", path=actor.unit_path, own=True)
    _taken(actor, period.name, form)
    return reads.read(actor, period)


@verb
def export_trip(actor: Actor, trip_id: int, *, form: str) -> dict[str, Any]:
    """Record that its person takes their log of a trip as a file; the log. Raises as `queries.logs.of_trip` does."""
    access.ensure(actor, "log.export", path=actor.unit_path, own=True)
    log = reads.of_trip(actor, trip_id)
    _taken(actor, "", form, trip_id)
    return log


def _taken(actor: Actor, name: str, form: str, trip_id: int | None = None) -> None:
    """Record that a log leaves as a file."""
    events.record(
        "log.exported",
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        trip_id=trip_id,
        subject=name,
        form=form,
    )


def _keep(
    actor: Actor,
    table: type[LogDay | Supplement],
    saving: Saving,
    day: date,
    about: Row,
    texts: Row,
    more: Row,
) -> None:
    """Keep one saving as the newest of what it is about, unless it was kept before."""
    if _was_kept(actor, table, saving, about, texts):
        return
    now = clock.now()
    written_at = _written_at(saving, now)
    logs.ensure_open(day, written_at, held(Settings).log_open_days)
    row = about | texts | more | {"id": saving.id, "revision": _follows(table, saving, about)}
    kept = _insert(table, row | {"written_at": written_at, "received_at": now, "erased_at": None})
    if not kept and not _was_kept(actor, table, saving, about, texts):
        raise LogConflict
    if kept:
        _record(actor, "log.written", day, about.get("checkin_id", ""))


def _was_kept(actor: Actor, table: type[LogDay | Supplement], saving: Saving, about: Row, texts: Row) -> bool:
    """Whether this very saving is there; `LogConflict` for another one under its id, which is not told.

    One whose texts were erased since is not written again by a phone that sends it late.
    """
    found = cast(LogDay | Supplement | None, db.session.get(table, saving.id))
    if found is None:
        return False
    same = found.erased_at is not None or all(getattr(found, name) == text for name, text in texts.items())
    if (
        not same
        or found.person_id != actor.person_id
        or any(getattr(found, k) != v for k, v in about.items())
    ):
        raise LogConflict
    return True


def _follows(table: type[LogDay | Supplement], saving: Saving, about: Row) -> int:
    """The revision of a saving that comes after the newest one there; `LogConflict` when it comes after another."""
    statement = (
        sa.select(table.id, table.revision)
        .where(*(getattr(table, name) == value for name, value in about.items()))
        .order_by(table.revision.desc())
        .limit(1)
    )
    newest = db.session.execute(statement).one_or_none()
    if saving.after != (None if newest is None else newest.id):
        raise LogConflict
    return 1 if newest is None else newest.revision + 1


def _insert(table: type[LogDay | Supplement], row: Row) -> bool:
    """Insert a saving; whether its place was still free this very moment."""
    statement = upsert(table).values(row).on_conflict_do_nothing().returning(table.id)
    return db.session.execute(statement).scalar_one_or_none() is not None


def _written_at(saving: Saving, now: datetime) -> datetime:
    """When it was written, on our clock."""
    return checkins.times(
        fixed_at=None, made_at=saving.made_at, sent_at=saving.sent_at, received_at=now
    ).happened_at


def _record(actor: Actor, kind: str, day: date, checkin_id: UUID | str) -> None:
    """An event about a day of one's own log: never what was written."""
    events.record(
        kind,
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        subject=checkin_id,
        day=day.isoformat(),
    )
