"""Changing a password, one's own or another's. Hashing happens outside any transaction: it takes long."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import NotFound, PersonRefused, WrongPassword
from server.models.invitations import Invitation
from server.models.people import Person
from server.rules import passwords, people
from server.rules.access import Actor
from server.services import events, hashes, lockout, sessions, standing, trackers
from server.services.lockout import Count
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of the person who changes their password, and the count the try went into."""

    username: str
    hash: str = field(repr=False)
    counts: tuple[Count, ...]


def change(actor: Actor, *, old: str, new: str) -> None:
    """Change one's own; all other sessions end. `WrongPassword`, `WeakPassword`, `LockedOut` after many tries."""
    kept = _count(actor)
    if not hashes.matches(old, kept.hash):
        raise WrongPassword
    passwords.check(new, username=kept.username)
    if new == old:
        passwords.refuse_same()
    _set_own(actor, kept, hashes.hash_of(new))


def ensure(actor: Actor, password: str) -> None:
    """The actor says their password again before something weighty: `WrongPassword`, `LockedOut` after many tries."""
    kept = _count(actor)
    if not hashes.matches(password, kept.hash):
        raise WrongPassword
    _take_back(kept.counts)


@verb
def _take_back(counts: tuple[Count, ...]) -> None:
    """The password was right."""
    lockout.take_back(counts)


def reset(actor: Actor, person_id: int, new: str | None) -> str | None:
    """Set another's, to be changed by them at the next sign-in; their sessions and trackers end.

    Without `new` a random one is made and returned, once. `PersonRefused` for oneself, who has `change`.
    """
    if person_id == actor.person_id:
        raise PersonRefused(why_zh="修改本人密码请用原密码", why_en="change your own with the present one")
    username = _username_of(actor, person_id)
    made = None if new is not None else people.first_password()
    _reset(actor, person_id, checked_hash(new or made or "", username))
    return made


def reset_by_operator(username: str, new: str | None) -> str | None:
    """The same from the command line of the server; `NotFound` when nobody has this name."""
    person_id = db.session.scalar(sa.select(Person.id).where(Person.username == people.normal(username)))
    if person_id is None:
        raise NotFound
    made = None if new is not None else people.first_password()
    _set_for(None, person_id, checked_hash(new or made or "", username))
    return made


def checked_hash(password: str, username: str) -> str:
    """The hash of a new password that keeps the rules; `WeakPassword` otherwise."""
    passwords.check(password, username=username)
    return hashes.hash_of(password)


@verb
def _username_of(actor: Actor, person_id: int) -> str:
    """The user name of a person whose password the actor may reset."""
    return standing.governed(actor, person_id, "password.reset").username


@verb
def _count(actor: Actor) -> _Kept:
    """Count the try before the old password is looked at, and fetch what to compare with."""
    username, kept = db.session.execute(
        sa.select(Person.username, Person.password_hash).where(Person.id == actor.person_id)
    ).one()
    counts = lockout.counts_within(username, actor.session_id)
    lockout.count(counts)
    return _Kept(username, kept, counts)


@verb
def _set_own(actor: Actor, kept: _Kept, new_hash: str) -> None:
    """Keep the new one, unless somebody has set another meanwhile."""
    person = standing.locked(actor.person_id)
    if person.password_hash != kept.hash:
        raise WrongPassword
    _keep(person, new_hash, must_change=False)
    lockout.take_back(kept.counts)
    sessions.end_all_of(person.id, "password", actor_id=person.id, but=actor.session_id)
    events.record("password.changed", actor_id=person.id, unit_id=person.unit_id, person_id=person.id)


@verb
def _reset(actor: Actor, person_id: int, new_hash: str) -> None:
    """Set it, if the actor still governs this person."""
    standing.governed(actor, person_id, "password.reset")
    _set_for(actor.person_id, person_id, new_hash)


@verb
def _set_for(actor_id: int | None, person_id: int, new_hash: str) -> None:
    """Keep a password set by somebody else, and forget the failures of whoever could not get in.

    All sessions and trackers end: whoever asked for it may have lost their phone.
    """
    person = standing.locked(person_id)
    _keep(person, new_hash, must_change=True)
    lockout.forget(person.username)
    sessions.end_all_of(person_id, "reset", actor_id=actor_id)
    trackers.end_all_of(person_id, "reset", actor_id=actor_id)
    events.record("password.reset", actor_id=actor_id, unit_id=person.unit_id, person_id=person_id)


def set_as_invited(person: Person, new_hash: str) -> None:
    """Keep the password that somebody set by their invitation; what was open before ends. Within a verb."""
    _keep(person, new_hash, must_change=False)
    lockout.forget(person.username)
    sessions.end_all_of(person.id, "password", actor_id=person.id)
    trackers.end_all_of(person.id, "reset", actor_id=person.id)
    events.record("password.changed", actor_id=person.id, unit_id=person.unit_id, person_id=person.id)


def _keep(person: Person, new_hash: str, *, must_change: bool) -> None:
    """The person's password is this one from now on; a link that could set another is over."""
    db.session.execute(sa.delete(Invitation).where(Invitation.person_id == person.id))
    person.password_hash, person.password_set_at = new_hash, clock.now()
    person.must_change_password = must_change
