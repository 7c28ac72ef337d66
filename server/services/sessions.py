"""Signing in and out, and who is behind a token: one session for each device or browser.

A phone holds an access token (a JWT of a few minutes) and a refresh token that is used once; a browser holds one
secret in its cookie. Secrets are random, 256 bits, and kept as their SHA-256 only. Every request looks its session
up, so one that was ended is ended at once, whatever the tokens out there still say.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import Busy, NotFound, SessionEnded, WrongCredentials
from server.held import held
from server.models.people import Person
from server.models.sessions import RefreshToken, SignInSession
from server.queries import sessions as reads
from server.queries.sessions import Standing
from server.rules import people
from server.rules.access import Actor
from server.services import events, hashes, lockout
from server.services.keys import Ring
from server.services.lockout import Count
from server.transaction import verb

SECRET_BYTES = 32
MOST_SESSIONS = 20
"""How many devices and browsers one person is signed in on at once; one more ends the one longest unused."""
NAME_LENGTH = 120
TOUCH_EVERY = timedelta(minutes=1)
"""How exactly last use is kept: one write a minute, not one a request."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a phone holds after signing in or refreshing."""

    actor: Actor
    session_id: UUID
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser holds after signing in: the secret for its cookie."""

    actor: Actor
    session_id: UUID
    secret: str = field(repr=False)

    @property
    def must_change_password(self) -> bool:
        """Whether the password was set by somebody else."""
        return self.actor.must_change_password


@dataclass(frozen=True, slots=True)
class Device:
    """What signs in: a phone's app or a browser, what it calls itself, its own random number where it has one."""

    kind: str
    name: str
    id: UUID | None


@dataclass(frozen=True, slots=True)
class _Try:
    """A counted try: the counts it went into, and whose account the name is (None: nobody's)."""

    counts: tuple[Count, ...]
    person_id: int | None
    unit_id: int | None
    kept: str | None = field(repr=False)


# ── signing in ──────────────────────────────────────────────────────────────────────────────────────────


def open_app(
    *, username: str, password: str, device_name: str, device_id: UUID | None, address: str
) -> Tokens:
    """Sign a phone in. `WrongCredentials`; `LockedOut` after too many tries; `Busy` in a flood."""
    device = Device("app", device_name, device_id)
    return tokens_of(*_sign_in(username, password, device, address, cookie=None))


def open_browser(
    *, username: str, password: str, device_name: str, address: str, device_id: UUID | None = None
) -> Opened:
    """Sign a browser in. The same refusals."""
    secret = _secret()
    device = Device("browser", device_name, device_id)
    session_id, _ = _sign_in(username, password, device, address, cookie=_digest(secret))
    return Opened(_standing(session_id).actor, session_id, secret)


def _sign_in(
    username: str, password: str, device: Device, address: str, *, cookie: str | None
) -> tuple[UUID, str]:
    """Count, look at the password (outside any transaction: it takes long), then open the session.

    Its id and, for a phone, its first refresh token.
    """
    tried = _count(people.normal(username), device.id, address)
    if not hashes.matches(password, tried.kept):
        _refuse(tried)
        raise WrongCredentials
    assert tried.person_id is not None
    assert tried.kept is not None
    renewed = hashes.hash_of(password) if hashes.is_outdated(tried.kept) else None
    return _open(tried, device, cookie, renewed)


@verb
def _count(username: str, device_id: UUID | None, address: str) -> _Try:
    """Count the try before its password is looked at, and fetch what to compare with."""
    person_id, unit_id, kept = _account(username)
    counts = lockout.counts_for(username, person_id=person_id, device_id=device_id, address=address)
    lockout.count(counts)
    return _Try(counts, person_id, unit_id, kept)


def _account(username: str) -> tuple[int | None, int | None, str | None]:
    """The person of this name (id, unit, password's hash), as long as they have not left; otherwise three times None."""
    if not people.is_username(username):
        return None, None, None
    found = db.session.execute(
        sa.select(Person.id, Person.unit_id, Person.password_hash).where(
            Person.username == username, Person.left_at.is_(None)
        )
    ).one_or_none()
    return (None, None, None) if found is None else (found[0], found[1], found[2])


@verb
def _refuse(tried: _Try) -> None:
    """Record the failed try; it was counted before."""
    events.record("session.refused", actor_id=None, unit_id=tried.unit_id, person_id=tried.person_id)
    lockout.sweep()


