"""Notices 提醒: made by the sweep of what the record says, marked as read by their person, deleted when they are old.

The record is read once, page by page, up to a number that is settled; a page, its notices and the mark are one
transaction. So a sweep that is interrupted goes on where it was, and nobody is told anything twice.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db, upsert
from server.held import held
from server.live import tail
from server.models.notices import Notice, NoticeMark
from server.queries import concerned, terms
from server.queries import notices as reads
from server.queries.concerned import Fact, Material
from server.rules import access, notice_kinds, notices
from server.rules.access import Actor
from server.transaction import verb

PAGE = 500
"""So many events are read in a transaction."""

CHUNK = 500
PATIENCE_S = 5.0
"""How long to wait for whoever may still commit an earlier number; the next sweep reads what this one cannot."""


# ── by their person ─────────────────────────────────────────────────────────────────────────────────────


@verb
def mark(actor: Actor, *, notice_id: int | None = None, upto: int | None = None) -> dict[str, Any]:
    """Mark one notice as read, or all up to one; what is another's or is not there changes nothing. What is unread."""
    access.ensure_holds(actor, "notice.mark")
    mine = sa.update(Notice).where(Notice.person_id == actor.person_id, Notice.was_read.is_(False))
    mine = mine.where(Notice.shows_at <= clock.now())
    which = Notice.id == notice_id if notice_id is not None else Notice.id <= (upto or 0)
    db.session.execute(mine.where(which).values(was_read=True))
    return reads.unread(actor)


# ── by the sweep ────────────────────────────────────────────────────────────────────────────────────────


def tell() -> int:
    """Make the notices of what was recorded since, and of terms that have passed; how many."""
    return sum(_pages()) + _terms()


def _pages() -> Iterator[int]:
    """Read the record page by page, as far as it is settled."""
    settled = tail.settled(db.engine, within_s=PATIENCE_S)
    upto = -1
    while settled is not None and upto < settled:
        upto, told = _page(settled)
        yield told


@verb
def _page(settled: int) -> tuple[int, int]:
    """Make the notices of the next page of the record; up to which number it was read, and how many were made."""
    after = reads.marked()
    told, upto = concerned.facts(after=after, upto=settled, limit=PAGE)
    material = concerned.gather([fact for fact, _ in told])
    rows = [row for fact, at in told for row in _rows(fact, at, material)]
    row = {"id": 1, "upto": max(upto, after)}
    put = upsert(NoticeMark).values(row)
    db.session.execute(put.on_conflict_do_update(index_elements=["id"], set_=row))
    return upto, _keep(rows)


@verb
def _terms() -> int:
    """Tell of every day that has come, once for each."""
    come = terms.come(since=_kept_since(clock.now()))
    material = concerned.gather([fact for fact, _ in come])
    return _keep([row for fact, at in come for row in _rows(fact, at, material)])


def _rows(fact: Fact, at: datetime, material: Material) -> list[dict[str, Any]]:
    """The notices of one fact, one for each person it concerns."""
    urgent = concerned.is_urgent(fact, material)
    now = clock.now()
    whole = {
        "kind": fact.kind,
        "source": _source(fact, at),
        "at": at,
        "shows_at": now if urgent else notices.shows_at(held(Settings).quiet_hours, now),
        "urgent": urgent,
        "actor_id": fact.actor_id,
        "about_id": fact.person_id,
        "unit_id": concerned.unit_of(fact, material),
        "trip_id": fact.trip_id,
        "subject": fact.subject,
    }
    return [whole | {"person_id": person_id} for person_id in concerned.by(fact, material)]


def _source(fact: Fact, at: datetime) -> str:
    """What a notice is made of, for each person once: an event, a term, or all looks of one reader in a day."""
    if fact.kind == "look.opened":
        return f"looks {fact.actor_id} {fact.trip_id} {clock.day_of(at)}"
    return (
        f"term {fact.term or fact.subject} {clock.iso(at)}" if fact.number is None else f"event {fact.number}"
    )


def _keep(rows: Sequence[dict[str, Any]]) -> int:
    """Keep notices that are not there yet, and that say something new; how many those were."""
    kept, wanted = 0, _new(rows)
    for start in range(0, len(wanted), CHUNK):
        put = upsert(Notice).values(wanted[start : start + CHUNK]).on_conflict_do_nothing()
        kept += len(db.session.execute(put.returning(Notice.id)).all())
    return kept


def _new(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Notices without those told once whose person has not read the same of that day yet."""
    said = reads.unread_once([row["person_id"] for row in rows if row["kind"] in notice_kinds.ONCE])
    told = []
    for row in rows:
        same = (row["person_id"], row["kind"], row["subject"], clock.day_of(row["at"]))
        if row["kind"] not in notice_kinds.ONCE or same not in said:
            told.append(row)
        said.add(same)
    return told


@verb
def expire(now: datetime) -> int:
    """Delete the notices that have been kept long enough; how many."""
    gone = db.session.execute(sa.delete(Notice).where(Notice.at < _kept_since(now)).returning(Notice.id))
    return len(gone.all())


def _kept_since(now: datetime) -> datetime:
    """Notices of what happened before this are deleted, and none are made any more."""
    return clock.day_starts_at(clock.day_of(now) - timedelta(days=held(Settings).notice_days))
