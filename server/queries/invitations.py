"""Invitations 邀请 as whoever holds the link reads them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import InvitationOver
from server.models.invitations import Invitation
from server.models.people import Person
from server.models.units import Unit


@dataclass(frozen=True, slots=True)
class Invited:
    """For whom a link is, and until when."""

    person_id: int
    name: str
    username: str
    unit: str
    expires_at: datetime


def standing(secret_hash: str) -> Invited:
    """For whom the link of this secret is; `InvitationOver` when it was used, replaced, is too old, or never was."""
    statement = (
        sa.select(Person.id, Person.name, Person.username, Unit.name.label("unit"), Invitation.expires_at)
        .select_from(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Invitation.secret_hash == secret_hash,
            Invitation.expires_at > clock.now(),
            Person.left_at.is_(None),
        )
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise InvitationOver
    return Invited(*row)
