"""Inviting people by a one-time link: they set a password that nobody else ever knew, and none is read out."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import InvitationOver, PersonRefused
from server.held import held
from server.models.invitations import Invitation
from server.models.people import Person
from server.queries import invitations as reads
from server.queries.invitations import Invited
from server.rules.access import Actor
from server.services import events, passwords, sessions, standing
from server.transaction import verb


@verb
def make(actor: Actor, person_id: int) -> dict[str, Any]:
    """A new link for a person, told once; an earlier one is over. `{secret, expires_at}`.

    Until it is used their password is as it was. `PersonRefused` for oneself and for who has left.
    """
    person = standing.governed(actor, person_id, "person.invite")
    if person.id == actor.person_id:
        raise PersonRefused(why_zh="不能邀请自己", why_en="nobody invites themselves")
    if person.left_at is not None:
        raise PersonRefused(why_zh="此人已离开", why_en="this person has left")
    return issue(actor, person)


def issue(actor: Actor, person: Person) -> dict[str, Any]:
    """The same for a person whose row is locked or new. Within a verb."""
    secret, now = sessions.new_secret(), clock.now()
    expires_at = now + timedelta(hours=held(Settings).invitation_hours)
    over = sa.or_(Invitation.person_id == person.id, Invitation.expires_at <= now)
    db.session.execute(sa.delete(Invitation).where(over))
    db.session.add(
        Invitation(
            person_id=person.id, secret_hash=sessions.digest(secret), made_at=now, expires_at=expires_at
        )
    )
    db.session.flush()
    events.record("person.invited", actor_id=actor.person_id, unit_id=person.unit_id, person_id=person.id)
    return {"secret": secret, "expires_at": expires_at}


def read(secret: str) -> Invited:
    """For whom a link is; `InvitationOver`. Reading uses nothing up: what previews a link in a chat opens it too."""
    return reads.standing(sessions.digest(secret))


def accept(secret: str, password: str) -> None:
    """Set the password of whom the link is for, and use the link up.

    `InvitationOver`; `WeakPassword`, after which the link is as good as before.
    """
    invited = read(secret)
    _take_up(invited.person_id, secret, passwords.checked_hash(password, invited.username))


@verb
def _take_up(person_id: int, secret: str, password_hash: str) -> None:
    """Use the link up and keep the password: of two who hold it, one."""
    person = standing.locked(person_id)
    used = sa.delete(Invitation).where(
        Invitation.person_id == person_id,
        Invitation.secret_hash == sessions.digest(secret),
        Invitation.expires_at > clock.now(),
    )
    if person.left_at is not None or not db.session.scalar(used.returning(Invitation.person_id)):
        raise InvitationOver
    passwords.set_as_invited(person, password_hash)
