"""The standing of one person over another: who may change whose account, looked up and locked for a verb."""

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound, PersonRefused
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.rules import access
from server.rules.access import Actor, Grant

ADMINISTRATOR = "administrator"


def locked(person_id: int) -> Person:
    """The person's row, ours until the transaction ends; `NotFound` when there is none."""
    person = db.session.scalar(
        sa.select(Person)
        .where(Person.id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if person is None:
        raise NotFound
    return person


def governed(actor: Actor, person_id: int, permission: str) -> Person:
    """The person, when the actor has `permission` over their unit and over every unit they hold a role in.

    Somebody with wider rights who happens to sit in the actor's unit is not theirs to change: whoever sets a
    password could sign in with it. `NotFound` for whom the actor may not see, `Forbidden` for the rest.
    """
    person = locked(person_id)
    path = path_of(person.unit_id)
    access.ensure_seen(actor, "person.read", path=path)
    for each in (path, *(grant.path for grant in grants_of(person_id))):
        access.ensure(actor, permission, path=each)
    return person


def path_of(unit_id: int) -> str:
    """The path of a unit that is not retired; `PersonRefused` when there is none."""
    path = db.session.scalar(sa.select(Unit.path).where(Unit.id == unit_id))
    if path is None:
        raise PersonRefused(why_zh="单位不存在", why_en="there is no such unit")
    return path


def grants_of(person_id: int) -> list[Grant]:
    """The roles a person holds, each over its unit's path."""
    rows = db.session.execute(
        sa.select(RoleGrant.role, Unit.path)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == person_id)
    )
    return [Grant(role, path) for role, path in rows]


def ensure_another_administrator(person_id: int) -> None:
    """`PersonRefused` when nobody but this person administers the county. Holds the root unit against a race."""
    root = db.session.scalar(
        sa.select(Unit.id).where(Unit.parent_id.is_(None)).with_for_update(key_share=True)
    )
    others = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == ADMINISTRATOR,
            RoleGrant.unit_id == root,
            RoleGrant.person_id != person_id,
            Person.left_at.is_(None),
        )
    )
    if not others:
        raise PersonRefused(
            why_zh="这是县级最后一位管理员，请先指定另一位",
            why_en="this is the county's last administrator; appoint another first",
        )


def is_county_administrator(person_id: int) -> bool:
    """Whether the person administers the whole county."""
    return any(grant.role == ADMINISTRATOR and access.is_root(grant.path) for grant in grants_of(person_id))
