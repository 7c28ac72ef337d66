"""Who is acting: a person with their grants, as the database has them now."""

from functools import cache

import sqlalchemy as sa

from server.db import db
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.rules.access import Actor, Grant


def by_person(person_id: int) -> Actor | None:
    """The person as an actor without a session (the command line, background work); None when they left."""
    rows = db.session.execute(_people().where(Person.id == person_id)).all()
    return _actor(list(rows))


@cache
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


def _actor(rows: list[sa.Row[Person, str, str, str]]) -> Actor | None:
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
        must_change_password=person.must_change_password,
    )
