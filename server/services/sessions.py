"""Sessions: begun, used, ended; and who is behind one. One for each device or browser.

A phone holds an access token (a JWT of a few minutes) and a refresh token that is used once; a browser holds one
secret in its cookie. Secrets are random, 256 bits, and kept as their SHA-256 only. Every request looks its session
up (a check-in by its own statement), so one that was ended is ended at once, whatever the tokens out there still say.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db, is_unwritable
from server.errors import Busy, NotFound, SessionEnded
from server.gather import Gatherer
from server.held import held
from server.models.people import Person
from server.models.sessions import RefreshToken, SignInSession
from server.queries import sessions as reads
from server.queries.sessions import Standing
from server.rules.access import Actor
from server.services import events
from server.services.keys import Ring
from server.transaction import verb

SECRET_BYTES = 32
MOST_SESSIONS = 20
"""How many devices and browsers one person is signed in on at once; one more ends the one longest unused."""
MOST_TOGETHER = 256
"""How many sessions are looked up by one statement at the most."""
REMEMBERED = 20_000
"""Of how many sessions a process keeps in mind how they were found."""
NAME_LENGTH = 120
TOUCH_EVERY = timedelta(minutes=1)
"""How exactly last use is kept: one write a minute, not one a request."""


@dataclass(frozen=True, slots=True)
class Device:
    """What signs in: a phone's app or a browser, what it calls itself, its own random number where it has one."""

    kind: str
    name: str
    id: UUID | None


# ── begun ─────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(person: Person, device: Device, cookie: str | None = None) -> UUID:
    """Begin a session of a person who has proved who they are; the same device's earlier one ends. Its id.

    `cookie` is the digest of a browser's secret. Within a verb, the person's row locked.
    """
    now, settings = clock.now(), held(Settings)
    life = (
        timedelta(days=settings.session_days) if cookie is None else timedelta(hours=settings.browser_hours)
    )
    _make_room(person, device)
    session = SignInSession(
        id=uuid4(),
        person_id=person.id,
        kind=device.kind,
        device_name=device.name[:NAME_LENGTH],
        device_id=device.id,
        cookie_hash=cookie,
        created_at=now,
        last_used_at=now,
        expires_at=now + life,
    )
    db.session.add(session)
    db.session.flush()
    events.record(
        "session.started",
        actor_id=person.id,
        unit_id=person.unit_id,
        person_id=person.id,
        subject=session.id,
        device=device.kind,
    )
    return session.id


def _make_room(person: Person, device: Device) -> None:
    """End the earlier session of the same device and kind, and the ones longest unused where there are too many."""
    mine = SignInSession.person_id == person.id
    if device.id is not None:
        end_where("again", mine, SignInSession.device_id == device.id, SignInSession.kind == device.kind)
    newest = (
        sa.select(SignInSession.id)
        .where(mine, SignInSession.ended_at.is_(None))
        .order_by(SignInSession.last_used_at.desc())
        .limit(MOST_SESSIONS - 1)
    )
    end_where("too_many", mine, SignInSession.id.not_in(newest))
    end_where("expired", mine, SignInSession.expires_at <= clock.now())


# ── used ──────────────────────────────────────────────────────────────────────────────────────────────────────


def of_access_token(token: str, *, looks_again: bool = False) -> Actor:
    """Who holds this access token, as of now. `SignInNeeded` when it is not good, `SessionEnded` when that is over.

    For a verb that `looks_again` itself: as of some time within the last minute.
    """
    claims = held(Ring).verify(token)
    lookup = held(Lookup)
    seen = lookup.seen(claims.session_id) if looks_again else None
    if seen is not None:
        return seen.actor
    standing = lookup.do(claims.session_id)
    if standing is None:
        raise SessionEnded
    _touch(standing)
    lookup.remember(standing)
    return standing.actor


