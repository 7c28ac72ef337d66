"""Who is acting: a person with their grants, as the database has them now."""

from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.models.people import Person, RoleGrant
from server.models.sessions import SignInSession
from server.models.units import Unit
from server.rules.access import Actor, Grant


def by_person(person_id: int) -> Actor | None:
    """The person as an actor without a session (the command line, background work); None when they left."""
    rows = db.session.execute(_people().where(Person.id == person_id)).all()
    return _actor(list(rows))


def by_session(session_id: UUID) -> tuple[Actor, SignInSession] | None:
    """The person of a session as an actor, with the session's row; None when there is no such session."""
    session = db.session.get(SignInSession, session_id, populate_existing=True)
    if session is None:
        return None
    rows = db.session.execute(_people().where(Person.id == session.person_id)).all()
    actor = _actor(list(rows), session_id=session.id, map_reason=session.map_reason)
    return None if actor is None else (actor, session)


def _people() -> sa.Select[Person, str, str, str]:
    """A person with their unit's path, once per grant (role and the path it is held over)."""
    own, over = sa.orm.aliased(Unit), sa.orm.aliased(Unit)
    return (
        sa.select(Person, own.path, RoleGrant.role, over.path)
        .join(own, own.id == Person.unit_id)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(over, over.id == RoleGrant.unit_id)
        .where(Person.left_at.is_(None))
        .order_by(RoleGrant.id)
    )


def _actor(
    rows: list[sa.Row[Person, str, str, str]],
    *,
    session_id: UUID | None = None,
    map_reason: str = "",
) -> Actor | None:
    """One actor from the rows of `_people`."""
    if not rows:
        return None
    person, unit_path = rows[0][0], rows[0][1]
    grants = tuple(Grant(role, path) for _, _, role, path in rows if role)
    return Actor(
        person_id=person.id,
        name=person.name,
        unit_id=person.unit_id,
        unit_path=unit_path,
        grants=grants,
        session_id=session_id,
        map_reason=map_reason,
        must_change_password=person.must_change_password,
    )
