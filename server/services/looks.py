"""Looks: say why, and keep who looked at whose positions; the person looked at can read it."""

import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.errors import ReasonNeeded
from server.models.events import Event
from server.models.looks import Look, LookReason
from server.models.sessions import SignInSession
from server.queries import looks as reads
from server.queries import trips
from server.rules import access, looks
from server.rules.access import Actor
from server.services import events
from server.transaction import verb

Key = tuple[UUID, int, int, str]
"""What one row of looks is about: sitting, person looked at, trip (0 for none), door."""

CHUNK = 500
REMEMBERED = 100_000


class _Seen:
    """Keys this process knows to be kept already, so that watching the map costs no statement; bounded."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._read: set[UUID] = set()
        self._lock = threading.Lock()

    def unseen(self, keys: Iterable[Key]) -> list[Key]:
        """Those of the keys not known to be kept, each once, sorted so that two writers never cross."""
        return sorted(set(keys) - self._keys)

    def has_read(self, session_id: UUID) -> bool:
        """Whether what a sitting has looked at through other processes was read."""
        return session_id in self._read

    def add(self, keys: Iterable[Key], *, read: UUID | None = None) -> None:
        """Remember keys; when full, forget everything: what is forgotten costs one statement again.

        `read` is a sitting whose keys these are, as far as they are kept.
        """
        with self._lock:
            if len(self._keys) > REMEMBERED:
                self._keys, self._read = set(), set()
            self._keys.update(keys)
            if read is not None:
                self._read.add(read)


_seen = _Seen()


@verb
def give_reason(actor: Actor, reason: str, trip_id: int | None = None) -> dict[str, Any]:
    """Say why this sitting opens positions: of one trip the actor may read, or on the map.

    Said again, the newest reason stands for what is opened from then on. `NotFound` for a trip that is not
    theirs to read, `ReasonNeeded` outside a sitting, `BadInput` for something that is no reason.
    """
    access.ensure_holds(actor, "look.give_reason")
    if actor.session_id is None:
        raise ReasonNeeded
    kept = looks.words(reason)
    if trip_id is None:
        _for_the_map(actor.session_id, kept)
    else:
        _for_a_trip(actor.session_id, trips.get(actor, trip_id).id, kept)
    about = "map" if trip_id is None else "trip"
    events.record(
        "look.reasoned",
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        trip_id=trip_id,
        subject=actor.session_id,
        about=about,
    )
    return {"reason": kept, "trip_id": trip_id}


def opened(actor: Actor, subjects: Iterable[tuple[int, int | None]], *, door: str) -> None:
    """Keep that the actor opened positions of these (person, trip) pairs through `door`; oneself not counted.

    One row a sitting, person, trip and door, however often they look; costs nothing where all is kept. Call
    it before the positions are handed over. `ReasonNeeded` when no reason was said for one of them.
    """
    others = [(person, trip or 0) for person, trip in subjects if person != actor.person_id]
    if not others:
        return
    if actor.session_id is None:
        raise ReasonNeeded
    asked = [(actor.session_id, person, trip, door) for person, trip in others]
    new = _seen.unseen(asked)
    if new and not _seen.has_read(actor.session_id):
        _seen.add(reads.kept(actor.session_id), read=actor.session_id)
        new = _seen.unseen(asked)
    if not new:
        return
    _keep(actor, actor.session_id, new)
    if "within_a_verb" not in db.session().info:
        _seen.add(new)


def track_opened(actor: Actor, person_id: int, trip_id: int, *, door: str) -> None:
    """Keep that the actor opens a whole track, which asks why for that very duty: a reason for the map is not enough.

    `ReasonNeeded` before this sitting has said it.
    """
    own = person_id == actor.person_id
    if not own and (actor.session_id is None or trip_id not in reads.reasons(actor.session_id, {trip_id})):
        raise ReasonNeeded
    opened(actor, [(person_id, trip_id)], door=door)


@verb
def _keep(actor: Actor, session_id: UUID, keys: list[Key]) -> None:
    """Append the looks that are not kept yet, and an event for each of those."""
    said = reads.reasons(session_id, {trip for _, _, trip, _ in keys})
    rows = [_row(actor, key, said) for key in keys]
    for start in range(0, len(rows), CHUNK):
        added = db.session.execute(_insert(rows[start : start + CHUNK])).all()
        if added:
            db.session.execute(sa.insert(Event), [_event(actor, row) for row in added])


def _row(actor: Actor, key: Key, said: dict[int, str]) -> dict[str, Any]:
    """One look, with the reason said for its trip, or else for the map."""
    session_id, person_id, trip_id, door = key
    reason = said.get(trip_id) or actor.map_reason
    if not reason:
        raise ReasonNeeded
    return {
        "reader_id": actor.person_id,
        "session_id": session_id,
        "subject_id": person_id,
        "trip_id": trip_id,
        "door": door,
        "reason": reason,
        "at": clock.now(),
    }


def _insert(rows: list[dict[str, Any]]) -> Any:
    """Insert what is not there yet, and tell only what was added."""
    return (
        upsert(Look).values(rows).on_conflict_do_nothing().returning(Look.subject_id, Look.trip_id, Look.door)
    )


def _event(actor: Actor, row: Any) -> dict[str, Any]:
    """The event of one new look."""
    trip_id = row.trip_id or None
    return events.row(
        "look.opened",
        actor.person_id,
        actor.unit_id,
        row.subject_id,
        trip_id,
        row.subject_id,
        {"door": row.door},
    )


def _for_the_map(session_id: UUID, reason: str) -> None:
    """Write the reason onto the sitting."""
    said = sa.update(SignInSession).where(SignInSession.id == session_id).values(map_reason=reason)
    db.session.execute(said)


def _for_a_trip(session_id: UUID, trip_id: int, reason: str) -> None:
    """Write the reason beside the sitting, for one trip."""
    row = {"session_id": session_id, "trip_id": trip_id, "reason": reason, "at": clock.now()}
    said = upsert(LookReason).values(row)
    newest = {"reason": said.excluded.reason, "at": said.excluded.at}
    db.session.execute(said.on_conflict_do_update(index_elements=["session_id", "trip_id"], set_=newest))
