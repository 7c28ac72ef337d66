"""Tracks: ended with their duty, erased by their owner, gone when their time is over. Always row by row.

Whoever changes a track holds its person, as the pipeline does, so that none of it is written meanwhile. Long ones go
in pieces, a short transaction each: a long one would hold up the stream for everybody. Each piece leaves its event,
and what was interrupted goes on where it stopped.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from server.db import UtcDateTime, db
from server.errors import NotFound
from server.held import held
from server.models.checkins import LastPlace
from server.models.positions import Crossing, Fix, Standing
from server.models.silences import Silence
from server.models.trips import Trip, TripMember
from server.queries import positions as reads
from server.queries import trips
from server.queries.areas import Snapshots
from server.rules import access
from server.rules import positions as rules
from server.rules.access import Actor
from server.services import crossings, events, set_aside, walks
from server.services.crossings import Whose
from server.transaction import verb

PIECE = 10_000
"""So many fixes are deleted in one transaction at the most."""


def end(trip_id: int, ended_at: datetime) -> None:
    """Take back what was kept of a duty from after its end, within the caller's verb, which holds the trip.

    A phone without a network says later that a duty is over; meanwhile its tracker went on. What lies after the end
    is treated as if the end had been known: set aside, and counted.
    """
    members = sa.select(TripMember.person_id).where(TripMember.trip_id == trip_id)
    reads.people_held(db.session.scalars(members).all())
    db.session.flush()  # duties are read past the session, and must know this end
    for person_id in reads.tracked(trip_id):
        _end_of(_whose(person_id, trip_id), ended_at)


def _end_of(whose: Whose, ended_at: datetime) -> None:
    """Take back what was kept of one person from after the end: another duty of theirs has it, or nobody."""
    late = sa.select(Fix.tracker_id, Fix.at).where(_of(whose, Fix), Fix.at > ended_at).order_by(Fix.at)
    fixes = db.session.execute(late).all()
    if not fixes:
        return
    duties = [each.duty for each in reads.duties([whose.person_id], ended_at).of.get(whose.person_id, ())]
    trips_of, why = rules.assign(np.array([fix.at.timestamp() for fix in fixes]), duties)
    moved = [(fix, trip) for fix, trip in zip(fixes, trips_of.tolist(), strict=True) if trip != rules.NO_DUTY]
    _give_over(moved)
    _rows(sa.delete(Fix).where(_of(whose, Fix), Fix.at > ended_at))
    set_aside.count(
        Counter((fix.tracker_id, reason) for fix, reason in zip(fixes, why, strict=True) if reason)
    )
    for trip_id in sorted({whose.trip_id} | {trip for _, trip in moved}):
        crossings.anew(_whose(whose.person_id, trip_id), held(Snapshots).current())


def _give_over(moved: Sequence[tuple[Any, int]]) -> None:
    """Let fixes, each a tracker and an instant, be of another duty."""
    this = Fix.tracker_id == sa.bindparam("tracker"), Fix.at == sa.bindparam("instant", type_=UtcDateTime())
    change = sa.update(Fix.__table__).where(*this).values(trip_id=sa.bindparam("trip"))  # type: ignore[arg-type]  # a table
    rows = [{"tracker": fix.tracker_id, "instant": fix.at, "trip": trip} for fix, trip in moved]
    if rows:
        db.session.connection().execute(change, rows)


def erase(actor: Actor, trip_id: int) -> dict[str, Any]:
    """Erase one's own track of a duty at once: fixes, crossings, and the last place if a tracker told it.

    The duty may be under way or long over. What comes after this is kept again as before, unless the consent is
    withdrawn: the answer says whether. `NotFound` for who is not on the trip.
    """
    trip = trips.get(actor, trip_id)
    if not trips.is_member(trip.id, actor.person_id):
        raise NotFound
    access.ensure(actor, "track.erase", path=trips.unit_path(trip.unit_id), own=True)
    _in_pieces(_Erasure(_whose(actor.person_id, trip.id), "track.erased", actor.person_id))
    return _erased(actor, trip)


def expire(person_id: int, trip_id: int, before: datetime) -> None:
    """Delete what is older than an instant of a person's track on a duty, and what came of it."""
    _in_pieces(_Erasure(_whose(person_id, trip_id), "track.expired", None, before))


# ── in pieces ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Erasure:
    """Whose track goes, up to which instant (None: all of it), and as which event, of whom."""

    whose: Whose
    kind: str
    actor_id: int | None
    before: datetime | None = None


