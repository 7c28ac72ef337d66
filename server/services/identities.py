"""Signing in by the county's own provider: an identity is linked by who is signed in already, then it opens the door.

The provider stands in for the password alone. Whoever has a second factor is asked for it as ever, and no account is
made, found or given rights by what a provider says of somebody.
"""

from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import IdentityTaken, IdentityUnknown, NotFound
from server.held import held
from server.models.identities import Identity
from server.models.people import Person
from server.queries import identities as reads
from server.rules import access
from server.rules.access import Actor
from server.services import events, passwords, sessions, signin, standing, tickets
from server.services.provider import Departure, Provider, Told
from server.services.sessions import Device
from server.services.signin import Begun, Half, Opened
from server.transaction import verb

PURPOSE = "provider"


def set_out(back: str, onward: str) -> tuple[str, str]:
    """Where a browser that wants in is sent, and the ticket it must still hold when it comes `back`."""
    departure = _provider().depart(back)
    return departure.url, _ticket(departure, onward=onward, person_id=None)


def set_out_to_link(actor: Actor, password: str, back: str) -> tuple[str, str]:
    """The same for somebody signed in who wants to link theirs. `WrongPassword`."""
    access.ensure_holds(actor, "identity.link")
    passwords.ensure(actor, password)
    departure = _provider().depart(back)
    return departure.url, _ticket(departure, onward="/account", person_id=actor.person_id)


def _provider() -> Provider:
    """The provider; `NotFound` where the settings name none."""
    provider = held(Provider)
    if not provider.issuer:
        raise NotFound
    return provider


def _ticket(departure: Departure, *, onward: str, person_id: int | None) -> str:
    """What must come back with the browser."""
    return tickets.issue(
        PURPOSE,
        state=departure.state,
        nonce=departure.nonce,
        verifier=departure.verifier,
        onward=onward,
        person_id=person_id,
    )


def sign_in(told: Told, device_name: str) -> Opened | Half:
    """Sign a browser in as whom the identity is linked to; `IdentityUnknown` when it is linked to nobody here."""
    secret = sessions.new_secret()
    begun = _sign_in(told, Device("browser", device_name, None), sessions.digest(secret))
    return begun if isinstance(begun, Half) else signin.opened(begun, secret)


@verb
def _sign_in(told: Told, device: Device, cookie: str) -> Begun | Half:
    """Find the person, and begin as after a right password."""
    person = db.session.scalar(
        sa.select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(*_is(told), Person.left_at.is_(None))
        .with_for_update(of=Person, key_share=True)
        .execution_options(populate_existing=True)
    )
    if person is None:
        raise IdentityUnknown
    db.session.execute(sa.update(Identity).where(*_is(told)).values(used_at=clock.now(), name=told.name))
    return signin.begin(person, device, cookie)


@verb
def link(actor: Actor, told: Told) -> None:
    """Link an identity to the actor's account; `IdentityTaken` when it is another's. Again changes nothing."""
    access.ensure_holds(actor, "identity.link")
    standing.locked(actor.person_id)
    owner = db.session.scalar(sa.select(Identity.person_id).where(*_is(told)))
    if owner is not None and owner != actor.person_id:
        raise IdentityTaken
    if owner is None:
        _add(actor, told)


def _add(actor: Actor, told: Told) -> None:
    """Add the row; `IdentityTaken` when somebody else was a moment faster."""
    row = Identity(
        person_id=actor.person_id,
        issuer=told.issuer,
        subject=told.subject,
        name=told.name,
        linked_at=clock.now(),
    )
    db.session.add(row)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        raise IdentityTaken from error
    _record("identity.linked", actor, row.id)


@verb
def unlink(actor: Actor, identity_id: int) -> dict[str, Any]:
    """End one of the actor's identities; `NotFound` when it is not theirs."""
    access.ensure_holds(actor, "identity.unlink")
    mine = Identity.id == identity_id, Identity.person_id == actor.person_id
    if db.session.scalar(sa.delete(Identity).where(*mine).returning(Identity.id)) is None:
        raise NotFound
    _record("identity.unlinked", actor, identity_id)
    return reads.listed(actor)


def _is(told: Told) -> tuple[sa.ColumnElement[bool], ...]:
    """The row of an identity."""
    return Identity.issuer == told.issuer, Identity.subject == told.subject


def _record(kind: str, actor: Actor, identity_id: int) -> None:
    """Record what somebody did with an identity of their own."""
    events.record(
        kind,
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        subject=identity_id,
    )