@verb
def _open(tried: _Try, device: Device, cookie: str | None, renewed: str | None) -> tuple[UUID, str]:
    """Open the session, unless the password was changed or the person left while we were comparing."""
    person = db.session.scalar(
        sa.select(Person)
        .where(Person.id == tried.person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if person is None or person.left_at is not None or person.password_hash != tried.kept:
        raise WrongCredentials
    lockout.take_back(tried.counts)
    person.password_hash = renewed or person.password_hash
    return begin(person, device, cookie)


def begin(person: Person, device: Device, cookie: str | None = None) -> tuple[UUID, str]:
    """Begin a session of a person who has proved who they are: its id and, for a phone, its first refresh token.

    The same device's earlier session ends. `cookie` is the digest of a browser's secret. Within a verb, the
    person's row locked.
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
    return session.id, _issue_refresh_token(session.id) if cookie is None else ""


def _make_room(person: Person, device: Device) -> None:
    """End the earlier session of the same device and kind, and the ones longest unused where there are too many."""
    mine = SignInSession.person_id == person.id
    if device.id is not None:
        _end("again", mine, SignInSession.device_id == device.id, SignInSession.kind == device.kind)
    newest = (
        sa.select(SignInSession.id)
        .where(mine, SignInSession.ended_at.is_(None))
        .order_by(SignInSession.last_used_at.desc())
        .limit(MOST_SESSIONS - 1)
    )
    _end("too_many", mine, SignInSession.id.not_in(newest))
    _end("expired", mine, SignInSession.expires_at <= clock.now())


# ── a phone's tokens ────────────────────────────────────────────────────────────────────────────────────


def refresh(token: str) -> Tokens:
    """New tokens for a refresh token, which is used up by it. `SessionEnded` when it is not good (any more).

    One that was used already ends its session: either this sender or the one before has stolen it. Of two senders
    at the same instant one is first; the other one ends the session.
    """
    renewed = _renew(_digest(token))
    if renewed is None:
        raise SessionEnded
    return tokens_of(*renewed)


@verb
def _renew(digest: str) -> tuple[UUID, str] | None:
    """Use the token up and make the next one; None when it cannot be used."""
    session_id = db.session.scalar(
        sa.update(RefreshToken)
        .where(RefreshToken.token_hash == digest, RefreshToken.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RefreshToken.session_id)
    )
    if session_id is None:
        _end_replayed(digest)
        return None
    if reads.by_id(session_id) is None:
        return None
    db.session.execute(
        sa.update(SignInSession).where(SignInSession.id == session_id).values(last_used_at=clock.now())
    )
    return session_id, _issue_refresh_token(session_id)


def _end_replayed(digest: str) -> None:
    """End the session whose used refresh token came again, and record that; nothing for a token never given."""
    of_token = sa.select(RefreshToken.session_id).where(RefreshToken.token_hash == digest)
    for session_id, person_id, unit_id in _end("replayed", SignInSession.id.in_(of_token)):
        events.record(
            "session.replayed", actor_id=None, unit_id=unit_id, person_id=person_id, subject=session_id
        )


def _issue_refresh_token(session_id: UUID) -> str:
    """A fresh refresh token of the session, kept by its digest. Within a verb."""
    token = _secret()
    db.session.execute(
        sa.insert(RefreshToken).values(
            token_hash=_digest(token), session_id=session_id, issued_at=clock.now(), used_at=None
        )
    )
    return token


def tokens_of(session_id: UUID, refresh_token: str) -> Tokens:
    """What the phone of a session gets: this refresh token, and an access token signed now."""
    standing = _standing(session_id)
    now = clock.now().replace(microsecond=0)
    expires_at = min(now + timedelta(seconds=held(Settings).access_token_s), standing.expires_at)
    claims = {
        "sub": str(standing.actor.person_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return Tokens(standing.actor, session_id, held(Ring).sign(claims), expires_at, refresh_token)


# ── who is asking ───────────────────────────────────────────────────────────────────────────────────────


def of_access_token(token: str) -> Actor:
    """Who holds this access token, as of now. `SignInNeeded` when it is not good, `SessionEnded` when that is over."""
    claims = held(Ring).verify(token)
    standing = _standing(claims.session_id)
    _touch(standing)
    return standing.actor


def of_cookie(secret: str) -> Actor | None:
    """Who holds the cookie with this secret, as of now; None when its session is over or never was."""
    standing = reads.by_cookie(_digest(secret))
    if standing is None:
        return None
    _touch(standing)
    return standing.actor


def csrf_token(secret: str) -> str:
    """The token that pages of the session with this secret send back; it tells nothing of the secret."""
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()


def is_over(session_id: UUID) -> bool:
    """Whether a session is over; for what stays open long, a stream. Asking does not count as use."""
    return reads.by_id(session_id) is None


def _standing(session_id: UUID) -> Standing:
    """The session as it stands; `SessionEnded` when it is over."""
    standing = reads.by_id(session_id)
    if standing is None:
        raise SessionEnded
    return standing


def _touch(standing: Standing) -> None:
    """Keep when a session was last used, about once a minute; not at the price of a request that finds it busy."""
    if clock.now() - standing.last_used_at < TOUCH_EVERY:
        return
    try:
        _used(standing.session_id)
    except Busy:
        return


@verb
def _used(session_id: UUID) -> None:
    """The session was used now."""
    now = clock.now()
    db.session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.last_used_at < now)
        .values(last_used_at=now)
    )


# ── signing out ─────────────────────────────────────────────────────────────────────────────────────────


@verb
def end_current(actor: Actor) -> None:
    """Sign out: the actor's present session ends."""
    _end("signed_out", SignInSession.id == actor.session_id, actor_id=actor.person_id)


@verb
def end(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions; `NotFound` when it is not theirs, or over already."""
    mine = SignInSession.person_id == actor.person_id
    if not _end("revoked", SignInSession.id == session_id, mine, actor_id=actor.person_id):
        raise NotFound


def end_all_of(person_id: int, because: str, *, actor_id: int | None, but: UUID | None = None) -> None:
    """End every session of a person, but for one where it is given. Within a verb."""
    others = [SignInSession.id != but] if but is not None else []
    _end(because, SignInSession.person_id == person_id, *others, actor_id=actor_id)


def _end(
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
    return {person_id: unit_id for person_id, unit_id in found}


def _drop_refresh_tokens(session_ids: list[UUID]) -> None:
    """Delete the refresh tokens of sessions that are over: nothing can be had with them any more."""
    db.session.execute(sa.delete(RefreshToken).where(RefreshToken.session_id.in_(session_ids)))


def _secret() -> str:
    """A secret of 256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def _digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