def _in_pieces(erasure: _Erasure) -> None:
    """Delete piece by piece until nothing is left to delete."""
    while _piece(erasure):
        pass


@verb
def _piece(erasure: _Erasure) -> bool:
    """Delete one piece, the oldest first, and with the last one what came of the fixes. Whether there is more."""
    whose = erasure.whose
    reads.people_held({whose.person_id})
    upto = reads.nth(whose.person_id, whose.trip_id, PIECE, before=erasure.before)
    gone = _delete_fixes(erasure, upto)
    if upto is None:
        gone += _delete_what_came_of_them(erasure)
        walks.remember_less([whose.trip_id])
    if gone:
        _record(erasure, whole=upto is None)
    return upto is not None


def _delete_fixes(erasure: _Erasure, upto: datetime | None) -> int:
    """Delete the fixes up to an instant (None: all that are to go); how many there were."""
    gone = sa.delete(Fix).where(_of(erasure.whose, Fix))
    if upto is not None:
        gone = gone.where(Fix.at <= upto)
    elif erasure.before is not None:
        gone = gone.where(Fix.at < erasure.before)
    return _rows(gone)


def _delete_what_came_of_them(erasure: _Erasure) -> int:
    """Delete crossings, silences that are over and the tracker's last place; and where no fix is left, that there was
    a track.
    """
    whose, before = erasure.whose, erasure.before
    crossed = sa.delete(Crossing).where(_of(whose, Crossing))
    placed = sa.delete(LastPlace).where(_of(whose, LastPlace), LastPlace.checkin_id.is_(None))
    silent = sa.delete(Silence).where(_of(whose, Silence), Silence.ended_at.is_not(None))
    if before is not None:
        silent = silent.where(Silence.since < before)
        crossed, placed = crossed.where(Crossing.at < before), placed.where(LastPlace.at < before)
    stood = sa.delete(Standing).where(_of(whose, Standing), ~sa.exists().where(_of(whose, Fix)))
    return sum(map(_rows, (crossed, silent, placed, stood)))


def _of(whose: Whose, table: type[Fix | Crossing | Silence | Standing | LastPlace]) -> sa.ColumnElement[bool]:
    """The rows of a person on a duty."""
    return sa.and_(table.person_id == whose.person_id, table.trip_id == whose.trip_id)


def _rows(statement: sa.Delete) -> int:
    """Delete; how many rows there were."""
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, sa.CursorResult)
    return done.rowcount


def _record(erasure: _Erasure, *, whole: bool) -> None:
    """An event about a track: whose and of which duty, never where nor how much; `whole`: nothing is left to do."""
    whose = erasure.whose
    events.record(
        erasure.kind,
        actor_id=erasure.actor_id,
        unit_id=whose.unit_id,
        person_id=whose.person_id,
        trip_id=whose.trip_id,
        subject=whose.person_id,
        whole=whole,
    )


def _erased(actor: Actor, trip: Trip) -> dict[str, Any]:
    """What to tell somebody whose track was erased: whether more will be kept, and how to stop that."""
    consent = trips.active_consent(trip.id, actor.person_id)
    goes_on = trip.tracking == "track" and consent is not None and consent.level == "track"
    zh, en = _WORDS[goes_on, trip.state == "under_way"]
    return {"trip_id": trip.id, "goes_on": goes_on, "words_zh": zh, "words_en": en}


_GONE = ("本次行程的轨迹已删除，", "The track of this trip is erased. ")
_WORDS = {
    (goes_on, under_way): (_GONE[0] + zh, _GONE[1] + en)
    for goes_on, under_way, zh, en in (
        (
            True,
            True,
            "但行程仍在进行：此后的定位点仍会保存。如不希望继续记录，请撤回同意。",
            "But the trip is under way: positions from now on are kept again. Withdraw your consent to stop that.",
        ),
        (
            True,
            False,
            "但手机里尚未送达的定位点送到后仍会保存。如不希望如此，请撤回同意。",
            "But positions that your phone has yet to deliver will be kept. Withdraw your consent to prevent that.",
        ),
        (False, True, "此后也不再保存定位点。", "No more positions of it will be kept."),
        (False, False, "此后也不再保存定位点。", "No more positions of it will be kept."),
    )
}


def _whose(person_id: int, trip_id: int) -> Whose:
    """A person on a duty, with the unit they are on it of."""
    unit = sa.select(TripMember.unit_id).where(
        TripMember.trip_id == trip_id, TripMember.person_id == person_id
    )
    return Whose(person_id, trip_id, db.session.execute(unit).scalar_one())
