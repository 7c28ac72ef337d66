"""Trackers as read: whose secret it is."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from server.db import db
from server.models.people import Person
from server.models.trackers import Tracker
from server.rules import trackers


@dataclass(frozen=True, slots=True)
class Known:
    """The tracker behind a secret. `revoked`: nothing of it is taken any more; `sealed_key` is opened elsewhere."""

    id: int
    person_id: int
    kind: str
    revoked: bool
    sealed_key: str | None = field(repr=False)


_trackers, _people = Tracker.__table__, Person.__table__

# Asked with every message of every phone: built once, one statement, plain columns.
_OF_SECRET = (
    sa.select(
        _trackers.c.id,
        _trackers.c.person_id,
        _trackers.c.kind,
        (_trackers.c.revoked_at.is_not(None) | _people.c.left_at.is_not(None)).label("revoked"),
        _trackers.c.sealed_key,
    )
    .select_from(_trackers.join(_people, _people.c.id == _trackers.c.person_id))
    .where(_trackers.c.secret_hash == sa.bindparam("secret_hash"))
)


def of_secret(secret: str) -> Known | None:
    """The tracker with this secret; None when there is none. One of a person who has left is revoked."""
    found = (
        db.session.connection().execute(_OF_SECRET, {"secret_hash": trackers.digest(secret)}).one_or_none()
    )
    return (
        None
        if found is None
        else Known(found.id, found.person_id, found.kind, bool(found.revoked), found.sealed_key)
    )
