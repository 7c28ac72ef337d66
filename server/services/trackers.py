"""Trackers 定位设备: add a phone's tracker app, rename it, revoke it at once; the phone behind a session.

A secret is told once and kept as its SHA-256. The key of OwnTracks' sealed messages must be read back and is kept
under the server's own keys (`seals`). What ends here ends now: every message of a phone looks its tracker up.
"""

import logging
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.errors import KeysRefused, NotFound, SessionEnded, TrackerRefused
from server.held import held
from server.models.people import Person
from server.models.sessions import SignInSession
from server.models.trackers import Tracker
from server.queries import trackers as reads
from server.queries.trackers import Phone
from server.rules import access, trackers
from server.rules.access import Actor
from server.services import events, sessions, standing
from server.services.seals import Seals
from server.transaction import verb

logger = logging.getLogger("guatu.trackers")

REMEMBERED = 20_000
"""Of how many sessions a process keeps in mind whose phone they are on."""


@dataclass(frozen=True, slots=True)
class Added:
    """A tracker just added, with what is told this once: its secret and, for OwnTracks, the key of its messages."""

    tracker: dict[str, Any]
    secret: str = field(repr=False)
    key: str | None = field(repr=False)


# ── by their owner ──────────────────────────────────────────────────────────────────────────────────────


@verb
def add(actor: Actor, kind: str, name: str, *, sealed: bool = False) -> Added:
    """Add a tracker app of `kind` (one of `rules.trackers.APPS`), with a secret of its own.

    With `sealed` OwnTracks' messages are sealed with a key of their own; Traccar Client has no such thing.
    `TrackerRefused` where there are enough of them.
    """
    access.ensure_holds(actor, "tracker.add")
    _ensure_room(actor)
    secret = trackers.new_secret()
    key = trackers.new_key() if sealed and kind == "owntracks" else None
    tracker = Tracker(
        person_id=actor.person_id,
        kind=kind,
        name=name,
        secret_hash=trackers.digest(secret),
        sealed_key=None if key is None else held(Seals).seal(key),
        created_at=clock.now(),
    )
    db.session.add(tracker)
    db.session.flush()
    _record("tracker.added", actor, tracker.id, app=kind)
    return Added(reads.document(actor, tracker.id), secret, key)


def _ensure_room(actor: Actor) -> None:
    """`TrackerRefused` where the person has as many as they may; the person's row is locked against a race."""
    if standing.locked(actor.person_id).left_at is not None:
        raise NotFound
    if reads.live_apps_of(actor.person_id) >= trackers.MOST:
        raise TrackerRefused(
            why_zh=f"最多同时使用 {trackers.MOST} 个，请先停用不再使用的",
            why_en=f"{trackers.MOST} at a time is the most; revoke one that is not used any more",
        )


@verb
def rename(actor: Actor, tracker_id: int, name: str) -> dict[str, Any]:
    """Call one of the actor's trackers something else; `NotFound` when it is not theirs."""
    access.ensure_holds(actor, "tracker.rename")
    tracker = _own(actor, tracker_id)
    if tracker.name != name:
        tracker.name = name
        db.session.flush()
        _record("tracker.renamed", actor, tracker_id)
    return reads.document(actor, tracker_id)


@verb
def revoke(actor: Actor, tracker_id: int) -> dict[str, Any]:
    """End one of the actor's trackers at once; `NotFound` when it is not theirs. Ending it again changes nothing.

    With the `app` tracker of a phone its sign-in ends as well: the phone was lost.
    """
    access.ensure_holds(actor, "tracker.revoke")
    standing.locked(actor.person_id)
    _own(actor, tracker_id)
    _end_where("revoked", Tracker.id == tracker_id, actor_id=actor.person_id)
    return reads.document(actor, tracker_id)


@verb
def revoke_all(actor: Actor) -> int:
    """End all the actor's trackers at once, with the sign-ins of their phones; how many there were."""
    access.ensure_holds(actor, "tracker.revoke")
    standing.locked(actor.person_id)
    return len(_end_where("all", Tracker.person_id == actor.person_id, actor_id=actor.person_id))


def _own(actor: Actor, tracker_id: int) -> Tracker:
    """One of the actor's trackers; `NotFound` when it is not theirs."""
    mine = Tracker.id == tracker_id, Tracker.person_id == actor.person_id
    tracker = db.session.scalar(sa.select(Tracker).where(*mine).execution_options(populate_existing=True))
    if tracker is None:
        raise NotFound
    return tracker


def _record(kind: str, actor: Actor, tracker_id: int, **facts: Any) -> None:
    """Record what somebody did with a tracker of their own."""
    events.record(
        kind,
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        subject=tracker_id,
        **facts,
    )


# ── ended ───────────────────────────────────────────────────────────────────────────────────────────────


def end_all_of(person_id: int, because: str, *, actor_id: int | None) -> None:
    """End every tracker of a person who left, or whose password somebody else has set. Within a verb."""
    _end_where(because, Tracker.person_id == person_id, actor_id=actor_id)