class Lookup(Gatherer[UUID, Standing | None]):
    """Where the requests of a process queue to have their sessions looked up, those of one instant by one statement.

    Each is looked up after its request came: what was ended before that is over.
    """

    def __init__(self) -> None:
        super().__init__(reads.by_ids, reads.by_id, most=MOST_TOGETHER, pause_s=0)
        self._seen: dict[UUID, tuple[datetime, Standing]] = {}

    def seen(self, session_id: UUID) -> Standing | None:
        """A session as it was found less than a minute ago; None when it was not."""
        at, standing = self._seen.get(session_id, (None, None))
        if at is None or not timedelta() <= clock.now() - at < TOUCH_EVERY:
            return None
        return standing

    def remember(self, standing: Standing) -> None:
        """Keep in mind how a session was found."""
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen[standing.session_id] = clock.now(), standing


def of_cookie(secret: str) -> Actor | None:
    """Who holds the cookie with this secret, as of now; None when its session is over or never was."""
    standing = reads.by_cookie(digest(secret))
    if standing is None:
        return None
    _touch(standing)
    return standing.actor


def csrf_token(secret: str) -> str:
    """The token that pages of the session with this secret send back; it tells nothing of the secret."""
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()


def standing_of(session_id: UUID) -> Standing:
    """The session as it stands; `SessionEnded` when it is over."""
    standing = reads.by_id(session_id)
    if standing is None:
        raise SessionEnded
    return standing


def _touch(standing: Standing) -> None:
    """Keep when a session was last used, about once a minute; not at the price of a request that finds the database
    busy, full or read-only.
    """
    if clock.now() - standing.last_used_at < TOUCH_EVERY:
        return
    try:
        _used(standing.session_id)
    except Busy:
        return
    except sa.exc.DBAPIError as error:
        if not is_unwritable(error):
            raise


@verb
def _used(session_id: UUID) -> None:
    """The session was used now."""
    now = clock.now()
    db.session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.last_used_at < now)
        .values(last_used_at=now)
    )


# ── ended ─────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def end_current(actor: Actor) -> None:
    """Sign out: the actor's present session ends."""
    end_where("signed_out", SignInSession.id == actor.session_id, actor_id=actor.person_id)


@verb
def end(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions; `NotFound` when it is not theirs, or over already."""
    mine = SignInSession.person_id == actor.person_id
    if not end_where("revoked", SignInSession.id == session_id, mine, actor_id=actor.person_id):
        raise NotFound


@verb
def end_others(actor: Actor) -> int:
    """End every session of the actor's but the present one; how many there were."""
    mine = SignInSession.person_id == actor.person_id
    others = SignInSession.id != actor.session_id
    return len(end_where("revoked", mine, others, actor_id=actor.person_id))


def end_all_of(person_id: int, because: str, *, actor_id: int | None, but: UUID | None = None) -> None:
    """End every session of a person, but for one where it is given. Within a verb."""
    others = [SignInSession.id != but] if but is not None else []
    end_where(because, SignInSession.person_id == person_id, *others, actor_id=actor_id)


def end_where(
    because: str, *which: sa.ColumnElement[bool], actor_id: int | None = None
) -> list[tuple[UUID, int, int]]:
    """End the sessions that are still open among these: (session, person, unit) of each. Within a verb."""
    ended = db.session.execute(
        sa.update(SignInSession)
        .where(SignInSession.ended_at.is_(None), *which)
        .values(ended_at=clock.now(), ended_because=because)
        .returning(SignInSession.id, SignInSession.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    units = _units_of({person_id for _, person_id in ended})
    rows = [(session_id, person_id, units[person_id]) for session_id, person_id in ended]
    for session_id, person_id, unit_id in rows:
        events.record(
            "session.ended",
            actor_id=actor_id,
            unit_id=unit_id,
            person_id=person_id,
            subject=session_id,
            because=because,
        )
    _drop_refresh_tokens([session_id for session_id, _, _ in rows])
    return rows


def _units_of(person_ids: set[int]) -> dict[int, int]:
    """The unit that each of these people is a member of now."""
    found = db.session.execute(sa.select(Person.id, Person.unit_id).where(Person.id.in_(person_ids)))
    return {row.id: row.unit_id for row in found}


def _drop_refresh_tokens(session_ids: list[UUID]) -> None:
    """Delete the refresh tokens of sessions that are over: nothing can be had with them any more."""
    db.session.execute(sa.delete(RefreshToken).where(RefreshToken.session_id.in_(session_ids)))


def new_secret() -> str:
    """A secret of 256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
