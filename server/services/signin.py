"""Signing in with user name and password: count the try, look at the password, begin the session."""

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import WrongCredentials
from server.models.people import Person
from server.rules import people
from server.rules.access import Actor
from server.services import events, hashes, lockout, sessions, tokens
from server.services.lockout import Count
from server.services.sessions import Device
from server.services.tokens import Tokens
from server.transaction import verb


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
class _Try:
    """A counted try: the counts it went into, and whose account the name is (None: nobody's)."""

    counts: tuple[Count, ...]
    person_id: int | None
    unit_id: int | None
    kept: str | None = field(repr=False)


def open_app(
    *, username: str, password: str, device_name: str, device_id: UUID | None, address: str
) -> Tokens:
    """Sign a phone in. `WrongCredentials`; `LockedOut` after too many tries; `Busy` in a flood."""
    device = Device("app", device_name, device_id)
    return tokens.of_session(*_sign_in(username, password, device, address, cookie=None))


def open_browser(
    *, username: str, password: str, device_name: str, address: str, device_id: UUID | None = None
) -> Opened:
    """Sign a browser in. The same refusals."""
    secret = sessions.new_secret()
    device = Device("browser", device_name, device_id)
    session_id, _ = _sign_in(username, password, device, address, cookie=sessions.digest(secret))
    return Opened(sessions.standing_of(session_id).actor, session_id, secret)


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
    """The person of this name (id, unit, password's hash) if they have not left; otherwise three times None."""
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
    session_id = sessions.begin(person, device, cookie)
    return session_id, tokens.issue(session_id) if cookie is None else ""