def _end_where(because: str, *which: sa.ColumnElement[bool], actor_id: int | None) -> list[int]:
    """End the trackers that are still live among these, forgetting the keys of their messages; their ids."""
    ended = db.session.execute(
        sa.update(Tracker)
        .where(Tracker.revoked_at.is_(None), *which)
        .values(revoked_at=clock.now(), sealed_key=None)
        .returning(Tracker.id, Tracker.person_id, Tracker.device_id)
        .execution_options(synchronize_session=False)
    ).all()
    for tracker_id, person_id, device_id in ended:
        if device_id is not None:
            _sign_out(person_id, device_id, actor_id)
        _record_end(tracker_id, person_id, because, actor_id)
    return [tracker_id for tracker_id, _, _ in ended]


def _sign_out(person_id: int, device_id: UUID, actor_id: int | None) -> None:
    """End what the person is signed in with on a phone."""
    this = sa.or_(SignInSession.device_id == device_id, SignInSession.id == device_id)
    sessions.end_where("revoked", SignInSession.person_id == person_id, this, actor_id=actor_id)


def _record_end(tracker_id: int, person_id: int, because: str, actor_id: int | None) -> None:
    """Record that a tracker has ended."""
    unit_id = db.session.scalar(sa.select(Person.unit_id).where(Person.id == person_id))
    events.record(
        "tracker.revoked",
        actor_id=actor_id,
        unit_id=unit_id,
        person_id=person_id,
        subject=tracker_id,
        because=because,
    )


# ── for the pipeline ────────────────────────────────────────────────────────────────────────────────────


def opened_key(sealed_key: str | None) -> str | None:
    """The key of a tracker's sealed messages; None where it has none.

    `KeysRefused` when the server's keys do not open it: the phone then keeps its messages and comes back.
    """
    return None if sealed_key is None else held(Seals).unseal(sealed_key)


def of_session(actor: Actor) -> int:
    """The id of the `app` tracker of the phone behind the actor's session, made when it is not there yet.

    A revoked one is live again, as its owner has signed in on that phone anew. `SessionEnded` when the session
    is over meanwhile, or there is none.
    """
    phone = _phone(actor)
    if phone.tracker_id is None or phone.revoked:
        return _take_up(actor)
    return phone.tracker_id


class Phones:
    """The tracker of the phone behind each session, as a process found it: for as long as that lasts it is no other.

    Whoever goes by it looks at the session and at the tracker again.
    """

    def __init__(self) -> None:
        self._of: dict[UUID, int] = {}

    def of(self, actor: Actor) -> int:
        """The id of the tracker of the phone behind the actor's session (`of_session`), looked up the first time."""
        session_id = actor.session_id
        if session_id is None:
            raise SessionEnded
        if session_id not in self._of:
            if len(self._of) >= REMEMBERED:
                self._of.clear()
            self._of[session_id] = of_session(actor)
        return self._of[session_id]


@verb
def _take_up(actor: Actor) -> int:
    """Make the tracker of the actor's phone, or make it live again; its id."""
    phone = _phone(actor)
    if phone.tracker_id is None:
        return _add_phone(actor, phone.device_id, phone.name)
    if phone.revoked:
        _take_again(actor, phone.tracker_id)
    return phone.tracker_id


def _phone(actor: Actor) -> Phone:
    """The phone behind the actor's session; `SessionEnded` when there is none."""
    phone = None if actor.session_id is None else reads.phone_of(actor.session_id)
    if phone is None:
        raise SessionEnded
    return phone


def _add_phone(actor: Actor, device_id: UUID, name: str) -> int:
    """The tracker of this phone, made now or by another request meanwhile; its id."""
    made: int | None = db.session.scalar(
        upsert(Tracker)
        .values(
            person_id=actor.person_id,
            kind="app",
            name=name[: trackers.NAME_LENGTH],
            device_id=device_id,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Tracker.id)
    )
    if made is not None:
        _record("tracker.added", actor, made, app="app")
        return made
    this = Tracker.person_id == actor.person_id, Tracker.device_id == device_id
    return db.session.scalars(sa.select(Tracker.id).where(*this)).one()


def _take_again(actor: Actor, tracker_id: int) -> None:
    """The phone is in use again."""
    again = sa.update(Tracker).where(Tracker.id == tracker_id, Tracker.revoked_at.is_not(None))
    found = db.session.execute(again.values(revoked_at=None).returning(Tracker.id)).first()
    if found is not None:
        _record("tracker.added", actor, tracker_id, app="app")


# ── keys at rest ────────────────────────────────────────────────────────────────────────────────────────


@verb
def reseal() -> tuple[int, int]:
    """Seal the keys of all messages anew with the server's newest key: how many were, and how many do not open."""
    seals = held(Seals)
    seals.look_again(at_once=True)
    rows = db.session.execute(
        sa.select(Tracker.id, Tracker.sealed_key)
        .where(Tracker.sealed_key.is_not(None))
        .order_by(Tracker.id)
        .with_for_update()
    ).all()
    renewed = [_reseal(seals, tracker_id, sealed_key or "") for tracker_id, sealed_key in rows]
    return sum(renewed), len(renewed) - sum(renewed)


def _reseal(seals: Seals, tracker_id: int, sealed_key: str) -> bool:
    """Seal one key anew; one that does not open stays as it is, and is told in the log."""
    try:
        renewed = seals.renewed(sealed_key)
    except KeysRefused as problem:
        logger.error("Tracker %d: %s", tracker_id, problem)
        return False
    db.session.execute(sa.update(Tracker).where(Tracker.id == tracker_id).values(sealed_key=renewed))
    return True
