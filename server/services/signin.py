"""Signing in: count the try, look at the password, ask for the code of the second factor, begin the session.

There is no session before everything that is asked for was given. Between the steps the browser or phone carries a
ticket (`tickets`) that says whose password was right; it opens nothing but the next step.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import StepLapsed, WrongCode, WrongCredentials
from server.models.people import Person
from server.rules import people
from server.rules.access import Actor
from server.services import events, factors, hashes, lockout, sessions, tickets, tokens
from server.services.lockout import Count
from server.services.sessions import Device
from server.services.tokens import Tokens
from server.transaction import verb

PURPOSE = "second factor"


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
class Half:
    """The password was right, and the code of the second factor is asked for: the ticket to come back with."""

    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """A session just begun, and a phone's first refresh token."""

    session_id: UUID
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Try:
    """A counted try: the counts it went into, and whose account the name is (None: nobody's)."""

    counts: tuple[Count, ...]
    person_id: int | None
    unit_id: int | None
    kept: str | None = field(repr=False)


# ── with a password ─────────────────────────────────────────────────────────────────────────────────────


def open_app(
    *, username: str, password: str, device_name: str, device_id: UUID | None, address: str
) -> Tokens | Half:
    """Sign a phone in. `WrongCredentials`; `LockedOut` after too many tries; `Busy` in a flood."""
    device = Device("app", device_name, device_id)
    begun = _sign_in(username, password, device, address, cookie=None)
    return begun if isinstance(begun, Half) else tokens.of_session(begun.session_id, begun.refresh_token)


def open_browser(
    *, username: str, password: str, device_name: str, address: str, device_id: UUID | None = None
) -> Opened | Half:
    """Sign a browser in. The same refusals."""
    secret = sessions.new_secret()
    device = Device("browser", device_name, device_id)
    begun = _sign_in(username, password, device, address, cookie=sessions.digest(secret))
    return begun if isinstance(begun, Half) else opened(begun, secret)


def opened(begun: Begun, secret: str) -> Opened:
    """What the browser of a session gets."""
    return Opened(sessions.standing_of(begun.session_id).actor, begun.session_id, secret)


def _sign_in(
    username: str, password: str, device: Device, address: str, *, cookie: str | None
) -> Begun | Half:
    """Count, look at the password (outside any transaction: it takes long), then open the session."""
    tried = _count(people.normal(username), device.id, address)
    if not hashes.matches(password, tried.kept):
        _refuse(tried.person_id, tried.unit_id)
        raise WrongCredentials
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
def _refuse(person_id: int | None, unit_id: int | None, **facts: Any) -> None:
    """Record the failed try; it was counted before."""
    events.record("session.refused", actor_id=None, unit_id=unit_id, person_id=person_id, **facts)
    lockout.sweep()


@verb
def _open(tried: _Try, device: Device, cookie: str | None, renewed: str | None) -> Begun | Half:
    """Open the session, unless the password was changed or the person left while we were comparing."""
    person = _still_here(tried.person_id)
    if person is None or person.password_hash != tried.kept:
        raise WrongCredentials
    lockout.take_back(tried.counts)
    person.password_hash = renewed or person.password_hash
    return begin(person, device, cookie)


def _still_here(person_id: int | None) -> Person | None:
    """The person's row, ours until the transaction ends; None when they left."""
    return db.session.scalar(
        sa.select(Person)
        .where(Person.id == person_id, Person.left_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def begin(person: Person, device: Device, cookie: str | None) -> Begun | Half:
    """The session of somebody known by their password or provider, or the ticket for the code they must give.

    Within a verb, the person's row locked.
    """
    if factors.is_on(person.id):
        return Half(tickets.issue(PURPOSE, person_id=person.id, password=_print_of(person)))
    return _begin(person, device, cookie)


def _begin(person: Person, device: Device, cookie: str | None) -> Begun:
    """The session itself."""
    session_id = sessions.begin(person, device, cookie)
    return Begun(session_id, tokens.issue(session_id) if cookie is None else "")


def _print_of(person: Person) -> str:
    """What tells in a ticket whether the password is still the one that was right."""
    return sha256(person.password_hash.encode()).hexdigest()


# ── with the code ───────────────────────────────────────────────────────────────────────────────────────


def prove_app(*, ticket: str, code: str, device_name: str, device_id: UUID | None) -> Tokens:
    """The second step of a phone. `WrongCode`, `StepLapsed`, `LockedOut` after too many codes."""
    begun = _prove(ticket, code, Device("app", device_name, device_id), cookie=None)
    return tokens.of_session(begun.session_id, begun.refresh_token)


def prove_browser(*, ticket: str, code: str, device_name: str) -> Opened:
    """The second step of a browser. The same refusals."""
    secret = sessions.new_secret()
    device = Device("browser", device_name, None)
    return opened(_prove(ticket, code, device, cookie=sessions.digest(secret)), secret)


def _prove(ticket: str, code: str, device: Device, *, cookie: str | None) -> Begun:
    """Count the code before it is looked at; a wrong one is recorded."""
    told = tickets.read(PURPOSE, ticket)
    counts = _count_code(told)
    try:
        return _open_proven(told, counts, code, device, cookie)
    except WrongCode:
        _refuse_code(told["person_id"])
        raise


@verb
def _count_code(told: dict[str, Any]) -> tuple[Count, ...]:
    """Count one code for the person of a ticket."""
    counts = lockout.counts_of_factor(_of_ticket(told).username)
    lockout.count(counts)
    return counts


@verb
def _open_proven(
    told: dict[str, Any], counts: tuple[Count, ...], code: str, device: Device, cookie: str | None
) -> Begun:
    """Use the code up and begin the session, both or neither."""
    person = _of_ticket(told)
    if not factors.proves(person, code):
        raise WrongCode
    lockout.take_back(counts)
    return _begin(person, device, cookie)


def _of_ticket(told: dict[str, Any]) -> Person:
    """The person of a ticket; `StepLapsed` when they left, or their password or second factor is another now."""
    person = _still_here(told["person_id"])
    if person is None or _print_of(person) != told["password"] or not factors.is_on(person.id):
        raise StepLapsed
    return person


@verb
def _refuse_code(person_id: int) -> None:
    """Record a wrong code of somebody whose password was right."""
    unit_id = db.session.scalar(sa.select(Person.unit_id).where(Person.id == person_id))
    _refuse(person_id, unit_id, factor=True)
